// SPDX-License-Identifier: 0BSD
#include "rules/cel/parser.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "rules/cel/testing/answer.hpp"

namespace cel::testing {
namespace {

std::string tree(const Ast& ast, const Expr& expr);

std::string all(const Ast& ast, std::span<Expr* const> exprs) {
    std::string text;
    for (const Expr* expr : exprs) {
        text += (text.empty() ? "" : " ") + tree(ast, *expr);
    }
    return text;
}

std::string macro(const Ast& ast, const Expr& expr) {
    constexpr std::string_view kNames[] = {"none",   "all",       "exists",       "exists_one",
                                           "map",    "filter",    "transformMap", "transformMapEntry",
                                           "optMap", "optFlatMap"};
    const std::string variables =
        std::string(expr.variable) + (expr.variable2.empty() ? "" : "," + std::string(expr.variable2));
    return fmt::format("({} {} {} {})", kNames[static_cast<std::size_t>(expr.macro)],
                       expr.target != nullptr ? tree(ast, *expr.target) : "", variables,
                       all(ast, expr.arguments));
}

// Operators and calls in front of their operands: (+ 1 (* 2 3)).
std::string tree(const Ast& ast, const Expr& expr) {
    switch (expr.kind) {
        case ExprKind::kConstant: return shown(ast.constants[expr.number]);
        case ExprKind::kIdent: return (expr.rooted ? "." : "") + std::string(expr.name);
        case ExprKind::kSelect:
            return fmt::format("({} {} {})",
                               expr.test       ? "has"
                               : expr.optional ? ".?"
                                               : ".",
                               tree(ast, *expr.target), expr.name);
        case ExprKind::kIndex:
            return fmt::format("({} {} {})", expr.optional ? "[?]" : "[]", tree(ast, *expr.target),
                               all(ast, expr.arguments));
        case ExprKind::kCall:
            return expr.target != nullptr ? fmt::format("(.{} {} {})", expr.name, tree(ast, *expr.target),
                                                        all(ast, expr.arguments))
                                          : fmt::format("({} {})", expr.name, all(ast, expr.arguments));
        case ExprKind::kAnd: return fmt::format("(&& {})", all(ast, expr.arguments));
        case ExprKind::kOr: return fmt::format("(|| {})", all(ast, expr.arguments));
        case ExprKind::kTernary: return fmt::format("(? {})", all(ast, expr.arguments));
        case ExprKind::kList: return fmt::format("[{}]", all(ast, expr.arguments));
        case ExprKind::kMap: return fmt::format("{{{}}}", all(ast, expr.arguments));
        case ExprKind::kMessage:
            return fmt::format("(new {} {})", tree(ast, *expr.target), all(ast, expr.arguments));
        case ExprKind::kFold:
        case ExprKind::kBind: return macro(ast, expr);
        case ExprKind::kBlock: return fmt::format("(block {})", all(ast, expr.arguments));
        case ExprKind::kBlockIndex: return fmt::format("(index {})", expr.number);
    }
    return "?";
}

std::string parsed(std::string_view source, int depth_max = 250) {
    Ast ast;
    const ParseOptions options{.macros = true,
                               .optional_syntax = true,
                               .two_variable_macros = true,
                               .bind_macros = true,
                               .farthest_macros = false,
                               .sort_macro = false,
                               .depth_max = depth_max};
    if (auto done = parse(source, options, ast); !done) {
        return describe(source, done.error()).message;
    }
    return tree(ast, *ast.root);
}

TEST(Parser, BindsOperatorsInTheirOrder) {
    for (const Said& row : {
             Said{"1 + 2 * 3", "(_+_ 1 (_*_ 2 3))"},
             Said{"(1 + 2) * 3", "(_*_ (_+_ 1 2) 3)"},
             Said{"1 - 2 - 3", "(_-_ (_-_ 1 2) 3)"},
             Said{"8 / 4 % 3 * 2", "(_*_ (_%_ (_/_ 8 4) 3) 2)"},
             Said{"1 + 2 == 3", "(_==_ (_+_ 1 2) 3)"},
             Said{"1 < 2 == true", "(_==_ (_<_ 1 2) true)"},
             Said{"a in b && c", "(&& (@in a b) c)"},
             Said{"a && b || c && d", "(|| (&& a b) (&& c d))"},
             Said{"a || b || c", "(|| a b c)"},
             Said{"a && b && c", "(&& a b c)"},
             Said{"a ? b : c ? d : e", "(? a b (? c d e))"},
             Said{"a || b ? c : d", "(? (|| a b) c d)"},
             Said{"!a && -b < 1", "(&& (!_ a) (_<_ (-_ b) 1))"},
             Said{"!!a", "a"},
             Said{"!!!a", "(!_ a)"},
             Said{"--a", "a"},
             Said{"- 1", "-1"},
             Said{"-a.b", "(-_ (. a b))"},
             Said{"a.b.c", "(. (. a b) c)"},
             Said{".a.b", "(. .a b)"},
             Said{"a[0].b(1)", "(.b ([] a 0) 1)"},
             Said{"a.?b[?c]", "([?] (.? a b) c)"},
             Said{"f(a, b)", "(f a b)"},
             Said{"a.`b/c`", "(. a b/c)"},
             Said{"[1, ?a, 3,]", "[1 a 3]"},
             Said{"{'a': 1, ?b: c,}", "{\"a\" 1 b c}"},
             Said{"a.B{c: 1}", "(new (. a B) 1)"},
         }) {
        EXPECT_EQ(parsed(row.source), row.expected) << row.source;
    }
}

TEST(Parser, RecognisesMacros) {
    for (const Said& row : {
             Said{"has(a.b)", "(has a b)"},
             Said{"has(a.?b.c)", "(has (.? a b) c)"},
             Said{"a.all(x, y)", "(all a x y)"},
             Said{"a.exists(x, y)", "(exists a x y)"},
             Said{"a.exists_one(x, y)", "(exists_one a x y)"},
             Said{"a.existsOne(x, y)", "(exists_one a x y)"},
             Said{"a.map(x, y)", "(map a x y)"},
             Said{"a.map(x, y, z)", "(map a x y z)"},
             Said{"a.filter(x, y)", "(filter a x y)"},
             Said{"a.all(i, x, y)", "(all a i,x y)"},
             Said{"a.transformList(i, x, y)", "(map a i,x y)"},
             Said{"a.transformMap(i, x, y, z)", "(transformMap a i,x y z)"},
             Said{"a.transformMapEntry(i, x, {i: x})", "(transformMapEntry a i,x {i x})"},
             Said{"a.optMap(x, y)", "(optMap a x y)"},
             Said{"a.optFlatMap(x, y)", "(optFlatMap a x y)"},
             Said{"cel.bind(x, 1, x)", "(none  x 1 x)"},
             // Calls with other numbers of arguments are calls.
             Said{"a.all(x)", "(.all a x)"},
             Said{"a.filter(x, y, z)", "(.filter a x y z)"},
             Said{"all(a, b)", "(all a b)"},
         }) {
        EXPECT_EQ(parsed(row.source), row.expected) << row.source;
    }
}

TEST(Parser, ReadsLiterals) {
    for (const Said& row : {
             Said{"9223372036854775807", "9223372036854775807"},
             Said{"-9223372036854775808", "-9223372036854775808"},
             Said{"0x7fffffffffffffff", "9223372036854775807"},
             Said{"-0x10", "-16"},
             Said{"18446744073709551615u", "18446744073709551615u"},
             Said{"0xFFu", "255u"},
             Said{".5", "0.5"},
             Said{"1e3", "1000"},
             Said{"1e-400", "0"},
             Said{"true", "true"},
             Said{"null", "null"},
             Said{R"('\a\b\f\n\r\t\v\\\'\"\`\?' == "\x07\x08\x0c\x0a\x0d\x09\x0b\x5c\x27\x22\x60\x3f")",
                  R"((_==_ "\a\b\f\n\r\t\v\\'\"`?" "\a\b\f\n\r\t\v\\'\"`?"))"},
             Said{R"('\x41\X42\103\u00e9\U0001F600')", "\"ABC\xc3\xa9\xf0\x9f\x98\x80\""},
             Said{R"(r'\x41')", R"("\\x41")"},
             Said{"'''a'b''c'''", "\"a'b''c\""},
             Said{"'''a\r\nb\rc'''", "\"a\\nb\\nc\""},
             Said{R"(b'\x41\377' == b'A\xff')", R"((_==_ b"A\xff" b"A\xff"))"},
             Said{"b'\xc3\xa9'", "b\"\xc3\xa9\""},
         }) {
        EXPECT_EQ(parsed(row.source), row.expected) << row.source;
    }
}

TEST(Parser, TellsThePlaceOfWhatItRefuses) {
    struct Case {
        std::string_view source;
        std::string_view place;
        std::string_view why;
    };
    for (const Case& row : {
             Case{"", "1:1: ", ""},
             Case{"1 +", "1:4: ", ""},
             Case{"(1", "1:3: ", ""},
             Case{"1 2", "1:3: ", ""},
             Case{"a.", "1:3: ", ""},
             Case{"a.1", "1:2: ", ""},
             Case{"a b", "1:3: ", ""},
             Case{"a ? b", "1:6: ", ""},
             Case{"[1, 2", "1:6: ", ""},
             Case{"{1}", "1:3: ", ""},
             Case{"{1: 2", "1:6: ", ""},
             Case{"f(1,", "1:5: ", ""},
             Case{"f(,)", "1:3: ", ""},
             Case{"a\n  == \xc3\xa9", "2:6: ", "token"},
             Case{"'a", "1:1: ", "quote"},
             Case{"9223372036854775808", "1:1: ", "int"},
             Case{"1 + -9223372036854775809", "1:6: ", "int"},
             Case{"18446744073709551616u", "1:1: ", "uint"},
             Case{"1e400", "1:1: ", "double"},
             Case{R"('\q')", "1:1: ", "escape"},
             Case{R"('\x4')", "1:1: ", "escape"},
             Case{R"('\400')", "1:1: ", "escape"},
             Case{R"('\12')", "1:1: ", "escape"},
             Case{R"('\ud800')", "1:1: ", "escape"},
             Case{R"('\U00110000')", "1:1: ", "escape"},
             Case{R"(b'\u0041')", "1:1: ", "escape"},
             Case{"has(a)", "1:", "has"},
             Case{"[].map(1, 2)", "1:8: ", "simple name"},
             Case{"[].all(a.b, true)", "1:9: ", "simple name"},
             Case{"while", "1:1: ", ""},
             Case{"a.b{c.d: 1}", "1:6: ", ""},
         }) {
        const std::string told = parsed(row.source);
        EXPECT_TRUE(told.starts_with(row.place)) << row.source << ": " << told;
        EXPECT_NE(told.find(row.why), std::string::npos) << row.source << ": " << told;
    }
}

TEST(Parser, ShowsTheLineAndACaretBelowThePlace) {
    EXPECT_TRUE(parsed("a &&\n\xc3\xa9").ends_with("\n | \xc3\xa9\n | ^")) << parsed("a &&\n\xc3\xa9");
    EXPECT_TRUE(parsed("'\xc3\xa9' = 1").ends_with("\n | '\xc3\xa9' = 1\n | ....^"))
        << parsed("'\xc3\xa9' = 1");
}

TEST(Parser, RefusesWhatIsNestedTooDeeply) {
    EXPECT_EQ(parsed(std::string(9, '(') + "1" + std::string(9, ')'), 10), "1");
    std::string sum = "1";
    for (int term = 0; term < 20; ++term) {
        sum += " + 1";
    }
    for (const std::string& source :
         {std::string(20, '(') + "1" + std::string(20, ')'), std::string(20, '[') + std::string(20, ']'), sum,
          std::string("a.b.c.d.e.f.g.h.i.j.k.l.m"), std::string(100'000, '('), std::string(100'000, '[')}) {
        EXPECT_NE(parsed(source, 10).find("recursion limit exceeded: 10"), std::string::npos)
            << parsed(source, 10);
    }
    EXPECT_EQ(parsed(std::string(100'000, '!') + "a"), "a");
}

}  // namespace
}  // namespace cel::testing
