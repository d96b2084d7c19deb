// SPDX-License-Identifier: 0BSD
#include "apps/controller/source_reader.hpp"

#include <algorithm>

namespace controller {

InformerSourceReader::InformerSourceReader(kube::Client& client, const kube::Informer& artifacts,
                                           std::vector<std::string> namespaces)
    : client_(client), artifacts_(artifacts), namespaces_(std::move(namespaces)) {}

base::Task<model::Value> InformerSourceReader::get(model::GroupVersionKind gvk, std::string ns,
                                                   std::string name) {
    const bool cached_kind = gvk.kind == "ExternalArtifact" && gvk.group == "source.toolkit.fluxcd.io";
    const bool cached_namespace =
        namespaces_.empty() || std::ranges::find(namespaces_, ns) != namespaces_.end();
    if (cached_kind && cached_namespace && artifacts_.synced() && artifacts_.served()) {
        if (const kube::ObjectPtr found = artifacts_.get(ns, name)) {
            co_return *found;
        }
        co_return base::Error{base::ErrorCode::kNotFound,
                              fmt::format("ExternalArtifact {}/{} not found", ns, name)};
    }
    co_return co_await client_.get({std::move(gvk), std::move(ns), std::move(name)});
}

}  // namespace controller
