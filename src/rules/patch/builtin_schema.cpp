// SPDX-License-Identifier: 0BSD
#include <string_view>

#include "rules/patch/schema.hpp"
#include "rules/patch/types.hpp"

namespace patch {

namespace {

// The generated tables' short names for shapes.
constexpr TypeShape C = TypeShape::kScalar;
constexpr TypeShape S = TypeShape::kStruct;
constexpr TypeShape L = TypeShape::kList;

namespace kustomize {
#include "rules/patch/kustomize_schema.inc"
}

namespace kubernetes {
#include "rules/patch/kubernetes_schema.inc"
}

}  // namespace

std::shared_ptr<const Schema> kustomize_schema() {
    static const auto kSchema =
        std::make_shared<const Schema>(Tables{kustomize::kNames, kustomize::kTypes, kustomize::kFields,
                                              kustomize::kRules, kustomize::kKinds, kustomize::kDefinitions});
    return kSchema;
}

std::shared_ptr<const Schema> kubernetes_schema() {
    static const auto kSchema = std::make_shared<const Schema>(Tables{
        kubernetes::kNames, kubernetes::kTypes, kubernetes::kFields, kubernetes::kRules, kubernetes::kKinds});
    return kSchema;
}

}  // namespace patch
