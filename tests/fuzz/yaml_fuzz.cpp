// SPDX-License-Identifier: 0BSD
#include "model/yaml.hpp"

#include <cstddef>
#include <cstdint>

#include "base/invariant.hpp"
#include "model/json.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(bytes), size);
    const model::YamlLimits limits{.bytes_max = std::size_t{1} << 20U, .depth_max = 64, .nodes_max = 20'000};
    for (const model::YamlDialect dialect : {model::YamlDialect::kKubectl, model::YamlDialect::kKustomize,
                                             model::YamlDialect::kKustomizeObjects}) {
        const auto documents = model::parse_yaml(text, "f", limits, dialect);
        if (!documents) {
            base::invariant(documents.error().message.starts_with("f:"), "an error names its place");
            continue;
        }
        for (const model::YamlDocument& document : *documents) {
            for (const model::FieldComment& comment : document.comments) {
                base::invariant(!comment.path.empty() && comment.text.starts_with('{'),
                                "a comment belongs to a field and is a map");
            }
            const std::string written = model::to_yaml(document.value);
            const auto back = model::parse_yaml_one(written, "written");
            base::invariant(back.has_value(), "what was written can be read");
            base::invariant(model::to_json(*back) == model::to_json(document.value),
                            "what was written reads the same");
            base::invariant(model::to_yaml(*back) == written, "writing is stable");
        }
    }
    return 0;
}
