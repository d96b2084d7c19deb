// SPDX-License-Identifier: 0BSD
// Many StageSets on one artifact: it is downloaded, unpacked and rendered once.
#include <optional>
#include <set>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include "base/digest.hpp"
#include "base/task_group.hpp"
#include "base/testing/run.hpp"
#include "engine/render/renderer.hpp"
#include "io/artifact/fetch/http_fetcher.hpp"
#include "io/artifact/fetch/testing/archive_builder.hpp"
#include "io/artifact/fetch/testing/server_double.hpp"

namespace controller {
namespace {

struct Outcome {
    std::shared_ptr<const artifact::FileTree> tree;
    std::shared_ptr<const render::Rendered> rendered;
};

// What each StageSet's run does with its stage.
base::Task<void> deliver(artifact::Fetcher& fetcher, render::Renderer& renderer, artifact::ArtifactRef ref,
                         render::RenderRequest request, Outcome& outcome) {
    auto tree = co_await fetcher.fetch(ref);
    if (!tree) {
        co_return tree.error();
    }
    outcome.tree = *tree;
    auto rendered = co_await renderer.render(ref.digest, *tree, {std::move(request), nullptr});
    if (!rendered) {
        co_return rendered.error();
    }
    outcome.rendered = rendered->rendered;
    co_return base::Result<void>{};
}

TEST(SharedArtifact, IsDownloadedUnpackedAndRenderedOnceForFiveHundredStageSets) {
    const std::string archive =
        artifact::testing::ArchiveBuilder()
            .file("a.yaml", "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {k: \"${X}\"}}\n")
            .tar_gz();
    const artifact::ArtifactRef ref{"http://source.flux-system.svc/a.tar.gz", base::sha256(archive).text()};
    boost::asio::io_context loop;
    base::Compute compute{2};
    artifact::testing::ServerDouble server(loop.get_executor());
    server.serve("http://source.flux-system.svc/a.tar.gz", archive);
    base::SystemClock clock;
    base::Rng rng(7);
    artifact::HttpFetcher fetcher({server, compute, clock, rng, base::Logger()}, loop.get_executor(), {});
    render::Renderer renderer(compute);

    // Two in five have variables of their own: another render, and the same download.
    std::vector<Outcome> outcomes(500);
    base::TaskGroup group(loop.get_executor());
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
        const render::RenderRequest request{.variables = {{"X", i % 5 < 2 ? "other" : "one"}}};
        group.spawn(deliver(fetcher, renderer, ref, request, outcomes[i]));
    }
    ASSERT_TRUE(base::testing::run_task(loop, group.join()));
    std::set<const void*> trees;
    std::set<const void*> renders;
    for (const Outcome& outcome : outcomes) {
        ASSERT_TRUE(outcome.rendered);
        trees.insert(outcome.tree.get());
        renders.insert(outcome.rendered.get());
    }
    EXPECT_EQ(server.requests.size(), 1U);
    EXPECT_EQ(trees.size(), 1U);
    EXPECT_EQ(renders.size(), 2U);
    EXPECT_TRUE(base::testing::run_task(loop, fetcher.close()));
}

}  // namespace
}  // namespace controller
