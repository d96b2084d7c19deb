// SPDX-License-Identifier: 0BSD
// Url from text and back. The parser notes the first thing that is wrong and stops there.
#include "rules/cel/url.hpp"

#include <algorithm>
#include <expected>
#include <unordered_map>

#include <fmt/format.h>

#include "rules/cel/network_address.hpp"
#include "rules/cel/quoted.hpp"
#include "rules/cel/url_escape.hpp"

namespace cel {
namespace {

using Reason = std::string;
using Step = std::expected<void, Reason>;

// "a" and "b" of "a:b"; everything and nothing where there is no separator.
std::pair<std::string_view, std::string_view> cut(std::string_view text, char separator) {
    const std::size_t at = text.find(separator);
    return at == std::string_view::npos ? std::pair(text, std::string_view{})
                                        : std::pair(text.substr(0, at), text.substr(at + 1));
}

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }

// "", or a colon and digits.
bool is_port(std::string_view text) {
    return text.empty() || (text[0] == ':' && std::ranges::all_of(text.substr(1), is_digit));
}

bool is_user_character(char c) {
    return is_letter(c) || is_digit(c) || (c != '\0' && std::string_view("-._:~!$&'()*+,;=%@").contains(c));
}

// The host and port of a host with a port; brackets are taken off.
std::pair<std::string_view, std::string_view> split_port(std::string_view host) {
    std::string_view port;
    const std::size_t colon = host.rfind(':');
    if (colon != std::string_view::npos && is_port(host.substr(colon))) {
        port = host.substr(colon + 1);
        host = host.substr(0, colon);
    }
    if (host.size() >= 2 && host.starts_with('[') && host.ends_with(']')) {
        host = host.substr(1, host.size() - 2);
    }
    return {host, port};
}

constexpr std::size_t kQueryPairsMax = 10'000;  // net/url's own bound; beyond it there is no query

}  // namespace

class UrlParser {
public:
    // `request`: only an absolute URL or path will do.
    std::expected<Url, Reason> parse(std::string_view text, bool request);
    static Step set_fragment(Url& url, std::string_view fragment);

private:
    std::expected<std::string_view, Reason> read_scheme(std::string_view text);
    std::string_view read_query(std::string_view rest);
    Step read_authority(std::string_view authority);
    Step read_user(std::string_view user);
    std::expected<std::string, Reason> read_host(std::string_view host) const;
    static std::expected<std::string, Reason> read_bracketed_host(std::string_view host);
    Step read_path(std::string_view path);

    Url url_;
};

std::expected<std::string_view, Reason> UrlParser::read_scheme(std::string_view text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (is_letter(c) || (i > 0 && (is_digit(c) || c == '+' || c == '-' || c == '.'))) {
            continue;
        }
        if (c != ':') {
            return text;
        }
        if (i == 0) {
            return std::unexpected("missing protocol scheme");
        }
        url_.scheme_ = text.substr(0, i);
        std::ranges::transform(url_.scheme_, url_.scheme_.begin(), [](char letter) {
            return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter + 32) : letter;
        });
        return text.substr(i + 1);
    }
    return text;
}

std::string_view UrlParser::read_query(std::string_view rest) {
    if (rest.ends_with('?') && std::ranges::count(rest, '?') == 1) {
        url_.force_query_ = true;
        return rest.substr(0, rest.size() - 1);
    }
    const auto [before, query] = cut(rest, '?');
    url_.raw_query_ = query;
    return before;
}

Step UrlParser::read_user(std::string_view user) {
    if (!std::ranges::all_of(user, is_user_character)) {
        return std::unexpected("net/url: invalid userinfo");
    }
    const auto [name, password] = cut(user, ':');
    auto plain_name = unescape_url(name, UrlPart::kUser);
    if (!plain_name) {
        return std::unexpected(plain_name.error());
    }
    url_.user_ = Url::User{*std::move(plain_name), std::nullopt};
    if (user.contains(':')) {
        auto plain_password = unescape_url(password, UrlPart::kUser);
        if (!plain_password) {
            return std::unexpected(plain_password.error());
        }
        url_.user_->password = *std::move(plain_password);
    }
    return {};
}

std::expected<std::string, Reason> UrlParser::read_bracketed_host(std::string_view host) {
    const std::size_t close = host.rfind(']');
    if (close == std::string_view::npos) {
        return std::unexpected("missing ']' in host");
    }
    const std::string_view port = host.substr(close + 1);
    if (!is_port(port)) {
        return std::unexpected(fmt::format("invalid port {} after host", quoted(port)));
    }
    const std::string_view name = host.substr(1, close - 1);
    const std::size_t zone = std::min(name.find("%25"), name.size());
    auto address = unescape_url(name.substr(0, zone), UrlPart::kHost);
    if (!address) {
        return address;
    }
    const auto plain_zone = unescape_url(name.substr(zone), UrlPart::kZone);
    if (!plain_zone) {
        return plain_zone;
    }
    *address += *plain_zone;
    const auto parsed = NetworkAddress::parse_lenient(*address);
    if (!parsed) {
        return std::unexpected(fmt::format("invalid host: {}", parsed.error().message));
    }
    if (parsed->is_v4()) {
        return std::unexpected("invalid IP-literal");
    }
    return fmt::format("[{}]{}", *address, port);
}

std::expected<std::string, Reason> UrlParser::read_host(std::string_view host) const {
    const std::size_t open = host.rfind('[');
    if (open == 0) {
        return read_bracketed_host(host);
    }
    if (open != std::string_view::npos) {
        return std::unexpected("invalid IP-literal");
    }
    std::size_t colon = host.find(':');
    if (colon != std::string_view::npos) {
        if (url_.scheme_ != "http" && url_.scheme_ != "https") {
            colon = host.rfind(':');
        }
        if (!is_port(host.substr(colon))) {
            return std::unexpected(fmt::format("invalid port {} after host", quoted(host.substr(colon))));
        }
    }
    return unescape_url(host, UrlPart::kHost);
}

Step UrlParser::read_authority(std::string_view authority) {
    const std::size_t at = authority.rfind('@');
    auto host = read_host(at == std::string_view::npos ? authority : authority.substr(at + 1));
    if (!host) {
        return std::unexpected(host.error());
    }
    url_.host_ = *std::move(host);
    return at == std::string_view::npos ? Step{} : read_user(authority.substr(0, at));
}

Step UrlParser::read_path(std::string_view path) {
    auto plain = unescape_url(path, UrlPart::kPath);
    if (!plain) {
        return std::unexpected(plain.error());
    }
    url_.path_ = *std::move(plain);
    if (escape_url(url_.path_, UrlPart::kPath) != path) {
        url_.raw_path_ = path;
    }
    return {};
}

Step UrlParser::set_fragment(Url& url, std::string_view fragment) {
    auto plain = unescape_url(fragment, UrlPart::kFragment);
    if (!plain) {
        return std::unexpected(plain.error());
    }
    url.fragment_ = *std::move(plain);
    if (escape_url(url.fragment_, UrlPart::kFragment) != fragment) {
        url.raw_fragment_ = fragment;
    }
    return {};
}

std::expected<Url, Reason> UrlParser::parse(std::string_view text, bool request) {
    if (std::ranges::any_of(text, is_control)) {
        return std::unexpected("net/url: invalid control character in URL");
    }
    if (text.empty() && request) {
        return std::unexpected("empty url");
    }
    if (text == "*") {
        url_.path_ = "*";
        return url_;
    }
    const auto after_scheme = read_scheme(text);
    if (!after_scheme) {
        return std::unexpected(after_scheme.error());
    }
    std::string_view rest = read_query(*after_scheme);
    const bool has_scheme = !url_.scheme_.empty();
    if (!rest.starts_with('/')) {
        if (has_scheme) {
            url_.opaque_ = rest;
            return url_;
        }
        if (request) {
            return std::unexpected("invalid URI for request");
        }
        if (cut(rest, '/').first.contains(':')) {
            return std::unexpected("first path segment in URL cannot contain colon");
        }
    }
    if ((has_scheme || (!request && !rest.starts_with("///"))) && rest.starts_with("//")) {
        const std::size_t slash = std::min(rest.find('/', 2), rest.size());
        if (Step step = read_authority(rest.substr(2, slash - 2)); !step) {
            return std::unexpected(step.error());
        }
        rest = rest.substr(slash);
    } else if (has_scheme && rest.starts_with('/')) {
        url_.omit_host_ = true;
    }
    if (Step step = read_path(rest); !step) {
        return std::unexpected(step.error());
    }
    return url_;
}

namespace {

base::Error invalid(std::string_view text, std::string_view reason) {
    return base::Error{base::ErrorCode::kInvalid, fmt::format("parse {}: {}", quoted(text), reason)};
}

}  // namespace

base::Result<void> Url::check(std::string_view text) {
    const auto url = UrlParser().parse(text, true);
    if (!url) {
        return invalid(text, url.error());
    }
    return {};
}

base::Result<Url> Url::parse(std::string_view text) {
    if (auto checked = check(text); !checked) {
        return checked.error();
    }
    const auto [address, fragment] = cut(text, '#');
    auto url = UrlParser().parse(address, false);
    if (!url) {
        return invalid(address, url.error());
    }
    if (!fragment.empty()) {
        if (Step step = UrlParser::set_fragment(*url, fragment); !step) {
            return invalid(text, step.error());
        }
    }
    return *std::move(url);
}

const Type& Url::opaque_type() {
    static const Type type = Type::opaque("kubernetes.URL");
    return type;
}

std::string Url::hostname() const { return std::string(split_port(host_).first); }

std::string Url::port() const { return std::string(split_port(host_).second); }

std::string Url::escaped_path() const {
    if (!raw_path_.empty() && is_validly_escaped(raw_path_, UrlPart::kPath)) {
        return raw_path_;
    }
    return path_ == "*" ? "*" : escape_url(path_, UrlPart::kPath);
}

std::vector<std::pair<std::string, std::vector<std::string>>> Url::query() const {
    std::vector<std::pair<std::string, std::vector<std::string>>> pairs;
    if (static_cast<std::size_t>(std::ranges::count(raw_query_, '&')) >= kQueryPairsMax) {
        return pairs;
    }
    std::unordered_map<std::string, std::size_t> places;
    std::string_view rest = raw_query_;
    while (!rest.empty()) {
        const auto [pair, after] = cut(rest, '&');
        rest = after;
        const auto [name, value] = cut(pair, '=');
        auto plain_name = unescape_url(name, UrlPart::kQuery);
        auto plain_value = unescape_url(value, UrlPart::kQuery);
        if (pair.empty() || pair.contains(';') || !plain_name || !plain_value) {
            continue;
        }
        const auto [place, added] = places.emplace(*plain_name, pairs.size());
        if (added) {
            pairs.emplace_back(*std::move(plain_name), std::vector<std::string>{});
        }
        pairs[place->second].second.push_back(*std::move(plain_value));
    }
    return pairs;
}

bool Url::equals(const Opaque& other) const {
    const auto* url = dynamic_cast<const Url*>(&other);
    return url != nullptr && text() == url->text();
}

std::string Url::text() const {
    std::string result;
    if (!scheme_.empty()) {
        result = scheme_ + ":";
    }
    if (!opaque_.empty()) {
        result += opaque_;
    } else {
        const bool hostless = omit_host_ && host_.empty() && !user_;
        if (!hostless && (!scheme_.empty() || !host_.empty() || user_) &&
            (!host_.empty() || !path_.empty() || user_)) {
            result += "//";
        }
        if (user_) {
            result += escape_url(user_->name, UrlPart::kUser);
            if (user_->password) {
                result += ":" + escape_url(*user_->password, UrlPart::kUser);
            }
            result += '@';
        }
        result += escape_url(host_, UrlPart::kHost);
        const std::string path = escaped_path();
        if (!path.empty() && path[0] != '/' && !host_.empty()) {
            result += '/';
        }
        if (result.empty() && cut(path, '/').first.contains(':')) {
            result += "./";
        }
        result += path;
    }
    if (force_query_ || !raw_query_.empty()) {
        result += "?" + raw_query_;
    }
    if (!fragment_.empty()) {
        const bool as_written =
            !raw_fragment_.empty() && is_validly_escaped(raw_fragment_, UrlPart::kFragment);
        result += "#" + (as_written ? raw_fragment_ : escape_url(fragment_, UrlPart::kFragment));
    }
    return result;
}

}  // namespace cel
