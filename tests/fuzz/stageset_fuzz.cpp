// SPDX-License-Identifier: 0BSD
#include <cstddef>
#include <cstdint>

#include "base/invariant.hpp"
#include "model/json.hpp"
#include "model/validate.hpp"
#include "model/yaml.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(bytes), size);
    const auto object =
        model::parse_yaml_one(text, "f", {.bytes_max = 100'000, .depth_max = 64, .nodes_max = 10'000});
    if (!object) {
        return 0;
    }
    if (const auto spec = model::parse_spec(*object)) {
        for (const model::FieldError& error : model::validate_spec(*spec)) {
            base::invariant(error.path.starts_with("spec."), "a violation names its field");
        }
        for (const model::Stage& stage : spec->stages) {
            base::invariant(model::effective_timeout(stage, *spec).count() > 0, "a timeout is above zero");
        }
    }
    model::StageSetStatus status = model::parse_status(*object);
    const model::Value once = model::to_value(status);
    const model::Value twice = model::to_value(model::parse_status(model::Value{{"status", once}}));
    base::invariant(model::to_json(once) == model::to_json(twice),
                    "a status that was written reads the same");
    model::Condition ready;
    ready.type = "Ready";
    ready.status = "True";
    model::set_condition(status.conditions, std::move(ready), {});
    base::invariant(model::find_condition(status.conditions, "Ready")->status == "True",
                    "a condition that was set is found");
    return 0;
}
