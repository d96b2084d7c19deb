// SPDX-License-Identifier: 0BSD
#include "rules/transform/set_entries.hpp"

#include <memory>
#include <vector>

#include <fmt/format.h>

#include "model/value.hpp"
#include "rules/transform/shared_entries.hpp"

namespace transform {

namespace {

using Pairs = std::map<std::string, std::string>;

// Sets the pairs in one object and keeps which of them it put into several maps.
class Setter {
public:
    Setter(const Pairs& pairs, const FieldSpecs& fields) : pairs_(pairs), visitor_(fields, CreateAs::kMap) {
        added_.resize(pairs.size());
    }

    base::Result<void> apply(Resource& resource) {
        for (auto& maps : added_) {
            maps.clear();
        }
        auto done = visitor_.visit_places(resource.object, visit_);
        if (!done) {
            return done;
        }
        follow_shared(resource);
        auto maps = added_.begin();
        for (const auto& [key, text] : pairs_) {
            if (maps->size() > 1) {
                resource.shared.push_back({key, *maps, model::Value(text)});
            }
            ++maps;
        }
        return {};
    }

private:
    base::Result<void> set(model::Value& field, const PathOf& path_of) {
        if (field.is_null()) {
            field = model::Object();
        }
        model::Object* map = field.if_object();
        if (map == nullptr) {
            return base::Error{
                base::ErrorCode::kInvalid,
                fmt::format("is no map, so that {} cannot be set in it", pairs_.begin()->first)};
        }
        std::shared_ptr<const model::FieldPath> path;
        auto maps = added_.begin();
        for (const auto& [key, text] : pairs_) {
            const auto [entry, is_new] = map->emplace(key, text);
            if (is_new) {
                path = path == nullptr ? path_of() : path;
                maps->push_back(path);
            } else {
                entry->value() = text;
            }
            ++maps;
        }
        return {};
    }

    const Pairs& pairs_;
    FieldVisitor visitor_;
    std::vector<std::vector<std::shared_ptr<const model::FieldPath>>> added_;  // per pair
    VisitPlace visit_ = [this](model::Value& field, const PathOf& path) { return set(field, path); };
};

}  // namespace

base::Result<void> set_entries(Resources& resources, const std::map<std::string, std::string>& pairs,
                               const FieldSpecs& fields) {
    if (pairs.empty()) {
        return {};
    }
    Setter setter(pairs, fields);
    for (Resource& resource : resources) {
        if (auto done = setter.apply(resource); !done) {
            return done;
        }
    }
    return {};
}

}  // namespace transform
