// SPDX-License-Identifier: 0BSD
// Evaluation, a row for each rule of the language.
#include <gtest/gtest.h>

#include "rules/cel/evaluation.hpp"
#include "rules/cel/testing/answer.hpp"

namespace cel::testing {
namespace {

constexpr std::string_view kObject =
    R"({"kind": "Pod", "spec": {"n": 3, "big": 9223372036854775807, "l": [1, 2, 3], "s": "text", "nil": null},
        "status": {"conditions": [{"type": "Ready", "status": "True"}, {"type": "Other"}]}})";

// Of any result, not of bool alone.
const Environment& any() {
    static const Environment kEnvironment = Environment::flux();
    return kEnvironment;
}

void expect_rows(std::initializer_list<Said> rows) {
    for (const Said& row : rows) {
        EXPECT_EQ(answer(any(), row.source, kObject), row.expected) << row.source;
    }
}

TEST(Evaluation, LogicAbsorbsErrors) {
    expect_rows({
        {"true || spec.x", "true"},
        {"spec.x || true", "true"},
        {"false && spec.x", "false"},
        {"spec.x && false", "false"},
        {"spec.x || false", "error: no such key: x"},
        {"spec.x && true", "error: no such key: x"},
        {"1 || true", "true"},
        {"1 || false", "error: no such overload: _||_"},
        {"'a' && false", "false"},
        {"'a' && true", "error: no such overload: _&&_"},
        {"1 / 0 == 1 || spec.x || true", "true"},
        {"!spec.x", "error: no such key: x"},
        {"!1", "error: no such overload: !_"},
        {"true ? 1 : 1 / 0", "1"},
        {"false ? 1 / 0 : 2", "2"},
        {"1 ? 2 : 3", "error: no such overload: _?_:_"},
        {"spec.x ? 2 : 3", "error: no such key: x"},
        {"[1, 2].all(v, 1 / (v - 1) > 5)", "false"},
        {"[1, 2].exists(v, 1 / (v - 1) == 1)", "true"},
        {"[1, 2].all(v, 1 / (v - 1) == 1)", "error: division by zero"},
        {"[1, 2].exists(v, 1 / (v - 1) == 5)", "error: division by zero"},
        {"[1, 2].exists_one(v, 1 / (v - 1) == 1)", "error: division by zero"},
    });
}

TEST(Evaluation, ArithmeticOverflows) {
    expect_rows({
        {"spec.big + 1", "error: integer overflow"},
        {"-spec.big - 2", "error: integer overflow"},
        {"spec.big * 2", "error: integer overflow"},
        {"-(-spec.big - 1)", "error: integer overflow"},
        {"(-spec.big - 1) / -1", "error: integer overflow"},
        {"(-spec.big - 1) % -1", "error: integer overflow"},
        {"1 / 0", "error: division by zero"},
        {"1 % 0", "error: modulus by zero"},
        {"1u / 0u", "error: division by zero"},
        {"1u % 0u", "error: modulus by zero"},
        {"18446744073709551615u + 1u", "error: unsigned integer overflow"},
        {"0u - 1u", "error: unsigned integer overflow"},
        {"18446744073709551615u * 2u", "error: unsigned integer overflow"},
        {"-7 / 2", "-3"},
        {"-7 % 2", "-1"},
        {"1.0 / 0.0", "+Inf"},
        {"0.0 / 0.0", "NaN"},
        {"1.5 % 1.0", "error: no such overload: _%_"},
        {"1 + 1.0", "error: no such overload: _+_"},
        {"1 + 'a'", "error: no such overload: _+_"},
        {"-'a'", "error: no such overload: -_"},
        {"'a' + 'b'", "\"ab\""},
        {"b'a' + b'b'", "b\"ab\""},
        {"[1] + ['a']", "[1, \"a\"]"},
        {"duration('1h') + duration('1m')", "3660s"},
        {"duration('2540400h') + duration('100000h')", "error: duration overflow"},
        {"timestamp('9999-12-31T23:59:59Z') + duration('1s')", "error: timestamp overflow"},
        {"timestamp('2024-01-01T00:00:10Z') - timestamp('2024-01-01T00:00:00Z')", "10s"},
        {"duration('1s') + timestamp('2024-01-01T00:00:00Z')", "2024-01-01T00:00:01Z"},
        {"timestamp('2024-01-01T00:00:00Z') + timestamp('2024-01-01T00:00:00Z')",
         "error: no such overload: _+_"},
    });
}

TEST(Evaluation, ComparesAcrossKinds) {
    expect_rows({
        {"1 == 1.0 && 1u == 1 && 1u == 1.0", "true"},
        {"9007199254740993 == 9007199254740992.0", "true"},
        {"18446744073709551615u > -1", "true"},
        {"spec.big < 9223372036854775808.0", "false"},
        {"1 == 'a'", "false"},
        {"null == 0", "false"},
        {"[1, 2u] == [1.0, 2]", "true"},
        {"{'a': 1} == {'a': 1.0}", "true"},
        {"{1: 'a'} == {1u: 'a'}", "true"},
        {"[1] == [1, 2]", "false"},
        {"0.0 / 0.0 == 0.0 / 0.0", "false"},
        {"[0.0 / 0.0] != [0.0 / 0.0]", "true"},
        {"0.0 / 0.0 < 1", "false"},
        {"'a' > 0.0 / 0.0", "false"},
        {"[] > 0.0 / 0.0", "error: no such overload: _>_"},
        {"1 < 'a'", "error: no such overload: _<_"},
        {"'a' < 'b' && b'a' < b'b' && false < true", "true"},
        {"null < null", "error: no such overload: _<_"},
        {"[1] < [2]", "error: no such overload: _<_"},
        {"duration('1m') == duration('60s')", "true"},
        {"timestamp('2024-01-01T02:00:00+02:00') == timestamp('2024-01-01T00:00:00Z')", "true"},
        {"type(1) == int && type('a') != int", "true"},
        {"1 in [1.0] && !('a' in [1]) && 'a' in {'a': 1} && !(1 in {'a': 1})", "true"},
        {"1 in 2", "error: no such overload: @in"},
        {"optional.of(1) == optional.of(1.0) && optional.none() != optional.of(1)", "true"},
    });
}

TEST(Evaluation, FollowsPaths) {
    expect_rows({
        {"spec.n", "3"},
        {"spec['n']", "3"},
        {"spec.l[1]", "2"},
        {"spec.l[1u]", "2"},
        {"spec.l[1.0]", "2"},
        {"spec.l[1.5]", "error: unsupported index of a list: double"},
        {"spec.l['a']", "error: unsupported index of a list: string"},
        {"spec.l[3]", "error: index out of bounds: 3"},
        {"spec.l[-1]", "error: index out of bounds: -1"},
        {"spec.l[18446744073709551615u]", "error: unsupported index of a list: uint"},
        {"spec.l.a", "error: unsupported index of a list: string"},
        {"spec.s.a", "error: no such key: a"},
        {"spec.n[0]", "error: no such key: 0"},
        {"spec.x.y", "error: no such key: x"},
        {"spec[1]", "error: no such key: 1"},
        {"spec[spec.nil]", "error: invalid qualifier type: null_type"},
        {"nothing", "error: no such attribute(s): nothing"},
        {"{1: 'a', 2u: 'b'}[2]", "\"b\""},
        {"{true: 1}[true]", "1"},
        {"has(spec.n)", "true"},
        {"has(spec.x)", "false"},
        {"has(spec.nil)", "true"},
        {"has(spec.s.a)", "false"},
        {"has(spec.l.a)", "error: unsupported index of a list: string"},
        {"has(spec.x.y)", "error: no such key: x"},
        {"[1].map(spec, spec)", "[1]"},
    });
}

TEST(Evaluation, GoesThroughListsAndMaps) {
    expect_rows({
        {"spec.l.all(v, v > 0)", "true"},
        {"[].all(v, v > 0)", "true"},
        {"[].exists(v, true)", "false"},
        {"spec.l.exists_one(v, v == 2)", "true"},
        {"[2, 2].exists_one(v, v == 2)", "false"},
        {"spec.l.map(v, v * 2)", "[2, 4, 6]"},
        {"spec.l.map(v, v > 1, v * 2)", "[4, 6]"},
        {"spec.l.filter(v, v != 2)", "[1, 3]"},
        {"spec.l.map(v, spec.l.filter(w, w < v))", "[[], [1], [1, 2]]"},
        {"status.conditions.filter(c, c.type == 'Ready').all(c, c.status == 'True')", "true"},
        {"{'a': 1, 'b': 2}.map(k, k)", "[\"a\", \"b\"]"},
        {"{'a': 1}.all(k, k == 'a')", "true"},
        {"spec.n.all(v, true)", "error: no such overload: a comprehension needs a list or a map"},
        {"spec.l.all(v, v)", "error: no such overload: _&&_"},
        {"spec.l.filter(v, v)", "error: no such overload: filter"},
        {"spec.l.map(v, 1 / 0)", "error: division by zero"},
        {"{'a': 1, 'a': 2}", "{\"a\": 2}"},
        {"{'a': 1 / 0}", "error: division by zero"},
    });
    for (const Said& row : {
             Said{"[7, 8].transformList(i, v, i + v) == [7, 9]", "true"},
             Said{"[7, 8].transformList(i, v, i > 0, v) == [8]", "true"},
             Said{"{'a': 1}.transformMap(k, v, k + string(v)) == {'a': 'a1'}", "true"},
             Said{"['a', 'b'].transformMapEntry(i, v, {v: i}) == {'a': 0, 'b': 1}", "true"},
             Said{"['a', 'a'].transformMapEntry(i, v, {v: i}) == {}",
                  "error: insert failed: the key already exists"},
             Said{"['a'].transformMapEntry(i, v, {[]: i}) == {}", "error: unsupported key type"},
             Said{"{'a': 1}.all(k, v, v == 1)", "true"},
             Said{"[5].exists(i, v, i == 0 && v == 5)", "true"},
             Said{"cel.bind(v, 6, v * v) == 36", "true"},
             Said{"cel.bind(v, 1 / 0, true)", "true"},
         }) {
        EXPECT_EQ(answer(Environment::health(), row.source, kObject), row.expected) << row.source;
    }
}

TEST(Evaluation, KnowsOptionals) {
    expect_rows({
        {"spec.?n", "optional(3)"},
        {"spec.?x", "none"},
        {"spec.?x.y.z", "none"},
        {"spec.?n.y", "none"},
        {"spec.?l.y", "error: unsupported index of a list: string"},
        {"spec[?'n']", "optional(3)"},
        {"spec.l[?1]", "optional(2)"},
        {"spec.l[?9]", "none"},
        {"spec.l[?'a']", "error: unsupported index of a list: string"},
        {"spec.n[?0]", "none"},
        {"spec[?spec.nil]", "error: invalid qualifier type: null_type"},
        {"{1: 2}.?a", "none"},
        {"optional.none()[?1 / 0]", "none"},
        {"spec.?x[?nothing]", "none"},
        {"has(spec.?x.y)", "false"},
        {"has(spec.?n)", "refused: 1:9: invalid argument to has() macro"},
        {"spec.?n.orValue(1 / 0)", "3"},
        {"spec.?x.orValue(7)", "7"},
        {"spec.?x.orValue(1 / 0)", "error: division by zero"},
        {"spec.?n.or(1 / 0)", "optional(3)"},
        {"spec.?x.or(optional.of(1))", "optional(1)"},
        {"spec.n.orValue(1)", "error: no such overload: orValue"},
        {"spec.?x.value()", "error: optional.none() dereference"},
        {"spec.?n.hasValue()", "true"},
        {"optional.of(1).optMap(v, v + 1)", "optional(2)"},
        {"optional.none().optMap(v, 1 / 0)", "none"},
        {"optional.of(1).optFlatMap(v, optional.none())", "none"},
        {"optional.of(1).optFlatMap(v, v)", "error: no such overload: optFlatMap"},
        {"optional.ofNonZeroValue(0)", "none"},
        {"optional.ofNonZeroValue(optional.none())", "optional(none)"},
        {"[?spec.?x, 1, ?spec.?n]", "[1, 3]"},
        {"{?'a': spec.?x, ?'b': spec.?n}", "{\"b\": 3}"},
        {"[?1]", "error: no such overload: an optional element"},
        // An optional within a map has no fields of its own.
        {"{'a': optional.of({'b': 1})}.a.b", "error: no such key: b"},
        {"{'a': optional.of({'b': 1})}.?a.b", "none"},
        {"optional.of({'b': 1}).b", "optional(1)"},
        {"[1, 2].first()", "optional(1)"},
        {"[].last()", "none"},
    });
}

TEST(Evaluation, JudgesArgumentsByFirstElements) {
    expect_rows({
        {"['a', 1].join()", "error: join: invalid input: int"},
        {"[1, 'a'].join()", "error: no such overload: join(list)"},
        {"'a'.contains(1)", "error: no such overload: contains(string, int)"},
        {"size(1)", "error: no such overload: size(int)"},
    });
}

TEST(Evaluation, EndsByItsCost) {
    const Environment environment = Environment::health();
    EXPECT_EQ(answer(environment, "lists.range(1000000).all(i, [1, 2, 3].map(v, v).size() > 0)"),
              "error: cost limit exceeded");
    EXPECT_EQ(answer(environment, "true || lists.range(1000000).all(i, [i].map(v, v).size() > 0)"), "true");
    EXPECT_EQ(answer(environment, "lists.range(1000000).all(i, [i].map(v, v).size() > 0) || true"),
              "error: cost limit exceeded")
        << "nothing absorbs it";
}

}  // namespace
}  // namespace cel::testing
