// SPDX-License-Identifier: 0BSD
// H2Peer: runs the Go test server as a process and knows its addresses and certificates.
#pragma once

#include <string>
#include <sys/types.h>

namespace http_curl::testing {

class H2Peer {
public:
    // Starts the program and waits until it listens; aborts the test program when it cannot.
    explicit H2Peer(const char* program);
    // Closes the server's input, on which it ends, and waits for it.
    ~H2Peer();
    H2Peer(const H2Peer&) = delete;
    H2Peer& operator=(const H2Peer&) = delete;

    // "https://127.0.0.1:PORT" of "h2", "few" (4 streams a connection), "h1" or "mutual" (wants a client certificate).
    std::string url(const std::string& listener, const std::string& path) const;
    const std::string& ca_pem() const { return ca_pem_; }
    const std::string& certificate_pem() const { return certificate_pem_; }
    const std::string& key_pem() const { return key_pem_; }

private:
    pid_t process_ = -1;
    int input_ = -1;
    std::string listeners_;
    std::string ca_pem_;
    std::string certificate_pem_;
    std::string key_pem_;
};

}  // namespace http_curl::testing
