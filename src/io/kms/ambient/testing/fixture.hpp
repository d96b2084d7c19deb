// SPDX-License-Identifier: 0BSD
// Fixture: a key service whose environment, files and HTTP answers a test writes.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/io_context.hpp>

#include "base/testing/fake_clock.hpp"
#include "base/testing/run.hpp"
#include "io/kms/ambient/ambient_key_service.hpp"
#include "io/kube/rest/testing/scripted_http.hpp"

namespace kms_ambient::testing {

class Fixture {
public:
    using Answer = kube::testing::ScriptedHttp::Answer;

    std::map<std::string, std::string, std::less<>> environment;
    std::map<std::string, std::string, std::less<>> files;
    // Answers every request of every client.
    Answer answer = [](const http::Request&) { return json(200, "{}"); };
    // While set, requests wait for it.
    base::Event* gate = nullptr;

    static http::Response json(int status, std::string body) { return {status, {}, std::move(body)}; }
    static std::string header(const http::Request& request, std::string_view name) {
        return kube::testing::header_of(request, name);
    }
    static std::string bearer(const http::Request& request) {
        return request.bearer ? std::string(request.bearer->reveal()) : "";
    }

    kms::AmbientOptions options() {
        return {
            .environment = [this](std::string_view name) -> std::optional<std::string> {
                const auto found = environment.find(name);
                return found == environment.end() ? std::nullopt : std::optional(found->second);
            },
            .read_file = [this](const std::string& path, std::size_t bytes_max) -> base::Result<std::string> {
                const auto found = files.find(path);
                if (found == files.end()) {
                    return base::Error{base::ErrorCode::kNotFound, "cannot read " + path};
                }
                if (found->second.size() > bytes_max) {
                    return base::Error{base::ErrorCode::kLimitExceeded, path + " is too large"};
                }
                return found->second;
            },
            .make_client = [this](http::ClientOptions settings) -> std::unique_ptr<http::Client> {
                clients.push_back(settings.connect_filter);
                client_settings.push_back({settings.tls.ca_pem, settings.no_proxy});
                return std::make_unique<Client>(*this);
            }};
    }
    kms::KeyService& service() {
        if (!service_) {
            service_ = kms::make_ambient_key_service(loop.get_executor(), clock, options());
        }
        return *service_;
    }
    base::Result<base::Secret> decrypt(sops::MasterKey key) {
        return base::testing::run_task<base::Secret>(loop, service().decrypt(std::move(key)));
    }
    // The opened key's bytes, or "error code: text".
    std::string outcome(sops::MasterKey key) {
        const auto secret = decrypt(std::move(key));
        return secret ? std::string(secret->reveal())
                      : std::string(base::to_string(secret.error().code)) + ": " + secret.error().text();
    }
    const http::Request& last() const { return requests.back(); }

    boost::asio::io_context loop{1};
    base::testing::FakeClock clock{loop.get_executor()};
    std::vector<http::Request> requests;
    struct ClientSettings {
        std::string ca_pem;
        bool no_proxy;
    };
    // Of each client that was made, in that order.
    std::vector<http::ConnectFilter> clients;
    std::vector<ClientSettings> client_settings;

private:
    class Client final : public http::Client {
    public:
        explicit Client(Fixture& fixture) : fixture_(fixture) {}
        base::Task<http::Response> send(http::Request request) override {
            fixture_.requests.push_back(request);
            if (fixture_.gate != nullptr) {
                if (auto opened = co_await fixture_.gate->wait(); !opened) {
                    co_return opened.error();
                }
            }
            co_return fixture_.answer(request);
        }
        base::Task<std::unique_ptr<http::Stream>> open(http::Request) override {
            co_return base::Error{base::ErrorCode::kInternal, "no key service streams"};
        }

    private:
        Fixture& fixture_;
    };

    std::unique_ptr<kms::KeyService> service_;
};

}  // namespace kms_ambient::testing
