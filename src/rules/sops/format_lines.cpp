// SPDX-License-Identifier: 0BSD
// The formats of one value per line: dotenv and ini.
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "rules/sops/format.hpp"
#include "rules/sops/metadata_read.hpp"

namespace sops {
namespace {

constexpr std::string_view kDotenvPrefix = "sops_";
constexpr std::string_view kSection = "sops";
constexpr std::string_view kDefaultSection = "DEFAULT";  // of keys above the first section, in their paths

base::Error invalid(std::string message) {
    return {.code = base::ErrorCode::kInvalid, .message = std::move(message)};
}

std::string_view next_line(std::string_view& rest) {
    const std::size_t end = rest.find('\n');
    std::string_view line = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    if (line.ends_with('\r')) {
        line.remove_suffix(1);
    }
    return line;
}

std::string_view trimmed(std::string_view text) {
    const std::size_t begin = text.find_first_not_of(" \t");
    return begin == std::string_view::npos ? std::string_view()
                                           : text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

base::Secret replaced(std::string_view text, std::string_view from, std::string_view to) {
    base::Secret out;
    while (true) {
        const std::size_t at = text.find(from);
        out.append(text.substr(0, at));
        if (at == std::string_view::npos) {
            return out;
        }
        out.append(to);
        text.remove_prefix(at + from.size());
    }
}

std::string_view section_of(std::string_view line) {
    return line.size() > 2 && line.front() == '[' && line.back() == ']'
               ? trimmed(line.substr(1, line.size() - 2))
               : std::string_view();
}

bool is_ini_comment(std::string_view line) { return line.starts_with(';') || line.starts_with('#'); }

std::string_view ini_value(std::string_view text) {
    for (const std::string_view quote : {"\"\"\"", "`", "\"", "'"}) {
        if (text.size() >= 2 * quote.size() && text.starts_with(quote) && text.ends_with(quote)) {
            return text.substr(quote.size(), text.size() - 2 * quote.size());
        }
    }
    return text;
}

void append_ini_value(base::Secret& out, std::string_view text) {
    std::string_view quote;
    if (text.find_first_of("\n`") != std::string_view::npos) {
        quote = "\"\"\"";
    } else if (text.find_first_of("#;\"'") != std::string_view::npos || trimmed(text) != text) {
        quote = "`";
    }
    out.append(quote);
    out.append(text);
    out.append(quote);
}

// The metadata of such lines.
base::Result<Block> block_of(const std::map<std::string, std::string>& entries) {
    auto block = unflatten(entries);
    return block ? base::Result<Block>(Block(std::move(*block)))
                 : base::Result<Block>(std::move(block.error()));
}

// A comment belongs to the section or key below it. To the rules it is what follows: sops keeps it behind its key, so that it
// counts for the next one, and that of a section for the section's first.
class IniOpener {
public:
    explicit IniOpener(Opener& opener) : opener_(opener) {}

    base::Result<base::Secret> open(std::string_view text) {
        for (std::size_t number = 1; !text.empty(); ++number) {
            const std::string_view line = trimmed(next_line(text));
            if (const std::string_view name = section_of(line); !name.empty()) {
                section_ = name;
                keys_.clear();
                write_waiting();
                counting_ = std::exchange(waiting_comment_, "");
            }
            if (section_ == kSection) {
                continue;
            }
            if (line.empty() || line.starts_with('[')) {
                waiting_.push_back(line);
            } else if (is_ini_comment(line)) {
                waiting_.push_back(line);
                waiting_comment_ +=
                    waiting_comment_.empty() ? trimmed(line.substr(1)) : "\n" + std::string(line);
            } else if (auto opened = open_key(line, number); !opened) {
                return std::move(opened.error());
            }
        }
        write_waiting();
        return std::move(out_);
    }

private:
    void write_waiting() {
        for (const std::string_view line : waiting_) {
            if (is_ini_comment(line)) {
                write_comment(opener_.open_comment(trimmed(line.substr(1)), {{section_}, {}}).reveal(),
                              line.front());
            } else {
                out_.append(line);
                out_.append("\n");
            }
        }
        waiting_.clear();
    }

    // A comment may hold further lines, with their marks or without.
    void write_comment(std::string_view words, char mark) {
        while (true) {
            const std::string_view line = next_line(words);
            const std::string_view prefix =
                is_ini_comment(line) ? line.substr(0, 1) : std::string_view(&mark, 1);
            out_.append(prefix);
            out_.append(" ");
            out_.append(trimmed(is_ini_comment(line) ? line.substr(1) : line));
            out_.append("\n");
            if (words.empty()) {
                return;
            }
        }
    }

    base::Result<void> open_key(std::string_view line, std::size_t number) {
        // A key in quotes may hold what ends one otherwise.
        const std::size_t quoted =
            line.starts_with('`') || line.starts_with('"') ? line.find(line.front(), 1) : 0;
        const std::size_t equals = line.find_first_of("=:", quoted);
        if (quoted == std::string_view::npos || equals == std::string_view::npos) {
            return invalid(fmt::format("line {} of the encrypted file has no '='", number));
        }
        const std::string key(ini_value(trimmed(line.substr(0, equals))));
        if (!keys_.insert(key).second) {
            return invalid(
                fmt::format("line {} of the encrypted file has a key for the second time", number));
        }
        const std::vector<std::string> comments(counting_.empty() ? 0 : 1, counting_);
        auto opened = opener_.open(
            {section_, key}, comments,
            {ScalarKind::kText, base::Secret(std::string(ini_value(trimmed(line.substr(equals + 1)))))});
        if (!opened) {
            return std::move(opened.error());
        }
        counting_ = std::exchange(waiting_comment_, "");
        write_waiting();
        out_.append(trimmed(line.substr(0, equals)));
        out_.append(" = ");
        append_ini_value(out_, opened->text.reveal());
        out_.append("\n");
        return {};
    }

    Opener& opener_;
    base::Secret out_;
    std::string section_{kDefaultSection};
    std::set<std::string> keys_;             // of the section, so far
    std::vector<std::string_view> waiting_;  // lines to be written when it is known what is below them
    std::string waiting_comment_;            // the comment among them
    std::string counting_;                   // the comment that counts for the next key
};

}  // namespace

base::Result<Block> dotenv_block(std::string_view text) {
    std::map<std::string, std::string> entries;
    while (!text.empty()) {
        const std::string_view line = next_line(text);
        const std::size_t equals = line.find('=');
        if (line.starts_with(kDotenvPrefix) && equals != std::string_view::npos) {
            entries[std::string(line.substr(kDotenvPrefix.size(), equals - kDotenvPrefix.size()))] =
                std::string(replaced(line.substr(equals + 1), "\\n", "\n").reveal());
        }
    }
    return entries.empty() ? Block() : block_of(entries);
}

base::Result<base::Secret> open_dotenv(std::string_view text, Opener& opener) {
    base::Secret out;
    std::vector<std::string> comments;
    for (std::size_t number = 1; !text.empty(); ++number) {
        const std::string_view line = next_line(text);
        const std::size_t equals = line.find('=');
        if (line.empty() || (line.starts_with(kDotenvPrefix) && equals != std::string_view::npos)) {
            continue;
        }
        if (line.starts_with('#')) {
            comments.emplace_back(line.substr(1));
            out.append("#");
            out.append(replaced(opener.open_comment(line.substr(1), {{}}).reveal(), "\n", "\\n").reveal());
            out.append("\n");
            continue;
        }
        if (equals == std::string_view::npos) {
            return invalid(fmt::format("line {} of the encrypted file has no '='", number));
        }
        auto opened = opener.open({std::string(line.substr(0, equals))}, comments,
                                  {ScalarKind::kText, replaced(line.substr(equals + 1), "\\n", "\n")});
        if (!opened) {
            return std::move(opened.error());
        }
        comments.clear();
        out.append(line.substr(0, equals + 1));
        out.append(replaced(opened->text.reveal(), "\n", "\\n").reveal());
        out.append("\n");
    }
    return out;
}

base::Result<Block> ini_block(std::string_view text) {
    std::map<std::string, std::string> entries;
    bool within = false;
    bool found = false;
    while (!text.empty()) {
        const std::string_view line = trimmed(next_line(text));
        if (const std::string_view section = section_of(line); !section.empty()) {
            within = section == kSection;
            found = found || within;
        } else if (const std::size_t equals = line.find('=');
                   within && !is_ini_comment(line) && equals != std::string_view::npos) {
            entries[std::string(trimmed(line.substr(0, equals)))] =
                std::string(replaced(ini_value(trimmed(line.substr(equals + 1))), "\\n", "\n").reveal());
        }
    }
    return found ? block_of(entries) : Block();
}

base::Result<base::Secret> open_ini(std::string_view text, Opener& opener) {
    return IniOpener(opener).open(text);
}

}  // namespace sops
