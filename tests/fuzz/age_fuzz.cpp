// SPDX-License-Identifier: 0BSD
#include "rules/sops/age.hpp"

#include <cstddef>
#include <cstdint>

#include "base/base64.hpp"
#include "base/invariant.hpp"

namespace {

// Made for this test only; the seeds are encrypted for it.
const std::vector<sops::AgeIdentity>& identities() {
    static const auto made = sops::parse_age_identities(
                                 "AGE-SECRET-"
                                 "KEY-1GD3QKQZTQXRRTG2RNL6DGKZU52YV4RL4UXR9JGD8WH8KLTQTTXZQA2AZNG")
                                 .value();
    return made;
}

std::string armored(std::string_view file) {
    const std::string body = base::encode_base64(file);
    std::string text = "-----BEGIN AGE ENCRYPTED FILE-----\n";
    for (std::size_t at = 0; at < body.size(); at += 64) {
        text += body.substr(at, 64) + "\n";
    }
    return text + "-----END AGE ENCRYPTED FILE-----\n";
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(bytes), size);
    const auto parsed = sops::parse_age_identities(text);
    base::invariant(parsed || !parsed.error().message.empty(), "an error says something");
    const auto opened = sops::decrypt_age(text, identities());
    if (!opened) {
        base::invariant(opened.error().code == base::ErrorCode::kNotFound ||
                            opened.error().code == base::ErrorCode::kInvalid ||
                            opened.error().code == base::ErrorCode::kLimitExceeded,
                        "it fails in one of three ways");
        base::invariant(!opened.error().message.empty(), "an error says something");
    }
    if (text.starts_with("age-encryption.org/")) {
        const auto again = sops::decrypt_age(armored(text), identities());
        base::invariant(
            again.has_value() == opened.has_value() && (!again || again->reveal() == opened->reveal()),
            "armor changes nothing");
    }
    base::invariant(!sops::decrypt_age(text, {}).has_value(), "without an identity nothing opens");
    return 0;
}
