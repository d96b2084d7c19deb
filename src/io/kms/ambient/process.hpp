// SPDX-License-Identifier: 0BSD
// The environment variables and files of this process as surroundings.
#pragma once

#include "io/kms/ambient/ambient_key_service.hpp"

namespace kms {

AmbientOptions process_surroundings(
    std::function<std::unique_ptr<http::Client>(http::ClientOptions)> make_client);

}  // namespace kms
