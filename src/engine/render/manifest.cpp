// SPDX-License-Identifier: 0BSD
#include "engine/render/manifest.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include <fmt/format.h>

namespace render {

namespace {

using base::Error;
using base::ErrorCode;
using base::Result;
using model::Value;

constexpr std::string_view kLocalConfig = "config.kubernetes.io/local-config";
constexpr std::string_view kKustomizeGroup = "kustomize.config.k8s.io";

std::size_t count_nodes(const Value& value) {
    std::size_t count = 1;
    if (const model::Object* object = value.if_object()) {
        for (const auto& field : *object) {
            count += count_nodes(field.value());
        }
    } else if (const model::Array* array = value.if_array()) {
        for (const Value& item : *array) {
            count += count_nodes(item);
        }
    }
    return count;
}

// Where something stands, and how to say that it is wrong.
struct Place {
    std::string_view file;
    std::size_t line;

    Error refuse(std::string_view what) const {
        return {ErrorCode::kInvalid, fmt::format("{}:{}: {}", file, line, what)};
    }
};

// "ConfigMap " and so on: what is known of an object that lacks something.
std::string described(const Value& object) {
    const std::string_view kind = model::find_string(object, {"kind"});
    const std::string_view name = model::find_string(object, {"metadata", "name"});
    return fmt::format("{}{}{}", kind.empty() ? "object" : kind, name.empty() ? "" : " ", name);
}

// True for a field that is a map or not there.
bool is_map_or_absent(const Value& object, std::initializer_list<std::string_view> keys) {
    const Value* value = model::find(object, keys);
    return value == nullptr || value->is_null() || value->is_object();
}

Result<void> check(const Value& object, const Place& place) {
    if (model::find_string(object, {"apiVersion"}).empty()) {
        return place.refuse(fmt::format("{} has no apiVersion", described(object)));
    }
    if (model::find_string(object, {"kind"}).empty()) {
        return place.refuse(fmt::format("{} has no kind", described(object)));
    }
    if (model::find_string(object, {"metadata", "name"}).empty()) {
        return place.refuse(fmt::format("{} has no metadata.name", described(object)));
    }
    if (!is_map_or_absent(object, {"metadata", "labels"}) ||
        !is_map_or_absent(object, {"metadata", "annotations"})) {
        return place.refuse(
            fmt::format("{} has labels or annotations that are no mapping", described(object)));
    }
    return {};
}

bool is_left_out(const Value& object) {
    const model::GroupVersionKind gvk = model::gvk_of(object);
    if (gvk.group == kKustomizeGroup && gvk.kind == "Kustomization") {
        return true;
    }
    const auto local = model::annotation_of(object, kLocalConfig);
    return local && *local != "false";
}

// The items of a List, or of any kind whose name ends so and that has items; nullptr for other objects.
model::Array* items_of(Value& value) {
    if (!model::find_string(value, {"kind"}).ends_with("List")) {
        return nullptr;
    }
    Value* items = value.get_object().if_contains("items");
    return items == nullptr ? nullptr : items->if_array();
}

// Lists may hold lists; their depth is bounded by the YAML reader's.
Result<void> take(Value value, const Place& place, std::vector<ManifestObject>& objects) {
    if (!value.is_object()) {
        return place.refuse("this is no Kubernetes object");
    }
    if (model::Array* items = items_of(value)) {
        for (Value& item : *items) {
            if (auto taken = take(std::move(item), place, objects); !taken) {
                return taken;
            }
        }
        return {};
    }
    if (is_left_out(value)) {
        return {};
    }
    if (auto checked = check(value, place); !checked) {
        return checked;
    }
    objects.push_back({std::move(value), place.line});
    return {};
}

}  // namespace

Result<std::vector<ManifestObject>> read_manifest(std::string_view file, std::string_view text,
                                                  std::size_t& nodes_left) {
    model::YamlLimits limits;
    limits.nodes_max = std::min(limits.nodes_max, nodes_left);
    auto documents = model::parse_yaml(text, file, limits, model::YamlDialect::kKustomize);
    if (!documents) {
        return documents.error();
    }
    std::vector<ManifestObject> objects;
    for (model::YamlDocument& document : *documents) {
        nodes_left -= std::min(nodes_left, count_nodes(document.value));
        if (document.value.is_null()) {
            continue;
        }
        if (auto taken = take(std::move(document.value), {file, document.line}, objects); !taken) {
            return taken.error();
        }
    }
    return objects;
}

}  // namespace render
