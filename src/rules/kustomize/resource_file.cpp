// SPDX-License-Identifier: 0BSD
#include "rules/kustomize/resource_file.hpp"

#include <deque>
#include <utility>

#include <fmt/format.h>

#include "rules/kustomize/annotation_texts.hpp"
#include "rules/kustomize/notes.hpp"

namespace kustomize {

namespace {

using base::Error;
using base::ErrorCode;
using base::Result;
using model::Value;

// Where an object stands, for messages.
struct Document {
    Value value;
    std::size_t line = 0;
    std::vector<model::FieldComment> comments = {};
};

Error at(std::string_view file, const Document& document, std::string_view reason) {
    return {ErrorCode::kInvalid, fmt::format("{}:{}: {}", file, document.line, reason)};
}

// Moves the items of a list behind everything else. False when it has no `items` and so is an object of its own.
Result<bool> expand_list(std::deque<Document>& queue, Document& document, std::string_view file) {
    Value* items = document.value.get_object().if_contains("items");
    if (items == nullptr) {
        return false;
    }
    if (items->is_null()) {
        return true;
    }
    if (!items->is_array()) {
        return at(file, document, "the items of a list are no list");
    }
    for (Value& item : items->get_array()) {
        queue.push_back({std::move(item), document.line});
    }
    return true;
}

}  // namespace

Result<void> check_identity(const Value& object) {
    const std::string_view kind = model::find_string(object, {"kind"});
    if (kind.empty()) {
        return Error{ErrorCode::kInvalid, "an object has no kind"};
    }
    if (!kind.ends_with("List") && model::name_of(object).empty()) {
        return Error{ErrorCode::kInvalid, fmt::format("an object of kind {} has no metadata.name", kind)};
    }
    return {};
}

Result<transform::Resources> read_resources(std::string_view text, std::string_view file,
                                            const model::YamlLimits& limits) {
    auto documents = model::parse_yaml(text, file, limits, model::YamlDialect::kKustomizeObjects);
    if (!documents) {
        return documents.error();
    }
    std::deque<Document> queue;
    for (model::YamlDocument& document : *documents) {
        make_annotations_texts(document.value, text, document.line);
        queue.push_back({std::move(document.value), document.line, std::move(document.comments)});
    }
    transform::Resources resources;
    resources.reserve(queue.size());
    for (; !queue.empty(); queue.pop_front()) {
        Document document = std::move(queue.front());
        if (document.value.is_null()) {
            continue;
        }
        if (!document.value.is_object()) {
            return at(file, document, "not a Kubernetes object but a list or a plain value");
        }
        if (auto known = check_identity(document.value); !known) {
            return at(file, document, known.error().message);
        }
        if (model::find_string(document.value, {"kind"}).ends_with("List")) {
            const auto expanded = expand_list(queue, document, file);
            if (!expanded) {
                return expanded.error();
            }
            if (*expanded) {
                continue;
            }
        }
        resources.emplace_back().object = std::move(document.value);
        resources.back().comments = std::move(document.comments);
        recall_notes(resources.back());
    }
    return resources;
}

}  // namespace kustomize
