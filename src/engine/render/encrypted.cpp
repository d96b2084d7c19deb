// SPDX-License-Identifier: 0BSD
#include "engine/render/encrypted.hpp"

#include <utility>

#include <fmt/format.h>

namespace render {

namespace {

base::Error services_are_off(const std::string& path) {
    return {base::ErrorCode::kInvalid,
            fmt::format(
                "file \"{}\": no key at hand opens the file, and key services are not asked: the controller "
                "runs without --decryption-ambient-credentials",
                path)};
}

}  // namespace

Attempt attempt_stage(const kustomize::Files& files, const RenderRequest& request, const decrypt::Keys* keys,
                      const decrypt::DataKeys& data_keys) {
    if (keys == nullptr) {
        return {render_stage(files, request), std::nullopt, {}};
    }
    const decrypt::DecryptingFiles plain(files, *keys, data_keys);
    auto rendered = render_stage(plain, request);
    return {std::move(rendered), plain.failure(), plain.wanted()};
}

// It ends: each turn but the last adds a file's key, and an artifact has no more files than its bounds allow.
base::Task<Outcome> render_with_services(std::function<base::Task<Attempt>(decrypt::DataKeys)> attempt,
                                         kms::KeyService* services,
                                         std::shared_ptr<const decrypt::Keys> keys) {
    decrypt::DataKeys data_keys;
    for (;;) {
        auto made = co_await attempt(data_keys);
        if (!made) {
            co_return made.error();
        }
        if (!made->locked) {
            if (!made->rendered) {
                co_return made->rendered.error();
            }
            co_return Outcome{std::make_shared<const Rendered>(std::move(*made->rendered)), std::nullopt};
        }
        if (services == nullptr && !made->wanted.empty()) {
            co_return Outcome{nullptr, services_are_off(made->wanted.front().path)};
        }
        if (made->wanted.empty()) {
            co_return Outcome{nullptr, std::move(made->locked)};
        }
        auto opened =
            co_await decrypt::open_with_services(*services, keys, std::move(made->wanted), data_keys);
        if (!opened && opened.error().code == base::ErrorCode::kCancelled) {
            co_return opened.error();
        }
        if (!opened) {
            co_return Outcome{nullptr, opened.error()};
        }
        data_keys = std::move(*opened);
    }
}

}  // namespace render
