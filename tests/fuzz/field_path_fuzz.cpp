// SPDX-License-Identifier: 0BSD
#include "model/field_path.hpp"

#include <cstddef>
#include <cstdint>

#include "base/invariant.hpp"
#include "model/json.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(bytes), size);
    const auto path = model::FieldPath::parse(text);
    if (!path) {
        return 0;
    }
    const auto again = model::FieldPath::parse(path->text());
    base::invariant(again.has_value() && again->steps() == path->steps(), "the text names the same path");
    const char* const roots[] = {"{}", "null", "[]", "[[],{},1]", R"({"a":[{"b":1}],"":{"a":{}},"s":"x"})"};
    for (const char* const root : roots) {
        model::Value value = *model::parse_json(root, "root");
        const bool was_there = path->find(value) != nullptr;
        const bool set = path->set(value, "new").has_value();
        base::invariant(set || !was_there, "what is there can be set");
        base::invariant(!set || *path->find(value) == model::Value("new"), "what was set is found");
        if (set && !path->steps().empty()) {
            base::invariant(path->remove(value), "what was set can be removed");
        }
    }
    return 0;
}
