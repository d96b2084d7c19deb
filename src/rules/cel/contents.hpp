// SPDX-License-Identifier: 0BSD
// What values own: texts, lists, maps, optionals, types and opaque values.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "rules/cel/map_index.hpp"
#include "rules/cel/value.hpp"

namespace cel {

struct TextContent final : Content {
    explicit TextContent(std::string value) : text(std::move(value)) {}
    std::string text;
};

struct TypeContent final : Content {
    explicit TypeContent(Type value) : type(std::move(value)) {}
    Type type;
};

struct ListContent final : Content {
    explicit ListContent(std::vector<Value> value) : elements(std::move(value)) {}
    std::vector<Value> elements;
};

struct MapContent final : Content {
    explicit MapContent(Entries value) : entries(std::move(value)) { index.added(entries); }
    std::optional<Value> find(const MapKey& key) const {
        const std::size_t at = index.find(entries, key);
        return at == MapIndex::kNone ? std::nullopt : std::optional<Value>(entries[at].second);
    }
    Entries entries;
    MapIndex index;
};

struct HeldContent final : Content {
    explicit HeldContent(Value value) : held(std::move(value)) {}
    Value held;
};

struct OpaqueContent final : Content {
    explicit OpaqueContent(std::shared_ptr<const Opaque> of) : value(std::move(of)) {}
    std::shared_ptr<const Opaque> value;
};

}  // namespace cel
