// SPDX-License-Identifier: 0BSD
#include "apps/stagesetctl/secret_mask.hpp"

#include <gtest/gtest.h>

#include "model/yaml.hpp"

namespace stagesetctl {
namespace {

model::Value yaml(const std::string& text) { return model::parse_yaml_one(text, "test").value(); }

std::string masked(SecretMask& mask, const std::string& text) {
    model::Value object = yaml(text);
    mask.apply(object);
    return model::to_yaml(object);
}

TEST(SecretMask, NumbersValuesInTheOrderOfTheirKeys) {
    SecretMask mask;
    EXPECT_EQ(masked(mask, "{apiVersion: v1, kind: Secret, data: {b: Yg==, a: YQ==}, type: Opaque}"),
              "apiVersion: v1\ndata:\n  a: <-- value not shown (#1)\n  b: <-- value not shown (#2)\n"
              "kind: Secret\ntype: Opaque\n");
}

TEST(SecretMask, GivesEqualValuesOneNumberWhereverTheyStand) {
    SecretMask mask;
    masked(mask, "{apiVersion: v1, kind: Secret, data: {a: YQ==, b: Yg==}}");
    EXPECT_EQ(masked(mask, "{kind: Secret, data: {x: Yg==}, stringData: {u: Yg==, z: new}}"),
              "data:\n  x: <-- value not shown (#2)\nkind: Secret\n"
              "stringData:\n  u: <-- value not shown (#2)\n  z: <-- value not shown (#3)\n");
}

TEST(SecretMask, HidesWhatIsNoTextToo) {
    SecretMask mask;
    EXPECT_EQ(masked(mask, "{apiVersion: v1, kind: Secret, data: {a: {b: hidden}, c: 7}}"),
              "apiVersion: v1\ndata:\n  a: <-- value not shown (#1)\n  c: <-- value not shown (#2)\n"
              "kind: Secret\n");
}

TEST(SecretMask, LeavesOtherObjectsAlone) {
    for (const char* text : {"{apiVersion: v1, kind: ConfigMap, data: {a: x}}",
                             "{apiVersion: vault.example/v1, kind: Secret, data: {a: x}}",
                             "{apiVersion: v1, kind: Secret, data: null}"}) {
        SecretMask mask;
        EXPECT_EQ(masked(mask, text), model::to_yaml(yaml(text)));
    }
}

}  // namespace
}  // namespace stagesetctl
