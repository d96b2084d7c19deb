// SPDX-License-Identifier: 0BSD
#include "base/on_demand.hpp"

#include <gtest/gtest.h>

namespace base {
namespace {

TEST(OnDemandLibrary, GivesFunctionsOfTheLibrary) {
    OnDemandLibrary mathematics("libm.so.6", "libc6");
    auto* const cosine = mathematics.function<double(double)>("cos");
    EXPECT_EQ(cosine(0.0), 1.0);
}

TEST(OnDemandLibraryDeathTest, NamesThePackageOfALibraryThatIsMissing) {
    OnDemandLibrary missing("libmissing.so.1", "libmissing1");
    EXPECT_DEATH(missing.function<void()>("f"), "install the package libmissing1");
}

TEST(OnDemandLibraryDeathTest, NamesAFunctionThatIsMissing) {
    OnDemandLibrary mathematics("libm.so.6", "libc6");
    EXPECT_DEATH(mathematics.function<void()>("no_such_function"), "no_such_function");
}

}  // namespace
}  // namespace base
