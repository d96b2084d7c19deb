// SPDX-License-Identifier: 0BSD
#include "io/artifact/fetch/http_fetcher.hpp"

#include <optional>
#include <utility>

#include <fmt/format.h>

#include "base/digest.hpp"
#include "io/artifact/fetch/address.hpp"
#include "io/artifact/fetch/unpack.hpp"

namespace artifact {

namespace {

using base::Error;
using base::ErrorCode;

// The URL without query and fragment, which may hold a signature.
std::string_view shown(std::string_view url) { return url.substr(0, url.find_first_of("?#")); }

std::string key_of(const ArtifactRef& ref) { return ref.digest + " " + ref.url; }

std::size_t bytes_of(const FileTree& tree) {
    std::size_t bytes = 0;
    for (const auto& [path, content] : tree.files) {
        bytes += path.size() + content.size();
    }
    return bytes;
}

std::optional<Error> judge_status(int status, std::string_view url) {
    const auto failed = [status, url](ErrorCode code) {
        return Error{code, fmt::format("the server of {} answered {}", shown(url), status)};
    };
    if (status == 200) {
        return std::nullopt;
    }
    if (status == 404 || status == 410) {
        return failed(ErrorCode::kNotFound);
    }
    if (status == 401 || status == 403) {
        return failed(ErrorCode::kForbidden);
    }
    return failed(status == 408 || status == 429 || status >= 500 ? ErrorCode::kUnavailable
                                                                  : ErrorCode::kInvalid);
}

// Owned by the compute pool while it works.
struct UnpackJob {
    std::string body;
    base::Digest digest;
    FetchLimits limits;
    DiskCache* disk_cache = nullptr;

    base::Result<std::shared_ptr<const FileTree>> operator()() const {
        const base::Digest actual = base::sha256(body);
        if (actual != digest) {
            return Error{ErrorCode::kInvalid, fmt::format("the artifact's digest is {} instead of {}",
                                                          actual.text(), digest.text())};
        }
        auto tree = unpack(body, limits);
        if (!tree) {
            return tree.error();
        }
        if (disk_cache != nullptr) {
            // A full disk costs the next process a download, nothing else.
            (void)disk_cache->store(digest, body);
        }
        return std::make_shared<const FileTree>(std::move(*tree));
    }
};

// The tree of an archive that lies on disk; nullptr when none does, or it cannot be used any more.
struct LoadJob {
    DiskCache* disk_cache;
    base::Digest digest;
    FetchLimits limits;

    base::Result<std::shared_ptr<const FileTree>> operator()() const {
        const auto archive = disk_cache->load(digest, limits.compressed_bytes_max);
        if (!archive) {
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
    options.connect_filter = [allow_loopback](std::string_view address) {
        return address_allowed(address, allow_loopback);
    };
    return options;
}

HttpFetcher::HttpFetcher(http::Client& client, base::Compute& compute, base::Executor executor,
                         HttpFetcherOptions options)
    : client_(client),
      compute_(compute),
      executor_(executor),
      options_(options),
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
    std::string digest = ref.digest;
    flight->result = co_await load_or_download(std::move(ref));
    if (flight->result->has_value()) {
        keep(digest, **flight->result);
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
        auto loaded = co_await compute_.run(LoadJob{options_.disk_cache, *digest, options_.limits});
        if (!loaded || *loaded != nullptr) {
            co_return loaded;
        }
    }
    co_return co_await download(std::move(ref));
}

base::Task<HttpFetcher::Tree> HttpFetcher::download(ArtifactRef ref) {
    http::Request request;
    request.url = ref.url;
    request.timeout = options_.timeout;
    request.body_bytes_max = options_.limits.compressed_bytes_max;
    request.redirects_max = options_.redirects_max;
    auto response = co_await client_.send(std::move(request));
    if (!response) {
        if (response.error().code == ErrorCode::kCancelled) {
            co_return response.error();
        }
        co_return base::wrap(fmt::format("fetching {} failed", shown(ref.url)), response.error());
    }
    if (auto failed = judge_status(response->status, ref.url)) {
        co_return std::move(*failed);
    }
    auto digest = base::Digest::parse(ref.digest);
    if (!digest) {
        co_return digest.error();
    }
    auto tree = co_await compute_.run(
        UnpackJob{std::move(response->body), *digest, options_.limits, options_.disk_cache});
    if (!tree && tree.error().code != ErrorCode::kCancelled) {
        co_return base::wrap(fmt::format("the artifact from {} cannot be used", shown(ref.url)),
                             tree.error());
    }
    co_return tree;
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
