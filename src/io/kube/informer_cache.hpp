// SPDX-License-Identifier: 0BSD
// InformerCache: objects of one kind by name, and by the keys of its indexes.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "io/kube/informer.hpp"

namespace kube {

// Whether `candidate` is a later state of the object than `known`. The server's versions are numbers that grow; where they
// are not, any other version counts as later.
bool is_later(std::string_view candidate, std::string_view known);

class InformerCache {
public:
    // Before the first object. `keys` must answer the same for the same object.
    void add_index(std::string name, IndexKeys keys);

    // Returns the former object, or nullptr.
    ObjectPtr put(ObjectPtr object);
    ObjectPtr erase(std::string_view ns, std::string_view name);

    ObjectPtr get(std::string_view ns, std::string_view name) const;
    std::vector<ObjectPtr> by_index(std::string_view index, std::string_view key) const;
    std::vector<ObjectPtr> all() const;
    std::size_t size() const { return entries_.size(); }

private:
    struct Name {
        std::string_view ns;
        std::string_view name;
    };
    // The name is read from the object itself: a copy of it would cost more than the lookup. An entry stays at its place
    // while its object is replaced, so that indexes can point at it.
    struct Entry {
        mutable ObjectPtr object;
        Name name() const { return {model::namespace_of(*object), model::name_of(*object)}; }
    };
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(Name name) const {
            const std::hash<std::string_view> hash;
            return hash(name.name) * 31U + hash(name.ns);
        }
        std::size_t operator()(const Entry& entry) const { return (*this)(entry.name()); }
    };
    struct Equal {
        using is_transparent = void;
        static Name name(const Entry& entry) { return entry.name(); }
        static Name name(Name name) { return name; }
        bool operator()(const auto& left, const auto& right) const {
            return name(left).name == name(right).name && name(left).ns == name(right).ns;
        }
    };
    struct Index {
        IndexKeys keys;
        std::unordered_map<std::string, std::vector<const Entry*>> entries;
    };

    static void link(Index& index, const std::vector<std::string>& keys, const Entry& entry);
    static void unlink(Index& index, const std::vector<std::string>& keys, const Entry& entry);

    std::unordered_set<Entry, Hash, Equal> entries_;
    std::map<std::string, Index, std::less<>> indexes_;
};

}  // namespace kube
