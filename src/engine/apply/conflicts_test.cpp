// SPDX-License-Identifier: 0BSD
// Objects that cannot be brought to their desired state in place, and objects that others had before.
#include <algorithm>

#include <gtest/gtest.h>

#include "engine/apply/testing/cluster_fixture.hpp"

namespace apply::testing {
namespace {

using model::ConflictAction;

constexpr auto kTimeout = std::chrono::minutes(5);
const model::GroupVersionKind kJob{"batch", "v1", "Job"};

Value job(const std::string& image, const std::string& name = "j") {
    return {{"apiVersion", "batch/v1"},
            {"kind", "Job"},
            {"metadata", {{"name", name}, {"namespace", "t"}, {"labels", kLabels}}},
            {"spec", {{"template", {{"image", image}}}}}};
}

Value claim(const std::string& size) {
    return {{"apiVersion", "v1"},
            {"kind", "PersistentVolumeClaim"},
            {"metadata", {{"name", "data"}, {"namespace", "t"}, {"labels", kLabels}}},
            {"spec", {{"size", size}}}};
}

const kube::StatusCause kImmutable{"FieldValueInvalid", "Invalid value: 1: field is immutable",
                                   "spec.template"};
const kube::StatusCause kMissing{"FieldValueRequired", "Required value", "spec.template.image"};

// As a server treats Jobs and claims: their spec is set once, and an image has to be named.
base::Result<void> admit(const Value* before, const Value& after) {
    std::vector<kube::StatusCause> causes;
    if (model::find(after, {"spec", "template"}) != nullptr &&
        model::find_string(after, {"spec", "template", "image"}).empty()) {
        causes.push_back(kMissing);
    }
    if (before != nullptr && model::find_string(after, {"kind"}) != "ConfigMap" &&
        *model::find(*before, {"spec"}) != *model::find(after, {"spec"})) {
        causes.push_back(kImmutable);
    }
    if (!causes.empty()) {
        return kube::testing::server_error(base::ErrorCode::kInvalid, 422, "Invalid", "is invalid", causes);
    }
    return {};
}

class ConflictTest : public ClusterTest {
protected:
    ConflictTest() {
        api.admission = [](const Value* before, Value& after) { return admit(before, after); };
        options.deadline = clock.steady_now() + kTimeout;
    }
    base::Result<std::vector<AppliedObject>> apply(std::vector<Value> objects) {
        return run(applier.apply(std::move(objects), options, turn));
    }
    void start(std::vector<Value> objects) {
        group.spawn(keep(applier.apply(std::move(objects), options, turn), applied));
        settle();
    }
    void pass(base::Duration time) {
        clock.advance(time);
        settle();
    }
    void recreate() { options.conflicts.default_action = ConflictAction::kRecreate; }
    void keep_existing() { options.conflicts.default_action = ConflictAction::kKeepExisting; }
    std::string uid(const std::string& name = "j") {
        return std::string(model::uid_of(*api.object("Job", "t", name)));
    }
    std::string image(const std::string& name = "j") {
        return std::string(model::find_string(*api.object("Job", "t", name), {"spec", "template", "image"}));
    }
    // What somebody else wrote with a manager of his own.
    void written_by(const std::string& manager, Value object) {
        kube::WriteOptions write;
        write.field_manager = manager;
        ASSERT_TRUE(run(api.create(std::move(object), write)));
        api.clear_log();
    }
    void hold(const std::string& name = "j") {
        api.edit({kJob, "t", name}, [](Value& object) {
            model::ensure_object(object, {"metadata"})["finalizers"] = model::Array{"example.org/hold"};
        });
    }

    ApplyOptions options;
    std::optional<base::Result<std::vector<AppliedObject>>> applied;
};

TEST_F(ConflictTest, FailLeavesTheObjectAndItsStepAlone) {
    ASSERT_TRUE(apply({job("one")}));
    const std::string before = uid();
    const auto failed = apply({job("two"), config("a")});
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().code, base::ErrorCode::kInvalid);
    EXPECT_TRUE(
        failed.error().text().starts_with("Job/t/j: it cannot be changed in place, for immutable fields "
                                          "differ (spec.template: field is immutable)"))
        << failed.error().text();
    EXPECT_EQ(uid(), before);
    EXPECT_EQ(api.count("ConfigMap"), 0U);
}

TEST_F(ConflictTest, RecreateDeletesWaitsChecksAndCreates) {
    recreate();
    ASSERT_TRUE(apply({job("one")}));
    const std::string before = uid();
    take_log();
    const auto done = apply({job("two")});
    ASSERT_TRUE(done) << done.error().text();
    EXPECT_EQ(take_log(), (Lines{"apply Job t/j dry-run", "get Job t/j", "delete Job t/j dry-run",
                                 "delete Job t/j", "get Job t/j", "apply Job t/j dry-run", "apply Job t/j"}));
    EXPECT_NE(uid(), before);
    EXPECT_EQ(image(), "two");
    EXPECT_EQ((*done)[0].outcome, Outcome::kCreated);
    EXPECT_EQ((*done)[0].resource_version, model::resource_version_of(*api.object("Job", "t", "j")));
    EXPECT_EQ(model::annotation_of(*api.object("Job", "t", "j"), "stages.metio.wtf/force"), "enabled");
}

TEST_F(ConflictTest, ByARuleAndByTheAnnotation) {
    ASSERT_TRUE(apply({job("one"), job("one", "k")}));
    options.conflicts.rules = {{{"batch/v1", "Job", "", "k"}, ConflictAction::kRecreate, false}};
    Value annotated = job("two");
    model::ensure_object(annotated, {"metadata", "annotations"})["stages.metio.wtf/force"] = "enabled";
    const auto done = apply({annotated, job("two", "k")});
    ASSERT_TRUE(done) << done.error().text();
    EXPECT_EQ(image(), "two");
    EXPECT_EQ(image("k"), "two");
}

TEST_F(ConflictTest, AMarkOnTheLiveObjectAloneRecreatesNothing) {
    ASSERT_TRUE(apply({job("one")}));
    api.edit({kJob, "t", "j"}, [](Value& object) {
        model::ensure_object(object, {"metadata", "annotations"})["stages.metio.wtf/force"] = "enabled";
    });
    EXPECT_FALSE(apply({job("two")}));
    EXPECT_EQ(image(), "one");
}

TEST_F(ConflictTest, AStaleMarkIsRemoved) {
    ASSERT_TRUE(apply({job("one")}));
    api.edit({kJob, "t", "j"}, [](Value& object) {
        model::ensure_object(object, {"metadata", "annotations"})["stages.metio.wtf/force"] = "enabled";
    });
    take_log();
    const auto done = apply({job("one")});
    ASSERT_TRUE(done) << done.error().text();
    EXPECT_EQ((*done)[0].outcome, Outcome::kConfigured);
    EXPECT_EQ(take_log(), (Lines{"apply Job t/j dry-run", "get Job t/j", "patch Job t/j"}));
    EXPECT_FALSE(model::annotation_of(*api.object("Job", "t", "j"), "stages.metio.wtf/force"));
    EXPECT_EQ((*done)[0].resource_version, model::resource_version_of(*api.object("Job", "t", "j")));
}

TEST_F(ConflictTest, AMarkOfOursGoesWithItsPolicy) {
    recreate();
    ASSERT_TRUE(apply({job("one")}));
    options = {};
    ASSERT_TRUE(apply({job("one")}));
    EXPECT_FALSE(model::annotation_of(*api.object("Job", "t", "j"), "stages.metio.wtf/force"));
}

TEST_F(ConflictTest, ATypoDeletesNothing) {
    recreate();
    ASSERT_TRUE(apply({job("one")}));
    const std::string before = uid();
    const auto failed = apply({job("")});
    ASSERT_FALSE(failed);
    EXPECT_EQ(uid(), before)
        << "two causes: what is immutable, and a missing image that no new object may lack";
    EXPECT_EQ(api.requests_matching(on("delete")), 0U);
}

TEST_F(ConflictTest, AVolumeNeedsARuleThatAllowsDataLoss) {
    recreate();
    ASSERT_TRUE(apply({claim("1")}));
    const auto failed = apply({claim("2")});
    ASSERT_FALSE(failed);
    EXPECT_NE(failed.error().text().find("allowDataLoss: true"), std::string::npos) << failed.error().text();
    EXPECT_EQ(api.requests_matching(on("delete")), 0U);
    EXPECT_TRUE(apply({claim("1")})) << "without a conflict the default harms nothing";
    options.conflicts.rules = {{{"v1", "PersistentVolumeClaim", "", ""}, ConflictAction::kRecreate, true}};
    EXPECT_TRUE(apply({claim("2")}));
}

TEST_F(ConflictTest, WhatMayNotBeDeletedIsToldBeforeAnythingIsDeleted) {
    recreate();
    ASSERT_TRUE(apply({job("one", "a"), job("one", "b"), job("one", "c")}));
    const auto refuse = [](const char* name) {
        return [name](const auto& request) {
            return request.verb == "delete" && request.dry_run && request.name == name;
        };
    };
    api.fail_next(refuse("b"), {base::ErrorCode::kForbidden, "no right"});
    api.fail_next(refuse("c"), {base::ErrorCode::kForbidden, "no right"});
    const auto failed = apply({job("two", "a"), job("two", "b"), job("two", "c"), config("x")});
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().text(),
              "Job/t/b: it has to be recreated and cannot be deleted: no right; Job/t/c: it has to be "
              "recreated and "
              "cannot be deleted: no right");
    EXPECT_EQ(api.count("Job"), 3U);
    EXPECT_EQ(api.count("ConfigMap"), 0U);
}

TEST_F(ConflictTest, WaitsForWhatTerminatesWithoutItsPlace) {
    recreate();
    ASSERT_TRUE(apply({job("one")}));
    hold();
    start({job("two"), config("x")});
    EXPECT_FALSE(applied);
    EXPECT_EQ(places.taken(), 0U) << "what waits keeps nobody from work";
    EXPECT_EQ(api.count("ConfigMap"), 1U) << "comes before Jobs, and is written before";
    pass(std::chrono::seconds(3));
    api.erase({kJob, "t", "j"});
    pass(std::chrono::seconds(2));
    ASSERT_TRUE(applied && *applied);
    EXPECT_EQ(image(), "two");
    EXPECT_EQ(places.taken(), 1U);
}

TEST_F(ConflictTest, AFinalizerThatNeverEndsIsNamed) {
    recreate();
    ASSERT_TRUE(apply({job("one"), job("one", "free")}));
    hold();
    start({job("two"), job("two", "free")});
    for (int i = 0; i < 300 && !applied; ++i) {
        pass(std::chrono::seconds(1));
    }
    ASSERT_TRUE(applied && !*applied);
    EXPECT_LT(clock.steady_now(), options.deadline);
    EXPECT_EQ(applied->error().code, base::ErrorCode::kDeadlineExceeded);
    EXPECT_EQ(
        applied->error().text(),
        "Job/t/j: was deleted to be recreated, but is still there when the stage's timeout is over: its "
        "finalizers example.org/hold keep it; let who set them finish, or remove them");
    EXPECT_EQ(image("free"), "two") << "what did go is there again";
    EXPECT_LT(api.requests_matching(on("get", "Job", "j")), 170U) << "looks at it every 2 s";
}

TEST_F(ConflictTest, AfterACrashInBetweenTheNextRunCreates) {
    recreate();
    ASSERT_TRUE(apply({job("one")}));
    const std::string before = uid();
    base::TaskHandle handle;
    api.before_request([&](const auto& request) {
        if (request.verb == "apply" && api.count("Job") == 0) {
            handle.cancel();
        }
    });
    handle = group.spawn(keep(applier.apply({job("two")}, options, turn), applied));
    settle();
    ASSERT_TRUE(applied && !*applied);
    EXPECT_EQ(applied->error().code, base::ErrorCode::kCancelled);
    EXPECT_EQ(api.count("Job"), 0U);
    api.before_request(nullptr);
    const auto again = apply({job("two")});
    ASSERT_TRUE(again);
    EXPECT_EQ((*again)[0].outcome, Outcome::kCreated);
    EXPECT_NE(uid(), before);
}

TEST_F(ConflictTest, AfterACrashWhileItTerminatesTheNextRunWaitsOn) {
    recreate();
    ASSERT_TRUE(apply({job("one")}));
    hold();
    start({job("two")});
    group.cancel();
    settle();
    applied.reset();
    start({job("two")});
    EXPECT_FALSE(applied);
    api.erase({kJob, "t", "j"});
    pass(std::chrono::seconds(2));
    ASSERT_TRUE(applied && *applied);
    EXPECT_EQ(image(), "two");
}

TEST_F(ConflictTest, AnObjectThatSomebodyMadeAnewMeanwhileIsNotDeleted) {
    recreate();
    ASSERT_TRUE(apply({job("one")}));
    api.before_request([&](const auto& request) {
        if (request.verb == "delete" && !request.dry_run) {
            api.erase({kJob, "t", "j"});
            api.put(job("three"));
        }
    });
    const auto failed = apply({job("two")});
    ASSERT_FALSE(failed);
    EXPECT_NE(failed.error().text().find("somebody else made it anew"), std::string::npos)
        << failed.error().text();
    EXPECT_EQ(image(), "three");
}

TEST_F(ConflictTest, AFailedCreationSaysThatTheObjectIsGone) {
    recreate();
    ASSERT_TRUE(apply({job("one")}));
    api.before_request([&](const auto& request) {
        if (request.verb == "delete" && !request.dry_run) {
            api.fail_next(on("apply"), {base::ErrorCode::kForbidden, "quota"});
        }
    });
    const auto failed = apply({job("two")});
    ASSERT_FALSE(failed);
    EXPECT_EQ(
        failed.error().text(),
        "Job/t/j: was deleted to be recreated; creating it failed, and the next run tries again: quota");
    api.before_request(nullptr);
    EXPECT_TRUE(apply({job("two")}));
}

TEST_F(ConflictTest, KeepExistingNeverTouchesWhatIsThere) {
    keep_existing();
    Value foreign = config("a", "theirs");
    foreign.at("metadata").as_object().erase("labels");
    api.put(foreign);
    api.put(config("b", "edited"));
    api.clear_log();
    const auto done = apply({config("a"), config("b")});
    ASSERT_TRUE(done);
    EXPECT_EQ(take_log(), (Lines{"get ConfigMap t/a", "get ConfigMap t/b"}));
    EXPECT_EQ((*done)[0].outcome, Outcome::kUnchanged);
    EXPECT_FALSE((*done)[0].ours) << "no watch covers an object without our labels";
    EXPECT_TRUE((*done)[1].ours);
    EXPECT_EQ(api.object("ConfigMap", "t", "a")->at("data"), foreign.at("data"));
}

TEST_F(ConflictTest, KeepExistingCreatesWhatIsMissing) {
    keep_existing();
    const auto done = apply({config("a")});
    ASSERT_TRUE(done);
    EXPECT_EQ((*done)[0].outcome, Outcome::kCreated);
    EXPECT_EQ(model::annotation_of(*api.object("ConfigMap", "t", "a"), "stages.metio.wtf/keep-existing"),
              "true");
}

TEST_F(ConflictTest, KeepExistingLeavesWhatCameToBeAMomentAgo) {
    keep_existing();
    for (const bool before_check : {true, false}) {
        bool put = false;
        api.before_request([&](const auto& request) {
            if (!put && request.verb == "apply" && request.dry_run == before_check) {
                put = true;
                api.put(config("a", "theirs"));
            }
        });
        const auto done = apply({config("a", "ours")});
        ASSERT_TRUE(done) << done.error().text();
        EXPECT_EQ((*done)[0].outcome, Outcome::kUnchanged) << before_check;
        EXPECT_EQ(*model::find(*api.object("ConfigMap", "t", "a"), {"data", "k"}), Value("theirs"))
            << before_check;
        api.before_request(nullptr);
        api.erase({{"", "v1", "ConfigMap"}, "t", "a"});
    }
}

TEST_F(ConflictTest, EveryFailureIsReportedWhateverThePolicy) {
    ASSERT_TRUE(apply({job("one"), claim("1")}));
    options.conflicts = {ConflictAction::kFail,
                         {{{"", "PersistentVolumeClaim", "", ""}, ConflictAction::kRecreate, true},
                          {{"", "ConfigMap", "", ""}, ConflictAction::kKeepExisting, false}}};
    api.fail_next(on("get", "ConfigMap"), {base::ErrorCode::kForbidden, "no right"});
    const auto failed = apply({job("two"), claim("2"), config("a")});
    ASSERT_FALSE(failed);
    EXPECT_NE(failed.error().text().find("ConfigMap/t/a: no right"), std::string::npos)
        << failed.error().text();
    EXPECT_NE(failed.error().text().find("Job/t/j: it cannot be changed"), std::string::npos);
    EXPECT_EQ(api.requests_matching(on("delete")), 0U) << "nor is anything recreated";
}

TEST_F(ConflictTest, WhatKubectlAppliedAndWeDoNotWantGoes) {
    for (const std::string manager : {"kubectl-client-side-apply", "kustomize-controller"}) {
        Value theirs = config("a");
        theirs.at("data").as_object()["old"] = "x";
        written_by(manager, theirs);
        const auto done = apply({config("a")});
        ASSERT_TRUE(done) << done.error().text();
        EXPECT_EQ(model::find(*api.object("ConfigMap", "t", "a"), {"data", "old"}), nullptr) << manager;
        EXPECT_EQ(take_log(),
                  (Lines{"apply ConfigMap t/a dry-run", "get ConfigMap t/a", "patch ConfigMap t/a",
                         "apply ConfigMap t/a dry-run", "get ConfigMap t/a", "apply ConfigMap t/a"}));
        ASSERT_TRUE(apply({config("a")}));
        EXPECT_EQ(take_log(), (Lines{"apply ConfigMap t/a dry-run", "get ConfigMap t/a"})) << "once only";
        api.erase({{"", "v1", "ConfigMap"}, "t", "a"});
    }
}

TEST_F(ConflictTest, WhatOtherControllersSetStays) {
    Value theirs = config("a");
    theirs.at("data").as_object()["old"] = "x";
    written_by("some-controller", theirs);
    ASSERT_TRUE(apply({config("a")}));
    EXPECT_NE(model::find(*api.object("ConfigMap", "t", "a"), {"data", "old"}), nullptr);
    EXPECT_EQ(api.requests_matching(on("patch")), 0U);
}

TEST_F(ConflictTest, TakingOverTriesAgainWhenTheObjectChanged) {
    Value theirs = config("a");
    theirs.at("data").as_object()["old"] = "x";
    written_by("kubectl-client-side-apply", theirs);
    bool edited = false;
    api.before_request([&](const auto& request) {
        if (request.verb == "patch" && !std::exchange(edited, true)) {
            api.edit({{"", "v1", "ConfigMap"}, "t", "a"},
                     [](Value& object) { object.at("data").as_object()["more"] = "y"; });
        }
    });
    const auto done = apply({config("a")});
    ASSERT_TRUE(done) << done.error().text();
    EXPECT_EQ(api.requests_matching(on("patch")), 2U);
    EXPECT_EQ(model::find(*api.object("ConfigMap", "t", "a"), {"data", "old"}), nullptr);
    EXPECT_NE(model::find(*api.object("ConfigMap", "t", "a"), {"data", "more"}), nullptr) << "not kubectl's";
}

TEST_F(ConflictTest, NothingIsTakenOverWhenACheckFails) {
    written_by("kubectl-client-side-apply", config("a", "old"));
    ASSERT_FALSE(apply({config("a"), job("")}));
    EXPECT_EQ(api.requests_matching(on("patch")), 0U);
}

TEST_F(ConflictTest, AMissingNamespaceIsNamedAsSuch) {
    api.behaviour.namespaces_must_exist = true;
    const auto failed = apply({config("a")});
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().code, base::ErrorCode::kNotFound);
    EXPECT_TRUE(failed.error().text().starts_with("ConfigMap/t/a: namespace \"t\" does not exist"))
        << failed.error().text();
}

TEST_F(ConflictTest, TwoWhoWriteAtOnceAreNoConflict) {
    recreate();
    const base::Error race = kube::testing::server_error(
        base::ErrorCode::kConflict, 409, "Conflict",
        "the object has been modified; please apply your changes to the latest version and try again");
    api.fail_next(on("apply"), race, 3);
    start({config("a")});
    for (int i = 0; i < 10 && !applied; ++i) {
        pass(std::chrono::milliseconds(200));
    }
    ASSERT_TRUE(applied && *applied);
    applied.reset();
    api.fail_always(on("apply"), race);
    start({config("a")});
    for (int i = 0; i < 50 && !applied; ++i) {
        pass(std::chrono::milliseconds(200));
    }
    ASSERT_TRUE(applied && !*applied);
    EXPECT_EQ(applied->error().code, base::ErrorCode::kConflict);
    EXPECT_EQ(api.requests_matching(on("delete")), 0U);
}

TEST_F(ConflictTest, TellsOfWhomAnObjectWasTaken) {
    Value theirs = config("a", "old");
    theirs.at("metadata").at("labels").at("stages.metio.wtf/name") = "other";
    api.put(theirs);
    auto done = apply({config("a"), config("b")});
    ASSERT_TRUE(done);
    ASSERT_TRUE((*done)[0].taken_from);
    EXPECT_EQ(*(*done)[0].taken_from, (Owner{"t", "other"}));
    EXPECT_FALSE((*done)[1].taken_from);
    done = apply({config("a")});
    ASSERT_TRUE(done);
    EXPECT_FALSE((*done)[0].taken_from) << "it is ours now";
}

}  // namespace
}  // namespace apply::testing
