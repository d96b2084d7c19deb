// SPDX-License-Identifier: 0BSD
// A list of three YAML documents in flow or block style: each way to patch is tried on them. The third may be a schema.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/invariant.hpp"
#include "model/yaml.hpp"
#include "rules/patch/equality.hpp"
#include "rules/patch/json_patch.hpp"
#include "rules/patch/kustomize_merge.hpp"
#include "rules/patch/merge_patch.hpp"
#include "rules/patch/schema.hpp"
#include "rules/patch/strategic_merge.hpp"

namespace {

using model::Value;

bool has_nulls(const Value& value) {
    if (const model::Object* map = value.if_object()) {
        return std::ranges::any_of(*map, [](const auto& field) { return has_nulls(field.value()); });
    }
    if (const model::Array* list = value.if_array()) {
        return std::ranges::any_of(*list, has_nulls);
    }
    return value.is_null();
}

void check_merge_patch(const Value& original, const Value& modified) {
    const auto patch = patch::create_merge_patch(original, modified);
    if (!patch || !patch->is_object() || has_nulls(modified)) {
        return;
    }
    const auto result = patch::apply_merge_patch(original, *patch);
    base::invariant(result.has_value() && patch::equal_values(*result, modified),
                    "the patch between two documents turns one into the other");
}

void check_strategic(const Value& original, const Value& modified, const Value& current,
                     const patch::Schema& schema) {
    const model::GroupVersionKind kind = model::gvk_of(original);
    (void)patch::apply_strategic_merge(original, modified, schema, kind);
    const auto patch = patch::create_strategic_merge(original, modified, schema, kind);
    const bool is_same = patch::equal_json(original, modified) && patch.has_value();
    base::invariant(!is_same || patch->get_object().empty(), "equal documents have an empty patch");
    for (const bool overwrite : {false, true}) {
        (void)patch::create_three_way_strategic_merge(
            {.original = original, .modified = modified, .current = current, .overwrite = overwrite}, schema,
            kind);
    }
}

void check_kyaml(const Value& base, const Value& change, const Value& updated, const patch::Schema& schema) {
    for (const bool choice : {false, true}) {
        (void)patch::kyaml_merge(base, change, schema,
                                 {.infer_associative_lists = choice, .prepend_items = !choice});
        (void)patch::kyaml_merge_three_way({.local = base, .original = change, .updated = updated}, schema,
                                           {.infer_associative_lists = choice});
    }
    const auto same = patch::kustomize_merge(base, Value(model::Object()), schema);
    base::invariant(!base.is_object() || same.has_value() || !same.error().message.empty(),
                    "an error says why");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(bytes), size);
    const model::YamlLimits limits{.bytes_max = std::size_t{1} << 16U, .depth_max = 32, .nodes_max = 2'000};
    const auto documents = model::parse_yaml_one(text, "f", limits);
    if (!documents || !documents->is_array() || documents->get_array().size() != 3) {
        return 0;
    }
    const Value& first = documents->get_array()[0];
    const Value& second = documents->get_array()[1];
    const Value& third = documents->get_array()[2];
    (void)patch::apply_json_patch(first, second);
    check_merge_patch(first, second);
    check_strategic(first, second, third, *patch::kubernetes_schema());
    check_kyaml(first, second, third, *patch::kustomize_schema());
    if (const auto schema = patch::parse_schema(third)) {
        check_strategic(first, second, second, **schema);
        check_kyaml(first, second, second, **schema);
    }
    return 0;
}
