// SPDX-License-Identifier: 0BSD
// Reads `replacements` as written.
#include <utility>

#include <fmt/format.h>

#include "rules/transform/arguments.hpp"
#include "rules/transform/replacements.hpp"

namespace transform {
namespace {

base::Error invalid(std::string message) { return {base::ErrorCode::kInvalid, std::move(message)}; }

base::Result<std::optional<ReplacementOptions>> parse_options(const model::Value& value,
                                                              std::string_view where) {
    if (value.is_null()) {
        return std::nullopt;
    }
    const auto written =
        canonical(value, {"delimiter", "index", "encoding", "create"}, UnknownKeys::kRefuse, where);
    if (!written) {
        return written.error();
    }
    auto options = read_arguments(*written, where, [](const model::Fields& fields) {
        return ReplacementOptions{.delimiter = fields.text("delimiter"),
                                  .index = fields.integer("index").value_or(0),
                                  .encoding = fields.text("encoding"),
                                  .create = fields.flag("create")};
    });
    if (!options) {
        return options.error();
    }
    return std::optional(*std::move(options));
}

base::Result<ReplacementSource> parse_source(const model::Value& value, std::string_view where) {
    const auto written =
        canonical(value, {"group", "version", "kind", "name", "namespace", "fieldPath", "options"},
                  UnknownKeys::kRefuse, where);
    if (!written) {
        return written.error();
    }
    auto source = read_arguments(*written, where, [](const model::Fields& fields) {
        return ReplacementSource{{{fields.text("group"), fields.text("version"), fields.text("kind")},
                                  fields.text("name"),
                                  fields.text("namespace")},
                                 fields.text("fieldPath"),
                                 std::nullopt};
    });
    if (!source) {
        return source.error();
    }
    auto options = parse_options(member_of(*written, "options"), fmt::format("{}.options", where));
    if (!options) {
        return options.error();
    }
    source->options = *std::move(options);
    return source;
}

base::Result<const model::Array*> list_of(const model::Value& value, std::string_view where) {
    static const model::Array kNone;
    if (value.is_null()) {
        return &kNone;
    }
    const model::Array* list = value.if_array();
    if (list == nullptr) {
        return invalid(fmt::format("{}: is no list", where));
    }
    return list;
}

base::Result<std::vector<Target>> parse_rejected(const model::Value& value, std::string_view where) {
    const auto list = list_of(value, where);
    if (!list) {
        return list.error();
    }
    std::vector<Target> targets;
    for (const model::Value& element : **list) {
        auto target = parse_target(element, where);
        if (!target) {
            return target.error();
        }
        targets.push_back(*std::move(target));
    }
    return targets;
}

base::Result<std::vector<std::string>> parse_paths(const model::Value& value, std::string_view where) {
    const auto list = list_of(value, where);
    if (!list) {
        return list.error();
    }
    std::vector<std::string> paths;
    for (const model::Value& element : **list) {
        const boost::json::string* path = element.if_string();
        if (path == nullptr) {
            return invalid(fmt::format("{}: holds something that is no text", where));
        }
        paths.emplace_back(path->data(), path->size());
    }
    return paths;
}

base::Result<ReplacementTarget> parse_one_target(const model::Value& value, std::string_view where) {
    const auto written =
        canonical(value, {"select", "reject", "fieldPaths", "options"}, UnknownKeys::kRefuse, where);
    if (!written) {
        return written.error();
    }
    ReplacementTarget target;
    if (const model::Value& select = member_of(*written, "select"); !select.is_null()) {
        auto selector = parse_target(select, fmt::format("{}.select", where));
        if (!selector) {
            return selector.error();
        }
        target.select = *std::move(selector);
    }
    auto rejected = parse_rejected(member_of(*written, "reject"), fmt::format("{}.reject", where));
    if (!rejected) {
        return rejected.error();
    }
    target.reject = *std::move(rejected);
    auto paths = parse_paths(member_of(*written, "fieldPaths"), fmt::format("{}.fieldPaths", where));
    if (!paths) {
        return paths.error();
    }
    target.field_paths = *std::move(paths);
    auto options = parse_options(member_of(*written, "options"), fmt::format("{}.options", where));
    if (!options) {
        return options.error();
    }
    target.options = *std::move(options);
    return target;
}

}  // namespace

base::Result<ReplacementEntry> parse_replacement_entry(const model::Value& entry) {
    constexpr std::string_view kWhere = "replacements";
    const auto written =
        canonical(entry, {"path", "source", "sourceValue", "targets"}, UnknownKeys::kRefuse, kWhere);
    if (!written) {
        return written.error();
    }
    struct Texts {
        std::string path;
        std::optional<std::string> value;
    };
    const bool has_value = !member_of(*written, "sourceValue").is_null();
    auto texts = read_arguments(*written, kWhere, [has_value](const model::Fields& fields) {
        return Texts{fields.text("path"),
                     has_value ? std::optional(fields.text("sourceValue")) : std::nullopt};
    });
    if (!texts) {
        return texts.error();
    }
    const model::Value& source = member_of(*written, "source");
    const model::Value& targets = member_of(*written, "targets");
    if (!texts->path.empty()) {
        if (!source.is_null() || !targets.is_null()) {
            return invalid("cannot specify both path and inline replacement");
        }
        return ReplacementEntry{std::move(texts->path), std::nullopt};
    }
    Replacement replacement;
    replacement.source_value = std::move(texts->value);
    if (!source.is_null()) {
        auto parsed = parse_source(source, "replacements.source");
        if (!parsed) {
            return parsed.error();
        }
        replacement.source = *std::move(parsed);
    }
    const auto list = list_of(targets, "replacements.targets");
    if (!list) {
        return list.error();
    }
    for (const model::Value& element : **list) {
        auto target = parse_one_target(element, "replacements.targets");
        if (!target) {
            return target.error();
        }
        replacement.targets.push_back(*std::move(target));
    }
    return ReplacementEntry{"", std::move(replacement)};
}

base::Result<std::vector<Replacement>> parse_replacements(const model::Value& content,
                                                          std::string_view file) {
    std::vector<Replacement> replacements;
    const model::Array one = {content};
    const model::Array* list = content.is_array() ? content.if_array() : &one;
    for (const model::Value& element : *list) {
        auto entry = parse_replacement_entry(element);
        if (!entry) {
            return base::wrap(std::string(file), std::move(entry).error());
        }
        if (!entry->replacement) {
            return invalid(fmt::format("{}: a file of replacements cannot name another one", file));
        }
        replacements.push_back(*std::move(entry->replacement));
    }
    return replacements;
}

}  // namespace transform
