// SPDX-License-Identifier: 0BSD
#include "io/kube/client.hpp"

namespace kube {

ObjectRef ref_of(const Value& object) {
    return {model::gvk_of(object), std::string(model::namespace_of(object)),
            std::string(model::name_of(object))};
}

}  // namespace kube
