// SPDX-License-Identifier: 0BSD
#include "rules/sops/selection.hpp"

#include <algorithm>

#include <re2/re2.h>

namespace sops {
namespace {

constexpr std::size_t kRegexBytesMax = 4096;
constexpr std::int64_t kRegexMemoryMax = std::int64_t{1}
                                         << 20;  // a program that needs more is no list of key names

base::Error invalid(std::string message) {
    return {.code = base::ErrorCode::kInvalid, .message = std::move(message)};
}

bool any_ends_with(const Path& path, const std::string& suffix) {
    return std::ranges::any_of(path, [&](const std::string& part) { return part.ends_with(suffix); });
}

bool any_matches(const std::vector<std::string>& texts, const re2::RE2& regex) {
    return std::ranges::any_of(texts,
                               [&](const std::string& text) { return re2::RE2::PartialMatch(text, regex); });
}

}  // namespace

Selection::Selection() = default;
Selection::Selection(Selection&&) noexcept = default;
Selection& Selection::operator=(Selection&&) noexcept = default;
Selection::~Selection() = default;

base::Result<Selection> Selection::compile(const Selectors& selectors) {
    Selection selection;
    selection.selectors_ = selectors;
    int rules = 0;
    std::string_view regex;
    for (const std::string* suffix : {&selectors.unencrypted_suffix, &selectors.encrypted_suffix}) {
        rules += suffix->empty() ? 0 : 1;
    }
    for (const std::string* text :
         {&selectors.unencrypted_regex, &selectors.encrypted_regex, &selectors.unencrypted_comment_regex,
          &selectors.encrypted_comment_regex}) {
        if (!text->empty()) {
            ++rules;
            regex = *text;
        }
    }
    if (rules > 1) {
        return std::unexpected(invalid("the sops metadata names more than one rule of what is encrypted"));
    }
    if (regex.size() > kRegexBytesMax) {
        return std::unexpected(
            invalid("a regular expression of the sops metadata is longer than 4096 bytes"));
    }
    if (!regex.empty()) {
        re2::RE2::Options options;
        options.set_log_errors(false);
        options.set_max_mem(kRegexMemoryMax);
        selection.regex_ = std::make_unique<re2::RE2>(re2::StringPiece(regex.data(), regex.size()), options);
        if (!selection.regex_->ok()) {
            return std::unexpected(invalid("a regular expression of the sops metadata is invalid"));
        }
    }
    return selection;
}

bool Selection::reads_comments() const {
    return !selectors_.unencrypted_comment_regex.empty() || !selectors_.encrypted_comment_regex.empty();
}

bool Selection::encrypted(const Path& path, const std::vector<std::string>& comments) const {
    if (!selectors_.unencrypted_suffix.empty()) {
        return !any_ends_with(path, selectors_.unencrypted_suffix);
    }
    if (!selectors_.encrypted_suffix.empty()) {
        return any_ends_with(path, selectors_.encrypted_suffix);
    }
    if (!selectors_.unencrypted_regex.empty()) {
        return !any_matches(path, *regex_);
    }
    if (!selectors_.encrypted_regex.empty()) {
        return any_matches(path, *regex_);
    }
    if (!selectors_.unencrypted_comment_regex.empty()) {
        return !any_matches(comments, *regex_);
    }
    if (!selectors_.encrypted_comment_regex.empty()) {
        return any_matches(comments, *regex_);
    }
    return true;
}

}  // namespace sops
