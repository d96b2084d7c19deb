// SPDX-License-Identifier: 0BSD
#include "io/kms/ambient/process.hpp"

#include <cstdlib>
#include <utility>

#include "base/read_file.hpp"

namespace kms {

AmbientOptions process_surroundings(
    std::function<std::unique_ptr<http::Client>(http::ClientOptions)> make_client) {
    return {.environment = [](std::string_view name) -> std::optional<std::string> {
                const char* const value = std::getenv(std::string(name).c_str());
                return value == nullptr ? std::nullopt : std::optional<std::string>(value);
            },
            .read_file = &base::read_file,
            .make_client = std::move(make_client)};
}

}  // namespace kms
