// SPDX-License-Identifier: 0BSD
// The types that comments of a YAML document give to its fields, as kyaml heeds them: `containers: # {"$ref": …}`.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "model/yaml.hpp"
#include "rules/patch/merge_walk.hpp"

namespace patch {

class CommentTypes {
public:
    // Of two comments for one field the first counts, and those that describe no type count as none. `comments` and `base`
    // outlive this.
    CommentTypes(std::span<const model::FieldComment> comments, const Schema& base);

    // `base`, with the types of the comments.
    const Schema& schema() const { return extended_ ? *extended_ : base_; }
    // What a comment says of the field at `path`, or `otherwise`.
    TypeId type_at(const MergePath& path, TypeId otherwise) const;

private:
    struct Entry {
        std::span<const std::string> path;
        TypeId type;
    };

    const Schema& base_;
    std::shared_ptr<const Schema> extended_;
    std::vector<Entry> entries_;  // sorted by path, each once
};

}  // namespace patch
