// SPDX-License-Identifier: 0BSD
#include "rules/transform/replicas.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "rules/transform/arguments.hpp"
#include "rules/transform/id_view.hpp"

namespace transform {
namespace {

bool has_name(const Resource& resource, const FieldSpec& field, std::string_view name) {
    const IdView now = view_of(resource.object);
    const auto is_meant = [&](const IdView& id) { return id.name == name && selects(field, to_id(id).gvk); };
    if (is_meant(now)) {
        return true;
    }
    for (std::size_t index = 0; index < resource.previous.size(); ++index) {
        if (resource.previous[index].name == name && is_meant(previous_view(resource, index))) {
            return true;
        }
    }
    return false;
}

Replicas read_replicas(const model::Fields& fields) {
    return {fields.text("name"), fields.integer("count").value_or(0)};
}

}  // namespace

base::Result<Replicas> parse_replicas(const model::Value& entry) {
    const auto written = canonical(entry, {"name", "count"}, UnknownKeys::kRefuse, "replicas");
    if (!written) {
        return written.error();
    }
    return read_arguments(*written, "replicas", read_replicas);
}

base::Result<ReplicasTransformer> parse_replicas_transformer(const model::Value& plugin) {
    constexpr std::string_view kWhere = "ReplicaCountTransformer";
    const auto written = canonical(plugin, {"replica", "fieldSpecs"}, UnknownKeys::kIgnore, kWhere);
    if (!written) {
        return written.error();
    }
    const auto replica =
        canonical(member_of(*written, "replica"), {"name", "count"}, UnknownKeys::kIgnore, kWhere);
    if (!replica) {
        return replica.error();
    }
    auto replicas = read_arguments(*replica, kWhere, read_replicas);
    if (!replicas) {
        return replicas.error();
    }
    auto fields = parse_field_specs(member_of(*written, "fieldSpecs"), "ReplicaCountTransformer: fieldSpecs");
    if (!fields) {
        return fields.error();
    }
    return ReplicasTransformer{*std::move(replicas), *std::move(fields)};
}

base::Result<void> apply(Resources& resources, const Replicas& replicas, const FieldSpecs& fields) {
    const VisitField set = [&replicas](model::Value& field) -> base::Result<void> {
        if (field.is_object() || field.is_array()) {
            return base::Error{base::ErrorCode::kInvalid, "is no number of replicas"};
        }
        field = replicas.count;
        return {};
    };
    bool is_found = false;
    for (const FieldSpec& field : fields) {
        FieldVisitor visitor({&field, 1}, CreateAs::kText);
        for (Resource& resource : resources) {
            if (!has_name(resource, field, replicas.name)) {
                continue;
            }
            is_found = true;
            if (auto done = visitor.visit(resource.object, set); !done) {
                return done;
            }
        }
    }
    if (is_found) {
        return {};
    }
    std::string kinds;
    for (const FieldSpec& field : fields) {
        kinds += (kinds.empty() ? "" : " ") + gvk_text(field.group, field.version, field.kind);
    }
    return base::Error{
        base::ErrorCode::kInvalid,
        fmt::format("resource with name {} does not match a config with the following GVK [{}]",
                    replicas.name, kinds)};
}

}  // namespace transform
