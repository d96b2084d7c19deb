// SPDX-License-Identifier: 0BSD
#include "io/kube/testing/fake_api.hpp"

#include <gtest/gtest.h>

#include "base/task_group.hpp"
#include "base/testing/fake_clock.hpp"
#include "base/testing/run.hpp"

namespace kube::testing {
namespace {

using base::ErrorCode;

class FakeApiTest : public ::testing::Test {
protected:
    template <class T>
    base::Result<T> run(base::Task<T> task) {
        return base::testing::run_task(loop, std::move(task));
    }
    static ObjectRef config_map(std::string name) { return {{"", "v1", "ConfigMap"}, "t", std::move(name)}; }
    static Value config(std::string name, Value data) {
        return {{"apiVersion", "v1"},
                {"kind", "ConfigMap"},
                {"metadata", {{"name", std::move(name)}, {"namespace", "t"}}},
                {"data", std::move(data)}};
    }
    static Value deployment(int replicas) {
        return {{"apiVersion", "apps/v1"},
                {"kind", "Deployment"},
                {"metadata", {{"name", "web"}, {"namespace", "t"}}},
                {"spec", {{"replicas", replicas}}}};
    }
    base::Result<Patched> apply(Value body, WriteOptions options = {}, bool force = false) {
        const ObjectRef ref = ref_of(body);
        return run(api.patch({ref, PatchType::kApply, std::move(body), force, std::move(options)}));
    }
    static WriteOptions as(std::string manager) { return {std::move(manager), false, ""}; }
    static WriteOptions dry_run() { return {"stageset-controller", true, ""}; }
    static std::string version(const Value& object) {
        return std::string(model::resource_version_of(object));
    }

    base::asio::io_context loop;
    base::testing::FakeClock clock{loop.get_executor()};
    FakeApi api{loop.get_executor(), clock};
};

TEST_F(FakeApiTest, ApplyTellsWhetherItCreated) {
    const auto first = apply(config("a", {{"k", "1"}}));
    ASSERT_TRUE(first);
    EXPECT_TRUE(first->created);
    EXPECT_FALSE(model::uid_of(first->object).empty());
    EXPECT_FALSE(apply(config("a", {{"k", "2"}}))->created);
    EXPECT_EQ(api.log(), (std::vector<std::string>{"apply ConfigMap t/a", "apply ConfigMap t/a"}));
}

TEST_F(FakeApiTest, AnApplyThatChangesNothingKeepsTheResourceVersion) {
    const auto first = apply(config("a", {{"k", "1"}}));
    const auto again = apply(config("a", {{"k", "1"}}));
    EXPECT_EQ(version(first->object), version(again->object));
    EXPECT_NE(version(apply(config("a", {{"k", "2"}}))->object), version(first->object));
}

TEST_F(FakeApiTest, ADryRunStoresNothingAndTellsWhatItWouldDo) {
    const auto would = apply(config("a", {{"k", "1"}}), dry_run());
    ASSERT_TRUE(would);
    EXPECT_TRUE(would->created);
    EXPECT_EQ(version(would->object), "");
    EXPECT_EQ(api.object("ConfigMap", "t", "a"), nullptr);
    apply(config("a", {{"k", "1"}})).value();
    EXPECT_EQ(model::find_string(apply(config("a", {{"k", "2"}}), dry_run())->object, {"data", "k"}), "2");
    EXPECT_EQ(model::find_string(*api.object("ConfigMap", "t", "a"), {"data", "k"}), "1");
    EXPECT_EQ(api.log().front(), "apply ConfigMap t/a dry-run");
}

TEST_F(FakeApiTest, ApplyRemovesWhatTheSameManagerLeftOutAndNothingElse) {
    apply(config("a", {{"mine", "1"}, {"both", "x"}}), as("one")).value();
    apply(config("a", {{"theirs", "2"}, {"both", "x"}}), as("two")).value();
    const auto result = apply(config("a", {{"new", "3"}}), as("one"));
    ASSERT_TRUE(result);
    EXPECT_EQ(*model::find(result->object, {"data"}), Value({{"both", "x"}, {"theirs", "2"}, {"new", "3"}}));
}

TEST_F(FakeApiTest, ApplyRemovesMapsThatBecomeEmpty) {
    Value labelled = config("a", {{"k", "1"}});
    model::ensure_object(labelled, {"metadata", "labels"})["x"] = "y";
    apply(labelled).value();
    const auto result = apply(config("a", {{"k", "1"}}));
    EXPECT_EQ(model::find(result->object, {"metadata", "labels"}), nullptr);
}

TEST_F(FakeApiTest, AForeignFieldConflictsUnlessForced) {
    apply(deployment(1), as("other")).value();
    const auto refused = apply(deployment(2));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::kConflict);
    ASSERT_NE(status_of(refused.error()), nullptr);
    EXPECT_EQ(status_of(refused.error())->causes.at(0).field, ".spec.replicas");
    EXPECT_EQ(status_of(refused.error())->causes.at(0).message, "conflict with \"other\"");
    ASSERT_TRUE(apply(deployment(2), {}, true));
    // The other manager lost the field: a change of ours needs no force any more.
    EXPECT_TRUE(apply(deployment(3)));
}

TEST_F(FakeApiTest, ManagedFieldsNameTheOwners) {
    const auto result = apply(deployment(1), as("one"));
    const auto* entries = model::find_array(result->object, {"metadata", "managedFields"});
    ASSERT_NE(entries, nullptr);
    ASSERT_EQ(entries->size(), 1U);
    EXPECT_EQ(model::find_string(entries->at(0), {"manager"}), "one");
    EXPECT_NE(model::find(entries->at(0), {"fieldsV1", "f:spec", "f:replicas"}), nullptr);
}

TEST_F(FakeApiTest, GenerationCountsChangesOfTheSpecOnly) {
    EXPECT_EQ(model::generation_of(apply(deployment(1))->object), 1);
    EXPECT_EQ(model::generation_of(apply(deployment(2))->object), 2);
    Value labelled = deployment(2);
    model::ensure_object(labelled, {"metadata", "labels"})["x"] = "y";
    EXPECT_EQ(model::generation_of(apply(labelled)->object), 2);
    api.set_status(ref_of(labelled), {{"replicas", 2}});
    EXPECT_EQ(model::generation_of(*api.object("Deployment", "t", "web")), 2);
}

TEST_F(FakeApiTest, StatusAndTheRestAreWrittenApart) {
    auto made = run(api.create(deployment(1), {}));
    ASSERT_TRUE(made);
    Value both = *made;
    both.as_object()["status"] = {{"replicas", 5}};
    model::ensure_object(both, {"spec"})["replicas"] = 9;
    const auto through_status = run(api.update(both, {"c", false, "status"}));
    ASSERT_TRUE(through_status);
    EXPECT_EQ(model::find_integer(*through_status, {"spec", "replicas"}), 1);
    EXPECT_EQ(model::find_integer(*through_status, {"status", "replicas"}), 5);
    Value main = *through_status;
    main.as_object()["status"] = {{"replicas", 7}};
    const auto through_main = run(api.update(main, {}));
    ASSERT_TRUE(through_main);
    EXPECT_EQ(model::find_integer(*through_main, {"status", "replicas"}), 5);
}

TEST_F(FakeApiTest, AStaleUpdateConflicts) {
    const auto made = run(api.create(deployment(1), {}));
    Value changed = *made;
    model::ensure_object(changed, {"spec"})["replicas"] = 2;
    ASSERT_TRUE(run(api.update(changed, {})));
    const auto stale = run(api.update(*made, {}));
    ASSERT_FALSE(stale);
    EXPECT_EQ(stale.error().code, ErrorCode::kConflict);
}

TEST_F(FakeApiTest, MergePatchChangesAndRemoves) {
    run(api.create(config("a", {{"k", "1"}, {"gone", "x"}}), {})).value();
    const auto result = run(api.patch(
        {config_map("a"), PatchType::kMerge, {{"data", {{"gone", nullptr}, {"new", "2"}}}}, false, {}}));
    ASSERT_TRUE(result);
    EXPECT_EQ(*model::find(result->object, {"data"}), Value({{"k", "1"}, {"new", "2"}}));
}

TEST_F(FakeApiTest, ErrorsAreThoseOfAServer) {
    EXPECT_EQ(run(api.get(config_map("no"))).error().code, ErrorCode::kNotFound);
    EXPECT_EQ(run(api.update(config("no", {}), {})).error().code, ErrorCode::kNotFound);
    EXPECT_EQ(run(api.remove({config_map("no"), "Background", "", "", false})).error().code,
              ErrorCode::kNotFound);
    run(api.create(config("a", {}), {})).value();
    EXPECT_EQ(run(api.create(config("a", {}), {})).error().code, ErrorCode::kAlreadyExists);
    EXPECT_EQ(run(api.get({{"x.io", "v1", "Nope"}, "t", "a"})).error().code, ErrorCode::kUnsupported);
    EXPECT_EQ(run(api.get({{"", "v1", "ConfigMap"}, "", "a"})).error().code, ErrorCode::kInvalid);
    EXPECT_EQ(run(api.preferred_resource("x.io", "Nope")).error().code, ErrorCode::kUnsupported);
    EXPECT_EQ(run(api.get(config_map("no"))).error().text(),
              "get ConfigMap t/no: configmaps \"no\" not found");
}

TEST_F(FakeApiTest, MissingNamespacesAreRefusedOnWish) {
    api.behaviour.namespaces_must_exist = true;
    EXPECT_EQ(apply(config("a", {})).error().code, ErrorCode::kNotFound);
    apply({{"apiVersion", "v1"}, {"kind", "Namespace"}, {"metadata", {{"name", "t"}}}}).value();
    EXPECT_TRUE(apply(config("a", {})));
}

TEST_F(FakeApiTest, FinalizersHoldADeletionBack) {
    Value held = config("a", {{"k", "1"}});
    model::ensure_object(held, {"metadata"})["finalizers"] = model::Array{"x/y"};
    run(api.create(held, {})).value();
    ASSERT_TRUE(run(api.remove({config_map("a"), "Background", "", "", false})));
    auto stored = run(api.get(config_map("a")));
    ASSERT_TRUE(stored);
    EXPECT_FALSE(model::find_string(*stored, {"metadata", "deletionTimestamp"}).empty());
    model::ensure_object(*stored, {"metadata"}).erase("finalizers");
    ASSERT_TRUE(run(api.update(*stored, {})));
    EXPECT_EQ(api.object("ConfigMap", "t", "a"), nullptr);
}

TEST_F(FakeApiTest, PreconditionsGuardADeletion) {
    const auto made = run(api.create(config("a", {}), {}));
    const std::string uid(model::uid_of(*made));
    EXPECT_EQ(run(api.remove({config_map("a"), "Background", "other", "", false})).error().code,
              ErrorCode::kConflict);
    EXPECT_EQ(run(api.remove({config_map("a"), "Background", uid, "1", false})).error().code,
              ErrorCode::kConflict);
    EXPECT_TRUE(run(api.remove({config_map("a"), "Background", uid, "", true})));
    EXPECT_NE(api.object("ConfigMap", "t", "a"), nullptr);
    EXPECT_TRUE(run(api.remove({config_map("a"), "Background", uid, version(*made), false})));
    EXPECT_EQ(api.object("ConfigMap", "t", "a"), nullptr);
}

TEST_F(FakeApiTest, ListsSelectByLabelNameAndNamespace) {
    for (const char* name : {"a", "b", "c"}) {
        Value object = config(name, {});
        model::ensure_object(object, {"metadata", "labels"})["n"] = name;
        api.put(object);
    }
    ListRequest request{{"", "v1", "ConfigMap"}, "t", "n in (a,b)", "", false, 500};
    EXPECT_EQ(run(api.list(request))->items.size(), 2U);
    request.field_selector = "metadata.name=b";
    EXPECT_EQ(run(api.list(request))->items.size(), 1U);
    request.field_selector = "spec.x=b";
    EXPECT_EQ(run(api.list(request)).error().code, ErrorCode::kInvalid);
    request = {{"", "v1", "ConfigMap"}, "other", "", "", false, 500};
    EXPECT_TRUE(run(api.list(request))->items.empty());
    request = {{"", "v1", "ConfigMap"}, "", "", "", true, 500};
    const auto metadata = run(api.list(request));
    ASSERT_EQ(metadata->items.size(), 3U);
    EXPECT_EQ(model::find_string(metadata->items[0], {"kind"}), "PartialObjectMetadata");
    EXPECT_EQ(model::find(metadata->items[0], {"data"}), nullptr);
}

TEST_F(FakeApiTest, FaultsHitMatchingRequestsAndPass) {
    api.fail_next(on("apply", "ConfigMap", "a"), {ErrorCode::kForbidden, "no"}, 2);
    EXPECT_TRUE(apply(config("b", {})));
    EXPECT_EQ(apply(config("a", {})).error().code, ErrorCode::kForbidden);
    EXPECT_EQ(apply(config("a", {})).error().code, ErrorCode::kForbidden);
    EXPECT_TRUE(apply(config("a", {})));
}

TEST_F(FakeApiTest, ALostAnswerLeavesItsEffect) {
    api.lose_answer(on("create"), {ErrorCode::kUnavailable, "reset"});
    EXPECT_EQ(run(api.create(config("a", {}), {})).error().code, ErrorCode::kUnavailable);
    EXPECT_EQ(run(api.create(config("a", {}), {})).error().code, ErrorCode::kAlreadyExists);
}

TEST_F(FakeApiTest, AdmissionMayChangeAndRefuse) {
    api.admission = [](const Value* before, Value& after) -> base::Result<void> {
        if (before != nullptr) {
            return server_error(ErrorCode::kInvalid, 422, "Invalid", "field is immutable");
        }
        after.as_object()["immutable"] = true;
        return {};
    };
    EXPECT_EQ(model::find_bool(apply(config("a", {}))->object, {"immutable"}), true);
    const auto refused = apply(config("a", {{"k", "1"}}), dry_run());
    ASSERT_FALSE(refused);
    EXPECT_EQ(status_of(refused.error())->http_status, 422);
}

TEST_F(FakeApiTest, ADefinitionMakesItsKindServed) {
    const Value crd = {{"apiVersion", "apiextensions.k8s.io/v1"},
                       {"kind", "CustomResourceDefinition"},
                       {"metadata", {{"name", "things.x.io"}}},
                       {"spec",
                        {{"group", "x.io"},
                         {"scope", "Namespaced"},
                         {"names", {{"kind", "Thing"}, {"plural", "things"}}},
                         {"versions", Value{{{"name", "v1"}, {"served", true}}}}}}};
    const GroupVersionKind thing{"x.io", "v1", "Thing"};
    api.behaviour.establish_crds = false;
    apply(crd).value();
    EXPECT_FALSE(run(api.resource_for(thing)));
    api.establish("things.x.io");
    EXPECT_TRUE(run(api.resource_for(thing)));
    run(api.remove({ref_of(crd), "Background", "", "", false})).value();
    EXPECT_FALSE(run(api.resource_for(thing)));
}

base::Task<void> read_all(Client& client, WatchRequest request, std::vector<std::string>& seen) {
    auto watch = co_await client.watch(std::move(request));
    if (!watch) {
        seen.push_back("refused: " + std::string(to_string(watch.error().code)));
        co_return watch.error();
    }
    while (true) {
        auto event = co_await (*watch)->next();
        if (!event) {
            seen.push_back(std::string(to_string(event.error().code)));
            co_return event.error();
        }
        if (!*event) {
            seen.push_back("end");
            co_return base::Result<void>{};
        }
        const char* names[] = {"added ", "modified ", "deleted ", "bookmark"};
        seen.push_back(names[static_cast<int>((*event)->type)] +
                       std::string(model::name_of((*event)->object)));
    }
}

class FakeApiWatch : public FakeApiTest {
protected:
    void settle() {
        loop.restart();
        loop.poll();
    }
    WatchRequest request(std::string selector = "") {
        return {{"", "v1", "ConfigMap"}, "t", std::move(selector), "", false, api.resource_version()};
    }
    ~FakeApiWatch() override {
        group.cancel();
        settle();
    }

    base::TaskGroup group{loop.get_executor()};
    std::vector<std::string> seen;
};

TEST_F(FakeApiWatch, TellsChangesInOrderAlsoThoseOfThePast) {
    const auto since = request();
    api.put(config("a", {}));
    api.edit(config_map("a"), [](Value& object) { object.as_object()["data"] = {{"k", "1"}}; });
    group.spawn(read_all(api, since, seen));
    settle();
    api.erase(config_map("a"));
    api.send_bookmarks();
    settle();
    EXPECT_EQ(seen, (std::vector<std::string>{"added a", "modified a", "deleted a", "bookmark"}));
    EXPECT_EQ(api.open_watches(), 1U);
    api.end_watches();
    settle();
    EXPECT_EQ(seen.back(), "end");
    EXPECT_EQ(api.open_watches(), 0U);
}

TEST_F(FakeApiWatch, ObjectsEnterAndLeaveASelection) {
    group.spawn(read_all(api, request("on=yes"), seen));
    settle();
    api.put(config("a", {}));
    api.edit(config_map("a"),
             [](Value& o) { model::ensure_object(o, {"metadata", "labels"})["on"] = "yes"; });
    api.edit(config_map("a"), [](Value& o) { model::ensure_object(o, {"metadata", "labels"})["on"] = "no"; });
    settle();
    EXPECT_EQ(seen, (std::vector<std::string>{"added a", "deleted a"}));
}

TEST_F(FakeApiWatch, AnOldResourceVersionIsGoneAfterCompaction) {
    const auto since = request();
    api.put(config("a", {}));
    api.compact();
    group.spawn(read_all(api, since, seen));
    settle();
    EXPECT_EQ(seen, (std::vector<std::string>{"refused: gone"}));
}

TEST_F(FakeApiWatch, BreaksWithTheGivenError) {
    group.spawn(read_all(api, request(), seen));
    settle();
    api.end_watches(base::Error{ErrorCode::kUnavailable, "reset"});
    settle();
    EXPECT_EQ(seen, (std::vector<std::string>{"unavailable"}));
}

TEST_F(FakeApiWatch, LatencyPassesOnTheClockAndCancelLeavesNoEffect) {
    api.behaviour.latency = std::chrono::seconds(2);
    bool done = false;
    const auto write = [](FakeApi& server, Value object, bool& flag) -> base::Task<void> {
        const auto made = co_await server.create(std::move(object), {});
        flag = made.has_value();
        co_return base::Result<void>{};
    };
    group.spawn(write(api, config("a", {}), done));
    settle();
    EXPECT_FALSE(done);
    clock.advance(std::chrono::seconds(2));
    settle();
    EXPECT_TRUE(done);
    done = false;
    auto handle = group.spawn(write(api, config("b", {}), done));
    settle();
    handle.cancel();
    settle();
    clock.advance(std::chrono::seconds(2));
    settle();
    EXPECT_FALSE(handle.running());
    EXPECT_EQ(api.object("ConfigMap", "t", "b"), nullptr);
}

}  // namespace
}  // namespace kube::testing
