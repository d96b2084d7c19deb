// SPDX-License-Identifier: 0BSD
// The recorded cases of one conformance area, and the count of what passed.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "model/value.hpp"

namespace conformance {

// One case of a file "<area>.json".
struct Case {
    std::string area;
    std::string name;
    model::Value value;
};

// All cases of `folder` ("kstatus"); empty when the data is not there. A file that cannot be read ends the program.
std::vector<Case> load_cases(std::string_view folder);

// Cases that we fail on purpose or do not serve yet: "area/name" or "area", with the reason.
using KnownGaps = std::map<std::string, std::string, std::less<>>;

// Counts verdicts and prints the sum; a failure outside of the known gaps, or a known gap that passes, fails the test.
class Score {
public:
    explicit Score(KnownGaps gaps) : gaps_(std::move(gaps)) {}
    // `difference` says what is wrong; empty for a case that passed.
    void add(const Case& test, const std::string& difference);
    void print(std::string_view folder) const;

private:
    KnownGaps gaps_;
    std::size_t passed_ = 0;
    std::size_t gap_count_ = 0;
    std::size_t failed_ = 0;
};

}  // namespace conformance
