// SPDX-License-Identifier: 0BSD
#include "rules/cel/quantity.hpp"

#include <gtest/gtest.h>

#include "rules/cel/libraries.hpp"
#include "rules/cel/testing/library_call.hpp"

namespace cel::testing {
namespace {

struct Written {
    std::string_view text;
    std::string_view canonical;  // empty: refused
};

TEST(Quantity, HasOneCanonicalText) {
    for (const Written& row : {
             Written{"1Gi", "1Gi"},
             Written{"1.5Gi", "1536Mi"},
             Written{"0.5Ki", "512"},
             Written{"1024", "1024"},
             Written{"1024Ki", "1Mi"},
             Written{"0.1Ki", "102400m"},
             Written{"0.5", "500m"},
             Written{"1500m", "1500m"},
             Written{"1.500", "1.500"},
             Written{"1000m", "1"},
             Written{"1e3", "1e3"},
             Written{"10e2", "1e3"},
             Written{"12e-4", "1200e-6"},
             Written{"1E", "1E"},
             Written{"1E3", "1E3"},
             Written{"-0.0000000001", "-1n"},
             Written{"1.0000000001", "1000000001n"},
             Written{"9Ei", "9223372036854775807"},
             Written{"99999999999999999999", "99999999999999999999"},
             Written{"m", "0"},
             Written{"1ki", ""},
             Written{"1GiB", ""},
             Written{"abc", ""},
             Written{"", ""},
             Written{"1e", ""},
             Written{".Pi", ""},
         }) {
        const auto quantity = Quantity::parse(row.text);
        EXPECT_EQ(quantity ? quantity->text() : "", row.canonical) << row.text;
    }
}

Quantity of(std::string_view text) { return *Quantity::parse(text); }

TEST(Quantity, ComparesExactly) {
    EXPECT_TRUE(of("1000m").compare(of("1")) == 0);
    EXPECT_TRUE(of("1Gi").compare(of("1G")) > 0);
    EXPECT_TRUE(of("-1").compare(of("1n")) < 0);
    EXPECT_TRUE(of("99999999999999999999999999").compare(of("99999999999999999999999998")) > 0);
    EXPECT_TRUE(of("1e1000000000").compare(of("1e999999999")) > 0);
    EXPECT_TRUE(of("-1e1000000000").compare(of("1")) < 0);
}

TEST(Quantity, AddsExactlyBeyond64Bits) {
    EXPECT_EQ(of("1Gi").plus(of("1Mi"))->text(), "1025Mi");
    EXPECT_EQ(of("1").minus(of("100m"))->text(), "900m");
    EXPECT_EQ(of("0").plus(of("1Ki"))->text(), "1Ki");
    EXPECT_EQ(of("9223372036854775807").plus(of("1"))->text(), "9223372036854775808");
    EXPECT_FALSE(of("1e1000000000").plus(of("1")));
}

TEST(Quantity, IsAnIntegerWhileItFits) {
    EXPECT_EQ(of("50k").integer(), 50'000);
    EXPECT_EQ(of("1.5").integer(), std::nullopt);
    EXPECT_EQ(of("9999999999999999999").integer(), std::nullopt);
    EXPECT_EQ(of("1e19").integer(), std::nullopt);
    EXPECT_EQ(of("50.703k").approximate(), 50703.0);
    EXPECT_EQ(of("1e400").approximate(), HUGE_VAL);
}

TEST(Quantity, RefusesMoreDigitsThanAreOfUse) {
    EXPECT_FALSE(Quantity::parse(std::string(5000, '9')));
    EXPECT_FALSE(Quantity::parse(std::string(30, '9') + "e1000000000"));
    EXPECT_EQ(Quantity::parse("1e-1000000000")->text(), "1e-9");
}

TEST(QuantityLibrary, CallsWhatQuantitiesDo) {
    const LibraryCall call(add_kubernetes_quantity);
    const auto quantity = [&call](std::string_view value) { return call("quantity", {text(value)}); };
    EXPECT_EQ(shown(call("compareTo", {quantity("2"), quantity("1")})), "1");
    EXPECT_EQ(shown(call("isLessThan", {quantity("1M"), quantity("1Mi")})), "true");
    EXPECT_EQ(shown(call("add", {quantity("50k"), number(20)})), "50020");
    EXPECT_EQ(shown(call("sub", {quantity("1"), number(2)})), "-1");
    EXPECT_EQ(shown(call("asInteger", {quantity("1.5")})), "error: cannot convert value to integer");
    EXPECT_EQ(shown(call("sign", {quantity("-3")})), "-1");
    EXPECT_EQ(shown(call("isQuantity", {text("1Mo")})), "false");
    EXPECT_TRUE(equal(quantity("1000m"), quantity("1")));
    EXPECT_TRUE(call.functions().find("sign", true).empty());
}

}  // namespace
}  // namespace cel::testing
