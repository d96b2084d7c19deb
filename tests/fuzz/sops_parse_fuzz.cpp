// SPDX-License-Identifier: 0BSD
#include <cstddef>
#include <cstdint>

#include "base/invariant.hpp"
#include "model/json.hpp"
#include "rules/sops/encrypted_file.hpp"
#include "rules/sops/gcm.hpp"
#include "rules/sops/yaml_nodes.hpp"

namespace sops {

// A double: nothing is sealed, so that inputs reach what is done with opened values. Lengths are judged as they are.
std::optional<base::Secret> open_gcm(std::string_view key, std::string_view iv, std::string_view,
                                     std::string_view sealed, std::string_view tag) {
    return key.size() == 32 && !iv.empty() && tag.size() == 16
               ? std::optional(base::Secret(std::string(sealed)))
               : std::nullopt;
}

}  // namespace sops

namespace {

using sops::Format;

constexpr sops::Limits kLimits{.bytes_max = std::size_t{1} << 20U, .depth_max = 64, .nodes_max = 20'000};

base::Result<base::Secret> open_values(std::string_view text, Format format, sops::Opener& opener) {
    switch (format) {
        case Format::kYaml: return sops::open_yaml(text, kLimits, opener);
        case Format::kJson: return sops::open_json(text, kLimits, opener);
        case Format::kBinary: return sops::open_binary(text, kLimits, opener);
        case Format::kDotenv: return sops::open_dotenv(text, opener);
        case Format::kIni: return sops::open_ini(text, opener);
    }
    return base::Secret();
}

void check_opened(std::string_view text, Format format, const sops::EncryptedFile& file) {
    const base::Secret key(std::string(32, 'k'));
    const auto whole = file.decrypt(key);
    base::invariant(whole || !whole.error().message.empty(), "an error says something");
    auto opener = sops::Opener::start(file.metadata(), key);
    if (!opener) {
        return;
    }
    const auto opened = open_values(text, format, *opener);
    if (!opened) {
        base::invariant(!opened.error().message.empty(), "an error says something");
        return;
    }
    base::invariant(!opener->finish().has_value() || whole.has_value(),
                    "a MAC that fits is the only condition");
    if (format == Format::kJson) {
        const auto value = model::parse_json(opened->reveal(), "opened", kLimits.depth_max);
        base::invariant(value && value->get_object().if_contains("sops") == nullptr,
                        "opened JSON is JSON without metadata");
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(bytes), size);
    for (const Format format :
         {Format::kYaml, Format::kJson, Format::kDotenv, Format::kIni, Format::kBinary}) {
        const auto file = sops::EncryptedFile::parse(text, format, kLimits);
        if (!file) {
            base::invariant(!file.error().message.empty() && text.find("sops") != std::string_view::npos,
                            "only files with the marker are refused, with a reason");
            continue;
        }
        if (*file) {
            std::size_t keys = 0;
            for (const sops::KeyGroup& group : (*file)->metadata().groups) {
                keys += group.keys.size();
            }
            base::invariant(keys > 0 && keys <= 1000, "a file names keys, not too many");
            check_opened(text, format, **file);
        }
    }
    return 0;
}
