// SPDX-License-Identifier: 0BSD
#include "engine/apply/ownership.hpp"

namespace apply {

std::optional<Owner> owner_of(const model::Value& object) {
    const auto name = model::label_of(object, model::kOwnerNameLabel);
    const auto ns = model::label_of(object, model::kOwnerNamespaceLabel);
    if (!name || !ns) {
        return std::nullopt;
    }
    return Owner{std::string(*ns), std::string(*name)};
}

std::string owner_selector(const Owner& owner) {
    return fmt::format("{}={},{}={}", model::kOwnerNameLabel, owner.name, model::kOwnerNamespaceLabel,
                       owner.ns);
}

}  // namespace apply
