// SPDX-License-Identifier: 0BSD
#include "io/http/curl/multi.hpp"

#include <algorithm>
#include <chrono>

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>

#include "base/invariant.hpp"
#include "io/http/curl/transfer.hpp"

namespace http_curl {

namespace asio = boost::asio;

namespace {

// Handles kept for reuse: as many as are in flight between bursts; each costs some 40 KiB.
constexpr std::size_t kIdleHandlesMax = 16;
// A handle keeps its upload buffer as long as it lives: the least that libcurl takes, for most bodies fit in.
constexpr long kUploadBufferBytes = 16L << 10U;
// Connections without a request that are kept open, over all hosts.
constexpr long kIdleConnectionsMax = 32;
// Go servers allow 250 streams on a connection, kube-apiserver 100; the server's own figure is obeyed when lower.
constexpr long kStreamsPerConnectionMax = 250;
// Idle connections older than this are not used again: most servers close them after two minutes.
constexpr long kIdleConnectionSeconds = 90;
constexpr long kKeepAliveSeconds = 30;

void initialise_library() {
    static const CURLcode code = curl_global_init(CURL_GLOBAL_DEFAULT);
    base::invariant(code == CURLE_OK, "libcurl cannot be initialised");
}

// libcurl reads the text where it is; it belongs to the client's options, which outlive the handle.
void set_blob(CURL* easy, CURLoption option, std::string_view text) {
    if (!text.empty()) {
        curl_blob blob{const_cast<char*>(text.data()), text.size(), CURL_BLOB_NOCOPY};
        curl_easy_setopt(easy, option, &blob);
    }
}

void set_tls(CURL* easy, const http::TlsOptions& tls) {
    if (!tls.ca_pem.empty()) {
        set_blob(easy, CURLOPT_CAINFO_BLOB, tls.ca_pem);
        // Otherwise the system's folder of roots would be trusted as well.
        curl_easy_setopt(easy, CURLOPT_CAPATH, nullptr);
    }
    set_blob(easy, CURLOPT_SSLCERT_BLOB, tls.client_certificate_pem);
    set_blob(easy, CURLOPT_SSLKEY_BLOB, tls.client_key_pem.reveal());
    if (tls.insecure_skip_verify) {
        curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 0L);
        curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 0L);
    }
    curl_easy_setopt(easy, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
}

long milliseconds(base::Duration duration) {
    return static_cast<long>(std::chrono::ceil<std::chrono::milliseconds>(duration).count());
}

}  // namespace

// The descriptor only watches: libcurl opens and closes the socket, and tells before it closes.
struct Multi::Socket {
    explicit Socket(const base::Executor& executor) : descriptor(executor) {}
    ~Socket() {
        if (descriptor.is_open()) {
            descriptor.release();
        }
    }
    asio::posix::stream_descriptor descriptor;
    curl_socket_t fd = CURL_SOCKET_BAD;
    int wanted = 0;
    std::array<bool, 2> waiting{};  // read, write
    bool gone = false;
};

Multi::Multi(base::Executor executor, std::shared_ptr<const http::ClientOptions> options, PoolPolicy policy)
    : executor_(std::move(executor)), options_(std::move(options)), policy_(policy), timer_(executor_) {
    initialise_library();
    multi_ = curl_multi_init();
    base::invariant(multi_ != nullptr, "libcurl has no memory");
    curl_multi_setopt(multi_, CURLMOPT_SOCKETFUNCTION, &Multi::on_socket);
    curl_multi_setopt(multi_, CURLMOPT_SOCKETDATA, this);
    curl_multi_setopt(multi_, CURLMOPT_TIMERFUNCTION, &Multi::on_timer);
    curl_multi_setopt(multi_, CURLMOPT_TIMERDATA, this);
    curl_multi_setopt(multi_, CURLMOPT_PIPELINING, CURLPIPE_MULTIPLEX);
    curl_multi_setopt(multi_, CURLMOPT_MAX_CONCURRENT_STREAMS, kStreamsPerConnectionMax);
    curl_multi_setopt(multi_, CURLMOPT_MAX_HOST_CONNECTIONS, policy_.connections_per_host_max);
    curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, kIdleConnectionsMax);
}

Multi::~Multi() { close(); }

CURL* Multi::make_easy() const {
    CURL* easy = curl_easy_init();
    if (easy == nullptr) {
        return nullptr;
    }
    // A cancelled name resolution must not block the loop until its thread is done.
    curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_UPLOAD_BUFFERSIZE, kUploadBufferBytes);
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION,
                     static_cast<long>(policy_.http2 ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_1_1));
    curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    curl_easy_setopt(easy, CURLOPT_USERAGENT, options_->user_agent.c_str());
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, milliseconds(options_->connect_timeout));
    curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
    curl_easy_setopt(easy, CURLOPT_TCP_KEEPIDLE, kKeepAliveSeconds);
    curl_easy_setopt(easy, CURLOPT_TCP_KEEPINTVL, kKeepAliveSeconds);
    curl_easy_setopt(easy, CURLOPT_MAXAGE_CONN, kIdleConnectionSeconds);
    // Which proxy is used, and for which host, is decided here and not by libcurl's reading of the environment.
    curl_easy_setopt(easy, CURLOPT_NOPROXY, "");
    set_tls(easy, options_->tls);
    return easy;
}

CURL* Multi::borrow() {
    if (closed()) {
        return nullptr;
    }
    if (idle_.empty()) {
        return make_easy();
    }
    CURL* easy = idle_.back();
    idle_.pop_back();
    return easy;
}

void Multi::give_back(CURL* easy) {
    if (closed() || idle_.size() >= kIdleHandlesMax) {
        curl_easy_cleanup(easy);
    } else {
        idle_.push_back(easy);
    }
}

bool Multi::add(Transfer& transfer) {
    if (closed() || curl_multi_add_handle(multi_, transfer.easy()) != CURLM_OK) {
        return false;
    }
    transfers_.insert(&transfer);
    return true;
}

void Multi::remove(Transfer& transfer) {
    if (transfers_.erase(&transfer) != 0) {
        curl_multi_remove_handle(multi_, transfer.easy());
    }
}

void Multi::resume(Transfer& transfer) {
    if (transfers_.contains(&transfer)) {
        curl_easy_pause(transfer.easy(), CURLPAUSE_CONT);
    }
}

void Multi::close() {
    if (closed()) {
        return;
    }
    const std::vector<Transfer*> outstanding(transfers_.begin(), transfers_.end());
    for (Transfer* transfer : outstanding) {
        transfer->fail(base::cancelled_error());
    }
    for (CURL* easy : idle_) {
        curl_easy_cleanup(easy);
    }
    idle_.clear();
    curl_multi_cleanup(multi_);
    multi_ = nullptr;
    for (const auto& [fd, socket] : sockets_) {
        socket->gone = true;
        socket->descriptor.release();
    }
    sockets_.clear();
    ++timer_round_;
    timer_.cancel();
}

int Multi::on_socket(CURL* /*easy*/, curl_socket_t fd, int what, void* self, void* /*socket*/) {
    auto& multi = *static_cast<Multi*>(self);
    if (what == CURL_POLL_REMOVE) {
        multi.forget(fd);
        return 0;
    }
    auto& socket = multi.sockets_[fd];
    if (!socket) {
        socket = std::make_shared<Socket>(multi.executor_);
        socket->fd = fd;
        boost::system::error_code error;
        socket->descriptor.assign(fd, error);
        if (error) {
            multi.sockets_.erase(fd);
            return -1;
        }
    }
    socket->wanted = what;
    multi.watch(socket);
    return 0;
}

void Multi::forget(curl_socket_t fd) {
    if (const auto found = sockets_.find(fd); found != sockets_.end()) {
        found->second->gone = true;
        found->second->descriptor.release();
        sockets_.erase(found);
    }
}

void Multi::watch(const std::shared_ptr<Socket>& socket) {
    for (const bool write : {false, true}) {
        const int bit = write ? CURL_POLL_OUT : CURL_POLL_IN;
        if ((socket->wanted & bit) != 0 && !socket->waiting[write ? 1 : 0]) {
            wait(socket, write);
        }
    }
}

void Multi::wait(const std::shared_ptr<Socket>& socket, bool write) {
    using asio::posix::descriptor_base;
    socket->waiting[write ? 1 : 0] = true;
    socket->descriptor.async_wait(
        write ? descriptor_base::wait_write : descriptor_base::wait_read,
        [weak = weak_from_this(), socket, write](const boost::system::error_code& error) {
            socket->waiting[write ? 1 : 0] = false;
            const auto self = weak.lock();
            if (!self || socket->gone || (socket->wanted & (write ? CURL_POLL_OUT : CURL_POLL_IN)) == 0) {
                return;
            }
            self->act(socket->fd, error ? CURL_CSELECT_ERR : write ? CURL_CSELECT_OUT : CURL_CSELECT_IN);
            if (!socket->gone) {
                self->watch(socket);
            }
        });
}

int Multi::on_timer(CURLM* /*multi*/, long milliseconds, void* self) {
    static_cast<Multi*>(self)->schedule(milliseconds);
    return 0;
}

void Multi::schedule(long milliseconds) {
    const std::uint64_t round = ++timer_round_;
    timer_.cancel();
    if (milliseconds < 0) {
        return;
    }
    auto expire = [weak = weak_from_this(), round](const boost::system::error_code& error = {}) {
        const auto self = weak.lock();
        if (self && !error && self->timer_round_ == round) {
            self->act(CURL_SOCKET_TIMEOUT, 0);
        }
    };
    if (milliseconds == 0) {
        // The usual case (a request was added, another stream has data): no need to pass the timer queue.
        asio::post(executor_, [expire] { expire(); });
    } else {
        timer_.expires_after(std::chrono::milliseconds(milliseconds));
        timer_.async_wait(expire);
    }
}

void Multi::act(curl_socket_t fd, int events) {
    if (!closed()) {
        int running = 0;
        curl_multi_socket_action(multi_, fd, events, &running);
        collect();
    }
}

void Multi::collect() {
    int left = 0;
    while (CURLMsg* message = curl_multi_info_read(multi_, &left)) {
        if (message->msg == CURLMSG_DONE) {
            Transfer* transfer = nullptr;
            curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer);
            transfer->complete(message->data.result);
        }
    }
}

}  // namespace http_curl
