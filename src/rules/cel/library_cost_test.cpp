// SPDX-License-Identifier: 0BSD
#include "rules/cel/library_cost.hpp"

#include <limits>

#include <gtest/gtest.h>

#include "rules/cel/libraries.hpp"
#include "rules/cel/testing/library_call.hpp"

namespace cel::testing {
namespace {

void add_all(FunctionSet& functions) {
    add_strings(functions);
    add_lists(functions);
    add_sets(functions);
    add_encoders(functions);
    add_kubernetes_lists(functions);
    add_kubernetes_regex(functions);
    add_kubernetes_urls(functions);
    add_kubernetes_ip(functions);
    add_kubernetes_cidr(functions);
    add_kubernetes_quantity(functions);
    add_kubernetes_format(functions);
}

std::uint64_t price(const LibraryCall& call, std::string_view function, const std::vector<Value>& arguments) {
    const Overload* overload = call.overload(function, arguments);
    return overload->cost == nullptr ? 1 : overload->cost(arguments, call(function, arguments));
}

// Figures of Kubernetes' own estimator on the same calls.
TEST(LibraryCost, IsWhatKubernetesSays) {
    const LibraryCall call(add_all);
    const Value range = call("cidr", {text("192.168.0.0/24")});
    struct Case {
        std::string_view function;
        std::vector<Value> arguments;
        std::uint64_t units;
    };
    for (const Case& row : {
             Case{"lowerAscii", {text("ABCDEFGHIJ abcdefghij")}, 3},
             Case{"replace", {text("abc 123 def 123"), text("123"), text("456")}, 3},
             Case{"split", {text("abc 123 def 123"), text(" ")}, 3},
             Case{"charAt", {text("abc"), number(1)}, 1},
             Case{"join", {list({text("aa"), text("bb")}), text(" ")}, 1},
             Case{"indexOf", {text("abcdefghijklmnopqrst"), text("z")}, 2},
             Case{"find", {text("abc 123"), text("[0-9]*")}, 2},
             Case{"isSorted", {list({number(1), number(2), number(3)})}, 3},
             Case{"sort", {list({number(2), number(1), number(3)})}, 29},
             Case{"distinct", {list({text("a"), text("b")})}, 19},
             Case{"flatten", {list({list({number(1)})}), number(3)}, 14},
             Case{"lists.range", {number(5)}, 16},
             Case{"sets.equivalent", {list({number(1), number(2)}), list({number(2)})}, 5},
             Case{"containsIP", {range, text("192.168.0.1")}, 3},
             Case{"containsCIDR", {range, text("192.168.0.0/25")}, 5},
             Case{"ip", {range}, 1},
             Case{"ip.isCanonical", {text("127.0.0.1")}, 2},
             Case{"quantity", {text("12Mi")}, 1},
             Case{"getHost", {call("url", {text("https://example.com")})}, 1},
             Case{"validate", {call("format.dns1123Label", {}), text("my-name")}, 8},
             Case{"base64.encode", {Value::bytes("hello")}, 2},
         }) {
        EXPECT_EQ(price(call, row.function, row.arguments), row.units) << row.function;
    }
}

TEST(LibraryCost, EstimatesFromSizes) {
    const LibraryCall call(add_all);
    const auto estimate = [&call](std::string_view function, std::vector<Value> arguments,
                                  std::vector<SizeEstimate> sizes) {
        return call.overload(function, arguments)->estimate(sizes);
    };
    const CostEstimate replaced =
        estimate("replace", {text(""), text(""), text("")}, {{0, 100}, {2, 2}, {10, 10}});
    EXPECT_EQ(replaced.least, 0U);
    EXPECT_EQ(replaced.most, 20U);
    EXPECT_EQ(replaced.result.most, 500U);
    const CostEstimate unknown = estimate("sort", {list({number(1)})}, {{}});
    EXPECT_EQ(unknown.most, std::numeric_limits<std::uint64_t>::max());
    const CostEstimate split = estimate("split", {text(""), text("")}, {{10, 50}, {1, 1}});
    EXPECT_EQ(split.least, 2U);
    EXPECT_EQ(split.most, 10U);
    EXPECT_EQ(split.result.most, 50U);
}

}  // namespace
}  // namespace cel::testing
