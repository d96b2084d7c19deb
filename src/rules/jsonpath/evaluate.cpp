// SPDX-License-Identifier: 0BSD
#include "rules/jsonpath/evaluate.hpp"

#include <algorithm>
#include <deque>
#include <optional>
#include <vector>

#include <fmt/format.h>

#include "rules/jsonpath/compare.hpp"
#include "rules/jsonpath/print.hpp"

namespace jsonpath {
namespace {

// nullptr is the original's "no value": a null that is the whole input, or over which a range goes.
using Item = const model::Value*;
using Items = std::vector<Item>;

// Private to this file: evaluate_nodes() turns it into an Error. Only bounds are thrown; other mistakes are kept in `error_`,
// because a filter that asks whether something is there takes some of them for a yes.
struct Exceeded {
    std::string reason;
};

class Evaluator {
public:
    Evaluator(const Nodes& nodes, Options options) : nodes_(nodes), options_(options) {}

    base::Result<std::string> run(const model::Value& root) {
        fill(concrete(root), 0);
        if (error_) {
            return *std::move(error_);
        }
        return std::move(out_);
    }

private:
    static Item concrete(const model::Value& value) { return value.is_null() ? nullptr : &value; }
    bool failed() const { return error_.has_value(); }
    void fail(std::string message, base::ErrorCode code = base::ErrorCode::kInvalid) {
        error_.emplace(code, std::move(message));
    }
    void count_visits(std::size_t visits) {
        visits_ += visits;
        if (visits_ > kVisitsMax) {
            throw Exceeded{fmt::format("the template visits more than {} values", kVisitsMax)};
        }
    }
    void add(Items& items, Item item) {
        count_visits(1);
        items.push_back(item);
    }

    // Prints the top level from `from` on with `current` as its object, up to the {end} that closes its range.
    void fill(Item current, std::size_t from) {
        if (range_depth_ > kRangeNestingMax) {
            throw Exceeded{fmt::format("ranges are nested deeper than {} levels", kRangeNestingMax)};
        }
        for (std::size_t index = from; index < nodes_.size(); ++index) {
            const Items results = walk({current}, nodes_[index]);
            if (failed()) {
                return;
            }
            if (ends_ > 0 && ends_ <= range_depth_) {
                --ends_;
                last_end_ = index;
                return;
            }
            if (begins_ == 0) {
                print(results);
                continue;
            }
            --begins_;
            repeat(results, index + 1);
            if (failed()) {
                return;
            }
            if (last_end_ > index && last_end_ < nodes_.size()) {
                index = last_end_;
            }
        }
    }

    // The range whose content starts at `from`, for each of `results`.
    void repeat(const Items& results, std::size_t from) {
        ++range_depth_;
        for (const Item result : results) {
            fill(result == nullptr ? nullptr : concrete(*result), from);
            if (failed()) {
                return;
            }
        }
        if (results.empty()) {
            // Nothing to print, but what is within must find its {end}.
            const std::size_t size = out_.size();
            fill(nullptr, from);
            out_.resize(size);
        }
        --range_depth_;
    }

    void print(const Items& items) {
        for (std::size_t index = 0; index < items.size(); ++index) {
            if (index > 0) {
                out_.push_back(' ');
            }
            if (items[index] == nullptr) {
                out_ += "<no value>";
            } else {
                append_printed(out_, *items[index]);
            }
            if (out_.size() > kOutputBytesMax) {
                throw Exceeded{fmt::format("the output is larger than {} bytes", kOutputBytesMax)};
            }
        }
    }

    // What one step makes of `input`; after a mistake, what the original hands on then.
    Items walk(const Items& input, const Node& node) {
        count_visits(input.size() + 1);
        switch (node.kind) {
            case NodeKind::kList: return walk_list(input, node.branches.front());
            case NodeKind::kConstant: return walk_constant(input, node);
            case NodeKind::kField: return walk_field(input, node);
            case NodeKind::kArray: return walk_array(input, node);
            case NodeKind::kFilter: return walk_filter(input, node);
            case NodeKind::kWildcard: return walk_wildcard(input);
            case NodeKind::kRecursive: return walk_recursive(input);
            case NodeKind::kUnion: return walk_union(input, node);
            case NodeKind::kIdentifier: return walk_identifier(input, node);
        }
        return {};
    }

    Items walk_list(const Items& input, const Nodes& nodes) {
        Items items = input;
        for (const Node& node : nodes) {
            items = walk(items, node);
            if (failed()) {
                break;
            }
        }
        return items;
    }

    // A text stands once, a number or bool once for each of the input.
    Items walk_constant(const Items& input, const Node& node) {
        Items items;
        for (std::size_t count = node.constant.is_string() ? 1 : input.size(); count > 0; --count) {
            add(items, &node.constant);
        }
        return items;
    }

    Items walk_field(const Items& input, const Node& node) {
        Items items;
        for (const Item item : input) {
            const model::Object* map = item == nullptr ? nullptr : item->if_object();
            if (const model::Value* found = map == nullptr ? nullptr : map->if_contains(node.text)) {
                add(items, found);
            }
        }
        if (items.empty() && !input.empty() && !options_.allow_missing_keys) {
            fail(fmt::format("{} is not found", node.text), base::ErrorCode::kNotFound);
        }
        return items;
    }

    Items walk_array(const Items& input, const Node& node) {
        Items items;
        for (const Item item : input) {
            if (item != nullptr && item->is_null()) {
                continue;
            }
            const model::Array* list = item == nullptr ? nullptr : item->if_array();
            if (list == nullptr) {
                fail("an array index on something that is no list");
                return input;
            }
            if (!walk_slice(items, *list, node)) {
                // An empty slice ends the whole step.
                return failed() ? input : items;
            }
        }
        return items;
    }

    // False for an empty slice and after a mistake.
    bool walk_slice(Items& items, const model::Array& list, const Node& node) {
        const auto size = static_cast<std::int64_t>(list.size());
        const auto [first, second, third] = node.bounds;
        const std::int64_t from = !first.known ? 0 : first.value < 0 ? first.value + size : first.value;
        std::int64_t to = second.known ? second.value : size;
        if (to < 0 || (to == 0 && second.derived)) {
            to += size;
        }
        if (from == to) {
            return false;
        }
        if (from < 0 || from >= size || to < 0 || to > size) {
            const bool start = from < 0 || from >= size;
            fail(fmt::format("array index out of bounds: index {}, length {}", start ? from : to - 1, size));
            return false;
        }
        if (from > to) {
            fail(fmt::format("starting index {} is greater than ending index {}", from, to));
            return false;
        }
        if (third.known && third.value <= 0) {
            fail("the step of an array must be above 0");
            return false;
        }
        const std::int64_t step = third.known ? std::min(third.value, size) : 1;
        for (std::int64_t index = from; index < to; index += step) {
            add(items, &list[static_cast<std::size_t>(index)]);
        }
        return true;
    }

    Items walk_union(const Items& input, const Node& node) {
        Items items;
        for (const Nodes& branch : node.branches) {
            const Items part = walk_list(input, branch);
            if (failed()) {
                return input;
            }
            items.insert(items.end(), part.begin(), part.end());
        }
        return items;
    }

    Items walk_identifier(const Items& input, const Node& node) {
        if (node.text == "range") {
            ++begins_;
            return input;
        }
        if (node.text != "end") {
            fail(fmt::format("unrecognized identifier {}", node.text));
            return input;
        }
        if (range_depth_ > 0) {
            ++ends_;
        } else {
            fail("not in range, nothing to end");
        }
        return {};
    }

    // Adds what is directly below a value: a map's values by key, a list's, and a text's bytes as numbers.
    void add_children(Items& items, Item item) {
        if (item == nullptr) {
            return;
        }
        if (const auto* map = item->if_object()) {
            std::vector<const model::Object::value_type*> entries;
            for (const auto& entry : *map) {
                entries.push_back(&entry);
            }
            std::ranges::sort(entries, {}, [](const auto* entry) { return std::string_view(entry->key()); });
            for (const auto* entry : entries) {
                add(items, &entry->value());
            }
        } else if (const auto* list = item->if_array()) {
            for (const model::Value& entry : *list) {
                add(items, &entry);
            }
        } else if (const auto* text = item->if_string()) {
            for (const char byte : *text) {
                add(items, &bytes_.emplace_back(std::int64_t{static_cast<unsigned char>(byte)}));
            }
        }
    }

    Items walk_wildcard(const Items& input) {
        Items items;
        for (const Item item : input) {
            add_children(items, item);
        }
        return items;
    }

    // Each value that has something below it, itself first.
    Items walk_recursive(const Items& input) {
        Items items;
        for (const Item item : input) {
            if (item != nullptr) {
                descend(items, item);
            }
        }
        return items;
    }

    void descend(Items& items, Item item) {
        if (const auto* text = item->if_string()) {
            if (!text->empty()) {
                add(items, item);
            }
            return;
        }
        Items children;
        add_children(children, item);
        if (!children.empty()) {
            add(items, item);
        }
        for (const Item child : children) {
            descend(items, child);
        }
    }

    Items walk_filter(const Items& input, const Node& node) {
        Items items;
        for (const Item item : input) {
            const model::Array* list = item == nullptr ? nullptr : item->if_array();
            if (list == nullptr) {
                fail("a filter on something that is no list");
                return input;
            }
            for (const model::Value& entry : *list) {
                const Items self = {&entry};
                const auto kept = node.text.empty() ? exists(self, node) : passes(self, node);
                if (!kept) {
                    return failed_comparison_ ? items : input;
                }
                if (*kept) {
                    add(items, &entry);
                }
            }
        }
        return items;
    }

    std::optional<bool> exists(const Items& self, const Node& node) {
        const bool found = !walk_list(self, node.branches.front()).empty();
        error_.reset();
        return found;
    }

    // nullopt after a mistake.
    std::optional<bool> passes(const Items& self, const Node& node) {
        failed_comparison_ = false;
        std::array<Item, 2> sides{};
        for (std::size_t index = 0; index < sides.size(); ++index) {
            const Items found = walk_list(self, node.branches[index]);
            if (failed()) {
                failed_comparison_ = false;
                return std::nullopt;
            }
            if (found.empty()) {
                return false;
            }
            if (found.size() > 1) {
                fail("a filter can only compare one value at a time");
                return std::nullopt;
            }
            sides[index] = found.front();
        }
        auto result = compare(*sides[0], node.text, *sides[1]);
        if (!result) {
            failed_comparison_ = true;
            error_ = std::move(result.error());
            return std::nullopt;
        }
        return *result;
    }

    const Nodes& nodes_;
    Options options_;
    std::string out_;
    std::optional<base::Error> error_;
    std::deque<model::Value> bytes_;
    std::size_t visits_ = 0;
    std::size_t begins_ = 0;
    std::size_t ends_ = 0;
    std::size_t range_depth_ = 0;
    std::size_t last_end_ = static_cast<std::size_t>(-1);
    bool failed_comparison_ = false;  // the last mistake of a filter was one of comparison
};

}  // namespace

base::Result<std::string> evaluate_nodes(const Nodes& nodes, const model::Value& root, Options options) {
    try {
        return Evaluator(nodes, options).run(root);
    } catch (const Exceeded& exceeded) {
        return base::Error{base::ErrorCode::kLimitExceeded, exceeded.reason};
    }
}

}  // namespace jsonpath
