// SPDX-License-Identifier: 0BSD
// The library of encodings (cel-go, ext/encoders): Base64, read with or without padding, and JSON.
#include <algorithm>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "base/base64.hpp"
#include "rules/cel/declaration.hpp"
#include "rules/cel/json_text.hpp"
#include "rules/cel/libraries.hpp"

namespace cel {
namespace {

using Arguments = std::span<const Value>;

bool is_base64_character(char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '/';
}

Value malformed(std::size_t at) {
    return Value::error(fmt::format("illegal base64 data at input byte {}", at));
}

Value decode(CallContext& /*context*/, Arguments arguments) {
    std::string text(arguments[0].as_string());
    std::erase_if(text, [](char c) { return c == '\n' || c == '\r'; });
    const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
    const std::size_t letters = text.size() - padding;
    const auto* const wrong = std::find_if_not(text.data(), text.data() + letters, is_base64_character);
    if (wrong != text.data() + letters) {
        return malformed(static_cast<std::size_t>(wrong - text.data()));
    }
    if (letters % 4 == 1 || (padding > 0 && text.size() % 4 != 0)) {
        return malformed(letters);
    }
    text.append((4 - text.size() % 4) % 4, '=');
    auto bytes = base::decode_base64(text);
    return bytes ? Value::bytes(*std::move(bytes)) : malformed(letters);
}

Value encode(CallContext& /*context*/, Arguments arguments) {
    return Value::string(base::encode_base64(arguments[0].as_bytes()));
}

Value encode_json(CallContext& context, Arguments arguments) { return json_text(context, arguments[0]); }

}  // namespace

void add_encoders(FunctionSet& functions) {
    Declarations declare(functions);
    declare.global("base64_decode_string", "base64.decode", {string_type()}, bytes_type(), decode);
    declare.global("base64_encode_bytes", "base64.encode", {bytes_type()}, string_type(), encode);
    declare.global("json_encode_dyn", "json.encode", {Type::dyn()}, string_type(), encode_json);
}

}  // namespace cel
