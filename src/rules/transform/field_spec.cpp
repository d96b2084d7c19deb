// SPDX-License-Identifier: 0BSD
#include "rules/transform/field_spec.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "model/fields.hpp"
#include "rules/transform/arguments.hpp"
#include "rules/transform/id_view.hpp"

namespace transform {
namespace {

base::Error invalid(std::string message) { return {base::ErrorCode::kInvalid, std::move(message)}; }

bool agrees(std::string_view wanted, std::string_view actual) { return wanted.empty() || wanted == actual; }

FieldSpec read_spec(const model::Fields& fields) {
    return {.group = fields.text("group"),
            .version = fields.text("version"),
            .kind = fields.text("kind"),
            .path = fields.text("path"),
            .create = fields.flag("create")};
}

model::Value empty_value(CreateAs create) {
    switch (create) {
        case CreateAs::kText: return "";
        case CreateAs::kMap: return model::Object();
        case CreateAs::kList: return model::Array();
        case CreateAs::kNothing: break;
    }
    return nullptr;
}

}  // namespace

base::Result<FieldSpec> parse_field_spec(const model::Value& value, std::string_view where) {
    auto entry =
        canonical(value, {"group", "version", "kind", "path", "create"}, UnknownKeys::kRefuse, where);
    if (!entry) {
        return entry.error();
    }
    return read_arguments(*entry, where, read_spec);
}

base::Result<FieldSpecs> parse_field_specs(const model::Value& value, std::string_view where) {
    FieldSpecs specs;
    if (value.is_null()) {
        return specs;
    }
    const model::Array* list = value.if_array();
    if (list == nullptr) {
        return invalid(fmt::format("{}: is no list", where));
    }
    for (std::size_t index = 0; index < list->size(); ++index) {
        auto spec = parse_field_spec((*list)[index], fmt::format("{}[{}]", where, index));
        if (!spec) {
            return spec.error();
        }
        specs.push_back(*std::move(spec));
    }
    return specs;
}

base::Result<void> merge_field_spec(FieldSpecs& into, const FieldSpec& spec) {
    const auto covers = [&spec](const FieldSpec& other) {
        return spec.path == other.path && agrees(other.group, spec.group) &&
               agrees(other.version, spec.version) && agrees(other.kind, spec.kind);
    };
    const auto found = std::ranges::find_if(into, covers);
    if (found == into.end()) {
        into.push_back(spec);
    } else if (found->create != spec.create) {
        return invalid(
            fmt::format("conflicting fieldspecs: {} of {} is to be created by one and not by the other",
                        spec.path, spec.kind.empty() ? "all kinds" : spec.kind));
    }
    return {};
}

base::Result<void> merge_field_specs(FieldSpecs& into, const FieldSpecs& more) {
    for (const FieldSpec& spec : more) {
        if (auto merged = merge_field_spec(into, spec); !merged) {
            return merged;
        }
    }
    return {};
}

bool selects(const FieldSpec& spec, const model::GroupVersionKind& gvk) {
    return agrees(spec.kind, gvk.kind) && agrees(spec.group, gvk.group) && agrees(spec.version, gvk.version);
}

std::vector<std::string> split_path(std::string_view path, char delimiter) {
    std::vector<std::string> steps(1);
    for (std::size_t at = 0; at < path.size(); ++at) {
        if (path[at] == '\\' && at + 1 < path.size() && path[at + 1] == delimiter) {
            steps.back() += delimiter;
            ++at;
        } else if (path[at] == delimiter) {
            steps.emplace_back();
        } else {
            steps.back() += path[at];
        }
    }
    return steps;
}

FieldVisitor::FieldVisitor(std::span<const FieldSpec> specs, CreateAs create) : create_(create) {
    for (const FieldSpec& spec : specs) {
        Path path{spec, {}, nullptr};
        std::vector<model::PathStep> place;
        for (std::string& key : split_path(spec.path)) {
            const bool is_list = key.ends_with("[]");
            if (is_list) {
                key.resize(key.size() - 2);
            }
            place.emplace_back(key);
            path.steps.push_back({std::move(key), is_list});
        }
        path.place = std::make_shared<const model::FieldPath>(std::move(place));
        paths_.push_back(std::move(path));
    }
}

const std::vector<const FieldVisitor::Path*>& FieldVisitor::paths_of(std::string_view api_version,
                                                                     std::string_view kind) {
    const auto found = std::ranges::find_if(choices_, [&](const Choice& choice) {
        return choice.kind == kind && choice.api_version == api_version;
    });
    if (found != choices_.end()) {
        return found->paths;
    }
    Choice choice{std::string(api_version), std::string(kind), {}};
    const model::GroupVersionKind gvk = split_gvk(api_version, kind);
    for (const Path& path : paths_) {
        if (selects(path.spec, gvk)) {
            choice.paths.push_back(&path);
        }
    }
    return choices_.emplace_back(std::move(choice)).paths;
}

// One way down from the root of an object. Visit takes the field and the walk.
template <class Visit>
struct FieldVisitor::Walk {
    const Path& path;
    CreateAs create;
    const Visit& visit;
    // The lists on the way to where the walk is: after how many steps, and which element.
    std::vector<std::pair<std::size_t, std::size_t>> elements = {};

    base::Result<void> go(model::Value& value, std::size_t at) {
        if (at == path.steps.size()) {
            return visit(value, *this);
        }
        if (value.is_null()) {
            return {};
        }
        if (model::Array* list = value.if_array()) {
            elements.emplace_back(at, 0);
            for (model::Value& element : *list) {
                if (auto done = go(element, at); !done) {
                    return done;
                }
                ++elements.back().second;
            }
            elements.pop_back();
            return {};
        }
        if (model::Object* map = value.if_object()) {
            return enter(*map, at);
        }
        return invalid("expected sequence or mapping node");
    }

    base::Result<void> enter(model::Object& map, std::size_t at) {
        const Step& step = path.steps[at];
        if (step.key.empty()) {
            return invalid("cannot set or create an empty field name");
        }
        const bool is_last = at + 1 == path.steps.size();
        const bool may_create = path.spec.create && create != CreateAs::kNothing && !step.is_list;
        model::Value* field = map.if_contains(step.key);
        if (field == nullptr) {
            if (!may_create) {
                return {};
            }
            field = &map[step.key];
        }
        if (field->is_null()) {
            if (step.is_list) {
                *field = model::Array();
            } else if (may_create) {
                *field = empty_value(is_last ? create : CreateAs::kMap);
            }
        }
        return go(*field, at + 1);
    }

    std::shared_ptr<const model::FieldPath> place() const {
        if (elements.empty()) {
            return path.place;
        }
        std::vector<model::PathStep> steps;
        auto element = elements.begin();
        for (std::size_t at = 0; at < path.steps.size(); ++at) {
            for (; element != elements.end() && element->first == at; ++element) {
                steps.emplace_back(element->second);
            }
            steps.emplace_back(path.steps[at].key);
        }
        return std::make_shared<const model::FieldPath>(std::move(steps));
    }
};

template <class Visit>
base::Result<void> FieldVisitor::walk(model::Value& object, const Visit& visit) {
    const model::Object* map = object.if_object();
    if (map == nullptr) {
        return {};
    }
    for (const Path* path : paths_of(text_at(*map, "apiVersion"), text_at(*map, "kind"))) {
        Walk<Visit> walk{*path, create_, visit};
        if (auto done = walk.go(object, 0); !done) {
            base::Error error = std::move(done).error();
            error.message = fmt::format("considering field '{}' of object {}: {}", path->spec.path,
                                        text_of(view_of(object)), error.message);
            return error;
        }
    }
    return {};
}

base::Result<void> FieldVisitor::visit(model::Value& object, const VisitField& visit) {
    return walk(object, [&visit](model::Value& field, const auto&) { return visit(field); });
}

base::Result<void> FieldVisitor::visit_places(model::Value& object, const VisitPlace& visit) {
    return walk(object, [&visit](model::Value& field, const auto& walk) {
        return visit(field, [&walk] { return walk.place(); });
    });
}

}  // namespace transform
