// SPDX-License-Identifier: 0BSD
#include "rules/transform/annotations.hpp"

#include <utility>

#include "rules/transform/arguments.hpp"
#include "rules/transform/set_entries.hpp"

namespace transform {

base::Result<Annotations> parse_common_annotations(const model::Value& pairs,
                                                   const TransformerConfig& config) {
    auto read = parse_text_map(pairs, "commonAnnotations");
    if (!read) {
        return read.error();
    }
    return Annotations{*std::move(read), config.common_annotations};
}

base::Result<Annotations> parse_annotations_transformer(const model::Value& plugin) {
    constexpr std::string_view kWhere = "AnnotationsTransformer";
    const auto written = canonical(plugin, {"annotations", "fieldSpecs"}, UnknownKeys::kIgnore, kWhere);
    if (!written) {
        return written.error();
    }
    auto pairs = parse_text_map(member_of(*written, "annotations"), "AnnotationsTransformer: annotations");
    if (!pairs) {
        return pairs.error();
    }
    auto fields = parse_field_specs(member_of(*written, "fieldSpecs"), "AnnotationsTransformer: fieldSpecs");
    if (!fields) {
        return fields.error();
    }
    return Annotations{*std::move(pairs), *std::move(fields)};
}

base::Result<void> apply(Resources& resources, const Annotations& annotations) {
    return set_entries(resources, annotations.pairs, annotations.fields);
}

}  // namespace transform
