// SPDX-License-Identifier: 0BSD
// FakeOutside: a cluster and artifacts in memory, and a console that remembers; for unit tests of commands.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "apps/stagesetctl/connection_flags.hpp"
#include "apps/stagesetctl/program.hpp"
#include "base/clock.hpp"
#include "io/kube/testing/fake_api.hpp"
#include "model/yaml.hpp"

namespace stagesetctl::testing {

class RecordingConsole final : public Console {
public:
    bool out(std::string_view text) override {
        printed += text;
        return !is_closed;
    }
    void warn(std::string_view text) override { warnings.emplace_back(text); }
    void error(std::string_view text) override { errors.emplace_back(text); }

    std::string printed;
    std::vector<std::string> warnings;
    std::vector<std::string> errors;
    bool is_closed = false;
};

class FakeFetcher final : public artifact::Fetcher {
public:
    base::Task<std::shared_ptr<const artifact::FileTree>> fetch(artifact::ArtifactRef ref) override {
        const auto found = trees.find(ref.url);
        if (found == trees.end()) {
            co_return base::Error{base::ErrorCode::kNotFound, "the server of " + ref.url + " answered 404"};
        }
        co_return found->second;
    }
    std::map<std::string, std::shared_ptr<const artifact::FileTree>> trees;
};

// What a test plants, and what a run asked for.
struct World {
    std::vector<std::string> objects;                                                  // YAML
    std::map<std::string, std::map<std::string, std::string, std::less<>>> artifacts;  // by URL
    std::function<void(kube::testing::FakeApi& api)> prepare;
    std::string context_namespace = "t";

    std::vector<std::string> requests;          // "get StageSet t/shop"
    std::vector<std::string> service_accounts;  // impersonated ones, "<namespace>/<name>"
    bool asked_cluster = false;
};

class FakeOutside final : public Outside {
public:
    FakeOutside(World& world, const ConnectionFlags& flags, base::Executor executor)
        : world_(world), ns_(flags.ns), api_(std::move(executor), clock_) {
        api_.serve({"stages.metio.wtf", "v1", "StageSet"}, "stagesets", true);
        api_.serve({"source.toolkit.fluxcd.io", "v1", "ExternalArtifact"}, "externalartifacts", true);
        for (const std::string& text : world.objects) {
            api_.put(model::parse_yaml_one(text, "world").value());
        }
        for (const auto& [url, files] : world.artifacts) {
            fetcher_.trees[url] =
                std::make_shared<const artifact::FileTree>(artifact::FileTree{.files = files, .skipped = {}});
        }
        if (world.prepare) {
            world.prepare(api_);
        }
    }
    ~FakeOutside() override { world_.requests = api_.log(); }

    base::Result<std::string> current_namespace() override {
        world_.asked_cluster = true;
        return ns_.empty() ? world_.context_namespace : ns_;
    }
    base::Result<kube::Client*> cluster() override {
        world_.asked_cluster = true;
        return &api_;
    }
    base::Result<kube::Client*> cluster_as(std::string ns, std::string service_account) override {
        world_.asked_cluster = true;
        world_.service_accounts.push_back(ns + "/" + service_account);
        return &api_;
    }
    artifact::Fetcher& fetcher() override { return fetcher_; }
    kms::KeyService* key_services() override { return nullptr; }
    base::Task<void> close() override { co_return base::Result<void>{}; }

private:
    World& world_;
    std::string ns_;
    base::SystemClock clock_;
    kube::testing::FakeApi api_;
    FakeFetcher fetcher_;
};

// Runs "stagesetctl" with `words` and answers the exit code.
inline int run(std::vector<std::string> words, RecordingConsole& console, World& world) {
    words.insert(words.begin(), "/usr/bin/stagesetctl");
    return run_program(words, console, [&world](const ConnectionFlags& flags, base::Executor executor) {
        return std::make_unique<FakeOutside>(world, flags, std::move(executor));
    });
}

}  // namespace stagesetctl::testing
