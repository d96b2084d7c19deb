// SPDX-License-Identifier: 0BSD
// WatchStream: the events of one watch request, read from its response as it comes.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/compute.hpp"
#include "io/http/client.hpp"
#include "io/kube/client.hpp"
#include "io/kube/rest/line_splitter.hpp"

namespace kube {

// Objects are bounded by etcd at 1.5 MiB; their JSON with managed fields stays far below this.
inline constexpr std::size_t kWatchEventBytesMax = std::size_t{16} << 20U;

// Reads {"type": …, "object": …}; the object gets `gvk`, also where the server calls it PartialObjectMetadata.
// Errors: those of an ERROR event (kGone, …), kUnavailable (no event at all).
base::Result<WatchEvent> parse_watch_event(std::string_view line, const GroupVersionKind& gvk);

class WatchStream final : public Watch {
public:
    // `what` begins the errors' messages: "watch ConfigMap in t". `compute` must outlive the stream.
    WatchStream(std::unique_ptr<http::Stream> stream, GroupVersionKind gvk, std::string what,
                base::Compute& compute)
        : stream_(std::move(stream)), gvk_(std::move(gvk)), what_(std::move(what)), compute_(compute) {}

    base::Task<std::optional<WatchEvent>> next() override;

private:
    base::Task<WatchEvent> read_event(std::string_view line);
    // Takes one more piece of the body; false at its end. A silent connection counts as an end.
    base::Task<bool> read_piece();

    std::unique_ptr<http::Stream> stream_;
    GroupVersionKind gvk_;
    std::string what_;
    base::Compute& compute_;
    LineSplitter lines_{kWatchEventBytesMax};
};

}  // namespace kube
