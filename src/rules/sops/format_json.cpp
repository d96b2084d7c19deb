// SPDX-License-Identifier: 0BSD
// JSON files, and binary files: JSON with one text in `data`.
#include <cmath>

#include "model/json.hpp"
#include "model/number_text.hpp"
#include "rules/sops/cipher.hpp"
#include "rules/sops/format.hpp"
#include "rules/sops/quote.hpp"

namespace sops {
namespace {

base::Error invalid(std::string message) {
    return {.code = base::ErrorCode::kInvalid, .message = std::move(message)};
}

Scalar found_scalar(const model::Value& value) {
    if (value.is_string()) {
        return {ScalarKind::kText, base::Secret(std::string(value.get_string()))};
    }
    if (value.is_bool()) {
        return {ScalarKind::kBool, base::Secret(value.get_bool() ? "True" : "False")};
    }
    if (value.is_int64()) {
        return {ScalarKind::kInteger, base::Secret(std::to_string(value.get_int64()))};
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
            out_.append("null");
            return {};
        }
        auto opened = opener_.open(path_, {}, found_scalar(value));
        if (!opened) {
            return std::move(opened.error());
        }
        add(*opened);
        return {};
    }
    base::Secret take() {
        out_.append("\n");
        return std::move(out_);
    }

private:
    void line(std::size_t depth) {
        out_.append("\n");
        out_.append(std::string(depth, '\t'));
    }

    void add(const Scalar& scalar) {
        const std::string_view text = scalar.text.reveal();
        if (scalar.kind == ScalarKind::kInteger) {
            out_.append(text);
        } else if (scalar.kind == ScalarKind::kBool) {
            out_.append(text == "True" ? "true" : "false");
        } else if (double number = 0;
                   scalar.kind == ScalarKind::kFloat && model::parse_decimal(text, number)) {
            std::string digits;
            model::append_json_number(digits, number);
            out_.append(base::Secret(std::move(digits)).reveal());
        } else {
            append_json_string(out_, text);
        }
    }

    base::Result<void> write_object(const model::Object& object, std::size_t depth) {
        out_.append("{");
        bool first = true;
        for (const auto& entry : object) {
            if (depth == 0 && entry.key() == "sops") {
                continue;
            }
            out_.append(first ? "" : ",");
            first = false;
            line(depth + 1);
            append_json_string(out_, entry.key());
            out_.append(": ");
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
        out_.append("}");
        return {};
    }

    base::Result<void> write_array(const model::Array& array, std::size_t depth) {
        out_.append("[");
        bool first = true;
        for (const model::Value& element : array) {
            out_.append(first ? "" : ",");
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
        out_.append("]");
        return {};
    }

    Opener& opener_;
    Path path_;
    base::Secret out_;
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

base::Result<base::Secret> open_json(std::string_view text, const Limits& limits, Opener& opener) {
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

base::Result<base::Secret> open_binary(std::string_view text, const Limits& limits, Opener& opener) {
    auto value = model::parse_json(text, "the file", limits.depth_max);
    const model::Value* const data =
        value && value->is_object() ? value->get_object().if_contains("data") : nullptr;
    if (data == nullptr || !data->is_string() || value->get_object().size() != 2) {
        return invalid("an encrypted file of no known suffix holds more than `data` and `sops`");
    }
    auto opened =
        opener.open({"data"}, {}, {ScalarKind::kText, base::Secret(std::string(data->get_string()))});
    if (!opened) {
        return std::move(opened.error());
    }
    return std::move(opened->text);
}

}  // namespace sops
