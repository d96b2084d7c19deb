// SPDX-License-Identifier: 0BSD
#include "apps/stagesetctl/build_command.hpp"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "apps/stagesetctl/directory_files.hpp"
#include "apps/stagesetctl/encrypted_stage.hpp"
#include "apps/stagesetctl/secret_mask.hpp"
#include "apps/stagesetctl/source_dirs.hpp"
#include "apps/stagesetctl/stageset_file.hpp"
#include "apps/stagesetctl/text_file.hpp"
#include "engine/render/render.hpp"
#include "engine/render/tree_files.hpp"
#include "engine/render/variables.hpp"
#include "engine/source/resolve.hpp"
#include "model/stageset.hpp"
#include "model/validate.hpp"
#include "model/well_known.hpp"
#include "model/yaml.hpp"

namespace stagesetctl {

namespace {

using base::Error;
using base::ErrorCode;

class ClusterSources final : public source::SourceReader {
public:
    explicit ClusterSources(kube::Client& client) : client_(client) {}
    base::Task<model::Value> get(model::GroupVersionKind gvk, std::string ns, std::string name) override {
        return client_.get({std::move(gvk), std::move(ns), std::move(name)});
    }
    base::Task<std::vector<model::Value>> artifacts_of(source::SourceId producer) override {
        auto list = co_await client_.list({source::external_artifacts(), std::move(producer.ns)});
        if (!list) {
            co_return list.error();
        }
        co_return std::move(list->items);
    }

private:
    kube::Client& client_;
};

constexpr std::size_t kKeyFileBytesMax = std::size_t{1} << 20U;

// One invocation; lives as long as its coroutine.
class Build {
public:
    Build(BuildFlags flags, std::string ns_flag, Outside& outside, Console& console)
        : flags_(std::move(flags)), ns_(std::move(ns_flag)), outside_(outside), console_(console) {}

    base::Task<void> run();

private:
    base::Task<void> read_stageset();
    base::Result<void> read_file();
    base::Result<std::vector<model::Stage>> select_stages() const;
    void warn_about_spec() const;
    bool needs_cluster(const model::Stage& stage) const;
    base::Result<kube::Client*> reader();
    base::Task<void> build_stage(model::Stage stage);
    base::Task<std::shared_ptr<const artifact::FileTree>> fetch(model::Stage stage);
    base::Task<std::shared_ptr<const render::Rendered>> render(model::Stage stage,
                                                               render::RenderRequest request);
    base::Task<std::shared_ptr<const render::Rendered>> render_files(const kustomize::Files& files,
                                                                     const render::RenderRequest& request);
    base::Task<std::shared_ptr<const decrypt::Keys>> read_keys();
    base::Task<std::shared_ptr<const decrypt::Keys>> keys();
    base::Result<void> print(std::vector<model::Value> objects);

    BuildFlags flags_;
    std::string ns_;  // the StageSet's, once it is read
    Outside& outside_;
    Console& console_;
    SourceDirs dirs_;
    std::string name_;
    model::StageSetSpec spec_;
    std::shared_ptr<const decrypt::Keys> keys_;  // once an encrypted file was met
    SecretMask mask_;
    bool printed_any_ = false;
};

base::Result<void> Build::read_file() {
    const auto text = read_text_file(flags_.file, kStageSetFileBytesMax);
    if (!text) {
        return text.error();
    }
    const auto stageset = pick_stageset(*text, flags_.file, flags_.name);
    if (!stageset) {
        return stageset.error();
    }
    name_ = model::name_of(*stageset);
    const std::string own(model::namespace_of(*stageset));
    if (!own.empty() && !ns_.empty() && own != ns_) {
        return Error{ErrorCode::kInvalid,
                     fmt::format("StageSet \"{}\" is of namespace \"{}\", but --namespace says \"{}\"", name_,
                                 own, ns_)};
    }
    ns_ = own.empty() ? ns_ : own;
    auto spec = model::parse_spec(*stageset);
    if (!spec) {
        return base::wrap(fmt::format("StageSet \"{}\" of {}", name_, flags_.file), spec.error());
    }
    spec_ = std::move(*spec);
    return {};
}

base::Task<void> Build::read_stageset() {
    if (!flags_.file.empty()) {
        co_return read_file();
    }
    const auto ns = outside_.current_namespace();
    const auto client = ns ? outside_.cluster() : base::Result<kube::Client*>(ns.error());
    if (!client) {
        co_return client.error();
    }
    ns_ = *ns;
    name_ = flags_.name;
    const auto stageset =
        co_await (*client)->get({{std::string(model::kGroup), "v1", "StageSet"}, ns_, name_});
    if (!stageset) {
        co_return stageset.error().code == ErrorCode::kNotFound
            ? Error{ErrorCode::kNotFound, fmt::format("stagesets.{} \"{}\" not found", model::kGroup, name_)}
            : stageset.error();
    }
    auto spec = model::parse_spec(*stageset);
    if (!spec) {
        co_return base::wrap(fmt::format("StageSet \"{}\"", name_), spec.error());
    }
    spec_ = std::move(*spec);
    co_return base::Result<void>{};
}

base::Result<std::vector<model::Stage>> Build::select_stages() const {
    const auto exists = [this](const std::string& name) {
        return std::ranges::find(spec_.stages, name, &model::Stage::name) != spec_.stages.end();
    };
    for (const std::string& name : flags_.stages) {
        if (!exists(name)) {
            return Error{ErrorCode::kNotFound,
                         fmt::format("stage \"{}\" not found in StageSet \"{}\"", name, name_)};
        }
    }
    for (const std::string& name : dirs_.named_stages()) {
        if (!exists(name)) {
            console_.warn(fmt::format("--source-dir names stage \"{}\", which StageSet \"{}\" does not have",
                                      name, name_));
        }
    }
    std::vector<model::Stage> selected;
    for (const model::Stage& stage : spec_.stages) {
        if (flags_.stages.empty() || std::ranges::find(flags_.stages, stage.name) != flags_.stages.end()) {
            selected.push_back(stage);
        }
    }
    return selected;
}

void Build::warn_about_spec() const {
    for (const model::FieldError& violation : model::validate_spec(spec_)) {
        console_.warn(fmt::format("the controller refuses this StageSet: {}", violation.text()));
    }
    if (spec_.kube_config) {
        console_.warn(
            "spec.kubeConfig is not used here: variables and sources are read from the cluster of your "
            "kubeconfig");
    }
    if (!spec_.decryption && !flags_.decryption_keys.empty()) {
        console_.warn("--decryption-key is not used: the StageSet has no spec.decryption");
    }
}

bool Build::needs_cluster(const model::Stage& stage) const {
    return !dirs_.directory_of(stage.name) ||
           (stage.post_build && !stage.post_build->substitute_from.empty());
}

// The identity for sources and variables.
base::Result<kube::Client*> Build::reader() {
    return flags_.as_tenant && !spec_.service_account_name.empty()
               ? outside_.cluster_as(ns_, spec_.service_account_name)
               : outside_.cluster();
}

base::Task<std::shared_ptr<const artifact::FileTree>> Build::fetch(model::Stage stage) {
    const auto client = reader();
    if (!client) {
        co_return client.error();
    }
    ClusterSources sources(**client);
    source::SourceRequest request;
    request.stage = stage.name;
    request.stageset_namespace = ns_;
    request.api_version = stage.source_ref.api_version;
    request.kind = stage.source_ref.kind;
    request.name = stage.source_ref.name;
    request.ns = stage.source_ref.ns;
    auto outcome = co_await source::resolve(sources, std::move(request));
    if (!outcome) {
        co_return outcome.error();
    }
    if (const auto* unresolved = std::get_if<source::Unresolved>(&*outcome)) {
        co_return Error{ErrorCode::kNotFound, unresolved->message};
    }
    const auto& resolved = std::get<source::ResolvedSource>(*outcome);
    auto tree = co_await outside_.fetcher().fetch({resolved.url, resolved.digest});
    if (!tree) {
        co_return base::wrap(fmt::format("stage \"{}\": fetch", stage.name), tree.error());
    }
    co_return std::move(*tree);
}

base::Task<std::shared_ptr<const decrypt::Keys>> Build::read_keys() {
    std::map<std::string, base::Secret> files;
    for (const std::string& path : flags_.decryption_keys) {
        auto text = read_text_file(path, kKeyFileBytesMax);
        if (!text) {
            co_return text.error();
        }
        files.emplace(path, std::move(*text));
    }
    if (!files.empty()) {
        co_return decrypt::parse_key_files(std::move(files));
    }
    if (!spec_.decryption->secret_name) {
        co_return std::make_shared<const decrypt::Keys>();
    }
    const auto ns = ns_.empty() ? outside_.current_namespace() : base::Result<std::string>(ns_);
    const auto client = ns ? reader() : base::Result<kube::Client*>(ns.error());
    if (!client) {
        co_return base::wrap(
            "files are encrypted; name their keys with --decryption-key, or the cluster that "
            "has the Secret",
            client.error());
    }
    ns_ = *ns;
    co_return co_await decrypt::read_keys(**client, ns_, *spec_.decryption);
}

base::Task<std::shared_ptr<const decrypt::Keys>> Build::keys() {
    if (keys_ == nullptr) {
        auto read = co_await read_keys();
        if (!read) {
            co_return read.error();
        }
        keys_ = std::move(*read);
    }
    co_return keys_;
}

base::Task<std::shared_ptr<const render::Rendered>> Build::render_files(
    const kustomize::Files& files, const render::RenderRequest& request) {
    KeySource source;
    if (spec_.decryption) {
        source = [this] { return keys(); };
    }
    co_return co_await render_encrypted(files, request, std::move(source), outside_.key_services());
}

base::Task<std::shared_ptr<const render::Rendered>> Build::render(model::Stage stage,
                                                                  render::RenderRequest request) {
    const std::string context = fmt::format("stage \"{}\"", stage.name);
    if (const auto path = dirs_.directory_of(stage.name)) {
        const auto files = DirectoryFiles::open(*path, {});
        if (!files) {
            co_return base::wrap(context, files.error());
        }
        auto rendered = co_await render_files(**files, request);
        if ((*files)->failure()) {
            co_return base::wrap(context, *(*files)->failure());
        }
        if (!rendered) {
            co_return base::wrap(context, rendered.error());
        }
        co_return std::move(*rendered);
    }
    const auto tree = co_await fetch(std::move(stage));
    if (!tree) {
        co_return tree.error();
    }
    auto rendered = co_await render_files(render::TreeFiles(**tree), request);
    if (!rendered) {
        co_return base::wrap(context, rendered.error());
    }
    co_return std::move(*rendered);
}

base::Result<void> Build::print(std::vector<model::Value> objects) {
    for (model::Value& object : objects) {
        if (!flags_.show_secrets) {
            mask_.apply(object);
        }
        const std::string separator = std::exchange(printed_any_, true) ? "---\n" : "";
        if (!console_.out(separator + model::to_yaml(object))) {
            return Error{ErrorCode::kUnavailable, "standard output cannot be written"};
        }
    }
    return {};
}

base::Task<void> Build::build_stage(model::Stage stage) {
    render::RenderRequest request;
    request.path = stage.path;
    request.patches = stage.patches;
    request.helm_hooks = model::helm_hooks_applied(stage);
    if (stage.post_build && !stage.post_build->substitute_from.empty()) {
        const auto client = reader();
        if (!client) {
            co_return client.error();
        }
        auto variables = co_await render::read_variables(**client, ns_, *stage.post_build);
        if (!variables) {
            co_return base::wrap(fmt::format("stage \"{}\"", stage.name), variables.error());
        }
        request.variables = std::move(*variables);
    } else if (stage.post_build) {
        const auto& inline_variables = stage.post_build->substitute;
        request.variables = envsubst::Variables(inline_variables.begin(), inline_variables.end());
    }
    auto rendered = co_await render(std::move(stage), std::move(request));
    if (!rendered) {
        co_return rendered.error();
    }
    co_return print((*rendered)->objects);
}

base::Task<void> Build::run() {
    auto dirs = SourceDirs::parse(flags_.source_dirs);
    if (!dirs) {
        co_return dirs.error();
    }
    dirs_ = std::move(*dirs);
    if (auto read = co_await read_stageset(); !read) {
        co_return read;
    }
    const auto stages = select_stages();
    if (!stages) {
        co_return stages.error();
    }
    warn_about_spec();
    if (ns_.empty() && std::ranges::any_of(*stages, [this](const auto& s) { return needs_cluster(s); })) {
        const auto ns = outside_.current_namespace();
        if (!ns) {
            co_return ns.error();
        }
        ns_ = *ns;
    }
    for (const model::Stage& stage : *stages) {
        if (auto built = co_await build_stage(stage); !built) {
            co_return built;
        }
    }
    co_return base::Result<void>{};
}

}  // namespace

base::Task<void> build(BuildFlags flags, std::string ns, Outside& outside, Console& console) {
    Build command(std::move(flags), std::move(ns), outside, console);
    co_return co_await command.run();
}

}  // namespace stagesetctl
