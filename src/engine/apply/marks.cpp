// SPDX-License-Identifier: 0BSD
#include "engine/apply/marks.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <string_view>

namespace apply {

namespace {

// Written by built-in controllers after each apply; what they say is told by the status as well.
constexpr std::array<std::string_view, 3> kForeignAnnotations = {
    "deployment.kubernetes.io/revision",
    "deprecated.daemonset.template.generation",
    "kubectl.kubernetes.io/last-applied-configuration",
};

// FNV-1a with a finisher (that of MurmurHash3), so that sums of hashes do not cancel out.
constexpr std::uint64_t kOffset = 0xcbf29ce484222325U;
constexpr std::uint64_t kPrime = 0x100000001b3U;

std::uint64_t finish(std::uint64_t hash) {
    hash ^= hash >> 33U;
    hash *= 0xff51afd7ed558ccdU;
    hash ^= hash >> 33U;
    hash *= 0xc4ceb9fe1a85ec53U;
    return hash ^ (hash >> 33U);
}

std::uint64_t hash_text(std::string_view text, std::uint64_t hash = kOffset) {
    for (const char letter : text) {
        hash = (hash ^ static_cast<unsigned char>(letter)) * kPrime;
    }
    return finish(hash);
}

std::uint64_t hash_number(std::uint64_t number, std::uint64_t tag) { return finish(number * kPrime + tag); }

std::string_view view(const boost::json::string& text) { return {text.data(), text.size()}; }

// 0 for what counts as missing.
std::uint64_t hash_value(const model::Value& value);

std::uint64_t hash_field(std::string_view key, const model::Value& value) {
    const std::uint64_t hash = hash_value(value);
    return hash == 0 ? 0 : finish(hash_text(key) + std::rotl(hash, 31));
}

// The order of keys means nothing: a sum.
std::uint64_t hash_object(const model::Object& object) {
    std::uint64_t sum = 0;
    for (const auto& field : object) {
        sum += hash_field(field.key(), field.value());
    }
    return sum;
}

std::uint64_t hash_array(const model::Array& array) {
    std::uint64_t hash = array.empty() ? 0 : kOffset;
    for (const model::Value& element : array) {
        hash = finish(hash * kPrime + hash_value(element));
    }
    return hash;
}

std::uint64_t hash_value(const model::Value& value) {
    using boost::json::kind;
    switch (value.kind()) {
        case kind::null: return 0;
        case kind::bool_: return hash_number(value.get_bool() ? 1 : 0, 1);
        // A whole number is one number, however it was written.
        case kind::int64: return hash_number(static_cast<std::uint64_t>(value.get_int64()), 2);
        case kind::uint64: return hash_number(value.get_uint64(), 2);
        case kind::double_: return hash_number(std::bit_cast<std::uint64_t>(value.get_double()), 3);
        case kind::string: return hash_text(view(value.get_string()), kOffset + 4);
        case kind::array: return hash_array(value.get_array());
        case kind::object: return hash_object(value.get_object());
    }
    return 0;
}

std::uint64_t hash_owned_metadata(const model::Value& object) {
    std::uint64_t sum = hash_text(model::uid_of(object));
    if (const model::Object* labels = model::find_object(object, {"metadata", "labels"})) {
        sum += finish(hash_object(*labels) + 1);
    }
    if (const model::Object* annotations = model::find_object(object, {"metadata", "annotations"})) {
        std::uint64_t own = 0;
        for (const auto& field : *annotations) {
            if (std::ranges::find(kForeignAnnotations, std::string_view(field.key())) ==
                kForeignAnnotations.end()) {
                own += hash_field(field.key(), field.value());
            }
        }
        sum += own == 0 ? 0 : finish(own + 2);
    }
    return sum;
}

// Never 0, which means "not seen".
std::uint64_t sealed(std::uint64_t hash) { return hash == 0 ? 1 : hash; }

std::uint64_t metadata_mark(const model::Value& object, std::uint64_t owned) {
    const std::int64_t generation = model::generation_of(object);
    return sealed(finish(owned + (generation > 0 ? hash_number(static_cast<std::uint64_t>(generation), 5)
                                                 : hash_text(model::resource_version_of(object)))));
}

}  // namespace

Marks marks_of_metadata(const model::Value& object) {
    return {0, metadata_mark(object, hash_owned_metadata(object))};
}

Marks marks_of(const model::Value& object) {
    const std::uint64_t owned = hash_owned_metadata(object);
    std::uint64_t content = owned;
    if (const model::Object* root = object.if_object()) {
        for (const auto& field : *root) {
            if (field.key() != "metadata" && field.key() != "status") {
                content += hash_field(field.key(), field.value());
            }
        }
    }
    return {sealed(finish(content)), metadata_mark(object, owned)};
}

std::uint64_t hash_of(const model::ObjectId& id) {
    std::uint64_t hash = kOffset;
    for (const std::string* part : {&id.group, &id.kind, &id.ns, &id.name}) {
        hash = hash * kPrime + hash_text(*part);
    }
    return finish(hash);
}

}  // namespace apply
