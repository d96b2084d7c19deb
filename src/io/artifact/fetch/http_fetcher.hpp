// SPDX-License-Identifier: 0BSD
// Fetches artifacts over HTTP: one download for all who want the same one, verified, unpacked on the compute pool, cached.
#pragma once

#include <chrono>
#include <list>
#include <map>
#include <memory>
#include <set>
#include <string>

#include "base/event.hpp"
#include "base/task_group.hpp"
#include "io/artifact/fetch/disk_cache.hpp"
#include "io/artifact/fetch/download.hpp"
#include "io/artifact/fetcher.hpp"

namespace artifact {

struct HttpFetcherOptions {
    FetchLimits limits = {};
    bool allow_loopback = false;                       // development only
    base::Duration timeout = std::chrono::minutes(5);  // of one fetch, with all its attempts and redirects
    int redirects_max = 10;                            // what HTTP clients commonly follow
    // Of unpacked trees, the last one not counted: memory that lies there between runs. 0: nothing is kept.
    std::size_t cache_bytes_max = std::size_t{16} << 20U;
    // Archives as they were downloaded, beyond this process' life; nullptr: none. Outlives the fetcher and its compute pool's
    // work. That it cannot be written is no reason to fail.
    DiskCache* disk_cache = nullptr;
    // For long archives while they arrive.
    std::string spool_directory = "/tmp";
};

// Settings of the HTTP client that HttpFetcher needs to keep its promises: each dial is judged, no proxy dials for us.
http::ClientOptions http_options(bool allow_loopback);

class HttpFetcher final : public Fetcher {
public:
    // The client was made with http_options. All collaborators outlive the fetcher.
    HttpFetcher(Download::Runtime runtime, base::Executor executor, HttpFetcherOptions options);
    ~HttpFetcher() override;
    HttpFetcher(const HttpFetcher&) = delete;
    HttpFetcher& operator=(const HttpFetcher&) = delete;

    // What may pass soon is tried again within the timeout (see Download). A failure is then told to all who wait, and
    // forgotten, but for an archive that has the right digest and cannot be unpacked: that is so for ever. A caller that is
    // cancelled stops waiting; the download ends when nobody waits for it any more.
    base::Task<std::shared_ptr<const FileTree>> fetch(ArtifactRef ref) override;

    // Ends all downloads; await it before destruction.
    base::Task<void> close();

    std::size_t cached_bytes() const { return cached_bytes_; }

private:
    using Tree = std::shared_ptr<const FileTree>;
    struct Flight;
    struct Cached {
        std::string digest;
        Tree tree;
        std::size_t bytes = 0;
    };

    base::Task<void> fly(std::string key, ArtifactRef ref, std::shared_ptr<Flight> flight);
    base::Task<Tree> load_or_download(ArtifactRef ref);
    base::Task<Tree> download(ArtifactRef ref, base::SteadyTime deadline);
    base::Task<Tree> unpack_verified(const ArtifactRef& ref, std::shared_ptr<Spool> spool);
    std::shared_ptr<Flight> board(const ArtifactRef& ref);
    void leave(const ArtifactRef& ref, Flight& flight);
    Tree find_cached(const std::string& digest);
    void keep(const std::string& digest, const Tree& tree);
    void tell_skipped(const std::string& digest, const std::string& url, const FileTree& tree);
    void tell_not_kept(const base::Result<void>& stored);

    Download::Runtime with_;
    base::Executor executor_;
    HttpFetcherOptions options_;
    // Downloads under way by digest and URL: the same digest at another address is another download, as that may fail.
    std::map<std::string, std::shared_ptr<Flight>, std::less<>> flights_;
    // Trees by digest, the one used last in front.
    std::list<Cached> cache_;
    std::map<std::string, std::list<Cached>::iterator, std::less<>> cache_index_;
    std::size_t cached_bytes_ = 0;
    // Why archives cannot be used, by digest.
    std::map<std::string, base::Error, std::less<>> refused_;
    // Digests whose left-out entries were logged.
    std::set<std::string, std::less<>> told_;
    bool told_not_kept_ = false;
    base::TaskGroup downloads_;
};

}  // namespace artifact
