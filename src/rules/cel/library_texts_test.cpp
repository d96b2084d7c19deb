// SPDX-License-Identifier: 0BSD
#include <limits>

#include <gtest/gtest.h>

#include "rules/cel/libraries.hpp"
#include "rules/cel/testing/library_call.hpp"

namespace cel::testing {
namespace {

void add_texts(FunctionSet& functions) {
    add_regex(functions);
    add_kubernetes_regex(functions);
    add_encoders(functions);
}

void expect_rows(const std::vector<Row>& rows) {
    const LibraryCall call(add_texts);
    for (const Row& row : rows) {
        EXPECT_EQ(shown(call(row.function, row.arguments)), row.expected)
            << row.function << " " << shown(list(row.arguments));
    }
}

TEST(Regex, FindsMatchesAsGoDoes) {
    expect_rows({
        {"find", {text("abc123def"), text("[0-9]+")}, "\"123\""},
        {"find", {text("abc"), text("x")}, "\"\""},
        {"find", {text("abc"), text("[")}, "error: error parsing regexp: \"[\""},
        {"findAll", {text("1a2b3"), text("[0-9]"), number(2)}, R"(["1", "2"])"},
        {"findAll", {text("1a2"), text("[0-9]"), number(0)}, "[]"},
        {"findAll", {text("baé"), text("a*")}, R"(["", "a", ""])"},
        {"findAll", {text("ab ab"), text("^ab")}, R"(["ab"])"},
        {"findAll", {text(""), text("")}, R"([""])"},
    });
}

TEST(Regex, ExtractsTheOneGroup) {
    expect_rows({
        {"regex.extract", {text("id: 12"), text(R"(id: (\d+))")}, "optional(\"12\")"},
        {"regex.extract", {text("id: 12"), text(R"(\d)")}, "optional(\"1\")"},
        {"regex.extract", {text("b"), text("(a)|b")}, "none"},
        {"regex.extract",
         {text("x"), text("(a)(b)")},
         "error: regular expression has more than one capturing group: \"(a)(b)\""},
        {"regex.extractAll", {text("a1b2"), text(R"([a-z](\d))")}, R"(["1", "2"])"},
        {"regex.extractAll", {text("x"), text("y")}, "[]"},
    });
}

TEST(Regex, ReplacesWithGroups) {
    expect_rows({
        {"regex.replace", {text("hello world"), text("(l+)"), text("<\\1>")}, "\"he<ll>o wor<l>d\""},
        {"regex.replace", {text("aaa"), text("a"), text("\\\\"), number(2)}, R"("\\\\a")"},
        {"regex.replace", {text("ab"), text(""), text("-")}, "\"-a-b-\""},
        {"regex.replace",
         {text("a"), text("a"), text("\\2")},
         "error: replacement string references group 2 but regex has only 0 group(s)"},
        {"regex.replace",
         {text("a"), text("a"), text("\\x")},
         "error: invalid replacement string: '\\x' \\ must be followed by a digit or \\"},
        {"regex.replace", {text("a"), text("["), text(""), number(0)}, "\"a\""},
    });
}

TEST(Regex, DoesNotBuildOrSearchWhatCannotBePaidFor) {
    FunctionSet functions;
    add_texts(functions);
    const LibraryCall poor(functions, 1000);
    const Value long_text = text(std::string(100'000, 'a'));
    EXPECT_TRUE(poor("regex.replace", {long_text, text("a"), text(std::string(100, 'b'))}).is_error());
    EXPECT_TRUE(poor("findAll", {long_text, text("a|a.*b")}).is_error());
}

TEST(Base64, IsReadWithAndWithoutPadding) {
    expect_rows({
        {"base64.decode", {text("aGVsbG8=")}, "b\"hello\""},
        {"base64.decode", {text("aGVsbG8")}, "b\"hello\""},
        {"base64.decode", {text("aGVs\nbG8=")}, "b\"hello\""},
        {"base64.decode", {text("aGVs bG8=")}, "error: illegal base64 data at input byte 4"},
        {"base64.decode", {text("aGVsbG8-")}, "error: illegal base64 data at input byte 7"},
        {"base64.decode", {text("a")}, "error: illegal base64 data at input byte 1"},
        {"base64.encode", {Value::bytes("hello")}, "\"aGVsbG8=\""},
    });
}

TEST(Json, IsWrittenCompactAndInOrder) {
    const LibraryCall call(add_encoders);
    const auto encoded = [&call](const Value& value) {
        const Value json = call("json.encode", {value});
        return json.is_error() ? shown(json) : std::string(json.as_string());
    };
    EXPECT_EQ(encoded(Value::map(
                  {{text("b"), list({number(1), Value(), real(0.5)})}, {text("a"), Value::map({})}})),
              R"({"a":{},"b":[1,null,0.5]})");
    EXPECT_EQ(encoded(text("<a>&\"\n\x01\u2028é")), R"("\u003ca\u003e\u0026\"\n\u0001\u2028é")");
    EXPECT_EQ(encoded(number(9007199254740991)), "9007199254740991");
    EXPECT_EQ(encoded(number(-9007199254740992)), "\"-9007199254740992\"");
    EXPECT_EQ(encoded(list({real(1e20), real(1e21), real(1e-7), real(0.00001), real(-2.5e-12)})),
              "[100000000000000000000,1e+21,1e-7,0.00001,-2.5e-12]");
    EXPECT_EQ(encoded(Value::bytes("hi")), "\"aGk=\"");
    EXPECT_EQ(encoded(Value::optional_of(number(1))), "1");
    EXPECT_EQ(encoded(Value::optional_none()), "error: optional.none() dereference");
    EXPECT_EQ(encoded(Value::map({{number(1), number(2)}})),
              "error: unsupported type conversion from 'int' to string");
    EXPECT_TRUE(call("json.encode", {real(std::numeric_limits<double>::infinity())}).is_error());
}

TEST(Json, IsPaidForAsItGrows) {
    FunctionSet functions;
    add_encoders(functions);
    const LibraryCall poor(functions, 100);
    const Value long_text = text(std::string(10'000, 'a'));
    EXPECT_TRUE(poor("json.encode", {list({long_text})}).is_error());
}

}  // namespace
}  // namespace cel::testing
