// SPDX-License-Identifier: 0BSD
// The HTTP client on libcurl: HTTP/2 over TLS where the server speaks it, HTTP/1.1 otherwise.
#pragma once

#include <memory>

#include "base/task.hpp"
#include "io/http/client.hpp"

namespace http {

// The client lives on the loop's thread. Destroying it ends outstanding requests and streams with kCancelled.
std::unique_ptr<Client> make_curl_client(base::Executor executor, ClientOptions options);

}  // namespace http
