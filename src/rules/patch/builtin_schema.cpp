// SPDX-License-Identifier: 0BSD
#include "rules/patch/schema.hpp"
#include "rules/patch/types.hpp"

namespace patch {

std::shared_ptr<const Schema> kustomize_schema() {
    static constexpr TypeRow kTypes[2] = {};
    static constexpr RuleRow kRules[1] = {};
    static const auto kSchema = std::make_shared<const Schema>(Tables{"", kTypes, {}, kRules, {}});
    return kSchema;
}

std::shared_ptr<const Schema> kubernetes_schema() { return kustomize_schema(); }

}  // namespace patch
