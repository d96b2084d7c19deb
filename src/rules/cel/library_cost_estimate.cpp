// SPDX-License-Identifier: 0BSD
// Interval arithmetic on sizes and costs; where the original looks at a literal argument, the widest interval stands instead.
#include "rules/cel/library_cost_estimate.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "rules/cel/library_cost.hpp"

namespace cel::estimate {
namespace {

constexpr std::uint64_t kUnbounded = std::numeric_limits<std::uint64_t>::max();
constexpr double kTraversal = 0.1;
constexpr double kRegexLength = 0.25;
constexpr std::uint64_t kListBase = 10;
constexpr double kNamedFormatPattern = 128;  // characters of the longest expression behind a named format

SizeEstimate add(SizeEstimate left, SizeEstimate right) {
    return {saturating_add(left.least, right.least), saturating_add(left.most, right.most)};
}

SizeEstimate multiply(SizeEstimate left, SizeEstimate right) {
    return {saturating_multiply(left.least, right.least), saturating_multiply(left.most, right.most)};
}

SizeEstimate times(SizeEstimate size, double factor) {
    return {scaled(size.least, factor), scaled(size.most, factor)};
}

CostEstimate cost(SizeEstimate units, SizeEstimate result = {}) { return {units.least, units.most, result}; }

SizeEstimate exactly(std::uint64_t size) { return {size, size}; }

CostEstimate list_call(SizeEstimate units, SizeEstimate result) {
    return cost(add(units, exactly(kListBase + 1)), result);
}

CostEstimate self_comparison(SizeEstimate compared, SizeEstimate result, double factor) {
    return list_call(times(multiply(compared, compared), factor), result);
}

SizeEstimate pattern_work(SizeEstimate text, SizeEstimate pattern) {
    return multiply(times(add(text, exactly(1)), kTraversal), times(add(pattern, exactly(1)), kRegexLength));
}

// Addresses have 4 or 16 bytes, and a range's are compared twice.
constexpr SizeEstimate kAddress = {4, 16};

SizeEstimate address_comparison() { return times(add(kAddress, kAddress), kTraversal); }

SizeEstimate range_comparison() {
    return add(add(address_comparison(), times(kAddress, kTraversal)), exactly(1));
}

// How many replacements `text` has room for: one around each character where what is replaced may be empty.
std::uint64_t replacement_count(std::uint64_t text, std::uint64_t replaced) {
    if (replaced == 0) {
        return saturating_add(text, 1);
    }
    return static_cast<std::uint64_t>(text / replaced) + (text % replaced == 0 ? 0U : 1U);
}

}  // namespace

CostEstimate nominal(Sizes /*sizes*/) { return cost(exactly(1)); }

CostEstimate traversal_of_first(Sizes sizes) { return cost(times(sizes[0], kTraversal)); }

CostEstimate twice_of_first(Sizes sizes) { return cost(times(sizes[0], 2 * kTraversal)); }

CostEstimate same_size(Sizes sizes) { return cost(times(sizes[0], kTraversal), sizes[0]); }

CostEstimate quote(Sizes sizes) {
    const SizeEstimate longest = add(multiply(sizes[0], {1, 2}), exactly(2));
    return cost(times(sizes[0], kTraversal), longest);
}

CostEstimate replace(Sizes sizes) {
    const SizeEstimate text = sizes[0];
    const SizeEstimate replaced = sizes[1];
    const SizeEstimate replacement = sizes[2];
    SizeEstimate count{0, 0};
    SizeEstimate kept{0, 0};
    if (replaced.least == 0) {
        count.most = replacement_count(text.most, 0);
        kept.most = text.most;
    } else if (replacement.most <= replaced.least) {
        kept.most = text.most;
    } else {
        count.most = replacement_count(text.most, replaced.least);
    }
    if (replaced.most == 0) {
        count.least = replacement_count(text.least, 0);
        kept.least = text.least;
    } else if (replaced.most <= replacement.least) {
        kept.least = text.least;
    } else {
        count.least = replacement_count(text.least, replaced.most);
    }
    return cost(times(text, 2 * kTraversal), add(multiply(count, replacement), kept));
}

CostEstimate split(Sizes sizes) { return cost(times(sizes[0], 2 * kTraversal), {0, sizes[0].most}); }

CostEstimate join(Sizes sizes) {
    const SizeEstimate list = sizes[0];
    SizeEstimate result = multiply(list, SizeEstimate{});
    if (sizes.size() > 1) {
        const SizeEstimate separators{list.least > 0 ? list.least - 1 : 0, list.most > 0 ? list.most - 1 : 0};
        result = add(result, multiply(sizes[1], separators));
    }
    return cost(times(result, kTraversal), result);
}

CostEstimate find(Sizes sizes) {
    const SizeEstimate text = times(add(sizes[0], exactly(1)), kTraversal);
    return cost(multiply(text, times(sizes[1], kRegexLength)), {0, sizes[0].most});
}

CostEstimate validate(Sizes sizes) {
    return cost(times(times(sizes[1], kTraversal), kNamedFormatPattern * kRegexLength));
}

CostEstimate contains_address(Sizes /*sizes*/) { return cost(address_comparison()); }

CostEstimate contains_address_text(Sizes sizes) {
    return cost(add(address_comparison(), times(sizes[1], kTraversal)));
}

CostEstimate contains_range(Sizes /*sizes*/) { return cost(range_comparison()); }

CostEstimate contains_range_text(Sizes sizes) {
    return cost(add(range_comparison(), times(sizes[1], kTraversal)));
}

CostEstimate elements_of_first(Sizes sizes) { return cost(sizes[0]); }

CostEstimate elements_and_call(Sizes sizes) { return cost(add(sizes[0], exactly(1))); }

CostEstimate texts_of_first(Sizes sizes) {
    // Each element is compared, and as a text looked at: its length is not known.
    return cost(multiply(sizes[0], {1, scaled(kUnbounded, kTraversal) + 1}));
}

CostEstimate slice(Sizes sizes) {
    const SizeEstimate result{0, sizes[0].most};
    return list_call(result, result);
}

CostEstimate compares_any_of_first(Sizes sizes) {
    CostEstimate result = compares_texts_of_first(sizes);
    result.least = compares_first(sizes).least;
    return result;
}

CostEstimate unbounded_list(Sizes /*sizes*/) { return list_call(SizeEstimate{}, SizeEstimate{}); }

CostEstimate list_of_first(Sizes sizes) { return list_call(sizes[0], sizes[0]); }

CostEstimate compares_first(Sizes sizes) { return self_comparison(sizes[0], sizes[0], 2.0); }

CostEstimate compares_second(Sizes sizes) { return self_comparison(sizes[1], sizes[1], 2.0); }

CostEstimate compares_texts_of_first(Sizes sizes) {
    return self_comparison(sizes[0], sizes[0], 2.0 + kTraversal);
}

CostEstimate compares_texts_of_second(Sizes sizes) {
    return self_comparison(sizes[1], sizes[1], 2.0 + kTraversal);
}

CostEstimate set_comparison(Sizes sizes) { return cost(add(multiply(sizes[0], sizes[1]), exactly(1))); }

CostEstimate set_comparison_twice(Sizes sizes) {
    return cost(add(multiply(multiply(sizes[0], sizes[1]), exactly(2)), exactly(1)));
}

CostEstimate encoding(Sizes sizes) {
    const SizeEstimate length = sizes[0];
    // With its padding, which the original leaves out.
    const std::uint64_t most = length.most > kUnbounded / 4 - 2 ? kUnbounded : (length.most + 2) / 3 * 4;
    return cost(add(times(length, kTraversal), exactly(1)),
                {(length.least > kUnbounded / 4 ? kUnbounded : length.least * 4 + 2) / 3, most});
}

CostEstimate decoding(Sizes sizes) {
    const SizeEstimate length = sizes[0];
    return cost(add(times(length, kTraversal), exactly(1)), {length.least / 4 * 3, length.most / 4 * 3 + 3});
}

CostEstimate unbounded(Sizes /*sizes*/) { return cost(SizeEstimate{}); }

CostEstimate extract(Sizes sizes) {
    const SizeEstimate result{0, sizes[0].most};
    return cost(add(pattern_work(sizes[0], sizes[1]), result), result);
}

CostEstimate extract_all(Sizes sizes) {
    const SizeEstimate result{0, sizes[0].most};
    return cost(add(pattern_work(sizes[0], sizes[1]), add(result, exactly(kListBase))), result);
}

CostEstimate replace_pattern(Sizes sizes) {
    const std::uint64_t all = saturating_multiply(sizes[0].most, sizes[2].most);
    const SizeEstimate result{std::min(sizes[0].most, all), std::max(sizes[0].most, all)};
    return cost(add(pattern_work(sizes[0], sizes[1]), result), result);
}

}  // namespace cel::estimate
