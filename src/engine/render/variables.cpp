// SPDX-License-Identifier: 0BSD
#include "engine/render/variables.hpp"

#include <utility>

#include <fmt/format.h>

#include "base/base64.hpp"

namespace render {

namespace {

using base::Error;
using base::ErrorCode;

base::Result<void> take_data(const model::Value& object, bool encoded, envsubst::Variables& variables) {
    const model::Object* data = model::find_object(object, {"data"});
    if (data == nullptr) {
        return {};
    }
    for (const auto& field : *data) {
        if (!field.value().is_string()) {
            continue;
        }
        std::string value(field.value().get_string());
        if (encoded) {
            auto decoded = base::decode_base64(value);
            if (!decoded) {
                return Error{ErrorCode::kInvalid,
                             fmt::format("key \"{}\" is no base64", std::string_view(field.key()))};
            }
            value = std::move(*decoded);
        }
        variables.insert_or_assign(std::string(field.key()), std::move(value));
    }
    return {};
}

}  // namespace

base::Task<envsubst::Variables> read_variables(kube::Client& client, std::string ns,
                                               model::PostBuild post_build) {
    envsubst::Variables variables;
    for (const model::SubstituteReference& reference : post_build.substitute_from) {
        const bool secret = reference.kind == model::SubstituteKind::kSecret;
        const std::string kind = secret ? "Secret" : "ConfigMap";
        const auto context = [&] {
            return fmt::format("postBuild.substituteFrom: {} {}/{}", kind, ns, reference.name);
        };
        auto object = co_await client.get({{"", "v1", kind}, ns, reference.name});
        if (!object && object.error().code == ErrorCode::kNotFound && reference.optional) {
            continue;
        }
        if (!object && object.error().code == ErrorCode::kCancelled) {
            co_return object.error();
        }
        if (!object) {
            co_return base::wrap(context(), object.error());
        }
        if (auto taken = take_data(*object, secret, variables); !taken) {
            co_return base::wrap(context(), taken.error());
        }
    }
    for (auto& [name, value] : post_build.substitute) {
        variables.insert_or_assign(name, std::move(value));
    }
    co_return variables;
}

}  // namespace render
