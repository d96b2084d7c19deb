// SPDX-License-Identifier: 0BSD
#include "rules/transform/name_affix.hpp"

#include <utility>
#include <vector>

#include <fmt/format.h>

#include "rules/transform/arguments.hpp"
#include "rules/transform/id_view.hpp"
#include "rules/transform/resources.hpp"
#include "rules/transform/scalar_text.hpp"

namespace transform {
namespace {

constexpr std::string_view kNamePath = "metadata/name";

// Their names are bound to something else: a CustomResourceDefinition's to its group, a Namespace's to `namespace`.
bool keeps_its_name(const IdView& id) {
    return id.kind == "CustomResourceDefinition" || id.kind == "Namespace" ||
           (id.kind == "APIService" && id.group == "apiregistration.k8s.io");
}

enum class Side { kBefore, kAfter };

struct Affix {
    std::string_view text;
    Side side;

    base::Result<void> put_on(model::Value& field) const {
        const std::optional<std::string> old = text_of_scalar(field);
        if (!old) {
            return base::Error{base::ErrorCode::kInvalid,
                               "is no text, so that it can have neither prefix nor suffix"};
        }
        field = side == Side::kBefore ? fmt::format("{}{}", text, *old) : fmt::format("{}{}", *old, text);
        return {};
    }
    std::vector<std::string>& past_of(Resource& resource) const {
        return side == Side::kBefore ? resource.prefixes : resource.suffixes;
    }
};

base::Result<void> apply_affix(Resources& resources, const FieldSpecs& fields, const Affix& affix) {
    if (affix.text.empty()) {
        return {};
    }
    const VisitField put = [&affix](model::Value& field) { return affix.put_on(field); };
    for (const FieldSpec& field : fields) {
        FieldVisitor visitor({&field, 1}, CreateAs::kText);
        for (Resource& resource : resources) {
            const IdView original = original_view(resource);
            const ResourceId id = to_id(original);
            if (keeps_its_name(original) || !selects(field, id.gvk)) {
                continue;
            }
            if (field.path == kNamePath) {
                affix.past_of(resource).emplace_back(affix.text);
                remember_id(resource);
            }
            if (auto done = visitor.visit(resource.object, put); !done) {
                return done;
            }
        }
    }
    return {};
}

struct Written {
    std::string text;
    FieldSpecs fields;
};

base::Result<Written> parse_plugin(const model::Value& plugin, std::string_view key, std::string_view where) {
    const auto written = canonical(plugin, {key, "fieldSpecs"}, UnknownKeys::kIgnore, where);
    if (!written) {
        return written.error();
    }
    auto text =
        read_arguments(*written, where, [key](const model::Fields& fields) { return fields.text(key); });
    if (!text) {
        return text.error();
    }
    auto fields = parse_field_specs(member_of(*written, "fieldSpecs"), fmt::format("{}: fieldSpecs", where));
    if (!fields) {
        return fields.error();
    }
    return Written{*std::move(text), *std::move(fields)};
}

}  // namespace

base::Result<NamePrefix> parse_prefix_transformer(const model::Value& plugin) {
    auto written = parse_plugin(plugin, "prefix", "PrefixTransformer");
    if (!written) {
        return written.error();
    }
    return NamePrefix{std::move(written->text), std::move(written->fields)};
}

base::Result<NameSuffix> parse_suffix_transformer(const model::Value& plugin) {
    auto written = parse_plugin(plugin, "suffix", "SuffixTransformer");
    if (!written) {
        return written.error();
    }
    return NameSuffix{std::move(written->text), std::move(written->fields)};
}

base::Result<void> apply(Resources& resources, const NamePrefix& prefix) {
    return apply_affix(resources, prefix.fields, {prefix.text, Side::kBefore});
}

base::Result<void> apply(Resources& resources, const NameSuffix& suffix) {
    return apply_affix(resources, suffix.fields, {suffix.text, Side::kAfter});
}

}  // namespace transform
