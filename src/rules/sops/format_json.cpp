// SPDX-License-Identifier: 0BSD
// JSON files, and binary files: JSON with one text in `data`.
#include <cmath>

#include <boost/json/serialize.hpp>

#include "model/json.hpp"
#include "model/number_text.hpp"
#include "rules/sops/cipher.hpp"
#include "rules/sops/format.hpp"

namespace sops {
namespace {

base::Error invalid(std::string message) {
    return {.code = base::ErrorCode::kInvalid, .message = std::move(message)};
}

std::string quoted(std::string_view text) {
    return boost::json::serialize(boost::json::string_view(text.data(), text.size()));
}

Scalar found_scalar(const model::Value& value) {
    if (value.is_string()) {
        return {ScalarKind::kText, std::string(value.get_string())};
    }
    if (value.is_bool()) {
        return {ScalarKind::kBool, value.get_bool() ? "True" : "False"};
    }
    if (value.is_int64()) {
        return {ScalarKind::kInteger, std::to_string(value.get_int64())};
    }
    return {ScalarKind::kFloat, fixed_number(value.to_number<double>())};
}

class Writer {
public:
    explicit Writer(Opener& opener) : opener_(opener) {}

    base::Result<void> write(const model::Value& value, std::size_t depth) {
        if (value.is_object()) {
            return write_object(value.get_object(), depth);
        }
        if (value.is_array()) {
            return write_array(value.get_array(), depth);
        }
        if (value.is_null()) {
            out_ += "null";
            return {};
        }
        auto opened = opener_.open(path_, {}, found_scalar(value));
        if (!opened) {
            return std::move(opened.error());
        }
        add(*opened);
        return {};
    }
    std::string take() { return std::move(out_) + "\n"; }

private:
    void line(std::size_t depth) {
        out_ += '\n';
        out_.append(depth, '\t');
    }

    void add(const Scalar& scalar) {
        if (scalar.kind == ScalarKind::kInteger) {
            out_ += scalar.text;
        } else if (scalar.kind == ScalarKind::kBool) {
            out_ += scalar.text == "True" ? "true" : "false";
        } else if (double number = 0;
                   scalar.kind == ScalarKind::kFloat && model::parse_decimal(scalar.text, number)) {
            model::append_json_number(out_, number);
        } else {
            out_ += quoted(scalar.text);
        }
    }

    base::Result<void> write_object(const model::Object& object, std::size_t depth) {
        out_ += '{';
        bool first = true;
        for (const auto& entry : object) {
            if (depth == 0 && entry.key() == "sops") {
                continue;
            }
            out_ += first ? "" : ",";
            first = false;
            line(depth + 1);
            out_ += quoted(entry.key()) + ": ";
            path_.emplace_back(entry.key());
            auto written = write(entry.value(), depth + 1);
            path_.pop_back();
            if (!written) {
                return written;
            }
        }
        if (!first) {
            line(depth);
        }
        out_ += '}';
        return {};
    }

    base::Result<void> write_array(const model::Array& array, std::size_t depth) {
        out_ += '[';
        bool first = true;
        for (const model::Value& element : array) {
            out_ += first ? "" : ",";
            first = false;
            line(depth + 1);
            auto written = write(element, depth + 1);
            if (!written) {
                return written;
            }
        }
        if (!first) {
            line(depth);
        }
        out_ += ']';
        return {};
    }

    Opener& opener_;
    Path path_;
    std::string out_;
};

}  // namespace

base::Result<Block> json_block(std::string_view text, const Limits& limits) {
    const std::size_t begin = text.find_first_not_of(" \t\r\n");
    if (begin == std::string_view::npos || text[begin] != '{' ||
        text.find("\"sops\"") == std::string_view::npos) {
        return Block();
    }
    auto value = model::parse_json(text, "the file", limits.depth_max);
    if (!value) {
        return invalid("the encrypted file is no valid JSON");
    }
    const model::Value* const block = value->get_object().if_contains("sops");
    if (block == nullptr) {
        return Block();
    }
    return Block(block->is_object() ? block->get_object() : model::Object());
}

base::Result<std::string> open_json(std::string_view text, const Limits& limits, Opener& opener) {
    auto value = model::parse_json(text, "the file", limits.depth_max);
    if (!value || !value->is_object()) {
        return invalid("the encrypted file is no JSON object");
    }
    Writer writer(opener);
    auto written = writer.write(*value, 0);
    if (!written) {
        return std::move(written.error());
    }
    return writer.take();
}

base::Result<std::string> open_binary(std::string_view text, const Limits& limits, Opener& opener) {
    auto value = model::parse_json(text, "the file", limits.depth_max);
    const model::Value* const data =
        value && value->is_object() ? value->get_object().if_contains("data") : nullptr;
    if (data == nullptr || !data->is_string() || value->get_object().size() != 2) {
        return invalid("an encrypted file of no known suffix holds more than `data` and `sops`");
    }
    auto opened = opener.open({"data"}, {}, {ScalarKind::kText, std::string(data->get_string())});
    if (!opened) {
        return std::move(opened.error());
    }
    return std::move(opened->text);
}

}  // namespace sops
