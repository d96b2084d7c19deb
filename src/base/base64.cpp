// SPDX-License-Identifier: 0BSD
#include "base/base64.hpp"

#include <algorithm>

#include <openssl/crypto.h>
#include <openssl/evp.h>

namespace base {

namespace {

const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

}  // namespace

Result<std::string> decode_base64(std::string_view text) {
    std::string packed;
    packed.reserve(text.size());
    std::ranges::copy_if(text, std::back_inserter(packed),
                         [](char c) { return c != ' ' && c != '\t' && c != '\r' && c != '\n'; });
    const auto padding = static_cast<std::size_t>(packed.ends_with("==") ? 2 : packed.ends_with('=') ? 1 : 0);
    std::string out(packed.size() / 4 * 3, '\0');
    const int decoded = packed.size() % 4 != 0 || packed.find('=') < packed.size() - padding
                            ? -1
                            : EVP_DecodeBlock(reinterpret_cast<unsigned char*>(out.data()), bytes_of(packed),
                                              static_cast<int>(packed.size()));
    // What Secrets and key services hold comes through here.
    OPENSSL_cleanse(packed.data(), packed.size());
    if (decoded < 0 || static_cast<std::size_t>(decoded) < padding) {
        return Error{ErrorCode::kInvalid, "not base64"};
    }
    out.resize(static_cast<std::size_t>(decoded) - padding);
    return out;
}

std::string encode_base64(std::string_view bytes) {
    // OpenSSL writes a terminating zero behind the text.
    std::string out((bytes.size() + 2) / 3 * 4 + 1, '\0');
    const int written = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()), bytes_of(bytes),
                                        static_cast<int>(bytes.size()));
    out.resize(static_cast<std::size_t>(written));
    return out;
}

}  // namespace base
