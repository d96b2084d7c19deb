// SPDX-License-Identifier: 0BSD
#include "base/rng.hpp"

#include <fmt/format.h>

namespace base {

namespace {

std::uint64_t system_seed() {
    std::random_device device;
    return (static_cast<std::uint64_t>(device()) << 32U) | device();
}

}  // namespace

Rng::Rng() : engine_(system_seed()) {}

Rng::Rng(std::uint64_t seed) : engine_(seed) {}

std::uint64_t Rng::next() { return engine_(); }

double Rng::fraction() { return static_cast<double>(next() >> 11U) * 0x1.0p-53; }

std::string Rng::uuid() {
    const std::uint64_t high = (next() & 0xFFFFFFFFFFFF0FFFU) | 0x4000U;
    const std::uint64_t low = (next() & 0x3FFFFFFFFFFFFFFFU) | 0x8000000000000000U;
    return fmt::format("{:08x}-{:04x}-{:04x}-{:04x}-{:012x}", high >> 32U, (high >> 16U) & 0xFFFFU,
                       high & 0xFFFFU, low >> 48U, low & 0xFFFFFFFFFFFFU);
}

}  // namespace base
