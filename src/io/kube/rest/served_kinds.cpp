// SPDX-License-Identifier: 0BSD
#include "io/kube/rest/served_kinds.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace kube {

namespace {

base::Error unexpected(const Value& document, std::string_view wanted) {
    return {base::ErrorCode::kInvalid, fmt::format("the discovery document is \"{}\", expected {}",
                                                   model::find_string(document, {"kind"}), wanted)};
}

std::string text(const Value& value, std::initializer_list<std::string_view> keys) {
    return std::string(model::find_string(value, keys));
}

const model::Array& list(const Value& value, std::string_view key) {
    static const model::Array kNone;
    const auto* found = model::find_array(value, {key});
    return found == nullptr ? kNone : *found;
}

// An empty group and version mean those of the parent; the core group itself is told by a version.
GroupVersionKind response_kind(const Value& entry, const GroupVersionKind& parent) {
    GroupVersionKind gvk{text(entry, {"responseKind", "group"}), text(entry, {"responseKind", "version"}),
                         text(entry, {"responseKind", "kind"})};
    if (gvk.version.empty()) {
        gvk.group = parent.group;
        gvk.version = parent.version;
    }
    return gvk;
}

void read_version(const Value& version, const std::string& group, ServedKinds& kinds) {
    const GroupVersionKind parent{group, text(version, {"version"}), {}};
    if (model::find_string(version, {"freshness"}) == "Stale") {
        kinds.add_stale(parent.group, parent.version);
    }
    for (const Value& entry : list(version, "resources")) {
        Resource resource{response_kind(entry, parent), text(entry, {"resource"}),
                          model::find_string(entry, {"scope"}) == "Namespaced"};
        // The path is the group version's; a resource that answers another group's kind would be found under a wrong one.
        resource.gvk.group = parent.group;
        resource.gvk.version = parent.version;
        if (resource.gvk.kind.empty() || resource.plural.empty()) {
            continue;
        }
        for (const Value& subresource : list(entry, "subresources")) {
            kinds.add_subresource(resource, response_kind(subresource, parent),
                                  text(subresource, {"subresource"}));
        }
        kinds.add(std::move(resource));
    }
}

}  // namespace

const Resource* ServedKinds::find(const GroupVersionKind& gvk) const {
    const auto found = resources_.find(gvk);
    return found == resources_.end() ? nullptr : &found->second;
}

const Resource* ServedKinds::find_preferred(std::string_view group, std::string_view kind) const {
    const auto found = preferred_.find({std::string(group), std::string(kind)});
    return found == preferred_.end() ? nullptr : &found->second;
}

const Resource* ServedKinds::find_parent(const GroupVersionKind& gvk, std::string_view subresource) const {
    const auto found = parents_.find({gvk, std::string(subresource)});
    return found == parents_.end() || !found->second ? nullptr : &*found->second;
}

bool ServedKinds::is_stale(std::string_view group, std::string_view version) const {
    return stale_.contains({std::string(group), std::string(version)});
}

bool ServedKinds::is_stale(std::string_view group) const {
    return std::ranges::any_of(stale_, [group](const auto& entry) { return entry.first == group; });
}

void ServedKinds::add(Resource resource) {
    preferred_.try_emplace({resource.gvk.group, resource.gvk.kind}, resource);
    resources_.try_emplace(resource.gvk, std::move(resource));
}

void ServedKinds::add_subresource(const Resource& parent, GroupVersionKind gvk,
                                  std::string_view subresource) {
    const auto [known, is_new] = parents_.try_emplace({std::move(gvk), std::string(subresource)}, parent);
    if (!is_new && known->second && known->second->gvk != parent.gvk) {
        known->second.reset();
    }
}

void ServedKinds::add_stale(std::string_view group, std::string_view version) {
    stale_.emplace(std::string(group), std::string(version));
}

bool is_aggregated_discovery(const Value& document) {
    return model::find_string(document, {"kind"}) == "APIGroupDiscoveryList";
}

base::Result<ServedKinds> parse_aggregated_discovery(const Value& document) {
    if (!is_aggregated_discovery(document)) {
        return unexpected(document, "APIGroupDiscoveryList");
    }
    ServedKinds kinds;
    for (const Value& group : list(document, "items")) {
        const std::string name = text(group, {"metadata", "name"});
        for (const Value& version : list(group, "versions")) {
            read_version(version, name, kinds);
        }
    }
    return kinds;
}

base::Result<void> parse_resource_list(const Value& document, std::string_view group,
                                       std::string_view version, ServedKinds& kinds) {
    if (model::find_string(document, {"kind"}) != "APIResourceList") {
        return unexpected(document, "APIResourceList");
    }
    std::map<std::string, Resource> by_plural;
    for (const Value& entry : list(document, "resources")) {
        Resource resource{{std::string(group), std::string(version), text(entry, {"kind"})},
                          text(entry, {"name"}),
                          model::find_bool(entry, {"namespaced"}).value_or(false)};
        const auto slash = resource.plural.find('/');
        if (resource.gvk.kind.empty() || resource.plural.empty()) {
            continue;
        }
        if (slash == std::string::npos) {
            by_plural[resource.plural] = resource;
            kinds.add(std::move(resource));
            continue;
        }
        // A parent stands before its subresources.
        const auto parent = by_plural.find(resource.plural.substr(0, slash));
        if (parent == by_plural.end()) {
            continue;
        }
        const std::string own_version = text(entry, {"version"});
        GroupVersionKind gvk{own_version.empty() ? resource.gvk.group : text(entry, {"group"}),
                             own_version.empty() ? resource.gvk.version : own_version, resource.gvk.kind};
        kinds.add_subresource(parent->second, std::move(gvk),
                              std::string_view(resource.plural).substr(slash + 1));
    }
    return {};
}

base::Result<std::vector<std::pair<std::string, std::string>>> parse_group_versions(const Value& document) {
    std::vector<std::pair<std::string, std::string>> found;
    const auto kind = model::find_string(document, {"kind"});
    if (kind == "APIVersions") {
        for (const Value& version : list(document, "versions")) {
            if (version.is_string()) {
                found.emplace_back("", std::string(version.get_string()));
            }
        }
        return found;
    }
    if (kind != "APIGroupList") {
        return unexpected(document, "APIVersions or APIGroupList");
    }
    for (const Value& group : list(document, "groups")) {
        const std::string name = text(group, {"name"});
        const std::string preferred = text(group, {"preferredVersion", "version"});
        if (!preferred.empty()) {
            found.emplace_back(name, preferred);
        }
        for (const Value& entry : list(group, "versions")) {
            if (const std::string version = text(entry, {"version"}); version != preferred) {
                found.emplace_back(name, version);
            }
        }
    }
    return found;
}

}  // namespace kube
