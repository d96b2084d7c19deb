// SPDX-License-Identifier: 0BSD
// Transfer: one exchange on the wire, from its request to the last byte of its response.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include <boost/asio/steady_timer.hpp>
#include <curl/curl.h>

#include "base/event.hpp"
#include "io/http/client.hpp"
#include "io/http/curl/url.hpp"

namespace http_curl {

class Multi;

// What a reader did not take yet; beyond it the connection is held back. Large enough that a burst of watch events does
// not stop and start the connection, small enough for many streams.
inline constexpr std::size_t kStreamBufferBytesMax = std::size_t{1} << 20U;
// All header lines of one response; API servers and object stores stay below 10 KiB.
inline constexpr std::size_t kHeaderBytesMax = std::size_t{256} << 10U;

// kSurvey: nothing is sent. The host's addresses are all shown to the connect filter, and none is dialled; it ends well when
// all are allowed. libcurl keeps what it resolved for the transfer that follows.
enum class Delivery { kWhole, kStreamed, kSurvey };

// Belongs to the task that waits for it: destroying it takes it off the wire. Callbacks of libcurl write into it; they
// only fill buffers and set `changed`, so that no task ever runs inside libcurl.
class Transfer : public std::enable_shared_from_this<Transfer> {
public:
    // `proxy` and `server_name` may be empty.
    struct Route {
        UrlParts url;
        std::string proxy;
        std::string server_name;
    };

    Transfer(std::shared_ptr<Multi> multi, http::Request request, Route route, Delivery delivery);
    ~Transfer();
    Transfer(const Transfer&) = delete;
    Transfer& operator=(const Transfer&) = delete;

    // Puts the exchange on the wire. Errors: kInvalid, kCancelled (the client is gone).
    base::Result<void> start();
    // Ends with kDeadlineExceeded unless the exchange (streamed: its header) is complete by then.
    void set_deadline(base::SteadyTime deadline, base::Duration timeout);
    void clear_deadline();

    // Streamed only, after the header: the next piece, empty at the end.
    base::Task<std::string> read();

    const http::Request& request() const { return request_; }
    const Route& route() const { return route_; }
    http::Response& response() { return response_; }
    bool header_complete() const { return header_complete_; }
    bool streamed() const { return delivery_ == Delivery::kStreamed; }
    bool ended() const { return ended_; }
    const std::optional<base::Error>& error() const { return error_; }
    base::Event& changed() { return changed_; }

    // For Multi.
    CURL* easy() const { return easy_; }
    void complete(CURLcode code);
    void fail(base::Error error);

private:
    static std::size_t on_header(char* data, std::size_t size, std::size_t count, void* self);
    static std::size_t on_body(char* data, std::size_t size, std::size_t count, void* self);
    static curl_socket_t on_open_socket(void* self, curlsocktype purpose, curl_sockaddr* address);

    base::Result<void> prepare();
    void set_method();
    bool add_headers();
    bool add_header(const std::string& line);
    void set_route();
    void release();
    bool header_line(std::string_view line);
    void watch_idle();
    void end(std::optional<base::Error> error);

    std::shared_ptr<Multi> multi_;
    http::Request request_;
    Route route_;
    Delivery delivery_;

    CURL* easy_ = nullptr;
    curl_slist* header_list_ = nullptr;
    curl_slist* connect_to_ = nullptr;
    std::array<char, CURL_ERROR_SIZE> error_text_{};

    http::Response response_;
    std::size_t header_bytes_ = 0;
    bool header_complete_ = false;
    bool paused_ = false;
    bool surveyed_ = false;  // at least one address
    bool ended_ = false;
    // Why a callback of ours stopped libcurl; stronger than libcurl's own reason.
    std::optional<base::Error> stopped_;
    std::optional<base::Error> error_;
    base::Event changed_;
    std::optional<boost::asio::steady_timer> timer_;
    // A handler that was already queued when its timer was set anew must not act.
    std::uint64_t timer_round_ = 0;
};

}  // namespace http_curl
