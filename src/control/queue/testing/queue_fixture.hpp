// SPDX-License-Identifier: 0BSD
// What the queue's tests share: a queue whose runs are written down, and held until a test lets them go.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "base/testing/fake_clock.hpp"
#include "base/testing/run.hpp"
#include "control/queue/queue.hpp"

namespace queue::testing {

using Lines = std::vector<std::string>;

struct CountingObserver final : Observer {
    void added() override { ++adds; }
    void retried() override { ++retries; }
    void started(base::Duration waited) override { waits.push_back(waited); }
    void ended(base::Duration worked) override { works.push_back(worked); }
    int adds = 0;
    int retries = 0;
    std::vector<base::Duration> waits;
    std::vector<base::Duration> works;
};

class QueueTest : public ::testing::Test {
protected:
    ~QueueTest() override { stop(); }

    static Key key(std::string name) { return {"t", std::move(name)}; }
    void make(Options options) {
        queue = std::make_unique<Queue>(
            clock, loop.get_executor(), [this](Key k) { return run(std::move(k)); }, options, &observer);
    }
    void start(Options options = {}) {
        if (!queue) {
            make(options);
        }
        group.spawn(queue->work());
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
    Lines take_log() { return std::exchange(log, {}); }
    // Lets the key's held run go on.
    void release(const std::string& name) { gate(name).pulse(); }
    base::Event& gate(const std::string& name) {
        auto& event = gates[name];
        if (!event) {
            event = std::make_unique<base::Event>(loop.get_executor());
        }
        return *event;
    }

    base::Task<void> run(Key k) {
        EXPECT_TRUE(inside.insert(k).second) << k.text() << " runs twice at once";
        log.push_back("start " + k.name);
        if (on_start) {
            on_start(k);
        }
        base::Result<void> result;
        if (holds.contains(k.name)) {
            result = co_await gate(k.name).wait();
        }
        log.push_back((result ? "end " : "cancelled ") + k.name);
        inside.erase(k);
        if (result && fails.contains(k.name)) {
            result = base::Error{base::ErrorCode::kInternal, "failed"};
        }
        co_return result;
    }

    base::asio::io_context loop;
    base::testing::FakeClock clock{loop.get_executor()};
    CountingObserver observer;
    std::set<std::string> holds;
    std::set<std::string> fails;
    std::function<void(const Key&)> on_start;
    std::map<std::string, std::unique_ptr<base::Event>> gates;
    std::set<Key> inside;
    Lines log;
    std::unique_ptr<Queue> queue;
    base::TaskGroup group{loop.get_executor()};
};

}  // namespace queue::testing
