// SPDX-License-Identifier: 0BSD
#include "engine/decrypt/testing/samples.hpp"

#include <set>

#include "base/invariant.hpp"
#include "rules/sops/encrypted_file.hpp"

namespace decrypt::testing {

const char* const kIdentity = "AGE-SECRET-KEY-1UA57C5S3VCZPN5NYJ4JDNTPKNNZ0PV0886U55NKF373595ZDJ2XQYXZ8R8";

const char* const kPlain =
    "apiVersion: v1\n"
    "kind: Secret\n"
    "metadata:\n"
    "    name: db\n"
    "stringData:\n"
    "    password: hunter2\n";

const char* const kEncrypted =
    "apiVersion: v1\n"
    "kind: Secret\n"
    "metadata:\n"
    "    name: db\n"
    "stringData:\n"
    "    password: "
    "ENC[AES256_GCM,data:1FZKYJD3nA==,iv:cY5lprEkeq5AMXLw20Q1OJL533ZZ6pLA4qMBu8O7kRs=,tag:kOBLxQpkLsW"
    "4nHvW2NxjUg==,type:str]\n"
    "sops:\n"
    "    age:\n"
    "        - enc: |\n"
    "            -----BEGIN AGE ENCRYPTED FILE-----\n"
    "            YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IFgyNTUxOSBCc3cvR1VpVkhZSFR6V0hE\n"
    "            UmFUMXNrdC9FdUMvdXUvU1hyTDJsZkgzZlFRCmxNOEUwSXlFcTFSa3J3QTVaamdx\n"
    "            NVo1d0J3OURTa2pEVkFMQVRINVFJT28KLS0tIExwNDRpZmRBdnN3bkpES2lVKy9O\n"
    "            TkFlclR1ZkdLbm56NG1uRXBHSU9tMWcKyyvxCg3zHGVLTyQPruN4RBclEKms7JiT\n"
    "            Sh1WQXyRFdI8HNcv5i1vSfGDKeGVaNfa2BdeZXXnFO2qFG+DjF8qow==\n"
    "            -----END AGE ENCRYPTED FILE-----\n"
    "          recipient: age1kums5jpu4q6y86jj6gz3w0ru0ssqx69z6q4h4pzuaslp20xflp6q4u2wr3\n"
    "    encrypted_regex: ^stringData$\n"
    "    lastmodified: \"2026-11-30T11:15:43Z\"\n"
    "    mac: "
    "ENC[AES256_GCM,data:KgeS/u4ylHtmD5A5Oz6hIXlIFOiLEzvRv1bYW56T3XIqlgDeRgOeEVACNeQbO/6oDqOOJm72VMrhNKZ0m"
    "Z5sSKlZ1ZTNZdQ7HbV2F91kkuQT3E4wbJftSNAp63yTtQzjjClZpNx2VhKkuXSZMs6BSuLJXNYJmauQvQCF9ycCMMY=,iv:lJ+"
    "1a5TzeVppXnU"
    "uNtZ/Us0icwW4KQZRytCkYX7KC6E=,tag:KHAe5+xeOn7+e0d9ZCaa9A==,type:str]\n"
    "    version: 3.13.3\n";

std::string behind_vault(std::string text) {
    const std::size_t begin = text.find("    age:\n");
    const std::size_t end = text.find("    encrypted_regex:");
    base::invariant(begin < end && end != std::string::npos, "the sample has an age block");
    return text.replace(begin, end - begin,
                        "    hc_vault:\n"
                        "        - vault_address: https://vault.example\n"
                        "          engine_path: sops\n"
                        "          key_name: demo\n"
                        "          created_at: \"2026-01-02T03:04:05Z\"\n"
                        "          enc: vault:v1:abc\n");
}

std::shared_ptr<const Keys> keys_with(const std::string& identity) {
    std::map<std::string, base::Secret> files;
    files.emplace("test", base::Secret(identity));
    return parse_key_files(std::move(files)).value();
}

std::shared_ptr<const base::Secret> data_key() {
    const auto file = sops::EncryptedFile::parse(kEncrypted, sops::Format::kYaml);
    auto key = sops::find_data_key((*file)->metadata(), keys_with(kIdentity)->identities);
    return std::make_shared<const base::Secret>(std::move(key.value()));
}

std::optional<std::string_view> MapFiles::read(std::string_view path) const {
    const auto found = files_.find(path);
    return found == files_.end() ? std::nullopt : std::optional<std::string_view>(found->second);
}

bool MapFiles::is_directory(std::string_view path) const {
    const std::string prefix = path.empty() ? "" : std::string(path) + "/";
    const auto first = files_.lower_bound(prefix);
    return first != files_.end() && first->first.starts_with(prefix);
}

std::vector<kustomize::Files::Child> MapFiles::children(std::string_view directory) const {
    const std::string prefix = directory.empty() ? "" : std::string(directory) + "/";
    std::set<std::pair<std::string, bool>> found;
    for (const auto& [path, text] : files_) {
        if (path.starts_with(prefix)) {
            const std::string rest = path.substr(prefix.size());
            found.emplace(rest.substr(0, rest.find('/')), rest.contains('/'));
        }
    }
    std::vector<Child> result;
    for (const auto& [name, is_directory] : found) {
        result.push_back({name, is_directory});
    }
    return result;
}

}  // namespace decrypt::testing
