// SPDX-License-Identifier: 0BSD
// InformerCache: objects of one kind by name, and by the keys of its indexes; kept packed, unpacked for each who asks.
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
#include "model/packed.hpp"

namespace kube {

// Whether `candidate` is a later state of the object than `known`. The server's versions are numbers that grow; where they
// are not, any other version counts as later.
bool is_later(std::string_view candidate, std::string_view known);

class InformerCache {
public:
    // Before the first object. `keys` must answer the same for the same object.
    void add_index(std::string name, IndexKeys keys);

    void put(const Value& object);
    // Whether there was such an object.
    bool erase(std::string_view ns, std::string_view name);

    bool contains(std::string_view ns, std::string_view name) const {
        return entries_.contains(NameView{ns, name});
    }
    ObjectPtr get(std::string_view ns, std::string_view name) const;
    std::vector<ObjectPtr> by_index(std::string_view index, std::string_view key) const;
    // Of all objects, in no order.
    struct Name {
        std::string ns;
        std::string name;
    };
    std::vector<Name> names() const;
    std::size_t size() const { return entries_.size(); }

private:
    struct NameView {
        std::string_view ns;
        std::string_view name;
    };
    // Found by the name within the packed object: a copy of it would cost more than the lookup. An entry stays at its place
    // while its object is replaced, so that indexes can point at it.
    struct Entry {
        mutable model::PackedObject object;
        NameView name() const { return {object.ns(), object.name()}; }
    };
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(NameView name) const {
            const std::hash<std::string_view> hash;
            return hash(name.name) * 31U + hash(name.ns);
        }
        std::size_t operator()(const Entry& entry) const { return (*this)(entry.name()); }
    };
    struct Equal {
        using is_transparent = void;
        static NameView name(const Entry& entry) { return entry.name(); }
        static NameView name(NameView name) { return name; }
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
