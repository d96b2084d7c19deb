// SPDX-License-Identifier: 0BSD
#include "engine/apply/refusal.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <string_view>

namespace apply {

namespace {

// How API servers say that a field can be set only once, in lower case; from the answers of a Kubernetes 1.3x server to changes
// of each built-in kind that has such fields.
constexpr std::array<std::string_view, 8> kComplaints = {
    "is immutable",                                       // most kinds, and custom rules by custom
    "immutable field",                                    // custom ones
    "may not change once set",                            // Service: clusterIPs, loadBalancerClass
    "may not be changed in an update",                    // PriorityClass: value
    "cannot change roleref",                              // RoleBinding, ClusterRoleBinding
    "updates to statefulset spec for fields other than",  // StatefulSet
    "pod updates may not",                                // Pod: most fields; its list of containers
    "failed rule: self == oldself",                       // a custom resource's rule without words of its own
};

// Fields in which a manifest names one certain live object: a new one would be refused as well.
constexpr std::array<std::string_view, 2> kIdentityFields = {"metadata.uid", "metadata.resourceVersion"};

constexpr std::size_t kNamedMax = 5;  // more fields than a person reads in a condition

std::string lower(std::string_view text) {
    std::string result(text);
    std::ranges::transform(result, result.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return result;
}

bool complains(std::string_view words) {
    const std::string text = lower(words);
    return std::ranges::any_of(
        kComplaints, [&text](std::string_view complaint) { return text.find(complaint) != text.npos; });
}

// The end of a value as the server prints it (JSON, or Go's syntax), which begins at `text`'s begin: the first ": " outside of
// quotes and brackets. npos when there is none.
std::size_t end_of_value(std::string_view text) {
    int depth = 0;
    bool quoted = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (quoted) {
            i += c == '\\' ? 1U : 0U;
            quoted = c != '"';
        } else if (c == '"') {
            quoted = true;
        } else if (c == '{' || c == '[' || c == '(') {
            ++depth;
        } else if (c == '}' || c == ']' || c == ')') {
            --depth;
        } else if (depth == 0 && c == ':' && i + 1 < text.size() && text[i + 1] == ' ') {
            return i;
        }
    }
    return std::string_view::npos;
}

// The server's own words: without the value that "Invalid value: VALUE: words" quotes, and without the difference that some
// kinds add in further lines.
std::string_view words_of(std::string_view message) {
    constexpr std::string_view kQuote = "Invalid value: ";
    if (message.starts_with(kQuote)) {
        const std::string_view value = message.substr(kQuote.size());
        const std::size_t end = end_of_value(value);
        message = end == value.npos ? std::string_view{} : value.substr(end + 2);
    }
    constexpr std::string_view kForbidden = "Forbidden: ";
    if (message.starts_with(kForbidden)) {
        message.remove_prefix(kForbidden.size());
    }
    return message.substr(0, std::min(message.find('\n'), message.size()));
}

bool is_admission_status(int http_status) {
    return http_status == 400 || http_status == 403 || http_status == 422;
}

}  // namespace

bool is_immutability_complaint(const kube::StatusCause& cause) {
    return std::ranges::find(kIdentityFields, cause.field) == kIdentityFields.end() &&
           complains(words_of(cause.message));
}

Refusal refusal_of(const base::Error& error) {
    const kube::StatusDetail* status = kube::status_of(error);
    if (status == nullptr) {
        return Refusal::kOther;
    }
    if (status->http_status == 409) {
        return lower(status->message).find("the object has been modified") != std::string::npos
                   ? Refusal::kRace
                   : Refusal::kConflict;
    }
    if (!status->causes.empty()) {
        return status->http_status == 422 && std::ranges::all_of(status->causes, is_immutability_complaint)
                   ? Refusal::kImmutable
                   : Refusal::kOther;
    }
    return is_admission_status(status->http_status) && complains(words_of(status->message))
               ? Refusal::kImmutable
               : Refusal::kOther;
}

std::string immutable_fields(const base::Error& error) {
    const kube::StatusDetail* status = kube::status_of(error);
    if (status == nullptr || status->causes.empty()) {
        return status == nullptr ? std::string() : std::string(words_of(status->message));
    }
    std::set<std::string> told;  // a server may say the same twice
    std::string text;
    for (const kube::StatusCause& cause : status->causes) {
        std::string one = cause.field + ": " + std::string(words_of(cause.message));
        if (told.size() < kNamedMax && told.insert(one).second) {
            text += (text.empty() ? "" : "; ") + one;
        }
    }
    return text;
}

}  // namespace apply
