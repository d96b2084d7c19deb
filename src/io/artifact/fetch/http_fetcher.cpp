// SPDX-License-Identifier: 0BSD
#include "io/artifact/fetch/http_fetcher.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "base/deadline.hpp"
#include "base/digest.hpp"
#include "base/duration.hpp"
#include "io/artifact/fetch/address.hpp"
#include "io/artifact/fetch/unpack.hpp"

namespace artifact {

namespace {

using base::Error;
using base::ErrorCode;

// Digests that are remembered for what was wrong or told: more would be a flood, and to be told again does no harm.
constexpr std::size_t kRememberedMax = 1024;
// A log line names so many entries; their number tells the rest.
constexpr std::size_t kSkippedShownMax = 10;
// To one host at once: as many artifacts as one source publishes in a burst wait their turn.
constexpr std::size_t kDownloadsPerHostMax = 16;

std::string key_of(const ArtifactRef& ref) { return ref.digest + " " + ref.url; }

Error unusable(const ArtifactRef& ref, const Error& why) {
    return base::wrap(fmt::format("the artifact from {} cannot be used", shown(ref.url)), why);
}

std::size_t bytes_of(const FileTree& tree) {
    std::size_t bytes = 0;
    for (const auto& [path, content] : tree.files) {
        bytes += path.size() + content.size();
    }
    return bytes;
}

struct Unpacked {
    std::shared_ptr<const FileTree> tree;
    base::Result<void> stored;  // in the disk cache
};

// Owned by the compute pool while it works.
struct UnpackJob {
    std::shared_ptr<Spool> spool;
    base::Digest digest;
    FetchLimits limits;
    DiskCache* disk_cache = nullptr;

    // kUnavailable stands for another digest: the server may come to serve the right bytes.
    base::Result<Unpacked> operator()() const {
        if (const base::Digest actual = spool->finish(); actual != digest) {
            return Error{ErrorCode::kUnavailable, fmt::format("the artifact's digest is {} instead of {}",
                                                              actual.text(), digest.text())};
        }
        auto tree = unpack(*spool->read(), limits);
        if (!tree) {
            return tree.error();
        }
        Unpacked unpacked{std::make_shared<const FileTree>(std::move(*tree)), {}};
        if (disk_cache != nullptr) {
            unpacked.stored = disk_cache->store(digest, *spool->read(), spool->size());
        }
        return unpacked;
    }
};

// The tree of an archive that lies on disk; nullptr when none does, or it cannot be used any more.
struct LoadJob {
    DiskCache* disk_cache;
    base::Digest digest;
    FetchLimits limits;

    base::Result<std::shared_ptr<const FileTree>> operator()() const {
        const auto archive = disk_cache->load(digest, limits.compressed_bytes_max);
        if (archive == nullptr) {
            return std::shared_ptr<const FileTree>();
        }
        auto tree = unpack(*archive, limits);
        return tree ? std::make_shared<const FileTree>(std::move(*tree)) : std::shared_ptr<const FileTree>();
    }
};

}  // namespace

struct HttpFetcher::Flight {
    explicit Flight(base::Executor executor) : landed(std::move(executor)) {}
    base::Event landed;
    std::optional<base::Result<Tree>> result;
    std::size_t waiters = 0;
    base::TaskHandle task;
};

http::ClientOptions http_options(bool allow_loopback) {
    http::ClientOptions options;
    options.no_proxy = true;
    options.streams_per_host_max = kDownloadsPerHostMax;
    options.connect_filter = [allow_loopback](std::string_view address) {
        return address_allowed(address, allow_loopback);
    };
    return options;
}

HttpFetcher::HttpFetcher(Download::Runtime runtime, base::Executor executor, HttpFetcherOptions options)
    : with_(std::move(runtime)),
      executor_(executor),
      options_(std::move(options)),
      downloads_(std::move(executor)) {}

HttpFetcher::~HttpFetcher() = default;

base::Task<HttpFetcher::Tree> HttpFetcher::fetch(ArtifactRef ref) {
    const auto digest = base::Digest::parse(ref.digest);
    if (!digest) {
        co_return base::wrap("the artifact's digest cannot be used", digest.error());
    }
    ref.digest = digest->text();
    if (auto checked = check_url(ref.url, options_.allow_loopback); !checked) {
        co_return checked.error();
    }
    if (Tree tree = find_cached(ref.digest)) {
        co_return tree;
    }
    if (const auto known = refused_.find(ref.digest); known != refused_.end()) {
        co_return unusable(ref, known->second);
    }
    const std::shared_ptr<Flight> flight = board(ref);
    const base::Result<void> waited = co_await flight->landed.wait();
    leave(ref, *flight);
    if (!waited) {
        co_return waited.error();
    }
    co_return *flight->result;
}

std::shared_ptr<HttpFetcher::Flight> HttpFetcher::board(const ArtifactRef& ref) {
    std::string key = key_of(ref);
    const auto known = flights_.find(key);
    std::shared_ptr<Flight> flight =
        known == flights_.end() ? std::make_shared<Flight>(executor_) : known->second;
    ++flight->waiters;
    if (known == flights_.end()) {
        flights_.emplace(key, flight);
        flight->task = downloads_.spawn(fly(std::move(key), ref, flight));
    }
    return flight;
}

void HttpFetcher::leave(const ArtifactRef& ref, Flight& flight) {
    if (--flight.waiters > 0 || flight.result) {
        return;
    }
    // Off the list at once: whoever comes next must not wait for a download that is being cancelled.
    const auto listed = flights_.find(key_of(ref));
    if (listed != flights_.end() && listed->second.get() == &flight) {
        flights_.erase(listed);
    }
    flight.task.cancel();
}

base::Task<void> HttpFetcher::fly(std::string key, ArtifactRef ref, std::shared_ptr<Flight> flight) {
    flight->result = co_await load_or_download(ref);
    if (flight->result->has_value()) {
        keep(ref.digest, **flight->result);
        tell_skipped(ref.digest, ref.url, ***flight->result);
    }
    const auto listed = flights_.find(key);
    if (listed != flights_.end() && listed->second == flight) {
        flights_.erase(listed);
    }
    flight->landed.set();
    co_return base::Result<void>{};
}

base::Task<HttpFetcher::Tree> HttpFetcher::load_or_download(ArtifactRef ref) {
    const auto digest = base::Digest::parse(ref.digest);
    if (options_.disk_cache != nullptr && digest) {
        auto loaded = co_await with_.compute.run(LoadJob{options_.disk_cache, *digest, options_.limits});
        if (!loaded || *loaded != nullptr) {
            co_return loaded;
        }
    }
    const base::SteadyTime deadline = with_.clock.steady_now() + options_.timeout;
    std::string late = fmt::format("fetching {} takes longer than {}", shown(ref.url),
                                   base::format_duration(options_.timeout));
    co_return co_await base::with_deadline(download(std::move(ref), deadline), with_.clock, deadline,
                                           std::move(late));
}

base::Task<HttpFetcher::Tree> HttpFetcher::download(ArtifactRef ref, base::SteadyTime deadline) {
    Download download(
        with_,
        {options_.limits.compressed_bytes_max, options_.redirects_max, deadline, options_.spool_directory},
        ref.url);
    while (true) {
        auto spool = co_await download.run();
        if (!spool) {
            if (spool.error().code == ErrorCode::kCancelled) {
                co_return spool.error();
            }
            co_return base::wrap(fmt::format("fetching {} failed", shown(ref.url)), spool.error());
        }
        auto tree = co_await unpack_verified(ref, std::move(*spool));
        // Parts that do not belong together tell nothing about the artifact. A whole body does: the second round is the last.
        if (tree || tree.error().code != ErrorCode::kUnavailable || !download.was_resumed()) {
            co_return tree;
        }
        download.take_whole_only();
    }
}

base::Task<HttpFetcher::Tree> HttpFetcher::unpack_verified(const ArtifactRef& ref,
                                                           std::shared_ptr<Spool> spool) {
    const auto digest = base::Digest::parse(ref.digest);
    if (!digest) {
        co_return digest.error();
    }
    auto unpacked = co_await with_.compute.run(
        UnpackJob{std::move(spool), *digest, options_.limits, options_.disk_cache});
    if (unpacked) {
        tell_not_kept(unpacked->stored);
        co_return std::move(unpacked->tree);
    }
    const Error& error = unpacked.error();
    if (error.code == ErrorCode::kCancelled) {
        co_return error;
    }
    if (is_terminal(error.code)) {
        if (refused_.size() >= kRememberedMax) {
            refused_.clear();
        }
        refused_.insert_or_assign(ref.digest, error);
    }
    co_return unusable(ref, error);
}

void HttpFetcher::tell_skipped(const std::string& digest, const std::string& url, const FileTree& tree) {
    if (tree.skipped_count == 0 || told_.contains(digest)) {
        return;
    }
    if (told_.size() >= kRememberedMax) {
        told_.clear();
    }
    told_.insert(digest);
    const std::size_t count = std::min(tree.skipped.size(), kSkippedShownMax);
    boost::json::array first(tree.skipped.begin(), tree.skipped.begin() + static_cast<std::ptrdiff_t>(count));
    with_.log.info("entries of an artifact are left out", {{"digest", digest},
                                                           {"url", shown(url)},
                                                           {"count", tree.skipped_count},
                                                           {"first", std::move(first)}});
}

// Once until it works again: each download would tell the same.
void HttpFetcher::tell_not_kept(const base::Result<void>& stored) {
    if (!stored && !told_not_kept_) {
        with_.log.warn("an artifact could not be kept on disk; the next start downloads it again",
                       {{"error", stored.error().text()}});
    }
    told_not_kept_ = !stored;
}

HttpFetcher::Tree HttpFetcher::find_cached(const std::string& digest) {
    const auto known = cache_index_.find(digest);
    if (known == cache_index_.end()) {
        return nullptr;
    }
    cache_.splice(cache_.begin(), cache_, known->second);
    return known->second->tree;
}

void HttpFetcher::keep(const std::string& digest, const Tree& tree) {
    const std::size_t bytes = bytes_of(*tree);
    if (options_.cache_bytes_max == 0 || cache_index_.contains(digest)) {
        return;
    }
    cache_.push_front({digest, tree, bytes});
    cache_index_.emplace(digest, cache_.begin());
    cached_bytes_ += bytes;
    while (cached_bytes_ > options_.cache_bytes_max && cache_.size() > 1) {
        cached_bytes_ -= cache_.back().bytes;
        cache_index_.erase(cache_.back().digest);
        cache_.pop_back();
    }
}

base::Task<void> HttpFetcher::close() {
    downloads_.cancel();
    base::Result<void> joined = co_await downloads_.join();
    // A download that was cancelled before its first step has told nobody.
    for (const auto& [key, flight] : std::exchange(flights_, {})) {
        flight->result = base::Result<Tree>(base::cancelled_error());
        flight->landed.set();
    }
    co_return joined;
}

}  // namespace artifact
