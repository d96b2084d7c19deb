// SPDX-License-Identifier: 0BSD
#include "io/kms/ambient/secret_json.hpp"

#include <new>

#include <boost/json/memory_resource.hpp>
#include <boost/json/parser.hpp>
#include <boost/json/storage_ptr.hpp>
#include <openssl/crypto.h>

namespace kms_ambient {

namespace {

constexpr std::size_t kDepthMax = 16;

class WipingMemory final : public boost::json::memory_resource {
private:
    void* do_allocate(std::size_t bytes, std::size_t alignment) override {
        return ::operator new(bytes, std::align_val_t(alignment));
    }
    void do_deallocate(void* memory, std::size_t bytes, std::size_t alignment) override {
        OPENSSL_cleanse(memory, bytes);
        ::operator delete(memory, std::align_val_t(alignment));
    }
    bool do_is_equal(const memory_resource& other) const noexcept override { return this == &other; }
};

}  // namespace

model::Value parse_secret_json(std::string_view text) {
    const auto memory = boost::json::make_shared_resource<WipingMemory>();
    boost::json::parse_options options;
    options.max_depth = kDepthMax;
    boost::json::parser parser(memory, options);
    parser.reset(memory);
    boost::system::error_code error;
    parser.write(text, error);
    return error ? model::Value() : parser.release();
}

}  // namespace kms_ambient
