// SPDX-License-Identifier: 0BSD
#include "rules/sops/metadata_read.hpp"

#include <algorithm>
#include <charconv>

#include "model/yaml_time.hpp"

namespace sops {
namespace {

constexpr std::size_t kGroupsMax = 255;  // x coordinates of shares are bytes
constexpr std::size_t kKeysMax = 1000;
constexpr std::size_t kIndexMax = 1000;
constexpr std::size_t kNestingMax = 8;
constexpr std::string_view kKeyLists[] = {"age", "pgp", "kms", "gcp_kms", "hckms", "azure_kv", "hc_vault"};
constexpr std::string_view kSealed = "ENC[";

base::Error invalid(std::string message) {
    return {.code = base::ErrorCode::kInvalid, .message = std::move(message)};
}

std::string text_at(const model::Object& object, std::string_view key) {
    const model::Value* const value = object.if_contains(key);
    return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

std::map<std::string, std::string> texts_at(const model::Object& object, std::string_view key) {
    std::map<std::string, std::string> texts;
    const model::Value* const value = object.if_contains(key);
    if (value != nullptr && value->is_object()) {
        for (const auto& entry : value->get_object()) {
            texts[std::string(entry.key())] = text_at(value->get_object(), entry.key());
        }
    }
    return texts;
}

const model::Array* list_at(const model::Object& object, std::string_view key) {
    const model::Value* const value = object.if_contains(key);
    return value != nullptr && value->is_array() ? &value->get_array() : nullptr;
}

// Whether an element of the lists of keys holds a locked key.
bool has_locked_key(const model::Object& group) {
    return std::ranges::any_of(kKeyLists, [&](std::string_view name) {
        const model::Array* const list = list_at(group, name);
        return list != nullptr && std::ranges::any_of(*list, [](const model::Value& key) {
                   return key.is_object() && !text_at(key.get_object(), "enc").empty();
               });
    });
}

template <class Read>
void each(const model::Object& object, std::string_view key, KeyGroup& group, Read read) {
    const model::Array* const list = list_at(object, key);
    if (list == nullptr) {
        return;
    }
    for (const model::Value& element : *list) {
        if (element.is_object() && group.keys.size() <= kKeysMax) {
            group.keys.push_back(read(element.get_object()));
        }
    }
}

// In the order in which they are tried: what the Secret may open, then key services.
KeyGroup read_group(const model::Object& object) {
    KeyGroup group;
    each(object, "age", group, [](const model::Object& key) -> MasterKey {
        return AgeKey{.recipient = text_at(key, "recipient"), .enc = text_at(key, "enc")};
    });
    each(object, "pgp", group, [](const model::Object& key) -> MasterKey {
        return PgpKey{.fingerprint = text_at(key, "fp"), .enc = text_at(key, "enc")};
    });
    each(object, "kms", group, [](const model::Object& key) -> MasterKey {
        return AwsKmsKey{.arn = text_at(key, "arn"),
                         .role = text_at(key, "role"),
                         .context = texts_at(key, "context"),
                         .profile = text_at(key, "aws_profile"),
                         .enc = text_at(key, "enc")};
    });
    each(object, "gcp_kms", group, [](const model::Object& key) -> MasterKey {
        return GcpKmsKey{.resource_id = text_at(key, "resource_id"), .enc = text_at(key, "enc")};
    });
    each(object, "azure_kv", group, [](const model::Object& key) -> MasterKey {
        return AzureKey{.vault_url = text_at(key, "vault_url"),
                        .name = text_at(key, "name"),
                        .version = text_at(key, "version"),
                        .enc = text_at(key, "enc")};
    });
    each(object, "hc_vault", group, [](const model::Object& key) -> MasterKey {
        return VaultKey{.address = text_at(key, "vault_address"),
                        .engine_path = text_at(key, "engine_path"),
                        .key_name = text_at(key, "key_name"),
                        .enc = text_at(key, "enc")};
    });
    return group;
}

// The additional data of the MAC is the time as Go writes it again: without a fraction, and "Z" for UTC.
std::string normal_time(const std::string& text) {
    if (text.size() < 20 || text[10] != 'T' || !model::rfc3339_text(text)) {
        return "";
    }
    const std::size_t zone = text.find_first_of("Z+-", 19);
    if (zone == std::string::npos) {
        return "";
    }
    const std::string offset = text.substr(zone);
    return text.substr(0, 19) + (offset == "+00:00" || offset == "-00:00" ? "Z" : offset);
}

bool truth(const model::Object& block, std::string_view key) {
    const model::Value* const value = block.if_contains(key);
    return value != nullptr &&
           ((value->is_bool() && value->get_bool()) || (value->is_string() && value->get_string() == "true"));
}

// The number of shares that are needed; 0 where it is not given.
base::Result<int> read_threshold(const model::Object& block) {
    const model::Value* const value = block.if_contains("shamir_threshold");
    std::int64_t threshold = 0;
    if (value != nullptr && value->is_int64()) {
        threshold = value->get_int64();
    } else if (value != nullptr) {
        const std::string text = text_at(block, "shamir_threshold");
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), threshold);
        threshold = error == std::errc() && end == text.data() + text.size() ? threshold : -1;
    }
    if (threshold < 0 || threshold > static_cast<std::int64_t>(kGroupsMax)) {
        return invalid("the `shamir_threshold` of the sops metadata is no number from 0 to 255");
    }
    return static_cast<int>(threshold);
}

base::Result<void> read_groups(const model::Object& block, Metadata& metadata) {
    const model::Array* const groups = list_at(block, "key_groups");
    if (groups != nullptr && !groups->empty()) {
        if (groups->size() > kGroupsMax) {
            return base::Error{.code = base::ErrorCode::kLimitExceeded,
                               .message = "the sops metadata has over 255 key groups"};
        }
        for (const model::Value& group : *groups) {
            metadata.groups.push_back(group.is_object() ? read_group(group.get_object()) : KeyGroup{});
        }
    } else {
        metadata.groups.push_back(read_group(block));
    }
    std::size_t count = 0;
    for (const KeyGroup& group : metadata.groups) {
        count += group.keys.size();
    }
    if (count > kKeysMax) {
        return base::Error{.code = base::ErrorCode::kLimitExceeded,
                           .message = "the sops metadata has over 1000 keys"};
    }
    return count == 0
               ? base::Result<void>(invalid("the sops metadata names no key of a kind that is supported"))
               : base::Result<void>();
}

// "a__map_b" and "a__list_0" as steps: names and indices in turn.
base::Result<void> place(model::Value& root, std::string_view name, std::string value) {
    model::Value* at = &root;
    for (std::size_t depth = 0; depth < kNestingMax; ++depth) {
        const std::size_t map = name.find("__map_");
        const std::size_t list = name.find("__list_");
        const std::size_t end = std::min(map, list);
        const std::string_view step = name.substr(0, end);
        if (at->is_array()) {
            std::size_t index = 0;
            const auto [stop, error] = std::from_chars(step.data(), step.data() + step.size(), index);
            if (error != std::errc() || stop != step.data() + step.size() || index > kIndexMax) {
                return invalid("the sops metadata has a list with a bad index");
            }
            if (at->get_array().size() <= index) {
                at->get_array().resize(index + 1);
            }
            at = &at->get_array()[index];
        } else if (at->is_object()) {
            at = &at->get_object()[step];
        }
        if (end == std::string_view::npos) {
            *at = std::move(value);
            return {};
        }
        const bool wants_list = list < map;
        if (at->is_null()) {
            *at = wants_list ? model::Value(model::Array()) : model::Value(model::Object());
        }
        if (wants_list ? !at->is_array() : !at->is_object()) {
            return invalid("the names of the sops metadata contradict each other");
        }
        name.remove_prefix(end + (wants_list ? 7 : 6));
    }
    return invalid("the sops metadata is nested too deeply");
}

// Whether each list has all its elements; `place` bounds the depth.
bool has_whole_lists(const model::Value& value) {
    if (value.is_array()) {
        return std::ranges::all_of(value.get_array(), [](const model::Value& element) {
            return !element.is_null() && has_whole_lists(element);
        });
    }
    return !value.is_object() || std::ranges::all_of(value.get_object(), [](const auto& entry) {
        return has_whole_lists(entry.value());
    });
}

}  // namespace

bool is_metadata(const model::Object& block) {
    if (text_at(block, "mac").starts_with(kSealed) || has_locked_key(block) ||
        (!text_at(block, "lastmodified").empty() && !text_at(block, "version").empty())) {
        return true;
    }
    const model::Array* const groups = list_at(block, "key_groups");
    return groups != nullptr && std::ranges::any_of(*groups, [](const model::Value& group) {
               return group.is_object() && has_locked_key(group.get_object());
           });
}

base::Result<Metadata> read_metadata(const model::Object& block) {
    Metadata metadata;
    metadata.last_modified = normal_time(text_at(block, "lastmodified"));
    if (metadata.last_modified.empty()) {
        return invalid(
            "the sops metadata has no valid `lastmodified` time: the file is cut off or was changed");
    }
    metadata.version = text_at(block, "version");
    if (metadata.version.empty()) {
        return invalid("the sops metadata has no `version`");
    }
    metadata.mac = text_at(block, "mac");
    const auto threshold = read_threshold(block);
    if (!threshold) {
        return threshold.error();
    }
    metadata.shamir_threshold = *threshold;
    metadata.mac_only_encrypted = truth(block, "mac_only_encrypted");
    Selectors& rules = metadata.selectors;
    rules = {.unencrypted_suffix = text_at(block, "unencrypted_suffix"),
             .encrypted_suffix = text_at(block, "encrypted_suffix"),
             .unencrypted_regex = text_at(block, "unencrypted_regex"),
             .encrypted_regex = text_at(block, "encrypted_regex"),
             .unencrypted_comment_regex = text_at(block, "unencrypted_comment_regex"),
             .encrypted_comment_regex = text_at(block, "encrypted_comment_regex")};
    if (rules.unencrypted_suffix.empty() && rules.encrypted_suffix.empty() &&
        rules.unencrypted_regex.empty() && rules.encrypted_regex.empty() &&
        rules.unencrypted_comment_regex.empty() && rules.encrypted_comment_regex.empty()) {
        rules.unencrypted_suffix = "_unencrypted";
    }
    auto groups = read_groups(block, metadata);
    if (!groups) {
        return std::move(groups.error());
    }
    return metadata;
}

base::Result<model::Object> unflatten(const std::map<std::string, std::string>& entries) {
    model::Value root = model::Object();
    for (const auto& [name, value] : entries) {
        auto placed = place(root, name, value);
        if (!placed) {
            return std::move(placed.error());
        }
    }
    if (!has_whole_lists(root)) {
        return invalid("a list of the sops metadata lacks elements");
    }
    return std::move(root.get_object());
}

}  // namespace sops
