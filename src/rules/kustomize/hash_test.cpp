// SPDX-License-Identifier: 0BSD
#include "rules/kustomize/hash.hpp"

#include <gtest/gtest.h>

#include "model/yaml.hpp"

namespace kustomize {
namespace {

// Hashes that kustomize v5.8.1 printed.
TEST(Hash, IsKustomizes) {
    struct Row {
        std::string_view object;
        std::string_view hash;
    };
    for (const Row& row : {
             Row{"{kind: ConfigMap, metadata: {name: cfg}, data: {a: \"1\", b: q, c: x=y, d: \"\", e: s q}}",
                 "d7ftkdcd2t"},
             Row{"{kind: ConfigMap, metadata: {name: cfg}, data: {a b: \"1\"}}", "5ck52bh8kf"},
             Row{"{kind: ConfigMap, metadata: {name: o-cfg}, data: {a: \"1\", b: \"3\", c: \"4\"}}",
                 "fbcmkbc66h"},
             Row{"{kind: ConfigMap, metadata: {name: a}, data: {e: \"\", x: \"<a>&\\u2028\"}}", "2b8tb79849"},
             Row{"{kind: ConfigMap, metadata: {name: b}}", "6ct58987ht"},
             Row{"{kind: Secret, metadata: {name: s}, type: Opaque, data: {}}", "46f8b28mk5"},
         }) {
        const auto object = model::parse_yaml_one(row.object, "f");
        ASSERT_TRUE(object) << object.error().text();
        EXPECT_EQ(content_hash(*object), row.hash) << row.object;
    }
}

TEST(Hash, ChangesWithEveryPartThatCounts) {
    const auto hash = [](std::string_view yaml) { return content_hash(*model::parse_yaml_one(yaml, "f")); };
    const std::string config_map = hash("{kind: ConfigMap, metadata: {name: a}, data: {k: v}}");
    EXPECT_NE(config_map, hash("{kind: ConfigMap, metadata: {name: a}, data: {k: w}}"));
    EXPECT_NE(config_map, hash("{kind: ConfigMap, metadata: {name: a}, data: {k: v}, binaryData: {b: c}}"));
    EXPECT_EQ(config_map, hash("{kind: ConfigMap, metadata: {name: b, labels: {x: y}}, data: {k: v}}"));
    const std::string secret = hash("{kind: Secret, metadata: {name: a}, type: t, data: {k: v}}");
    EXPECT_NE(secret, hash("{kind: Secret, metadata: {name: a}, type: u, data: {k: v}}"));
    EXPECT_NE(secret, hash("{kind: Secret, metadata: {name: a}, type: t, data: {k: v}, stringData: {s: t}}"));
    EXPECT_NE(hash("{kind: Foo, spec: [1, x, null]}"), hash("{kind: Foo, spec: [2, x, null]}"));
}

}  // namespace
}  // namespace kustomize
