// SPDX-License-Identifier: 0BSD
// YAML in and out, with scalars resolved as Kubernetes tools do (YAML 1.1 core as sigs.k8s.io/yaml reads it).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "model/value.hpp"

namespace model {

// Bounds on input that strangers wrote.
struct YamlLimits {
    std::size_t bytes_max = std::size_t{64} << 20U;  // an artifact's whole content
    std::size_t depth_max = 512;                     // deeper than any API server accepts
    std::size_t nodes_max = 4'000'000;               // after anchors are expanded: stops "billion laughs"
    std::size_t comments_max = 4096;  // of those that say a type, in one document: each holds its path
};

// A comment that is a JSON map and belongs to a field with a map or a list: kyaml takes it for the field's type.
struct FieldComment {
    std::vector<std::string> path;  // of maps only: fields within lists are left out
    std::string text;
};

struct YamlDocument {
    Value value;
    std::size_t line = 0;                // 1-based line of the document's first token
    std::vector<FieldComment> comments;  // with YamlDialect::kKustomizeObjects only
};

// Which of the two families of Kubernetes tools reads. They differ in plain yes, no, on, off, y and n.
enum class YamlDialect {
    kKubectl,    // sigs.k8s.io/yaml: those words are booleans
    kKustomize,  // kyaml: those words are strings
    // The same as it reads files of objects: a value that is a plain date or time becomes RFC 3339, as it ends; comments may
    // say types; and a file that begins with a directive (%YAML, %TAG) is refused.
    kKustomizeObjects,
};

// Reads all documents of a stream; empty documents are left out. `file` names the source in errors.
//
// Errors:
//   kInvalid        bad syntax, duplicate keys, keys that are not scalars, unknown aliases; text "file:line:column: reason"
//   kLimitExceeded  a bound of `limits`
base::Result<std::vector<YamlDocument>> parse_yaml(std::string_view text, std::string_view file,
                                                   YamlLimits limits = {},
                                                   YamlDialect dialect = YamlDialect::kKubectl);

// Reads exactly one document. Errors: as above, and kInvalid for none or more than one.
base::Result<Value> parse_yaml_one(std::string_view text, std::string_view file, YamlLimits limits = {},
                                   YamlDialect dialect = YamlDialect::kKubectl);

// Writes one document in block style: keys sorted (numbers within them by value: a2 before a10), two-space indentation,
// sequences not indented below their key, strings quoted only where a reader would take them for something else, multi-line
// strings as literal blocks, long lines folded after column 80. Ends with a newline. Byte for byte what kustomize and
// `kubectl get -o yaml` print.
std::string to_yaml(const Value& value);

}  // namespace model
