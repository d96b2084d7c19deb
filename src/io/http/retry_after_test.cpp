// SPDX-License-Identifier: 0BSD
#include "io/http/retry_after.hpp"

#include <vector>

#include <gtest/gtest.h>

namespace http {
namespace {

using namespace std::chrono_literals;

TEST(RetryAfter, IsSecondsOrADate) {
    const base::WallTime now{784'111'777s};  // Sun, 06 Nov 1994 08:49:37 GMT
    const std::vector<std::pair<std::string_view, std::optional<std::chrono::seconds>>> rows = {
        {"0", 0s},
        {"120", 120s},
        {"Sun, 06 Nov 1994 08:49:37 GMT", 0s},
        {"Sun, 06 Nov 1994 08:50:07 GMT", 30s},
        {"Sun, 06 Nov 1994 08:00:00 GMT", 0s},
        {"99999999999999", 8760h},
        {"Sun, 06 Nov 9994 08:49:37 GMT", 8760h},
        {"", std::nullopt},
        {"-1", std::nullopt},
        {"1.5", std::nullopt},
        {"soon", std::nullopt},
        {"99999999999999999999999", std::nullopt},
        {"Sun, 06 Nov 1994 08:49:37 GMT, or later", std::nullopt},
        {"06 Nov 1994", std::nullopt},
    };
    for (const auto& [header, expected] : rows) {
        EXPECT_EQ(parse_retry_after(header, now), expected) << header;
    }
}

}  // namespace
}  // namespace http
