// SPDX-License-Identifier: 0BSD
#include "rules/cel/value.hpp"

#include <cmath>
#include <limits>

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

namespace cel {
namespace {

Value integer(std::int64_t value) { return Value::integer(value); }
Value whole(std::uint64_t value) { return Value::unsigned_integer(value); }
Value real(double value) { return Value::real(value); }
Value text(std::string value) { return Value::string(std::move(value)); }

static_assert(sizeof(Value) == 16);

TEST(Value, IsNullByDefault) { EXPECT_EQ(Value().kind(), ValueKind::kNull); }

TEST(Value, ViewsJsonInPlace) {
    const model::Value object =
        boost::json::parse(R"({"a": [1, 2.5, 18446744073709551615, "x", null, true], "b": {"c": 7}})");
    const Value value = Value::json(object);
    ASSERT_EQ(value.kind(), ValueKind::kMap);
    EXPECT_EQ(value.size(), 2U);
    const Value list = *value.entry("a");
    ASSERT_EQ(list.size(), 6U);
    EXPECT_EQ(list.element(0).as_int(), 1);
    EXPECT_EQ(list.element(1).as_double(), 2.5);
    EXPECT_EQ(list.element(2).as_uint(), UINT64_MAX);
    EXPECT_EQ(list.element(3).as_string().data(), object.at("a").at(3).get_string().data());
    EXPECT_EQ(list.element(4).kind(), ValueKind::kNull);
    EXPECT_TRUE(list.element(5).as_bool());
    EXPECT_EQ(value.entry(text("b"))->entry("c")->as_int(), 7);
    EXPECT_FALSE(value.entry("x"));
    EXPECT_FALSE(value.entry(integer(1)));
    EXPECT_EQ(value.keys().at(1).as_string(), "b");
}

TEST(Value, OwnsWhatItIsGiven) {
    Value copy;
    {
        const Value list = Value::list({text("one"), Value::optional_of(text("two"))});
        copy = list;
    }
    EXPECT_EQ(copy.element(0).as_string(), "one");
    EXPECT_EQ(copy.element(1).held()->as_string(), "two");
    EXPECT_FALSE(Value::optional_none().held());
    EXPECT_EQ(copy.borrowed().element(0).as_string(), "one");
}

TEST(Value, FindsEntriesByNumbersOfAnyKind) {
    std::vector<std::pair<Value, Value>> entries;
    for (int at = -20; at < 20; ++at) {
        entries.emplace_back(integer(at), integer(at * 2));
    }
    entries.emplace_back(whole(UINT64_MAX), text("most"));
    entries.emplace_back(Value::boolean(true), text("true"));
    const Value map = Value::map(std::move(entries));
    EXPECT_EQ(map.entry(whole(3))->as_int(), 6);
    EXPECT_EQ(map.entry(real(-7.0))->as_int(), -14);
    EXPECT_EQ(map.entry(whole(UINT64_MAX))->as_string(), "most");
    EXPECT_EQ(map.entry(Value::boolean(true))->as_string(), "true");
    EXPECT_FALSE(map.entry(real(0.5)));
    EXPECT_FALSE(map.entry(real(std::numeric_limits<double>::infinity())));
    EXPECT_FALSE(map.entry("3"));
    EXPECT_FALSE(map.entry(Value()));
}

struct Row {
    const char* name;
    Value left;
    Value right;
    bool equal;
    std::optional<int> order;
};

TEST(Compare, OrdersEachKindAndNumbersAcrossKinds) {
    const double nan = std::nan("");
    const Row rows[] = {
        {"Ints", integer(1), integer(2), false, -1},
        {"IntUint", integer(-1), whole(0), false, -1},
        {"UintInt", whole(UINT64_MAX), integer(INT64_MAX), false, 1},
        {"IntDouble", integer(1), real(1.0), true, 0},
        {"DoubleFraction", real(-1.5), integer(-1), false, -1},
        {"AsDoublesBeyond53Bits", integer(9007199254740993), real(9007199254740992.0), true, 0},
        {"DoubleBesideTheMostInt", real(0x1p63), integer(INT64_MAX), true, 0},
        {"DoubleBeyondInt", real(0x1p64), integer(INT64_MAX), false, 1},
        {"DoubleBelowUint", real(-1), whole(0), false, -1},
        {"NaN", real(nan), real(nan), false, std::nullopt},
        {"NaNInt", integer(1), real(nan), false, std::nullopt},
        {"Texts", text("a"), text("b"), false, -1},
        {"BytesAreNoTexts", Value::bytes("a"), text("a"), false, std::nullopt},
        {"Bools", Value::boolean(true), Value::boolean(false), false, 1},
        {"Durations", Value::duration({1, 5}), Value::duration({1, 6}), false, -1},
        {"Timestamps", Value::timestamp({1, 5}), Value::timestamp({1, 5}), true, 0},
        {"Nulls", Value(), Value(), true, std::nullopt},
        {"NullAndFalse", Value(), Value::boolean(false), false, std::nullopt},
        {"Lists", Value::list({integer(1)}), Value::list({real(1)}), true, std::nullopt},
        {"ListSizes", Value::list({integer(1)}), Value::list({}), false, std::nullopt},
        {"Maps", Value::map({{integer(1), text("a")}}), Value::map({{whole(1), text("a")}}), true,
         std::nullopt},
        {"MapValues", Value::map({{integer(1), text("a")}}), Value::map({{integer(1), text("b")}}), false,
         std::nullopt},
        {"Types", Value::type(Type::list(Type::dyn())), Value::type(Type::list(Type::simple(TypeKind::kInt))),
         true, std::nullopt},
        {"Optionals", Value::optional_of(integer(1)), Value::optional_of(whole(1)), true, std::nullopt},
        {"OptionalNone", Value::optional_of(Value()), Value::optional_none(), false, std::nullopt},
    };
    for (const Row& row : rows) {
        SCOPED_TRACE(row.name);
        EXPECT_EQ(equal(row.left, row.right), row.equal);
        EXPECT_EQ(compare(row.left, row.right), row.order);
        EXPECT_EQ(equal(row.right, row.left), row.equal);
    }
}

TEST(Value, TellsItsType) {
    EXPECT_EQ(integer(1).type().text(), "int");
    EXPECT_EQ(Value().type().name(), "null_type");
    EXPECT_EQ(Value::list({}).type().name(), "list");
    EXPECT_EQ(Value::type(Type::dyn()).type().name(), "type");
    EXPECT_EQ(Value::duration({}).type().name(), "google.protobuf.Duration");
}

}  // namespace
}  // namespace cel
