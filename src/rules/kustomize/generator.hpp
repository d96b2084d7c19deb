// SPDX-License-Identifier: 0BSD
// configMapGenerator and secretGenerator: ConfigMaps and Secrets made from literals and files.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "rules/transform/resource.hpp"

namespace kustomize {

struct GeneratorOptions {
    std::map<std::string, std::string> labels;
    std::map<std::string, std::string> annotations;
    bool disable_name_suffix_hash = false;
    bool immutable = false;
};

// `own` where it says something, else `all`.
GeneratorOptions merge_options(GeneratorOptions own, const GeneratorOptions& all);

enum class GeneratedKind : std::uint8_t { kConfigMap, kSecret };

struct GeneratorArgs {
    GeneratedKind kind = GeneratedKind::kConfigMap;
    std::string name;
    std::string ns;
    std::string type;      // of a Secret; empty is Opaque
    std::string behavior;  // create, replace, merge; anything else is unspecified, as the original has it
    std::vector<std::string> literals;  // key=value
    std::vector<std::string> files;     // [key=]path
    std::vector<std::string> envs;      // paths of files of key=value lines
    GeneratorOptions options;
};

// Reads the bytes of a file as the kustomization names it.
using ReadFile = std::function<base::Result<std::string_view>(std::string_view path)>;

// Errors: kInvalid (no name, a malformed source, a key twice), and those of `read`
base::Result<transform::Resource> generate_resource(const GeneratorArgs& args, const ReadFile& read);

// A ServiceAccount that acts as one of a cloud's (IAMPolicyGenerator; GKE only).
struct CloudIdentity {
    std::string cloud;
    std::string ns;
    std::string name;
    std::string project;
    std::string account;
};
// Errors: kInvalid (another cloud than gke)
base::Result<transform::Resource> generate_service_account(const CloudIdentity& identity);

}  // namespace kustomize
