// SPDX-License-Identifier: 0BSD
#include "io/kube/rest/resource_path.hpp"

#include <gtest/gtest.h>

namespace kube {
namespace {

const Resource kConfigMaps{{"", "v1", "ConfigMap"}, "configmaps", true};
const Resource kDeployments{{"apps", "v1", "Deployment"}, "deployments", true};
const Resource kNodes{{"", "v1", "Node"}, "nodes", false};

TEST(CollectionPath, FollowsGroupAndScope) {
    EXPECT_EQ(*collection_path(kConfigMaps, "t"), "/api/v1/namespaces/t/configmaps");
    EXPECT_EQ(*collection_path(kConfigMaps, ""), "/api/v1/configmaps");
    EXPECT_EQ(*collection_path(kDeployments, "t"), "/apis/apps/v1/namespaces/t/deployments");
    EXPECT_EQ(*collection_path(kNodes, "t"), "/api/v1/nodes");
    EXPECT_EQ(*collection_path(kConfigMaps, "a/../b"), "/api/v1/namespaces/a%2F..%2Fb/configmaps");
    EXPECT_FALSE(collection_path(kConfigMaps, ".."));
}

TEST(ObjectPath, FollowsNameAndSubresource) {
    EXPECT_EQ(*object_path(kConfigMaps, "t", "a.b", ""), "/api/v1/namespaces/t/configmaps/a.b");
    EXPECT_EQ(*object_path(kDeployments, "t", "web", "scale"),
              "/apis/apps/v1/namespaces/t/deployments/web/scale");
    EXPECT_EQ(*object_path(kNodes, "", "system:x", "status"), "/api/v1/nodes/system%3Ax/status");
}

TEST(ObjectPath, NeverMeansACollectionOrAnotherObject) {
    for (const auto* name : {"", ".", ".."}) {
        const auto path = object_path(kConfigMaps, "t", name, "");
        ASSERT_FALSE(path) << *path;
        EXPECT_EQ(path.error().code, base::ErrorCode::kInvalid);
    }
    EXPECT_FALSE(object_path(kConfigMaps, "", "a", ""));
    EXPECT_EQ(*object_path(kConfigMaps, "t", "a?b#c/d", ""), "/api/v1/namespaces/t/configmaps/a%3Fb%23c%2Fd");
}

TEST(Query, EscapesValuesAndLeavesEmptyOnesOut) {
    Query query;
    EXPECT_EQ(query.text(), "");
    query.add("labelSelector", "a=b,c in (d, e)").add("continue", "").add("limit", "500");
    EXPECT_EQ(query.text(), "?labelSelector=a%3Db%2Cc%20in%20%28d%2C%20e%29&limit=500");
}

}  // namespace
}  // namespace kube
