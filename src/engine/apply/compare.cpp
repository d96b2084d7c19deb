// SPDX-License-Identifier: 0BSD
#include "engine/apply/compare.hpp"

#include <algorithm>
#include <string>

#include <openssl/evp.h>

namespace apply {

namespace {

const model::Value& absent() {
    static const model::Value null_value;
    return null_value;
}

const model::Value& or_absent(const model::Value* value) { return value == nullptr ? absent() : *value; }

bool top_level_differs(const model::Object& left, const model::Object& right) {
    return std::ranges::any_of(left, [&right](const auto& field) {
        return field.key() != "metadata" && field.key() != "status" &&
               !model::equal_modulo_empty(field.value(), or_absent(right.if_contains(field.key())));
    });
}

// The server's decoder passes over line ends, as a block of YAML brings them.
bool is_pem_bundle(std::string base64) {
    std::erase_if(base64, [](char c) { return c == '\n' || c == '\r'; });
    std::string decoded(base64.size(), '\0');
    const int length = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(decoded.data()),
                                       reinterpret_cast<const unsigned char*>(base64.data()),
                                       static_cast<int>(base64.size()));
    return length > 0 && decoded.find("-----BEGIN CERTIFICATE-----") != std::string::npos;
}

}  // namespace

bool differs(const model::Value& live, const model::Value& dry_run) {
    for (const std::string_view field : {"labels", "annotations"}) {
        if (!model::equal_modulo_empty(or_absent(model::find(live, {"metadata", field})),
                                       or_absent(model::find(dry_run, {"metadata", field})))) {
            return true;
        }
    }
    return !live.is_object() || !dry_run.is_object() ||
           top_level_differs(live.get_object(), dry_run.get_object()) ||
           top_level_differs(dry_run.get_object(), live.get_object());
}

void drop_unusable_ca_bundle(model::Value& object) {
    const model::ObjectId id = model::id_of(object);
    if (id.kind != "CustomResourceDefinition" || id.group != "apiextensions.k8s.io") {
        return;
    }
    if (model::find(object, {"spec", "conversion", "webhook", "clientConfig", "caBundle"}) == nullptr) {
        return;
    }
    if (!is_pem_bundle(std::string(
            model::find_string(object, {"spec", "conversion", "webhook", "clientConfig", "caBundle"})))) {
        model::ensure_object(object, {"spec", "conversion", "webhook", "clientConfig"}).erase("caBundle");
    }
}

}  // namespace apply
