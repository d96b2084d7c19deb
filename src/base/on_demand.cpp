// SPDX-License-Identifier: 0BSD
#include "base/on_demand.hpp"

#include <dlfcn.h>

#include <fmt/format.h>

#include "base/invariant.hpp"

namespace base {

void* OnDemandLibrary::address_of(const char* name) {
    std::call_once(loaded_, [this] { handle_ = dlopen(file_.c_str(), RTLD_NOW | RTLD_LOCAL); });
    void* const address = handle_ == nullptr ? nullptr : dlsym(handle_, name);
    if (address == nullptr) {
        const char* const reason = dlerror();
        const std::string text = fmt::format("{} cannot be loaded; install the package {}: {}", file_,
                                             package_, reason == nullptr ? name : reason);
        invariant(false, text.c_str());
    }
    return address;
}

}  // namespace base
