// SPDX-License-Identifier: 0BSD
// Watch streams of the fake API server.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>

#include "base/event.hpp"
#include "io/kube/client.hpp"
#include "io/kube/label_selector.hpp"

namespace kube::testing {

// One change as the server remembers it. `before` is null for an added object, `after` for a deleted one.
struct HistoryEntry {
    std::int64_t version = 0;
    Value before;
    Value after;
};

// The object as a metadata-only request sees it.
Value metadata_only(const Value& object);

// What the server knows of one open watch; it lives as long as the client's side of it.
class WatchChannel {
public:
    WatchChannel(base::Executor executor, WatchRequest request, LabelSelector selector)
        : wake_(std::move(executor)), request_(std::move(request)), selector_(std::move(selector)) {}

    // Sends what the change means for this watch: an object that begins to match is added, one that ceases is deleted.
    void offer(const HistoryEntry& entry);
    void bookmark(const std::string& resource_version);
    // Ends the stream behind what was sent: in good order, or with `error`.
    void end(std::optional<base::Error> error);

    base::Task<std::optional<WatchEvent>> next();
    const WatchRequest& request() const { return request_; }

private:
    bool concerns(const Value& object) const;
    void send(WatchEvent::Type type, const Value& object, std::int64_t version);

    base::Event wake_;
    WatchRequest request_;
    LabelSelector selector_;
    std::deque<WatchEvent> events_;
    bool ended_ = false;
    std::optional<base::Error> error_;
};

// The client's side.
class FakeWatch final : public Watch {
public:
    explicit FakeWatch(std::shared_ptr<WatchChannel> channel) : channel_(std::move(channel)) {}
    base::Task<std::optional<WatchEvent>> next() override { return channel_->next(); }

private:
    std::shared_ptr<WatchChannel> channel_;
};

}  // namespace kube::testing
