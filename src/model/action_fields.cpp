// SPDX-License-Identifier: 0BSD
#include "model/action_fields.hpp"

namespace model {
namespace {

constexpr std::pair<std::string_view, PatchType> kPatchTypes[] = {{"merge", PatchType::kMerge},
                                                                  {"json6902", PatchType::kJson6902}};

PatchAction read_patch(const Fields& fields) {
    return {.target = fields.required_child("target", read_object_reference),
            .type = fields.word("type", kPatchTypes).value_or(PatchType::kMerge),
            .patch = fields.required_text("patch")};
}

HttpAction read_http(const Fields& fields) {
    return {.url = fields.required_text("url"),
            .method = fields.text("method"),
            .body = fields.text("body"),
            .body_from = fields.child("bodyFrom", read_secret_key),
            .headers_from = fields.list("headersFrom", read_secret_key),
            .expected_status = fields.integers("expectedStatus")};
}

WaitAction read_wait(const Fields& fields) {
    return {.duration = fields.duration("duration"),
            .target = fields.child("target", read_object_reference),
            .expr = fields.text("expr"),
            .timeout = fields.duration("timeout")};
}

JobAction read_job(const Fields& fields) {
    return {.source_ref = fields.required_child("sourceRef", read_source), .path = fields.text("path")};
}

DeleteAction read_delete(const Fields& fields) {
    return {.target = fields.required_child("target", read_object_reference)};
}

ApplyAction read_apply(const Fields& fields) {
    return {.source_ref = fields.required_child("sourceRef", read_source),
            .path = fields.text("path"),
            .wait = fields.flag("wait")};
}

}  // namespace

SourceReference read_source(const Fields& fields) {
    return {.api_version = fields.text("apiVersion"),
            .kind = fields.text("kind"),
            .ns = fields.text("namespace"),
            .name = fields.required_text("name")};
}

ObjectReference read_object_reference(const Fields& fields) {
    return {.api_version = fields.text("apiVersion"),
            .kind = fields.required_text("kind"),
            .ns = fields.text("namespace"),
            .name = fields.required_text("name")};
}

SecretKeyReference read_secret_key(const Fields& fields) {
    return {.name = fields.required_text("name"), .key = fields.text("key")};
}

Action read_action(const Fields& fields) {
    return {.name = fields.required_text("name"),
            .timeout = fields.duration("timeout"),
            .retries = fields.integer("retries").value_or(0),
            .patch = fields.child("patch", read_patch),
            .http = fields.child("http", read_http),
            .wait = fields.child("wait", read_wait),
            .job = fields.child("job", read_job),
            .remove = fields.child("delete", read_delete),
            .apply = fields.child("apply", read_apply)};
}

}  // namespace model
