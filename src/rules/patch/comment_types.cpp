// SPDX-License-Identifier: 0BSD
#include "rules/patch/comment_types.hpp"

#include <algorithm>
#include <utility>

#include "model/json.hpp"

namespace patch {

CommentTypes::CommentTypes(std::span<const model::FieldComment> comments, const Schema& base) : base_(base) {
    if (comments.empty()) {
        return;
    }
    std::vector<model::Value> descriptions;
    for (const model::FieldComment& comment : comments) {
        auto description = model::parse_json(comment.text, "comment");
        const model::Object* map = description ? description->if_object() : nullptr;
        if (map != nullptr && !map->empty()) {
            entries_.push_back({comment.path, static_cast<TypeId>(descriptions.size())});
            descriptions.push_back(*std::move(description));
        }
    }
    // Until now `type` counts the comments.
    std::ranges::sort(entries_, [](const Entry& left, const Entry& right) {
        return std::ranges::equal(left.path, right.path)
                   ? left.type < right.type
                   : std::ranges::lexicographical_compare(left.path, right.path);
    });
    auto [schema, types] = extend(base, descriptions);
    extended_ = std::move(schema);
    std::erase_if(entries_, [&](Entry& entry) {
        entry.type = types[entry.type];
        return entry.type == kUnknownType;
    });
    const auto repeated = std::ranges::unique(entries_, [](const Entry& left, const Entry& right) {
        return std::ranges::equal(left.path, right.path);
    });
    entries_.erase(repeated.begin(), repeated.end());
}

TypeId CommentTypes::type_at(const MergePath& path, TypeId otherwise) const {
    if (entries_.empty() || path.is_in_list()) {
        return otherwise;
    }
    const auto names = path.names();
    const auto found = std::ranges::lower_bound(
        entries_, names,
        [](const auto& left, const auto& right) { return std::ranges::lexicographical_compare(left, right); },
        &Entry::path);
    const bool is_found = found != entries_.end() && std::ranges::equal(found->path, names);
    return is_found ? found->type : otherwise;
}

}  // namespace patch
