// SPDX-License-Identifier: 0BSD
// From a kustomization to its resources: everything that it names taken in, generated and transformed; references not yet fixed.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "rules/kustomize/kustomization.hpp"
#include "rules/kustomize/loader.hpp"
#include "rules/kustomize/steps.hpp"
#include "rules/patch/schema.hpp"
#include "rules/transform/config.hpp"
#include "rules/transform/resource.hpp"
#include "rules/transform/scopes.hpp"
#include "rules/transform/vars.hpp"

namespace kustomize {

// The built-in tables, until something is laid over them.
class Config {
public:
    const transform::TransformerConfig& get() const { return own_ ? *own_ : transform::default_config(); }
    base::Result<void> merge(const transform::TransformerConfig& more);
    base::Result<void> merge(const Config& more);

private:
    std::optional<transform::TransformerConfig> own_;
};

// What a kustomization and those below it stand for so far.
struct Accumulated {
    transform::Resources resources;
    Config config;
    transform::Variables variables;
};

class Accumulator {
public:
    // `loader` outlives this. Origins are followed through the whole build or not at all.
    Accumulator(Loader& loader, bool follow_origins);

    const transform::Scopes& scopes() const { return *scopes_; }

    // Takes in all that `kustomization`, which lies at `place`, says. Of several `openapi` fields the outermost and first counts
    // for everything after it, as in the original.
    //
    // Errors: those of build()
    base::Result<void> accumulate(const Place& place, const Kustomization& kustomization, Accumulated& into);

private:
    enum class Kind : std::uint8_t { kResource, kComponent };

    base::Result<void> set_schema(const Place& place, const Kustomization& kustomization);
    base::Result<void> take_in(const Place& place, const Kustomization& kustomization, Accumulated& into);
    base::Result<void> add_paths(const Place& place, const std::vector<std::string>& paths,
                                 Accumulated& into);
    base::Result<Accumulated> add_directory(const Place& place, std::string_view path);
    base::Result<Kustomization> load(const Place& place, Kind wanted);
    base::Result<transform::Resources> read_file(const Place& place, std::string_view path);
    base::Result<void> add_configurations(const Place& place, const Kustomization& kustomization,
                                          Config& into);
    base::Result<void> add_generated(const StepContext& context, const Kustomization& kustomization,
                                     transform::Resources& into);
    base::Result<void> add_components(const Place& place, const Kustomization& kustomization,
                                      Accumulated& into);
    base::Result<transform::Resources> configurations(const StepContext& context,
                                                      const Kustomization& kustomization,
                                                      const std::vector<std::string>& entries);

    Loader& loader_;
    bool follow_origins_;
    bool schema_is_set_ = false;
    std::shared_ptr<const patch::Schema> schema_;
    std::optional<transform::Scopes> scopes_;  // of schema_
};

}  // namespace kustomize
