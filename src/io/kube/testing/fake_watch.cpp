// SPDX-License-Identifier: 0BSD
#include "io/kube/testing/fake_watch.hpp"

namespace kube::testing {

Value metadata_only(const Value& object) {
    const Value* metadata = model::find(object, {"metadata"});
    return {{"apiVersion", "meta.k8s.io/v1"},
            {"kind", "PartialObjectMetadata"},
            {"metadata", metadata == nullptr ? Value(model::Object()) : *metadata}};
}

bool WatchChannel::concerns(const Value& object) const {
    if (object.is_null()) {
        return false;
    }
    const auto gvk = model::gvk_of(object);
    return gvk.kind == request_.gvk.kind && gvk.group == request_.gvk.group &&
           (request_.ns.empty() || model::namespace_of(object) == request_.ns) && selector_.matches(object);
}

void WatchChannel::send(WatchEvent::Type type, const Value& object, std::int64_t version) {
    Value sent = request_.metadata_only ? metadata_only(object) : object;
    if (!request_.metadata_only) {
        sent.as_object()["apiVersion"] = request_.gvk.api_version();
    }
    model::ensure_object(sent, {"metadata"})["resourceVersion"] = std::to_string(version);
    events_.push_back({type, std::move(sent)});
    wake_.pulse();
}

void WatchChannel::offer(const HistoryEntry& entry) {
    if (ended_) {
        return;
    }
    const bool before = concerns(entry.before);
    const bool after = concerns(entry.after);
    if (after) {
        send(before ? WatchEvent::Type::kModified : WatchEvent::Type::kAdded, entry.after, entry.version);
    } else if (before) {
        send(WatchEvent::Type::kDeleted, entry.after.is_null() ? entry.before : entry.after, entry.version);
    }
}

void WatchChannel::bookmark(const std::string& resource_version) {
    if (ended_) {
        return;
    }
    events_.push_back({WatchEvent::Type::kBookmark,
                       {{"apiVersion", request_.gvk.api_version()},
                        {"kind", request_.gvk.kind},
                        {"metadata", {{"resourceVersion", resource_version}}}}});
    wake_.pulse();
}

void WatchChannel::end(std::optional<base::Error> error) {
    if (!ended_) {
        ended_ = true;
        error_ = std::move(error);
        wake_.pulse();
    }
}

base::Task<std::optional<WatchEvent>> WatchChannel::next() {
    if (co_await base::is_cancelled()) {
        co_return base::cancelled_error();
    }
    while (events_.empty()) {
        if (ended_) {
            if (error_) {
                co_return *error_;
            }
            co_return std::optional<WatchEvent>();
        }
        if (const auto woken = co_await wake_.wait(); !woken) {
            co_return woken.error();
        }
    }
    std::optional<WatchEvent> event = std::move(events_.front());
    events_.pop_front();
    co_return event;
}

}  // namespace kube::testing
