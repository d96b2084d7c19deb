// SPDX-License-Identifier: 0BSD
// SemanticVersion: "1.2.3-rc.1+build", read as strictly and ordered as semver.org says.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.hpp"
#include "rules/cel/value.hpp"

namespace cel {

class SemanticVersion final : public Opaque {
public:
    // Errors: kInvalid, with the reason.
    static base::Result<SemanticVersion> parse(std::string_view text);
    // As parse(), after a leading "v" is removed, zeros before a number are, and missing minor and patch numbers are added.
    static base::Result<SemanticVersion> parse_normalized(std::string_view text);
    static const Type& opaque_type();  // kubernetes.Semver

    std::uint64_t major_number() const { return numbers_[0]; }
    std::uint64_t minor_number() const { return numbers_[1]; }
    std::uint64_t patch_number() const { return numbers_[2]; }
    // Build metadata does not count.
    std::strong_ordering compare(const SemanticVersion& other) const;

    const Type& type() const override { return opaque_type(); }
    bool equals(const Opaque& other) const override;
    std::string text() const override;

private:
    // Numbers come before words.
    using Identifier = std::variant<std::uint64_t, std::string>;

    static base::Result<Identifier> parse_identifier(std::string_view text);
    base::Result<void> read_prerelease(std::string_view text);
    base::Result<void> read_build(std::string_view text);

    std::uint64_t numbers_[3] = {};
    std::vector<Identifier> prerelease_;
    std::string build_;  // with its dots
};

}  // namespace cel
