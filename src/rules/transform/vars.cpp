// SPDX-License-Identifier: 0BSD
#include "rules/transform/vars.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "rules/transform/arguments.hpp"
#include "rules/transform/dotted_path.hpp"
#include "rules/transform/id_view.hpp"
#include "rules/transform/resources.hpp"
#include "rules/transform/scalar_text.hpp"
#include "rules/transform/shared_entries.hpp"

namespace transform {
namespace {

base::Error invalid(std::string message) { return {base::ErrorCode::kInvalid, std::move(message)}; }

using Values = std::map<std::string, model::Value, std::less<>>;

// Replaces references in texts and remembers which names it used.
class Expander {
public:
    explicit Expander(const Values& values) : values_(values) {}

    base::Result<void> expand_field(model::Value& field) {
        if (model::Array* list = field.if_array()) {
            for (model::Value& element : *list) {
                if (!element.is_string()) {
                    return invalid("invalid value type expect a string");
                }
                expand(element);
            }
        } else if (model::Object* map = field.if_object()) {
            for (auto& entry : *map) {
                expand(entry.value());
            }
        } else {
            expand(field);
        }
        return {};
    }
    bool is_used(std::string_view name) const { return used_.contains(name); }

private:
    // A text that is one reference becomes the value with its type; "$$" becomes "$"; what is no reference stays.
    void expand(model::Value& field) {
        const boost::json::string* written = field.if_string();
        if (written == nullptr || written->find('$') == boost::json::string::npos) {
            return;
        }
        const std::string text(text_view(*written));
        std::string result;
        std::size_t at = 0;
        while (at < text.size()) {
            const std::size_t dollar = text.find('$', at);
            result.append(text, at, dollar - at);
            if (dollar == std::string::npos) {
                break;
            }
            if (dollar + 1 == text.size()) {
                result += '$';
                break;
            }
            const std::size_t close = text[dollar + 1] == '(' ? text.find(')', dollar) : std::string::npos;
            if (close == std::string::npos) {
                result += text[dollar + 1] == '$' ? "$" : text.substr(dollar, 2);
                at = dollar + 2;
                continue;
            }
            const std::string name = text.substr(dollar + 2, close - dollar - 2);
            const model::Value* value = value_of(name);
            if (value != nullptr && dollar == 0 && close + 1 == text.size()) {
                field = *value;
                return;
            }
            result += value == nullptr ? text.substr(dollar, close - dollar + 1)
                                       : text_of_scalar(*value).value_or(std::string());
            at = close + 1;
        }
        field = result;
    }

    // Maps and lists cannot be put in; the original leaves the reference, and so does this.
    const model::Value* value_of(std::string_view name) {
        const auto found = values_.find(name);
        if (found == values_.end() || found->second.is_structured() || found->second.is_null()) {
            return nullptr;
        }
        used_.emplace(name);
        return &found->second;
    }

    const Values& values_;
    std::set<std::string, std::less<>> used_;
};

std::string describe(const Variable& variable) {
    const model::GroupVersionKind& gvk = variable.object.gvk;
    return fmt::format("{{{} {} {{{}}}}}", variable.name, gvk_text(gvk.group, gvk.version, gvk.kind),
                       variable.field_path);
}

base::Result<model::Value> value_of(const Variable& variable, const Resources& resources) {
    for (const Resource& resource : resources) {
        if (std::ranges::find(resource.variables, variable.name) == resource.variables.end()) {
            continue;
        }
        const auto found = find_dotted(resource.object, split_var_path(variable.field_path));
        if (!found || *found == nullptr) {
            return invalid(fmt::format("field specified in var '{}' not found in corresponding resource",
                                       describe(variable)));
        }
        return **found;
    }
    return invalid(fmt::format("var '{}' cannot be mapped to a field in the set of known resources",
                               describe(variable)));
}

struct Written {
    std::string name;
    std::string api_version;
    ResourceId object;
};

}  // namespace

base::Result<Variable> parse_variable(const model::Value& entry) {
    constexpr std::string_view kWhere = "vars";
    const auto written = canonical(entry, {"name", "objref", "fieldref"}, UnknownKeys::kRefuse, kWhere);
    if (!written) {
        return written.error();
    }
    const auto object = canonical(member_of(*written, "objref"),
                                  {"apiVersion", "group", "version", "kind", "name", "namespace"},
                                  UnknownKeys::kRefuse, "vars.objref");
    if (!object) {
        return object.error();
    }
    const auto field =
        canonical(member_of(*written, "fieldref"), {"fieldPath"}, UnknownKeys::kRefuse, "vars.fieldref");
    if (!field) {
        return field.error();
    }
    Variable variable;
    const auto name =
        read_arguments(*written, kWhere, [](const model::Fields& fields) { return fields.text("name"); });
    if (!name) {
        return name.error();
    }
    variable.name = *name;
    const auto target = read_arguments(*object, "vars.objref", [](const model::Fields& fields) {
        ResourceId id{split_gvk(fields.text("apiVersion"), fields.text("kind")), fields.text("name"),
                      fields.text("namespace")};
        id.gvk.group = id.gvk.group.empty() ? fields.text("group") : id.gvk.group;
        id.gvk.version = id.gvk.version.empty() ? fields.text("version") : id.gvk.version;
        return id;
    });
    if (!target) {
        return target.error();
    }
    variable.object = *target;
    const auto path = read_arguments(*field, "vars.fieldref",
                                     [](const model::Fields& fields) { return fields.text("fieldPath"); });
    if (!path) {
        return path.error();
    }
    if (!path->empty()) {
        variable.field_path = *path;
    }
    return variable;
}

base::Result<void> declare_variables(Variables& into, const Variables& own, Resources& resources,
                                     const Scopes& scopes) {
    for (const Variable& variable : own) {
        const IdView wanted = view_of(variable.object);
        const bool any_namespace = wanted.ns.empty() && !scopes.is_cluster_scoped(variable.object.gvk);
        const auto is_meant = [&](IdView id) {
            if (any_namespace) {
                id.ns = wanted.ns;
            }
            return same_id(id, wanted, scopes);
        };
        std::vector<Resource*> found;
        for (Resource& resource : resources) {
            bool matches = is_meant(view_of(resource.object));
            for (std::size_t index = 0; !matches && index < resource.previous.size(); ++index) {
                matches = is_meant(previous_view(resource, index));
            }
            if (matches) {
                found.push_back(&resource);
            }
        }
        if (found.size() > 1) {
            return invalid(fmt::format("found {} resId matches for var {} (unable to disambiguate)",
                                       found.size(), describe(variable)));
        }
        if (found.size() == 1) {
            found.front()->variables.push_back(variable.name);
        }
    }
    return merge_variables(into, own);
}

base::Result<void> merge_variables(Variables& into, const Variables& more) {
    for (const Variable& variable : more) {
        if (std::ranges::find(into, variable.name, &Variable::name) != into.end()) {
            return invalid(fmt::format("var '{}' already encountered", variable.name));
        }
        into.push_back(variable);
    }
    return {};
}

base::Result<std::vector<std::string>> expand_variables(Resources& resources, const Variables& variables,
                                                        const FieldSpecs& fields) {
    Values values;
    for (const Variable& variable : variables) {
        auto value = value_of(variable, resources);
        if (!value) {
            return value.error();
        }
        values.emplace(variable.name, *std::move(value));
    }
    std::vector<std::string> unused;
    if (values.empty()) {
        return unused;
    }
    Expander expander(values);
    FieldVisitor visitor(fields, CreateAs::kNothing);
    const VisitField expand = [&expander](model::Value& field) { return expander.expand_field(field); };
    for (Resource& resource : resources) {
        if (auto done = visitor.visit(resource.object, expand); !done) {
            return done.error();
        }
        follow_shared(resource);
    }
    for (const Variable& variable : variables) {
        if (!expander.is_used(variable.name)) {
            unused.push_back(variable.name);
        }
    }
    return unused;
}

}  // namespace transform
