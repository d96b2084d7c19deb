// SPDX-License-Identifier: 0BSD
// The first line names the variables ("a=hello;b=1"), the rest is the text.
#include <cstddef>
#include <cstdint>

#include "base/invariant.hpp"
#include "model/json.hpp"
#include "model/yaml.hpp"
#include "rules/envsubst/objects.hpp"
#include "rules/envsubst/substitute.hpp"

namespace {

envsubst::Variables read_variables(std::string_view line) {
    envsubst::Variables variables;
    while (!line.empty()) {
        const std::string_view entry = line.substr(0, line.find(';'));
        line.remove_prefix(std::min(entry.size() + 1, line.size()));
        const std::size_t equals = entry.find('=');
        variables[std::string(entry.substr(0, equals))] =
            equals == std::string_view::npos ? "" : entry.substr(equals + 1);
    }
    return variables;
}

// Per object and over the whole stream: the same objects, when both succeed.
void check_objects(std::string_view text, const envsubst::Variables& variables) {
    const model::YamlLimits limits{.bytes_max = std::size_t{1} << 16U, .depth_max = 32, .nodes_max = 2'000};
    const auto documents = model::parse_yaml(text, "f", limits);
    if (!documents) {
        return;
    }
    std::vector<model::Value> objects;
    std::string stream;
    for (const model::YamlDocument& document : *documents) {
        objects.push_back(document.value);
        stream += "---\n" + model::to_yaml(document.value);
    }
    if (!envsubst::substitute_objects(objects, variables, {.strict = false}) || variables.empty()) {
        return;
    }
    const auto whole = envsubst::substitute(stream, variables, {.strict = false});
    base::invariant(whole.has_value(), "what is well formed object by object is so as a whole");
    const auto expected = model::parse_yaml(*whole, "whole");
    base::invariant(expected.has_value() && expected->size() == objects.size(), "the same documents");
    for (std::size_t index = 0; index < objects.size(); ++index) {
        base::invariant(model::to_json(objects[index]) == model::to_json((*expected)[index].value),
                        "the same objects");
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const std::string_view input(reinterpret_cast<const char*>(bytes), size);
    const std::size_t line_end = std::min(input.find('\n'), input.size());
    const std::string_view text = input.substr(std::min(line_end + 1, input.size()));
    const envsubst::Variables variables = read_variables(input.substr(0, line_end));
    const auto strict = envsubst::substitute(text, variables, {.strict = true});
    const auto lenient = envsubst::substitute(text, variables, {.strict = false});
    if (strict) {
        base::invariant(lenient.has_value() && *lenient == *strict,
                        "what needs no unset variable is the same in both ways");
    } else {
        base::invariant(strict.error().message.starts_with("line "), "an error names its place");
    }
    if (!envsubst::needs_substitution(text)) {
        base::invariant(strict.has_value() && *strict == text, "text without variables stays");
    }
    check_objects(text, variables);
    return 0;
}
