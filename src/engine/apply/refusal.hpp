// SPDX-License-Identifier: 0BSD
// What the server means by refusing a change of an object that exists. Pure.
#pragma once

#include <string>

#include "base/error.hpp"
#include "io/kube/errors.hpp"

namespace apply {

enum class Refusal {
    kImmutable,  // fields differ that can only be set at creation, and nothing else is wrong
    kRace,       // somebody wrote at the same time: to be tried again
    kConflict,   // another 409: it stays, whoever tries
    kOther,      // a validation error, a missing right, …
};

// A 422 is kImmutable only when every cause is a complaint of immutability: an object that breaks another rule, too, could not
// be created anew, so that deleting it would lose it. Without causes, as admission webhooks answer, the message counts.
Refusal refusal_of(const base::Error& error);

// One cause. Only the server's own words count, not the value that it quotes.
bool is_immutability_complaint(const kube::StatusCause& cause);

// What of the object cannot be changed, in short and without the values: "spec.template: field is immutable". Empty where the
// server did not say.
std::string immutable_fields(const base::Error& error);

}  // namespace apply
