// SPDX-License-Identifier: 0BSD
// libarchive's functions, each handed on to the library, which is loaded with the first of them (docs/decisions/0007).
#include "base/on_demand.hpp"

#include <archive.h>
#include <archive_entry.h>

namespace {

base::OnDemandLibrary& library() {
    static base::OnDemandLibrary archive("libarchive.so.13", "libarchive13");
    return archive;
}

}  // namespace

#define HAND_ON(result, name, parameters, arguments)                            \
    result name parameters {                                                    \
        static auto* const real = library().function<result parameters>(#name); \
        return real arguments;                                                  \
    }

extern "C" {

HAND_ON(archive*, archive_read_new, (), ())
HAND_ON(int, archive_read_support_format_tar, (archive * reader), (reader))
HAND_ON(int, archive_read_open,
        (archive * reader, void* data, archive_open_callback* open, archive_read_callback* read,
         archive_close_callback* close),
        (reader, data, open, read, close))
HAND_ON(int, archive_read_next_header, (archive * reader, archive_entry** entry), (reader, entry))
HAND_ON(la_ssize_t, archive_read_data, (archive * reader, void* to, size_t size), (reader, to, size))
HAND_ON(int, archive_read_free, (archive * reader), (reader))
HAND_ON(const char*, archive_error_string, (archive * reader), (reader))

// Our texts have no conversions, so there is nothing to hand on behind them.
void archive_set_error(archive* reader, int code, const char* text, ...) {
    static auto* const real = library().function<void(archive*, int, const char*, ...)>("archive_set_error");
    real(reader, code, "%s", text);
}

HAND_ON(__LA_MODE_T, archive_entry_filetype, (archive_entry * entry), (entry))
HAND_ON(const char*, archive_entry_hardlink, (archive_entry * entry), (entry))
HAND_ON(const char*, archive_entry_hardlink_utf8, (archive_entry * entry), (entry))
HAND_ON(const char*, archive_entry_pathname, (archive_entry * entry), (entry))
HAND_ON(const char*, archive_entry_pathname_utf8, (archive_entry * entry), (entry))
HAND_ON(la_int64_t, archive_entry_size, (archive_entry * entry), (entry))
}
