// SPDX-License-Identifier: 0BSD
// ClusterTest: the parts of this module on an API server in memory.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "base/task_group.hpp"
#include "base/testing/fake_clock.hpp"
#include "base/testing/run.hpp"
#include "engine/apply/applier.hpp"
#include "engine/apply/managed_objects.hpp"
#include "engine/apply/pruner.hpp"
#include "io/kube/testing/informer_fixture.hpp"

namespace apply::testing {

using kube::testing::Lines;
using kube::testing::on;
using model::Value;

inline const Value kLabels = {{"stages.metio.wtf/name", "s"}, {"stages.metio.wtf/namespace", "t"}};

inline Value config(const std::string& name, const std::string& text = "1") {
    return {{"apiVersion", "v1"},
            {"kind", "ConfigMap"},
            {"metadata", {{"name", name}, {"namespace", "t"}, {"labels", kLabels}}},
            {"data", {{"k", text}}}};
}

template <class T>
base::Task<void> keep(base::Task<T> task, std::optional<base::Result<T>>& result) {
    result.emplace(co_await std::move(task));
    co_return base::Result<void>{};
}

class ClusterTest : public ::testing::Test {
protected:
    ClusterTest() {
        live.on_change([this](const ObjectChange& change) {
            told.push_back(change.owner.ns + "/" + change.owner.name);
        });
    }
    ~ClusterTest() override {
        group.cancel();
        group.spawn(live.stop());
        settle();
    }
    template <class T>
    base::Result<T> run(base::Task<T> task) {
        std::optional<base::Result<T>> result;
        base::TaskHandle handle = group.spawn(keep(std::move(task), result));
        settle();
        if (!result) {
            handle.cancel();
            settle();
            return base::Error{base::ErrorCode::kInternal, "the task still waits"};
        }
        return *std::move(result);
    }
    void settle() { base::testing::settle(loop); }
    Lines take_log() {
        Lines lines = api.log();
        std::erase_if(lines,
                      [](const auto& line) { return line.starts_with("list") || line.starts_with("watch"); });
        api.clear_log();
        return lines;
    }

    Lines take_told() { return std::exchange(told, {}); }

    Lines told;
    base::asio::io_context loop;
    base::Compute compute{1};
    base::testing::FakeClock clock{loop.get_executor()};
    base::Rng rng{7};
    kube::testing::FakeApi api{loop.get_executor(), clock};
    base::TaskGroup group{loop.get_executor()};
    ManagedObjects live{api, clock, rng, {}, loop.get_executor(), compute, {}};
    Applier applier{api, live, clock};
    base::FairQueue places{loop.get_executor(), 1};
    base::Turn turn{places, "t"};
    Pruner pruner{api, 1};
};

}  // namespace apply::testing
