// SPDX-License-Identifier: 0BSD
// Template: a Kubernetes JSONPath template ("{.metadata.name}{"\n"}"), parsed once and filled from any number of objects.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "model/value.hpp"

namespace jsonpath {

// Far longer than what anybody writes by hand; parsing is linear in it.
inline constexpr std::size_t kTemplateBytesMax = std::size_t{64} << 10U;
// Filters and unions within filters within unions: more than two levels say nothing useful.
inline constexpr std::size_t kNestingMax = 16;
// Each open {range} is a level of the call stack.
inline constexpr std::size_t kRangeNestingMax = 32;
// Values that one evaluation may visit: `{..x}` over a list of ten thousand Pods, and a tenth of a second.
inline constexpr std::size_t kVisitsMax = 4'000'000;
// What one evaluation may write: as much as an artifact may hold.
inline constexpr std::size_t kOutputBytesMax = std::size_t{64} << 20U;

struct Options {
    // A key that is not there gives nothing instead of an error.
    bool allow_missing_keys = false;
};

struct Node;

class Template {
public:
    // Errors: kInvalid ("column 7: unterminated array"); kLimitExceeded (too long, or nested too deeply)
    static base::Result<Template> parse(std::string_view text);

    // The text that the template makes of `root`. Values of one {…} are joined by blanks, maps and lists are written as JSON, map
    // keys are visited in their order.
    //
    // Errors:
    //   kNotFound       a key that is not there
    //   kInvalid        an index out of bounds, a list where there is none, values that cannot be compared, a stray {end}
    //   kLimitExceeded  a bound above
    base::Result<std::string> evaluate(const model::Value& root, Options options) const;

private:
    explicit Template(std::shared_ptr<const Node> root) : root_(std::move(root)) {}

    std::shared_ptr<const Node> root_;  // a list of texts and of lists, one for each {…}
};

// The form that kubectl takes in `custom-columns` and `--sort-by`: "a.b", ".a.b", "{a.b}" and "{.a.b}" all become "{.a.b}".
// Errors: kInvalid (other braces)
base::Result<std::string> relaxed(std::string_view expression);

}  // namespace jsonpath
