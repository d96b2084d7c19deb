// SPDX-License-Identifier: 0BSD
#include "model/compact.hpp"

#include <boost/json/memory_resource.hpp>
#include <gtest/gtest.h>

#include "model/json.hpp"

namespace model {
namespace {

// Counts what is asked of the heap.
class Counting final : public boost::json::memory_resource {
public:
    std::size_t bytes = 0;

private:
    void* do_allocate(std::size_t size, std::size_t alignment) override {
        bytes += size;
        return ::operator new(size, std::align_val_t(alignment));
    }
    void do_deallocate(void* place, std::size_t size, std::size_t alignment) override {
        ::operator delete(place, size, std::align_val_t(alignment));
    }
    bool do_is_equal(const boost::json::memory_resource& other) const noexcept override {
        return this == &other;
    }
};

std::string wide_map() {
    std::string text = "{";
    for (int i = 0; i < 100; ++i) {
        text += (i == 0 ? "" : ",") + ("\"key-" + std::to_string(i)) + "\":[" + std::to_string(i) + "]";
    }
    return text + "}";
}

class CompactBytes : public testing::TestWithParam<std::string> {};

TEST_P(CompactBytes, AreThoseOfACopy) {
    const Value source = *parse_json(GetParam(), "test");
    Counting counting;
    const Value copy(source, &counting);
    EXPECT_NEAR(static_cast<double>(compact_bytes(source)), static_cast<double>(counting.bytes),
                8 + 0.15 * static_cast<double>(counting.bytes));
}

INSTANTIATE_TEST_SUITE_P(
    Shapes, CompactBytes,
    testing::Values("null", "1.5", "\"short\"",
                    "\"a text that is longer than those which lie inside of their value\"", "{}", "[]",
                    R"([[],{},[1,"two",{"three":null}]])",
                    R"({"":"","metadata":{"name":"web","labels":{"a":"b"}}})", wide_map()));

}  // namespace
}  // namespace model
