// SPDX-License-Identifier: 0BSD
#include "rules/patch/associative_list.hpp"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include <fmt/format.h>

#include "model/number_text.hpp"

namespace patch {

namespace {

using base::Error;
using base::ErrorCode;
using base::Result;
using model::Value;

using Texts = std::vector<std::string>;

// Each item is compared with each other; beyond this a hostile list would hold a thread for minutes.
constexpr std::size_t kItemsMax = 4096;

bool is_empty_map(const Value& value) {
    const model::Object* map = value.if_object();
    return map != nullptr && map->empty();
}

const Value* field_of(const Value& item, std::string_view key) {
    const model::Object* map = item.if_object();
    return map == nullptr ? nullptr : map->if_contains(key);
}

// The text of an item's key; empty for what is missing, null, a map or a list.
std::string key_text(const Value& item, std::string_view key) {
    const Value* field = field_of(item, key);
    return is_missing(field) ? std::string() : scalar_text(*field);
}

// Whether field `key` of `item` exists and, unless `text` is empty, has that text. An empty key compares the item itself.
Result<bool> matches_loosely(const Value& item, std::string_view key, const std::string& text) {
    if (key.empty()) {
        if (item.is_structured()) {
            return Error{ErrorCode::kInvalid, "a list of scalars holds a map or a list"};
        }
        return scalar_text(item) == text;
    }
    if (!item.is_object()) {
        return Error{ErrorCode::kInvalid,
                     fmt::format("a list that is merged by \"{}\" holds an item that is no map", key)};
    }
    const Value* field = field_of(item, key);
    return field != nullptr && (text.empty() || scalar_text(*field) == text);
}

// Whether `item` has all keys with exactly these texts. `texts` may be shorter: then keys without a text do not count.
Result<bool> matches_loosely(const Value& item, std::span<const std::string> keys, const Texts& texts) {
    if (texts.empty()) {
        return false;
    }
    for (std::size_t i = 0; i < std::min(keys.size(), texts.size()); ++i) {
        const auto is_match = matches_loosely(item, keys[i], texts[i]);
        if (!is_match || !*is_match) {
            return is_match;
        }
    }
    return true;
}

// Puts `item` in the place of each match, or behind all when there is none. Without an item: removes each match. Items that
// are null or an empty map go in any case, and so do all maps when there are no texts.
template <class List>
Result<void> set_item(List& items, typename List::value_type item, std::span<const std::string> keys,
                      const Texts& texts) {
    const bool is_for_maps = !keys[0].empty() && !texts.empty() && !texts[0].empty();
    List kept;
    kept.reserve(items.size() + 1);
    bool is_found = false;
    for (const auto current : items) {
        if (current->is_null() || is_empty_map(*current)) {
            continue;
        }
        if (is_for_maps && !current->is_object()) {
            kept.push_back(current);
            continue;
        }
        const auto is_match = matches_loosely(*current, keys, texts);
        if (!is_match) {
            return is_match.error();
        }
        if (*is_match) {
            is_found = true;
            if (item != nullptr) {
                kept.push_back(item);
            }
        } else if (!texts.empty()) {
            kept.push_back(current);
        }
    }
    if (!is_found && !is_missing(item)) {
        kept.push_back(item);
    }
    items = std::move(kept);
    return {};
}

// The first item of which each key has exactly its text, an empty one included.
template <class List>
auto find_item(const List& items, const Texts& keys, const Texts& texts) -> typename List::value_type {
    const auto is_match = [&](const Value* item) {
        if (keys[0].empty()) {
            return (item->is_structured() ? std::string() : scalar_text(*item)) == texts[0];
        }
        for (std::size_t i = 0; i < keys.size(); ++i) {
            const Value* field = field_of(*item, keys[i]);
            if (field == nullptr || scalar_text(*field) != texts[i]) {
                return false;
            }
        }
        return true;
    };
    const auto found = std::ranges::find_if(items, is_match);
    return found == items.end() ? nullptr : *found;
}

// The texts of two items that differ only in what one of them lacks, and agree on at least one key; else nothing.
bool complete_each_other(const Texts& left, const Texts& right, Texts& both) {
    bool is_common = false;
    both.clear();
    for (std::size_t i = 0; i < left.size(); ++i) {
        if (left[i] == right[i]) {
            is_common = true;
        } else if (!left[i].empty() && !right[i].empty()) {
            return false;
        }
        both.push_back(left[i].empty() ? right[i] : left[i]);
    }
    return is_common;
}

void complete_texts(std::vector<Texts>& all) {
    Texts both;
    for (std::size_t i = 0; i < all.size(); ++i) {
        const Texts left = all[i];
        for (std::size_t j = 0; j < all.size(); ++j) {
            if (complete_each_other(left, all[j], both)) {
                all[i] = both;
                all[j] = both;
            }
        }
    }
}

struct KeysAndTexts {
    Texts keys;
    Texts texts;
};

// The keys that at least one of `all` has a text for, and those texts; all keys if there are none.
KeysAndTexts used_keys(std::span<const Texts> all, const Texts& texts, std::span<const std::string> keys) {
    std::vector<bool> is_used(keys.size());
    for (const Texts& some : all) {
        for (std::size_t i = 0; i < some.size(); ++i) {
            is_used[i] = is_used[i] || !some[i].empty();
        }
    }
    KeysAndTexts used;
    for (std::size_t i = 0; i < keys.size(); ++i) {
        if (is_used[i]) {
            used.keys.push_back(keys[i]);
            used.texts.push_back(texts[i]);
        }
    }
    return used.keys.empty() ? KeysAndTexts{{keys.begin(), keys.end()}, texts} : used;
}

// Adds `from` to `to`: each item in the place of its match, or behind all.
Result<void> append_items(Items& to, const Items& from, const Texts& keys) {
    for (Value* item : from) {
        Texts texts;
        if (keys[0].empty()) {
            texts.push_back(item->is_structured() ? std::string() : scalar_text(*item));
        } else {
            for (const std::string& key : keys) {
                if (!item->is_object() && !item->is_null()) {
                    return Error{
                        ErrorCode::kInvalid,
                        fmt::format("a list that is merged by \"{}\" holds an item that is no map", key)};
                }
                const Value* field = field_of(*item, key);
                if (field == nullptr) {
                    to.push_back(item);
                } else {
                    texts.push_back(scalar_text(*field));
                }
            }
        }
        if (keys.size() > 1) {
            if (auto done = set_item(to, nullptr, keys, texts); !done) {
                return done;
            }
        }
        if (auto done = set_item(to, item, keys, texts); !done) {
            return done;
        }
    }
    return {};
}

class Merge {
public:
    Merge(AssociativeLists& lists, std::span<const std::string> keys, const MergeItem& merge_item,
          const MergePath& path)
        : lists_(lists), keys_(keys), merge_item_(merge_item), path_(path) {}

    Result<void> run() {
        std::vector<Texts> all = collect_texts();
        if (all.size() > kItemsMax) {
            return Error{
                ErrorCode::kLimitExceeded,
                fmt::format("{}: a list that is merged holds more than {} items", path_.text(), kItemsMax)};
        }
        if (keys_.size() > 1) {
            complete_texts(all);
        }
        KeysAndTexts used;
        for (const Texts& texts : all) {
            used = used_keys(all, texts, keys_);
            if (auto done = merge_one(used); !done) {
                return done;
            }
        }
        if (all.empty()) {
            return {};
        }
        if (!lists_.is_prepending) {
            return located(append_items(lists_.target, merged_, used.keys));
        }
        if (auto done = located(append_items(merged_, lists_.target, used.keys)); !done) {
            return done;
        }
        lists_.target = std::move(merged_);
        return {};
    }

private:
    struct TextsHash {
        std::size_t operator()(const Texts& texts) const {
            std::size_t hash = 0;
            for (const std::string& text : texts) {
                hash = hash * 31 + std::hash<std::string>()(text);
            }
            return hash;
        }
    };

    // The texts of all items' keys, each once, in the order of the result.
    std::vector<Texts> collect_texts() const {
        std::vector<Texts> all;
        std::unordered_set<Texts, TextsHash> seen;
        const auto add = [&](const Value& item) {
            Texts texts;
            for (const std::string& key : keys_) {
                texts.push_back(key.empty() ? (item.is_structured() ? std::string() : scalar_text(item))
                                            : key_text(item, key));
            }
            if (seen.insert(texts).second) {
                all.push_back(std::move(texts));
            }
        };
        const auto add_target = [&] {
            std::ranges::for_each(lists_.target, [&](Value* item) { add(*item); });
        };
        if (!lists_.is_prepending) {
            add_target();
        }
        for (const ConstItems& items : lists_.others) {
            std::ranges::for_each(items, [&](const Value* item) { add(*item); });
        }
        if (lists_.is_prepending) {
            add_target();
        }
        return all;
    }

    Result<void> merge_one(const KeysAndTexts& used) {
        const KeysAndTexts own = used_keys(std::span(&used.texts, 1), used.texts, used.keys);
        Value* target = find_item(lists_.target, own.keys, own.texts);
        std::vector<const Value*> others;
        for (const ConstItems& items : lists_.others) {
            others.push_back(find_item(items, own.keys, own.texts));
        }
        if (lists_.others_are_target) {
            others.push_back(target);
        }
        const auto merged = merge_item_(target, others);
        if (!merged) {
            return merged.error();
        }
        if (is_missing(*merged) || is_empty_map(**merged)) {
            return located(set_item(lists_.target, nullptr, used.keys, used.texts));
        }
        for (std::size_t i = 0; i < used.keys.size(); ++i) {
            model::Object* map = (*merged)->if_object();
            if (map != nullptr && !used.texts[i].empty() && !map->contains(used.keys[i])) {
                map->emplace(used.keys[i], used.texts[i]);
            }
        }
        return located(set_item(merged_, *merged, used.keys, used.texts));
    }

    Result<void> located(Result<void> done) const {
        return done ? std::move(done) : path_.error(done.error().message);
    }

    AssociativeLists& lists_;
    std::span<const std::string> keys_;
    const MergeItem& merge_item_;
    const MergePath& path_;
    Items merged_;
};

}  // namespace

std::string scalar_text(const Value& value) {
    switch (value.kind()) {
        case boost::json::kind::string: return std::string(value.get_string());
        case boost::json::kind::bool_: return value.get_bool() ? "true" : "false";
        case boost::json::kind::int64: return std::to_string(value.get_int64());
        case boost::json::kind::uint64: return std::to_string(value.get_uint64());
        case boost::json::kind::double_: {
            std::string text;
            model::append_short_number(text, value.get_double());
            return text;
        }
        case boost::json::kind::null: return "null";
        case boost::json::kind::array:
        case boost::json::kind::object: break;
    }
    return {};
}

Result<void> remove_items(Items& items, std::string_view key, std::string_view text) {
    return set_item(items, nullptr, Texts{std::string(key)}, Texts{std::string(text)});
}

Result<void> remove_items(ConstItems& items, std::string_view key, std::string_view text) {
    return set_item(items, nullptr, Texts{std::string(key)}, Texts{std::string(text)});
}

Result<std::span<const std::string>> keys_of(const AssociativeLists& lists, const Schema& schema, TypeId type,
                                             const MergePath& path) {
    if (type != kUnknownType) {
        return item_keys(schema, type);
    }
    std::vector<ConstItems> all = lists.others;
    all.insert(all.begin(), ConstItems(lists.target.begin(), lists.target.end()));
    return inferred_keys(all, path);
}

Result<void> merge_associative(AssociativeLists& lists, std::span<const std::string> keys,
                               const MergeItem& merge_item, const MergePath& path) {
    static const Texts kScalars = {""};
    return Merge(lists, keys.empty() ? std::span<const std::string>(kScalars) : keys, merge_item, path).run();
}

bool is_settled(const model::Array& items, std::span<const std::string> keys) {
    std::unordered_set<std::string> seen;
    const bool are_small = items.size() <= 1;
    for (const Value& item : items) {
        if (keys.empty()) {
            if (item.is_structured() || item.is_null() ||
                (!are_small && !seen.insert(scalar_text(item)).second)) {
                return false;
            }
            continue;
        }
        // With more keys than one, an item's first key alone must tell it apart; rarer lists are worked through.
        std::string text = key_text(item, keys[0]);
        if (text.empty() || (!are_small && !seen.insert(std::move(text)).second)) {
            return false;
        }
    }
    return true;
}

Items items_of(model::Array& list) {
    Items items;
    items.reserve(list.size());
    for (Value& item : list) {
        items.push_back(&item);
    }
    return items;
}

ConstItems items_of(const model::Array& list) {
    ConstItems items;
    items.reserve(list.size());
    for (const Value& item : list) {
        items.push_back(&item);
    }
    return items;
}

model::Array to_array(const Items& items, const boost::json::storage_ptr& storage) {
    model::Array list(storage);
    list.reserve(items.size());
    std::unordered_map<const Value*, std::size_t> places;
    for (Value* item : items) {
        const auto [place, is_new] = places.emplace(item, list.size());
        if (is_new) {
            list.push_back(std::move(*item));
        } else {
            list.push_back(Value(list[place->second]));
        }
    }
    return list;
}

}  // namespace patch
