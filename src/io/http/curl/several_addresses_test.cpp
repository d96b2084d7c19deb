// SPDX-License-Identifier: 0BSD
// Names with several addresses. This program's getaddrinfo stands before the C library's, also for libcurl.
#include <algorithm>
#include <dlfcn.h>
#include <netdb.h>

#include <gtest/gtest.h>

#include "io/http/curl/curl_client.hpp"
#include "io/http/server/testing/loopback.hpp"

namespace {

using RealGetaddrinfo = int(const char*, const char*, const addrinfo*, addrinfo**);

// "both.test" has two addresses, "first.test" one of them; all other names are the C library's.
std::vector<const char*> addresses_of(std::string_view name) {
    if (name == "both.test") {
        return {"127.0.0.1", "127.0.0.2"};
    }
    if (name == "first.test") {
        return {"127.0.0.1"};
    }
    return {};
}

}  // namespace

extern "C" int getaddrinfo(const char* node, const char* service, const addrinfo* hints, addrinfo** result) {
    static auto* const real = reinterpret_cast<RealGetaddrinfo*>(dlsym(RTLD_NEXT, "getaddrinfo"));
    const auto addresses = addresses_of(node == nullptr ? "" : node);
    if (addresses.empty()) {
        return real(node, service, hints, result);
    }
    *result = nullptr;
    addrinfo** last = result;
    for (const char* address : addresses) {
        if (const int failed = real(address, service, hints, last); failed != 0) {
            return failed;
        }
        while (*last != nullptr) {
            last = &(*last)->ai_next;
        }
    }
    return 0;
}

namespace http_curl::testing {
namespace {

using http::testing::Loopback;

base::Task<http::ServerResponse> hello(http::ServerRequest) {
    co_return http::ServerResponse{.body = "hello"};
}

http::Router greeting(int& requests) {
    http::Router router;
    router.add({}, "/", [&requests](const http::ServerRequest& request) {
        ++requests;
        return hello(request);
    });
    return router;
}

base::Task<void> ask(http::Client& client, std::string url, bool streams, std::optional<base::Error>& error) {
    http::Request request{.url = std::move(url)};
    if (streams) {
        auto stream = co_await client.open(std::move(request));
        error = stream ? std::nullopt : std::optional(stream.error());
    } else {
        auto response = co_await client.send(std::move(request));
        error = response ? std::nullopt : std::optional(response.error());
    }
    co_return base::Result<void>{};
}

class SeveralAddresses : public ::testing::TestWithParam<bool> {
protected:
    std::string host(const std::string& name) const { return name + ":" + std::to_string(loopback_.port()); }
    // What comes of asking the name's host with a client that may not dial 127.0.0.2.
    std::optional<base::Error> ask_host(const std::string& name) {
        http::ClientOptions options;
        options.no_proxy = true;
        options.connect_filter = [this](std::string_view address) {
            shown_.emplace_back(address);
            return address != "127.0.0.2";
        };
        const auto client = http::make_curl_client(loopback_.loop().get_executor(), std::move(options));
        std::optional<base::Error> error;
        EXPECT_TRUE(loopback_.serve(ask(*client, "http://" + host(name) + "/", GetParam(), error)));
        return error;
    }

    int requests_ = 0;
    std::vector<std::string> shown_;
    Loopback loopback_{greeting(requests_)};
};

TEST_P(SeveralAddresses, OneThatIsRefusedRefusesTheName) {
    const auto error = ask_host("both.test");
    ASSERT_TRUE(error) << "the first address would have answered";
    EXPECT_EQ(error->code, base::ErrorCode::kForbidden);
    EXPECT_EQ(error->message, "connecting to 127.0.0.2 (" + host("both.test") + ") is not allowed");
    EXPECT_EQ(shown_, (std::vector<std::string>{"127.0.0.1", "127.0.0.2"}));
    EXPECT_EQ(requests_, 0) << "none was dialled";
}

TEST_P(SeveralAddresses, AllowedOnesAreShownAndThenDialled) {
    const auto error = ask_host("first.test");
    EXPECT_FALSE(error) << error->text();
    EXPECT_EQ(requests_, 1);
    EXPECT_EQ(shown_, (std::vector<std::string>{"127.0.0.1", "127.0.0.1"}));
}

INSTANTIATE_TEST_SUITE_P(SendAndOpen, SeveralAddresses, ::testing::Bool());

}  // namespace
}  // namespace http_curl::testing
