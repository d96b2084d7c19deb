// SPDX-License-Identifier: 0BSD
#include "rules/transform/namespace.hpp"

#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "rules/transform/arguments.hpp"
#include "rules/transform/id_view.hpp"
#include "rules/transform/resources.hpp"

namespace transform {
namespace {

constexpr std::string_view kNamespacePath = "metadata/namespace";
constexpr std::string_view kNamePath = "metadata/name";
constexpr std::string_view kSubjects = "subjects";
constexpr std::string_view kSubjectsPath = "subjects/namespace";
constexpr std::string_view kDefaultAccount = "default";

base::Error invalid(std::string message) { return {base::ErrorCode::kInvalid, std::move(message)}; }

bool is_role_binding(std::string_view kind) { return kind == "RoleBinding" || kind == "ClusterRoleBinding"; }

// metadata.namespace and the subjects have rules of their own, and only core Namespaces are renamed.
FieldSpecs plain_fields(const FieldSpecs& fields, bool with_name) {
    FieldSpecs plain;
    for (const FieldSpec& field : fields) {
        const bool is_subjects = is_role_binding(field.kind) && field.path == kSubjectsPath;
        if (field.path != kNamespacePath && !is_subjects && (with_name || field.path != kNamePath)) {
            plain.push_back(field);
        }
    }
    return plain;
}

class Change {
public:
    Change(const NamespaceChange& wanted, const Scopes& scopes)
        : wanted_(wanted),
          scopes_(scopes),
          core_fields_(plain_fields(wanted.fields, true)),
          other_fields_(plain_fields(wanted.fields, false)),
          core_(core_fields_, CreateAs::kText),
          others_(other_fields_, CreateAs::kText),
          set_([this](model::Value& field) { return set(field); }) {}

    base::Result<void> apply(Resource& resource) {
        remember_id(resource);
        model::Object* object = resource.object.if_object();
        if (object == nullptr) {
            return {};
        }
        const bool is_core = text_at(*object, "apiVersion") == "v1";
        if (!scopes_.is_cluster_scoped(resource.object)) {
            if (auto done = set(model::ensure_object(resource.object, {"metadata"})["namespace"]); !done) {
                return done;
            }
        }
        if (is_role_binding(text_at(*object, "kind"))) {
            if (auto done = set_subjects(*object); !done) {
                return done;
            }
        }
        return (is_core ? core_ : others_).visit(resource.object, set_);
    }

private:
    base::Result<void> set(model::Value& field) const {
        if (field.is_object() || field.is_array()) {
            return invalid("namespace field specs must target scalar nodes");
        }
        const boost::json::string* old = field.if_string();
        const bool is_unset = field.is_null() || (old != nullptr && old->empty());
        if (!wanted_.unset_only || is_unset) {
            field = wanted_.ns;
        }
        return {};
    }

    base::Result<void> set_subjects(model::Object& object) const {
        model::Value* subjects = object.if_contains(kSubjects);
        if (wanted_.subjects == SubjectMode::kNone || subjects == nullptr || subjects->is_null()) {
            return {};
        }
        model::Array* list = subjects->if_array();
        if (list == nullptr) {
            return invalid("setting namespace on (cluster)role binding subjects: is no list");
        }
        for (model::Value& subject : *list) {
            model::Object* map = subject.if_object();
            if (map == nullptr) {
                return invalid("setting namespace on (cluster)role binding subjects: a subject is no map");
            }
            const bool is_meant = wanted_.subjects == SubjectMode::kAllServiceAccounts
                                      ? text_at(*map, "kind") == "ServiceAccount"
                                      : text_at(*map, "name") == kDefaultAccount;
            if (!is_meant) {
                continue;
            }
            if (auto done = set((*map)["namespace"]); !done) {
                return done;
            }
        }
        return {};
    }

    const NamespaceChange& wanted_;
    const Scopes& scopes_;
    FieldSpecs core_fields_;
    FieldSpecs other_fields_;
    FieldVisitor core_;
    FieldVisitor others_;
    VisitField set_;
};

struct Written {
    std::string ns;
    bool unset_only = false;
    std::string subjects;
};

}  // namespace

base::Result<NamespaceChange> parse_namespace_transformer(const model::Value& plugin) {
    constexpr std::string_view kWhere = "NamespaceTransformer";
    const auto written =
        canonical(plugin, {"metadata", "namespace", "fieldSpecs", "unsetOnly", "setRoleBindingSubjects"},
                  UnknownKeys::kIgnore, kWhere);
    if (!written) {
        return written.error();
    }
    const auto read = read_arguments(*written, kWhere, [](const model::Fields& fields) {
        const auto metadata =
            fields.child("metadata", [](const model::Fields& below) { return below.text("namespace"); });
        return Written{metadata.value_or(std::string()), fields.flag("unsetOnly"),
                       fields.text("setRoleBindingSubjects")};
    });
    if (!read) {
        return read.error();
    }
    auto fields = parse_field_specs(member_of(*written, "fieldSpecs"), "NamespaceTransformer: fieldSpecs");
    if (!fields) {
        return fields.error();
    }
    NamespaceChange change{read->ns, *std::move(fields), read->unset_only, SubjectMode::kDefaultOnly};
    if (read->subjects == "allServiceAccounts") {
        change.subjects = SubjectMode::kAllServiceAccounts;
    } else if (read->subjects == "none") {
        change.subjects = SubjectMode::kNone;
    } else if (!read->subjects.empty() && read->subjects != "defaultOnly") {
        return invalid(
            fmt::format("invalid value \"{}\" for setRoleBindingSubjects: must be one of \"defaultOnly\", "
                        "\"allServiceAccounts\" or \"none\"",
                        read->subjects));
    }
    return change;
}

base::Result<void> apply(Resources& resources, const NamespaceChange& change, const Scopes& scopes) {
    if (change.ns.empty()) {
        return {};
    }
    Change run(change, scopes);
    for (Resource& resource : resources) {
        if (is_deleted(resource)) {
            continue;
        }
        if (auto done = run.apply(resource); !done) {
            return done;
        }
    }
    if (const Resource* twin = find_twin(resources, scopes)) {
        return invalid(
            fmt::format("namespace transformation produces ID conflict: {}", text_of(view_of(twin->object))));
    }
    return {};
}

}  // namespace transform
