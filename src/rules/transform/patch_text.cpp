// SPDX-License-Identifier: 0BSD
// Reads patches as written, and finds out by their content what they are.
#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "model/json.hpp"
#include "model/yaml.hpp"
#include "rules/transform/arguments.hpp"
#include "rules/transform/id_view.hpp"
#include "rules/transform/metadata_texts.hpp"
#include "rules/transform/patches.hpp"

namespace transform {
namespace {

base::Error invalid(std::string message) { return {base::ErrorCode::kInvalid, std::move(message)}; }

std::string_view trim(std::string_view text) {
    constexpr std::string_view kSpace = " \t\r\n";
    const std::size_t first = text.find_first_not_of(kSpace);
    if (first == std::string_view::npos) {
        return "";
    }
    return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

// Adds the object, or those of a list, after a look at what each must have.
base::Result<void> add_object(std::vector<Resource>& into, model::Value object) {
    const IdView id = view_of(object);
    if (id.kind.empty()) {
        return invalid("missing kind in object");
    }
    if (id.kind.ends_with("List")) {
        if (model::Value* items = object.as_object().if_contains("items");
            items != nullptr && items->is_array()) {
            for (model::Value& item : items->get_array()) {
                if (auto done = add_object(into, std::move(item)); !done) {
                    return done;
                }
            }
            return {};
        }
    } else if (id.name.empty()) {
        return invalid("missing metadata.name in object");
    }
    Resource resource;
    resource.object = std::move(object);
    into.push_back(std::move(resource));
    return {};
}

base::Result<std::vector<Resource>> read_objects(std::string_view text, std::string_view source) {
    auto documents = model::parse_yaml(text, source, {}, model::YamlDialect::kKustomizeObjects);
    if (!documents) {
        return documents.error();
    }
    std::vector<Resource> objects;
    for (model::YamlDocument& document : *documents) {
        const model::Object* map = document.value.if_object();
        if (document.value.is_null() || (map != nullptr && map->empty())) {
            continue;
        }
        if (auto done = add_object(objects, std::move(document.value)); !done) {
            return done.error();
        }
        if (!objects.empty() && !document.comments.empty()) {
            objects.back().comments = std::move(document.comments);
        }
    }
    return objects;
}

// JSON when it begins like a list of JSON, else YAML.
base::Result<model::Value> read_list(std::string_view text, std::string_view source) {
    if (text.starts_with('[')) {
        return model::parse_json(text, source);
    }
    auto documents = model::parse_yaml(text, source);
    if (!documents) {
        return documents.error();
    }
    return documents->empty() ? model::Value() : std::move(documents->front().value);
}

base::Result<model::Value> read_operations(std::string_view text, std::string_view source) {
    auto operations = read_list(text, source);
    if (!operations) {
        return operations;
    }
    const model::Array* list = operations->if_array();
    const auto is_map = [](const model::Value& operation) { return operation.is_object(); };
    if (list == nullptr || !std::ranges::all_of(*list, is_map)) {
        return invalid("is no list of operations");
    }
    return operations;
}

// As the original does on its way to a target: a null there is the text "null" and removes nothing.
void rewrite_metadata(std::vector<Resource>& merges) {
    for (Resource& merge : merges) {
        rewrite_metadata_map(merge.object, "labels");
        rewrite_metadata_map(merge.object, "annotations");
    }
}

struct Written {
    std::string path;
    std::string patch;
    std::string operations;
};

base::Result<std::optional<Target>> parse_optional_target(const model::Value& value, std::string_view where) {
    if (value.is_null()) {
        return std::nullopt;
    }
    auto target = parse_target(value, where);
    if (!target) {
        return target.error();
    }
    return std::optional(*std::move(target));
}

}  // namespace

base::Result<PatchEntry> parse_patch_entry(const model::Value& entry) {
    constexpr std::string_view kWhere = "patches";
    const auto written =
        canonical(entry, {"path", "patch", "target", "options", "apiVersion", "kind", "metadata"},
                  UnknownKeys::kRefuse, kWhere);
    if (!written) {
        return written.error();
    }
    auto texts = read_arguments(*written, kWhere, [](const model::Fields& fields) {
        return Written{fields.text("path"), std::string(trim(fields.text("patch"))), {}};
    });
    if (!texts) {
        return texts.error();
    }
    if (texts->patch.empty() == texts->path.empty()) {
        return invalid(texts->path.empty() ? "must specify one of patch and path"
                                           : "patch and path can't be set at the same time");
    }
    auto target = parse_optional_target(member_of(*written, "target"), "patches.target");
    if (!target) {
        return target.error();
    }
    PatchEntry result{
        std::move(texts->path), std::move(texts->patch), *std::move(target), false, false, false};
    if (const model::Object* options = member_of(*written, "options").if_object()) {
        const auto is_set = [options](std::string_view key) {
            const model::Value* value = options->if_contains(key);
            return value != nullptr && value->is_bool() && value->get_bool();
        };
        result.allow_name_change = is_set("allowNameChange");
        result.allow_kind_change = is_set("allowKindChange");
    }
    return result;
}

base::Result<PatchEntry> parse_json6902_entry(const model::Value& entry) {
    constexpr std::string_view kWhere = "patchesJson6902";
    const auto written =
        canonical(entry, {"path", "patch", "jsonOp", "target", "options", "apiVersion", "kind", "metadata"},
                  UnknownKeys::kRefuse, kWhere);
    if (!written) {
        return written.error();
    }
    auto texts = read_arguments(*written, kWhere, [](const model::Fields& fields) {
        return Written{fields.text("path"), fields.text("patch"), fields.text("jsonOp")};
    });
    if (!texts) {
        return texts.error();
    }
    std::string operations =
        texts->operations.empty() ? std::move(texts->patch) : std::move(texts->operations);
    if (operations.empty() == texts->path.empty()) {
        return invalid(texts->path.empty() ? "empty file path and empty jsonOp"
                                           : "must specify a file path or jsonOp, not both");
    }
    auto target = parse_optional_target(member_of(*written, "target"), "patchesJson6902.target");
    if (!target) {
        return target.error();
    }
    if (!*target || (*target)->name.empty()) {
        return invalid("must specify the target field");
    }
    return PatchEntry{std::move(texts->path), std::move(operations), *std::move(target), false, false, true};
}

base::Result<Patch> read_patch(const PatchEntry& entry, std::string_view text) {
    Patch patch;
    patch.target = entry.target;
    patch.keeps_ids = entry.keeps_ids;
    patch.source = entry.path.empty() ? fmt::format("[patch: \"{}\"]", entry.patch)
                                      : fmt::format("[path: \"{}\"]", entry.path);
    auto merges = read_objects(text, patch.source);
    if (!merges) {
        auto operations = read_operations(text, patch.source);
        if (!operations) {
            return base::wrap(fmt::format("unable to parse SM or JSON patch from {}", patch.source),
                              std::move(merges).error());
        }
        if (!operations->get_array().empty()) {
            patch.operations = *std::move(operations);
        }
        return patch;
    }
    patch.merges = *std::move(merges);
    if (patch.target) {
        rewrite_metadata(patch.merges);
    }
    for (Resource& merge : patch.merges) {
        merge.allow_name_change = entry.allow_name_change;
        merge.allow_kind_change = entry.allow_kind_change;
    }
    return patch;
}

base::Result<Patch> read_strategic_merge(std::string_view text, std::string_view source) {
    auto merges = read_objects(text, source);
    if (!merges) {
        return base::wrap(fmt::format("unable to parse SM patch from {}", source), std::move(merges).error());
    }
    Patch patch;
    patch.merges = *std::move(merges);
    rewrite_metadata(patch.merges);
    patch.source = fmt::format("[path: \"{}\"]", source);
    return patch;
}

}  // namespace transform
