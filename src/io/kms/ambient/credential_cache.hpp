// SPDX-License-Identifier: 0BSD
// CredentialCache: one credential that expires, asked for once for all who need it and renewed before its end.
#pragma once

#include <algorithm>
#include <chrono>
#include <memory>
#include <utility>

#include "base/clock.hpp"
#include "base/single_flight.hpp"
#include "base/task.hpp"

namespace kms_ambient {

template <class T>
struct Issued {
    T credential;
    base::WallTime expires;
};

// When a credential that was obtained and expires then is to be replaced: five minutes before its end, so that what is being
// sent is still good when it arrives; of a short life only the last quarter.
inline base::WallTime renewal_time(base::WallTime obtained, base::WallTime expires) {
    constexpr base::Duration kMarginMax = std::chrono::minutes(5);
    return expires - std::min(kMarginMax, (expires - obtained) / 4);
}

// Outlives the tasks that wait in it.
template <class T>
class CredentialCache {
public:
    using Pointer = std::shared_ptr<const T>;

    CredentialCache(base::Executor executor, const base::Clock& clock)
        : clock_(clock), flight_(std::move(executor)) {}

    // The credential to use now. `issue()` is called for a new one, as base::Task<Issued<T>>, by one of those who wait; what it
    // refers to outlives the answer. While a renewal fails the old credential serves to its end. Errors: those of `issue`.
    template <class Issue>
    base::Task<Pointer> get(Issue issue) {
        if (credential_ && clock_.now() < renewal_) {
            co_return credential_;
        }
        const auto renewed = co_await flight_.run([this, &issue] { return renew(issue); });
        if (renewed) {
            co_return latest_;
        }
        if (renewed.error().code != base::ErrorCode::kCancelled && credential_ && clock_.now() < expires_) {
            co_return credential_;
        }
        co_return renewed.error();
    }

    // The service did not take `credential`: the next get() asks for another one.
    void refused(const Pointer& credential) {
        if (credential == credential_) {
            credential_.reset();
        }
    }

private:
    template <class Issue>
    base::Task<void> renew(Issue& issue) {
        const auto obtained = clock_.now();
        auto issued = co_await issue();
        if (!issued) {
            co_return issued.error();
        }
        latest_ = std::make_shared<const T>(std::move(issued->credential));
        credential_ = latest_;
        expires_ = issued->expires;
        renewal_ = renewal_time(obtained, expires_);
        co_return base::Result<void>{};
    }

    const base::Clock& clock_;
    base::SingleFlight flight_;
    Pointer latest_;      // for those who waited, even when it was refused meanwhile
    Pointer credential_;  // the one to use, or nullptr
    base::WallTime expires_{};
    base::WallTime renewal_{};
};

}  // namespace kms_ambient
