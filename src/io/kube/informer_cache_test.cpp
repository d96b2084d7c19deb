// SPDX-License-Identifier: 0BSD
#include "io/kube/informer_cache.hpp"

#include <gtest/gtest.h>

namespace kube {
namespace {

Value object(std::string ns, std::string name, std::string group) {
    return {{"metadata", {{"name", std::move(name)}, {"namespace", std::move(ns)}}},
            {"group", std::move(group)}};
}

std::vector<std::string> by_group(const Value& value) {
    const std::string group(model::find_string(value, {"group"}));
    // Twice on purpose: an object is still found once.
    return group.empty() ? std::vector<std::string>{} : std::vector<std::string>{group, group, "all"};
}

std::vector<std::string> names(const std::vector<ObjectPtr>& objects) {
    std::vector<std::string> list;
    for (const auto& each : objects) {
        list.emplace_back(model::name_of(*each));
    }
    std::ranges::sort(list);
    return list;
}

using Names = std::vector<std::string>;

TEST(InformerCache, FindsByNamespaceAndName) {
    InformerCache cache;
    cache.put(object("t", "a", ""));
    cache.put(object("u", "a", ""));
    cache.put(object("", "a", ""));
    EXPECT_EQ(cache.size(), 3U);
    ASSERT_NE(cache.get("t", "a"), nullptr);
    EXPECT_EQ(model::namespace_of(*cache.get("u", "a")), "u");
    EXPECT_EQ(cache.get("t", "b"), nullptr);
    EXPECT_TRUE(cache.contains("t", "a"));
    EXPECT_FALSE(cache.erase("t", "b"));
    EXPECT_TRUE(cache.erase("t", "a"));
    EXPECT_FALSE(cache.contains("t", "a"));
    EXPECT_EQ(cache.get("t", "a"), nullptr);
    EXPECT_EQ(cache.names().size(), 2U);
}

TEST(InformerCache, AReplacedObjectIsFoundUnderItsNewKeysOnly) {
    InformerCache cache;
    cache.add_index("group", by_group);
    cache.put(object("t", "a", "x"));
    cache.put(object("t", "b", "x"));
    EXPECT_EQ(names(cache.by_index("group", "x")), (Names{"a", "b"}));
    cache.put(object("t", "a", "y"));
    EXPECT_EQ(names(cache.by_index("group", "x")), (Names{"b"}));
    EXPECT_EQ(names(cache.by_index("group", "y")), (Names{"a"}));
    EXPECT_EQ(names(cache.by_index("group", "all")), (Names{"a", "b"}));
    cache.put(object("t", "a", ""));
    EXPECT_TRUE(cache.by_index("group", "y").empty());
    cache.erase("t", "b");
    EXPECT_TRUE(cache.by_index("group", "all").empty());
}

TEST(InformerCache, AnIndexAnswersTheNewestObjectWhenItsKeysStayed) {
    InformerCache cache;
    cache.add_index("group", by_group);
    cache.put(object("t", "a", "x"));
    Value newer = object("t", "a", "x");
    newer.as_object()["text"] = "newer";
    cache.put(newer);
    ASSERT_EQ(cache.by_index("group", "x").size(), 1U);
    EXPECT_EQ(*cache.by_index("group", "x")[0], newer);
}

TEST(InformerCache, ManyObjectsKeepTheirPlaces) {
    InformerCache cache;
    cache.add_index("group", by_group);
    for (int i = 0; i < 2000; ++i) {
        cache.put(object("t", std::to_string(i), i % 2 == 0 ? "even" : "odd"));
    }
    for (int i = 0; i < 2000; i += 4) {
        cache.erase("t", std::to_string(i));
    }
    EXPECT_EQ(cache.by_index("group", "even").size(), 500U);
    EXPECT_EQ(cache.by_index("group", "odd").size(), 1000U);
    EXPECT_EQ(cache.by_index("group", "all").size(), cache.size());
}

TEST(InformerCache, VersionsAreComparedAsNumbersWhereTheyAreNumbers) {
    EXPECT_TRUE(is_later("10", "9"));
    EXPECT_FALSE(is_later("9", "10"));
    EXPECT_FALSE(is_later("9", "9"));
    EXPECT_TRUE(is_later("b", "a"));
    EXPECT_TRUE(is_later("a", "b"));
    EXPECT_FALSE(is_later("a", "a"));
    EXPECT_TRUE(is_later("9x", "10"));
}

}  // namespace
}  // namespace kube
