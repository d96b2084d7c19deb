// SPDX-License-Identifier: 0BSD
// Against a real API server: set STAGESET_TEST_KUBECONFIG to an administrator's kubeconfig, and
// STAGESET_TEST_RESTART_APISERVER to a command that restarts its API server.
#include <cstdlib>
#include <optional>
#include <string>

#include <gtest/gtest.h>

#include "base/task_group.hpp"
#include "io/http/curl/curl_client.hpp"
#include "io/kube/errors.hpp"
#include "io/kube/rest/process.hpp"
#include "io/kube/rest/rest_client.hpp"
#include "io/kube/rest/service_account_credentials.hpp"
#include "model/json.hpp"

namespace kube {
namespace {

using namespace std::chrono_literals;
using base::ErrorCode;

const GroupVersionKind kConfigMap{"", "v1", "ConfigMap"};

std::string environment(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? std::string() : std::string(value);
}

Value json(const std::string& text) {
    auto value = model::parse_json(text, "test");
    EXPECT_TRUE(value) << text;
    return value ? *value : Value();
}

template <class T>
boost::asio::awaitable<void> store_and_stop(base::Task<T> task, std::optional<base::Result<T>>& result,
                                            boost::asio::io_context& loop) {
    co_await boost::asio::this_coro::throw_if_cancelled(false);
    result.emplace(co_await std::move(task));
    loop.stop();
}

class OnACluster : public ::testing::Test {
protected:
    void SetUp() override {
        ConfigSources sources;
        sources.kubeconfig = environment("STAGESET_TEST_KUBECONFIG");
        if (sources.kubeconfig.empty()) {
            GTEST_SKIP() << "STAGESET_TEST_KUBECONFIG is not set";
        }
        auto loaded = load_cluster_config(sources, {clock, loop.get_executor()});
        ASSERT_TRUE(loaded) << loaded.error().text();
        config = std::move(*loaded);
        client = make_client(config->with_own_identity());
        ns = "kube-rest-" + rng.uuid().substr(0, 8);
        const auto made = run(client->create(object("v1", "Namespace", "", ns), {}));
        ASSERT_TRUE(made) << made.error().text();
    }
    void TearDown() override {
        if (client != nullptr) {
            static_cast<void>(
                run(client->remove({{{"", "v1", "Namespace"}, "", ns}, "Background", "", "", false})));
        }
    }

    // Runs until the task ends; the HTTP client's idle connections stay.
    template <class T>
    base::Result<T> run(base::Task<T> task) {
        std::optional<base::Result<T>> result;
        boost::asio::co_spawn(loop, store_and_stop(std::move(task), result, loop),
                              [](std::exception_ptr thrown) {
                                  if (thrown) {
                                      std::rethrow_exception(thrown);
                                  }
                              });
        loop.restart();
        loop.run();
        return std::move(*result);
    }
    // Asks until the answer pleases, for half a minute.
    template <class Ask, class Pleases>
    auto eventually(Ask ask, Pleases pleases) {
        auto answer = run(ask());
        for (int i = 0; i < 150 && !pleases(answer); ++i) {
            static_cast<void>(run(clock.sleep_for(200ms)));
            answer = run(ask());
        }
        return answer;
    }

    std::unique_ptr<RestClient> make_client(ClusterConfig cluster, SharedCluster shared = {}) {
        const auto make_http = [this](http::ClientOptions options) -> std::shared_ptr<http::Client> {
            return http::make_curl_client(loop.get_executor(), std::move(options));
        };
        return make_rest_client({std::move(cluster), make_http, "", std::move(shared), {}},
                                {clock, rng, compute, loop.get_executor()});
    }
    static Value object(const std::string& api_version, const std::string& kind, const std::string& in,
                        const std::string& name) {
        model::Object metadata{{"name", name}};
        if (!in.empty()) {
            metadata["namespace"] = in;
        }
        return model::Object{{"apiVersion", api_version}, {"kind", kind}, {"metadata", std::move(metadata)}};
    }
    Value config_map(const std::string& name, const std::string& value) const {
        Value made = object("v1", "ConfigMap", ns, name);
        made.as_object()["data"] = model::Object{{"key", value}};
        return made;
    }
    PatchRequest apply(const std::string& name, const std::string& value, bool force = true) const {
        return {{kConfigMap, ns, name}, PatchType::kApply, config_map(name, value), force, {}};
    }
    ObjectRef ref(const std::string& name) const { return {kConfigMap, ns, name}; }

    boost::asio::io_context loop;
    base::SystemClock clock;
    base::Rng rng;
    base::Compute compute{1};
    std::optional<ClusterConfig> config;
    std::unique_ptr<RestClient> client;
    std::string ns;
};

TEST_F(OnACluster, CreatesReadsReplacesAndDeletes) {
    const auto created = run(client->create(config_map("a", "1"), {}));
    ASSERT_TRUE(created) << created.error().text();
    EXPECT_EQ(run(client->create(config_map("a", "1"), {})).error().code, ErrorCode::kAlreadyExists);
    auto changed = *created;
    changed.as_object()["data"] = model::Object{{"key", "2"}};
    const auto updated = run(client->update(changed, {}));
    ASSERT_TRUE(updated) << updated.error().text();
    EXPECT_EQ(model::find_string(*updated, {"data", "key"}), "2");
    // `changed` carries the version before the update.
    EXPECT_EQ(run(client->update(changed, {})).error().code, ErrorCode::kConflict);
    EXPECT_EQ(model::find_string(*run(client->get(ref("a"))), {"data", "key"}), "2");

    const auto wrong =
        run(client->remove({ref("a"), "Background", "00000000-0000-0000-0000-000000000000", "", false}));
    ASSERT_FALSE(wrong);
    EXPECT_EQ(wrong.error().code, ErrorCode::kConflict);
    EXPECT_TRUE(
        run(client->remove({ref("a"), "Background", std::string(model::uid_of(*created)), "", true})));
    EXPECT_TRUE(run(client->get(ref("a"))));
    EXPECT_TRUE(
        run(client->remove({ref("a"), "Background", std::string(model::uid_of(*created)), "", false})));
    const auto gone = run(client->get(ref("a")));
    ASSERT_FALSE(gone);
    EXPECT_EQ(gone.error().code, ErrorCode::kNotFound);
    EXPECT_EQ(gone.error().text(), "get ConfigMap " + ns + "/a: configmaps \"a\" not found");
}

TEST_F(OnACluster, AppliesOnTheServer) {
    auto dry = apply("a", "1");
    dry.options.dry_run = true;
    const auto rehearsed = run(client->patch(dry));
    ASSERT_TRUE(rehearsed) << rehearsed.error().text();
    EXPECT_TRUE(rehearsed->created);
    EXPECT_EQ(run(client->get(ref("a"))).error().code, ErrorCode::kNotFound);

    const auto first = run(client->patch(apply("a", "1")));
    ASSERT_TRUE(first);
    EXPECT_TRUE(first->created);
    const auto again = run(client->patch(apply("a", "1")));
    ASSERT_TRUE(again);
    EXPECT_FALSE(again->created);
    EXPECT_EQ(model::resource_version_of(again->object), model::resource_version_of(first->object));

    auto other = apply("a", "2", false);
    other.options.field_manager = "somebody-else";
    const auto conflict = run(client->patch(other));
    ASSERT_FALSE(conflict);
    EXPECT_EQ(conflict.error().code, ErrorCode::kConflict);
    ASSERT_NE(status_of(conflict.error()), nullptr);
    ASSERT_FALSE(status_of(conflict.error())->causes.empty());
    EXPECT_EQ(status_of(conflict.error())->causes[0].reason, "FieldManagerConflict");
    EXPECT_EQ(status_of(conflict.error())->causes[0].field, ".data.key");
    other.force = true;
    EXPECT_TRUE(run(client->patch(other)));
}

TEST_F(OnACluster, PatchesInEachWay) {
    ASSERT_TRUE(run(client->create(config_map("a", "1"), {})));
    const auto merged =
        run(client->patch({ref("a"), PatchType::kMerge, json(R"({"data":{"m":"x"}})"), false, {}}));
    ASSERT_TRUE(merged) << merged.error().text();
    EXPECT_EQ(model::find_string(merged->object, {"data", "m"}), "x");
    const auto strategic =
        run(client->patch({ref("a"), PatchType::kStrategic, json(R"({"data":{"m":null}})"), false, {}}));
    ASSERT_TRUE(strategic) << strategic.error().text();
    EXPECT_EQ(model::find(strategic->object, {"data", "m"}), nullptr);
    const auto by_json = run(client->patch({ref("a"),
                                            PatchType::kJson,
                                            json(R"([{"op":"replace","path":"/data/key","value":"j"}])"),
                                            false,
                                            {}}));
    ASSERT_TRUE(by_json) << by_json.error().text();
    EXPECT_EQ(model::find_string(by_json->object, {"data", "key"}), "j");
    const auto bad = run(client->patch(
        {ref("a"), PatchType::kMerge, json(R"({"metadata":{"labels":{"a":"b c"}}})"), false, {}}));
    ASSERT_FALSE(bad);
    EXPECT_EQ(bad.error().code, ErrorCode::kInvalid);
    EXPECT_EQ(status_of(bad.error())->http_status, 422);
    EXPECT_EQ(status_of(bad.error())->causes.at(0).field, "metadata.labels");
}

TEST_F(OnACluster, ListsPageByPage) {
    for (int i = 0; i < 25; ++i) {
        auto made = config_map("object-" + std::to_string(i), std::string(5000, 'x'));
        made.at("metadata").as_object()["labels"] = model::Object{{"odd", i % 2 == 1 ? "yes" : "no"}};
        ASSERT_TRUE(run(client->create(std::move(made), {})));
    }
    const auto odd = run(client->list({kConfigMap, ns, "odd=yes", "", false, 5}));
    ASSERT_TRUE(odd) << odd.error().text();
    EXPECT_EQ(odd->items.size(), 12U);
    EXPECT_EQ(model::gvk_of(odd->items[11]), kConfigMap);
    EXPECT_NE(model::find(odd->items[11], {"data"}), nullptr);
    // One page of more than 64 KiB is parsed beside the loop.
    const auto all = run(client->list({kConfigMap, ns, "odd", "", false, 500}));
    ASSERT_TRUE(all);
    EXPECT_EQ(all->items.size(), 25U);
    const auto metadata = run(client->list({kConfigMap, ns, "odd", "", true, 10}));
    ASSERT_TRUE(metadata);
    ASSERT_EQ(metadata->items.size(), 25U);
    EXPECT_EQ(model::find(metadata->items[0], {"data"}), nullptr);
    EXPECT_EQ(model::gvk_of(metadata->items[0]), kConfigMap);
    const auto by_field = run(client->list({kConfigMap, ns, "", "metadata.name=object-7", false, 500}));
    ASSERT_TRUE(by_field);
    EXPECT_EQ(by_field->items.size(), 1U);
}

TEST_F(OnACluster, SeesKindsComeAndGo) {
    const std::string group = ns + ".example.com";
    const GroupVersionKind widget{group, "v1", "Widget"};
    const auto before = run(client->resource_for(widget));
    ASSERT_FALSE(before);
    EXPECT_EQ(before.error().code, ErrorCode::kUnsupported);
    const GroupVersionKind crd{"apiextensions.k8s.io", "v1", "CustomResourceDefinition"};
    auto definition = object("apiextensions.k8s.io/v1", "CustomResourceDefinition", "", "widgets." + group);
    definition.as_object()["spec"] = json(fmt::format(
        R"({{"group":"{}","scope":"Namespaced","names":{{"plural":"widgets","singular":"widget","kind":"Widget"}},
            "versions":[{{"name":"v1","served":true,"storage":true,"schema":{{"openAPIV3Schema":{{"type":"object",
            "x-kubernetes-preserve-unknown-fields":true}}}}}}]}})",
        group));
    ASSERT_TRUE(run(client->create(definition, {})));
    const auto served = eventually(
        [&] {
            client->invalidate_discovery();
            return client->resource_for(widget);
        },
        [](const auto& answer) { return answer.has_value(); });
    ASSERT_TRUE(served) << served.error().text();
    EXPECT_EQ(served->plural, "widgets");
    EXPECT_TRUE(served->namespaced);
    EXPECT_EQ(run(client->preferred_resource(group, "Widget"))->gvk, widget);
    const auto created =
        eventually([&] { return client->create(object(group + "/v1", "Widget", ns, "w"), {}); },
                   [](const auto& answer) { return answer.has_value(); });
    EXPECT_TRUE(created) << created.error().text();
    ASSERT_TRUE(run(client->remove({{crd, "", "widgets." + group}, "Background", "", "", false})));
    const auto gone = eventually(
        [&] { return client->get({widget, ns, "w"}); },
        [](const auto& answer) { return !answer && answer.error().code == ErrorCode::kUnsupported; });
    ASSERT_FALSE(gone);
    EXPECT_EQ(gone.error().code, ErrorCode::kUnsupported) << gone.error().text();
}

TEST_F(OnACluster, ActsAsAServiceAccountWithItsTokenOnly) {
    ASSERT_TRUE(run(client->create(object("v1", "ServiceAccount", ns, "robot"), {})));
    const auto account = service_account_credentials(*client, ns, "robot", clock, loop.get_executor());
    const auto robot = make_client(config->with_identity(account), client->shared());
    const auto refused = run(robot->list({{"", "v1", "Secret"}, ns, "", "", false, 500}));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::kForbidden);
    EXPECT_EQ(refused.error().text(),
              fmt::format(
                  "list Secret in {0}: secrets is forbidden: User \"system:serviceaccount:{0}:robot\" cannot "
                  "list resource \"secrets\" in API group \"\" in the namespace \"{0}\"",
                  ns));
    auto role = object("rbac.authorization.k8s.io/v1", "Role", ns, "read");
    role.as_object()["rules"] = json(R"([{"apiGroups":[""],"resources":["secrets"],"verbs":["list"]}])");
    ASSERT_TRUE(run(client->create(role, {})));
    auto binding = object("rbac.authorization.k8s.io/v1", "RoleBinding", ns, "read");
    binding.as_object()["roleRef"] =
        json(R"({"apiGroup":"rbac.authorization.k8s.io","kind":"Role","name":"read"})");
    binding.as_object()["subjects"] =
        json(fmt::format(R"([{{"kind":"ServiceAccount","name":"robot","namespace":"{}"}}])", ns));
    ASSERT_TRUE(run(client->create(binding, {})));
    const auto allowed =
        eventually([&] { return robot->list({{"", "v1", "Secret"}, ns, "", "", false, 500}); },
                   [](const auto& answer) { return answer.has_value(); });
    EXPECT_TRUE(allowed) << allowed.error().text();
    const auto forged = fixed_credentials(bearer_credential(base::Secret("not-a-token")));
    const auto stranger = make_client(config->with_identity(forged), client->shared());
    EXPECT_EQ(run(stranger->get(ref("a"))).error().code, ErrorCode::kUnauthorized);
}

TEST_F(OnACluster, MintsAnotherTokenWhenTheServiceAccountWasMadeAgain) {
    const ObjectRef robot_ref{{"", "v1", "ServiceAccount"}, ns, "robot"};
    ASSERT_TRUE(run(client->create(object("v1", "ServiceAccount", ns, "robot"), {})));
    const auto account = service_account_credentials(*client, ns, "robot", clock, loop.get_executor());
    const auto robot = make_client(config->with_identity(account), client->shared());
    // Any answer but a 401 says that the token is good.
    EXPECT_EQ(run(robot->get(ref("a"))).error().code, ErrorCode::kForbidden);
    const auto first = run(account->current());
    ASSERT_TRUE(first);
    ASSERT_TRUE(run(client->remove({robot_ref, "Background", "", "", false})));
    ASSERT_TRUE(run(client->create(object("v1", "ServiceAccount", ns, "robot"), {})));
    // The server remembers a good token for some seconds; the calls never fail meanwhile.
    const auto second = eventually(
        [&] {
            EXPECT_EQ(run(robot->get(ref("a"))).error().code, ErrorCode::kForbidden);
            return account->current();
        },
        [&](const auto& now) { return now && *now != *first; });
    ASSERT_TRUE(second);
    EXPECT_NE(*second, *first);
}

TEST_F(OnACluster, ActsAsSomebodyElseByImpersonation) {
    auto as = config->with_own_identity();
    as.credentials =
        impersonating_credentials(as.credentials, {"system:serviceaccount:" + ns + ":ghost", "", {}, {}});
    const auto refused = run(make_client(std::move(as))->patch(apply("a", "1")));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::kForbidden);
    EXPECT_NE(
        refused.error().text().find("User \"system:serviceaccount:" + ns + ":ghost\" cannot patch resource"),
        std::string::npos)
        << refused.error().text();
}

TEST_F(OnACluster, WatchesAndResumes) {
    const auto list = run(client->list({kConfigMap, ns, "", "", false, 500}));
    ASSERT_TRUE(list);
    const auto watch_from = [&](std::string version, bool metadata_only) {
        auto opened = run(client->watch(
            {kConfigMap, ns, "", "metadata.name!=kube-root-ca.crt", metadata_only, std::move(version)}));
        EXPECT_TRUE(opened) << opened.error().text();
        return std::move(*opened);
    };
    const auto watch = watch_from(list->resource_version, false);
    ASSERT_TRUE(run(client->patch(apply("a", "1"))));
    ASSERT_TRUE(run(client->patch(apply("a", "2"))));
    ASSERT_TRUE(run(client->remove({ref("a"), "Background", "", "", false})));
    const auto added = run(watch->next());
    ASSERT_TRUE(added && *added);
    EXPECT_EQ((*added)->type, WatchEvent::Type::kAdded);
    EXPECT_EQ(model::find_string((*added)->object, {"data", "key"}), "1");
    EXPECT_EQ((*run(watch->next()))->type, WatchEvent::Type::kModified);
    EXPECT_EQ((*run(watch->next()))->type, WatchEvent::Type::kDeleted);

    // From where the first event was: the two later ones again, as metadata.
    const auto resumed = watch_from(std::string(model::resource_version_of((*added)->object)), true);
    const auto modified = run(resumed->next());
    ASSERT_TRUE(modified && *modified);
    EXPECT_EQ((*modified)->type, WatchEvent::Type::kModified);
    EXPECT_EQ(model::find((*modified)->object, {"data"}), nullptr);
    EXPECT_EQ(model::gvk_of((*modified)->object), kConfigMap);
}

base::Task<void> apply_often(Client& client, PatchRequest request, base::Clock& clock, bool& is_over,
                             int& applied, std::optional<base::Error>& unexpected) {
    while (!is_over) {
        const auto patched = co_await client.patch(request);
        if (patched) {
            ++applied;
        } else if (patched.error().code != ErrorCode::kUnavailable &&
                   patched.error().code != ErrorCode::kDeadlineExceeded) {
            unexpected = patched.error();
            co_return patched.error();
        }
        if (auto slept = co_await clock.sleep_for(20ms); !slept) {
            co_return slept;
        }
    }
    co_return base::Result<void>{};
}

base::Task<void> restart_meanwhile(Client& client, std::vector<PatchRequest> requests, base::Clock& clock,
                                   std::string command, int& after, std::optional<base::Error>& unexpected) {
    bool is_over = false;
    int applied = 0;
    base::TaskGroup group(co_await boost::asio::this_coro::executor);
    for (auto& request : requests) {
        group.spawn(apply_often(client, std::move(request), clock, is_over, applied, unexpected));
    }
    const auto restarted = co_await run_process({"sh", {"-c", command}, {}, 120s}, clock);
    const int before = applied;
    const auto slept = co_await clock.sleep_for(6s);
    is_over = true;
    auto joined = co_await group.join();
    after = applied - before;
    if (!restarted) {
        co_return restarted.error();
    }
    if (restarted->exit_code != 0) {
        co_return base::Error{ErrorCode::kInternal, "the restart failed: " + restarted->err};
    }
    co_return joined ? slept : joined;
}

TEST_F(OnACluster, GoesOnAfterTheApiServerWasRestarted) {
    const auto command = environment("STAGESET_TEST_RESTART_APISERVER");
    if (command.empty()) {
        GTEST_SKIP() << "STAGESET_TEST_RESTART_APISERVER is not set";
    }
    const auto list = run(client->list({kConfigMap, ns, "", "", true, 500}));
    ASSERT_TRUE(list);
    auto watch = run(client->watch({kConfigMap, ns, "", "", true, list->resource_version}));
    ASSERT_TRUE(watch);
    std::vector<PatchRequest> requests;
    for (int i = 0; i < 8; ++i) {
        requests.push_back(apply("during-" + std::to_string(i), "x"));
    }
    int after = 0;
    std::optional<base::Error> unexpected;
    const auto went = run(restart_meanwhile(*client, std::move(requests), clock, command, after, unexpected));
    EXPECT_TRUE(went) << went.error().text();
    EXPECT_FALSE(unexpected) << unexpected->text();
    EXPECT_GT(after, 0);
    // The old watch ends by itself: in good order or with a lost connection, after the events that it still held.
    for (;;) {
        const auto next = run((*watch)->next());
        if (!next) {
            EXPECT_EQ(next.error().code, ErrorCode::kUnavailable) << next.error().text();
            break;
        }
        if (!*next) {
            break;
        }
    }
    // The new server remembers no change from before its start.
    auto old = run(client->watch({kConfigMap, ns, "", "", false, "1"}));
    if (old) {
        const auto next = run((*old)->next());
        ASSERT_FALSE(next);
        EXPECT_EQ(next.error().code, ErrorCode::kGone) << next.error().text();
    } else {
        EXPECT_EQ(old.error().code, ErrorCode::kGone) << old.error().text();
    }
}

}  // namespace
}  // namespace kube
