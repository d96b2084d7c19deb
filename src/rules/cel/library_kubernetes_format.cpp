// SPDX-License-Identifier: 0BSD
// Kubernetes' library of named formats: format.dns1123Label().validate(text) lists what is wrong with the text.
#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "rules/cel/declaration.hpp"
#include "rules/cel/libraries.hpp"
#include "rules/cel/named_format.hpp"

namespace cel {
namespace {

using Arguments = std::span<const Value>;

template <std::size_t Index>
Value constant(CallContext& /*context*/, Arguments /*arguments*/) {
    return Value::opaque(NamedFormat::all()[Index]);
}

Value named(CallContext& /*context*/, Arguments arguments) {
    const auto formats = NamedFormat::all();
    const std::string_view name = arguments[0].as_string();
    const auto found =
        std::ranges::find_if(formats, [name](const auto& format) { return format->name() == name; });
    return found == formats.end() ? Value::optional_none() : Value::optional_of(Value::opaque(*found));
}

Value validate(CallContext& /*context*/, Arguments arguments) {
    const auto* format = arguments[0].as<NamedFormat>();
    if (format == nullptr) {
        return Value::error("no such overload");
    }
    std::vector<Value> complaints;
    for (std::string& complaint : format->check(arguments[1].as_string())) {
        complaints.push_back(Value::string(std::move(complaint)));
    }
    return complaints.empty() ? Value::optional_none()
                              : Value::optional_of(Value::list(std::move(complaints)));
}

template <std::size_t... Index>
void add_constants(Declarations& declare, std::index_sequence<Index...> /*indices*/) {
    const auto formats = NamedFormat::all();
    (declare.global(fmt::format("format.{}", formats[Index]->name()),
                    fmt::format("format.{}", formats[Index]->name()), {}, NamedFormat::opaque_type(),
                    constant<Index>),
     ...);
}

}  // namespace

void add_kubernetes_format(FunctionSet& functions) {
    const Type type = NamedFormat::opaque_type();
    Declarations declare(functions);
    add_constants(declare, std::make_index_sequence<NamedFormat::kCount>());
    declare.member("format-validate", "validate", {type, string_type()}, Type::optional(strings_type()),
                   validate);
    declare.global("format-named", "format.named", {string_type()}, Type::optional(type), named);
}

}  // namespace cel
