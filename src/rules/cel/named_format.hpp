// SPDX-License-Identifier: 0BSD
// NamedFormat: a rule for texts that Kubernetes has a name for, such as dns1123Label, and what a text lacks to follow it.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "rules/cel/value.hpp"

namespace cel {

class NamedFormat final : public Opaque {
public:
    // What is wrong with a text; nothing when it follows the format.
    using Check = std::vector<std::string> (*)(std::string_view text);

    static constexpr std::size_t kCount = 13;

    NamedFormat(std::string_view name, std::string_view title, std::uint64_t pattern_characters, Check check)
        : name_(name), title_(title), pattern_characters_(pattern_characters), check_(check) {}
    // All kCount.
    static std::span<const std::shared_ptr<const NamedFormat>> all();
    static const Type& opaque_type();  // kubernetes.NamedFormat

    std::string_view name() const { return name_; }  // "dns1123Label"
    // The length of the regular expression that does the work, or would.
    std::uint64_t pattern_characters() const { return pattern_characters_; }
    std::vector<std::string> check(std::string_view text) const { return check_(text); }

    const Type& type() const override { return opaque_type(); }
    bool equals(const Opaque& other) const override;
    std::string text() const override { return std::string(title_); }

private:
    std::string_view name_;
    std::string_view title_;  // "DNS1123Label"
    std::uint64_t pattern_characters_;
    Check check_;
};

}  // namespace cel
