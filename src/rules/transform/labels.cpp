// SPDX-License-Identifier: 0BSD
#include "rules/transform/labels.hpp"

#include <utility>

#include "rules/transform/arguments.hpp"
#include "rules/transform/set_entries.hpp"

namespace transform {
namespace {

struct Entry {
    std::map<std::string, std::string> pairs;
    bool include_selectors = false;
    bool include_templates = false;
};

// The fields of an entry besides those that it names itself.
base::Result<void> add_fields(FieldSpecs& fields, const Entry& entry, const TransformerConfig& config) {
    if (auto merged = merge_field_specs(fields, config.labels); !merged) {
        return merged;
    }
    if (entry.include_selectors) {
        return merge_field_specs(fields, config.common_labels);
    }
    if (entry.include_templates) {
        if (auto merged = merge_field_specs(fields, config.template_labels); !merged) {
            return merged;
        }
    }
    return merge_field_spec(
        fields, {.group = {}, .version = {}, .kind = {}, .path = "metadata/labels", .create = true});
}

}  // namespace

base::Result<Labels> parse_labels(const model::Value& entry, const TransformerConfig& config) {
    const auto written = canonical(entry, {"pairs", "includeSelectors", "includeTemplates", "fields"},
                                   UnknownKeys::kRefuse, "labels");
    if (!written) {
        return written.error();
    }
    const auto read = read_arguments(*written, "labels", [](const model::Fields& fields) {
        return Entry{fields.text_map("pairs"), fields.flag("includeSelectors"),
                     fields.flag("includeTemplates")};
    });
    if (!read) {
        return read.error();
    }
    auto fields = parse_field_specs(member_of(*written, "fields"), "labels.fields");
    if (!fields) {
        return fields.error();
    }
    Labels labels{read->pairs, *std::move(fields)};
    if (auto added = add_fields(labels.fields, *read, config); !added) {
        return base::wrap("labels", std::move(added).error());
    }
    return labels;
}

base::Result<Labels> parse_common_labels(const model::Value& pairs, const TransformerConfig& config) {
    auto read = parse_text_map(pairs, "commonLabels");
    if (!read) {
        return read.error();
    }
    return Labels{*std::move(read), config.common_labels};
}

base::Result<Labels> parse_label_transformer(const model::Value& plugin) {
    const auto written =
        canonical(plugin, {"labels", "fieldSpecs"}, UnknownKeys::kIgnore, "LabelTransformer");
    if (!written) {
        return written.error();
    }
    auto pairs = parse_text_map(member_of(*written, "labels"), "LabelTransformer: labels");
    if (!pairs) {
        return pairs.error();
    }
    auto fields = parse_field_specs(member_of(*written, "fieldSpecs"), "LabelTransformer: fieldSpecs");
    if (!fields) {
        return fields.error();
    }
    return Labels{*std::move(pairs), *std::move(fields)};
}

base::Result<void> apply(Resources& resources, const Labels& labels) {
    return set_entries(resources, labels.pairs, labels.fields);
}

}  // namespace transform
