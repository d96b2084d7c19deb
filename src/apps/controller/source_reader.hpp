// SPDX-License-Identifier: 0BSD
// InformerSourceReader: source objects from the informer's cache, or from the API where the cache does not reach.
#pragma once

#include <string>
#include <vector>

#include "engine/source/resolve.hpp"
#include "io/kube/informer.hpp"

namespace controller {

class InformerSourceReader final : public source::SourceReader {
public:
    // `artifacts` follows ExternalArtifacts in `namespaces` (empty: all). Both outlive the reader.
    InformerSourceReader(kube::Client& client, const kube::Informer& artifacts,
                         std::vector<std::string> namespaces);
    base::Task<model::Value> get(model::GroupVersionKind gvk, std::string ns, std::string name) override;

private:
    kube::Client& client_;
    const kube::Informer& artifacts_;
    std::vector<std::string> namespaces_;
};

}  // namespace controller
