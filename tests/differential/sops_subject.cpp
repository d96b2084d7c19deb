// SPDX-License-Identifier: 0BSD
// Our side of the comparison with sops: one JSON request a line, one answer a line. "decrypt" opens a file with the keys of the
// request, "age" an age file; "values" gives the values of a YAML text as JSON, so that layout does not count.
#include <iostream>
#include <string>

#include <fmt/format.h>

#include "base/base64.hpp"
#include "model/json.hpp"
#include "model/yaml.hpp"
#include "rules/sops/encrypted_file.hpp"
#include "rules/sops/identities.hpp"

namespace {

base::Result<sops::Identities> identities_of(const model::Value& request) {
    std::map<std::string, base::Secret> data;
    for (const auto& key : *model::find_object(request, {"private_keys"})) {
        data.emplace(key.key(), base::Secret(std::string(key.value().as_string())));
    }
    return sops::Identities::parse(data);
}

base::Result<std::string> decrypt(const model::Value& request, const std::string& text) {
    const std::string_view format = model::find_string(request, {"format"});
    auto file = sops::EncryptedFile::parse(
        text, format == "dotenv" ? sops::Format::kDotenv : sops::format_of(fmt::format(".{}", format)));
    if (!file) {
        return std::move(file.error());
    }
    if (!*file) {
        return base::Error{.message = "no sops metadata"};
    }
    const auto identities = identities_of(request);
    if (!identities) {
        return identities.error();
    }
    const auto key = sops::find_data_key((*file)->metadata(), *identities);
    if (!key) {
        return key.error();
    }
    const auto plain = (*file)->decrypt(*key);
    return plain ? base::Result<std::string>(std::string(plain->reveal())) : plain.error();
}

base::Result<std::string> values(const std::string& text) {
    const auto documents = model::parse_yaml(text, "text", {}, model::YamlDialect::kKustomize);
    if (!documents) {
        return documents.error();
    }
    std::string out;
    for (const model::YamlDocument& document : *documents) {
        out += model::to_json(document.value) + "\n";
    }
    return out;
}

base::Result<std::string> open_age(const model::Value& request, const std::string& text) {
    const auto identities = sops::parse_age_identities(model::find_string(request, {"identities"}));
    if (!identities) {
        return identities.error();
    }
    const auto plain = sops::decrypt_age(text, *identities);
    if (!plain) {
        return plain.error().code == base::ErrorCode::kNotFound ? base::Error{.message = "no match"}
                                                                : plain.error();
    }
    return std::string(plain->reveal());
}

model::Object serve(std::string_view line) {
    const auto request = model::parse_json(line, "request");
    auto text = request ? base::decode_base64(model::find_string(*request, {"text"})) : request.error();
    if (!text) {
        return {{"error", text.error().text()}};
    }
    const std::string_view action = model::find_string(*request, {"action"});
    const auto result = action == "values" ? values(*text)
                        : action == "age"  ? open_age(*request, *text)
                                           : decrypt(*request, *text);
    return result ? model::Object{{"output", base::encode_base64(*result)}}
                  : model::Object{{"error", result.error().text()}};
}

}  // namespace

int main() {
    for (std::string line; std::getline(std::cin, line);) {
        std::cout << model::to_json(model::Value(serve(line))) << std::endl;
    }
    return 0;
}
