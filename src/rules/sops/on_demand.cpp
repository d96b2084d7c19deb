// SPDX-License-Identifier: 0BSD
// librnp's functions, each handed on to the library, which is loaded with the first of them (docs/decisions/0007).
#include "base/on_demand.hpp"

#include <rnp/rnp.h>

namespace {

base::OnDemandLibrary& library() {
    static base::OnDemandLibrary rnp("librnp.so.0", "librnp0");
    return rnp;
}

}  // namespace

#define HAND_ON(name, parameters, arguments)                                          \
    rnp_result_t name parameters {                                                    \
        static auto* const real = library().function<rnp_result_t parameters>(#name); \
        return real arguments;                                                        \
    }

extern "C" {

HAND_ON(rnp_ffi_create, (rnp_ffi_t * ring, const char* public_format, const char* secret_format),
        (ring, public_format, secret_format))
HAND_ON(rnp_ffi_destroy, (rnp_ffi_t ring), (ring))
HAND_ON(rnp_import_keys, (rnp_ffi_t ring, rnp_input_t input, uint32_t flags, char** results),
        (ring, input, flags, results))
HAND_ON(rnp_identifier_iterator_create,
        (rnp_ffi_t ring, rnp_identifier_iterator_t* iterator, const char* kind), (ring, iterator, kind))
HAND_ON(rnp_identifier_iterator_next, (rnp_identifier_iterator_t iterator, const char** identifier),
        (iterator, identifier))
HAND_ON(rnp_identifier_iterator_destroy, (rnp_identifier_iterator_t iterator), (iterator))
HAND_ON(rnp_locate_key, (rnp_ffi_t ring, const char* kind, const char* identifier, rnp_key_handle_t* key),
        (ring, kind, identifier, key))
HAND_ON(rnp_key_get_keyid, (rnp_key_handle_t key, char** id), (key, id))
HAND_ON(rnp_key_get_protection_type, (rnp_key_handle_t key, char** kind), (key, kind))
HAND_ON(rnp_key_handle_destroy, (rnp_key_handle_t key), (key))
HAND_ON(rnp_input_from_memory, (rnp_input_t * input, const uint8_t* bytes, size_t size, bool copy),
        (input, bytes, size, copy))
HAND_ON(rnp_input_destroy, (rnp_input_t input), (input))
HAND_ON(rnp_output_to_memory, (rnp_output_t * output, size_t bytes_max), (output, bytes_max))
HAND_ON(rnp_output_memory_get_buf, (rnp_output_t output, uint8_t** bytes, size_t* size, bool copy),
        (output, bytes, size, copy))
HAND_ON(rnp_output_destroy, (rnp_output_t output), (output))
HAND_ON(rnp_op_verify_create,
        (rnp_op_verify_t * made, rnp_ffi_t ring, rnp_input_t input, rnp_output_t output),
        (made, ring, input, output))
HAND_ON(rnp_op_verify_set_flags, (rnp_op_verify_t operation, uint32_t flags), (operation, flags))
HAND_ON(rnp_op_verify_execute, (rnp_op_verify_t operation), (operation))
HAND_ON(rnp_op_verify_get_protection_info,
        (rnp_op_verify_t operation, char** mode, char** cipher, bool* is_valid),
        (operation, mode, cipher, is_valid))
HAND_ON(rnp_op_verify_destroy, (rnp_op_verify_t operation), (operation))

void rnp_buffer_destroy(void* buffer) {
    static auto* const real = library().function<void(void*)>("rnp_buffer_destroy");
    real(buffer);
}
}
