// SPDX-License-Identifier: 0BSD
#include "rules/sops/cipher.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>

#include <fmt/format.h>
#include <openssl/crypto.h>

#include "base/base64.hpp"
#include "model/number_text.hpp"
#include "rules/sops/gcm.hpp"

namespace sops {
namespace {

struct Sealed {
    std::string_view data;
    std::string_view iv;
    std::string_view tag;
    std::string_view type;
};

// None of the parts holds a comma, so the separators are searched for in order.
std::optional<Sealed> split(std::string_view text) {
    constexpr std::string_view kBegin = "ENC[AES256_GCM,data:";
    if (!text.starts_with(kBegin) || !text.ends_with(']')) {
        return std::nullopt;
    }
    text.remove_prefix(kBegin.size());
    text.remove_suffix(1);
    Sealed sealed;
    const std::size_t iv = text.find(",iv:");
    const std::size_t tag = text.find(",tag:");
    const std::size_t type = text.find(",type:");
    if (iv == std::string_view::npos || tag == std::string_view::npos || type == std::string_view::npos ||
        iv > tag || tag > type) {
        return std::nullopt;
    }
    sealed.data = text.substr(0, iv);
    sealed.iv = text.substr(iv + 4, tag - iv - 4);
    sealed.tag = text.substr(tag + 5, type - tag - 5);
    sealed.type = text.substr(type + 6);
    return sealed;
}

base::Error refused(std::string_view reason) {
    return {.code = base::ErrorCode::kInvalid,
            .message = fmt::format("a value cannot be decrypted: {}", reason)};
}

base::Result<Scalar> integer(std::string_view text) {
    const std::string_view digits = text.starts_with('+') ? text.substr(1) : text;
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (error != std::errc() || end != digits.data() + digits.size()) {
        return std::unexpected(refused("it is not an integer, as its type says"));
    }
    return Scalar{ScalarKind::kInteger, base::Secret(std::to_string(number))};
}

base::Result<Scalar> floating(base::Secret text) {
    const std::string_view written = text.reveal();
    if (written == "NaN" || written == "+Inf" || written == "-Inf") {
        return Scalar{ScalarKind::kFloat, std::move(text)};
    }
    double number = 0;
    if (!model::parse_decimal(written, number)) {
        return std::unexpected(refused("it is not a number, as its type says"));
    }
    return Scalar{ScalarKind::kFloat, fixed_number(number)};
}

base::Result<Scalar> truth(std::string_view text) {
    for (const std::string_view yes : {"1", "t", "T", "true", "TRUE", "True"}) {
        if (text == yes) {
            return Scalar{ScalarKind::kBool, base::Secret("True")};
        }
    }
    for (const std::string_view no : {"0", "f", "F", "false", "FALSE", "False"}) {
        if (text == no) {
            return Scalar{ScalarKind::kBool, base::Secret("False")};
        }
    }
    return std::unexpected(refused("it is not a bool, as its type says"));
}

base::Result<Scalar> typed(std::string_view type, base::Secret text) {
    if (type == "str") {
        return Scalar{ScalarKind::kText, std::move(text)};
    }
    if (type == "int") {
        return integer(text.reveal());
    }
    if (type == "float") {
        return floating(std::move(text));
    }
    if (type == "bool") {
        return truth(text.reveal());
    }
    if (type == "bytes") {
        return Scalar{ScalarKind::kBytes, std::move(text)};
    }
    if (type == "time") {
        return Scalar{ScalarKind::kTime, std::move(text)};
    }
    if (type == "comment") {
        return Scalar{ScalarKind::kComment, std::move(text)};
    }
    return std::unexpected(refused("its type is unknown"));
}

}  // namespace

// std::chars_format::fixed prints large numbers to their last digit; the shortest digits that read the same are asked for.
base::Secret fixed_number(double number) {
    if (std::isnan(number) || std::isinf(number)) {
        return base::Secret(std::isnan(number) ? "NaN" : number < 0 ? "-Inf" : "+Inf");
    }
    std::array<char, 32> buffer{};  // sign, 17 digits, point and exponent
    const auto [end, error] =
        std::to_chars(buffer.data(), buffer.data() + buffer.size(), number, std::chars_format::scientific);
    const std::string_view written(buffer.data(), end);
    const std::size_t mark = written.find('e');
    int exponent = 0;
    std::from_chars(written.data() + mark + (written[mark + 1] == '+' ? 2 : 1), end, exponent);
    std::string digits(written.substr(0, mark));
    const bool is_negative = digits.starts_with('-');
    std::erase_if(digits, [](char letter) { return letter == '-' || letter == '.'; });
    const auto count = static_cast<int>(digits.size());
    if (exponent < 0) {
        digits.insert(0, "0." + std::string(static_cast<std::size_t>(-exponent - 1), '0'));
    } else if (exponent < count - 1) {
        digits.insert(static_cast<std::size_t>(exponent) + 1, ".");
    } else {
        digits.append(static_cast<std::size_t>(exponent - count + 1), '0');
    }
    base::Secret text(is_negative ? "-" : "");
    text.append(base::Secret(std::move(digits)).reveal());
    OPENSSL_cleanse(buffer.data(), buffer.size());
    return text;
}

base::Result<Scalar> decrypt_value(std::string_view text, const base::Secret& key,
                                   std::string_view additional) {
    if (text.empty()) {
        return Scalar{};
    }
    const auto sealed = split(text);
    if (!sealed) {
        return std::unexpected(refused("it should be encrypted and is not in the form ENC[AES256_GCM,…]"));
    }
    const auto data = base::decode_base64(sealed->data);
    const auto iv = base::decode_base64(sealed->iv);
    const auto tag = base::decode_base64(sealed->tag);
    auto opened = data && iv && tag ? open_gcm(key.reveal(), *iv, additional, *data, *tag) : std::nullopt;
    if (!opened) {
        return std::unexpected(refused("it, its key or its place was changed after encryption"));
    }
    return typed(sealed->type, std::move(*opened));
}

}  // namespace sops
