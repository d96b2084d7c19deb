// SPDX-License-Identifier: 0BSD
#include "rules/transform/name_reference.hpp"

#include <algorithm>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "rules/transform/id_view.hpp"
#include "rules/transform/referral.hpp"

namespace transform {
namespace {

// A field of referrers, and what kind of object it names.
struct Rule {
    Rule(const FieldSpec& spec, const model::GroupVersionKind& names)
        : referrer(spec),
          target(names),
          visitor(std::vector{FieldSpec{
                      .group = {}, .version = {}, .kind = {}, .path = spec.path, .create = false}},
                  CreateAs::kNothing) {}

    const FieldSpec& referrer;
    const model::GroupVersionKind& target;
    FieldVisitor visitor;
};

// A RoleBinding reaches into the namespaces of its accounts, so that these must be known.
base::Result<void> check_subjects(const Resource& resource) {
    const model::Array* subjects = model::find_array(resource.object, {"subjects"});
    if (subjects == nullptr || view_of(resource.object).kind != "RoleBinding") {
        return {};
    }
    for (const model::Value& subject : *subjects) {
        const model::Object* map = subject.if_object();
        const model::Value* ns = map == nullptr ? nullptr : map->if_contains("namespace");
        if (ns != nullptr && !ns->is_string() && text_at(*map, "kind") == "ServiceAccount") {
            return base::Error{base::ErrorCode::kInvalid,
                               fmt::format("Invalid Input: namespace is blank for resource \"{}\"",
                                           text_of(view_of(resource.object)))};
        }
    }
    return {};
}

class Updater {
public:
    Updater(Resources& resources, const std::vector<NameReference>& references, const Scopes& scopes)
        : resources_(resources), scopes_(scopes), referrals_(resources, scopes) {
        for (const NameReference& reference : references) {
            for (const FieldSpec& spec : reference.referrers) {
                rules_.emplace_back(spec, reference.target);
            }
        }
    }

    base::Result<void> run() {
        for (Resource& resource : resources_) {
            for (Rule* rule : rules_of(resource)) {
                if (auto done = update(resource, *rule); !done) {
                    base::Error error = std::move(done).error();
                    error.message =
                        fmt::format("updating name reference in '{}' field of '{}': {}", rule->referrer.path,
                                    text_of(view_of(resource.object)), error.message);
                    return error;
                }
            }
        }
        return {};
    }

private:
    struct Choice {
        model::GroupVersionKind gvk;
        std::vector<Rule*> rules;
    };

    const std::vector<Rule*>& rules_of(const Resource& resource) {
        const model::GroupVersionKind gvk = to_id(original_view(resource)).gvk;
        const auto found = std::ranges::find(choices_, gvk, &Choice::gvk);
        if (found != choices_.end()) {
            return found->rules;
        }
        Choice choice{gvk, {}};
        for (Rule& rule : rules_) {
            if (selects(rule.referrer, gvk)) {
                choice.rules.push_back(&rule);
            }
        }
        return choices_.emplace_back(std::move(choice)).rules;
    }

    base::Result<void> update(Resource& resource, Rule& rule) {
        // Made at the first field: most objects hold none.
        std::optional<Referrer> referrer;
        return rule.visitor.visit(resource.object, [&](model::Value& field) -> base::Result<void> {
            if (field.is_null()) {
                return {};
            }
            if (!referrer) {
                referrer.emplace(resource, rule.target, rule.referrer.path, scopes_);
            }
            model::Array* list = field.if_array();
            if (list == nullptr) {
                return set(field, *referrer);
            }
            for (model::Value& element : *list) {
                if (auto done = set(element, *referrer); !done) {
                    return done;
                }
            }
            return {};
        });
    }

    base::Result<void> set(model::Value& field, const Referrer& referrer) {
        if (const boost::json::string* name = field.if_string()) {
            auto found = referrals_.by_name(text_view(*name), referrer);
            if (!found) {
                return found.error();
            }
            if (*found != nullptr) {
                set_text(field, view_of((*found)->object).name);
            }
            return {};
        }
        if (model::Object* map = field.if_object()) {
            return set_map(*map, referrer);
        }
        if (field.is_array()) {
            return base::Error{base::ErrorCode::kInvalid,
                               "expected to be either a string or a map of string"};
        }
        return {};
    }

    base::Result<void> set_map(model::Object& map, const Referrer& referrer) {
        if (!map.contains("name")) {
            return base::Error{base::ErrorCode::kInvalid, "path config error; no 'name' field in node"};
        }
        const std::string_view old_name = text_at(map, "name");
        const model::Value* ns = map.if_contains("namespace");
        auto found = ns == nullptr
                         ? referrals_.by_name_and_any_namespace(old_name, referrer)
                         : referrals_.by_name_and_namespace(old_name, text_at(map, "namespace"), referrer);
        if (!found) {
            return found.error();
        }
        if (*found == nullptr) {
            return {};
        }
        const IdView id = view_of((*found)->object);
        set_text(map["name"], id.name);
        // An empty namespace is a wild card here, and does not replace "default".
        if (!id.ns.empty()) {
            set_text(map["namespace"], id.ns);
        }
        return {};
    }

    // The referral may be the referring object itself, so that `text` may lie in it.
    static void set_text(model::Value& field, std::string_view text) {
        const boost::json::string* old = field.if_string();
        if (old == nullptr || text_view(*old) != text) {
            field = std::string(text);
        }
    }

    Resources& resources_;
    const Scopes& scopes_;
    Referrals referrals_;
    std::deque<Rule> rules_;
    std::deque<Choice> choices_;
};

}  // namespace

base::Result<void> update_name_references(Resources& resources, const std::vector<NameReference>& references,
                                          const Scopes& scopes) {
    for (const Resource& resource : resources) {
        if (auto checked = check_subjects(resource); !checked) {
            return checked;
        }
    }
    return Updater(resources, references, scopes).run();
}

}  // namespace transform
