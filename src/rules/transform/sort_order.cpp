// SPDX-License-Identifier: 0BSD
#include "rules/transform/sort_order.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "rules/transform/arguments.hpp"
#include "rules/transform/gvk_order.hpp"
#include "rules/transform/id_view.hpp"

namespace transform {
namespace {

base::Error invalid(std::string message) { return {base::ErrorCode::kInvalid, std::move(message)}; }

base::Result<std::vector<std::string>> parse_kinds(const model::Value& value, std::string_view where) {
    std::vector<std::string> kinds;
    if (value.is_null()) {
        return kinds;
    }
    const model::Array* list = value.if_array();
    if (list == nullptr) {
        return invalid(fmt::format("{}: is no list", where));
    }
    for (const model::Value& element : *list) {
        const boost::json::string* kind = element.if_string();
        if (kind == nullptr) {
            return invalid(fmt::format("{}: holds something that is no text", where));
        }
        kinds.emplace_back(text_view(*kind));
    }
    return kinds;
}

struct Key {
    int rank = 0;
    std::string kind;  // sort_text
    std::string id;
    bool is_namespace = false;
    bool is_core = false;
    std::size_t from = 0;
};

// A core Namespace sorts before one of another group.
bool comes_before(const Key& left, const Key& right) {
    if (left.kind != right.kind) {
        if (left.rank != right.rank) {
            return left.rank < right.rank;
        }
        if (left.is_namespace && right.is_namespace && (left.is_core || right.is_core)) {
            return left.kind > right.kind;
        }
        return left.kind < right.kind;
    }
    return left.id == right.id ? left.from < right.from : left.id < right.id;
}

Key key_of(const Resource& resource, const KindRanks& ranks, std::size_t from) {
    const IdView id = view_of(resource.object);
    return {ranks.of(id.kind),
            sort_text(id.group, id.version, id.kind),
            fmt::format("{}|{}|{}", gvk_text(id.group, id.version, id.kind), id.ns.empty() ? "~X" : id.ns,
                        id.name.empty() ? "~N" : id.name),
            id.kind == "Namespace",
            id.group.empty(),
            from};
}

std::vector<std::string_view> views(const std::vector<std::string>& texts) {
    return {texts.begin(), texts.end()};
}

}  // namespace

SortOptions legacy_sort_options() {
    return {
        SortOrder::kLegacy, {kKindsFirst.begin(), kKindsFirst.end()}, {kKindsLast.begin(), kKindsLast.end()}};
}

base::Result<SortOptions> parse_sort_options(const model::Value& value) {
    constexpr std::string_view kWhere = "sortOptions";
    const auto written = canonical(value, {"order", "legacySortOptions"}, UnknownKeys::kRefuse, kWhere);
    if (!written) {
        return written.error();
    }
    const auto order =
        read_arguments(*written, kWhere, [](const model::Fields& fields) { return fields.text("order"); });
    if (!order) {
        return order.error();
    }
    const model::Value& lists = member_of(*written, "legacySortOptions");
    if (*order != "legacy" && *order != "fifo") {
        return invalid("the field 'sortOptions.order' must be one of [fifo, legacy]");
    }
    if (*order == "fifo") {
        if (!lists.is_null()) {
            return invalid(
                "the field 'sortOptions.legacySortOptions' is set but the selected sort order is 'fifo', not "
                "'legacy'");
        }
        return SortOptions();
    }
    if (lists.is_null()) {
        return legacy_sort_options();
    }
    const auto both = canonical(lists, {"orderFirst", "orderLast"}, UnknownKeys::kRefuse, kWhere);
    if (!both) {
        return both.error();
    }
    auto first = parse_kinds(member_of(*both, "orderFirst"), "sortOptions.legacySortOptions.orderFirst");
    if (!first) {
        return first.error();
    }
    auto last = parse_kinds(member_of(*both, "orderLast"), "sortOptions.legacySortOptions.orderLast");
    if (!last) {
        return last.error();
    }
    return SortOptions{SortOrder::kLegacy, *std::move(first), *std::move(last)};
}

base::Result<SortOptions> parse_sort_transformer(const model::Value& plugin) {
    const auto written = canonical(plugin, {"sortOptions"}, UnknownKeys::kIgnore, "SortOrderTransformer");
    if (!written) {
        return written.error();
    }
    return parse_sort_options(member_of(*written, "sortOptions"));
}

void apply(Resources& resources, const SortOptions& options) {
    if (options.order == SortOrder::kFifo) {
        return;
    }
    const KindRanks ranks(views(options.order_first), views(options.order_last));
    std::vector<Key> keys;
    keys.reserve(resources.size());
    for (std::size_t index = 0; index < resources.size(); ++index) {
        keys.push_back(key_of(resources[index], ranks, index));
    }
    std::ranges::sort(keys, comes_before);
    Resources sorted;
    sorted.reserve(resources.size());
    for (const Key& key : keys) {
        sorted.push_back(std::move(resources[key.from]));
    }
    resources = std::move(sorted);
}

}  // namespace transform
