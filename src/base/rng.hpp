// SPDX-License-Identifier: 0BSD
// Rng: the only source of randomness; seeded in tests.
#pragma once

#include <cstdint>
#include <random>
#include <string>

namespace base {

class Rng {
public:
    // Seeded by the operating system.
    Rng();
    explicit Rng(std::uint64_t seed);

    std::uint64_t next();
    // Uniform in [0, 1).
    double fraction();
    // Uniform in [value × (1 − spread), value × (1 + spread)]: jitter for timers. Works for any std::chrono duration.
    template <class Duration>
    Duration jitter(Duration value, double spread) {
        const double factor = 1.0 + spread * (2.0 * fraction() - 1.0);
        return Duration(static_cast<typename Duration::rep>(static_cast<double>(value.count()) * factor));
    }
    // A random (version 4) UUID in lower case. Not for secrets.
    std::string uuid();

private:
    std::mt19937_64 engine_;
};

}  // namespace base
