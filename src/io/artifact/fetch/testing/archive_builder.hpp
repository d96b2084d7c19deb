// SPDX-License-Identifier: 0BSD
// ArchiveBuilder: tar.gz bytes for tests, well-formed or as odd as a test wants them.
#pragma once

#include <algorithm>
#include <cstdio>
#include <string>
#include <string_view>

#include <zlib.h>

namespace artifact::testing {

inline std::string gzip(std::string_view bytes) {
    z_stream stream{};
    deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
    std::string result(deflateBound(&stream, bytes.size()) + 64, '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream.avail_in = static_cast<uInt>(bytes.size());
    stream.next_out = reinterpret_cast<Bytef*>(result.data());
    stream.avail_out = static_cast<uInt>(result.size());
    deflate(&stream, Z_FINISH);
    result.resize(stream.total_out);
    deflateEnd(&stream);
    return result;
}

class ArchiveBuilder {
public:
    ArchiveBuilder& file(std::string_view path, std::string_view content) {
        return entry(path, '0', content.size(), content);
    }
    ArchiveBuilder& link(std::string_view path, std::string_view target, char type = '2') {
        return entry(path, type, 0, "", target);
    }
    ArchiveBuilder& directory(std::string_view path) { return entry(path, '5', 0, ""); }
    // Any ustar header: `declared_size` need not be the content's.
    ArchiveBuilder& entry(std::string_view path, char type, std::size_t declared_size,
                          std::string_view content, std::string_view link_target = "") {
        std::string header(512, '\0');
        put(header, 0, path.substr(0, 100));
        put(header, 100, "0000644");
        put(header, 108, "0000000");
        put(header, 116, "0000000");
        put(header, 124, octal(declared_size, 11));
        put(header, 136, "00000000000");
        put(header, 148, "        ");
        header[156] = type;
        put(header, 157, link_target);
        put(header, 257, std::string_view("ustar\00000", 8));
        unsigned sum = 0;
        for (const char c : header) {
            sum += static_cast<unsigned char>(c);
        }
        put(header, 148, octal(sum, 6));
        header[154] = '\0';
        tar_ += header;
        tar_ += content;
        tar_.resize((tar_.size() + 511) / 512 * 512, '\0');
        return *this;
    }
    // A file whose path stands in a pax header, as archivers write names that ustar cannot hold.
    ArchiveBuilder& pax_file(std::string_view path, std::string_view content) {
        const std::string record = " path=" + std::string(path) + "\n";
        std::size_t size = record.size() + 1;
        while (std::to_string(size).size() + record.size() != size) {
            ++size;
        }
        const std::string body = std::to_string(size) + record;
        entry("pax", 'x', body.size(), body);
        return file("short", content);
    }
    ArchiveBuilder& raw(std::string_view bytes) {
        tar_ += bytes;
        return *this;
    }

    std::string tar() const { return tar_ + std::string(1024, '\0'); }
    std::string tar_gz() const { return gzip(tar()); }

private:
    static void put(std::string& header, std::size_t at, std::string_view text) {
        std::ranges::copy(text, header.begin() + static_cast<std::ptrdiff_t>(at));
    }
    static std::string octal(std::size_t value, int width) {
        char text[32];
        std::snprintf(text, sizeof text, "%0*zo", width, value);
        return text;
    }

    std::string tar_;
};

}  // namespace artifact::testing
