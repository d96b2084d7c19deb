// SPDX-License-Identifier: 0BSD
#include "rules/inventory/shard.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "base/digest.hpp"
#include "model/well_known.hpp"

namespace inventory {

namespace {

using model::Value;

constexpr std::size_t kNameMax = 253;  // of any object
constexpr std::size_t kCutName = 242;  // leaves room for '-' and the hash
constexpr std::size_t kHashDigits = 10;
constexpr std::string_view kDisabled = "disabled";
constexpr std::string_view kTrue = "true";

std::string short_hash(std::string_view text) { return base::sha256(text).hex().substr(0, kHashDigits); }

std::string cut_name(std::string full) {
    if (full.size() <= kNameMax) {
        return full;
    }
    std::string cut = full.substr(0, kCutName);
    while (cut.ends_with('-')) {
        cut.pop_back();
    }
    return fmt::format("{}-{}", cut, short_hash(full));
}

Value entries_value(std::span<const Entry> entries) {
    model::Array list;
    list.reserve(entries.size());
    for (const Entry& entry : entries) {
        model::Object item;
        item["id"] = encode_id(entry.id);
        item["v"] = entry.version;
        list.push_back(std::move(item));
    }
    return list;
}

Value metadata_value(const StageIdentity& stage, std::size_t index, std::string_view name) {
    model::Object metadata;
    metadata["name"] = name;
    metadata["namespace"] = stage.ns;
    model::Object labels;
    labels[model::kStageSetLabel] = stage.stageset;
    labels[model::kStageLabel] = stage.stage;
    labels[model::kShardLabel] = std::to_string(index);
    metadata["labels"] = std::move(labels);
    model::Object annotations;
    if (!stage.prune_enabled) {
        annotations[model::kPruneAnnotation] = kDisabled;
    }
    if (stage.rebuilt) {
        annotations[model::kRebuiltAnnotation] = kTrue;
    }
    if (!annotations.empty()) {
        metadata["annotations"] = std::move(annotations);
    }
    model::Object owner;
    owner["apiVersion"] = model::kApiVersion;
    owner["kind"] = "StageSet";
    owner["name"] = stage.stageset;
    owner["uid"] = stage.uid;
    owner["controller"] = true;
    owner["blockOwnerDeletion"] = true;
    metadata["ownerReferences"] = model::Array{std::move(owner)};
    return metadata;
}

model::ObjectId parent_id(std::string_view ns, std::string_view name) {
    return {std::string(model::kGroup), "StageInventory", std::string(ns), std::string(name)};
}

void add_parent_metadata(model::Object& shard, const ParentMetadata& parent) {
    model::Object& metadata = shard["metadata"].as_object();
    for (const auto& [key, value] : parent.labels) {
        metadata["labels"].as_object()[key] = value;
    }
    if (!metadata.contains("annotations")) {
        metadata["annotations"] = model::Object{};
    }
    for (const auto& [key, value] : parent.annotations) {
        metadata["annotations"].as_object()[key] = value;
    }
}

std::optional<std::size_t> parse_index(std::string_view text) {
    std::size_t index = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), index);
    if (text.empty() || error != std::errc() || end != text.data() + text.size()) {
        return std::nullopt;
    }
    return index;
}

Entries read_entries(const Value& object, std::string_view shard, std::vector<std::string>& problems) {
    std::vector<Entry> entries;
    const model::Array* list = model::find_array(object, {"spec", "entries"});
    if (list == nullptr) {
        return {};
    }
    for (const Value& item : *list) {
        auto id = parse_id(model::find_string(item, {"id"}));
        if (!id) {
            problems.push_back(fmt::format("StageInventory {}: {}", shard, id.error().message));
            continue;
        }
        std::string_view version = model::find_string(item, {"v"});
        version = version.substr(version.rfind('/') + 1);  // npos + 1 is 0: all of it
        entries.push_back({std::move(*id), std::string(version)});
    }
    return make_entries(std::move(entries));
}

StoredShard read_shard(const Value& object, std::vector<std::string>& problems) {
    StoredShard shard;
    shard.name = model::name_of(object);
    shard.uid = model::uid_of(object);
    shard.resource_version = model::resource_version_of(object);
    shard.position = static_cast<int>(model::find_integer(object, {"spec", "stagePosition"}).value_or(0));
    shard.prune_enabled = model::annotation_of(object, model::kPruneAnnotation) != kDisabled;
    shard.rebuilt = model::annotation_of(object, model::kRebuiltAnnotation) == kTrue;
    shard.parent = parent_metadata_in(object);
    shard.entries = read_entries(object, shard.name, problems);
    return shard;
}

}  // namespace

std::string shard_name(std::string_view stageset, std::string_view stage, std::size_t index) {
    return cut_name(fmt::format("{}-{}-{:02}", stageset, stage, index));
}

std::string fallback_shard_name(const StageIdentity& stage, std::size_t index) {
    // A slash is in no name, so that different stages hash different texts.
    const std::string hash = short_hash(fmt::format("{}/{}/{}", stage.ns, stage.stageset, stage.stage));
    return cut_name(fmt::format("{}-{}-{}-{:02}", stage.stageset, stage.stage, hash, index));
}

std::vector<std::span<const Entry>> pack(std::span<const Entry> entries, std::size_t cap) {
    const std::size_t size_max = cap == 0 ? kDefaultShardCap : cap;
    std::vector<std::span<const Entry>> shards;
    do {
        shards.push_back(entries.first(std::min(size_max, entries.size())));
        entries = entries.subspan(shards.back().size());
    } while (!entries.empty());
    return shards;
}

Value shard_object(const StageIdentity& stage, std::size_t index, std::string_view name,
                   std::span<const Entry> entries, const std::optional<Membership>& members) {
    model::Object object;
    object["apiVersion"] = model::kApiVersion;
    object["kind"] = "StageInventory";
    object["metadata"] = metadata_value(stage, index, name);
    if (members) {
        add_parent_metadata(object, parent_metadata(parent_id(stage.ns, name), *members));
    }
    model::Object spec;
    spec["stagePosition"] = stage.position;
    spec["entries"] = entries_value(entries);
    object["spec"] = std::move(spec);
    return object;
}

Value shard_patch(const Value& wanted, std::string_view resource_version) {
    Value patch = wanted;
    model::Object& metadata = patch.as_object()["metadata"].as_object();
    metadata.erase("ownerReferences");
    metadata["resourceVersion"] = resource_version;
    // What we may have written before and do not want now.
    const auto clear = [&metadata](std::string_view map, std::string_view key) {
        if (!metadata.contains(map)) {
            metadata[map] = model::Object{};
        }
        model::Object& values = metadata[map].as_object();
        if (!values.contains(key)) {
            values[key] = nullptr;
        }
    };
    clear("annotations", model::kPruneAnnotation);
    clear("annotations", model::kRebuiltAnnotation);
    for (const std::string_view key : kParentLabels) {
        clear("labels", key);
    }
    for (const std::string_view key : kParentAnnotations) {
        clear("annotations", key);
    }
    return patch;
}

const StoredStage& Stored::stage(std::string_view name) const {
    static const StoredStage none;
    const auto found = stages.find(name);
    return found == stages.end() ? none : found->second;
}

Stored read_shards(std::span<const Value* const> objects) {
    Stored stored;
    for (const Value* object : objects) {
        const auto stage_name = model::label_of(*object, model::kStageLabel);
        const auto index = parse_index(model::label_of(*object, model::kShardLabel).value_or(""));
        if (!stage_name || stage_name->empty() || !index) {
            stored.problems.push_back(fmt::format("StageInventory {} lacks the label {} or {}",
                                                  model::name_of(*object), model::kStageLabel,
                                                  model::kShardLabel));
            continue;
        }
        StoredShard shard = read_shard(*object, stored.problems);
        shard.index = *index;
        StoredStage& stage = stored.stages[std::string(*stage_name)];
        stage.position = std::max(stage.position, shard.position);
        stage.prune_enabled = stage.prune_enabled && shard.prune_enabled;
        stage.rebuilt = stage.rebuilt || shard.rebuilt;
        stage.entries = unite(stage.entries, shard.entries);
        stage.shards.push_back(std::move(shard));
    }
    for (auto& [name, stage] : stored.stages) {
        std::ranges::sort(stage.shards, {}, [](const StoredShard& shard) {
            return std::tuple(shard.index, std::string_view(shard.name));
        });
    }
    return stored;
}

bool same_shard(const StoredShard& stored, const StageIdentity& stage, std::span<const Entry> entries,
                const std::optional<Membership>& members) {
    const ParentMetadata parent =
        members ? parent_metadata(parent_id(stage.ns, stored.name), *members) : ParentMetadata{};
    return stored.position == stage.position && stored.prune_enabled == stage.prune_enabled &&
           stored.rebuilt == stage.rebuilt && stored.parent == parent &&
           std::ranges::equal(stored.entries, entries);
}

bool is_owned_by(const Value& object, std::string_view uid) {
    const model::Array* owners = model::find_array(object, {"metadata", "ownerReferences"});
    if (owners == nullptr) {
        return false;
    }
    return std::ranges::any_of(*owners, [uid](const Value& owner) {
        return model::find_bool(owner, {"controller"}).value_or(false) &&
               model::find_string(owner, {"uid"}) == uid && model::find_string(owner, {"kind"}) == "StageSet";
    });
}

}  // namespace inventory
