// SPDX-License-Identifier: 0BSD
// Compiles and evaluates expressions again and again: cel_timed FILE SECONDS. Prints one JSON object for each case of the file.
// The same as tests/differential/oracle/cel/timed does with the original.
#include <charconv>
#include <fstream>
#include <iostream>
#include <iterator>
#include <span>
#include <string_view>
#include <sys/resource.h>

#include <fmt/format.h>

#include "base/clock.hpp"
#include "model/json.hpp"
#include "rules/cel/environment.hpp"
#include "tests/conformance/cel_values.hpp"

namespace {

double cpu_s() {
    rusage used{};
    getrusage(RUSAGE_SELF, &used);
    const auto seconds = [](const timeval& at) {
        return static_cast<double>(at.tv_sec) + static_cast<double>(at.tv_usec) / 1e6;
    };
    return seconds(used.ru_utime) + seconds(used.ru_stime);
}

// The CPU time of one call: batches grow until they took long enough.
template <class Call>
double timed(double seconds, const base::Clock& clock, Call call) {
    for (int count = 1;; count *= 4) {
        const double before = cpu_s();
        const auto start = clock.steady_now();
        for (int repeat = 0; repeat < count; ++repeat) {
            call();
        }
        if (std::chrono::duration<double>(clock.steady_now() - start).count() >= seconds) {
            return (cpu_s() - before) / count;
        }
    }
}

base::Result<std::string> run(const model::Value& test, double seconds, const base::Clock& clock) {
    const std::string_view text = model::find_string(test, {"text"});
    const cel::Environment environment = model::find_string(test, {"environment"}) == "flux"
                                             ? cel::Environment::flux()
                                             : cel::Environment::kubernetes();
    const model::Value& object = *model::find(test, {"object"});
    const auto program = environment.compile(text);
    if (!program) {
        return program.error();
    }
    const cel::ObjectVariables variables(object);
    const auto value = program->evaluate(variables);
    if (!value) {
        return value.error();
    }
    // What was counted is used, so that no call can be left out.
    std::size_t failures = 0;
    const double compile_s = timed(seconds, clock, [&] { failures += environment.compile(text) ? 0 : 1; });
    const double evaluate_s =
        timed(seconds, clock, [&] { failures += program->evaluate(cel::ObjectVariables(object)) ? 0 : 1; });
    return fmt::format(R"({{"value": {}, "compile_s": {}, "evaluate_s": {}, "failures": {}}})",
                       model::to_json(conformance::describe(*value)), compile_s, evaluate_s, failures);
}

}  // namespace

int main(int count, char** values) {
    const std::span<char*> arguments(values, static_cast<std::size_t>(count));
    if (arguments.size() != 3) {
        fmt::print(stderr, "usage: cel_timed FILE SECONDS\n");
        return 2;
    }
    std::ifstream stream(arguments[1]);
    const std::string text(std::istreambuf_iterator<char>(stream), {});
    const auto cases = model::parse_json(text, arguments[1]);
    if (!cases || !cases->is_array()) {
        fmt::print(stderr, "{} holds no list of cases\n", arguments[1]);
        return 1;
    }
    const std::string_view limit = arguments[2];
    double seconds = 0;
    std::from_chars(limit.data(), limit.data() + limit.size(), seconds);
    for (const model::Value& test : cases->get_array()) {
        const auto reading = run(test, seconds, base::SystemClock());
        if (!reading) {
            fmt::print(stderr, "{}: {}\n", model::find_string(test, {"text"}), reading.error().text());
            return 1;
        }
        std::cout << *reading << std::endl;
    }
    return 0;
}
