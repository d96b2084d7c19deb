// SPDX-License-Identifier: 0BSD
#include "io/kube/rest/watch_stream.hpp"

#include <utility>

#include <fmt/format.h>

#include "io/kube/errors.hpp"
#include "io/kube/rest/json_body.hpp"
#include "io/kube/rest/object_kind.hpp"
#include "model/json.hpp"

namespace kube {

namespace {

using base::Error;
using base::ErrorCode;

Error broken(std::string message) { return {ErrorCode::kUnavailable, std::move(message)}; }

std::optional<WatchEvent::Type> type_of(std::string_view text) {
    if (text == "ADDED") {
        return WatchEvent::Type::kAdded;
    }
    if (text == "MODIFIED") {
        return WatchEvent::Type::kModified;
    }
    if (text == "DELETED") {
        return WatchEvent::Type::kDeleted;
    }
    if (text == "BOOKMARK") {
        return WatchEvent::Type::kBookmark;
    }
    return std::nullopt;
}

}  // namespace

base::Result<WatchEvent> parse_watch_event(std::string_view line, const GroupVersionKind& gvk) {
    auto parsed = model::parse_json(line, "a watch event");
    if (!parsed) {
        return broken(parsed.error().text());
    }
    const std::string_view type = model::find_string(*parsed, {"type"});
    Value* object = parsed->is_object() ? parsed->get_object().if_contains("object") : nullptr;
    if (object == nullptr || !object->is_object()) {
        return broken("a watch event holds no object");
    }
    if (type == "ERROR") {
        return error_from_status(*object, 500);
    }
    const auto known = type_of(type);
    if (!known) {
        return broken(fmt::format("a watch event has the unknown type \"{}\"", type));
    }
    set_kind(*object, gvk);
    return WatchEvent{*known, std::move(*object)};
}

base::Task<WatchEvent> WatchStream::read_event(std::string_view line) {
    if (line.size() <= kParseInlineBytesMax) {
        co_return parse_watch_event(line, gvk_);
    }
    co_return co_await compute_.run(
        [text = std::string(line), gvk = gvk_] { return parse_watch_event(text, gvk); });
}

base::Task<bool> WatchStream::read_piece() {
    const auto piece = co_await stream_->read();
    if (!piece && piece.error().code == ErrorCode::kDeadlineExceeded) {
        co_return false;
    }
    if (!piece) {
        co_return piece.error();
    }
    if (piece->empty()) {
        if (lines_.has_rest()) {
            co_return broken("the server ended the watch in the middle of an event");
        }
        co_return false;
    }
    if (auto pushed = lines_.push(*piece); !pushed) {
        co_return pushed.error();
    }
    co_return true;
}

base::Task<std::optional<WatchEvent>> WatchStream::next() {
    if (co_await base::is_cancelled()) {
        co_return base::cancelled_error();
    }
    for (;;) {
        while (const auto line = lines_.next()) {
            if (line->empty()) {
                continue;
            }
            auto event = co_await read_event(*line);
            if (!event && event.error().code != ErrorCode::kCancelled) {
                co_return base::wrap(what_, std::move(event.error()));
            }
            if (!event) {
                co_return event.error();
            }
            co_return std::optional<WatchEvent>(std::move(*event));
        }
        const auto more = co_await read_piece();
        if (!more && more.error().code != ErrorCode::kCancelled) {
            co_return base::wrap(what_, more.error());
        }
        if (!more) {
            co_return more.error();
        }
        if (!*more) {
            co_return std::optional<WatchEvent>();
        }
    }
}

}  // namespace kube
