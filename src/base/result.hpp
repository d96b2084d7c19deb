// SPDX-License-Identifier: 0BSD
// Result<T>: a value or an Error; ignoring one does not compile.
#pragma once

#include <expected>
#include <string>
#include <utility>

#include "base/error.hpp"

namespace base {

template <class T>
class [[nodiscard]] Result : public std::expected<T, Error> {
public:
    using Expected = std::expected<T, Error>;
    using Expected::Expected;
    // An Error converts by itself, so that functions say `return error;`.
    Result(Error error) : Expected(std::unexpect, std::move(error)) {}
};

template <>
class [[nodiscard]] Result<void> : public std::expected<void, Error> {
public:
    using Expected = std::expected<void, Error>;
    using Expected::Expected;
    Result(Error error) : Expected(std::unexpect, std::move(error)) {}
};

}  // namespace base
