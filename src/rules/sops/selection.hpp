// SPDX-License-Identifier: 0BSD
// Selection: which values of a file the metadata's rules call encrypted.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "rules/sops/metadata.hpp"

namespace re2 {
class RE2;
}

namespace sops {

using Path = std::vector<std::string>;

class Selection {
public:
    // Errors: kInvalid for a regular expression that is none or longer than 4096 bytes, and for more than one rule.
    static base::Result<Selection> compile(const Selectors& selectors);

    Selection(Selection&&) noexcept;
    Selection& operator=(Selection&&) noexcept;
    ~Selection();

    // `comments` are those that stand at the value and at the maps and lists around it.
    bool encrypted(const Path& path, const std::vector<std::string>& comments) const;
    bool reads_comments() const;

private:
    Selection();
    Selectors selectors_;
    std::unique_ptr<re2::RE2> regex_;  // of the one rule that has one
};

}  // namespace sops
