// SPDX-License-Identifier: 0BSD
// Metadata: what the `sops` block of an encrypted file says about its keys, its rules and its MAC.
#pragma once

#include <map>
#include <string>
#include <variant>
#include <vector>

namespace sops {

// One copy of the data key (or of a share of it), locked for one recipient. `enc` is the locked copy in the writing of its kind.

struct AgeKey {
    std::string recipient;
    std::string enc;  // armored age file
};

struct PgpKey {
    std::string fingerprint;
    std::string enc;  // armored OpenPGP message
};

struct AwsKmsKey {
    std::string arn;
    std::string role;
    std::map<std::string, std::string> context;
    std::string profile;
    std::string enc;  // base64
};

struct GcpKmsKey {
    std::string resource_id;
    std::string enc;  // base64
};

struct AzureKey {
    std::string vault_url;
    std::string name;
    std::string version;
    std::string enc;  // base64url
};

struct VaultKey {
    std::string address;
    std::string engine_path;
    std::string key_name;
    std::string enc;  // "vault:v1:..."
};

using MasterKey = std::variant<AgeKey, PgpKey, AwsKmsKey, GcpKmsKey, AzureKey, VaultKey>;

// Any one key of a group opens the group's part: the data key itself when there is one group, else a Shamir share of it.
struct KeyGroup {
    std::vector<MasterKey> keys;
};

// The rules that say which values are encrypted; at most one of them is set. Regular expressions are RE2's.
struct Selectors {
    std::string unencrypted_suffix;
    std::string encrypted_suffix;
    std::string unencrypted_regex;
    std::string encrypted_regex;
    std::string unencrypted_comment_regex;
    std::string encrypted_comment_regex;
};

struct Metadata {
    std::vector<KeyGroup> groups;
    int shamir_threshold = 0;   // shares that are needed; 0 means all groups
    std::string last_modified;  // RFC 3339 text, as sops normalises it: the additional data of the MAC
    std::string mac;            // "ENC[AES256_GCM,...]"
    Selectors selectors;
    bool mac_only_encrypted = false;
    std::string version;
};

}  // namespace sops
