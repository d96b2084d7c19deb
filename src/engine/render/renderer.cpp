// SPDX-License-Identifier: 0BSD
#include "engine/render/renderer.hpp"

#include <optional>
#include <utility>

#include <boost/asio/this_coro.hpp>
#include <fmt/format.h>

#include "base/digest.hpp"
#include "base/event.hpp"
#include "engine/render/tree_files.hpp"
#include "model/compact.hpp"

namespace render {

namespace {

// Each text with its length before it, so that no two requests read the same.
void append(std::string& key, std::string_view text) { key += fmt::format("{}:{};", text.size(), text); }

// What the pool does; owns all it reads.
struct Job {
    std::shared_ptr<const artifact::FileTree> tree;
    StageInputs inputs;
    decrypt::DataKeys data_keys;

    base::Result<Attempt> operator()() const {
        return attempt_stage(TreeFiles(*tree), inputs.request, inputs.keys.get(), data_keys);
    }
};

}  // namespace

std::string fingerprint(const std::string& digest, const StageInputs& inputs) {
    const RenderRequest& request = inputs.request;
    std::string key;
    append(key, digest);
    append(key, request.path);
    append(key, request.helm_hooks ? "hooks" : "");
    append(key, envsubst::fingerprint(request.variables));
    append(key, inputs.keys ? "keys " + inputs.keys->version : "");
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

// `result` stays empty when the one who renders is cancelled.
struct Renderer::Flight {
    explicit Flight(base::Executor executor) : ended(std::move(executor)) {}
    base::Event ended;
    std::optional<base::Result<Outcome>> result;
};

base::Task<Outcome> Renderer::render(std::string digest, std::shared_ptr<const artifact::FileTree> tree,
                                     StageInputs inputs) {
    std::string key = fingerprint(digest, inputs);
    // Each turn but the last ends with a render that was cancelled; one of those who waited for it begins the next.
    for (;;) {
        if (auto rendered = find(key)) {
            co_return Outcome{rendered, std::nullopt};
        }
        const auto known = flights_.find(key);
        if (known == flights_.end()) {
            break;
        }
        const std::shared_ptr<Flight> flight = known->second;
        const base::Result<void> waited = co_await flight->ended.wait();
        if (!waited) {
            co_return waited.error();
        }
        if (flight->result) {
            co_return *flight->result;
        }
    }
    co_return co_await render_alone(std::move(key), std::move(tree), std::move(inputs));
}

base::Task<Outcome> Renderer::render_alone(std::string key, std::shared_ptr<const artifact::FileTree> tree,
                                           StageInputs inputs) {
    const auto flight = std::make_shared<Flight>(co_await boost::asio::this_coro::executor);
    flights_.emplace(key, flight);
    const auto attempt = [this, &tree, &inputs](decrypt::DataKeys data_keys) {
        return compute_.run(Job{tree, inputs, std::move(data_keys)});
    };
    auto made = co_await render_with_services(attempt, services_, inputs.keys);
    flights_.erase(key);
    if (made && made->rendered) {
        keep(std::move(key), made->rendered);
    }
    if (made || made.error().code != base::ErrorCode::kCancelled) {
        flight->result = std::move(made);
    }
    flight->ended.set();
    if (!flight->result) {
        co_return base::cancelled_error();
    }
    co_return *flight->result;
}

std::shared_ptr<const Rendered> Renderer::find(const std::string& key) {
    const auto found = by_key_.find(key);
    if (found == by_key_.end()) {
        return nullptr;
    }
    entries_.splice(entries_.begin(), entries_, found->second);
    return found->second->rendered;
}

void Renderer::keep(std::string key, std::shared_ptr<const Rendered> rendered) {
    std::size_t bytes = key.size() + sizeof(Entry);
    for (const model::Value& object : rendered->objects) {
        bytes += sizeof(object) + model::compact_bytes(object);
    }
    if (bytes > cache_bytes_max_) {
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
