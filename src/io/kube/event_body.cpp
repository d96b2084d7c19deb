// SPDX-License-Identifier: 0BSD
#include "io/kube/event_body.hpp"

#include <fmt/format.h>

#include "model/utf8.hpp"

namespace kube {

namespace {

constexpr const char* kReportingController = "stageset-controller";
// Names are DNS names of at most 253 characters; a dot and 16 hex digits follow the object's name.
constexpr std::size_t kNamePrefixMax = 253 - 17;

std::string name_prefix(std::string_view name) {
    std::string prefix(name.substr(0, kNamePrefixMax));
    // A label of a DNS name does not end with a dash, and none is empty.
    while (!prefix.empty() && (prefix.back() == '-' || prefix.back() == '.')) {
        prefix.pop_back();
    }
    return prefix;
}

model::Object reference(const Value& object) {
    model::Object reference;
    const auto set = [&reference](const char* key, std::string_view value) {
        if (!value.empty()) {
            reference[key] = value;
        }
    };
    set("apiVersion", model::find_string(object, {"apiVersion"}));
    set("kind", model::find_string(object, {"kind"}));
    set("namespace", model::namespace_of(object));
    set("name", model::name_of(object));
    set("uid", model::uid_of(object));
    set("resourceVersion", model::resource_version_of(object));
    return reference;
}

}  // namespace

std::string event_text(std::string_view text, std::size_t bytes_max) {
    std::string valid;
    valid.reserve(std::min(text.size(), bytes_max + 4));
    for (std::size_t at = 0; at < text.size() && valid.size() <= bytes_max;) {
        const auto letter = model::utf8_at(text, at);
        valid += letter.valid ? text.substr(at, letter.size) : "\xEF\xBF\xBD";
        at += letter.size;
    }
    return std::string(model::utf8_prefix(valid, bytes_max));
}

Value event_body(const Value& regarding, const EventFacts& facts, std::int64_t name_nanoseconds) {
    const auto ns = model::namespace_of(regarding);
    const std::string reason = event_text(facts.reason, kEventReasonBytesMax);
    return {{"apiVersion", "events.k8s.io/v1"},
            {"kind", "Event"},
            {"metadata",
             {{"name", fmt::format("{}.{:x}", name_prefix(model::name_of(regarding)), name_nanoseconds)},
              {"namespace", ns.empty() ? std::string_view("default") : ns}}},
            {"eventTime", base::format_rfc3339_micro(facts.time)},
            {"reportingController", kReportingController},
            {"reportingInstance", event_text(facts.instance, kEventReasonBytesMax)},
            {"action", reason},
            {"reason", reason},
            {"regarding", reference(regarding)},
            {"note", event_text(facts.note, kEventNoteBytesMax)},
            {"type", facts.type == EventType::kNormal ? "Normal" : "Warning"}};
}

Value event_series(std::int64_t count, base::WallTime last_observed) {
    return {{"count", count}, {"lastObservedTime", base::format_rfc3339_micro(last_observed)}};
}

}  // namespace kube
