// SPDX-License-Identifier: 0BSD
// The input is an expression, compiled in each environment.
#include <cctype>
#include <cstddef>
#include <cstdint>

#include "base/invariant.hpp"
#include "rules/cel/environment.hpp"

namespace {

// "12:34: what"
bool names_a_place(std::string_view message) {
    std::size_t at = 0;
    for (int part = 0; part < 2; ++part) {
        const std::size_t start = at;
        while (at < message.size() && std::isdigit(static_cast<unsigned char>(message[at])) != 0) {
            ++at;
        }
        if (at == start || at == message.size() || message[at] != ':') {
            return false;
        }
        ++at;
    }
    return true;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(bytes), size);
    static const cel::Environment kEnvironments[] = {cel::Environment::plain(), cel::Environment::flux(),
                                                     cel::Environment::kubernetes(),
                                                     cel::Environment::health()};
    for (const cel::Environment& environment : kEnvironments) {
        const auto program = environment.compile(text);
        const auto again = environment.compile(text);
        base::invariant(program.has_value() == again.has_value(),
                        "an environment keeps nothing of what it compiled");
        if (program) {
            base::invariant(!program->result_type().text().empty(), "a program's result has a type");
            base::invariant(program->cost_estimate_max() == again->cost_estimate_max(),
                            "estimates are the same twice");
            continue;
        }
        base::invariant(program.error().message == again.error().message, "errors are the same twice");
        base::invariant(
            program.error().code == base::ErrorCode::kLimitExceeded || names_a_place(program.error().message),
            "an error names its place");
    }
    return 0;
}
