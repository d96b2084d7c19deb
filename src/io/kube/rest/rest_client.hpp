// SPDX-License-Identifier: 0BSD
// RestClient: kube::Client over the API server's REST interface.
#pragma once

#include <memory>
#include <string>

#include "base/clock.hpp"
#include "base/compute.hpp"
#include "base/fair_queue.hpp"
#include "base/rng.hpp"
#include "io/kube/client.hpp"
#include "io/kube/rest/caller.hpp"
#include "io/kube/rest/cluster_config.hpp"
#include "io/kube/rest/discovery.hpp"

namespace kube {

// What a client runs on; all must outlive it.
struct RestRuntime {
    base::Clock& clock;
    base::Rng& rng;
    base::Compute& compute;
    base::Executor executor;
};

// What the clients of one cluster share, whoever they act as.
struct SharedCluster {
    std::shared_ptr<base::FairQueue> queue;
    std::shared_ptr<Discovery> discovery;
};

struct RestClientOptions {
    ClusterConfig cluster;
    MakeHttpClient make_http;
    std::string identity;  // whose share of the queue this client uses; empty: the controller itself
    SharedCluster shared;  // what is nullptr is made new
    RequestObserver observer;
};

class RestClient : public Client {
public:
    // To be handed to further clients of the same cluster.
    virtual SharedCluster shared() const = 0;
};

std::unique_ptr<RestClient> make_rest_client(RestClientOptions options, RestRuntime runtime);

}  // namespace kube
