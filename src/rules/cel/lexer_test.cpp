// SPDX-License-Identifier: 0BSD
#include "rules/cel/lexer.hpp"

#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace cel {
namespace {

std::string_view kind_of(TokenKind kind) {
    constexpr std::string_view kNames[] = {"end",   "name", "quoted", "int",  "uint", "double", "string",
                                           "bytes", "true", "false",  "null", "in",   "symbol", "wrong"};
    return kNames[static_cast<std::size_t>(kind)];
}

// "int:1 symbol:+ name:a", or "wrong@3: why" where a token is none.
std::string tokens(std::string_view source) {
    Lexer lexer(source);
    std::string text;
    for (Token token = lexer.next(); token.kind != TokenKind::kEnd; token = lexer.next()) {
        text += text.empty() ? "" : " ";
        if (token.kind == TokenKind::kWrong) {
            return text + fmt::format("wrong@{}: {}", lexer.problem().offset, lexer.problem().what);
        }
        text += fmt::format("{}:{}", kind_of(token.kind), token.text);
    }
    return text;
}

struct Case {
    std::string_view source;
    std::string_view expected;
};

TEST(Lexer, ReadsTokens) {
    for (const Case& row : {
             Case{"", ""},
             Case{" \t\r\n\f", ""},
             Case{"a _b C9", "name:a name:_b name:C9"},
             Case{"true false null in", "true:true false:false null:null in:in"},
             Case{"trueish nullable inside", "name:trueish name:nullable name:inside"},
             Case{"1 0 007", "int:1 int:0 int:007"},
             Case{"0x1F 0xffu 0XF", "int:0x1F uint:0xffu int:0 name:XF"},
             Case{"1u 2U", "uint:1u uint:2U"},
             Case{"1.5 .5 1e3 1E+2 1.5e-7", "double:1.5 double:.5 double:1e3 double:1E+2 double:1.5e-7"},
             Case{"1. 1.a 1e 0x", "int:1 symbol:. int:1 symbol:. name:a int:1 name:e int:0 name:x"},
             Case{"'a' \"b\" ''", "string:'a' string:\"b\" string:''"},
             Case{"'''a\n'b''' \"\"\"c\"\"\"", "string:'''a\n'b''' string:\"\"\"c\"\"\""},
             Case{"r'\\' R\"\\n\" b'x' B'y' br'\\' bR'z'",
                  "string:r'\\' string:R\"\\n\" bytes:b'x' bytes:B'y' bytes:br'\\' bytes:bR'z'"},
             // Bytes come before raw.
             Case{"rb'x'", "name:rb string:'x'"},
             Case{"'\\'' \"\\\"\"", "string:'\\'' string:\"\\\"\""},
             Case{"`a-b/c.d e`", "quoted:a-b/c.d e"},
             Case{"a//b\nc", "name:a name:c"},
             Case{"// to the end", ""},
             Case{"== != <= >= && || < > ! ? : . , ( ) [ ] { } + - * / %",
                  "symbol:== symbol:!= symbol:<= symbol:>= symbol:&& symbol:|| symbol:< symbol:> symbol:! "
                  "symbol:? "
                  "symbol:: symbol:. symbol:, symbol:( symbol:) symbol:[ symbol:] symbol:{ symbol:} symbol:+ "
                  "symbol:- "
                  "symbol:* symbol:/ symbol:%"},
         }) {
        EXPECT_EQ(tokens(row.source), row.expected) << row.source;
    }
}

TEST(Lexer, TellsWhereThereIsNoToken) {
    for (const Case& row : {
             Case{"a = b", "name:a wrong@2: Syntax error: token recognition error at: '='"},
             Case{"a & b", "name:a wrong@2: Syntax error: token recognition error at: '&'"},
             Case{"#", "wrong@0: Syntax error: token recognition error at: '#'"},
             Case{"a \xc3\xa9", "name:a wrong@2: Syntax error: a letter that belongs to no token"},
             Case{"1 + 'abc", "int:1 symbol:+ wrong@4: Syntax error: the string has no closing quote"},
             Case{"'a\nb'", "wrong@0: Syntax error: the string has no closing quote"},
             Case{"'''a'", "wrong@0: Syntax error: the string has no closing quote"},
             Case{"'\\'", "wrong@0: Syntax error: the string has no closing quote"},
             Case{"a.`", "name:a symbol:. wrong@2: Syntax error: the quoted identifier is malformed"},
             Case{"``", "wrong@0: Syntax error: the quoted identifier is malformed"},
             Case{"`a$`", "wrong@0: Syntax error: the quoted identifier is malformed"},
         }) {
        EXPECT_EQ(tokens(row.source), row.expected) << row.source;
    }
}

TEST(Lexer, StaysWhereItEnded) {
    Lexer ended("a");
    ended.next();
    EXPECT_EQ(ended.next().kind, TokenKind::kEnd);
    EXPECT_EQ(ended.next().kind, TokenKind::kEnd);
    Lexer failed("# a");
    EXPECT_EQ(failed.next().kind, TokenKind::kWrong);
    EXPECT_EQ(failed.next().kind, TokenKind::kWrong);
}

}  // namespace
}  // namespace cel
