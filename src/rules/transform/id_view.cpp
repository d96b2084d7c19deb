// SPDX-License-Identifier: 0BSD
#include "rules/transform/id_view.hpp"

#include <fmt/format.h>

namespace transform {
namespace {

std::string_view or_word(std::string_view text, std::string_view word) { return text.empty() ? word : text; }

struct GroupVersion {
    std::string_view group;
    std::string_view version;
};

GroupVersion split(std::string_view api_version) {
    const std::size_t slash = api_version.find('/');
    if (slash == std::string_view::npos) {
        return {{}, api_version};
    }
    return {api_version.substr(0, slash), api_version.substr(slash + 1)};
}

}  // namespace

std::string_view text_view(const boost::json::string& text) { return {text.data(), text.size()}; }

std::string_view text_at(const model::Object& map, std::string_view key) {
    const model::Value* value = map.if_contains(key);
    const boost::json::string* text = value == nullptr ? nullptr : value->if_string();
    return text == nullptr ? std::string_view() : text_view(*text);
}

model::GroupVersionKind split_gvk(std::string_view api_version, std::string_view kind) {
    const GroupVersion both = split(api_version);
    return {std::string(both.group), std::string(both.version), std::string(kind)};
}

IdView view_of(const model::Value& object) {
    IdView id;
    const model::Object* map = object.if_object();
    if (map == nullptr) {
        return id;
    }
    const GroupVersion both = split(text_at(*map, "apiVersion"));
    id.group = both.group;
    id.version = both.version;
    id.kind = text_at(*map, "kind");
    const model::Value* metadata = map->if_contains("metadata");
    if (const model::Object* fields = metadata == nullptr ? nullptr : metadata->if_object()) {
        id.name = text_at(*fields, "name");
        id.ns = text_at(*fields, "namespace");
    }
    return id;
}

IdView view_of(const ResourceId& id) { return {id.gvk.group, id.gvk.version, id.gvk.kind, id.name, id.ns}; }

IdView previous_view(const Resource& resource, std::size_t index) {
    IdView id = view_of(resource.previous[index]);
    const IdView present = view_of(resource.object);
    id.group = present.group;
    id.version = present.version;
    return id;
}

IdView original_view(const Resource& resource) {
    return resource.previous.empty() ? view_of(resource.object) : previous_view(resource, 0);
}

std::string_view effective_namespace(const IdView& id, const Scopes& scopes) {
    if (scopes.is_cluster_scoped(id.group, id.version, id.kind)) {
        return "_non_namespaceable_";
    }
    return or_word(id.ns, "default");
}

bool same_id(const IdView& left, const IdView& right, const Scopes& scopes) {
    return left.name == right.name && left.kind == right.kind && left.group == right.group &&
           left.version == right.version &&
           (left.ns == right.ns || effective_namespace(left, scopes) == effective_namespace(right, scopes));
}

ResourceId to_id(const IdView& view) {
    return {{std::string(view.group), std::string(view.version), std::string(view.kind)},
            std::string(view.name),
            std::string(view.ns)};
}

std::string gvk_text(std::string_view group, std::string_view version, std::string_view kind) {
    return fmt::format("{}.{}.{}", or_word(kind, "[noKind]"), or_word(version, "[noVer]"),
                       or_word(group, "[noGrp]"));
}

std::string text_of(const IdView& id) {
    return fmt::format("{}/{}.{}", gvk_text(id.group, id.version, id.kind), or_word(id.name, "[noName]"),
                       or_word(id.ns, "[noNs]"));
}

std::string ResourceId::text() const { return text_of(view_of(*this)); }

ResourceId current_id(const Resource& resource) { return to_id(view_of(resource.object)); }

ResourceId original_id(const Resource& resource) { return to_id(original_view(resource)); }

}  // namespace transform
