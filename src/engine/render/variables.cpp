// SPDX-License-Identifier: 0BSD
#include "engine/render/variables.hpp"

#include <utility>

#include <fmt/format.h>

#include "io/kube/secret_data.hpp"

namespace render {

namespace {

using base::ErrorCode;

base::Result<void> take_secret(const model::Value& object, envsubst::Variables& variables) {
    const auto data = kube::secret_data(object);
    if (!data) {
        return data.error();
    }
    for (const auto& [key, value] : *data) {
        variables.insert_or_assign(key, std::string(value.reveal()));
    }
    return {};
}

void take_config_map(const model::Value& object, envsubst::Variables& variables) {
    const model::Object* data = model::find_object(object, {"data"});
    if (data == nullptr) {
        return;
    }
    for (const auto& field : *data) {
        if (field.value().is_string()) {
            variables.insert_or_assign(std::string(field.key()), std::string(field.value().get_string()));
        }
    }
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
        if (!secret) {
            take_config_map(*object, variables);
        } else if (auto taken = take_secret(*object, variables); !taken) {
            co_return base::wrap(context(), taken.error());
        }
    }
    for (auto& [name, value] : post_build.substitute) {
        variables.insert_or_assign(name, std::move(value));
    }
    co_return variables;
}

}  // namespace render
