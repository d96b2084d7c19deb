// SPDX-License-Identifier: 0BSD
// Url: a URL or an absolute path, taken apart as Go's net/url does.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "rules/cel/value.hpp"

namespace cel {

class Url final : public Opaque {
public:
    // An absolute URL ("https://example.com/x?y#z") or an absolute path. Errors: kInvalid, with net/url's reason.
    static base::Result<Url> parse(std::string_view text);
    // As parse() judges, without what comes of it: "#" counts as part of the path, as in the first line of a request.
    static base::Result<void> check(std::string_view text);
    static const Type& opaque_type();  // kubernetes.URL

    const std::string& scheme() const { return scheme_; }  // lower case
    const std::string& host() const { return host_; }      // with the port; an IPv6 address in brackets
    std::string hostname() const;                          // without port and brackets
    std::string port() const;
    std::string escaped_path() const;
    // Unescaped keys with their unescaped values, both in the order of the text. Malformed pairs are left out.
    std::vector<std::pair<std::string, std::vector<std::string>>> query() const;

    const Type& type() const override { return opaque_type(); }
    bool equals(const Opaque& other) const override;
    std::string text() const override;

private:
    struct User {
        std::string name;
        std::optional<std::string> password;
    };

    friend class UrlParser;

    std::string scheme_;
    std::string opaque_;  // what follows the scheme where that is no path: "user@example.com" of mailto:
    std::optional<User> user_;
    std::string host_;
    std::string path_;      // unescaped
    std::string raw_path_;  // as it was written, where escaping path_ would not write it so
    bool omit_host_ = false;
    bool force_query_ = false;  // "?" without a query behind it
    std::string raw_query_;
    std::string fragment_;
    std::string raw_fragment_;
};

}  // namespace cel
