// SPDX-License-Identifier: 0BSD
#include "io/kube/event_body.hpp"

#include <gtest/gtest.h>

#include "model/json.hpp"
#include "model/utf8.hpp"

namespace kube {
namespace {

const Value kStageSet = {
    {"apiVersion", "stages.metio.wtf/v1"},
    {"kind", "StageSet"},
    {"metadata", {{"name", "shop"}, {"namespace", "t"}, {"uid", "u-1"}, {"resourceVersion", "7"}}},
    {"spec", {{"stages", {"not", "copied"}}}}};

EventFacts facts() {
    return {EventType::kWarning, "StageFailed", "stage \"web\" apply: no", "stageset-controller-h",
            base::WallTime(std::chrono::nanoseconds(1'750'000'000'123'456'789))};
}

TEST(EventBody, CarriesWhatTheSpecificationNames) {
    EXPECT_EQ(model::to_json_pretty(event_body(kStageSet, facts(), 0x1234abcd)),
              R"({
  "action": "StageFailed",
  "apiVersion": "events.k8s.io/v1",
  "eventTime": "2025-06-15T15:06:40.123456Z",
  "kind": "Event",
  "metadata": {
    "name": "shop.1234abcd",
    "namespace": "t"
  },
  "note": "stage \"web\" apply: no",
  "reason": "StageFailed",
  "regarding": {
    "apiVersion": "stages.metio.wtf/v1",
    "kind": "StageSet",
    "name": "shop",
    "namespace": "t",
    "resourceVersion": "7",
    "uid": "u-1"
  },
  "reportingController": "stageset-controller",
  "reportingInstance": "stageset-controller-h",
  "type": "Warning"
}
)");
}

TEST(EventBody, AClusterScopedObjectsEventLivesInTheDefaultNamespace) {
    const Value node = {{"apiVersion", "v1"}, {"kind", "Node"}, {"metadata", {{"name", "n"}}}};
    const Value body = event_body(node, facts(), 1);
    EXPECT_EQ(model::namespace_of(body), "default");
    EXPECT_EQ(model::find(body, {"regarding", "namespace"}), nullptr);
}

TEST(EventBody, StaysWithinTheServersBounds) {
    EventFacts long_facts = facts();
    long_facts.note = std::string(5000, 'n');
    long_facts.reason = std::string(300, 'R');
    long_facts.instance = std::string(300, 'i');
    Value object = kStageSet;
    model::ensure_object(object, {"metadata"})["name"] = std::string(235, 'a') + "-" + std::string(17, 'b');
    const Value body = event_body(object, long_facts, INT64_MAX);
    EXPECT_EQ(model::find_string(body, {"note"}).size(), 1024U);
    EXPECT_EQ(model::find_string(body, {"reason"}).size(), 128U);
    EXPECT_EQ(model::find_string(body, {"action"}).size(), 128U);
    EXPECT_EQ(model::find_string(body, {"reportingInstance"}).size(), 128U);
    EXPECT_EQ(model::name_of(body), std::string(235, 'a') + ".7fffffffffffffff");
}

TEST(EventText, EndsBetweenTwoCharacters) {
    EXPECT_EQ(event_text("aé", 2), "a");
    EXPECT_EQ(event_text("aé", 3), "aé");
    EXPECT_EQ(event_text("€€", 5), "€");
    EXPECT_EQ(event_text("", 5), "");
    EXPECT_EQ(event_text("abc", 3), "abc");
}

TEST(EventText, BrokenBytesAreReplaced) {
    EXPECT_EQ(event_text("a\xFFz", 10), "a\xEF\xBF\xBDz");
    EXPECT_EQ(event_text("a\xFFz", 3), "a");
    EXPECT_TRUE(model::is_utf8(event_text(std::string(2000, '\xC3'), 1024)));
    EXPECT_LE(event_text(std::string(2000, '\xC3'), 1024).size(), 1024U);
}

}  // namespace
}  // namespace kube
