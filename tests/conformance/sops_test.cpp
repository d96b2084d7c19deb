// SPDX-License-Identifier: 0BSD
// Holds rules/sops to recorded results of the sops command.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/base64.hpp"
#include "model/json.hpp"
#include "model/yaml.hpp"
#include "rules/sops/encrypted_file.hpp"
#include "rules/sops/identities.hpp"
#include "tests/conformance/cases.hpp"

namespace {

std::filesystem::path folder() {
    const char* const set = std::getenv("STAGESET_CONFORMANCE_DIR");
    return std::filesystem::path(set == nullptr ? "../shared/conformance" : set) / "sops";
}

std::string read(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

std::string bytes_of(const model::Value& test, std::string_view key) {
    const std::string encoded = std::string(key) + "_base64";
    return model::find(test, {key}) != nullptr
               ? std::string(model::find_string(test, {key}))
               : base::decode_base64(model::find_string(test, {encoded})).value();
}

sops::Format format_of(std::string_view name) {
    return name == "binary" ? sops::Format::kBinary
                            : sops::format_of(name == "dotenv" ? ".env" : fmt::format(".{}", name));
}

// This corpus keeps each case in a file of its own, in a folder for its area.
std::vector<conformance::Case> load() {
    std::vector<conformance::Case> cases;
    std::error_code error;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder(), error)) {
        if (entry.path().extension() == ".json") {
            cases.push_back({entry.path().parent_path().filename().string(), entry.path().stem().string(),
                             model::parse_json(read(entry.path()), entry.path().string()).value()});
        }
    }
    return cases;
}

sops::Identities identities_of(const model::Value& test) {
    std::map<std::string, base::Secret> data;
    for (const model::Value& key : *model::find_array(test, {"keys"})) {
        for (const std::string_view suffix : {".agekey", ".asc"}) {
            const std::string name = std::string(key.as_string()) + std::string(suffix);
            const std::filesystem::path file = folder() / "keys" / (name + ".b64");
            if (std::filesystem::exists(file)) {
                data.emplace(name, base::Secret(base::decode_base64(read(file)).value()));
            }
        }
    }
    return sops::Identities::parse(data).value();
}

base::Result<std::string> outcome(const model::Value& test, const sops::Identities& identities) {
    auto file = sops::EncryptedFile::parse(bytes_of(test, "encrypted"),
                                           format_of(model::find_string(test, {"format"})));
    if (!file) {
        return std::move(file.error());
    }
    if (!*file) {
        return base::Error{.message = "no sops metadata"};
    }
    auto key = sops::find_data_key((*file)->metadata(), identities);
    if (!key) {
        return std::move(key.error());
    }
    auto plain = (*file)->decrypt(*key);
    return plain ? base::Result<std::string>(std::string(plain->reveal()))
                 : base::Result<std::string>(plain.error());
}

// Lines without blanks around them, without empty ones.
std::string lines_of(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        const std::size_t end = text.find('\n');
        std::string line(text.substr(0, end));
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        std::erase(line, ' ');
        out += line.empty() ? "" : line + "\n";
    }
    return out;
}

// The comments of a YAML text, sorted: sops moves some of them. A '#' within quotes begins none.
std::string comments_of(std::string_view text) {
    std::vector<std::string> comments;
    char quote = 0;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const char letter = text[at];
        if (quote != 0 || letter == '"' || letter == '\'') {
            quote = quote == 0 ? letter : letter == quote || letter == '\n' ? '\0' : quote;
        } else if (letter == '#' && (at == 0 || text[at - 1] == ' ' || text[at - 1] == '\n')) {
            const std::size_t end = std::min(text.find('\n', at), text.size());
            comments.emplace_back(text.substr(at, end - at));
            at = end;
        }
    }
    std::ranges::sort(comments);
    return fmt::format("{}", fmt::join(comments, "\n"));
}

std::string comparable(std::string_view format, std::string_view text) {
    if (format == "json") {
        return model::to_json(model::parse_json(text, "result").value());
    }
    if (format == "yaml") {
        auto documents = model::parse_yaml(text, "result", {}, model::YamlDialect::kKustomize);
        if (!documents) {
            return documents.error().text();
        }
        std::string out;
        for (const model::YamlDocument& document : *documents) {
            out += model::to_json(document.value) + "\n";
        }
        return out + comments_of(text);
    }
    return format == "binary" ? std::string(text) : lines_of(text);
}

// What the message of a refusal must say.
std::string_view phrase_of(std::string_view error) {
    if (error == "no-data-key") {
        return "no key at hand";
    }
    if (error == "mac-mismatch") {
        return "MAC";
    }
    if (error == "cannot-decrypt-value") {
        return "cannot be decrypted";
    }
    return error == "no-metadata" ? "no sops metadata" : "";
}

std::string difference(const model::Value& test, const base::Result<std::string>& actual) {
    const std::string_view error = model::find_string(test, {"error"});
    if (!error.empty()) {
        if (actual) {
            return fmt::format("decrypted instead of {}", error);
        }
        return actual.error().text().find(phrase_of(error)) == std::string::npos
                   ? fmt::format("\"{}\" instead of {}", actual.error().text(), error)
                   : "";
    }
    if (!actual) {
        return actual.error().text();
    }
    const std::string_view format = model::find_string(test, {"format"});
    const std::string expected = comparable(format, bytes_of(test, "expected"));
    const std::string found = comparable(format, *actual);
    return found == expected ? "" : fmt::format("\"{}\" instead of \"{}\"", found, expected);
}

TEST(Conformance, DecryptionIsThatOfSops) {
    const auto cases = load();
    if (cases.empty()) {
        GTEST_SKIP() << "no conformance data at " << folder();
    }
    conformance::Score score({});
    for (const conformance::Case& test : cases) {
        score.add(test, difference(test.value, outcome(test.value, identities_of(test.value))));
    }
    score.print("sops");
}

}  // namespace
