// SPDX-License-Identifier: 0BSD
// The table of named formats.
#include "rules/cel/named_format.hpp"

#include <array>

#include "rules/cel/format_check.hpp"

namespace cel {
namespace {

using Entry = std::shared_ptr<const NamedFormat>;

Entry entry(std::string_view name, std::string_view title, std::uint64_t pattern_characters,
            NamedFormat::Check check) {
    return std::make_shared<const NamedFormat>(name, title, pattern_characters, check);
}

}  // namespace

std::span<const std::shared_ptr<const NamedFormat>> NamedFormat::all() {
    static const std::array<Entry, kCount> formats = {
        entry("dns1123Label", "DNS1123Label", 30, format_check::dns1123_label),
        entry("dns1123Subdomain", "DNS1123Subdomain", 60, format_check::dns1123_subdomain),
        entry("dns1035Label", "DNS1035Label", 30, format_check::dns1035_label),
        entry("qualifiedName", "QualifiedName", 60, format_check::qualified_name),
        entry("dns1123LabelPrefix", "DNS1123LabelPrefix", 30, format_check::dns1123_label_prefix),
        entry("dns1123SubdomainPrefix", "DNS1123SubdomainPrefix", 60, format_check::dns1123_subdomain_prefix),
        entry("dns1035LabelPrefix", "DNS1035LabelPrefix", 30, format_check::dns1035_label_prefix),
        entry("labelValue", "LabelValue", 40, format_check::label_value),
        entry("uri", "URI", 1103, format_check::uri),
        entry("uuid", "uuid", 70, format_check::uuid),
        entry("byte", "byte", 84, format_check::byte),
        entry("date", "date", 71, format_check::date),
        entry("datetime", "datetime", 71, format_check::datetime),
    };
    return formats;
}

const Type& NamedFormat::opaque_type() {
    static const Type type = Type::opaque("kubernetes.NamedFormat");
    return type;
}

bool NamedFormat::equals(const Opaque& other) const {
    const auto* format = dynamic_cast<const NamedFormat*>(&other);
    return format != nullptr && title_ == format->title_;
}

}  // namespace cel
