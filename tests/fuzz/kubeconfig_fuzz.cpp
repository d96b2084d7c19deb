// SPDX-License-Identifier: 0BSD
#include "io/kube/rest/kubeconfig.hpp"

#include <cstddef>
#include <cstdint>

#include "base/invariant.hpp"
#include "io/kube/denied.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(bytes), size);
    base::invariant(kube::denied_in(text, 3).size() <= 3, "no more rights are read than asked for");
    const std::string hint = kube::rights_hint(text);
    base::invariant(hint.size() < 5000, "a hint is short, whatever it is read from");
    const auto config = kube::parse_kubeconfig(text, "kubeconfig");
    if (!config) {
        base::invariant(!config.error().message.empty(), "an error says something");
        return 0;
    }
    const auto context = config->contexts.find(config->current_context);
    if (!kube::check_self_contained(*config, "") || context == config->contexts.end()) {
        return 0;
    }
    if (const auto user = config->users.find(context->second.user); user != config->users.end()) {
        base::invariant(!user->second.exec && user->second.auth_provider.empty() &&
                            user->second.token_path.empty() && user->second.certificate_path.empty() &&
                            user->second.key_path.empty(),
                        "a self-contained user needs nothing of this machine");
    }
    if (const auto cluster = config->clusters.find(context->second.cluster);
        cluster != config->clusters.end()) {
        base::invariant(cluster->second.ca_path.empty() && cluster->second.proxy_url.empty(),
                        "a self-contained cluster needs nothing of this machine");
    }
    return 0;
}
