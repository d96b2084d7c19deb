// SPDX-License-Identifier: 0BSD
#include "control/reconcile/rivals.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace reconcile {

namespace {

constexpr std::size_t kNamedMax = 10;  // more objects than a person reads in a condition

}  // namespace

std::string describe(const std::vector<Rivalry>& rivalries) {
    std::string text;
    for (std::size_t i = 0; i < std::min(rivalries.size(), kNamedMax); ++i) {
        text += fmt::format("{}{} of StageSet {}/{}", i == 0 ? "" : ", ", rivalries[i].object.text(),
                            rivalries[i].other.ns, rivalries[i].other.name);
    }
    return text + (rivalries.size() > kNamedMax ? ", …" : "");
}

std::vector<Rivalry> ToldRivals::take_news(const apply::Owner& owner, const std::string& stage,
                                           const std::string& revision, const std::vector<Rivalry>& found) {
    if (found.empty()) {
        return {};
    }
    Told& told = told_[owner][stage];
    if (told.revision != revision) {
        told = Told{revision, {}};
    }
    std::vector<Rivalry> news;
    for (const Rivalry& rivalry : found) {
        if (told.rivalries.insert(rivalry).second) {
            news.push_back(rivalry);
        }
    }
    return news;
}

}  // namespace reconcile
