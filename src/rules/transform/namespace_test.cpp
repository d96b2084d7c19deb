// SPDX-License-Identifier: 0BSD
#include "rules/transform/namespace.hpp"

#include <gtest/gtest.h>

#include "rules/transform/resources.hpp"
#include "rules/transform/testing/objects.hpp"

namespace transform {
namespace {

using testing::objects;
using testing::scopes;
using testing::text;
using testing::tidy;
using testing::value;

NamespaceChange change(SubjectMode subjects = SubjectMode::kDefaultOnly, bool unset_only = false) {
    return {"new", default_config().name_space, unset_only, subjects};
}

struct Case {
    std::string name;
    NamespaceChange change;
    std::string object;
    std::string expected;
};
class NamespaceCases : public ::testing::TestWithParam<Case> {};

TEST_P(NamespaceCases, Change) {
    Resources all = objects(GetParam().object);
    const auto done = transform::apply(all, GetParam().change, scopes());
    ASSERT_TRUE(done) << done.error().text();
    EXPECT_EQ(text(all), tidy(GetParam().expected));
}

constexpr std::string_view kBinding = R"(
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: b}
subjects:
- {kind: ServiceAccount, name: default}
- {kind: ServiceAccount, name: other}
- {kind: User, name: default, namespace: old}
)";
std::string binding(std::string_view first, std::string_view second, std::string_view third) {
    return fmt::format(R"(
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {{name: b}}
subjects:
- {{kind: ServiceAccount, name: default{}}}
- {{kind: ServiceAccount, name: other{}}}
- {{kind: User, name: default, namespace: {}}}
)",
                       first, second, third);
}

INSTANTIATE_TEST_SUITE_P(
    Table, NamespaceCases,
    ::testing::Values(
        Case{"NamespacedKind", change(), "{apiVersion: v1, kind: ConfigMap, metadata: {name: c}}",
             "{apiVersion: v1, kind: ConfigMap, metadata: {name: c, namespace: new}}"},
        Case{"UnknownKindsAreNamespaced", change(),
             "{apiVersion: e.com/v1, kind: Foo, metadata: {name: c, namespace: old}}",
             "{apiVersion: e.com/v1, kind: Foo, metadata: {name: c, namespace: new}}"},
        Case{"ClusterKindStays", change(),
             "{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: c}}",
             "{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: c}}"},
        Case{"NamespaceIsRenamed", change(), "{apiVersion: v1, kind: Namespace, metadata: {name: old}}",
             "{apiVersion: v1, kind: Namespace, metadata: {name: new}}"},
        Case{"NamespaceOfOthersIsNot", change(),
             "{apiVersion: e.com/v1, kind: Namespace, metadata: {name: old}}",
             "{apiVersion: e.com/v1, kind: Namespace, metadata: {name: old, namespace: new}}"},
        Case{"ApiServiceGetsIt", change(),
             "{apiVersion: apiregistration.k8s.io/v1, kind: APIService, metadata: {name: a}, spec: {}}",
             "{apiVersion: apiregistration.k8s.io/v1, kind: APIService, metadata: {name: a}, spec: {service: "
             "{namespace: new}}}"},
        Case{"ConversionIsNotMade", change(),
             "{apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: {name: a}, "
             "spec: {conversion: {webhook: {clientConfig: {service: {name: s}}}}}}",
             "{apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: {name: a}, "
             "spec: {conversion: {webhook: {clientConfig: {service: {name: s}}}}}}"},
        Case{"ConversionIsChanged", change(),
             "{apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: {name: a}, "
             "spec: {conversion: {webhook: {clientConfig: {service: {namespace: s}}}}}}",
             "{apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: {name: a}, "
             "spec: {conversion: {webhook: {clientConfig: {service: {namespace: new}}}}}}"},
        Case{"UnsetOnly", change(SubjectMode::kDefaultOnly, true),
             "{apiVersion: v1, kind: ConfigMap, metadata: {name: c, namespace: old}}\n---\n{apiVersion: v1, "
             "kind: ConfigMap, metadata: {name: d, namespace: \"\"}}",
             "{apiVersion: v1, kind: ConfigMap, metadata: {name: c, namespace: old}}\n---\n{apiVersion: v1, "
             "kind: ConfigMap, metadata: {name: d, namespace: new}}"},
        Case{"SubjectsNamedDefault", change(), std::string(kBinding), binding(", namespace: new", "", "new")},
        Case{"SubjectsThatAreAccounts", change(SubjectMode::kAllServiceAccounts), std::string(kBinding),
             binding(", namespace: new", ", namespace: new", "old")},
        Case{"NoSubjects", change(SubjectMode::kNone), std::string(kBinding), std::string(kBinding)},
        Case{"SubjectsOnlyWhereUnset", change(SubjectMode::kDefaultOnly, true), std::string(kBinding),
             binding(", namespace: new", "", "old")},
        Case{"EmptyChangesNothing", NamespaceChange{},
             "{apiVersion: v1, kind: ConfigMap, metadata: {name: c}}",
             "{apiVersion: v1, kind: ConfigMap, metadata: {name: c}}"}),
    [](const auto& row) { return row.param.name; });

TEST(Namespace, RemembersTheOldId) {
    Resources all = objects("{apiVersion: v1, kind: ConfigMap, metadata: {name: c}}");
    ASSERT_TRUE(transform::apply(all, change(), scopes()));
    EXPECT_EQ(original_id(all[0]).ns, "");
    EXPECT_EQ(current_id(all[0]).ns, "new");
}

TEST(Namespace, RefusesObjectsThatWouldBeTheSame) {
    Resources all = objects(
        "{apiVersion: v1, kind: ConfigMap, metadata: {name: c, namespace: a}}\n---\n{apiVersion: v1, kind: "
        "ConfigMap, metadata: {name: c, namespace: b}}");
    const auto done = transform::apply(all, change(), scopes());
    ASSERT_FALSE(done);
    EXPECT_NE(done.error().message.find("ID conflict: ConfigMap.v1.[noGrp]/c.new"), std::string::npos);
}

TEST(Namespace, RefusesFieldsThatAreNoTexts) {
    Resources all = objects(kBinding);
    NamespaceChange wanted = change();
    wanted.fields = {{"", "", "ClusterRoleBinding", "subjects", false}};
    const auto done = transform::apply(all, wanted, scopes());
    ASSERT_FALSE(done);
    EXPECT_NE(done.error().message.find("must target scalar nodes"), std::string::npos);
    EXPECT_NE(done.error().message.find("'subjects' of object ClusterRoleBinding"), std::string::npos);
}

TEST(Namespace, RefusesSubjectsThatAreNoMaps) {
    for (const std::string_view subjects : {"subjects: text", "subjects: [text]"}) {
        Resources all = objects(fmt::format("kind: RoleBinding\n{}\n", subjects));
        EXPECT_FALSE(transform::apply(all, change(), scopes())) << subjects;
    }
}

TEST(NamespaceTransformer, IsRead) {
    const auto read = parse_namespace_transformer(
        value("{metadata: {name: x, namespace: n}, unsetOnly: true, setRoleBindingSubjects: "
              "allServiceAccounts, fieldSpecs: [{path: metadata/namespace, create: true}]}"));
    ASSERT_TRUE(read) << read.error().text();
    EXPECT_EQ(read->ns, "n");
    EXPECT_TRUE(read->unset_only);
    EXPECT_EQ(read->subjects, SubjectMode::kAllServiceAccounts);
    EXPECT_EQ(read->fields.size(), 1U);
    EXPECT_EQ(parse_namespace_transformer(value("setRoleBindingSubjects: none"))->subjects,
              SubjectMode::kNone);
    EXPECT_EQ(parse_namespace_transformer(value("{}"))->subjects, SubjectMode::kDefaultOnly);
    const auto bad = parse_namespace_transformer(value("setRoleBindingSubjects: some"));
    ASSERT_FALSE(bad);
    EXPECT_NE(bad.error().message.find("invalid value \"some\" for setRoleBindingSubjects"),
              std::string::npos);
    EXPECT_FALSE(parse_namespace_transformer(value("unsetOnly: x")));
}

}  // namespace
}  // namespace transform
