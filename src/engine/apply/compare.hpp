// SPDX-License-Identifier: 0BSD
// Whether applying an object would change it.
#pragma once

#include "model/value.hpp"

namespace apply {

// Compares the live object with what a dry run of the apply returned: labels, annotations, and everything outside
// `metadata` and `status`; missing, null and empty count as equal.
bool differs(const model::Value& live, const model::Value& dry_run);

// Drops `spec.conversion.webhook.clientConfig.caBundle` of a CustomResourceDefinition unless it is base64 of PEM
// certificates: placeholders would be refused by the server, while an injector fills the field later.
void drop_unusable_ca_bundle(model::Value& object);

}  // namespace apply
