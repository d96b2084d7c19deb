// SPDX-License-Identifier: 0BSD
#include "engine/apply/applier.hpp"

#include <algorithm>

#include <gtest/gtest.h>

#include "engine/apply/testing/cluster_fixture.hpp"

namespace apply::testing {
namespace {

const model::GroupVersionKind kCrd{"apiextensions.k8s.io", "v1", "CustomResourceDefinition"};
Value definition(const std::string& scope = "Namespaced") {
    return {{"apiVersion", "apiextensions.k8s.io/v1"},
            {"kind", "CustomResourceDefinition"},
            {"metadata", {{"name", "widgets.example.org"}, {"labels", kLabels}}},
            {"spec",
             {{"group", "example.org"},
              {"scope", scope},
              {"names", {{"kind", "Widget"}, {"plural", "widgets"}}},
              {"versions", {{{"name", "v1"}, {"served", true}}}}}}};
}

Value widget(const std::string& ns) {
    return {{"apiVersion", "example.org/v1"},
            {"kind", "Widget"},
            {"metadata", {{"name", "w"}, {"namespace", ns}, {"labels", kLabels}}}};
}

using ApplierTest = ClusterTest;
using PrunerTest = ClusterTest;

TEST_F(ApplierTest, TellsWhatBecameOfEachObject) {
    ASSERT_TRUE(run(applier.apply({config("changed"), config("same")}, turn)));
    take_log();
    const auto applied = run(applier.apply({config("same"), config("new"), config("changed", "2")}, turn));
    ASSERT_TRUE(applied) << applied.error().text();
    ASSERT_EQ(applied->size(), 3U);
    EXPECT_EQ((*applied)[0].id.name, "changed");
    EXPECT_EQ((*applied)[0].outcome, Outcome::kConfigured);
    EXPECT_EQ((*applied)[1].outcome, Outcome::kCreated);
    EXPECT_EQ((*applied)[2].outcome, Outcome::kUnchanged);
    for (const AppliedObject& object : *applied) {
        EXPECT_EQ(object.resource_version,
                  model::resource_version_of(*api.object("ConfigMap", "t", object.id.name)));
    }
    EXPECT_EQ(
        api.requests_matching([](const auto& request) { return request.verb == "apply" && !request.force; }),
        0U);
}

TEST_F(ApplierTest, ChecksEveryObjectBeforeItWritesOne) {
    ASSERT_TRUE(run(applier.apply({config("a"), config("b"), config("c")}, turn)));
    EXPECT_EQ(take_log(), (Lines{"apply ConfigMap t/a dry-run", "apply ConfigMap t/b dry-run",
                                 "apply ConfigMap t/c dry-run", "apply ConfigMap t/a", "apply ConfigMap t/b",
                                 "apply ConfigMap t/c"}));
}

TEST_F(ApplierTest, AFailingCheckWritesNothingAndAllFailuresAreNamed) {
    api.fail_next(on("apply", "", "a"), {base::ErrorCode::kInvalid, "immutable"});
    api.fail_next(on("apply", "", "c"), {base::ErrorCode::kForbidden, "no right"});
    const auto applied = run(applier.apply({config("a"), config("b"), config("c")}, turn));
    ASSERT_FALSE(applied);
    EXPECT_EQ(applied.error().code, base::ErrorCode::kInvalid);
    EXPECT_EQ(applied.error().text(), "ConfigMap/t/a: immutable; ConfigMap/t/c: no right");
    EXPECT_EQ(api.count("ConfigMap"), 0U);
}

TEST_F(ApplierTest, OfManyFailuresTheFirstTenAreNamed) {
    api.fail_always(on("apply"), {base::ErrorCode::kInvalid, "refused"});
    std::vector<Value> objects;
    for (int i = 10; i < 23; ++i) {
        objects.push_back(config(fmt::format("c{}", i)));
    }
    const auto applied = run(applier.apply(std::move(objects), turn));
    ASSERT_FALSE(applied);
    EXPECT_TRUE(applied.error().text().ends_with("ConfigMap/t/c19: refused; and 3 more objects"));
}

TEST_F(ApplierTest, AnObjectThatVanishesAfterItsCheckIsMadeAgain) {
    ASSERT_TRUE(run(applier.apply({config("a")}, turn)));
    api.before_request([this](const auto& request) {
        if (request.verb == "get" && api.count("ConfigMap") == 1) {
            api.erase({{"", "v1", "ConfigMap"}, "t", "a"});
        }
    });
    const auto applied = run(applier.apply({config("a")}, turn));
    ASSERT_TRUE(applied);
    EXPECT_EQ((*applied)[0].outcome, Outcome::kCreated);
    EXPECT_EQ(api.count("ConfigMap"), 1U);
}

TEST_F(ApplierTest, AKindIsUsedInTheStageThatDefinesIt) {
    const auto applied = run(applier.apply({widget("t"), definition()}, turn));
    ASSERT_TRUE(applied) << applied.error().text();
    EXPECT_EQ((*applied)[0].id.kind, "CustomResourceDefinition");
    EXPECT_EQ(api.count("Widget"), 1U);
    EXPECT_EQ(api.discovery_invalidations, 1);
}

TEST_F(ApplierTest, WaitsUntilTheDefinitionIsEstablished) {
    api.behaviour.establish_crds = false;
    std::optional<base::Result<std::vector<AppliedObject>>> applied;
    group.spawn(keep(applier.apply({widget("t"), definition()}, turn), applied));
    settle();
    EXPECT_FALSE(applied);
    EXPECT_EQ(places.taken(), 0U) << "a wait for definitions keeps nobody from work";
    EXPECT_EQ(api.requests_matching(on("apply", "Widget")), 0U);
    take_log();
    api.establish("widgets.example.org");
    settle();
    clock.advance(std::chrono::milliseconds(200));
    settle();
    ASSERT_TRUE(applied);
    EXPECT_EQ(api.requests_matching(on("get")), 0U) << "told by the watch";
    ASSERT_TRUE(*applied);
    EXPECT_EQ(api.count("Widget"), 1U);
    EXPECT_EQ(places.taken(), 1U);
}

TEST_F(ApplierTest, ADefinitionThatIsNeverEstablishedEndsTheStage) {
    api.behaviour.establish_crds = false;
    std::optional<base::Result<std::vector<AppliedObject>>> applied;
    group.spawn(keep(applier.apply({widget("t"), definition()}, turn), applied));
    for (int i = 0; i < 61; ++i) {
        settle();
        EXPECT_FALSE(applied && i < 60) << i;
        clock.advance(std::chrono::seconds(1));
    }
    settle();
    ASSERT_TRUE(applied && !*applied);
    EXPECT_EQ(applied->error().code, base::ErrorCode::kDeadlineExceeded);
    EXPECT_EQ(api.requests_matching(on("apply", "Widget")), 0U);
}

TEST_F(ApplierTest, ACancelPassesThrough) {
    std::optional<base::Result<std::vector<AppliedObject>>> applied;
    base::TaskHandle handle;
    api.before_request([&](const auto& request) {
        if (!request.dry_run) {
            handle.cancel();
        }
    });
    handle = group.spawn(keep(applier.apply({config("a"), config("b")}, turn), applied));
    settle();
    ASSERT_TRUE(applied && !*applied);
    EXPECT_EQ(applied->error().code, base::ErrorCode::kCancelled);
}

TEST_F(ApplierTest, EveryObjectWithoutNamespaceIsNamed) {
    Value a = config("a");
    a.at("metadata").as_object().erase("namespace");
    Value b = config("b");
    b.at("metadata").as_object().erase("namespace");
    const auto settled = run(applier.settle_scope({a, config("c"), b}));
    ASSERT_FALSE(settled);
    EXPECT_EQ(settled.error().code, base::ErrorCode::kInvalid);
    EXPECT_TRUE(settled.error().text().starts_with("ConfigMap/a: has no namespace"))
        << settled.error().text();
    EXPECT_NE(settled.error().text().find("; ConfigMap/b: has no namespace"), std::string::npos);
}

TEST_F(ApplierTest, AClusterScopedKindLosesItsNamespace) {
    const auto settled = run(applier.settle_scope(
        {{{"apiVersion", "v1"}, {"kind", "Namespace"}, {"metadata", {{"name", "n"}, {"namespace", "t"}}}},
         config("a")}));
    ASSERT_TRUE(settled);
    EXPECT_EQ(model::namespace_of((*settled)[0]), "");
    EXPECT_EQ(model::namespace_of((*settled)[1]), "t");
}

TEST_F(ApplierTest, AKindThatTheStageDefinesHasTheScopeOfItsDefinition) {
    const auto cluster = run(applier.settle_scope({widget("t"), definition("Cluster")}));
    ASSERT_TRUE(cluster);
    EXPECT_EQ(model::namespace_of((*cluster)[0]), "");
    EXPECT_FALSE(run(applier.settle_scope({widget(""), definition("Namespaced")})));
    EXPECT_TRUE(run(applier.settle_scope({widget("t"), definition("Namespaced")})));
}

TEST_F(ApplierTest, AnUnknownKindIsNamed) {
    const auto settled = run(applier.settle_scope({widget("t")}));
    ASSERT_FALSE(settled);
    EXPECT_EQ(settled.error().code, base::ErrorCode::kUnsupported);
    EXPECT_TRUE(settled.error().text().starts_with("Widget/t/w: ")) << settled.error().text();
}

inventory::Entry entry(const std::string& name, const std::string& kind = "ConfigMap",
                       const std::string& group = "") {
    return {{group, kind, "t", name}, "v1"};
}

TEST_F(PrunerTest, DeletesInReverseOrderAndInTheBackground) {
    for (const char* kind : {"ConfigMap", "ServiceAccount", "Service"}) {
        Value object = config("a");
        object.at("kind") = kind;
        api.put(std::move(object));
    }
    const auto pruned =
        run(pruner.prune({"t", "s"}, {entry("a", "Service"), entry("a"), entry("a", "ServiceAccount")}));
    ASSERT_TRUE(pruned);
    EXPECT_EQ(pruned->deleted.size(), 3U);
    EXPECT_EQ(take_log(),
              (Lines{"get Service t/a", "delete Service t/a", "get ConfigMap t/a", "delete ConfigMap t/a",
                     "get ServiceAccount t/a", "delete ServiceAccount t/a"}));
}

TEST_F(PrunerTest, WhatIsNotOursOrOptedOutIsReleased) {
    Value adopted = config("adopted");
    adopted.at("metadata").at("labels").at("stages.metio.wtf/name") = "other";
    api.put(std::move(adopted));
    Value bare = config("bare");
    bare.at("metadata").as_object().erase("labels");
    api.put(std::move(bare));
    Value kept = config("kept");
    kept.at("metadata").as_object()["annotations"] = {{"stages.metio.wtf/prune", "disabled"}};
    api.put(std::move(kept));
    api.put(config("ours"));
    const auto pruned =
        run(pruner.prune({"t", "s"}, {entry("adopted"), entry("bare"), entry("kept"), entry("ours")}));
    ASSERT_TRUE(pruned);
    EXPECT_EQ(pruned->released, (inventory::Entries{entry("adopted"), entry("bare"), entry("kept")}));
    EXPECT_EQ(pruned->deleted, inventory::Entries{entry("ours")});
    EXPECT_EQ(api.count("ConfigMap"), 3U);
}

TEST_F(PrunerTest, AnObjectThatWasMadeAnewMeanwhileStays) {
    api.put(config("a"));
    api.before_request([this](const auto& request) {
        if (request.verb == "delete") {
            api.erase({{"", "v1", "ConfigMap"}, "t", "a"});
            api.put(config("a"));
        }
    });
    const auto pruned = run(pruner.prune({"t", "s"}, {entry("a")}));
    ASSERT_TRUE(pruned);
    ASSERT_EQ(pruned->failures.size(), 1U);
    EXPECT_EQ(pruned->failures[0].error.code, base::ErrorCode::kConflict);
    EXPECT_EQ(api.count("ConfigMap"), 1U);
}

TEST_F(PrunerTest, WhatIsGoneOrServedNoMoreCountsAsDeleted) {
    const inventory::Entries wanted =
        inventory::make_entries({entry("gone"), entry("w", "Widget", "example.org")});
    const auto pruned = run(pruner.prune({"t", "s"}, wanted));
    ASSERT_TRUE(pruned);
    EXPECT_EQ(pruned->deleted, wanted);
}

TEST_F(PrunerTest, OneFailureDoesNotStopTheRest) {
    for (const char* name : {"a", "b", "c"}) {
        api.put(config(name));
    }
    api.fail_next(on("delete", "", "b"), {base::ErrorCode::kForbidden, "no right"});
    const auto pruned = run(pruner.prune({"t", "s"}, {entry("a"), entry("b"), entry("c")}));
    ASSERT_TRUE(pruned);
    EXPECT_EQ(pruned->deleted, (inventory::Entries{entry("a"), entry("c")}));
    ASSERT_EQ(pruned->failures.size(), 1U);
    EXPECT_EQ(pruned->failures[0].id.name, "b");
}

TEST_F(PrunerTest, TellsWhatTerminatesAndWhatHoldsIt) {
    Value held = config("held");
    held.at("metadata").as_object()["finalizers"] = {"example.org/hold", "example.org/two"};
    api.put(std::move(held));
    api.put(config("free"));
    auto pruned = run(pruner.prune({"t", "s"}, {entry("free"), entry("gone"), entry("held")}));
    ASSERT_TRUE(pruned);
    EXPECT_EQ(pruned->deleted.size(), 3U);
    EXPECT_EQ(pruned->terminating.size(), 2U);
    auto left = run(pruner.still_there(pruned->terminating));
    ASSERT_TRUE(left);
    ASSERT_EQ(left->size(), 1U);
    EXPECT_EQ((*left)[0].entry, entry("held"));
    EXPECT_EQ((*left)[0].held_by, "example.org/hold, example.org/two");

    take_log();
    pruned = run(pruner.prune({"t", "s"}, {entry("held")}));
    ASSERT_TRUE(pruned);
    EXPECT_EQ(take_log(), Lines{"get ConfigMap t/held"}) << "its deletion was accepted already";
    ASSERT_EQ(pruned->terminating.size(), 1U);
    left = run(pruner.still_there(pruned->terminating));
    ASSERT_TRUE(left);
    EXPECT_EQ(left->size(), 1U);
    EXPECT_EQ(take_log(), Lines{}) << "it was looked at just now";
}

}  // namespace
}  // namespace apply::testing
