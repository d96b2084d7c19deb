// SPDX-License-Identifier: 0BSD
#include "rules/sops/pgp.hpp"

#include <algorithm>
#include <charconv>
#include <memory>

#include <openssl/crypto.h>
#include <rnp/rnp.h>
#include <rnp/rnp_err.h>

#include "rules/sops/pgp_packets.hpp"

namespace sops {
namespace {

constexpr std::size_t kKeyBytesMax = std::size_t{1} << 20U;  // a Secret ends there
constexpr std::size_t kBlocksMax = 100;
constexpr std::size_t kMessageBytesMax = std::size_t{64} << 10U;
constexpr std::size_t kContentBytesMax = std::size_t{4} << 10U;
constexpr std::string_view kKeyKind = "PRIVATE KEY BLOCK";
constexpr std::string_view kBegin = "-----BEGIN PGP PRIVATE KEY BLOCK-----";
constexpr std::string_view kEnd = "-----END PGP PRIVATE KEY BLOCK-----";
constexpr rnp_result_t kDone = RNP_SUCCESS;

// One owner for each kind of the library's objects.
using Ring = std::unique_ptr<rnp_ffi_st, decltype(&rnp_ffi_destroy)>;
using Input = std::unique_ptr<rnp_input_st, decltype(&rnp_input_destroy)>;
using Output = std::unique_ptr<rnp_output_st, decltype(&rnp_output_destroy)>;
using Key = std::unique_ptr<rnp_key_handle_st, decltype(&rnp_key_handle_destroy)>;
using Operation = std::unique_ptr<rnp_op_verify_st, decltype(&rnp_op_verify_destroy)>;
using Iterator = std::unique_ptr<rnp_identifier_iterator_st, decltype(&rnp_identifier_iterator_destroy)>;

base::Error invalid(std::string message) {
    return {.code = base::ErrorCode::kInvalid, .message = std::move(message)};
}

// Refers to `text`, which outlives the input.
Input input_of(std::string_view text) {
    rnp_input_t input = nullptr;
    const bool made = rnp_input_from_memory(&input, reinterpret_cast<const std::uint8_t*>(text.data()),
                                            text.size(), false) == kDone;
    return {made ? input : nullptr, &rnp_input_destroy};
}

Output memory_output(std::size_t bytes_max) {
    rnp_output_t output = nullptr;
    const bool made = rnp_output_to_memory(&output, bytes_max) == kDone;
    return {made ? output : nullptr, &rnp_output_destroy};
}

// What was written; the library's own copy is wiped, which it does not do itself.
base::Secret taken(const Output& output) {
    std::uint8_t* bytes = nullptr;
    std::size_t size = 0;
    if (rnp_output_memory_get_buf(output.get(), &bytes, &size, false) != kDone || bytes == nullptr) {
        return {};
    }
    base::Secret content(std::string(reinterpret_cast<const char*>(bytes), size));
    OPENSSL_cleanse(bytes, size);
    return content;
}

std::string text_of(rnp_result_t got, char* text) {
    std::string copy = got == kDone && text != nullptr ? text : "";
    if (text != nullptr) {
        rnp_buffer_destroy(text);
    }
    return copy;
}

// A ring of its own for each use, so that threads share nothing; loading a key is cheap beside decrypting.
Ring ring_of(const base::Secret& packets) {
    rnp_ffi_t made = nullptr;
    Ring ring(rnp_ffi_create(&made, "GPG", "GPG") == kDone ? made : nullptr, &rnp_ffi_destroy);
    const Input input = input_of(packets.reveal());
    if (!ring || !input ||
        rnp_import_keys(ring.get(), input.get(), RNP_LOAD_SAVE_SECRET_KEYS, nullptr) != kDone) {
        return {nullptr, &rnp_ffi_destroy};
    }
    return ring;
}

// The id of `key` if it can decrypt; 0 if its private part is elsewhere (on a card, or left out on purpose).
base::Result<std::uint64_t> usable_key_id(rnp_key_handle_t key) {
    char* protection = nullptr;
    const rnp_result_t got = rnp_key_get_protection_type(key, &protection);
    const std::string kind = text_of(got, protection);
    if (kind.starts_with("Encrypted")) {
        return invalid("the OpenPGP key is protected by a passphrase; export it without one");
    }
    char* id = nullptr;
    const rnp_result_t named = rnp_key_get_keyid(key, &id);
    const std::string digits = text_of(named, id);
    std::uint64_t number = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), number, 16);
    return kind == "None" ? number : 0;
}

base::Result<PgpKeyBlock> read_block(std::string_view armored) {
    PgpKeyBlock block;
    auto packets = without_pgp_armor(armored, kKeyKind);
    block.packets = packets ? std::move(*packets) : base::Secret();
    const Ring ring = ring_of(block.packets);
    rnp_identifier_iterator_t made = nullptr;
    if (!ring || rnp_identifier_iterator_create(ring.get(), &made, "fingerprint") != kDone) {
        return invalid("the OpenPGP private key is cut off, broken or of an unknown kind");
    }
    const Iterator iterator(made, &rnp_identifier_iterator_destroy);
    const char* fingerprint = nullptr;
    while (rnp_identifier_iterator_next(iterator.get(), &fingerprint) == kDone && fingerprint != nullptr) {
        rnp_key_handle_t found = nullptr;
        if (rnp_locate_key(ring.get(), "fingerprint", fingerprint, &found) != kDone || found == nullptr) {
            continue;
        }
        const Key key(found, &rnp_key_handle_destroy);
        const auto id = usable_key_id(key.get());
        if (!id) {
            return id.error();
        }
        if (*id != 0) {
            block.key_ids.push_back(*id);
        }
    }
    if (block.key_ids.empty()) {
        return invalid("the OpenPGP key comes without its private part");
    }
    return block;
}

bool opens(const PgpKeyBlock& block, const std::vector<std::uint64_t>& recipients) {
    return std::ranges::any_of(block.key_ids, [&](std::uint64_t id) {
        return std::ranges::find(recipients, id) != recipients.end();
    });
}

base::Result<base::Secret> open_with(const PgpKeyBlock& block, std::string_view message) {
    const Ring ring = ring_of(block.packets);
    const Input input = input_of(message);
    const Output output = memory_output(kContentBytesMax);
    rnp_op_verify_t made = nullptr;
    if (!ring || !input || !output ||
        rnp_op_verify_create(&made, ring.get(), input.get(), output.get()) != kDone) {
        return invalid("an OpenPGP message cannot be opened");
    }
    const Operation operation(made, &rnp_op_verify_destroy);
    // Who signed a data key is nobody's concern: the file has a MAC.
    rnp_op_verify_set_flags(operation.get(), RNP_VERIFY_IGNORE_SIGS_ON_DECRYPT);
    const rnp_result_t executed = rnp_op_verify_execute(operation.get());
    base::Secret content = taken(output);
    bool is_protected = false;
    if (executed != kDone ||
        rnp_op_verify_get_protection_info(operation.get(), nullptr, nullptr, &is_protected) != kDone) {
        return executed == RNP_ERROR_WRITE
                   ? base::Error{.code = base::ErrorCode::kLimitExceeded,
                                 .message = "an OpenPGP message holds more than 4 KiB"}
                   : invalid("an OpenPGP message was changed");
    }
    return is_protected ? base::Result<base::Secret>(std::move(content))
                        : invalid("an OpenPGP message has no integrity protection");
}

}  // namespace

base::Result<std::vector<PgpKeyBlock>> parse_pgp_keys(std::string_view text) {
    if (text.size() > kKeyBytesMax) {
        return base::Error{.code = base::ErrorCode::kLimitExceeded,
                           .message = "the OpenPGP keys are larger than 1 MiB"};
    }
    std::vector<PgpKeyBlock> blocks;
    for (std::size_t begin = text.find(kBegin); begin != std::string_view::npos; begin = text.find(kBegin)) {
        text.remove_prefix(begin);
        const std::size_t end = text.find(kEnd);
        if (end == std::string_view::npos) {
            return invalid("an OpenPGP private key is cut off");
        }
        if (blocks.size() >= kBlocksMax) {
            return base::Error{.code = base::ErrorCode::kLimitExceeded,
                               .message = "more than 100 OpenPGP private keys"};
        }
        auto block = read_block(text.substr(0, end + kEnd.size()));
        if (!block) {
            return std::move(block.error());
        }
        blocks.push_back(std::move(*block));
        text.remove_prefix(end + kEnd.size());
    }
    if (blocks.empty()) {
        return invalid("it holds no OpenPGP private key in ASCII armor");
    }
    return blocks;
}

base::Result<base::Secret> decrypt_pgp(std::string_view message, const std::vector<PgpKeyBlock>& keys) {
    if (keys.empty()) {
        return base::Error{.code = base::ErrorCode::kNotFound, .message = "no OpenPGP key is at hand"};
    }
    if (message.size() > kMessageBytesMax) {
        return base::Error{.code = base::ErrorCode::kLimitExceeded,
                           .message = "an OpenPGP message is larger than 64 KiB"};
    }
    const auto packets = without_pgp_armor(message, "MESSAGE");
    const auto recipients = packets ? recipients_of(packets->reveal()) : std::vector<std::uint64_t>();
    if (recipients.empty()) {
        return invalid("a key of the file is no encrypted OpenPGP message");
    }
    for (const PgpKeyBlock& block : keys) {
        if (opens(block, recipients)) {
            return open_with(block, packets->reveal());
        }
    }
    return base::Error{.code = base::ErrorCode::kNotFound, .message = "no OpenPGP key fits"};
}

}  // namespace sops
