// SPDX-License-Identifier: 0BSD
#include "rules/jsonpath/template.hpp"

#include <string>

#include <gtest/gtest.h>

#include "model/json.hpp"

namespace jsonpath {
namespace {

model::Value read(std::string_view text) { return model::parse_json(text, "test").value(); }

const model::Value& object() {
    static const model::Value value = read(R"({
        "n": "ab", "e": [], "nul": null, "h": {"x": "<a&b>\u2028\u0001\b", "z": 1, "a": [true, null]},
        "f": [1e21, 1e20, 123456789.5, 0.00001, 0.0001, -0.0, 3.0, 12345678901234567890],
        "i": [{"a": 1, "f": 1.5, "s": "x", "b": true, "z": null, "l": [1], "m": {"k": 1}}, {"a": 2, "f": 2.0, "s": "y"}],
        "dots": {"a.b/c": "d"}})");
    return value;
}

std::string outcome(std::string_view text, Options options = {}) {
    const auto parsed = Template::parse(text);
    if (!parsed) {
        return "parse: " + parsed.error().text();
    }
    const auto result = parsed->evaluate(object(), options);
    return result ? *result : "evaluate: " + result.error().text();
}

struct Row {
    std::string text;
    std::string result;
};

TEST(Template, GivesWhatTheOriginalGives) {
    const Row rows[] = {
        {"plain } text", "plain } text"},
        {"{.n}-{$.n}-{@.n}-{ .n }", "ab-ab-ab-ab"},
        {"{.dots.a\\.b/c}", "d"},
        {"{['n']}{['i'][1]['s']}", "aby"},
        {"{.i[*]['a','s']}", "1 2 x y"},
        {"{.i[0 , 1].a}", "1 2"},
        {"{.i[].a}", "1"},
        {"{.i[::].a}", "1 2"},
        {"{.i[*]\"x\"}", "x"},
        {"{1 2}{-.5}{+1}{1.}{99999999999999999999}",
         "2-0.511"
         "1e+20"},
        {"{\"a\\u00e9\\x41\\101\\n\"}{'it\\'s'}", "aéAA\nit's"},
        {"{.n.*} {.n..}", "97 98 ab"},
        {"{.h..}",
         "{\"a\":[true,null],\"x\":\"\\u003ca\\u0026b\\u003e\\u2028\\u0001\\b\",\"z\":1} [true,null] "
         "<a&b>\u2028\x01\b"},
        {"{.f}", "[1e+21,100000000000000000000,123456789.5,0.00001,0.0001,-0,3,12345678901234567000]"},
        {"{.f[*]}", "1e+21 1e+20 1.234567895e+08 1e-05 0.0001 -0 3 1.2345678901234567e+19"},
        {"{.nul}{.e}{.e[*]}", "null[]"},
        {"{...a}", "[true,null] 1 2"},
        {"{.i[?(@.a==1)].s}{.i[?( @.a != 1 )].s}{.i[?(@.f>=2.0)].a}{.i[?(@.s<=\"x\")].a}", "xy21"},
        {"{.i[?(@.z)].a}{.i[?(foo)].a}{.i[?(@.l[5])].a}{.i[?(@.a=)].a}", "11 21"},
        {"{.i[?(@.s==\"x)\")].a}", ""},
        {"{range .i[*]}{.a}{end}{.n}", "12ab"},
        {"{range .i[*]}a{end}b{range .i[*]}c{end}", "aabcc"},
        {"{range .nul}{@}{end}", "<no value>"},
        {"{range}{.n}{end}", "ab"},
        {"{.e[5:5]}{.n}", "ab"},
    };
    for (const Row& row : rows) {
        EXPECT_EQ(outcome(row.text), row.result) << row.text;
    }
}

TEST(Template, RefusesWhatIsMalformedWithItsColumn) {
    const Row rows[] = {
        {"x{.n", "parse: column 5: unclosed action"},
        {"{.n\n}", "parse: column 4: unclosed action"},
        {"{.n,.e}", "parse: column 4: unexpected character ','"},
        {"{\t.n}", "parse: column 2: unexpected character '\t'"},
        {"{....a}", "parse: column 4: \"..\" twice in a row"},
        {"{.i[}", "parse: column 4: unterminated array"},
        {"{.i[x]}", "parse: column 5: \"x\" is no array index"},
        {"{.i[0,x]}", "parse: column 8: \"x\" is no array index"},
        {"{.i[0:1:1:1]}", "parse: column 5: \"0:1:1:1\" is no array index"},
        {"{.i[99999999999999999999]}", "parse: column 5: \"99999999999999999999\" is no array index"},
        {"{1.2.3}", "parse: column 2: \"1.2.3\" is no number"},
        {"{\"a}", "parse: column 2: unterminated quoted text"},
        {"{\"\\400\"}", "parse: column 2: a quoted text with a bad escape"},
        {"{\"\\ud800\"}", "parse: column 2: a quoted text with a bad escape"},
        {"{\"a\\'\"}", "parse: column 2: a quoted text with a bad escape"},
        {"{.i[?(@.a]}", "parse: column 7: unterminated filter"},
        {"{.i[?(@.a))]}", "parse: column 10: \"]\" must follow the filter's \")\""},
        {"{.i[?(@.a==,)]}", "parse: column 12: unexpected character ','"},
    };
    for (const Row& row : rows) {
        EXPECT_EQ(outcome(row.text), row.result) << row.text;
    }
}

TEST(Template, RefusesWhatTheObjectDoesNotHave) {
    const Row rows[] = {
        {"{.zz}", "evaluate: zz is not found"},
        {"{.nul.x}", "evaluate: x is not found"},
        {"{range .e[*]}{.x}{end}", "evaluate: x is not found"},
        {"{range .i[*]}{.a}", "evaluate: a is not found"},
        {"{.i[?(@.b==true)].a}", "evaluate: b is not found"},
        {"{.n[0]}", "evaluate: an array index on something that is no list"},
        {"{range .nul}{[0]}{end}", "evaluate: an array index on something that is no list"},
        {"{.n[?(@.a)]}", "evaluate: a filter on something that is no list"},
        {"{.i[-3].a}", "evaluate: array index out of bounds: index -1, length 2"},
        {"{.i[0:3]}", "evaluate: array index out of bounds: index 2, length 2"},
        {"{.i[1:0]}", "evaluate: starting index 1 is greater than ending index 0"},
        {"{.i[::0]}", "evaluate: the step of an array must be above 0"},
        {"{.i[?(@.a>1.5)].s}", "evaluate: values of different types cannot be compared"},
        {"{.i[?(@.l==1)].s}", "evaluate: null, maps and lists cannot be compared"},
        {"{.i[?(@.a<=1)].s}{.i[0:1][*]}", "evaluate: an array index on something that is no list"},
        {"{.i[?(true<true)].s}", "evaluate: bools cannot be ordered"},
        {"{.i[?(@.a=1)].s}", "evaluate: unknown filter operator ="},
        {"{.i[?(@.*==1)].s}", "evaluate: a filter can only compare one value at a time"},
        {"{end}", "evaluate: not in range, nothing to end"},
        {"{n}", "evaluate: unrecognized identifier n"},
    };
    for (const Row& row : rows) {
        EXPECT_EQ(outcome(row.text), row.result) << row.text;
    }
    EXPECT_EQ(Template::parse("{.zz}")->evaluate(object(), {}).error().code, base::ErrorCode::kNotFound);
    EXPECT_EQ(Template::parse("{.n[0]}")->evaluate(object(), {}).error().code, base::ErrorCode::kInvalid);
}

TEST(Template, GivesNothingForMissingKeysWhenTheyMayMiss) {
    const Options options{.allow_missing_keys = true};
    EXPECT_EQ(outcome("[{.zz}] [{.nul.x}] [{..zz}]", options), "[] [] []");
    EXPECT_EQ(outcome("{range .e[*]}{.x}{end}-", options), "-");
    EXPECT_EQ(outcome("{range .i[*]}{.a}", options), "12");
    EXPECT_EQ(outcome("{.i[?(@.b==true)].a}", options), "1");
    EXPECT_EQ(outcome("{.i[5]}", options), "evaluate: array index out of bounds: index 5, length 2");
}

TEST(Template, IsFilledFromNullAndFromScalars) {
    EXPECT_EQ(Template::parse("{}")->evaluate(model::Value(), {}).value(), "<no value>");
    EXPECT_EQ(Template::parse("{.a}")->evaluate(model::Value(), {.allow_missing_keys = true}).value(), "");
    EXPECT_EQ(Template::parse("{}")->evaluate(model::Value("x"), {}).value(), "x");
}

TEST(Template, BoundsItsSizeItsRangesAndItsWork) {
    const auto long_template = Template::parse(std::string(kTemplateBytesMax + 1, 'x'));
    ASSERT_FALSE(long_template);
    EXPECT_EQ(long_template.error().code, base::ErrorCode::kLimitExceeded);

    std::string ranges;
    for (std::size_t level = 0; level <= kRangeNestingMax; ++level) {
        ranges += "{range .i}";
    }
    const auto nested = Template::parse(ranges)->evaluate(read(R"({"i": 1})"), {.allow_missing_keys = true});
    ASSERT_FALSE(nested);
    EXPECT_EQ(nested.error().code, base::ErrorCode::kLimitExceeded);

    std::string list = "[0";
    for (int count = 0; count < 2000; ++count) {
        list += ",0";
    }
    const auto busy = Template::parse("{range [*]}{range $}{end}{end}")->evaluate(read(list + "]"), {});
    EXPECT_TRUE(busy);
    std::string unions = "{[0";
    for (int count = 0; count < 3000; ++count) {
        unions += ",*";
    }
    const auto busier = Template::parse(unions + "]}")->evaluate(read(list + "]"), {});
    ASSERT_FALSE(busier);
    EXPECT_EQ(busier.error().code, base::ErrorCode::kLimitExceeded);
}

TEST(Relaxed, TakesFourForms) {
    for (const std::string_view form : {"a.b", ".a.b", "{a.b}", "{.a.b}"}) {
        EXPECT_EQ(relaxed(form).value(), "{.a.b}") << form;
    }
    EXPECT_EQ(relaxed("").value(), "");
    EXPECT_EQ(relaxed("..a").value(), "{..a}");
    EXPECT_EQ(relaxed(".").value(), "{..}");
    for (const std::string_view form : {"{}", "{a", "a}", "{a}{b}", "{{a}}", "{", "}"}) {
        ASSERT_FALSE(relaxed(form)) << form;
        EXPECT_EQ(relaxed(form).error().code, base::ErrorCode::kInvalid);
    }
}

}  // namespace
}  // namespace jsonpath
