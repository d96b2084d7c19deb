// SPDX-License-Identifier: 0BSD
#include "io/kms/ambient/surroundings.hpp"

#include <algorithm>
#include <utility>

#include <boost/asio/ip/address.hpp>
#include <fmt/format.h>

namespace kms_ambient {

namespace {

namespace ip = boost::asio::ip;

// Tokens, key files and credential files are a few KiB; a shared file of many profiles, some more.
constexpr std::size_t kFileBytesMax = std::size_t{256} << 10U;

bool is_link_local(const ip::address_v4& address) { return (address.to_uint() >> 16U) == 0xA9FEU; }

bool is_link_local(const ip::address_v6& address) {
    if (address.is_v4_mapped()) {
        return is_link_local(ip::make_address_v4(ip::v4_mapped, address));
    }
    const auto bytes = address.to_bytes();
    const bool is_ec2_metadata = bytes[0] == 0xFD && bytes[1] == 0x00 && bytes[2] == 0x0E && bytes[3] == 0xC2;
    const bool is_gce_metadata = bytes[0] == 0xFD && bytes[1] == 0x20 && bytes[2] == 0x00 && bytes[3] == 0xCE;
    return address.is_link_local() || is_ec2_metadata || is_gce_metadata;
}

}  // namespace

bool is_link_local(std::string_view address) {
    boost::system::error_code error;
    const auto parsed = ip::make_address(std::string(address), error);
    if (error) {
        return true;
    }
    return parsed.is_v4() ? is_link_local(parsed.to_v4()) : is_link_local(parsed.to_v6());
}

Surroundings::Surroundings(base::Executor executor, const base::Clock& clock, kms::AmbientOptions options)
    : executor_(std::move(executor)), clock_(clock), options_(std::move(options)) {}

std::string Surroundings::variable(std::string_view name) const {
    return options_.environment(name).value_or("");
}

base::Result<base::Secret> Surroundings::read(const std::string& path, std::string_view what) const {
    auto text = options_.read_file(path, kFileBytesMax);
    if (text) {
        return base::Secret(std::move(*text));
    }
    if (text.error().code == base::ErrorCode::kNotFound) {
        return base::Error{base::ErrorCode::kNotFound, fmt::format("{} does not exist", what)};
    }
    const bool is_too_large = text.error().code == base::ErrorCode::kLimitExceeded;
    return base::Error{base::ErrorCode::kInvalid,
                       fmt::format("{} {}", what, is_too_large ? "is too large" : "cannot be read")};
}

base::Result<base::Secret> Surroundings::read_token(const std::string& path, std::string_view what) const {
    const auto text = read(path, what);
    if (!text) {
        return text.error();
    }
    return token_of(text->reveal(), what);
}

base::Result<base::Secret> Surroundings::read_token_of(std::string_view variable) const {
    return read_token(this->variable(variable), fmt::format("the file of {}", variable));
}

http::Client& Surroundings::outside() {
    if (!outside_) {
        http::ClientOptions settings;
        settings.connect_filter = [](std::string_view address) { return !is_link_local(address); };
        outside_ = options_.make_client(std::move(settings));
    }
    return *outside_;
}

http::Client& Surroundings::metadata() {
    if (!metadata_) {
        http::ClientOptions settings;
        settings.no_proxy = true;
        settings.connect_filter = [](std::string_view address) { return is_link_local(address); };
        metadata_ = options_.make_client(std::move(settings));
    }
    return *metadata_;
}

http::Client& Surroundings::named_metadata() {
    if (!named_metadata_) {
        http::ClientOptions settings;
        settings.no_proxy = true;
        named_metadata_ = options_.make_client(std::move(settings));
    }
    return *named_metadata_;
}

std::shared_ptr<http::Client> Surroundings::vault(const std::string& ca_pem) {
    if (!vault_ || vault_ca_pem_ != ca_pem) {
        http::ClientOptions settings;
        settings.tls.ca_pem = ca_pem;
        settings.connect_filter = [](std::string_view address) { return !is_link_local(address); };
        vault_ = options_.make_client(std::move(settings));
        vault_ca_pem_ = ca_pem;
    }
    return vault_;
}

base::Result<base::Secret> token_of(std::string_view text, std::string_view where) {
    constexpr std::string_view kBlanks = " \t\r\n";
    const auto begin = text.find_first_not_of(kBlanks);
    const auto end = text.find_last_not_of(kBlanks);
    const auto token =
        begin == std::string_view::npos ? std::string_view() : text.substr(begin, end - begin + 1);
    // It becomes a header's value.
    if (token.empty() || !std::ranges::all_of(token, [](char c) { return c > 0x20 && c < 0x7F; })) {
        return base::Error{base::ErrorCode::kInvalid, fmt::format("{} holds no token", where)};
    }
    return base::Secret(std::string(token));
}

}  // namespace kms_ambient
