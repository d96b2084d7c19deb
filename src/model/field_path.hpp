// SPDX-License-Identifier: 0BSD
// Field paths: "spec.template.spec.containers[0].image", for messages and for reading and setting single fields.
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.hpp"
#include "model/value.hpp"

namespace model {

// A map key or a list index.
using PathStep = std::variant<std::string, std::size_t>;

class FieldPath {
public:
    FieldPath() = default;
    explicit FieldPath(std::vector<PathStep> steps) : steps_(std::move(steps)) {}
    // Reads the text form; keys with dots or brackets are written ["a.b/c"]. Errors: kInvalid.
    static base::Result<FieldPath> parse(std::string_view text);

    FieldPath child(std::string key) const;
    FieldPath child(std::size_t index) const;
    const std::vector<PathStep>& steps() const { return steps_; }
    // The text form; "" for the root.
    std::string text() const;

    // The value at this path, or nullptr.
    const Value* find(const Value& root) const;
    // Sets the value, making missing maps on the way. Errors: kInvalid where a parent has another type or the index is out
    // of range.
    base::Result<void> set(Value& root, Value value) const;
    // Removes the value; true when something was there.
    bool remove(Value& root) const;

private:
    std::vector<PathStep> steps_;
};

}  // namespace model
