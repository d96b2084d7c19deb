// SPDX-License-Identifier: 0BSD
#include "model/packed.hpp"

#include <algorithm>
#include <limits>
#include <string>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "base/invariant.hpp"

namespace model {

namespace {

// Deeper than anything that parse_json() lets in.
constexpr std::size_t kDepthMax = 1000;

}  // namespace

PackedObject::PackedObject(const Value& object) {
    const std::string json = boost::json::serialize(object);
    const std::string_view ns = namespace_of(object);
    const std::string_view name = name_of(object);
    base::invariant(json.size() <= std::numeric_limits<std::uint32_t>::max(),
                    "an object is too large to be kept");
    ns_size_ = static_cast<std::uint32_t>(ns.size());
    name_size_ = static_cast<std::uint32_t>(name.size());
    json_size_ = static_cast<std::uint32_t>(json.size());
    memory_ = std::make_unique_for_overwrite<char[]>(ns.size() + name.size() + json.size());
    char* end = std::ranges::copy(ns, memory_.get()).out;
    end = std::ranges::copy(name, end).out;
    std::ranges::copy(json, end);
}

std::shared_ptr<const Value> PackedObject::unpack() const {
    boost::json::parse_options options;
    options.max_depth = kDepthMax;
    boost::system::error_code error;
    auto value = std::make_shared<const Value>(boost::json::parse(
        std::string_view(memory_.get() + ns_size_ + name_size_, json_size_), error, {}, options));
    base::invariant(!error, "a packed object is no JSON");
    return value;
}

}  // namespace model
