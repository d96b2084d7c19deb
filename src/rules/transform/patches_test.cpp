// SPDX-License-Identifier: 0BSD
#include "rules/transform/patches.hpp"

#include <gtest/gtest.h>

#include "rules/transform/resources.hpp"
#include "rules/transform/testing/objects.hpp"

namespace transform {
namespace {

using testing::objects;
using testing::scopes;
using testing::text;
using testing::tidy;
using testing::value;

constexpr std::string_view kObjects = R"(
{apiVersion: v1, kind: ConfigMap, metadata: {name: a, namespace: t}, data: {k: v}}
---
{apiVersion: v1, kind: ConfigMap, metadata: {name: b}, data: {k: v}}
)";

std::string patched(const PatchEntry& entry, std::string_view on = kObjects) {
    const auto patch = read_patch(entry, entry.patch);
    if (!patch) {
        return patch.error().text();
    }
    Resources all = objects(on);
    const auto done = transform::apply(all, *patch, scopes());
    drop_deleted(all);
    return done ? text(all) : done.error().text();
}

PatchEntry entry(std::string patch, std::optional<Target> target = std::nullopt) {
    return {"", std::move(patch), std::move(target), false, false};
}

TEST(Patches, MergeFindsItsObjectByItself) {
    EXPECT_EQ(
        patched(entry(
            "{apiVersion: v1, kind: ConfigMap, metadata: {name: b, namespace: default}, data: {x: y}}")),
        tidy(R"(
{apiVersion: v1, kind: ConfigMap, metadata: {name: a, namespace: t}, data: {k: v}}
---
{apiVersion: v1, kind: ConfigMap, metadata: {name: b}, data: {k: v, x: y}}
)"));
}

TEST(Patches, MergeFindsPreviousNames) {
    Resources all = objects(kObjects);
    remember_id(all[1]);
    all[1].object.at("metadata").at("name") = "renamed";
    const auto patch =
        read_patch(entry(""), "{apiVersion: v1, kind: ConfigMap, metadata: {name: b}, data: {x: y}}");
    ASSERT_TRUE(patch);
    ASSERT_TRUE(transform::apply(all, *patch, scopes()));
    EXPECT_EQ(model::find_string(all[1].object, {"data", "x"}), "y");
    EXPECT_EQ(current_id(all[1]).name, "renamed");
}

TEST(Patches, SeveralDocumentsAreSeveralMerges) {
    EXPECT_EQ(patched(entry(
                  "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: t}\ndata: {k: null}\n---\n"
                  "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: b}\n$patch: delete\n")),
              tidy("{apiVersion: v1, kind: ConfigMap, metadata: {name: a, namespace: t}, data: {}}"));
}

TEST(Patches, MergeWithTargetKeepsNamesAndKinds) {
    EXPECT_EQ(patched(entry(
                  "{apiVersion: x/v1, kind: Other, metadata: {name: other, namespace: other}, data: {x: y}}",
                  Target{.kind = "ConfigMap"})),
              tidy(R"(
{apiVersion: v1, kind: ConfigMap, metadata: {name: a, namespace: t}, data: {k: v, x: y}}
---
{apiVersion: v1, kind: ConfigMap, metadata: {name: b}, data: {k: v, x: y}}
)"));
}

TEST(Patches, MayChangeNamesAndKindsWhereAllowed) {
    PatchEntry patch = entry("{kind: Other, metadata: {name: new}}", Target{.name = "b"});
    patch.allow_name_change = true;
    EXPECT_EQ(patched(patch), tidy(R"(
{apiVersion: v1, kind: ConfigMap, metadata: {name: a, namespace: t}, data: {k: v}}
---
{apiVersion: v1, kind: ConfigMap, metadata: {name: new}, data: {k: v}}
)"));
    patch.allow_kind_change = true;
    EXPECT_EQ(patched(patch), tidy(R"(
{apiVersion: v1, kind: ConfigMap, metadata: {name: a, namespace: t}, data: {k: v}}
---
{apiVersion: v1, kind: Other, metadata: {name: new}, data: {k: v}}
)"));
}

TEST(Patches, MayNotMakeTwoObjectsTheSame) {
    PatchEntry patch = entry("{kind: ConfigMap, metadata: {name: new}}", Target{.kind = "ConfigMap"});
    patch.allow_name_change = true;
    EXPECT_EQ(
        patched(patch, "{kind: ConfigMap, metadata: {name: a}}\n---\n{kind: ConfigMap, metadata: {name: b}}"),
        "may not add resource with an already registered id: ConfigMap.[noVer].[noGrp]/new.[noNs]");
}

TEST(Patches, NullsInLabelsAndAnnotationsAreTextsOnTheWayToATarget) {
    const std::string_view object =
        "{apiVersion: v1, kind: ConfigMap, metadata: {name: a, labels: {x: y}, annotations: {x: y}}}";
    const std::string nulls =
        "{apiVersion: v1, kind: ConfigMap, metadata: {name: a, labels: {x: null}, annotations: {x: null, n: "
        "5}}}";
    const std::string texts = tidy(
        "{apiVersion: v1, kind: ConfigMap, metadata: {name: a, labels: {x: 'null'}, annotations: {x: 'null', "
        "n: '5'}}}");
    EXPECT_EQ(patched(entry(nulls, Target{.name = "a"}), object), texts);
    Resources all = objects(object);
    ASSERT_TRUE(transform::apply(all, read_strategic_merge(nulls, "p").value(), scopes()));
    EXPECT_EQ(text(all), texts);
    EXPECT_EQ(
        patched(entry(nulls), object),
        tidy("{apiVersion: v1, kind: ConfigMap, metadata: {name: a, labels: {}, annotations: {n: 5}}}"));
}

TEST(Patches, AllowedChangesAreRemembered) {
    PatchEntry written = entry("{kind: ConfigMap, metadata: {name: new}}", Target{.name = "b"});
    written.allow_name_change = true;
    const auto patch = read_patch(written, written.patch);
    ASSERT_TRUE(patch);
    Resources all = objects(kObjects);
    ASSERT_TRUE(transform::apply(all, *patch, scopes()));
    EXPECT_EQ(original_id(all[1]).name, "b");
}

TEST(Patches, OperationsNeedATarget) {
    const std::string operations = R"([{"op": "add", "path": "/data/x", "value": "y"}])";
    EXPECT_NE(patched(entry(operations)).find("must specify a target for JSON patch"), std::string::npos);
    EXPECT_EQ(patched(entry(operations, Target{.name = "b"})), tidy(R"(
{apiVersion: v1, kind: ConfigMap, metadata: {name: a, namespace: t}, data: {k: v}}
---
{apiVersion: v1, kind: ConfigMap, metadata: {name: b}, data: {k: v, x: y}}
)"));
    EXPECT_EQ(patched(entry("- op: remove\n  path: /data\n", Target{.ns = "t"})), tidy(R"(
{apiVersion: v1, kind: ConfigMap, metadata: {name: a, namespace: t}}
---
{apiVersion: v1, kind: ConfigMap, metadata: {name: b}, data: {k: v}}
)"));
}

TEST(Patches, OperationsFindAnnotationsWhereTheBuildKeepsNotes) {
    const std::string add = "- {op: add, path: /metadata/annotations/x, value: text}";
    const std::string_view plain = "{apiVersion: v1, kind: ConfigMap, metadata: {name: b}}";
    EXPECT_EQ(patched(entry(add, Target{.name = "b"}), plain),
              tidy("{apiVersion: v1, kind: ConfigMap, metadata: {name: b, annotations: {x: text}}}"));
    EXPECT_EQ(patched(entry("- {op: add, path: /data, value: {}}", Target{.name = "b"}), plain),
              tidy("{apiVersion: v1, kind: ConfigMap, metadata: {name: b}, data: {}}"));
    PatchEntry old = entry(add, Target{.name = "b"});
    old.keeps_ids = true;
    EXPECT_NE(patched(old, plain).find("patch of ConfigMap.v1.[noGrp]/b.[noNs]"), std::string::npos);
    const auto patch = read_patch(old, add);
    ASSERT_TRUE(patch);
    Resources all = objects(plain);
    all[0].needs_hash = true;
    ASSERT_TRUE(transform::apply(all, *patch, scopes()));
    EXPECT_TRUE(all[0].previous.empty());
}

TEST(Patches, ThatSayNothingDoNothing) {
    for (const std::string_view text : {"[]", "{}", "# nothing", "null"}) {
        const auto patch = read_patch(entry(std::string(text)), text);
        ASSERT_TRUE(patch) << text;
        Resources all = objects(kObjects);
        ASSERT_TRUE(transform::apply(all, *patch, scopes())) << text;
        EXPECT_EQ(testing::text(all), tidy(kObjects));
    }
}

TEST(Patches, WithATargetThatMatchesNothingDoNothing) {
    EXPECT_EQ(patched(entry("- {op: remove, path: /data}", Target{.name = "nobody"})), tidy(kObjects));
    EXPECT_EQ(patched(entry("{kind: X, metadata: {name: x}, data: {y: z}}", Target{.name = "nobody"})),
              tidy(kObjects));
}

TEST(Patches, Refuse) {
    const std::pair<PatchEntry, std::string_view> rows[] = {
        {entry("{apiVersion: v1, kind: ConfigMap, metadata: {name: nobody}}"),
         "no resource matches strategic merge patch"},
        {entry("[{op: remove, path: /data}]", Target{.name = "b"}), "unable to parse SM or JSON patch"},
        {entry("just a text"), "unable to parse SM or JSON patch from [patch: \"just a text\"]"},
        {entry("{kind: ConfigMap, metadata: {}}"), "missing metadata.name"},
        {entry("{metadata: {name: a}}"), "missing kind"},
        {entry("- {op: remove, path: /nope/deep}", Target{.name = "b"}),
         "patch of ConfigMap.v1.[noGrp]/b.[noNs]"},
        {entry("- {op: remove, path: /data}", Target{.name = "("}), "no regular expression"},
        {entry("{kind: K, metadata: {name: x}}", Target{.name = "("}), "no regular expression"},
        {entry("{kind: K, metadata: {name: x}}\n---\n{kind: K, metadata: {name: y}}", Target{.name = "b"}),
         "Multiple Strategic-Merge Patches in one `patches` entry"},
    };
    for (const auto& [patch, reason] : rows) {
        const std::string error = patched(patch);
        EXPECT_NE(error.find(reason), std::string::npos) << error;
    }
}

TEST(Patches, InARowSeeWhatEarlierOnesDid) {
    const auto read = [](const PatchEntry& written) { return read_patch(written, written.patch).value(); };
    PatchEntry rename = entry("{kind: ConfigMap, metadata: {name: new}}", Target{.name = "b"});
    rename.allow_name_change = true;
    const std::vector<Patch> patches = {
        read(entry("{apiVersion: v1, kind: ConfigMap, metadata: {name: a, namespace: t}, $patch: delete}")),
        read(entry("{apiVersion: v1, kind: ConfigMap, metadata: {name: b}, data: {one: text}}")),
        read(rename),
        read(entry("{apiVersion: v1, kind: ConfigMap, metadata: {name: new}, data: {two: text}}")),
        read(entry("{apiVersion: v1, kind: ConfigMap, metadata: {name: b}, data: {three: text}}")),
        read(entry("- {op: remove, path: /data/k}", Target{.name = "new"})),
    };
    Resources all = objects(kObjects);
    std::size_t applied = 0;
    ASSERT_TRUE(transform::apply(all, patches, scopes(), applied));
    EXPECT_EQ(applied, 6U);
    EXPECT_EQ(text(all), tidy("{apiVersion: v1, kind: ConfigMap, metadata: {name: new}, data: {one: text, "
                              "two: text, three: text}}"));
    const auto again = transform::apply(all, patches, scopes(), applied);
    ASSERT_FALSE(again);
    EXPECT_EQ(applied, 0U);
    EXPECT_TRUE(again.error().text().starts_with("no resource matches strategic merge patch"));
}

TEST(Patches, EntriesAreRead) {
    const auto read =
        parse_patch_entry(value("{path: p.yaml, target: {kind: K, labelSelector: a=b}, options: "
                                "{allowNameChange: true, allowKindChange: false}}"));
    ASSERT_TRUE(read) << read.error().text();
    EXPECT_EQ(read->path, "p.yaml");
    EXPECT_EQ(read->target->label_selector, "a=b");
    EXPECT_TRUE(read->allow_name_change);
    EXPECT_FALSE(read->allow_kind_change);
    EXPECT_EQ(parse_patch_entry(value("patch: \"  x  \""))->patch, "x");
    for (const std::string_view text : {"{}", "{path: p, patch: x}", "{path: p, file: x}", "patch: 1",
                                        "{patch: \" \"}", "{patch: x, target: {foo: x}}"}) {
        EXPECT_FALSE(parse_patch_entry(value(text))) << text;
    }
}

TEST(Json6902, EntriesAreRead) {
    const auto read = parse_json6902_entry(value("{target: {version: v1, kind: K, name: n}, path: p.json}"));
    ASSERT_TRUE(read) << read.error().text();
    EXPECT_EQ(read->target->name, "n");
    EXPECT_EQ(parse_json6902_entry(value("{target: {name: n}, jsonOp: '[]'}"))->patch, "[]");
    EXPECT_EQ(parse_json6902_entry(value("{target: {name: n}, patch: '[]'}"))->patch, "[]");
    for (const std::string_view text :
         {"{target: {name: n}}", "{target: {name: n}, path: p, jsonOp: x}", "{path: p}",
          "{target: {kind: K}, path: p}", "{target: {name: n}, file: p}"}) {
        EXPECT_FALSE(parse_json6902_entry(value(text))) << text;
    }
}

TEST(StrategicMerge, ReadsObjectsAndListsOfThem) {
    const auto patch = read_strategic_merge(
        "kind: List\nitems: [{kind: A, metadata: {name: a}}, {kind: B, metadata: {name: b}}]\n---\n# "
        "nothing\n---\n{}\n",
        "p.yaml");
    ASSERT_TRUE(patch) << patch.error().text();
    EXPECT_EQ(patch->merges.size(), 2U);
    EXPECT_FALSE(read_strategic_merge("- op: add\n", "p.yaml"));
    EXPECT_FALSE(read_strategic_merge("a: [", "p.yaml"));
}

}  // namespace
}  // namespace transform
