// SPDX-License-Identifier: 0BSD
#include "apps/stagesetctl/encrypted_stage.hpp"

#include <utility>

namespace stagesetctl {

namespace {

base::Task<render::Attempt> attempt(const kustomize::Files& files, const render::RenderRequest& request,
                                    std::shared_ptr<const decrypt::Keys> keys, decrypt::DataKeys data_keys) {
    co_return render::attempt_stage(files, request, keys.get(), data_keys);
}

base::Result<std::shared_ptr<const render::Rendered>> shared(base::Result<render::Rendered> rendered) {
    if (!rendered) {
        return rendered.error();
    }
    return std::make_shared<const render::Rendered>(std::move(*rendered));
}

}  // namespace

base::Task<std::shared_ptr<const render::Rendered>> render_encrypted(const kustomize::Files& files,
                                                                     const render::RenderRequest& request,
                                                                     KeySource keys,
                                                                     kms::KeyService* services) {
    const decrypt::Keys none;
    auto first = render::attempt_stage(files, request, keys ? &none : nullptr, {});
    if (!first.locked) {
        co_return shared(std::move(first.rendered));
    }
    const auto opened_with = co_await keys();
    if (!opened_with) {
        co_return opened_with.error();
    }
    const auto again = [&files, &request, &opened_with](decrypt::DataKeys data_keys) {
        return attempt(files, request, *opened_with, std::move(data_keys));
    };
    auto outcome = co_await render::render_with_services(again, services, *opened_with);
    if (!outcome) {
        co_return outcome.error();
    }
    if (outcome->locked) {
        co_return base::wrap("decrypt", *std::move(outcome->locked));
    }
    co_return outcome->rendered;
}

}  // namespace stagesetctl
