// SPDX-License-Identifier: 0BSD
#include "rules/transform/config.hpp"

#include <algorithm>
#include <compare>
#include <span>
#include <utility>

#include <fmt/format.h>

#include "rules/transform/arguments.hpp"
#include "rules/transform/config_tables.hpp"
#include "rules/transform/gvk_order.hpp"

namespace transform {
namespace {

struct Member {
    std::string_view key;
    FieldSpecs TransformerConfig::* specs;
};
constexpr Member kMembers[] = {
    {"namePrefix", &TransformerConfig::name_prefix},
    {"nameSuffix", &TransformerConfig::name_suffix},
    {"namespace", &TransformerConfig::name_space},
    {"commonLabels", &TransformerConfig::common_labels},
    {"labels", &TransformerConfig::labels},
    {"templateLabels", &TransformerConfig::template_labels},
    {"commonAnnotations", &TransformerConfig::common_annotations},
    {"varReference", &TransformerConfig::var_reference},
    {"images", &TransformerConfig::images},
    {"replicas", &TransformerConfig::replicas},
};

const KindRanks& default_ranks() {
    static const KindRanks kRanks(kKindsFirst, kKindsLast);
    return kRanks;
}

// Sorts by kind, as the original's less-than has it; the order of equal kinds stays.
template <class Element, class GvkOf>
void sort_by_kind(std::vector<Element>& elements, GvkOf gvk_of) {
    struct Keyed {
        int rank;
        std::string text;
        std::size_t from;
        auto operator<=>(const Keyed&) const = default;
    };
    std::vector<Keyed> keys;
    for (const Element& element : elements) {
        const model::GroupVersionKind gvk = gvk_of(element);
        keys.push_back(
            {default_ranks().of(gvk.kind), sort_text(gvk.group, gvk.version, gvk.kind), keys.size()});
    }
    std::ranges::sort(keys);
    std::vector<Element> sorted;
    sorted.reserve(elements.size());
    for (const Keyed& key : keys) {
        sorted.push_back(std::move(elements[key.from]));
    }
    elements = std::move(sorted);
}

model::GroupVersionKind gvk_of(const FieldSpec& spec) { return {spec.group, spec.version, spec.kind}; }
model::GroupVersionKind gvk_of(const NameReference& reference) { return reference.target; }

void sort(FieldSpecs& specs) {
    sort_by_kind(specs, [](const FieldSpec& spec) { return gvk_of(spec); });
}

base::Result<void> merge_reference(std::vector<NameReference>& into, const NameReference& reference) {
    const auto found = std::ranges::find(into, reference.target, &NameReference::target);
    if (found == into.end()) {
        into.push_back(reference);
        return {};
    }
    return merge_field_specs(found->referrers, reference.referrers);
}

base::Result<std::vector<NameReference>> parse_references(const model::Value& value, std::string_view where) {
    std::vector<NameReference> references;
    if (value.is_null()) {
        return references;
    }
    const model::Array* list = value.if_array();
    if (list == nullptr) {
        return base::Error{base::ErrorCode::kInvalid, fmt::format("{}: is no list", where)};
    }
    for (const model::Value& element : *list) {
        const auto written =
            canonical(element, {"group", "version", "kind", "fieldSpecs"}, UnknownKeys::kRefuse, where);
        if (!written) {
            return written.error();
        }
        auto target = read_arguments(*written, where, [](const model::Fields& fields) {
            return model::GroupVersionKind{fields.text("group"), fields.text("version"), fields.text("kind")};
        });
        if (!target) {
            return target.error();
        }
        auto specs =
            parse_field_specs(member_of(*written, "fieldSpecs"), fmt::format("{}.fieldSpecs", where));
        if (!specs) {
            return specs.error();
        }
        references.push_back({*std::move(target), *std::move(specs)});
    }
    return references;
}

}  // namespace

const TransformerConfig& default_config() {
    static const TransformerConfig kConfig = [] {
        TransformerConfig config = built_in_fields();
        config.name_reference = built_in_references();
        for (const Member& member : kMembers) {
            sort(config.*member.specs);
        }
        sort_by_kind(config.name_reference, [](const NameReference& reference) { return gvk_of(reference); });
        for (NameReference& reference : config.name_reference) {
            sort(reference.referrers);
        }
        return config;
    }();
    return kConfig;
}

base::Result<void> merge(TransformerConfig& into, const TransformerConfig& more) {
    for (const Member& member : kMembers) {
        if ((more.*member.specs).empty()) {
            continue;
        }
        if (auto merged = merge_field_specs(into.*member.specs, more.*member.specs); !merged) {
            return base::wrap(std::string(member.key), std::move(merged).error());
        }
        sort(into.*member.specs);
    }
    if (more.name_reference.empty()) {
        return {};
    }
    for (const NameReference& reference : more.name_reference) {
        if (auto merged = merge_reference(into.name_reference, reference); !merged) {
            return base::wrap("nameReference", std::move(merged).error());
        }
    }
    sort_by_kind(into.name_reference, [](const NameReference& reference) { return gvk_of(reference); });
    return {};
}

base::Result<TransformerConfig> parse_config(const model::Value& value, std::string_view file) {
    const auto written =
        canonical(value,
                  {"namePrefix", "nameSuffix", "namespace", "commonLabels", "labels", "templateLabels",
                   "commonAnnotations", "nameReference", "varReference", "images", "replicas"},
                  UnknownKeys::kRefuse, file);
    if (!written) {
        return written.error();
    }
    TransformerConfig config;
    for (const Member& member : kMembers) {
        auto specs =
            parse_field_specs(member_of(*written, member.key), fmt::format("{}: {}", file, member.key));
        if (!specs) {
            return specs.error();
        }
        config.*member.specs = *std::move(specs);
        sort(config.*member.specs);
    }
    auto references =
        parse_references(member_of(*written, "nameReference"), fmt::format("{}: nameReference", file));
    if (!references) {
        return references.error();
    }
    config.name_reference = *std::move(references);
    return config;
}

}  // namespace transform
