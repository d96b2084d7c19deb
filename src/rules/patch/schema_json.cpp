// SPDX-License-Identifier: 0BSD
#include <algorithm>
#include <map>
#include <string>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "rules/patch/schema.hpp"
#include "rules/patch/types.hpp"

namespace patch {

namespace {

using base::Error;
using base::ErrorCode;
using base::Result;
using model::Object;
using model::Value;

constexpr std::string_view kGvkExtension = "x-kubernetes-group-version-kind";
constexpr std::string_view kReferencePrefix = "#/definitions/";
// Far beyond a cluster with a thousand custom resources.
constexpr std::size_t kTypesMax = 2'000'000;
// A definition that is only a reference to another; longer chains are circles.
constexpr int kReferenceChainMax = 32;

Error invalid(std::string_view where, std::string_view what) {
    return {ErrorCode::kInvalid, fmt::format("OpenAPI document, {}: {}", where, what)};
}

// A schema with what its tables point to.
class OwningSchema : public Schema {
public:
    struct Content {
        std::string names;
        std::vector<TypeRow> types;
        std::vector<FieldRow> fields;
        std::vector<RuleRow> rules;
        std::vector<KindRow> kinds;
        std::vector<DefinitionRow> definitions;
        std::vector<std::unique_ptr<std::string>> texts;  // what rules, kinds and definitions point to
    };
    explicit OwningSchema(std::unique_ptr<const Content> content)
        : Schema({content->names, content->types, content->fields, content->rules, content->kinds,
                  content->definitions},
                 kustomize_schema()),
          content_(std::move(content)) {}

private:
    std::unique_ptr<const Content> content_;
};

class Builder {
public:
    Builder() {
        content_->types = {{}, {}};
        content_->rules.push_back({});
        open_type_ = add_row(
            {.first_field = 0, .field_count = 0, .rule = 0, .element = 0, .shape = TypeShape::kStruct});
    }

    explicit Builder(const Tables& base) : base_definitions_(base.definitions) {
        content_->names = base.names;
        content_->types.assign(base.types.begin(), base.types.end());
        content_->fields.assign(base.fields.begin(), base.fields.end());
        content_->rules.assign(base.rules.begin(), base.rules.end());
        content_->kinds.assign(base.kinds.begin(), base.kinds.end());
        open_type_ = add_row(
            {.first_field = 0, .field_count = 0, .rule = 0, .element = 0, .shape = TypeShape::kStruct});
    }

    ExtendedSchema extend(std::span<const Value> descriptions) {
        ExtendedSchema result;
        for (const Value& description : descriptions) {
            result.types.push_back(described_type(description));
        }
        result.schema = std::make_shared<OwningSchema>(std::move(content_));
        return result;
    }

    Result<std::shared_ptr<const Schema>> build(const Value& document) {
        if (!document.is_object()) {
            return Error{ErrorCode::kInvalid, "an OpenAPI document must be a map"};
        }
        const Value* definitions = document.get_object().if_contains("definitions");
        if (definitions != nullptr) {
            if (!definitions->is_object()) {
                return invalid("definitions", "it must be a map");
            }
            definitions_ = &definitions->get_object();
            if (auto done = add_definitions(); !done) {
                return done.error();
            }
        }
        add_scopes(document);
        for (const auto& [key, kind] : kinds_) {
            content_->kinds.push_back({keep(key.first), keep(key.second), kind.type, kind.scope});
        }
        for (const auto& [name, type] : ids_) {
            content_->definitions.push_back({keep(name), type});
        }
        std::ranges::sort(content_->definitions, {}, &DefinitionRow::name);
        return std::make_shared<OwningSchema>(std::move(content_));
    }

private:
    struct Kind {
        TypeId type = kUnknownType;
        std::int8_t scope = -1;
    };
    struct Alias {
        TypeId alias;
        TypeId target;
    };

    std::string_view keep(std::string_view text) {
        return *content_->texts.emplace_back(std::make_unique<std::string>(text));
    }

    Result<void> add_definitions() {
        for (const auto& [name, definition] : *definitions_) {
            ids_.emplace(name, add_row());
        }
        for (const auto& [name, definition] : *definitions_) {
            where_ = name;
            if (!definition.is_object()) {
                return invalid(where_, "a definition must be a map");
            }
            const TypeId id = ids_.at(name);
            if (auto done = fill(id, definition.get_object()); !done) {
                return done;
            }
            for (const auto& [api_version, kind] : kinds_of(definition.get_object())) {
                kinds_[{kind, api_version}].type = id;
            }
        }
        for (const Alias& alias : aliases_) {
            const std::uint16_t rule = content_->types[alias.alias].rule;
            TypeRow& row = content_->types[alias.alias] = content_->types[alias.target];
            row.rule = row.shape == TypeShape::kList ? row.rule : rule;
        }
        if (content_->types.size() > kTypesMax) {
            return Error{ErrorCode::kLimitExceeded, "the OpenAPI document holds too many types"};
        }
        return {};
    }

    // API version and kind of each entry of a definition's or an operation's extension.
    static std::vector<std::pair<std::string, std::string>> kinds_of(const Object& owner) {
        std::vector<std::pair<std::string, std::string>> kinds;
        const auto add = [&kinds](const Value& entry) {
            model::GroupVersionKind gvk;
            gvk.group = model::find_string(entry, {"group"});
            gvk.version = model::find_string(entry, {"version"});
            gvk.kind = model::find_string(entry, {"kind"});
            if (!gvk.version.empty() && !gvk.kind.empty()) {
                kinds.emplace_back(gvk.api_version(), gvk.kind);
            }
        };
        const Value* said = owner.if_contains(kGvkExtension);
        if (said != nullptr && said->is_array()) {
            std::ranges::for_each(said->get_array(), add);
        } else if (said != nullptr) {
            add(*said);
        }
        return kinds;
    }

    TypeId add_row(TypeRow row = {}) {
        content_->types.push_back(row);
        return static_cast<TypeId>(content_->types.size() - 1);
    }

    // The type of the definition that `reference` leads to, or kUnknownType.
    TypeId resolve(std::string_view reference) const {
        for (int i = 0; i < kReferenceChainMax && reference.starts_with(kReferencePrefix); ++i) {
            const std::string_view name = reference.substr(kReferencePrefix.size());
            const Value* definition = definitions_ == nullptr ? nullptr : definitions_->if_contains(name);
            if (definition == nullptr || !definition->is_object()) {
                return base_definition(name);
            }
            reference = model::find_string(*definition, {"$ref"});
            if (reference.empty()) {
                return ids_.at(std::string(name));
            }
        }
        return kUnknownType;
    }

    TypeId base_definition(std::string_view name) const {
        const auto found = std::ranges::lower_bound(base_definitions_, name, {}, &DefinitionRow::name);
        return found != base_definitions_.end() && found->name == name ? found->type : kUnknownType;
    }

    // A reference stands for all that is said beside it; one that leads nowhere is a type without fields.
    TypeId described_type(const Value& description) {
        const std::string_view reference = model::find_string(description, {"$ref"});
        if (const TypeId known = resolve(reference); known != kUnknownType) {
            return known;
        }
        if (!reference.empty()) {
            return open_type_;
        }
        return type_of(description).value_or(kUnknownType);
    }

    Result<TypeId> type_of(const Value& schema) {
        const Object* map = schema.if_object();
        if (map == nullptr) {
            return invalid(where_, "a schema must be a map");
        }
        const std::string_view reference = model::find_string(schema, {"$ref"});
        if (!reference.empty()) {
            const TypeId id = resolve(reference);
            const std::uint16_t rule = rule_of(*map);
            if (id == kUnknownType || rule == 0) {
                return id;
            }
            const TypeId alias = add_row();
            content_->types[alias].rule = rule;
            aliases_.push_back({alias, id});
            return alias;
        }
        const std::string_view type = model::find_string(schema, {"type"});
        const bool is_leaf = !map->contains("properties") && !map->contains("items") &&
                             !map->contains("additionalProperties") && rule_of(*map) == 0;
        if (is_leaf) {
            const bool is_scalar =
                type == "string" || type == "integer" || type == "number" || type == "boolean";
            return is_scalar ? kPlainType : open_type_;
        }
        const TypeId id = add_row();
        if (auto done = fill(id, *map); !done) {
            return done.error();
        }
        return id;
    }

    Result<void> fill(TypeId id, const Object& schema) {
        TypeRow row{};
        row.shape = TypeShape::kStruct;
        row.rule = rule_of(schema);
        if (is_list(schema)) {
            row.shape = TypeShape::kList;
            if (const Value* items = schema.if_contains("items")) {
                const auto element = type_of(*items);
                if (!element) {
                    return element.error();
                }
                row.element = *element;
            }
        }
        const Value* values = schema.if_contains("additionalProperties");
        if (values != nullptr && values->is_object()) {
            const auto element = type_of(*values);
            if (!element) {
                return element.error();
            }
            row.element = *element;
        }
        if (auto done = add_fields(row, schema); !done) {
            return done;
        }
        content_->types[id] = row;
        return {};
    }

    static bool is_list(const Object& schema) {
        const Value* type = schema.if_contains("type");
        if (type != nullptr && type->is_array() && type->get_array().size() == 1) {
            type = &type->get_array()[0];
        }
        return type != nullptr && type->is_string() && type->get_string() == "array";
    }

    Result<void> add_fields(TypeRow& row, const Object& schema) {
        const Value* properties = schema.if_contains("properties");
        if (properties == nullptr) {
            return {};
        }
        if (!properties->is_object()) {
            return invalid(where_, "properties must be a map");
        }
        std::map<std::string_view, TypeId> fields;
        for (const auto& [name, property] : properties->get_object()) {
            const auto type = type_of(property);
            if (!type) {
                return type.error();
            }
            fields.emplace(name, *type);
        }
        if (fields.size() > UINT16_MAX) {
            return Error{ErrorCode::kLimitExceeded, "the OpenAPI document holds a type with too many fields"};
        }
        row.first_field = static_cast<std::uint32_t>(content_->fields.size());
        row.field_count = static_cast<std::uint16_t>(fields.size());
        for (const auto& [name, type] : fields) {
            const std::string_view kept = name.substr(0, UINT16_MAX);
            content_->fields.push_back({name_of(kept), type, static_cast<std::uint16_t>(kept.size())});
        }
        return {};
    }

    std::uint32_t name_of(std::string_view name) {
        const auto [found, is_new] = names_.emplace(name, static_cast<std::uint32_t>(content_->names.size()));
        if (is_new) {
            content_->names += name;
        }
        return found->second;
    }

    std::uint16_t rule_of(const Object& schema) {
        const Value* said = schema.if_contains("x-kubernetes-patch-strategy");
        if (said == nullptr || !said->is_string()) {
            return 0;
        }
        std::string keys;
        if (const Value* list = schema.if_contains("x-kubernetes-list-map-keys");
            list != nullptr && list->is_array()) {
            for (const Value& key : list->get_array()) {
                keys += fmt::format("{}{}", keys.empty() ? "" : ",",
                                    key.is_string() ? std::string_view(key.get_string()) : "");
            }
        }
        const Value* merge_key = schema.if_contains("x-kubernetes-patch-merge-key");
        const std::string key(merge_key != nullptr && merge_key->is_string() ? merge_key->get_string() : "");
        const auto [found, is_new] =
            rules_.emplace(std::tuple(strategy_of(said->get_string()), key, keys), content_->rules.size());
        if (is_new) {
            content_->rules.push_back({strategy_of(said->get_string()), keep(key), keep(keys)});
        }
        return static_cast<std::uint16_t>(std::min<std::size_t>(found->second, UINT16_MAX));
    }

    static std::uint8_t strategy_of(std::string_view text) {
        std::uint8_t strategy = 0;
        while (!text.empty()) {
            const std::size_t comma = std::min(text.find(','), text.size());
            const std::string_view word = text.substr(0, comma);
            strategy |= word == "merge"        ? kStrategyMerge
                        : word == "replace"    ? kStrategyReplace
                        : word == "retainKeys" ? kStrategyRetainKeys
                                               : std::uint8_t{0};
            text.remove_prefix(std::min(comma + 1, text.size()));
        }
        return strategy;
    }

    // A kind that can be read below a namespace's path lives in a namespace.
    void add_scopes(const Value& document) {
        const model::Object* paths = model::find_object(document, {"paths"});
        if (paths == nullptr) {
            return;
        }
        for (const auto& [path, item] : *paths) {
            const model::Object* get = model::find_object(item, {"get"});
            const Value* said = get == nullptr ? nullptr : get->if_contains(kGvkExtension);
            if (said == nullptr || !said->is_object()) {
                continue;
            }
            const bool is_namespaced = std::string_view(path).contains("namespaces/{namespace}");
            for (const auto& [api_version, kind] : kinds_of(*get)) {
                std::int8_t& scope = kinds_[{kind, api_version}].scope;
                scope = is_namespaced || scope == 1 ? 1 : 0;
            }
        }
    }

    std::span<const DefinitionRow> base_definitions_;
    const Object* definitions_ = nullptr;
    TypeId open_type_ = kUnknownType;  // a known object of which the schema says no fields
    std::unique_ptr<OwningSchema::Content> content_ = std::make_unique<OwningSchema::Content>();
    std::unordered_map<std::string, TypeId> ids_;
    std::unordered_map<std::string, std::uint32_t> names_;
    std::map<std::tuple<std::uint8_t, std::string, std::string>, std::size_t> rules_;
    std::map<std::pair<std::string, std::string>, Kind> kinds_;  // kind and API version
    std::vector<Alias> aliases_;
    std::string where_;  // the definition that is being read
};

}  // namespace

Result<std::shared_ptr<const Schema>> parse_schema(const Value& openapi) { return Builder().build(openapi); }

ExtendedSchema extend(const Schema& base, std::span<const Value> descriptions) {
    return Builder(base.tables()).extend(descriptions);
}

}  // namespace patch
