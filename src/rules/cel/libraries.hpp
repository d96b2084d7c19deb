// SPDX-License-Identifier: 0BSD
// The libraries that extend the language, as cel-go and Kubernetes define them. Each adds its overloads to a set of functions.
#pragma once

#include "rules/cel/function.hpp"

namespace cel {

// The language itself: operators, conversions, size, contains, matches, times (cel-spec, langdef).
void add_standard(FunctionSet& functions);
// Optional values: optional.of, orValue, … (cel-go, OptionalTypes). The syntax `?.` belongs to the parser.
void add_optionals(FunctionSet& functions);

// cel-go's ext package, at the version that Kubernetes 1.36 and the specification's suite use.
struct StringsOptions {
    int version = 4;
};
void add_strings(FunctionSet& functions, StringsOptions options = {});  // charAt … format, quote, reverse
void add_lists(FunctionSet& functions);      // slice, flatten, sort, distinct, range, reverse, first, last
void add_list_ends(FunctionSet& functions);  // first, last: cel-go has them among its optionals
void add_sets(FunctionSet& functions);       // sets.contains, equivalent, intersects
void add_math(FunctionSet& functions);       // math.greatest, least, ceil, bitAnd, sqrt, …
void add_encoders(FunctionSet& functions);   // base64.encode, base64.decode, json.encode
void add_regex(FunctionSet& functions);      // regex.replace, extract, extractAll
void add_network(FunctionSet& functions);    // the specification's network_ext: ip, cidr

// k8s.io/apiserver/pkg/cel/library, v0.36.
void add_kubernetes_lists(FunctionSet& functions);     // isSorted, sum, min, max, indexOf, lastIndexOf
void add_kubernetes_regex(FunctionSet& functions);     // find, findAll
void add_kubernetes_urls(FunctionSet& functions);      // url, isURL, getHost, …
void add_kubernetes_ip(FunctionSet& functions);        // ip, isIP, family, isLoopback, …
void add_kubernetes_cidr(FunctionSet& functions);      // cidr, isCIDR, containsIP, prefixLength, masked, …
void add_kubernetes_quantity(FunctionSet& functions);  // quantity, isQuantity, asInteger, compareTo, add, …
void add_kubernetes_semver(FunctionSet& functions);    // semver, isSemver, major, isGreaterThan, …
void add_kubernetes_format(FunctionSet& functions);    // format.dns1123Label, format.named, validate

}  // namespace cel
