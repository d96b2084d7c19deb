// SPDX-License-Identifier: 0BSD
// Keys: what the encrypted files of a StageSet are opened with.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "base/secret.hpp"
#include "base/task.hpp"
#include "io/kube/client.hpp"
#include "model/stageset.hpp"
#include "rules/sops/identities.hpp"

namespace decrypt {

struct Keys {
    sops::Identities identities;
    // Equal as long as the keys are the same; no secret.
    std::string version;
};

// Reads spec.decryption.secretRef in the namespace `ns` as the identity of `client`; without a secretRef there are no
// identities, and key services alone open files.
// Errors: those of kube::Client::get, naming the Secret; kInvalid, naming its entry, never what is in it.
base::Task<std::shared_ptr<const Keys>> read_keys(kube::Client& client, std::string ns,
                                                  model::Decryption decryption);

// The keys of files as `age-keygen` and `gpg --export-secret-keys --armor` write them, by the files' names.
// Errors: kInvalid, naming the file, never what is in it.
base::Result<std::shared_ptr<const Keys>> parse_key_files(std::map<std::string, base::Secret> files);

}  // namespace decrypt
