// SPDX-License-Identifier: 0BSD
// Holds kustomize::build to recorded runs of `kustomize build` v5.8.1: the same bytes, or a failure where it failed.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/invariant.hpp"
#include "model/json.hpp"
#include "model/yaml.hpp"
#include "rules/kustomize/build.hpp"
#include "rules/kustomize/testing/map_files.hpp"
#include "tests/conformance/cases.hpp"

namespace {

using model::Value;

const conformance::KnownGaps kKnownGaps = {
    {"authored-yaml/yaml-intkeys",
     "keys that are numbers become text, as kubectl takes them; the original fails"},
    {"filter-labels/TestLabels_Filter-9",
     "keys that are numbers become text, as kubectl takes them; the original fails"},
    {"authored-yaml/yaml-nullvals",
     "an empty value in braces ({c: }) stays null; the original's writer makes it an empty text"},
    {"krusty-openapicustomschema/openapicustomschema.TestCustomOpenApiFieldFromComponentWithOverlays",
     "an inner kustomization's schema stands alone; the original lays it over the built-in one if that "
     "happened to be read before"},
};

// The files of a case lie in one folder per area, one case in each.
std::vector<conformance::Case> load_folders() {
    const char* configured = std::getenv("STAGESET_CONFORMANCE_DIR");
    const auto top =
        std::filesystem::path(configured != nullptr ? configured : "../shared/conformance") / "kustomize";
    std::vector<std::filesystem::path> paths;
    std::error_code error;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(top, error)) {
        if (entry.path().extension() == ".json") {
            paths.push_back(entry.path());
        }
    }
    std::ranges::sort(paths);
    std::vector<conformance::Case> cases;
    for (const auto& path : paths) {
        std::ifstream stream(path);
        const std::string text((std::istreambuf_iterator<char>(stream)), std::istreambuf_iterator<char>());
        auto parsed = model::parse_json(text, path.string());
        base::invariant(parsed.has_value(), "a conformance file is no JSON");
        cases.push_back({path.parent_path().filename().string(), path.stem().string(), *std::move(parsed)});
    }
    return cases;
}

std::string decode_base64(std::string_view text) {
    constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string bytes;
    std::uint32_t group = 0;
    unsigned bits = 0;
    for (const char letter : text) {
        const std::size_t value = kLetters.find(letter);
        if (value == std::string_view::npos) {
            continue;
        }
        group = (group << 6U) | static_cast<std::uint32_t>(value);
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            bytes += static_cast<char>((group >> bits) & 0xFFU);
        }
    }
    return bytes;
}

kustomize::MapFiles files_of(const Value& test) {
    kustomize::MapFiles::Texts texts;
    for (const std::string_view key : {"files", "files_base64"}) {
        const model::Object* files = model::find_object(test, {key});
        for (const auto& [path, text] : files == nullptr ? model::Object() : *files) {
            const std::string_view raw = text.get_string();
            texts.emplace(path, key == "files" ? std::string(raw) : decode_base64(raw));
        }
    }
    return kustomize::MapFiles(std::move(texts));
}

kustomize::BuildOptions options_of(const Value& test) {
    const std::string_view reorder = model::find_string(test, {"options", "reorder"});
    kustomize::BuildOptions options;
    options.restriction = model::find_string(test, {"options", "loadRestrictor"}) == "none"
                              ? kustomize::LoadRestriction::kNone
                              : kustomize::LoadRestriction::kRootOnly;
    options.reorder = reorder == "none"     ? kustomize::Reorder::kNone
                      : reorder == "legacy" ? kustomize::Reorder::kLegacy
                                            : kustomize::Reorder::kUnspecified;
    options.managed_by_label = model::find_bool(test, {"options", "managedByLabel"}).value_or(false);
    return options;
}

// What v5.8.1 did counts where it is recorded; nullptr where it failed.
const boost::json::string* expected_output(const Value& test) {
    for (const std::string_view key : {"output_5_8_1", "error_5_8_1", "output", "error"}) {
        if (const Value* found = test.get_object().if_contains(key)) {
            return key.starts_with("output") ? &found->get_string() : nullptr;
        }
    }
    return nullptr;
}

std::string with_version(std::string text) {
    constexpr std::string_view kPlaceholder = "kustomize-${VERSION}";
    for (std::size_t at = text.find(kPlaceholder); at != std::string::npos; at = text.find(kPlaceholder)) {
        text.replace(at, kPlaceholder.size(), "kustomize-v5.8.1");
    }
    return text;
}

// The first line that differs.
std::string difference(const std::string& actual, const std::string& expected) {
    const auto [left, right] = std::ranges::mismatch(actual, expected);
    if (left == actual.end() && right == expected.end()) {
        return "";
    }
    const auto line = std::count(actual.begin(), left, '\n') + 1;
    const auto line_of = [](const std::string& text, std::size_t at) {
        const std::size_t start = at == 0 ? 0 : text.rfind('\n', at - 1) + 1;
        return text.substr(start, text.find('\n', at) - start);
    };
    const auto at = static_cast<std::size_t>(left - actual.begin());
    std::string text =
        fmt::format("line {}: \"{}\" instead of \"{}\"", line, line_of(actual, at), line_of(expected, at));
    if (std::getenv("STAGESET_CONFORMANCE_VERBOSE") != nullptr) {
        text += fmt::format("\n--- built\n{}--- expected\n{}", actual, expected);
    }
    return text;
}

std::string run_case(const Value& test) {
    const kustomize::MapFiles files = files_of(test);
    const std::string_view root = model::find_string(test, {"root"});
    const auto built = kustomize::build(files, root == "." ? "" : root, options_of(test));
    const boost::json::string* expected = expected_output(test);
    if (!built) {
        return expected == nullptr ? "" : fmt::format("failed: {}", built.error().text());
    }
    std::string actual;
    for (const Value& object : *built) {
        actual += (actual.empty() ? "" : "---\n") + model::to_yaml(object);
    }
    return expected == nullptr ? "built, although the original fails"
                               : difference(actual, with_version(std::string(*expected)));
}

TEST(Conformance, BuildIsWhatKustomizePrints) {
    const auto cases = load_folders();
    if (cases.empty()) {
        GTEST_SKIP() << "no conformance data at $STAGESET_CONFORMANCE_DIR/kustomize or "
                        "../shared/conformance/kustomize";
    }
    struct Count {
        int passed = 0;
        int all = 0;
    };
    std::map<std::string, Count> areas;
    conformance::Score score(kKnownGaps);
    for (const conformance::Case& test : cases) {
        const std::string result = run_case(test.value);
        Count& count = areas[test.area];
        ++count.all;
        count.passed += result.empty() ? 1 : 0;
        score.add(test, result);
    }
    for (const auto& [area, count] : areas) {
        fmt::print("  {:<40} {:>3} of {:>3}\n", area, count.passed, count.all);
    }
    score.print("kustomize");
}

}  // namespace
