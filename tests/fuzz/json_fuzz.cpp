// SPDX-License-Identifier: 0BSD
#include "model/json.hpp"

#include <cstddef>
#include <cstdint>

#include "base/invariant.hpp"
#include "model/yaml.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(bytes), size);
    const auto value = model::parse_json(text, "text", 64);
    if (!value) {
        return 0;
    }
    const std::string written = model::to_json(*value);
    const auto back = model::parse_json(written, "written", 64);
    base::invariant(back.has_value(), "what was written can be read");
    base::invariant(model::to_json(*back) == written, "writing is stable");
    base::invariant(model::equal_modulo_empty(*back, *value), "what was written reads the same");
    const auto pretty = model::parse_json(model::to_json_pretty(*value), "pretty", 64);
    base::invariant(pretty.has_value() && *pretty == *back, "the indented form means the same");
    if (!value->is_null()) {
        const auto yaml = model::parse_yaml_one(model::to_yaml(*value), "yaml");
        base::invariant(yaml.has_value(), "the YAML of it can be read");
        base::invariant(model::equal_modulo_empty(*yaml, *value), "the YAML of it means the same");
    }
    return 0;
}
