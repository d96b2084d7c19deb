// SPDX-License-Identifier: 0BSD
#include "io/kube/client.hpp"

#include <fmt/format.h>

namespace kube {

ObjectRef ref_of(const Value& object) {
    return {model::gvk_of(object), std::string(model::namespace_of(object)),
            std::string(model::name_of(object))};
}

GetOptions metadata_only() {
    GetOptions options;
    options.metadata_only = true;
    return options;
}

std::string service_account_user(std::string_view ns, std::string_view account) {
    return account.empty() ? std::string() : fmt::format("system:serviceaccount:{}:{}", ns, account);
}

}  // namespace kube
