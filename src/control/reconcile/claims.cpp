// SPDX-License-Identifier: 0BSD
#include "control/reconcile/claims.hpp"

#include <utility>

#include "base/deadline.hpp"
#include "control/reconcile/stage_build.hpp"

namespace reconcile {

namespace {

// A slow source of a later stage must not keep the first one from work.
constexpr base::Duration kLookAheadMax = std::chrono::seconds(10);

// Errors: kCancelled only.
base::Task<inventory::Entries> claims_of(Engine& engine, const Snapshot& snapshot,
                                         std::shared_ptr<const decrypt::Keys> keys, std::size_t index,
                                         base::Turn& turn) {
    auto inputs = co_await stage_inputs(engine, snapshot, std::move(keys), index);
    if (!inputs) {
        co_return inputs.error().code == base::ErrorCode::kCancelled
            ? base::Result<inventory::Entries>(inputs.error())
            : inventory::Entries{};
    }
    const auto built = co_await build_stage(engine, snapshot, index, std::move(*inputs), turn);
    if (!built) {
        co_return built.error();
    }
    co_return built->rendered ? inventory::entries_of(built->rendered->objects) : inventory::Entries{};
}

}  // namespace

std::optional<std::string> describe_duplicates(const Snapshot& snapshot,
                                               std::span<const inventory::Entries> claims) {
    const auto duplicates = inventory::duplicate_claims(claims);
    if (duplicates.empty()) {
        return std::nullopt;
    }
    const inventory::DuplicateClaim& first = duplicates.front();
    return fmt::format(
        "{} object(s) are claimed by two stages, first {} by \"{}\" and \"{}\"; an object belongs to one "
        "stage: remove it from one of them",
        duplicates.size(), first.id.text(), snapshot.stages[first.first_stage].name,
        snapshot.stages[first.second_stage].name);
}

base::Task<std::vector<inventory::Entries>> claims_ahead(Engine& engine, const Snapshot& snapshot,
                                                         std::shared_ptr<const decrypt::Keys> keys,
                                                         base::Turn& turn) {
    const base::SteadyTime deadline = engine.clock.steady_now() + kLookAheadMax;
    std::vector<inventory::Entries> claims;
    for (std::size_t index = 0; index < snapshot.stages.size(); ++index) {
        auto claimed = co_await base::with_deadline(claims_of(engine, snapshot, keys, index, turn),
                                                    engine.clock, deadline, "the look ahead took too long");
        if (!claimed && claimed.error().code != base::ErrorCode::kDeadlineExceeded) {
            co_return claimed.error();
        }
        if (!claimed) {
            // The place was given back for what was too slow.
            if (auto taken = co_await turn.take(); !taken) {
                co_return taken.error();
            }
            break;
        }
        claims.push_back(std::move(*claimed));
    }
    co_return claims;
}

}  // namespace reconcile
