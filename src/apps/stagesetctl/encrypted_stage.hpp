// SPDX-License-Identifier: 0BSD
// Renders a stage whose files may be encrypted.
#pragma once

#include <functional>
#include <memory>

#include "engine/render/encrypted.hpp"

namespace stagesetctl {

using KeySource = std::function<base::Task<std::shared_ptr<const decrypt::Keys>>()>;

// `keys` is asked when the first encrypted file is met, so that files without one need no key; without `keys` encrypted files
// stay as they are. `services` may be nullptr. All references outlive the task.
// Errors: those of render_stage() and of `keys`; why a file cannot be decrypted.
base::Task<std::shared_ptr<const render::Rendered>> render_encrypted(const kustomize::Files& files,
                                                                     const render::RenderRequest& request,
                                                                     KeySource keys,
                                                                     kms::KeyService* services);

}  // namespace stagesetctl
