// SPDX-License-Identifier: 0BSD
#include "rules/cel/type.hpp"

#include <gtest/gtest.h>

namespace cel {
namespace {

TEST(Type, IsWrittenAsMessagesNameIt) {
    const Type text = Type::simple(TypeKind::kString);
    EXPECT_EQ(text.text(), "string");
    EXPECT_EQ(Type::dyn().text(), "dyn");
    EXPECT_EQ(Type::simple(TypeKind::kTimestamp).name(), "google.protobuf.Timestamp");
    EXPECT_EQ(Type::map(text, Type::list(Type::simple(TypeKind::kInt))).text(), "map(string, list(int))");
    EXPECT_EQ(Type::optional(Type::dyn()).text(), "optional_type(dyn)");
    EXPECT_EQ(Type::type_of(text).text(), "type(string)");
    EXPECT_EQ(Type::opaque("net.IP").text(), "net.IP");
    EXPECT_EQ(Type::parameter("A").name(), "A");
}

TEST(Type, IsEqualWhenKindNameAndParametersAre) {
    EXPECT_EQ(Type::list(Type::dyn()), Type::list(Type::dyn()));
    EXPECT_NE(Type::list(Type::dyn()), Type::list(Type::simple(TypeKind::kInt)));
    EXPECT_NE(Type::opaque("a"), Type::opaque("b"));
    EXPECT_NE(Type::opaque("A"), Type::parameter("A"));
}

}  // namespace
}  // namespace cel
