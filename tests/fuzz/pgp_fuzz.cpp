// SPDX-License-Identifier: 0BSD
#include <cstddef>
#include <cstdint>
#include <string>

#include "base/base64.hpp"
#include "base/invariant.hpp"
#include "rules/sops/pgp_packets.hpp"

namespace {

std::string armored(std::string_view bytes) {
    const std::string body = base::encode_base64(bytes);
    std::string text = "-----BEGIN PGP MESSAGE-----\n\n";
    for (std::size_t at = 0; at < body.size(); at += 64) {
        text += body.substr(at, 64) + "\n";
    }
    return text + "-----END PGP MESSAGE-----\n";
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(bytes), size);
    base::invariant(sops::recipients_of(text).size() <= 1000,
                    "a message names a bounded number of recipients");
    if (const auto inside = sops::without_pgp_armor(text, "MESSAGE")) {
        base::invariant(inside->reveal().size() <= text.size(), "armor only makes longer");
        sops::recipients_of(inside->reveal());
    }
    if (!text.empty()) {
        const auto again = sops::without_pgp_armor(armored(text), "MESSAGE");
        base::invariant(again && again->reveal() == text, "armor changes nothing");
    }
    return 0;
}
