// SPDX-License-Identifier: 0BSD
#include "rules/cel/function.hpp"

#include <gtest/gtest.h>

namespace cel {
namespace {

Value answer(CallContext&, std::span<const Value>) { return Value::integer(42); }
Value other(CallContext&, std::span<const Value>) { return Value::integer(43); }

Overload overload(std::string id, bool member, Function call) {
    return {.id = std::move(id),
            .function = "f",
            .member = member,
            .parameters = {Type::dyn()},
            .result = Type::simple(TypeKind::kInt),
            .call = call};
}

TEST(FunctionSet, KeepsMembersAndGlobalsApart) {
    FunctionSet set;
    EXPECT_FALSE(set.knows("f"));
    EXPECT_TRUE(set.find("f", true).empty());
    set.add(overload("f_a", true, answer));
    set.add(overload("f_b", false, answer));
    ASSERT_EQ(set.find("f", true).size(), 1U);
    EXPECT_EQ(set.find("f", true)[0].id, "f_a");
    EXPECT_EQ(set.find("f", false)[0].id, "f_b");
    EXPECT_TRUE(set.knows("f"));
}

TEST(FunctionSet, ReplacesTheOverloadOfTheSameId) {
    FunctionSet set;
    set.add(overload("f_a", false, answer));
    set.add(overload("f_a", false, other));
    ASSERT_EQ(set.find("f", false).size(), 1U);
    EXPECT_EQ(set.find("f", false)[0].call, &other);
}

TEST(FunctionSet, CopiesDoNotSeeLaterAdditions) {
    FunctionSet set;
    set.add(overload("f_a", false, answer));
    const FunctionSet copy = set;
    set.add(overload("f_b", false, answer));
    EXPECT_EQ(copy.find("f", false).size(), 1U);
    EXPECT_EQ(set.find("f", false).size(), 2U);
}

TEST(FunctionSet, FindsConstantsByName) {
    FunctionSet set;
    set.add_constant("net.IP", Type::type_of(Type::opaque("net.IP")), Value::type(Type::opaque("net.IP")));
    ASSERT_NE(set.constant("net.IP"), nullptr);
    EXPECT_EQ(set.constant("net.IP")->value.as_type().name(), "net.IP");
    EXPECT_EQ(set.constant("net.CIDR"), nullptr);
}

TEST(CostExceeded, IsAFatalError) {
    EXPECT_TRUE(cost_exceeded().is_error());
    EXPECT_TRUE(cost_exceeded().is_fatal());
    EXPECT_FALSE(Value::error("no such key").is_fatal());
}

}  // namespace
}  // namespace cel
