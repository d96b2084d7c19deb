// SPDX-License-Identifier: 0BSD
#include "apps/stagesetctl/stageset_file.hpp"

#include <fmt/format.h>

#include "apps/stagesetctl/text_file.hpp"
#include "model/well_known.hpp"
#include "model/yaml.hpp"

namespace stagesetctl {

namespace {

using base::Error;
using base::ErrorCode;

}  // namespace

base::Result<model::Value> pick_stageset(std::string_view text, std::string_view file,
                                         std::string_view name) {
    auto documents = model::parse_yaml(text, shown_path(file));
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
            return Error{
                ErrorCode::kInvalid,
                fmt::format("{} holds several StageSets: name the one that is meant", shown_path(file))};
        }
        picked = &document.value;
    }
    if (picked == nullptr) {
        return Error{ErrorCode::kNotFound,
                     name.empty()
                         ? fmt::format("{} holds no StageSet ({})", shown_path(file), model::kApiVersion)
                         : fmt::format("StageSet \"{}\" not found in {}", name, shown_path(file))};
    }
    if (model::name_of(*picked).empty()) {
        return Error{ErrorCode::kInvalid,
                     fmt::format("{}: the StageSet has no metadata.name", shown_path(file))};
    }
    return std::move(*picked);
}

}  // namespace stagesetctl
