// SPDX-License-Identifier: 0BSD
#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "base/invariant.hpp"
#include "model/yaml.hpp"
#include "rules/inventory/prune.hpp"

namespace {

inventory::Stored read(const model::Value& object) {
    const model::Value* const one[] = {&object};
    return inventory::read_shards(one);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(bytes), size);
    if (const auto id = inventory::parse_id(text)) {
        base::invariant(inventory::encode_id(*id) == text, "an id that was read is written the same");
    }
    const auto object =
        model::parse_yaml_one(text, "f", {.bytes_max = 100'000, .depth_max = 64, .nodes_max = 10'000});
    if (!object) {
        return 0;
    }
    (void)inventory::is_owned_by(*object, "u");
    for (const auto& [name, stage] : read(*object).stages) {
        base::invariant(std::ranges::is_sorted(
                            stage.entries, {},
                            [](const inventory::Entry& entry) { return inventory::encode_id(entry.id); }),
                        "entries are sorted by their ids");
        inventory::StageIdentity identity{.stageset = "s", .ns = "t", .uid = "u", .stage = name};
        identity.position = stage.position;
        identity.prune_enabled = stage.prune_enabled;
        identity.rebuilt = stage.rebuilt;
        const auto members = inventory::membership_of(stage.entries);
        const model::Value written = inventory::shard_object(identity, 0, "n", stage.entries, members);
        const inventory::Stored again = read(written);
        base::invariant(again.problems.empty(), "what was written can be read");
        base::invariant(
            inventory::same_shard(again.stages.at(name).shards.at(0), identity, stage.entries, members),
            "what was written reads the same");
        base::invariant(inventory::plan_teardown(again, {}).size() == (stage.prune_enabled ? 1U : 0U),
                        "a stage that is not in the spec goes unless it remembers that it stays");
    }
    return 0;
}
