// SPDX-License-Identifier: 0BSD
#include "control/reconcile/status_writer.hpp"

#include <gtest/gtest.h>

#include "io/kube/testing/informer_fixture.hpp"

namespace reconcile {
namespace {

using kube::testing::on;
using model::Value;

const model::GroupVersionKind kStageSet{"stages.metio.wtf", "v1", "StageSet"};
const kube::ObjectRef kSet{kStageSet, "t", "s"};

Value condition(const char* type, const char* status) { return {{"type", type}, {"status", status}}; }

class StatusWriterTest : public ::testing::Test {
protected:
    StatusWriterTest() {
        api.put({{"apiVersion", "stages.metio.wtf/v1"},
                 {"kind", "StageSet"},
                 {"metadata", {{"name", "s"}, {"namespace", "t"}}}});
        read = std::make_shared<const Value>(*api.object("StageSet", "t", "s"));
    }
    ~StatusWriterTest() override {
        group.cancel();
        base::testing::settle(loop);
    }
    // Writes Ready=True over the object as it was read at the start.
    base::Result<kube::ObjectPtr> write() {
        model::StageSetStatus status = model::parse_status(*read);
        model::Condition ready;
        ready.type = "Ready";
        ready.status = "True";
        model::set_condition(status.conditions, std::move(ready), clock.now());
        std::optional<base::Result<kube::ObjectPtr>> result;
        group.spawn(keep(std::move(status), result));
        base::testing::settle(loop);
        return result.value_or(base::Error{base::ErrorCode::kInternal, "the task never ended"});
    }
    base::Task<void> keep(model::StageSetStatus status,
                          std::optional<base::Result<kube::ObjectPtr>>& result) {
        result.emplace(co_await writer.write(read, std::move(status)));
        co_return base::Result<void>{};
    }
    // As another controller does it, whose object we have not seen yet.
    void write_other(const char* status) {
        const Value conditions = model::Array{condition("Other", status)};
        api.set_status(kSet, {{"conditions", conditions}, {"lastHandledUpdateOverride", status}});
    }
    std::string conditions() const {
        std::string text;
        for (const Value& each :
             *model::find_array(*api.object("StageSet", "t", "s"), {"status", "conditions"})) {
            text += fmt::format("{}={} ", model::find_string(each, {"type"}),
                                model::find_string(each, {"status"}));
        }
        return text;
    }

    base::asio::io_context loop;
    base::testing::FakeClock clock{loop.get_executor()};
    base::Rng rng{7};
    kube::testing::FakeApi api{loop.get_executor(), clock};
    kube::Informer stagesets{api, clock, rng, {}, loop.get_executor(), {kStageSet, {}, "", false, nullptr}};
    StatusWriter writer{api, stagesets};
    base::TaskGroup group{loop.get_executor()};
    kube::ObjectPtr read;
};

TEST_F(StatusWriterTest, WithoutOthersItIsOneRequest) {
    ASSERT_TRUE(write());
    EXPECT_EQ(conditions(), "Ready=True ");
    EXPECT_EQ(api.requests().size(), 1U);
}

TEST_F(StatusWriterTest, AConditionThatAnotherWroteMeanwhileStays) {
    write_other("1");
    ASSERT_TRUE(write());
    EXPECT_EQ(conditions(), "Ready=True Other=1 ");
    EXPECT_EQ(model::find_string(*api.object("StageSet", "t", "s"), {"status", "lastHandledUpdateOverride"}),
              "1");
}

TEST_F(StatusWriterTest, OneWhoWritesAllTheTimeDoesNotKeepUsFromIt) {
    int count = 0;
    api.before_request([this, &count](const kube::testing::Request& request) {
        if (request.verb == "patch") {
            write_other(std::to_string(++count).c_str());
        }
    });
    ASSERT_TRUE(write());
    EXPECT_TRUE(conditions().starts_with("Ready=True Other=")) << conditions();
    EXPECT_EQ(api.requests_matching(on("patch")), 6U);
}

TEST_F(StatusWriterTest, OtherErrorsAreTold) {
    api.fail_always(on("patch"), {base::ErrorCode::kForbidden, "no right"});
    const auto written = write();
    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().code, base::ErrorCode::kForbidden);

    api.clear_faults();
    write_other("1");
    api.fail_always(on("get"), {base::ErrorCode::kUnavailable, "no answer"});
    EXPECT_FALSE(write());
}

}  // namespace
}  // namespace reconcile
