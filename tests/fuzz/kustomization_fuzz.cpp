// SPDX-License-Identifier: 0BSD
// A kustomization and one resource file, parted by a line "===", among a few files that it may name.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/invariant.hpp"
#include "model/yaml.hpp"
#include "rules/kustomize/build.hpp"
#include "rules/kustomize/testing/map_files.hpp"

namespace {

kustomize::MapFiles files_with(std::string_view kustomization, std::string_view resource) {
    return kustomize::MapFiles({
        {"app/kustomization.yaml", std::string(kustomization)},
        {"app/r.yaml", std::string(resource)},
        {"app/p.yaml",
         "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {k: patched, gone: null}\n"},
        {"app/j.yaml", "- {op: add, path: /metadata/labels, value: {x: z}}\n"},
        {"app/e.env", "A=1\n# c\nB\n"},
        {"app/c.yaml", "nameReference: [{kind: ConfigMap, fieldSpecs: [{path: spec/ref, kind: Foo}]}]\n"},
        {"app/t.yaml",
         "apiVersion: builtin\nkind: PrefixTransformer\nmetadata: {name: t}\nprefix: t-\n"
         "fieldSpecs: [{path: metadata/name}]\n"},
        {"base/kustomization.yaml", "resources: [x.yaml]\nnamePrefix: b-\nconfigMapGenerator: [{name: g}]\n"},
        {"base/x.yaml",
         "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: d}\nspec: {template: {spec: {containers: "
         "[{name: c, image: \"i:1\", envFrom: [{configMapRef: {name: g}}]}]}}}\n"},
        {"comp/kustomization.yaml",
         "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nnameSuffix: -c\nresources: "
         "[../app/p.yaml]\n"},
    });
}

std::string build_text(const kustomize::MapFiles& files, kustomize::RootRule rule) {
    kustomize::BuildOptions options;
    options.restriction = kustomize::LoadRestriction::kNone;
    options.root = rule;
    options.limits = {.depth_max = 8,
                      .directories_max = 32,
                      .objects_max = 200,
                      .bytes_max = 1'000'000,
                      .file_nodes_max = 10'000};
    const auto built = kustomize::build(files, "app", options);
    if (!built) {
        base::invariant(!built.error().message.empty(), "an error says something");
        return built.error().text();
    }
    std::string all;
    for (const model::Value& object : *built) {
        base::invariant(object.is_object(), "a build gives objects");
        const std::string yaml = model::to_yaml(object);
        base::invariant(model::parse_yaml_one(yaml, "built", {}, model::YamlDialect::kKustomize).has_value(),
                        "what was built is YAML");
        all += yaml;
    }
    return all;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(bytes), size);
    constexpr std::string_view kBetween = "\n===\n";
    const std::size_t end = std::min(text.find(kBetween), text.size());
    const std::string_view resource = text.substr(std::min(end + kBetween.size(), text.size()));
    const kustomize::MapFiles files = files_with(text.substr(0, end), resource);
    for (const auto rule : {kustomize::RootRule::kAsWritten, kustomize::RootRule::kCompleted}) {
        base::invariant(build_text(files, rule) == build_text(files, rule), "a build gives the same twice");
    }
    return 0;
}
