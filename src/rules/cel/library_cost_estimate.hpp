// SPDX-License-Identifier: 0BSD
// What calls of library functions may cost, told from the sizes of their arguments; each has the shape of EstimatedCost.
#pragma once

#include <span>

#include "rules/cel/function.hpp"

namespace cel::estimate {

using Sizes = std::span<const SizeEstimate>;

CostEstimate nominal(Sizes sizes);
CostEstimate traversal_of_first(Sizes sizes);
CostEstimate twice_of_first(Sizes sizes);
CostEstimate same_size(Sizes sizes);  // a traversal whose result is as long as its argument
CostEstimate quote(Sizes sizes);
CostEstimate replace(Sizes sizes);
CostEstimate split(Sizes sizes);
CostEstimate join(Sizes sizes);
CostEstimate find(Sizes sizes);
CostEstimate validate(Sizes sizes);
CostEstimate contains_address(Sizes sizes);
CostEstimate contains_address_text(Sizes sizes);
CostEstimate contains_range(Sizes sizes);
CostEstimate contains_range_text(Sizes sizes);

CostEstimate elements_of_first(Sizes sizes);
CostEstimate elements_and_call(Sizes sizes);
CostEstimate texts_of_first(Sizes sizes);  // elements that are texts of unknown length
CostEstimate slice(Sizes sizes);
CostEstimate unbounded_list(Sizes sizes);
CostEstimate list_of_first(Sizes sizes);
CostEstimate compares_first(Sizes sizes);
CostEstimate compares_second(Sizes sizes);
CostEstimate compares_texts_of_first(Sizes sizes);
CostEstimate compares_any_of_first(Sizes sizes);  // elements that may or may not be texts
CostEstimate compares_texts_of_second(Sizes sizes);
CostEstimate set_comparison(Sizes sizes);
CostEstimate set_comparison_twice(Sizes sizes);

CostEstimate encoding(Sizes sizes);
CostEstimate decoding(Sizes sizes);
CostEstimate unbounded(Sizes sizes);
CostEstimate extract(Sizes sizes);
CostEstimate extract_all(Sizes sizes);
CostEstimate replace_pattern(Sizes sizes);

}  // namespace cel::estimate
