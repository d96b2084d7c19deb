// SPDX-License-Identifier: 0BSD
// OnDemandLibrary: a shared library that is loaded when its first function is called, not when the program starts.
#pragma once

#include <mutex>
#include <string>

namespace base {

// For libraries with many dependencies of their own in programs that often need none of it; see docs/decisions/0007. Functions
// may be asked for on any thread. A library that cannot be loaded is a broken installation: the process ends and names the
// package.
class OnDemandLibrary {
public:
    // `file` is the name that the dynamic linker looks for ("libcurl.so.4"), `package` the Debian package that holds it.
    OnDemandLibrary(std::string file, std::string package)
        : file_(std::move(file)), package_(std::move(package)) {}

    template <class Function>
    Function* function(const char* name) {
        return reinterpret_cast<Function*>(address_of(name));
    }

private:
    void* address_of(const char* name);

    std::string file_;
    std::string package_;
    std::once_flag loaded_;
    void* handle_ = nullptr;  // never closed: what it started may still run
};

}  // namespace base
