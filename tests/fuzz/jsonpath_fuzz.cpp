// SPDX-License-Identifier: 0BSD
// The first line is an object in JSON, the rest the template.
#include <cstddef>
#include <cstdint>

#include "base/invariant.hpp"
#include "model/json.hpp"
#include "rules/jsonpath/template.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const std::string_view input(reinterpret_cast<const char*>(bytes), size);
    const std::size_t line_end = std::min(input.find('\n'), input.size());
    const std::string_view text = input.substr(std::min(line_end + 1, input.size()));
    const auto object = model::parse_json(input.substr(0, line_end), "f", 32).value_or(model::Value());
    if (const auto path = jsonpath::relaxed(text)) {
        base::invariant(path->empty() || (path->starts_with("{.") && path->ends_with("}")),
                        "a relaxed path has one form");
    }
    const auto parsed = jsonpath::Template::parse(text);
    if (!parsed) {
        base::invariant(
            parsed.error().message.starts_with("column ") || text.size() > jsonpath::kTemplateBytesMax,
            "an error names its place");
        return 0;
    }
    for (const bool allow_missing_keys : {false, true}) {
        const jsonpath::Options options{.allow_missing_keys = allow_missing_keys};
        const auto result = parsed->evaluate(object, options);
        const auto again = parsed->evaluate(object, options);
        base::invariant(result.has_value() == again.has_value() && (!result || *result == *again),
                        "a template keeps nothing from one object to the next");
        if (!text.contains('{')) {
            base::invariant(result.has_value() && *result == text, "plain text stays");
        }
    }
    return 0;
}
