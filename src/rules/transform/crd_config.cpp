// SPDX-License-Identifier: 0BSD
// What OpenAPI definitions of custom kinds say of their fields: which hold labels, annotations, names and references.
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "rules/transform/config.hpp"
#include "rules/transform/id_view.hpp"

namespace transform {
namespace {

// Definitions may refer to each other in circles; no kind in use nests deeper.
constexpr std::size_t kDepthMax = 32;

std::optional<std::string> extension(const model::Object& property, std::string_view key) {
    const model::Value* value = property.if_contains(key);
    const boost::json::string* text = value == nullptr ? nullptr : value->if_string();
    return text == nullptr ? std::nullopt : std::optional<std::string>(text_view(*text));
}

std::string join(const std::vector<std::string>& steps) {
    std::string path;
    for (const std::string& step : steps) {
        path += (path.empty() ? "" : "/") + step;
    }
    return path;
}

const model::Object* properties_of(const model::Value& definition) {
    const model::Object* properties = model::find_object(definition, {"Schema", "properties"});
    return properties == nullptr ? model::find_object(definition, {"schema", "properties"}) : properties;
}

class Reader {
public:
    Reader(const model::Object& definitions, std::string_view type) : definitions_(definitions) {
        const std::size_t dot = type.rfind('.');
        kind_ = type.substr(dot == std::string_view::npos ? 0 : dot + 1);
    }

    base::Result<void> read(std::string_view type, std::vector<std::string>& path,
                            TransformerConfig& config) const {
        if (path.size() >= kDepthMax) {
            return {};
        }
        const model::Value* definition = definitions_.if_contains(type);
        const model::Object* properties = definition == nullptr ? nullptr : properties_of(*definition);
        if (properties == nullptr) {
            return {};
        }
        for (const auto& entry : *properties) {
            const model::Object* property = entry.value().if_object();
            if (property == nullptr) {
                continue;
            }
            path.emplace_back(entry.key());
            auto done = read_property(*property, path, config);
            path.pop_back();
            if (!done) {
                return done;
            }
        }
        return {};
    }

private:
    FieldSpec spec(const std::vector<std::string>& path) const {
        return {.group = {}, .version = {}, .kind = kind_, .path = join(path), .create = false};
    }

    base::Result<void> read_property(const model::Object& property, std::vector<std::string>& path,
                                     TransformerConfig& config) const {
        const std::pair<std::string_view, FieldSpecs*> marks[] = {
            {"x-kubernetes-annotation", &config.common_annotations},
            {"x-kubernetes-label-selector", &config.common_labels},
            {"x-kubernetes-identity", &config.name_prefix}};
        for (const auto& [key, specs] : marks) {
            if (!extension(property, key)) {
                continue;
            }
            if (auto done = merge_field_spec(*specs, spec(path)); !done) {
                return done;
            }
        }
        const auto version = extension(property, "x-kubernetes-object-ref-api-version");
        const auto kind = extension(property, "x-kubernetes-object-ref-kind");
        if (version && kind) {
            path.push_back(extension(property, "x-kubernetes-object-ref-name-key").value_or("name"));
            config.name_reference.push_back({{"", *version, *kind}, {spec(path)}});
            path.pop_back();
        }
        const auto reference = extension(property, "$ref");
        return reference ? read(*reference, path, config) : base::Result<void>();
    }

    const model::Object& definitions_;
    std::string kind_;
};

bool looks_like_a_kind(const model::Value& definition) {
    const model::Object* properties = properties_of(definition);
    return properties != nullptr && properties->contains("kind") && properties->contains("apiVersion") &&
           properties->contains("metadata");
}

}  // namespace

base::Result<TransformerConfig> parse_crd_config(const model::Value& value, std::string_view file) {
    const model::Object* definitions = value.if_object();
    if (definitions == nullptr) {
        return base::Error{base::ErrorCode::kInvalid,
                           fmt::format("{}: is no map of OpenAPI definitions", file)};
    }
    TransformerConfig config;
    for (const auto& entry : *definitions) {
        if (!looks_like_a_kind(entry.value())) {
            continue;
        }
        TransformerConfig of_kind;
        std::vector<std::string> path;
        const std::string_view type(entry.key().data(), entry.key().size());
        if (auto done = Reader(*definitions, type).read(type, path, of_kind); !done) {
            return base::wrap(std::string(file), std::move(done).error());
        }
        if (auto done = merge(config, of_kind); !done) {
            return base::wrap(std::string(file), std::move(done).error());
        }
    }
    return config;
}

}  // namespace transform
