// SPDX-License-Identifier: 0BSD
#include "rules/inventory/applyset.hpp"

#include <gtest/gtest.h>

namespace inventory {
namespace {

const model::ObjectId kParent{"stages.metio.wtf", "StageInventory", "payments", "payments-application-00"};

TEST(ApplySet, IdIsTheHashOfTheParent) {
    EXPECT_EQ(applyset_id(kParent), "applyset-WrPA5_rBR4VAju04WZuIxI3jzjhACheslNLUvkstTyk-v1");
    EXPECT_EQ(stage_applyset_id("payments", "payments", "application"), applyset_id(kParent));
    EXPECT_NE(stage_applyset_id("payments", "other", "application"), applyset_id(kParent));
}

TEST(ApplySet, ParentTellsKindsAndOtherNamespaces) {
    const Entries members = make_entries({
        {{"apps", "Deployment", "payments", "web"}, "v1"},
        {{"apps", "Deployment", "zone", "web"}, "v1"},
        {{"", "ConfigMap", "aux", "c"}, "v1"},
        {{"", "Namespace", "", "aux"}, "v1"},
    });
    const ParentMetadata metadata = parent_metadata(kParent, membership_of(members));
    EXPECT_EQ(metadata.labels,
              (std::map<std::string, std::string>{{"applyset.kubernetes.io/id", applyset_id(kParent)}}));
    EXPECT_EQ(metadata.annotations,
              (std::map<std::string, std::string>{
                  {"applyset.kubernetes.io/tooling", "stageset-controller/v1"},
                  {"applyset.kubernetes.io/contains-group-kinds", "ConfigMap,Deployment.apps,Namespace"},
                  {"applyset.kubernetes.io/additional-namespaces", "aux,zone"},
              }));
}

TEST(ApplySet, ParentWithoutOtherNamespacesSaysNothingOfThem) {
    const Entries own =
        make_entries({{{"", "ConfigMap", "payments", "c"}, "v1"}, {{"", "Node", "", "n"}, "v1"}});
    for (const Entries& members : {Entries{}, own}) {
        EXPECT_FALSE(parent_metadata(kParent, membership_of(members))
                         .annotations.contains("applyset.kubernetes.io/additional-namespaces"));
    }
}

TEST(ApplySet, MoreNamespacesThanAnAnnotationHoldsAreLeftOut) {
    std::vector<Entry> members;
    for (int i = 0; i < 3000; ++i) {
        members.push_back({{"", "ConfigMap", std::string(50, 'n') + std::to_string(i), "c"}, "v1"});
    }
    const ParentMetadata metadata = parent_metadata(kParent, membership_of(members));
    EXPECT_EQ(metadata.annotations.size(), 2U);
}

}  // namespace
}  // namespace inventory
