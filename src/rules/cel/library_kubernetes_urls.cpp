// SPDX-License-Identifier: 0BSD
// Kubernetes' library of URLs: url() reads one, the get functions take it apart.
#include <memory>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "rules/cel/declaration.hpp"
#include "rules/cel/libraries.hpp"
#include "rules/cel/url.hpp"

namespace cel {
namespace {

using Arguments = std::span<const Value>;

Value no_overload() { return Value::error("no such overload"); }

Value url(CallContext& /*context*/, Arguments arguments) {
    auto parsed = Url::parse(arguments[0].as_string());
    if (!parsed) {
        return Value::error(
            fmt::format("URL parse error during conversion from string: {}", parsed.error().message));
    }
    return Value::opaque(std::make_shared<const Url>(*std::move(parsed)));
}

Value is_url(CallContext& /*context*/, Arguments arguments) {
    return Value::boolean(Url::check(arguments[0].as_string()).has_value());
}

template <auto Part>
Value part_of(CallContext& /*context*/, Arguments arguments) {
    const auto* target = arguments[0].as<Url>();
    return target == nullptr ? no_overload() : Value::string((target->*Part)());
}

Value query(CallContext& /*context*/, Arguments arguments) {
    const auto* target = arguments[0].as<Url>();
    if (target == nullptr) {
        return no_overload();
    }
    std::vector<std::pair<Value, Value>> entries;
    for (auto& [name, texts] : target->query()) {
        std::vector<Value> values;
        values.reserve(texts.size());
        for (std::string& text : texts) {
            values.push_back(Value::string(std::move(text)));
        }
        entries.emplace_back(Value::string(std::move(name)), Value::list(std::move(values)));
    }
    return Value::map(std::move(entries));
}

}  // namespace

void add_kubernetes_urls(FunctionSet& functions) {
    const Type type = Url::opaque_type();
    Declarations declare(functions);
    declare.global("string_to_url", "url", {string_type()}, type, url);
    declare.global("is_url_string", "isURL", {string_type()}, bool_type(), is_url);
    declare.member("url_get_scheme", "getScheme", {type}, string_type(), part_of<&Url::scheme>);
    declare.member("url_get_host", "getHost", {type}, string_type(), part_of<&Url::host>);
    declare.member("url_get_hostname", "getHostname", {type}, string_type(), part_of<&Url::hostname>);
    declare.member("url_get_port", "getPort", {type}, string_type(), part_of<&Url::port>);
    declare.member("url_get_escaped_path", "getEscapedPath", {type}, string_type(),
                   part_of<&Url::escaped_path>);
    declare.member("url_get_query", "getQuery", {type}, Type::map(string_type(), strings_type()), query);
}

}  // namespace cel
