// SPDX-License-Identifier: 0BSD
#include "engine/apply/field_migration.hpp"

#include <gtest/gtest.h>

#include "rules/patch/json_patch.hpp"

namespace apply {
namespace {

using model::Value;

Value entry(const std::string& manager, const std::string& operation, Value fields,
            const std::string& subresource = "", const std::string& version = "v1") {
    model::Object result = {
        {"manager", manager},       {"operation", operation},         {"apiVersion", version},
        {"fieldsType", "FieldsV1"}, {"time", "2026-01-01T00:00:00Z"}, {"fieldsV1", std::move(fields)}};
    if (!subresource.empty()) {
        result["subresource"] = subresource;
    }
    return result;
}

Value object(model::Array entries) {
    return {{"metadata", {{"name", "x"}, {"resourceVersion", "7"}, {"managedFields", std::move(entries)}}}};
}

const Value kData = {{"f:data", {{"f:a", model::Object()}}}};
const Value kMore = {{"f:data", {{".", model::Object()}, {"f:b", model::Object()}}}};
const Value kBoth = {
    {"f:data", {{"f:a", model::Object()}, {".", model::Object()}, {"f:b", model::Object()}}}};
const Value kNothing = {{"metadata", model::Object()}};

// The managed fields after the patch.
model::Array after(const Value& live, const Value& applied = kNothing) {
    const auto patch = migration_of(live, applied);
    EXPECT_TRUE(patch);
    if (!patch) {
        return {};
    }
    EXPECT_EQ(patch->at(1),
              (Value{{"op", "replace"}, {"path", "/metadata/resourceVersion"}, {"value", "7"}}));
    auto patched = patch::apply_json_patch(live, *patch);
    EXPECT_TRUE(patched);
    return patched ? *model::find_array(*patched, {"metadata", "managedFields"}) : model::Array();
}

TEST(Migration, FormerDeliverersFieldsBecomeOurs) {
    for (const auto& [manager, operation] :
         std::vector<std::pair<std::string, std::string>>{{"kubectl-client-side-apply", "Update"},
                                                          {"kubectl", "Apply"},
                                                          {"kubectl-create", "Update"},
                                                          {"kubectl-edit", "Update"},
                                                          {"before-first-apply", "Update"},
                                                          {"kustomize-controller", "Apply"},
                                                          {"helm-controller", "Update"},
                                                          {"stageset-controller", "Update"}}) {
        EXPECT_EQ(after(object({entry(manager, operation, kData)})),
                  (model::Array{entry("stageset-controller", "Apply", kData)}))
            << manager;
    }
}

TEST(Migration, OthersKeepTheirFields) {
    for (const Value& other :
         {entry("kube-controller-manager", "Update", kData), entry("hpa", "Apply", kData),
          entry("kubectl", "Update", kData, "scale"), entry("kubectl-edit", "Update", kData, "status"),
          entry("my-kubectl", "Update", kData)}) {
        EXPECT_FALSE(migration_of(object({other}), kNothing)) << other;
        EXPECT_EQ(after(object({entry("kubectl-create", "Update", kMore), other})),
                  (model::Array{entry("stageset-controller", "Apply", kMore), other}));
    }
}

TEST(Migration, FieldsOfSeveralAreUnited) {
    EXPECT_EQ(after(object({entry("kubectl-client-side-apply", "Update", kData),
                            entry("kubectl-edit", "Update", kMore)})),
              (model::Array{entry("stageset-controller", "Apply", kBoth)}));
}

TEST(Migration, FieldsOfAnotherVersionStay) {
    const Value old = entry("kubectl-edit", "Update", kMore, "", "v1beta1");
    EXPECT_EQ(after(object({entry("kubectl-create", "Update", kData), old})),
              (model::Array{entry("stageset-controller", "Apply", kData), old}));
}

TEST(Migration, HappensOnceOnly) {
    EXPECT_FALSE(migration_of(
        object({entry("stageset-controller", "Apply", kData), entry("kubectl-edit", "Update", kMore)}),
        kNothing))
        << "what somebody adds to our object is his";
    EXPECT_FALSE(migration_of(object({}), kNothing));
    EXPECT_FALSE(migration_of(kNothing, kNothing));
    EXPECT_FALSE(migration_of(Value(), Value()));
}

TEST(Migration, FieldsThatNobodyOwnedAreToldByTheDryRun) {
    const Value live = {{"metadata", {{"name", "x"}, {"resourceVersion", "7"}}}};
    const Value applied =
        object({entry("stageset-controller", "Apply", kData), entry("before-first-apply", "Update", kBoth)});
    EXPECT_EQ(after(live, applied), (model::Array{entry("stageset-controller", "Apply", kBoth)}));
    EXPECT_FALSE(migration_of(live, object({entry("stageset-controller", "Apply", kData)})));
}

TEST(Migration, StrangeEntriesAreKept) {
    const model::Array strange = {Value(), Value("x"), Value(model::Object())};
    EXPECT_FALSE(migration_of(object(strange), kNothing));
    EXPECT_EQ(after(object({entry("kubectl-edit", "Update", nullptr), Value()})),
              (model::Array{entry("stageset-controller", "Apply", model::Object()), Value()}));
}

}  // namespace
}  // namespace apply
