// SPDX-License-Identifier: 0BSD
// What the informer's tests share: a fake server, and a mirror that checks each change that handlers are told.
#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "base/task_group.hpp"
#include "base/testing/fake_clock.hpp"
#include "base/testing/run.hpp"
#include "io/kube/informer.hpp"
#include "io/kube/testing/fake_api.hpp"

namespace kube::testing {

using Lines = std::vector<std::string>;

inline const GroupVersionKind kConfigMap{"", "v1", "ConfigMap"};

inline Value config(std::string ns, std::string name, std::string value = "0") {
    return {{"apiVersion", "v1"},
            {"kind", "ConfigMap"},
            {"metadata", {{"name", std::move(name)}, {"namespace", std::move(ns)}}},
            {"data", {{"k", std::move(value)}}}};
}
inline ObjectRef ref(std::string ns, std::string name) {
    return {kConfigMap, std::move(ns), std::move(name)};
}
inline std::string data_of(const Value& object) {
    return std::string(model::find_string(object, {"data", "k"}));
}

struct LogLines final : base::LogSink {
    void write(std::string_view line) override { lines.emplace_back(line); }
    std::size_t count(std::string_view part) const {
        return static_cast<std::size_t>(std::ranges::count_if(
            lines, [&](const auto& line) { return line.find(part) != std::string::npos; }));
    }
    Lines lines;
};

class InformerTest : public ::testing::Test {
protected:
    ~InformerTest() override { stop(); }

    // Makes the informer, with a handler that notes each change and mirrors what it was told.
    void make(InformerOptions options) {
        informer =
            std::make_unique<Informer>(api, clock, rng, logger, loop.get_executor(), std::move(options));
        informer->on_change([this](const Change& change) { note(change); });
    }
    void start(InformerOptions options = {kConfigMap, {}, "", false, nullptr}) {
        if (!informer) {
            make(std::move(options));
        }
        group.spawn(informer->run());
        settle();
    }
    void stop() {
        group.cancel();
        settle();
    }
    void settle() { base::testing::settle(loop); }
    void pass(base::Duration time) {
        clock.advance(time);
        settle();
    }
    // Lets every backoff end, step by step.
    void heal() {
        for (int i = 0; i < 20; ++i) {
            pass(std::chrono::seconds(30));
        }
    }
    Lines take_changes() { return std::exchange(changes, {}); }

    static bool same(const ObjectPtr& left, const ObjectPtr& right) {
        return left && right ? *left == *right : left == right;
    }
    void note(const Change& change) {
        const Value& object = change.after ? *change.after : *change.before;
        const std::string key =
            std::string(model::namespace_of(object)) + "/" + std::string(model::name_of(object));
        if (!change.before) {
            changes.push_back("+" + key + "=" + data_of(object));
            EXPECT_TRUE(mirror.emplace(key, change.after).second) << key << " was added twice";
        } else if (change.after) {
            changes.push_back("~" + key + "=" + data_of(object));
            EXPECT_TRUE(same(mirror[key], change.before)) << "a change was left out";
            mirror[key] = change.after;
        } else {
            changes.push_back("-" + key);
            EXPECT_TRUE(same(mirror[key], change.before)) << "a change was left out";
            mirror.erase(key);
        }
        EXPECT_TRUE(same(informer->get(model::namespace_of(object), model::name_of(object)), change.after))
            << "the cache must have taken the change already";
    }

    base::asio::io_context loop;
    base::testing::FakeClock clock{loop.get_executor()};
    base::Rng rng{7};
    std::shared_ptr<LogLines> sink = std::make_shared<LogLines>();
    base::Logger logger{base::LogLevel::kDebug, base::LogFormat::kText, sink, clock};
    FakeApi api{loop.get_executor(), clock};
    std::unique_ptr<Informer> informer;
    base::TaskGroup group{loop.get_executor()};
    Lines changes;
    std::map<std::string, ObjectPtr> mirror;
};

}  // namespace kube::testing
