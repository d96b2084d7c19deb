// SPDX-License-Identifier: 0BSD
#include "apps/stagesetctl/stageset_file.hpp"

#include <array>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <system_error>

#include <fmt/format.h>

#include "model/well_known.hpp"
#include "model/yaml.hpp"

namespace stagesetctl {

namespace {

using base::Error;
using base::ErrorCode;

std::string shown(std::string_view path) { return path == "-" ? "standard input" : std::string(path); }

struct Closer {
    void operator()(std::FILE* file) const {
        if (file != stdin) {
            std::fclose(file);
        }
    }
};

}  // namespace

base::Result<std::string> read_stageset_text(const std::string& path) {
    const std::unique_ptr<std::FILE, Closer> file(path == "-" ? stdin : std::fopen(path.c_str(), "rbe"));
    if (file == nullptr) {
        const int cause = errno;
        return Error{cause == ENOENT ? ErrorCode::kNotFound : ErrorCode::kInvalid,
                     fmt::format("cannot read {}: {}", path, std::generic_category().message(cause))};
    }
    std::string text;
    std::array<char, 16384> piece{};
    while (const std::size_t got = std::fread(piece.data(), 1, piece.size(), file.get())) {
        text.append(piece.data(), got);
        if (text.size() > kStageSetFileBytesMax) {
            return Error{ErrorCode::kLimitExceeded,
                         fmt::format("{} is larger than {} bytes", shown(path), kStageSetFileBytesMax)};
        }
    }
    if (std::ferror(file.get()) != 0) {
        return Error{ErrorCode::kInvalid,
                     fmt::format("cannot read {}: {}", shown(path), std::generic_category().message(errno))};
    }
    return text;
}

base::Result<model::Value> pick_stageset(std::string_view text, std::string_view file,
                                         std::string_view name) {
    auto documents = model::parse_yaml(text, shown(file));
    if (!documents) {
        return documents.error();
    }
    model::Value* picked = nullptr;
    for (model::YamlDocument& document : *documents) {
        const auto gvk = model::gvk_of(document.value);
        if (gvk.group != model::kGroup || gvk.kind != "StageSet" ||
            (!name.empty() && model::name_of(document.value) != name)) {
            continue;
        }
        if (picked != nullptr) {
            return Error{ErrorCode::kInvalid,
                         fmt::format("{} holds several StageSets: name the one that is meant", shown(file))};
        }
        picked = &document.value;
    }
    if (picked == nullptr) {
        return Error{ErrorCode::kNotFound,
                     name.empty() ? fmt::format("{} holds no StageSet ({})", shown(file), model::kApiVersion)
                                  : fmt::format("StageSet \"{}\" not found in {}", name, shown(file))};
    }
    if (model::name_of(*picked).empty()) {
        return Error{ErrorCode::kInvalid, fmt::format("{}: the StageSet has no metadata.name", shown(file))};
    }
    return std::move(*picked);
}

}  // namespace stagesetctl
