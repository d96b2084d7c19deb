// SPDX-License-Identifier: 0BSD
// A kustomization file may repeat a field: the original takes the last.
#pragma once

#include <string>
#include <string_view>

namespace kustomize {

// The first document of `text` without those top-level fields that come again further down. Understands block style only, the
// one in which people repeat fields by accident; other texts come back as they are.
std::string without_repeated_fields(std::string_view text);

}  // namespace kustomize
