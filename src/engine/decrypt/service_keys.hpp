// SPDX-License-Identifier: 0BSD
// Data keys that identities alone do not open: with the help of key services.
#pragma once

#include <memory>
#include <vector>

#include "base/task.hpp"
#include "engine/decrypt/decrypting_files.hpp"
#include "io/kms/key_service.hpp"

namespace decrypt {

// Adds the data keys of `wanted` to `known`: of each key group what an identity opens, else the first key that its service
// opens, until there are enough. The first of `wanted` has to open, the others may.
// Errors: why the first does not open: kInvalid, or that of the service which could be asked again; it names the file.
// kCancelled.
base::Task<DataKeys> open_with_services(kms::KeyService& services, std::shared_ptr<const Keys> keys,
                                        std::vector<WantedKey> wanted, DataKeys known);

}  // namespace decrypt
