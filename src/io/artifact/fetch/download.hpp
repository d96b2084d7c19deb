// SPDX-License-Identifier: 0BSD
// Download: the bytes behind one URL, asked for again when that can help, and gone on with where they broke off.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/compute.hpp"
#include "base/log.hpp"
#include "base/rng.hpp"
#include "io/artifact/fetch/spool.hpp"
#include "io/http/client.hpp"

namespace artifact {

// The URL without query and fragment, which may hold a signature.
std::string_view shown(std::string_view url);

struct DownloadOptions {
    std::size_t archive_bytes_max = 0;
    int redirects_max = 0;
    // No attempt is begun after it; who cancels a download in full flight is the caller.
    base::SteadyTime deadline = {};
    std::string spool_directory = {};
};

class Download {
public:
    // One first attempt and three more, 0.25, 0.5 and 1 s apart: a server that was restarted is back by then, and what takes
    // longer is for the next run.
    static constexpr int kAttemptsMax = 4;
    static constexpr base::Duration kPauseFirst = std::chrono::milliseconds(250);
    // A server that asks for a longer pause is treated as down.
    static constexpr base::Duration kPauseAskedMax = std::chrono::seconds(30);
    // Nothing comes for so long: the connection is dead, another one may do better.
    static constexpr base::Duration kSilenceMax = std::chrono::seconds(30);

    struct Runtime {
        http::Client& client;
        base::Compute& compute;
        base::Clock& clock;
        base::Rng& rng;
        base::Logger log;
    };

    Download(Runtime runtime, DownloadOptions options, std::string url);

    // The whole body of a 200, possibly in parts; its digest is not checked here.
    // Errors: those of http::Client; kNotFound, kForbidden, kUnavailable and kInvalid by the server's status;
    // kLimitExceeded (archive_bytes_max).
    base::Task<std::shared_ptr<Spool>> run();

    // Whether the body was put together from several answers: then a wrong digest may be that of a mixture.
    bool was_resumed() const { return was_resumed_; }
    // Forgets what there is; the next run() puts nothing together.
    void take_whole_only();

private:
    void start_over();
    base::Task<void> try_once();
    base::Result<void> begin(const http::Response& head, std::size_t known);
    base::Task<void> read_body(http::Stream& stream);
    base::Task<void> hand_over();
    std::optional<base::Duration> pause_before(int attempt, const base::Error& error);
    std::size_t have() const { return spool_->size() + pending_.size(); }
    base::Error too_long() const;

    Runtime with_;
    DownloadOptions options_;
    std::string url_;
    std::shared_ptr<Spool> spool_;  // shared with work on the pool that outlives a cancelled download
    std::string pending_;           // arrived, and not yet worth a turn on the pool
    std::string validator_;
    bool was_resumed_ = false;
    bool may_resume_ = true;
    std::optional<base::Duration> asked_pause_;
};

}  // namespace artifact
