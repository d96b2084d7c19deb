// SPDX-License-Identifier: 0BSD
// What the functions of the libraries cost: Kubernetes' prices (library/cost.go), and cel-go's where Kubernetes names none.
#pragma once

#include <cstdint>
#include <string_view>

#include "rules/cel/function.hpp"

namespace cel {

// Both nullptr: one unit.
struct Price {
    CallCost cost = nullptr;
    EstimatedCost estimate = nullptr;
};

// The price of an overload by its function's name and its id: "lowerAscii", "string_lower_ascii".
Price library_price(std::string_view function, std::string_view id);

// The size that prices count: code points, bytes, elements, entries; of an address its bytes; 1 of anything else.
std::uint64_t counted_size(const Value& value);

// Arithmetic that stops at UINT64_MAX.
std::uint64_t saturating_add(std::uint64_t left, std::uint64_t right);
std::uint64_t saturating_multiply(std::uint64_t left, std::uint64_t right);
// `size` times `factor`, rounded up.
std::uint64_t scaled(std::uint64_t size, double factor);

// Answers for what a call is about to build beyond `covered`, which its price counts. The price itself is told after the call,
// when memory is already spent. False: the evaluation has done all it may; the function answers cost_exceeded().
//
// Texts and elements take memory, comparisons time.
bool pay_for_text(CallContext& context, std::uint64_t bytes, std::uint64_t covered);
bool pay_for_elements(CallContext& context, std::uint64_t elements);
bool pay_for_comparisons(CallContext& context, std::uint64_t comparisons);

}  // namespace cel
