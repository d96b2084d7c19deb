// SPDX-License-Identifier: 0BSD
// Opens keys with the credentials of its surroundings, for tests against doubles of the services.
//
// Standard input: a key a line, {"kind": "aws", …}, with the names that sops gives to the rest. Standard output: a line for each,
// {"key": "<base64>"} or {"code": "forbidden", "message": "…"}. One service opens them all, one after the other.
#include <iostream>
#include <string>

#include <boost/asio/io_context.hpp>

#include "base/base64.hpp"
#include "base/testing/run.hpp"
#include "io/http/curl/curl_client.hpp"
#include "io/kms/ambient/process.hpp"
#include "model/json.hpp"

namespace {

sops::MasterKey read_key(const model::Value& entry) {
    const auto text = [&entry](std::string_view name) {
        return std::string(model::find_string(entry, {name}));
    };
    const auto kind = text("kind");
    if (kind == "aws") {
        sops::AwsKmsKey key{text("arn"), text("role"), {}, text("aws_profile"), text("enc")};
        if (const auto* const context = model::find_object(entry, {"context"})) {
            for (const auto& [name, value] : *context) {
                key.context.emplace(name, value.as_string());
            }
        }
        return key;
    }
    if (kind == "gcp") {
        return sops::GcpKmsKey{text("resource_id"), text("enc")};
    }
    if (kind == "azure") {
        return sops::AzureKey{text("vault_url"), text("name"), text("version"), text("enc")};
    }
    return sops::VaultKey{text("vault_address"), text("engine_path"), text("key_name"), text("enc")};
}

model::Object describe(const base::Result<base::Secret>& opened) {
    if (opened) {
        return {{"key", base::encode_base64(opened->reveal())}};
    }
    return {{"code", base::to_string(opened.error().code)}, {"message", opened.error().text()}};
}

}  // namespace

int main() {
    boost::asio::io_context loop{1};
    base::SystemClock clock;
    const auto service = kms::make_ambient_key_service(
        loop.get_executor(), clock, kms::process_surroundings([&loop](http::ClientOptions options) {
            return http::make_curl_client(loop.get_executor(), std::move(options));
        }));
    for (std::string line; std::getline(std::cin, line);) {
        const auto entry = model::parse_json(line, "the key");
        if (!entry) {
            std::cerr << entry.error().text() << "\n";
            return 2;
        }
        const auto opened = base::testing::run_task<base::Secret>(loop, service->decrypt(read_key(*entry)));
        std::cout << model::to_json(describe(opened)) << std::endl;
    }
    return 0;
}
