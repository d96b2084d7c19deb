// SPDX-License-Identifier: 0BSD
// Discovery documents of a small server, for tests.
#pragma once

#include <string>

namespace kube::testing {

inline std::string core_discovery() {
    return R"({"kind":"APIGroupDiscoveryList","apiVersion":"apidiscovery.k8s.io/v2","metadata":{},"items":[
      {"metadata":{},"versions":[{"version":"v1","freshness":"Current","resources":[
        {"resource":"configmaps","responseKind":{"group":"","version":"v1","kind":"ConfigMap"},"scope":"Namespaced"},
        {"resource":"nodes","responseKind":{"group":"","version":"v1","kind":"Node"},"scope":"Cluster"},
        {"resource":"pods","responseKind":{"group":"","version":"v1","kind":"Pod"},"scope":"Namespaced",
         "subresources":[{"subresource":"eviction","responseKind":{"group":"policy","version":"v1","kind":"Eviction"}}]},
        {"resource":"replicationcontrollers","responseKind":{"group":"","version":"v1","kind":"ReplicationController"},
         "scope":"Namespaced",
         "subresources":[{"subresource":"scale","responseKind":{"group":"autoscaling","version":"v1","kind":"Scale"}}]},
        {"resource":"serviceaccounts","responseKind":{"group":"","version":"v1","kind":"ServiceAccount"},
         "scope":"Namespaced","subresources":[{"subresource":"token",
           "responseKind":{"group":"authentication.k8s.io","version":"v1","kind":"TokenRequest"}}]}]}]}]})";
}

// `extra`: further groups, each followed by a comma.
inline std::string groups_discovery(const std::string& extra = "") {
    return R"({"kind":"APIGroupDiscoveryList","apiVersion":"apidiscovery.k8s.io/v2","items":[)" + extra + R"(
      {"metadata":{"name":"apps"},"versions":[{"version":"v1","freshness":"Current","resources":[
        {"resource":"deployments","responseKind":{"group":"","version":"","kind":"Deployment"},"scope":"Namespaced",
         "subresources":[{"subresource":"scale","responseKind":{"group":"autoscaling","version":"v1","kind":"Scale"}},
                         {"subresource":"status","responseKind":{"group":"","version":"","kind":"Deployment"}}]}]}]},
      {"metadata":{"name":"autoscaling"},"versions":[
        {"version":"v2","freshness":"Current","resources":[{"resource":"horizontalpodautoscalers",
          "responseKind":{"group":"autoscaling","version":"v2","kind":"HorizontalPodAutoscaler"},"scope":"Namespaced"}]},
        {"version":"v1","freshness":"Current","resources":[{"resource":"horizontalpodautoscalers",
          "responseKind":{"group":"autoscaling","version":"v1","kind":"HorizontalPodAutoscaler"},"scope":"Namespaced"}]}]},
      {"metadata":{"name":"metrics.k8s.io"},"versions":[{"version":"v1beta1","freshness":"Stale"}]}]})";
}

inline std::string widget_group() {
    return R"({"metadata":{"name":"example.com"},"versions":[{"version":"v1","freshness":"Current","resources":[
      {"resource":"widgets","responseKind":{"group":"example.com","version":"v1","kind":"Widget"},"scope":"Cluster"}]}]},)";
}

}  // namespace kube::testing
