// SPDX-License-Identifier: 0BSD
// Replacements: `replacements` and the ReplacementTransformer, which copy fields between objects.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "model/value.hpp"
#include "rules/transform/resource.hpp"
#include "rules/transform/scopes.hpp"
#include "rules/transform/selector.hpp"

namespace transform {

struct ReplacementOptions {
    std::string delimiter;
    std::int64_t index = 0;
    std::string encoding;
    bool create = false;
};

struct ReplacementSource {
    ResourceId id;  // empty members match everything
    std::string field_path;
    std::optional<ReplacementOptions> options;
};

struct ReplacementTarget {
    std::optional<Target> select;
    std::vector<Target> reject;
    std::vector<std::string> field_paths;
    std::optional<ReplacementOptions> options;
};

struct Replacement {
    std::optional<ReplacementSource> source;
    std::optional<std::string> source_value;
    std::vector<ReplacementTarget> targets;
};

// An entry of `replacements`, or of the list in a ReplacementTransformer: a path of a file that the caller reads (which holds one
// replacement or a list of them), or the replacement itself.
struct ReplacementEntry {
    std::string path;
    std::optional<Replacement> replacement;
};
// Errors: kInvalid (unknown key, wrong type, both a path and a replacement).
base::Result<ReplacementEntry> parse_replacement_entry(const model::Value& entry);
// What a file named by `path` holds. Errors: kInvalid.
base::Result<std::vector<Replacement>> parse_replacements(const model::Value& content, std::string_view file);

// Applies them in order.
//
// Errors: kInvalid (no or several sources, a field that is missing and not to be created, a delimiter on what is no text)
base::Result<void> apply(Resources& resources, const std::vector<Replacement>& replacements,
                         const Scopes& scopes);

}  // namespace transform
