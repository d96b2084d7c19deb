// SPDX-License-Identifier: 0BSD
// Kubernetes' library of semantic versions: semver() reads one, with normalization where that is asked for.
#include <memory>
#include <utility>

#include "rules/cel/declaration.hpp"
#include "rules/cel/libraries.hpp"
#include "rules/cel/ordered_opaque.hpp"
#include "rules/cel/semantic_version.hpp"

namespace cel {
namespace {

using Arguments = std::span<const Value>;

Value no_overload() { return Value::error("no such overload"); }

base::Result<SemanticVersion> parsed(Arguments arguments) {
    const bool normalize = arguments.size() > 1 && arguments[1].as_bool();
    const std::string_view text = arguments[0].as_string();
    return normalize ? SemanticVersion::parse_normalized(text) : SemanticVersion::parse(text);
}

Value semver(CallContext& /*context*/, Arguments arguments) {
    auto version = parsed(arguments);
    return version ? Value::opaque(std::make_shared<const SemanticVersion>(*std::move(version)))
                   : Value::error(version.error().message);
}

Value is_semver(CallContext& /*context*/, Arguments arguments) {
    return Value::boolean(parsed(arguments).has_value());
}

template <std::uint64_t (SemanticVersion::*Number)() const>
Value number(CallContext& /*context*/, Arguments arguments) {
    const auto* target = arguments[0].as<SemanticVersion>();
    // As the original, numbers beyond 63 bits wrap around.
    return target == nullptr ? no_overload() : Value::integer(static_cast<std::int64_t>((target->*Number)()));
}

}  // namespace

void add_kubernetes_semver(FunctionSet& functions) {
    const Type type = SemanticVersion::opaque_type();
    const Type text = string_type();
    Declarations declare(functions);
    declare.global("string_to_semver", "semver", {text}, type, semver);
    declare.global("string_bool_to_semver", "semver", {text, bool_type()}, type, semver);
    declare.global("is_semver_string", "isSemver", {text}, bool_type(), is_semver);
    declare.global("is_semver_string_bool", "isSemver", {text, bool_type()}, bool_type(), is_semver);
    declare.member("semver_major", "major", {type}, int_type(), number<&SemanticVersion::major_number>);
    declare.member("semver_minor", "minor", {type}, int_type(), number<&SemanticVersion::minor_number>);
    declare.member("semver_patch", "patch", {type}, int_type(), number<&SemanticVersion::patch_number>);
    declare.member("semver_is_greater_than", "isGreaterThan", {type, type}, bool_type(),
                   is_ordered<SemanticVersion, 1>);
    declare.member("semver_is_less_than", "isLessThan", {type, type}, bool_type(),
                   is_ordered<SemanticVersion, -1>);
    declare.member("semver_compare_to", "compareTo", {type, type}, int_type(), compare_to<SemanticVersion>);
}

}  // namespace cel
