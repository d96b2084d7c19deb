// SPDX-License-Identifier: 0BSD

package main

import (
	"errors"
	"fmt"

	"github.com/getsops/sops/v3"
	"github.com/getsops/sops/v3/aes"
	"github.com/getsops/sops/v3/cmd/sops/common"
	"github.com/getsops/sops/v3/cmd/sops/formats"
	"github.com/getsops/sops/v3/config"
	"github.com/getsops/sops/v3/keyservice"
	"github.com/getsops/sops/v3/version"
)

func storeOf(format string) common.Store {
	return common.StoreForFormat(formats.FormatFromString(format), config.NewStoresConfig())
}

func services() []keyservice.KeyServiceClient {
	return []keyservice.KeyServiceClient{keyservice.NewLocalClient()}
}

// The metadata that the command line of sops would begin with.
func metadataOf(asked request, groups []sops.KeyGroup) (sops.Metadata, error) {
	metadata := sops.Metadata{KeyGroups: groups, ShamirThreshold: asked.Threshold, MACOnlyEncrypted: asked.OnlyEncrypted,
		Version: version.Version}
	rules := map[string]*string{
		"unencrypted_suffix":        &metadata.UnencryptedSuffix,
		"encrypted_suffix":          &metadata.EncryptedSuffix,
		"unencrypted_regex":         &metadata.UnencryptedRegex,
		"encrypted_regex":           &metadata.EncryptedRegex,
		"unencrypted_comment_regex": &metadata.UnencryptedCommentRegex,
		"encrypted_comment_regex":   &metadata.EncryptedCommentRegex,
	}
	rule, found := rules[asked.Rule]
	if !found {
		return metadata, fmt.Errorf("no such rule: %s", asked.Rule)
	}
	*rule = asked.RuleExpression
	return metadata, nil
}

func encrypt(asked request, text []byte, at *keyring) ([]byte, error) {
	groups, err := at.groups(asked.Groups)
	if err != nil {
		return nil, err
	}
	metadata, err := metadataOf(asked, groups)
	if err != nil {
		return nil, err
	}
	store := storeOf(asked.Format)
	branches, err := store.LoadPlainFile(text)
	if err != nil {
		return nil, err
	}
	if len(branches) < 1 || store.HasSopsTopLevelKey(branches[0]) {
		return nil, errors.New("nothing to encrypt, or encrypted already")
	}
	tree := sops.Tree{Branches: branches, Metadata: metadata}
	dataKey, errs := tree.GenerateDataKeyWithKeyServices(services())
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	if err := common.EncryptTree(common.EncryptTreeOpts{Tree: &tree, Cipher: aes.NewCipher(), DataKey: dataKey}); err != nil {
		return nil, err
	}
	return store.EmitEncryptedFile(tree)
}

func decrypt(asked request, text []byte, at *keyring) ([]byte, error) {
	if err := at.provide(asked.Keys); err != nil {
		return nil, err
	}
	store := storeOf(asked.Format)
	tree, err := store.LoadEncryptedFile(text)
	if err != nil {
		return nil, err
	}
	// As the command does it: a file without a version is refused here.
	if _, err := common.DetectKMSEncryptionContextBug(&tree); err != nil {
		return nil, err
	}
	_, err = common.DecryptTree(common.DecryptTreeOpts{Tree: &tree, KeyServices: services(), Cipher: aes.NewCipher(),
		DecryptionOrder: sops.DefaultDecryptionOrder})
	if err != nil {
		return nil, err
	}
	return store.EmitPlainFile(tree.Branches)
}
