// SPDX-License-Identifier: 0BSD
#include "model/field_path.hpp"

#include <charconv>

#include <fmt/format.h>

namespace model {
namespace {

// A path of more digits cannot name an element that fits into memory.
constexpr std::size_t kIndexDigitsMax = 9;

base::Error malformed(std::string_view text, std::size_t at, std::string_view reason) {
    return {base::ErrorCode::kInvalid,
            fmt::format("field path \"{}\": {} at position {}", text, reason, at + 1)};
}

// Reads the path from left to right; `at` is the next character.
class PathReader {
public:
    explicit PathReader(std::string_view text) : text_(text) {}

    base::Result<std::vector<PathStep>> read() {
        std::vector<PathStep> steps;
        while (at_ < text_.size()) {
            if (text_[at_] != '[' && !steps.empty() && text_[at_++] != '.') {
                return malformed(text_, at_ - 1, "\".\" or \"[\" is missing");
            }
            const bool bracketed =
                at_ < text_.size() && text_[at_] == '[' && (at_ == 0 || text_[at_ - 1] != '.');
            base::Result<PathStep> step = bracketed ? read_bracketed() : read_plain();
            if (!step) {
                return step.error();
            }
            steps.push_back(*std::move(step));
        }
        return steps;
    }

private:
    base::Result<PathStep> read_plain() {
        const std::size_t start = at_;
        at_ = std::min(text_.find_first_of(".[", at_), text_.size());
        const std::string_view key = text_.substr(start, at_ - start);
        if (key.empty()) {
            return malformed(text_, start, "a key is missing");
        }
        if (const std::size_t bad = key.find_first_of("]\""); bad != std::string_view::npos) {
            return malformed(text_, start + bad, "an unexpected character");
        }
        return PathStep(std::string(key));
    }

    base::Result<PathStep> read_bracketed() {
        const std::size_t start = at_++;
        if (at_ < text_.size() && text_[at_] == '"') {
            return read_quoted();
        }
        std::size_t index = 0;
        const char* first = text_.data() + at_;
        const auto read = std::from_chars(first, text_.data() + text_.size(), index);
        const std::size_t digits = static_cast<std::size_t>(read.ptr - first);
        if (read.ec != std::errc() || digits > kIndexDigitsMax) {
            return malformed(text_, start, "the index in brackets is no number");
        }
        at_ += digits;
        if (at_ == text_.size() || text_[at_++] != ']') {
            return malformed(text_, start, "\"]\" is missing");
        }
        return PathStep(index);
    }

    base::Result<PathStep> read_quoted() {
        const std::size_t start = at_++;
        std::string key;
        for (; at_ < text_.size() && text_[at_] != '"'; ++at_) {
            if (text_[at_] == '\\' && ++at_ == text_.size()) {
                break;
            }
            key.push_back(text_[at_]);
        }
        if (at_ + 1 >= text_.size() || text_[at_ + 1] != ']') {
            return malformed(text_, start, "the quoted key does not end with \"]");
        }
        at_ += 2;
        return PathStep(std::move(key));
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

void append_key(std::string& out, const std::string& key) {
    if (!key.empty() && key.find_first_of(".[]\"") == std::string::npos) {
        if (!out.empty()) {
            out.push_back('.');
        }
        out += key;
        return;
    }
    out += "[\"";
    for (const char letter : key) {
        if (letter == '"' || letter == '\\') {
            out.push_back('\\');
        }
        out.push_back(letter);
    }
    out += "\"]";
}

const Value* child_of(const Value& parent, const PathStep& step) {
    if (const std::string* key = std::get_if<std::string>(&step)) {
        const Object* object = parent.if_object();
        return object == nullptr ? nullptr : object->if_contains(*key);
    }
    const Array* array = parent.if_array();
    return array == nullptr ? nullptr : array->if_contains(std::get<std::size_t>(step));
}

}  // namespace

base::Result<FieldPath> FieldPath::parse(std::string_view text) {
    auto steps = PathReader(text).read();
    if (!steps) {
        return steps.error();
    }
    return FieldPath(*std::move(steps));
}

FieldPath FieldPath::child(std::string key) const {
    FieldPath result = *this;
    result.steps_.emplace_back(std::move(key));
    return result;
}

FieldPath FieldPath::child(std::size_t index) const {
    FieldPath result = *this;
    result.steps_.emplace_back(index);
    return result;
}

std::string FieldPath::text() const {
    std::string out;
    for (const PathStep& step : steps_) {
        if (const std::string* key = std::get_if<std::string>(&step)) {
            append_key(out, *key);
        } else {
            out += fmt::format("[{}]", std::get<std::size_t>(step));
        }
    }
    return out;
}

const Value* FieldPath::find(const Value& root) const {
    const Value* current = &root;
    for (const PathStep& step : steps_) {
        current = child_of(*current, step);
        if (current == nullptr) {
            return nullptr;
        }
    }
    return current;
}

base::Result<void> FieldPath::set(Value& root, Value value) const {
    Value* current = &root;
    for (std::size_t depth = 0; depth < steps_.size(); ++depth) {
        const auto fail = [this, depth](std::string_view reason) {
            const FieldPath parent({steps_.begin(), steps_.begin() + static_cast<std::ptrdiff_t>(depth)});
            return base::Error{base::ErrorCode::kInvalid,
                               fmt::format("cannot set {}: {} {}", text(),
                                           depth == 0 ? "the value" : parent.text(), reason)};
        };
        if (const std::string* key = std::get_if<std::string>(&steps_[depth])) {
            if (current->is_null()) {
                current->emplace_object();
            }
            if (!current->is_object()) {
                return fail("is no map");
            }
            current = &current->get_object()[*key];
            continue;
        }
        const std::size_t index = std::get<std::size_t>(steps_[depth]);
        if (!current->is_array()) {
            return fail("is no list");
        }
        if (index >= current->get_array().size()) {
            return fail(fmt::format("has only {} elements", current->get_array().size()));
        }
        current = &current->get_array()[index];
    }
    *current = std::move(value);
    return {};
}

bool FieldPath::remove(Value& root) const {
    if (steps_.empty()) {
        return false;
    }
    const FieldPath parent({steps_.begin(), steps_.end() - 1});
    // find() looks at a root that the caller lets us change.
    Value* holder = const_cast<Value*>(parent.find(root));
    if (holder == nullptr || child_of(*holder, steps_.back()) == nullptr) {
        return false;
    }
    if (const std::string* key = std::get_if<std::string>(&steps_.back())) {
        holder->get_object().erase(*key);
    } else {
        Array& array = holder->get_array();
        array.erase(array.begin() + static_cast<std::ptrdiff_t>(std::get<std::size_t>(steps_.back())));
    }
    return true;
}

}  // namespace model
