// SPDX-License-Identifier: 0BSD
// Renders files of which some are encrypted.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "base/task.hpp"
#include "engine/decrypt/service_keys.hpp"
#include "engine/render/render.hpp"

namespace render {

// What came of rendering with the data keys at hand.
struct Attempt {
    base::Result<Rendered> rendered;
    // Why a file that the build needs stays encrypted; `rendered` says nothing then.
    std::optional<base::Error> locked;
    std::vector<decrypt::WantedKey> wanted;  // see decrypt::DecryptingFiles
};

// As render_stage(); with `keys`, encrypted files are decrypted as they are read. Without (nullptr) they stay as they are.
Attempt attempt_stage(const kustomize::Files& files, const RenderRequest& request, const decrypt::Keys* keys,
                      const decrypt::DataKeys& data_keys);

// Either objects, or why a file stays encrypted.
struct Outcome {
    std::shared_ptr<const Rendered> rendered = nullptr;
    std::optional<base::Error> locked = std::nullopt;
};

// Calls `attempt` again, with more data keys, as long as `services` (may be nullptr) open what it wants. `services` outlives it.
// Errors: those of render_stage(), kCancelled.
base::Task<Outcome> render_with_services(std::function<base::Task<Attempt>(decrypt::DataKeys)> attempt,
                                         kms::KeyService* services,
                                         std::shared_ptr<const decrypt::Keys> keys);

}  // namespace render
