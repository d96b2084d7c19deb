// SPDX-License-Identifier: 0BSD
#include "engine/apply/compare.hpp"

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

namespace apply {
namespace {

struct DifferCase {
    std::string name;
    std::string live;
    std::string dry_run;
    bool differs;
};

const std::vector<DifferCase> kDiffer = {
    {"Equal", R"({"spec":{"a":1}})", R"({"spec":{"a":1}})", false},
    {"SpecChanged", R"({"spec":{"a":1}})", R"({"spec":{"a":2}})", true},
    {"FieldAdded", R"({"spec":{}})", R"({"spec":{"a":2}})", true},
    {"FieldRemoved", R"({"spec":{"a":1}})", R"({"spec":{}})", true},
    {"ContentOutsideOfSpecChanged", R"({"data":{"a":"1"}})", R"({"data":{"a":"2"}})", true},
    {"TopLevelFieldRemoved", R"({"data":{"a":"1"},"immutable":true})", R"({"data":{"a":"1"}})", true},
    {"LabelChanged", R"({"metadata":{"labels":{"a":"1"}}})", R"({"metadata":{"labels":{"a":"2"}}})", true},
    {"LabelRemoved", R"({"metadata":{"labels":{"a":"1"}}})", R"({"metadata":{}})", true},
    {"AnnotationAdded", R"({"metadata":{}})", R"({"metadata":{"annotations":{"a":"1"}}})", true},
    {"NullIsEmpty", R"({"spec":{"a":null}})", R"({"spec":{}})", false},
    {"EmptyMapIsEmpty", R"({"spec":{"a":{}}})", R"({"spec":{}})", false},
    {"EmptyListIsNull", R"({"spec":{"a":[]}})", R"({"spec":{"a":null}})", false},
    {"EmptyTopLevelFieldIsNone", R"({"spec":{}})", R"({})", false},
    {"EmptyLabelsAreNone", R"({"metadata":{"labels":{}}})", R"({"metadata":{}})", false},
    {"FalseIsNotEmpty", R"({"spec":{"a":false}})", R"({"spec":{}})", true},
    {"StatusIsIgnored", R"({"status":{"a":1}})", R"({"status":{"a":2}})", false},
    {"OtherMetadataIsIgnored", R"({"metadata":{"generation":1,"managedFields":[1],"finalizers":["a"]}})",
     R"({"metadata":{"generation":2}})", false},
    {"OrderOfAListMatters", R"({"spec":{"a":[1,2]}})", R"({"spec":{"a":[2,1]}})", true},
};

TEST(Compare, OnlyWhatAnApplyWouldChangeCounts) {
    for (const DifferCase& row : kDiffer) {
        EXPECT_EQ(differs(boost::json::parse(row.live), boost::json::parse(row.dry_run)), row.differs)
            << row.name;
    }
}

constexpr const char* kPem =
    "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCkFBQUEKLS0tLS1FTkQgQ0VSVElGSUNBVEUtLS0tLQo=";
constexpr const char* kWrappedPem =
    "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0t\nCkFBQUEKLS0tLS1FTkQgQ0VSVElGSUNBVEUtLS0tLQo=\n";

struct BundleCase {
    std::string name;
    model::Value ca_bundle;
    bool kept;
};

const std::vector<BundleCase> kBundles = {
    {"Certificate", kPem, true},
    {"CertificateInWrappedLines", kWrappedPem, true},
    {"Empty", "", false},
    {"OnlyALineEnd", "Cg==", false},
    {"Placeholder", "PLACEHOLDER", false},
    {"NoBase64", "***", false},
    {"PlainPem", "-----BEGIN CERTIFICATE-----", false},
    {"NoText", 7, false},
};

model::Value definition(const model::Value& ca_bundle, const std::string& api_version) {
    return {{"apiVersion", api_version},
            {"kind", "CustomResourceDefinition"},
            {"metadata", {{"name", "a"}}},
            {"spec",
             {{"conversion", {{"webhook", {{"clientConfig", {{"caBundle", ca_bundle}, {"url", "u"}}}}}}}}}};
}

const model::Value* bundle_of(const model::Value& object) {
    return model::find(object, {"spec", "conversion", "webhook", "clientConfig", "caBundle"});
}

TEST(Compare, AnUnusableCaBundleIsDropped) {
    for (const BundleCase& row : kBundles) {
        model::Value object = definition(row.ca_bundle, "apiextensions.k8s.io/v1");
        drop_unusable_ca_bundle(object);
        EXPECT_EQ(bundle_of(object) != nullptr, row.kept) << row.name;
        EXPECT_EQ(model::find_string(object, {"spec", "conversion", "webhook", "clientConfig", "url"}), "u");
    }
}

TEST(Compare, OtherObjectsKeepWhatTheyHave) {
    model::Value other = definition("PLACEHOLDER", "example.org/v1");
    drop_unusable_ca_bundle(other);
    EXPECT_NE(bundle_of(other), nullptr);
    model::Value plain = {{"apiVersion", "apiextensions.k8s.io/v1"},
                          {"kind", "CustomResourceDefinition"},
                          {"metadata", {{"name", "a"}}},
                          {"spec", {{"scope", "Cluster"}}}};
    const model::Value before = plain;
    drop_unusable_ca_bundle(plain);
    EXPECT_EQ(plain, before) << "no parents are made";
}

}  // namespace
}  // namespace apply
