// SPDX-License-Identifier: 0BSD
#include "io/kube/informer_cache.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "base/invariant.hpp"

namespace kube {

namespace {

std::optional<std::uint64_t> number(std::string_view version) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(version.data(), version.data() + version.size(), value);
    if (error != std::errc() || end != version.data() + version.size()) {
        return std::nullopt;
    }
    return value;
}

// An object that answers a key twice is found once.
std::vector<std::string> unique_keys(const IndexKeys& keys, const Value& object) {
    auto list = keys(object);
    std::ranges::sort(list);
    const auto rest = std::ranges::unique(list);
    list.erase(rest.begin(), rest.end());
    return list;
}

}  // namespace

bool is_later(std::string_view candidate, std::string_view known) {
    const auto left = number(candidate);
    const auto right = number(known);
    return left && right ? *left > *right : candidate != known;
}

void InformerCache::add_index(std::string name, IndexKeys keys) {
    base::invariant(entries_.empty(), "an index was added to a cache that holds objects");
    indexes_[std::move(name)].keys = std::move(keys);
}

void InformerCache::put(const Value& object) {
    const auto known = entries_.find(NameView{model::namespace_of(object), model::name_of(object)});
    if (known == entries_.end()) {
        const auto added = entries_.insert(Entry{model::PackedObject(object)}).first;
        for (auto& [name, index] : indexes_) {
            link(index, unique_keys(index.keys, object), *added);
        }
        return;
    }
    const model::PackedObject former = std::exchange(known->object, model::PackedObject(object));
    if (indexes_.empty()) {
        return;
    }
    const ObjectPtr before = former.unpack();
    for (auto& [name, index] : indexes_) {
        const auto keys_before = unique_keys(index.keys, *before);
        const auto keys_after = unique_keys(index.keys, object);
        if (keys_before != keys_after) {
            unlink(index, keys_before, *known);
            link(index, keys_after, *known);
        }
    }
}

bool InformerCache::erase(std::string_view ns, std::string_view name) {
    const auto entry = entries_.find(NameView{ns, name});
    if (entry == entries_.end()) {
        return false;
    }
    if (!indexes_.empty()) {
        const ObjectPtr former = entry->object.unpack();
        for (auto& [index_name, index] : indexes_) {
            unlink(index, unique_keys(index.keys, *former), *entry);
        }
    }
    entries_.erase(entry);
    return true;
}

void InformerCache::link(Index& index, const std::vector<std::string>& keys, const Entry& entry) {
    for (const auto& key : keys) {
        index.entries[key].push_back(&entry);
    }
}

void InformerCache::unlink(Index& index, const std::vector<std::string>& keys, const Entry& entry) {
    for (const auto& key : keys) {
        const auto found = index.entries.find(key);
        base::invariant(found != index.entries.end(), "an index lost an object");
        auto& list = found->second;
        std::iter_swap(std::ranges::find(list, &entry), list.end() - 1);
        list.pop_back();
        if (list.empty()) {
            index.entries.erase(found);
        }
    }
}

ObjectPtr InformerCache::get(std::string_view ns, std::string_view name) const {
    const auto entry = entries_.find(NameView{ns, name});
    return entry == entries_.end() ? nullptr : entry->object.unpack();
}

std::vector<ObjectPtr> InformerCache::by_index(std::string_view index, std::string_view key) const {
    const auto known = indexes_.find(index);
    base::invariant(known != indexes_.end(), "an index was asked for that nobody added");
    std::vector<ObjectPtr> objects;
    if (const auto found = known->second.entries.find(std::string(key));
        found != known->second.entries.end()) {
        objects.reserve(found->second.size());
        for (const Entry* entry : found->second) {
            objects.push_back(entry->object.unpack());
        }
    }
    return objects;
}

std::vector<InformerCache::Name> InformerCache::names() const {
    std::vector<Name> names;
    names.reserve(entries_.size());
    for (const Entry& entry : entries_) {
        names.push_back({std::string(entry.object.ns()), std::string(entry.object.name())});
    }
    return names;
}

}  // namespace kube
