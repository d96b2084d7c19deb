// SPDX-License-Identifier: 0BSD
#include "rules/transform/sort_order.hpp"

#include <gtest/gtest.h>

#include "rules/transform/testing/objects.hpp"

namespace transform {
namespace {

using testing::value;

std::string order(std::string_view yaml, const SortOptions& options) {
    Resources all = testing::objects(yaml);
    transform::apply(all, options);
    std::string names;
    for (const Resource& resource : all) {
        names += (names.empty() ? "" : " ") + std::string(model::name_of(resource.object));
    }
    return names;
}

TEST(SortOrder, LegacyPutsFirstWhatOthersNeed) {
    EXPECT_EQ(order(R"(
{apiVersion: admissionregistration.k8s.io/v1, kind: ValidatingWebhookConfiguration, metadata: {name: hook}}
---
{apiVersion: v1, kind: Pod, metadata: {name: pod}}
---
{apiVersion: apps/v1, kind: Deployment, metadata: {name: deployment}}
---
{apiVersion: v1, kind: Service, metadata: {name: service-b}}
---
{apiVersion: v1, kind: Service, metadata: {name: service-a, namespace: z}}
---
{apiVersion: v1, kind: Service, metadata: {name: service-c, namespace: a}}
---
{apiVersion: batch/v1, kind: Job, metadata: {name: job}}
---
{apiVersion: e.com/v1, kind: Namespace, metadata: {name: other-namespace}}
---
{apiVersion: v1, kind: Namespace, metadata: {name: namespace}}
)",
                    legacy_sort_options()),
              "namespace other-namespace service-c service-a service-b deployment job pod hook");
}

TEST(SortOrder, FifoKeepsTheOrder) {
    EXPECT_EQ(order("{kind: Pod, metadata: {name: b}}\n---\n{kind: Namespace, metadata: {name: a}}", {}),
              "b a");
}

TEST(SortOrder, TakesListsOfItsOwn) {
    const auto options = parse_sort_options(
        value("{order: legacy, legacySortOptions: {orderFirst: [C], orderLast: [A, Namespace]}}"));
    ASSERT_TRUE(options) << options.error().text();
    EXPECT_EQ(order("{kind: Namespace, metadata: {name: n}}\n---\n{kind: A, metadata: {name: a}}\n---\n"
                    "{kind: B, metadata: {name: b}}\n---\n{kind: C, metadata: {name: c}}",
                    *options),
              "c b a n");
}

TEST(SortOrder, IsRead) {
    EXPECT_EQ(parse_sort_options(value("order: fifo"))->order, SortOrder::kFifo);
    EXPECT_EQ(parse_sort_options(value("order: legacy"))->order_first, legacy_sort_options().order_first);
    EXPECT_EQ(parse_sort_transformer(value("{kind: X, sortOptions: {order: legacy}}"))->order,
              SortOrder::kLegacy);
}

TEST(SortOrder, RefusesWhatIsNoOrder) {
    const std::pair<std::string_view, std::string_view> rows[] = {
        {"order: none", "must be one of [fifo, legacy]"},
        {"legacySortOptions: {}", "must be one of [fifo, legacy]"},
        {"{order: fifo, legacySortOptions: {orderFirst: []}}",
         "is set but the selected sort order is 'fifo'"},
        {"{order: legacy, legacySortOptions: {orderFirst: [1]}}", "orderFirst"},
        {"{order: legacy, legacySortOptions: {orderLast: x}}", "orderLast"},
        {"{order: legacy, legacySortOptions: {first: []}}", "unknown field"},
        {"{order: 1}", "order"},
        {"{sort: legacy}", "unknown field"},
    };
    for (const auto& [text, reason] : rows) {
        const auto options = parse_sort_options(value(text));
        ASSERT_FALSE(options) << text;
        EXPECT_NE(options.error().message.find(reason), std::string::npos) << options.error().message;
    }
}

}  // namespace
}  // namespace transform
