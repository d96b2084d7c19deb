// SPDX-License-Identifier: 0BSD
// build_text: a build of texts in a map, as the text that kustomize would print.
#pragma once

#include <string>
#include <string_view>

#include "model/yaml.hpp"
#include "rules/kustomize/build.hpp"
#include "rules/kustomize/testing/map_files.hpp"

namespace kustomize {

// The objects as YAML, or "error: …".
inline std::string build_text(const MapFiles::Texts& texts, std::string_view root = "",
                              BuildOptions options = {}) {
    const auto built = build(MapFiles(texts), root, options);
    if (!built) {
        return "error: " + built.error().text();
    }
    std::string text;
    for (const model::Value& object : *built) {
        text += (text.empty() ? "" : "---\n") + model::to_yaml(object);
    }
    return text;
}

// Their kinds and names only: "ConfigMap/a Secret/b".
inline std::string build_names(const MapFiles::Texts& texts, std::string_view root = "",
                               BuildOptions options = {}) {
    const auto built = build(MapFiles(texts), root, options);
    if (!built) {
        return "error: " + built.error().text();
    }
    std::string names;
    for (const model::Value& object : *built) {
        names += names.empty() ? "" : " ";
        names += model::find_string(object, {"kind"});
        names += "/";
        names += model::name_of(object);
    }
    return names;
}

// A small object.
inline std::string object_text(std::string_view kind, std::string_view name) {
    return "apiVersion: v1\nkind: " + std::string(kind) + "\nmetadata: {name: " + std::string(name) + "}\n";
}

}  // namespace kustomize
