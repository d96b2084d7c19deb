// SPDX-License-Identifier: 0BSD
#include "model/json.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <vector>

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/value_stack.hpp>
#include <fmt/format.h>

#include "model/number_text.hpp"

namespace model {
namespace {

namespace bj = boost::json;

// Builds the tree from the parser's events. Boost's own handler takes the parser's approximation of a double, which can be
// off by the last bit; this one reads the number's text.
struct TreeHandler {
    static constexpr std::size_t max_object_size = std::size_t(-1);
    static constexpr std::size_t max_array_size = std::size_t(-1);
    static constexpr std::size_t max_key_size = std::size_t(-1);
    static constexpr std::size_t max_string_size = std::size_t(-1);

    bj::value_stack stack;

    bool on_document_begin(bj::error_code&) { return true; }
    bool on_document_end(bj::error_code&) { return true; }
    bool on_object_begin(bj::error_code&) { return true; }
    bool on_object_end(std::size_t size, bj::error_code&) { return stack.push_object(size), true; }
    bool on_array_begin(bj::error_code&) { return true; }
    bool on_array_end(std::size_t size, bj::error_code&) { return stack.push_array(size), true; }
    bool on_key_part(bj::string_view text, std::size_t, bj::error_code&) {
        return stack.push_chars(text), true;
    }
    bool on_key(bj::string_view text, std::size_t, bj::error_code&) { return stack.push_key(text), true; }
    bool on_string_part(bj::string_view text, std::size_t, bj::error_code&) {
        return stack.push_chars(text), true;
    }
    bool on_string(bj::string_view text, std::size_t, bj::error_code&) {
        return stack.push_string(text), true;
    }
    bool on_number_part(bj::string_view, bj::error_code&) { return true; }
    bool on_int64(std::int64_t number, bj::string_view, bj::error_code&) {
        return stack.push_int64(number), true;
    }
    bool on_uint64(std::uint64_t number, bj::string_view, bj::error_code&) {
        return stack.push_uint64(number), true;
    }
    bool on_double(double approximate, bj::string_view text, bj::error_code& error) {
        double exact = approximate;
        if (!parse_decimal({text.data(), text.size()}, exact)) {
            error = bj::make_error_code(bj::error::not_number);
            return false;
        }
        stack.push_double(exact);
        return true;
    }
    bool on_bool(bool value, bj::error_code&) { return stack.push_bool(value), true; }
    bool on_null(bj::error_code&) { return stack.push_null(), true; }
    bool on_comment_part(bj::string_view, bj::error_code&) { return true; }
    bool on_comment(bj::string_view, bj::error_code&) { return true; }
};

// Appends values to one string. `keys_` is a stack of the open maps' entries, so that no map allocates to sort.
class Writer {
public:
    explicit Writer(bool pretty) : pretty_(pretty) {}

    std::string write(const Value& value) && {
        append(value);
        if (pretty_) {
            out_.push_back('\n');
        }
        return std::move(out_);
    }

private:
    void append(const Value& value) {
        switch (value.kind()) {
            case bj::kind::null: out_ += "null"; break;
            case bj::kind::bool_: out_ += value.get_bool() ? "true" : "false"; break;
            case bj::kind::int64: append_integer(value.get_int64()); break;
            case bj::kind::uint64: append_integer(value.get_uint64()); break;
            case bj::kind::double_: append_json_number(out_, value.get_double()); break;
            case bj::kind::string: append_text({value.get_string().data(), value.get_string().size()}); break;
            case bj::kind::array: append_array(value.get_array()); break;
            case bj::kind::object: append_object(value.get_object()); break;
        }
    }

    template <class Integer>
    void append_integer(Integer number) {
        std::array<char, 24> text{};
        const auto written = std::to_chars(text.data(), text.data() + text.size(), number);
        out_.append(text.data(), written.ptr);
    }

    void append_text(std::string_view text) {
        out_.push_back('"');
        std::size_t done = 0;
        for (std::size_t at = 0; at < text.size(); ++at) {
            const auto letter = static_cast<unsigned char>(text[at]);
            if (letter >= 0x20 && letter != '"' && letter != '\\') {
                continue;
            }
            out_.append(text.data() + done, at - done);
            append_escape(letter);
            done = at + 1;
        }
        out_.append(text.data() + done, text.size() - done);
        out_.push_back('"');
    }

    void append_escape(unsigned char letter) {
        switch (letter) {
            case '"': out_ += "\\\""; break;
            case '\\': out_ += "\\\\"; break;
            case '\b': out_ += "\\b"; break;
            case '\f': out_ += "\\f"; break;
            case '\n': out_ += "\\n"; break;
            case '\r': out_ += "\\r"; break;
            case '\t': out_ += "\\t"; break;
            default: fmt::format_to(std::back_inserter(out_), "\\u{:04x}", static_cast<unsigned>(letter));
        }
    }

    void append_array(const Array& array) {
        out_.push_back('[');
        ++depth_;
        bool first = true;
        for (const Value& element : array) {
            separate(first);
            first = false;
            append(element);
        }
        close(first, ']');
    }

    void append_object(const Object& object) {
        const std::size_t start = keys_.size();
        for (const auto& entry : object) {
            keys_.push_back(&entry);
        }
        const auto by_key = [](const bj::key_value_pair* left, const bj::key_value_pair* right) {
            return left->key() < right->key();
        };
        std::sort(keys_.begin() + static_cast<std::ptrdiff_t>(start), keys_.end(), by_key);
        out_.push_back('{');
        ++depth_;
        for (std::size_t index = start; index < start + object.size(); ++index) {
            const bj::key_value_pair& entry = *keys_[index];
            separate(index == start);
            append_text({entry.key().data(), entry.key().size()});
            out_ += pretty_ ? ": " : ":";
            append(entry.value());
        }
        keys_.resize(start);
        close(object.empty(), '}');
    }

    void separate(bool first) {
        if (!first) {
            out_.push_back(',');
        }
        if (pretty_) {
            break_line();
        }
    }

    void close(bool empty, char bracket) {
        --depth_;
        if (pretty_ && !empty) {
            break_line();
        }
        out_.push_back(bracket);
    }

    void break_line() {
        out_.push_back('\n');
        out_.append(depth_ * 2, ' ');
    }

    bool pretty_;
    std::size_t depth_ = 0;
    std::string out_;
    std::vector<const bj::key_value_pair*> keys_;
};

}  // namespace

base::Result<Value> parse_json(std::string_view text, std::string_view what, std::size_t depth_max) {
    bj::parse_options options;
    options.max_depth = depth_max;
    bj::basic_parser<TreeHandler> parser(options);
    parser.handler().stack.reset();
    bj::error_code error;
    const std::size_t read = parser.write_some(false, text.data(), text.size(), error);
    if (error == bj::error::too_deep) {
        return base::Error{base::ErrorCode::kLimitExceeded,
                           fmt::format("{} is nested deeper than {} levels", what, depth_max)};
    }
    if (!error && text.find_first_not_of(" \t\r\n", read) != std::string_view::npos) {
        error = bj::make_error_code(bj::error::extra_data);
    }
    if (error) {
        return base::Error{base::ErrorCode::kInvalid, fmt::format("{} is not valid JSON: {} at byte {}", what,
                                                                  error.message(), read + 1)};
    }
    return parser.handler().stack.release();
}

std::string to_json(const Value& value) { return Writer(false).write(value); }
std::string to_json_pretty(const Value& value) { return Writer(true).write(value); }

}  // namespace model
