// SPDX-License-Identifier: 0BSD
// The key services of clouds and of HashiCorp Vault, with the credentials that this process finds around it.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "io/http/client.hpp"
#include "io/kms/key_service.hpp"

namespace kms {

// The surroundings, as functions; all of them are needed, and called on the loop.
struct AmbientOptions {
    // The value of an environment variable. Which ones are read: docs/reference/key-services.md.
    std::function<std::optional<std::string>(std::string_view name)> environment;
    // A small file's bytes. Errors: kNotFound, kInvalid (cannot be read), kLimitExceeded.
    std::function<base::Result<std::string>(const std::string& path, std::size_t bytes_max)> read_file;
    // A client that keeps the settings it is given. Called when a service is first needed.
    std::function<std::unique_ptr<http::Client>(http::ClientOptions)> make_client;
};

// Environment and files are looked at when a key is to be opened, so that what others rotate is seen; credentials that expire
// are kept until shortly before they do. `clock` outlives the service, and the service outlives its tasks.
std::unique_ptr<KeyService> make_ambient_key_service(base::Executor executor, const base::Clock& clock,
                                                     AmbientOptions options);

}  // namespace kms
