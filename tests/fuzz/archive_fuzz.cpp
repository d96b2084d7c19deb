// SPDX-License-Identifier: 0BSD
// Feeds bytes to the unpacker, as they are and as a gzip'd tar with valid checksums: it must hold its bounds and its
// path rules, whatever comes.
#include <cstddef>
#include <cstdint>

#include "base/invariant.hpp"
#include "io/artifact/fetch/testing/archive_builder.hpp"
#include "io/artifact/fetch/unpack.hpp"

namespace {

void check(std::string_view bytes) {
    const artifact::FetchLimits limits{.inflated_bytes_max = std::size_t{4} << 20U,
                                       .entry_bytes_max = std::size_t{64} << 10U,
                                       .content_bytes_max = std::size_t{256} << 10U,
                                       .entry_count_max = 100};
    const auto tree = artifact::unpack(bytes, limits);
    if (!tree) {
        return;
    }
    std::size_t content_bytes = 0;
    for (const auto& [path, content] : tree->files) {
        content_bytes += path.size() + content.size();
        base::invariant(content.size() <= limits.entry_bytes_max, "an entry passed its bound");
        base::invariant(!path.empty() && !path.starts_with('/') && !path.ends_with('/'),
                        "a path is not cleaned");
        base::invariant(("/" + path + "/").find("/../") == std::string::npos, "a path leaves the archive");
    }
    base::invariant(content_bytes <= limits.content_bytes_max, "the content passed its bound");
    base::invariant(tree->files.size() <= limits.entry_count_max, "the entries passed their bound");
}

// Writes the checksum of a tar header into each block, without which the tar reader turns all of them away.
std::string with_checksums(std::string_view bytes) {
    constexpr std::size_t kBlock = 512;
    constexpr std::size_t kField = 148;
    std::string tar(bytes);
    tar.resize((tar.size() + kBlock - 1) / kBlock * kBlock, '\0');
    for (std::size_t block = 0; block < tar.size(); block += kBlock) {
        tar.replace(block + kField, 8, "        ");
        unsigned sum = 0;
        for (std::size_t i = 0; i < kBlock; ++i) {
            sum += static_cast<unsigned char>(tar[block + i]);
        }
        for (std::size_t digit = 0; digit < 6; ++digit) {
            tar[block + kField + 5 - digit] = static_cast<char>('0' + ((sum >> (3 * digit)) & 7U));
        }
        tar[block + kField + 6] = '\0';
    }
    return tar;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    check(bytes);
    check(artifact::testing::gzip(with_checksums(bytes)));
    return 0;
}
