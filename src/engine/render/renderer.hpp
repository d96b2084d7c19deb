// SPDX-License-Identifier: 0BSD
// Renderer: renders artifacts on the compute pool and keeps what was rendered lately.
#pragma once

#include <cstddef>
#include <list>
#include <map>
#include <memory>
#include <string>

#include "base/compute.hpp"
#include "base/task.hpp"
#include "engine/render/encrypted.hpp"
#include "engine/render/render.hpp"
#include "io/artifact/fetcher.hpp"

namespace render {

// Enough for the stages that are at work at the same time; each is some kilobytes an object.
inline constexpr std::size_t kRenderCacheBytesMax = std::size_t{8} << 20U;

// What a stage is rendered from, beside its artifact.
struct StageInputs {
    RenderRequest request = {};
    std::shared_ptr<const decrypt::Keys> keys = nullptr;  // nullptr: encrypted files stay as they are
};

// Equal for inputs that render the same objects: artifact, path, patches, variables, hook policy, keys. Printable.
std::string fingerprint(const std::string& digest, const StageInputs& inputs);

class Renderer {
public:
    // `services` open data keys that a StageSet's own keys do not; nullptr: nothing does.
    explicit Renderer(base::Compute& compute, kms::KeyService* services = nullptr,
                      std::size_t cache_bytes_max = kRenderCacheBytesMax)
        : compute_(compute), services_(services), cache_bytes_max_(cache_bytes_max) {}

    // The rendered files of the artifact `digest`; the same input answers the same objects without rendering again, as long
    // as they are among the last that fit into the bound, and all who ask meanwhile wait for one render. A failure is told
    // to them and then forgotten. Errors: as render_stage(), and kCancelled.
    base::Task<Outcome> render(std::string digest, std::shared_ptr<const artifact::FileTree> tree,
                               StageInputs inputs);

    std::size_t cached_bytes() const { return cached_bytes_; }

private:
    struct Entry {
        std::string key;
        std::shared_ptr<const Rendered> rendered;
        std::size_t bytes = 0;
    };
    struct Flight;
    base::Task<Outcome> render_alone(std::string key, std::shared_ptr<const artifact::FileTree> tree,
                                     StageInputs inputs);
    std::shared_ptr<const Rendered> find(const std::string& key);
    void keep(std::string key, std::shared_ptr<const Rendered> rendered);

    base::Compute& compute_;
    kms::KeyService* services_;
    std::size_t cache_bytes_max_;
    std::size_t cached_bytes_ = 0;
    std::map<std::string, std::shared_ptr<Flight>, std::less<>> flights_;  // renders under way, by key
    std::list<Entry> entries_;                                             // the last used first
    std::map<std::string, std::list<Entry>::iterator, std::less<>> by_key_;
};

}  // namespace render
