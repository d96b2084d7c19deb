// SPDX-License-Identifier: 0BSD
#include "rules/cel/checker.hpp"

#include <gtest/gtest.h>

#include "rules/cel/libraries.hpp"
#include "rules/cel/testing/answer.hpp"

namespace cel::testing {
namespace {

Environment checked(bool cross_type_comparison = true) {
    FunctionSet functions;
    add_standard(functions);
    add_optionals(functions);
    add_strings(functions, {.version = 2});
    const auto simple = Type::simple;
    return {Settings{.optional_syntax = true,
                     .two_variable_macros = true,
                     .bind_macros = true,
                     .homogeneous_literals = true,
                     .cross_type_comparison = cross_type_comparison,
                     .judged_literals = true},
            std::move(functions),
            {{"i", simple(TypeKind::kInt)},
             {"u", simple(TypeKind::kUint)},
             {"d", simple(TypeKind::kDouble)},
             {"s", simple(TypeKind::kString)},
             {"b", simple(TypeKind::kBool)},
             {"t", simple(TypeKind::kTimestamp)},
             {"l", Type::list(simple(TypeKind::kInt))},
             {"m", Type::map(simple(TypeKind::kString), simple(TypeKind::kInt))},
             {"o", Type::optional(simple(TypeKind::kInt))},
             {"x"},
             {"q.r", simple(TypeKind::kString)}}};
}

std::string type_of(const Environment& environment, std::string_view source) {
    const auto program = environment.compile(source);
    return program ? program->result_type().text() : first_line(program.error().message);
}

TEST(Checker, DeducesTypes) {
    const Environment environment = checked();
    for (const Said& row : {
             Said{"1", "int"},
             Said{"1u", "uint"},
             Said{"1.0", "double"},
             Said{"'a'", "string"},
             Said{"b'a'", "bytes"},
             Said{"null", "null"},
             Said{"x", "dyn"},
             Said{"q.r", "string"},
             Said{"int", "type(int)"},
             Said{"type(1)", "type(int)"},
             Said{"i + 1", "int"},
             Said{"s + 'a'", "string"},
             Said{"l + [1]", "list(int)"},
             Said{"t - t", "google.protobuf.Duration"},
             Said{"t + duration('1s')", "google.protobuf.Timestamp"},
             Said{"x + 1", "int"},
             Said{"x == 1", "bool"},
             Said{"x.y.z", "dyn"},
             Said{"x[0]", "dyn"},
             Said{"m.a", "int"},
             Said{"m['a']", "int"},
             Said{"l[0]", "int"},
             Said{"m.?a", "optional_type(int)"},
             Said{"m[?'a']", "optional_type(int)"},
             Said{"x.?a", "optional_type(dyn)"},
             Said{"x[?0]", "dyn"},
             Said{"o.orValue(1)", "int"},
             Said{"o.optMap(v, string(v))", "optional_type(string)"},
             Said{"o.optFlatMap(v, optional.of('a'))", "optional_type(string)"},
             Said{"optional.none()", "optional_type(dyn)"},
             Said{"[]", "list(dyn)"},
             Said{"[1, 2]", "list(int)"},
             Said{"[dyn(1), dyn('a')]", "list(dyn)"},
             Said{"[[1], []]", "list(list(int))"},
             Said{"{'a': 1}", "map(string, int)"},
             Said{"{}", "map(dyn, dyn)"},
             Said{"b ? 1 : 2", "int"},
             Said{"b ? x : 2", "dyn"},
             Said{"b ? null : t", "google.protobuf.Timestamp"},
         }) {
        EXPECT_EQ(type_of(environment, row.source), row.expected) << row.source;
    }
}

TEST(Checker, DeducesTypesOfMacros) {
    const Environment environment = checked();
    for (const Said& row : {
             Said{"l.map(v, string(v))", "list(string)"},
             Said{"l.filter(v, v > 1)", "list(int)"},
             Said{"m.map(k, k)", "list(string)"},
             Said{"x.map(v, v)", "list(dyn)"},
             Said{"l.all(v, v > 0)", "bool"},
             Said{"m.transformMap(k, v, string(v))", "map(string, string)"},
             Said{"l.transformList(n, v, n + v)", "list(int)"},
             Said{"l.transformMapEntry(n, v, {string(v): n})", "map(string, int)"},
             Said{"cel.bind(v, 1, v + 1)", "int"},
             Said{"has(x.y)", "bool"},
             Said{"i in l", "bool"},
             Said{"'a' in m", "bool"},
             Said{"1 < 2.0", "bool"},
             Said{"s.size()", "int"},
             Said{"'%d %s'.format([1, 'a'])", "string"},
         }) {
        EXPECT_EQ(type_of(environment, row.source), row.expected) << row.source;
    }
}

TEST(Checker, RefusesWhatCannotBe) {
    const Environment environment = checked();
    for (const Said& row : {
             Said{"y", "1:1: undeclared reference to 'y' (in container '')"},
             Said{"1 + f(2)", "1:6: undeclared reference to 'f' (in container '')"},
             Said{"s.f()", "1:4: undeclared reference to 'f' (in container '')"},
             Said{"1 + 'a'", "1:3: found no matching overload for '_+_' applied to '(int, string)'"},
             Said{"1 + 1u", "1:3: found no matching overload for '_+_' applied to '(int, uint)'"},
             Said{"!1", "1:1: found no matching overload for '!_' applied to '(int)'"},
             Said{"-'a'", "1:1: found no matching overload for '-_' applied to '(string)'"},
             Said{"1 && b", "1:3: found no matching overload for '_&&_' applied to '(int, bool)'"},
             Said{"b || 's'", "1:3: found no matching overload for '_||_' applied to '(bool, string)'"},
             Said{"1 ? 2 : 3", "1:3: found no matching overload for '_?_:_' applied to '(int, int, int)'"},
             Said{"b ? 1 : 'a'",
                  "1:3: found no matching overload for '_?_:_' applied to '(bool, int, string)'"},
             Said{"1 == 'a'", "1:3: found no matching overload for '_==_' applied to '(int, string)'"},
             Said{"s < 1", "1:3: found no matching overload for '_<_' applied to '(string, int)'"},
             Said{"1 in s", "1:3: found no matching overload for '@in' applied to '(int, string)'"},
             Said{"s.size(1)", "1:7: found no matching overload for 'size' applied to 'string.(int)'"},
             Said{"size(1)", "1:5: found no matching overload for 'size' applied to '(int)'"},
             Said{"i.a", "1:2: type 'int' does not support field selection"},
             Said{"l.a", "1:2: type 'list(int)' does not support field selection"},
             Said{"l['a']", "1:2: found no matching overload for '_[_]' applied to '(list(int), string)'"},
             Said{"m[1]", "1:2: found no matching overload for '_[_]' applied to '(map(string, int), int)'"},
             Said{"i[0]", "1:2: found no matching overload for '_[_]' applied to '(int, int)'"},
             Said{"l[?'a']", "1:2: found no matching overload for '_[?_]' applied to '(list(int), string)'"},
             Said{"i.all(v, true)",
                  "1:1: expression of type 'int' cannot be range of a comprehension (must be "
                  "list, map, or dynamic)"},
             Said{"l.all(v, v)", "1:10: expected type 'bool' but found 'int'"},
             Said{"l.filter(v, 1)", "1:13: expected type 'bool' but found 'int'"},
             Said{"l.map(v, 1, v)", "1:10: expected type 'bool' but found 'int'"},
             Said{"[1, 'a']", "1:5: expected type 'int' but found 'string'"},
             Said{"[1, x]", "1:5: expected type 'int' but found 'dyn'"},
             Said{"{'a': 1, 'b': 's'}", "1:15: expected type 'int' but found 'string'"},
             Said{"{'a': 1, 2: 3}", "1:10: expected type 'string' but found 'int'"},
             Said{"[?1]", "1:3: expected type 'optional_type(int)' but found 'int'"},
             Said{"i.optMap(v, v)", "1:9: found no matching overload for 'hasValue' applied to '(int)'"},
             Said{
                 "o.optFlatMap(v, v)",
                 "1:13: found no matching overload for '_?_:_' applied to '(bool, int, optional_type(dyn))'"},
             Said{"l.transformMapEntry(n, v, v)", "1:27: expected type 'map' but found 'int'"},
             Said{"A{}", "1:1: undeclared reference to 'A' (in container '')"},
             Said{"'%d'.format(['a'])",
                  "1:13: error during formatting: decimal clause can only be used on integers, was "
                  "given string"},
             Said{"'%d'.format([])", "1:13: index 0 out of range"},
             Said{"'%'.format([1])", "1:12: unexpected end of string"},
             Said{"'a'.format([1])",
                  "1:12: too many arguments supplied to string.format (expected 0, got 1)"},
         }) {
        EXPECT_EQ(type_of(environment, row.source), row.expected) << row.source;
    }
    EXPECT_EQ(type_of(checked(false), "1 < 2.0"),
              "1:3: found no matching overload for '_<_' applied to '(int, double)'");
}

// A list that a later use makes one of anything holds elements of two types.
TEST(Checker, JudgesLiteralsOnceAllTypesAreKnown) {
    EXPECT_EQ(type_of(Environment::kubernetes(), "[?optional.of(1), ?optional.none()].flatten(1)"),
              "1:33: expected type 'int' but found 'dyn'");
    EXPECT_EQ(type_of(Environment::kubernetes(), "[?optional.of(1), ?optional.none()]"), "list(int)");
}

TEST(Checker, StopsWhereTypesGrowWithoutBound) {
    std::string source = "1";
    for (int depth = 0; depth < 60; ++depth) {
        source = "{" + source + ": " + source.substr(0, 1) + "}";
    }
    std::string doubled = "[]";
    for (int depth = 0; depth < 14; ++depth) {
        doubled = "{" + doubled + ": " + doubled + "}";
    }
    EXPECT_NE(type_of(checked(), doubled).find("too complex"), std::string::npos);
}

TEST(Unifier, BindsVariablesOnBothSides) {
    Unifier unifier;
    const Type integer = Type::simple(TypeKind::kInt);
    const Type variable = unifier.fresh();
    EXPECT_TRUE(unifier.assignable(Type::list(integer), Type::list(variable)));
    EXPECT_EQ(unifier.substitute(variable, false).text(), "int");
    EXPECT_FALSE(unifier.assignable(Type::simple(TypeKind::kString), variable));
    EXPECT_TRUE(unifier.assignable(Type::dyn(), variable));
    const Type other = unifier.fresh();
    EXPECT_FALSE(unifier.assignable(Type::list(other), other)) << "a list of itself";
    EXPECT_TRUE(unifier.assignable(Type::simple(TypeKind::kNull), Type::simple(TypeKind::kTimestamp)));
    EXPECT_FALSE(unifier.assignable(Type::simple(TypeKind::kNull), integer));
    EXPECT_FALSE(unifier.assignable(Type::list(integer), Type::map(integer, integer)));
    EXPECT_EQ(unifier.substitute(unifier.fresh(), true).text(), "dyn");
}

}  // namespace
}  // namespace cel::testing
