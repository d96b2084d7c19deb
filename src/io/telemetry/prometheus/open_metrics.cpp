// SPDX-License-Identifier: 0BSD
#include "io/telemetry/prometheus/open_metrics.hpp"

#include <algorithm>

namespace telemetry_prometheus {

namespace {

constexpr std::string_view kMediaType = "application/openmetrics-text";
constexpr std::string_view kTotal = "_total";
constexpr std::string_view kHelp = "# HELP ";
constexpr std::string_view kType = "# TYPE ";
constexpr std::string_view kBound = "le=\"";

// Takes what stands before `mark` off `rest`, and the mark.
std::string_view take_until(std::string_view& rest, char mark) {
    const std::string_view part = rest.substr(0, rest.find(mark));
    rest.remove_prefix(std::min(part.size() + 1, rest.size()));
    return part;
}

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t");
    return first == std::string_view::npos ? std::string_view()
                                           : text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// "q=0", "q=0.0" and the like refuse what they follow.
bool is_refusal(std::string_view parameter) {
    return parameter.starts_with("q=0") && parameter.find_first_not_of("0.", 2) == std::string_view::npos;
}

// "# TYPE x_total counter" names its family "x" here; the same goes for the help line above it.
void append_comment(std::string& out, std::string_view line, bool counter) {
    const std::string_view word = line.substr(0, kHelp.size());
    std::string_view rest = line.substr(kHelp.size());
    std::string_view name = take_until(rest, ' ');
    if (counter && name.ends_with(kTotal)) {
        name.remove_suffix(kTotal.size());
    }
    out.append(word).append(name).append(" ").append(rest).append("\n");
}

void append_sample(std::string& out, std::string_view line) {
    const auto at = line.find(kBound);
    if (at == std::string_view::npos) {
        out.append(line).append("\n");
        return;
    }
    const auto begin = at + kBound.size();
    const auto end = line.find('"', begin);
    out.append(line.substr(0, end));
    const std::string_view bound = line.substr(begin, end - begin);
    if (bound.find_first_not_of("0123456789") == std::string_view::npos) {
        out.append(".0");
    }
    out.append(line.substr(std::min(end, line.size()))).append("\n");
}

}  // namespace

bool accepts_open_metrics(std::string_view accept) {
    while (!accept.empty()) {
        std::string_view range = take_until(accept, ',');
        if (trimmed(take_until(range, ';')) != kMediaType) {
            continue;
        }
        bool refused = false;
        while (!range.empty()) {
            refused = refused || is_refusal(trimmed(take_until(range, ';')));
        }
        if (!refused) {
            return true;
        }
    }
    return false;
}

std::string open_metrics_of(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    std::string_view help;  // waits for the line that tells its family's type
    while (!text.empty()) {
        const std::string_view line = take_until(text, '\n');
        if (line.starts_with(kHelp)) {
            help = line;
        } else if (line.starts_with(kType)) {
            const bool counter = line.ends_with(" counter");
            if (!help.empty()) {
                append_comment(out, help, counter);
            }
            help = {};
            append_comment(out, line, counter);
        } else if (!line.empty()) {
            append_sample(out, line);
        }
    }
    return out + "# EOF\n";
}

}  // namespace telemetry_prometheus
