// SPDX-License-Identifier: 0BSD
#include "engine/render/variables.hpp"

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include "base/testing/fake_clock.hpp"
#include "base/testing/run.hpp"
#include "io/kube/testing/fake_api.hpp"

namespace render {
namespace {

using base::ErrorCode;
using model::SubstituteKind;

class ReadVariables : public testing::Test {
protected:
    ReadVariables() {
        api.put({{"apiVersion", "v1"},
                 {"kind", "ConfigMap"},
                 {"metadata", {{"name", "a"}, {"namespace", "t"}}},
                 {"data", {{"X", "1"}, {"Y", "1"}}},
                 {"binaryData", {{"B", "eA=="}}}});
        api.put({{"apiVersion", "v1"},
                 {"kind", "Secret"},
                 {"metadata", {{"name", "b"}, {"namespace", "t"}}},
                 {"data", {{"X", "Mgo="}}}});
        api.put({{"apiVersion", "v1"},
                 {"kind", "Secret"},
                 {"metadata", {{"name", "odd"}, {"namespace", "t"}}},
                 {"data", {{"X", "hunter2!"}}}});
    }
    base::Result<envsubst::Variables> read(std::vector<model::SubstituteReference> from,
                                           std::map<std::string, std::string> inline_values = {}) {
        return base::testing::run_task(loop,
                                       read_variables(api, "t", {std::move(inline_values), std::move(from)}));
    }

    boost::asio::io_context loop;
    base::testing::FakeClock clock{loop.get_executor()};
    kube::testing::FakeApi api{loop.get_executor(), clock};
};

TEST_F(ReadVariables, LaterOverridesEarlierAndInlineOverridesAll) {
    const auto variables =
        read({{SubstituteKind::kConfigMap, "a", false}, {SubstituteKind::kSecret, "b", false}}, {{"Y", "3"}});
    ASSERT_TRUE(variables) << variables.error().text();
    EXPECT_EQ(*variables, (envsubst::Variables{{"X", "2\n"}, {"Y", "3"}})) << "verbatim, and no binaryData";
}

TEST_F(ReadVariables, AMissingOneMustBeOptional) {
    EXPECT_TRUE(read({{SubstituteKind::kConfigMap, "gone", true}}).value().empty());
    const auto missing = read({{SubstituteKind::kConfigMap, "gone", false}});
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().code, ErrorCode::kNotFound);
    EXPECT_NE(missing.error().text().find("substituteFrom: ConfigMap t/gone"), std::string::npos)
        << missing.error().text();
}

TEST_F(ReadVariables, OptionalSaysNothingOfRights) {
    api.fail_always(kube::testing::on("get"), {ErrorCode::kForbidden, "no right"});
    EXPECT_EQ(read({{SubstituteKind::kConfigMap, "a", true}}).error().code, ErrorCode::kForbidden);
}

TEST_F(ReadVariables, NoErrorHoldsAValue) {
    const auto odd = read({{SubstituteKind::kSecret, "odd", false}});
    ASSERT_FALSE(odd);
    EXPECT_EQ(odd.error().code, ErrorCode::kInvalid);
    EXPECT_EQ(odd.error().text().find("hunter2"), std::string::npos) << odd.error().text();
    EXPECT_NE(odd.error().text().find("Secret t/odd: key \"X\" is no base64"), std::string::npos)
        << odd.error().text();
}

}  // namespace
}  // namespace render
