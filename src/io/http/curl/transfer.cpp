// SPDX-License-Identifier: 0BSD
#include "io/http/curl/transfer.hpp"

#include <algorithm>
#include <charconv>
#include <netinet/in.h>
#include <sys/socket.h>

#include <boost/asio/ip/address.hpp>

#include "io/http/curl/failure.hpp"
#include "io/http/curl/multi.hpp"

namespace http_curl {

namespace {

// The numeric address as people write it: an IPv4 address that came wrapped in IPv6 is shown as IPv4.
std::string numeric(const sockaddr& address) {
    namespace ip = boost::asio::ip;
    if (address.sa_family == AF_INET) {
        const auto& v4 = reinterpret_cast<const sockaddr_in&>(address);
        return ip::address_v4(ntohl(v4.sin_addr.s_addr)).to_string();
    }
    if (address.sa_family == AF_INET6) {
        const auto& v6 = reinterpret_cast<const sockaddr_in6&>(address);
        ip::address_v6::bytes_type bytes;
        std::ranges::copy(v6.sin6_addr.s6_addr, bytes.begin());
        const ip::address_v6 value(bytes);
        return value.is_v4_mapped() ? ip::make_address_v4(ip::v4_mapped, value).to_string()
                                    : value.to_string();
    }
    return "";
}

bool names(const http::Header& header, std::string_view name) {
    return std::ranges::equal(header.name, name, {},
                              [](char c) { return c >= 'A' && c <= 'Z' ? c + 32 : c; });
}

bool has_header(const http::Request& request, std::string_view lower_name) {
    return std::ranges::any_of(request.headers,
                               [&](const http::Header& header) { return names(header, lower_name); });
}

// A line break in a value would start another header.
bool is_safe(const http::Header& header) {
    constexpr std::string_view kBreaks("\r\n\0", 3);
    return header.name.find_first_of(kBreaks) == std::string::npos && !header.name.empty() &&
           header.name.find(':') == std::string::npos &&
           header.value.find_first_of(kBreaks) == std::string::npos;
}

void wipe(curl_slist* list) {
    for (; list != nullptr; list = list->next) {
        explicit_bzero(list->data, std::char_traits<char>::length(list->data));
    }
}

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view kBlank = " \t\r\n";
    const auto begin = text.find_first_not_of(kBlank);
    return begin == std::string_view::npos ? ""
                                           : text.substr(begin, text.find_last_not_of(kBlank) - begin + 1);
}

}  // namespace

Transfer::Transfer(std::shared_ptr<Multi> multi, http::Request request, Route route, Delivery delivery)
    : multi_(std::move(multi)),
      request_(std::move(request)),
      route_(std::move(route)),
      delivery_(delivery),
      changed_(multi_->executor()) {}

Transfer::~Transfer() {
    multi_->remove(*this);
    release();
}

void Transfer::release() {
    if (easy_ != nullptr) {
        // The handle is used again: nothing of this exchange may stay reachable through it.
        curl_easy_setopt(easy_, CURLOPT_HTTPHEADER, nullptr);
        curl_easy_setopt(easy_, CURLOPT_CONNECT_TO, nullptr);
        curl_easy_setopt(easy_, CURLOPT_ERRORBUFFER, nullptr);
        multi_->give_back(easy_);
        easy_ = nullptr;
    }
    wipe(header_list_);
    curl_slist_free_all(header_list_);
    curl_slist_free_all(connect_to_);
    header_list_ = nullptr;
    connect_to_ = nullptr;
}

base::Result<void> Transfer::start() {
    easy_ = multi_->borrow();
    if (easy_ == nullptr) {
        return base::cancelled_error();
    }
    if (auto prepared = prepare(); !prepared) {
        return prepared;
    }
    if (!multi_->add(*this)) {
        return base::Error{base::ErrorCode::kInternal, "libcurl refused the request"};
    }
    return base::Result<void>{};
}

base::Result<void> Transfer::prepare() {
    curl_easy_setopt(easy_, CURLOPT_PRIVATE, this);
    curl_easy_setopt(easy_, CURLOPT_ERRORBUFFER, error_text_.data());
    curl_easy_setopt(easy_, CURLOPT_HEADERFUNCTION, &Transfer::on_header);
    curl_easy_setopt(easy_, CURLOPT_HEADERDATA, this);
    curl_easy_setopt(easy_, CURLOPT_WRITEFUNCTION, &Transfer::on_body);
    curl_easy_setopt(easy_, CURLOPT_WRITEDATA, this);
    curl_easy_setopt(easy_, CURLOPT_OPENSOCKETFUNCTION, &Transfer::on_open_socket);
    curl_easy_setopt(easy_, CURLOPT_OPENSOCKETDATA, this);
    if (std::ranges::any_of(request_.method, [](char c) { return c < 'A' || c > 'Z'; }) ||
        request_.method.empty()) {
        return base::Error{base::ErrorCode::kInvalid, "\"" + request_.method + "\" is no HTTP method"};
    }
    if (!std::ranges::all_of(request_.headers, is_safe)) {
        return base::Error{base::ErrorCode::kInvalid,
                           "a request header contains a line break or has no name"};
    }
    // The handle served other exchanges before. A survey on a connection that stands would be a request.
    curl_easy_setopt(easy_, CURLOPT_FRESH_CONNECT, delivery_ == Delivery::kSurvey ? 1L : 0L);
    set_method();
    set_route();
    if (!add_headers()) {
        return base::Error{base::ErrorCode::kInternal, "libcurl has no memory"};
    }
    curl_easy_setopt(easy_, CURLOPT_HTTPHEADER, header_list_);
    return base::Result<void>{};
}

void Transfer::set_method() {
    const std::string& method = request_.method;
    const bool sends_body =
        !request_.body.empty() || method == "POST" || method == "PUT" || method == "PATCH";
    curl_easy_setopt(easy_, CURLOPT_HTTPGET, 1L);
    curl_easy_setopt(easy_, CURLOPT_CUSTOMREQUEST,
                     method == "GET" || method == "HEAD" ? nullptr : method.c_str());
    if (method == "HEAD") {
        curl_easy_setopt(easy_, CURLOPT_NOBODY, 1L);
    } else if (sends_body) {
        curl_easy_setopt(easy_, CURLOPT_POST, 1L);
        curl_easy_setopt(easy_, CURLOPT_CUSTOMREQUEST, method.c_str());
        curl_easy_setopt(easy_, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request_.body.size()));
        curl_easy_setopt(easy_, CURLOPT_POSTFIELDS, request_.body.data());
    }
}

void Transfer::set_route() {
    const UrlParts& url = route_.url;
    const bool https = url.scheme == "https";
    if (https && !route_.server_name.empty()) {
        // libcurl takes the name for SNI and verification from the URL; the dial goes to the real host.
        std::string named = request_.url;
        named.replace(url.authority_begin, url.authority_end - url.authority_begin,
                      route_.server_name + ":" + url.port);
        curl_easy_setopt(easy_, CURLOPT_URL, named.c_str());
        const std::string host = url.host.find(':') == std::string::npos ? url.host : "[" + url.host + "]";
        const std::string rule = route_.server_name + ":" + url.port + ":" + host + ":" + url.port;
        connect_to_ = curl_slist_append(nullptr, rule.c_str());
        curl_easy_setopt(easy_, CURLOPT_CONNECT_TO, connect_to_);
    } else {
        curl_easy_setopt(easy_, CURLOPT_URL, request_.url.c_str());
    }
    curl_easy_setopt(easy_, CURLOPT_PROXY, route_.proxy.c_str());
    // With TLS the first connection tells whether it carries many requests at once; without it never does.
    curl_easy_setopt(easy_, CURLOPT_PIPEWAIT, https && multi_->policy().http2 ? 1L : 0L);
}

bool Transfer::add_header(const std::string& line) {
    curl_slist* extended = curl_slist_append(header_list_, line.c_str());
    if (extended != nullptr) {
        header_list_ = extended;
    }
    return extended != nullptr;
}

bool Transfer::add_headers() {
    bool ok = true;
    for (const http::Header& header : request_.headers) {
        // libcurl's spelling of a header without a value.
        ok = ok && add_header(header.value.empty() ? header.name + ";" : header.name + ": " + header.value);
    }
    if (request_.bearer) {
        std::string line = "Authorization: Bearer " + std::string(request_.bearer->reveal());
        ok = ok && add_header(line);
        explicit_bzero(line.data(), line.size());
    }
    // What libcurl would add by itself.
    if (!has_header(request_, "content-type")) {
        ok = ok && add_header("Content-Type:");
    }
    if (!has_header(request_, "expect")) {
        ok = ok && add_header("Expect:");
    }
    if (connect_to_ != nullptr && !has_header(request_, "host")) {
        const UrlParts& url = route_.url;
        ok = ok && add_header("Host: " + request_.url.substr(url.authority_begin,
                                                             url.authority_end - url.authority_begin));
    }
    return ok;
}

curl_socket_t Transfer::on_open_socket(void* self, curlsocktype /*purpose*/, curl_sockaddr* address) {
    auto& transfer = *static_cast<Transfer*>(self);
    const http::ConnectFilter& filter = transfer.multi_->options().connect_filter;
    if (filter) {
        // One refused address refuses the name: its other addresses are not tried.
        const std::string text = numeric(address->addr);
        if (transfer.stopped_ || text.empty() || !filter(text)) {
            if (!transfer.stopped_) {
                transfer.stopped_ = base::Error{
                    base::ErrorCode::kForbidden,
                    "connecting to " + text + " (" + transfer.route_.url.address() + ") is not allowed"};
            }
            return CURL_SOCKET_BAD;
        }
    }
    if (transfer.delivery_ == Delivery::kSurvey) {
        // libcurl takes it for an address that does not work, and goes on to the next.
        transfer.surveyed_ = true;
        return CURL_SOCKET_BAD;
    }
    return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

std::size_t Transfer::on_header(char* data, std::size_t size, std::size_t count, void* self) {
    auto& transfer = *static_cast<Transfer*>(self);
    return transfer.header_line(std::string_view(data, size * count)) ? size * count : 0;
}

bool Transfer::header_line(std::string_view line) {
    if (header_complete_) {
        return true;  // a trailer
    }
    header_bytes_ += line.size();
    if (header_bytes_ > kHeaderBytesMax) {
        stopped_ = base::Error{base::ErrorCode::kLimitExceeded,
                               "the header of " + route_.url.address() + " is longer than " +
                                   std::to_string(kHeaderBytesMax) + " bytes"};
        return false;
    }
    const auto text = trimmed(line);
    if (text.starts_with("HTTP/")) {
        response_.headers.clear();
        const auto space = std::min(text.find(' '), text.size() - 1);
        std::from_chars(text.data() + space + 1, text.data() + text.size(), response_.status);
    } else if (!text.empty()) {
        const auto colon = std::min(text.find(':'), text.size());
        response_.headers.push_back({std::string(text.substr(0, colon)),
                                     std::string(trimmed(text.substr(std::min(colon + 1, text.size()))))});
    } else if (response_.status >= 200) {
        header_complete_ = true;
        if (delivery_ == Delivery::kStreamed) {
            clear_deadline();
            watch_idle();
            changed_.set();
        }
    }
    return true;
}

std::size_t Transfer::on_body(char* data, std::size_t size, std::size_t count, void* self) {
    auto& transfer = *static_cast<Transfer*>(self);
    const std::size_t bytes = size * count;
    std::string& body = transfer.response_.body;
    if (transfer.delivery_ == Delivery::kStreamed) {
        if (body.size() >= kStreamBufferBytesMax) {
            transfer.paused_ = true;
            transfer.clear_deadline();
            return CURL_WRITEFUNC_PAUSE;
        }
        transfer.watch_idle();
        transfer.changed_.set();
    } else if (bytes > transfer.request_.body_bytes_max - body.size()) {
        transfer.stopped_ =
            base::Error{base::ErrorCode::kLimitExceeded,
                        "the answer of " + transfer.route_.url.address() + " is longer than " +
                            std::to_string(transfer.request_.body_bytes_max) + " bytes"};
        return 0;
    }
    body.append(data, bytes);
    return bytes;
}

base::Task<std::string> Transfer::read() {
    const auto keep = shared_from_this();
    while (response_.body.empty() && !ended_) {
        changed_.reset();
        if (auto woken = co_await changed_.wait(); !woken) {
            co_return woken.error();
        }
    }
    if (response_.body.empty()) {
        if (error_) {
            co_return *error_;
        }
        co_return std::string{};
    }
    std::string piece = std::exchange(response_.body, {});
    if (paused_) {
        paused_ = false;
        watch_idle();
        multi_->resume(*this);
    }
    co_return piece;
}

void Transfer::set_deadline(base::SteadyTime deadline, base::Duration timeout) {
    timer_.emplace(multi_->executor());
    timer_->expires_at(deadline);
    timer_->async_wait([weak = weak_from_this(), timeout,
                        round = ++timer_round_](const boost::system::error_code& error) {
        const auto self = weak.lock();
        if (self && !error && self->timer_round_ == round) {
            const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(timeout).count();
            self->fail({base::ErrorCode::kDeadlineExceeded,
                        fmt::format("no complete answer of {} within {} s", self->route_.url.address(),
                                    static_cast<double>(milliseconds) / 1000)});
        }
    });
}

void Transfer::clear_deadline() {
    ++timer_round_;
    timer_.reset();
}

void Transfer::watch_idle() {
    if (!request_.idle_timeout || delivery_ != Delivery::kStreamed) {
        return;
    }
    if (!timer_) {
        timer_.emplace(multi_->executor());
    }
    timer_->expires_after(*request_.idle_timeout);
    timer_->async_wait(
        [weak = weak_from_this(), round = ++timer_round_](const boost::system::error_code& error) {
            const auto self = weak.lock();
            if (self && !error && self->timer_round_ == round) {
                self->fail({base::ErrorCode::kDeadlineExceeded,
                            "nothing more came from " + self->route_.url.address()});
            }
        });
}

void Transfer::complete(CURLcode code) {
    if (stopped_) {
        end(std::move(stopped_));
        return;
    }
    const bool is_surveyed = delivery_ == Delivery::kSurvey && surveyed_ && code == CURLE_COULDNT_CONNECT;
    if (is_surveyed || (code == CURLE_OK && header_complete_)) {
        end(std::nullopt);
        return;
    }
    if (code == CURLE_OK) {
        code = CURLE_GOT_NOTHING;  // libcurl is content with the beginning of a header
    }
    Failure failure{.code = code,
                    .address = route_.url.address(),
                    .proxy = route_.proxy,
                    .error_text = error_text_.data()};
    curl_easy_getinfo(easy_, CURLINFO_OS_ERRNO, &failure.system_error);
    end(describe(failure));
}

void Transfer::fail(base::Error error) { end(std::move(error)); }

void Transfer::end(std::optional<base::Error> error) {
    if (ended_) {
        return;
    }
    ended_ = true;
    error_ = std::move(error);
    clear_deadline();
    multi_->remove(*this);
    release();
    changed_.set();
}

}  // namespace http_curl
