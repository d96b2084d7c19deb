// SPDX-License-Identifier: 0BSD
#include "engine/render/renderer.hpp"

#include <optional>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include "base/task_group.hpp"
#include "base/testing/run.hpp"

namespace render {
namespace {

std::shared_ptr<const artifact::FileTree> tree(const std::string& text) {
    return std::make_shared<const artifact::FileTree>(artifact::FileTree{
        .files = {{"a.yaml",
                   "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {k: \"" + text + "\"}}"}},
        .skipped = {}});
}

class RendererTest : public testing::Test {
protected:
    std::shared_ptr<const Rendered> render(Renderer& renderer, const std::string& digest,
                                           RenderRequest request = {}) {
        return render_inputs(renderer, digest, {std::move(request), nullptr});
    }
    std::shared_ptr<const Rendered> render_inputs(Renderer& renderer, const std::string& digest,
                                                  StageInputs inputs) {
        auto outcome =
            base::testing::run_task(loop, renderer.render(digest, tree("of " + digest), std::move(inputs)));
        EXPECT_TRUE(outcome) << outcome.error().text();
        return outcome ? outcome->rendered : nullptr;
    }

    boost::asio::io_context loop;
    base::Compute compute{1};
};

TEST_F(RendererTest, TheSameInputIsRenderedOnce) {
    Renderer renderer(compute);
    const auto first = render(renderer, "one");
    EXPECT_EQ(render(renderer, "one"), first);
    EXPECT_NE(render(renderer, "two"), first);
    EXPECT_NE(render(renderer, "one", {.variables = {{"a", "b"}}}), first);
    EXPECT_NE(render(renderer, "one", {.path = "."}), first);
    EXPECT_NE(render(renderer, "one", {.helm_hooks = false}), first);
    EXPECT_NE(render(renderer, "one",
                     {.patches = {{"{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}", {}}}}),
              first);
    EXPECT_EQ(render(renderer, "one"), first);
}

TEST_F(RendererTest, OtherKeysAreAnotherInput) {
    Renderer renderer(compute);
    const auto with_keys = [&](const std::string& version) {
        auto keys = std::make_shared<decrypt::Keys>();
        keys->version = version;
        return render_inputs(renderer, "one", {{}, std::move(keys)});
    };
    const auto first = with_keys("u1 7");
    EXPECT_EQ(with_keys("u1 7"), first);
    EXPECT_NE(with_keys("u1 8"), first);
    EXPECT_NE(with_keys(""), first);
    EXPECT_NE(render(renderer, "one"), with_keys(""));
}

TEST_F(RendererTest, KeepsNoMoreThanItsBound) {
    Renderer unbounded(compute);
    render(unbounded, "one");
    const std::size_t one = unbounded.cached_bytes();
    Renderer renderer(compute, nullptr, 2 * one);
    const auto first = render(renderer, "one");
    render(renderer, "two");
    EXPECT_EQ(render(renderer, "one"), first);
    render(renderer, "six");
    EXPECT_LE(renderer.cached_bytes(), 2 * one);
    EXPECT_EQ(render(renderer, "one"), first) << "used last but one";
    Renderer tiny(compute, nullptr, 1);
    EXPECT_NE(render(tiny, "one"), render(tiny, "one"));
    EXPECT_EQ(tiny.cached_bytes(), 0U);
}

base::Task<void> render_into(Renderer& renderer, RenderRequest request,
                             std::optional<base::Result<Outcome>>& result) {
    result = co_await renderer.render("one", tree("x"), {std::move(request), nullptr});
    co_return base::Result<void>{};
}

TEST_F(RendererTest, AllWhoAskMeanwhileGetOneRenderThoughTheFirstIsCancelled) {
    Renderer renderer(compute);
    base::TaskGroup group(loop.get_executor());
    std::vector<std::optional<base::Result<Outcome>>> results(4);
    std::vector<base::TaskHandle> handles;
    for (auto& result : results) {
        handles.push_back(group.spawn(render_into(renderer, {}, result)));
    }
    base::testing::settle(loop);
    handles[0].cancel();
    handles[2].cancel();
    ASSERT_TRUE(base::testing::run_task(loop, group.join()));
    ASSERT_TRUE(results[1]->has_value() && results[3]->has_value());
    EXPECT_EQ((*results[1])->rendered, (*results[3])->rendered);
    EXPECT_EQ(results[2]->error().code, base::ErrorCode::kCancelled);
}

TEST_F(RendererTest, AFailureReachesAllWhoWaitForIt) {
    Renderer renderer(compute);
    base::TaskGroup group(loop.get_executor());
    std::vector<std::optional<base::Result<Outcome>>> results(3);
    for (auto& result : results) {
        group.spawn(render_into(renderer, RenderRequest{.path = "missing"}, result));
    }
    ASSERT_TRUE(base::testing::run_task(loop, group.join()));
    for (const auto& result : results) {
        ASSERT_TRUE(result && !*result);
        EXPECT_EQ(result->error().code, base::ErrorCode::kNotFound);
    }
}

TEST_F(RendererTest, AFailureIsNotKept) {
    Renderer renderer(compute);
    const auto failed =
        base::testing::run_task(loop, renderer.render("one", tree("x"), {{.path = "missing"}, nullptr}));
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().code, base::ErrorCode::kNotFound);
    EXPECT_EQ(renderer.cached_bytes(), 0U);
}

}  // namespace
}  // namespace render
