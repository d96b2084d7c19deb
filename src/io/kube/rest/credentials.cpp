// SPDX-License-Identifier: 0BSD
#include "io/kube/rest/credentials.hpp"

#include <optional>
#include <utility>

#include <fmt/format.h>

#include "base/base64.hpp"
#include "base/read_file.hpp"

namespace kube {

namespace {

using namespace std::chrono_literals;

// Kubelet rotates a projected token at 80 % of its life, so a minute late is early enough.
constexpr base::Duration kTokenReadInterval = 60s;
constexpr std::size_t kTokenBytesMax = std::size_t{1} << 20U;

class FixedCredentials final : public Credentials {
public:
    explicit FixedCredentials(Credential credential)
        : credential_(std::make_shared<const Credential>(std::move(credential))) {}
    base::Task<CredentialPtr> current() override { co_return credential_; }
    void refused(const CredentialPtr&) override {}

private:
    CredentialPtr credential_;
};

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos) {
        return {};
    }
    return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

class TokenFileCredentials final : public Credentials {
public:
    TokenFileCredentials(std::string path, base::Secret fallback, base::Clock& clock)
        : path_(std::move(path)), clock_(clock) {
        if (!fallback.empty()) {
            credential_ = std::make_shared<const Credential>(bearer_credential(std::move(fallback)));
        }
    }

    base::Task<CredentialPtr> current() override {
        const auto now = clock_.steady_now();
        if (!next_read_ || now >= *next_read_) {
            next_read_ = now + kTokenReadInterval;
            read();
        }
        if (credential_ == nullptr) {
            next_read_.reset();
            co_return base::Error{base::ErrorCode::kUnauthorized, problem_};
        }
        co_return credential_;
    }

    void refused(const CredentialPtr& credential) override {
        if (credential == credential_) {
            next_read_.reset();
        }
    }

private:
    // A small file on a memory file system: read on the loop.
    void read() {
        auto text = base::read_file(path_, kTokenBytesMax);
        if (!text) {
            problem_ = text.error().message;
            return;
        }
        base::Secret token{std::string(trimmed(*text))};
        if (token.empty()) {
            problem_ = fmt::format("the token file {} is empty", path_);
            return;
        }
        if (credential_ == nullptr || credential_->bearer->reveal() != token.reveal()) {
            credential_ = std::make_shared<const Credential>(bearer_credential(std::move(token)));
        }
    }

    std::string path_;
    base::Clock& clock_;
    CredentialPtr credential_;
    std::optional<base::SteadyTime> next_read_;
    std::string problem_;
};

// A header's name may hold few characters; the API server undoes percent signs.
std::string escape_header_key(std::string_view key) {
    std::string out;
    for (const char c : key) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                           c == '-' || c == '.' || c == '_';
        if (plain) {
            out += c;
        } else {
            fmt::format_to(std::back_inserter(out), "%{:02X}",
                           static_cast<unsigned>(static_cast<unsigned char>(c)));
        }
    }
    return out;
}

std::vector<http::Header> impersonation_headers(const Impersonation& as) {
    std::vector<http::Header> headers;
    headers.push_back({"Impersonate-User", as.user});
    if (!as.uid.empty()) {
        headers.push_back({"Impersonate-Uid", as.uid});
    }
    for (const auto& group : as.groups) {
        headers.push_back({"Impersonate-Group", group});
    }
    for (const auto& [key, value] : as.extra) {
        headers.push_back({"Impersonate-Extra-" + escape_header_key(key), value});
    }
    return headers;
}

class ImpersonatingCredentials final : public Credentials {
public:
    ImpersonatingCredentials(std::shared_ptr<Credentials> inner, const Impersonation& as)
        : inner_(std::move(inner)), headers_(impersonation_headers(as)) {}

    base::Task<CredentialPtr> current() override {
        auto own = co_await inner_->current();
        if (!own) {
            co_return own.error();
        }
        if (own_ != *own) {
            own_ = std::move(*own);
            Credential credential = *own_;
            credential.headers.insert(credential.headers.end(), headers_.begin(), headers_.end());
            credential_ = std::make_shared<const Credential>(std::move(credential));
        }
        co_return credential_;
    }

    void refused(const CredentialPtr& credential) override {
        if (credential == credential_) {
            inner_->refused(own_);
        }
    }

private:
    std::shared_ptr<Credentials> inner_;
    std::vector<http::Header> headers_;
    CredentialPtr own_;  // the one that credential_ was made from
    CredentialPtr credential_;
};

}  // namespace

std::shared_ptr<Credentials> fixed_credentials(Credential credential) {
    return std::make_shared<FixedCredentials>(std::move(credential));
}

Credential bearer_credential(base::Secret token) {
    Credential credential;
    credential.bearer = std::make_shared<const base::Secret>(std::move(token));
    return credential;
}

Credential basic_credential(std::string_view username, std::string_view password) {
    Credential credential;
    credential.headers.push_back(
        {"Authorization", "Basic " + base::encode_base64(fmt::format("{}:{}", username, password))});
    return credential;
}

std::shared_ptr<Credentials> token_file_credentials(std::string path, base::Secret fallback,
                                                    base::Clock& clock) {
    return std::make_shared<TokenFileCredentials>(std::move(path), std::move(fallback), clock);
}

std::shared_ptr<Credentials> impersonating_credentials(std::shared_ptr<Credentials> inner, Impersonation as) {
    if (as.user.empty()) {
        return inner;
    }
    return std::make_shared<ImpersonatingCredentials>(std::move(inner), as);
}

}  // namespace kube
