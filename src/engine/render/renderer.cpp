// SPDX-License-Identifier: 0BSD
#include "engine/render/renderer.hpp"

#include <utility>

#include <fmt/format.h>

#include "base/digest.hpp"
#include "engine/render/tree_files.hpp"
#include "model/compact.hpp"

namespace render {

namespace {

// Each text with its length before it, so that no two requests read the same.
void append(std::string& key, std::string_view text) { key += fmt::format("{}:{};", text.size(), text); }

std::string key_of(const std::string& digest, const RenderRequest& request) {
    std::string key;
    append(key, digest);
    append(key, request.path);
    append(key, request.helm_hooks ? "hooks" : "");
    append(key, envsubst::fingerprint(request.variables));
    for (const model::Patch& patch : request.patches) {
        append(key, patch.patch);
        const model::PatchTarget target = patch.target.value_or(model::PatchTarget{});
        append(key, patch.target ? "target" : "");
        for (const std::string* field : {&target.group, &target.version, &target.kind, &target.ns,
                                         &target.name, &target.annotation_selector, &target.label_selector}) {
            append(key, *field);
        }
    }
    return base::sha256(key).text();
}

// What the pool does; owns all it reads.
struct Job {
    std::shared_ptr<const artifact::FileTree> tree;
    RenderRequest request;

    base::Result<Rendered> operator()() const { return render_stage(TreeFiles(*tree), request); }
};

}  // namespace

base::Task<std::shared_ptr<const Rendered>> Renderer::render(std::string digest,
                                                             std::shared_ptr<const artifact::FileTree> tree,
                                                             RenderRequest request) {
    std::string key = key_of(digest, request);
    if (const auto found = by_key_.find(key); found != by_key_.end()) {
        entries_.splice(entries_.begin(), entries_, found->second);
        co_return found->second->rendered;
    }
    auto made = co_await compute_.run(Job{std::move(tree), std::move(request)});
    if (!made) {
        co_return made.error();
    }
    auto rendered = std::make_shared<const Rendered>(std::move(*made));
    keep(std::move(key), rendered);
    co_return rendered;
}

void Renderer::keep(std::string key, std::shared_ptr<const Rendered> rendered) {
    std::size_t bytes = key.size() + sizeof(Entry);
    for (const model::Value& object : rendered->objects) {
        bytes += sizeof(object) + model::compact_bytes(object);
    }
    // Another run may have rendered the same meanwhile.
    if (bytes > cache_bytes_max_ || by_key_.contains(key)) {
        return;
    }
    entries_.push_front({key, std::move(rendered), bytes});
    by_key_.emplace(std::move(key), entries_.begin());
    cached_bytes_ += bytes;
    while (cached_bytes_ > cache_bytes_max_) {
        cached_bytes_ -= entries_.back().bytes;
        by_key_.erase(entries_.back().key);
        entries_.pop_back();
    }
}

}  // namespace render
