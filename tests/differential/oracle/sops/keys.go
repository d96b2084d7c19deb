// SPDX-License-Identifier: 0BSD

package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"filippo.io/age"
	"github.com/ProtonMail/go-crypto/openpgp"
	"github.com/ProtonMail/go-crypto/openpgp/armor"
	"github.com/ProtonMail/go-crypto/openpgp/packet"
	"github.com/getsops/sops/v3"
	sopsage "github.com/getsops/sops/v3/age"
	"github.com/getsops/sops/v3/keys"
	"github.com/getsops/sops/v3/pgp"
)

// The keys of one run, by name: age identities end in .agekey, OpenPGP keys in .asc, as the entries of a decryption Secret do.
type keyring struct {
	home string
	ages map[string]*age.X25519Identity
	pgps map[string]*openpgp.Entity
}

// Sops finds keys by environment and files: nothing of this machine may take part.
func makeKeys() (*keyring, error) {
	home, err := os.MkdirTemp("", "differential-sops-")
	if err != nil {
		return nil, err
	}
	places := map[string]string{"HOME": home, "XDG_CONFIG_HOME": home, "GNUPGHOME": home, "SOPS_GPG_EXEC": "/bin/false"}
	for name, value := range places {
		if err := os.Setenv(name, value); err != nil {
			return nil, err
		}
	}
	at := &keyring{home: home, ages: map[string]*age.X25519Identity{}, pgps: map[string]*openpgp.Entity{}}
	for _, name := range []string{"one.agekey", "two.agekey", "three.agekey"} {
		if at.ages[name], err = age.GenerateX25519Identity(); err != nil {
			return nil, err
		}
	}
	for name, kind := range map[string]*packet.Config{
		"rsa.asc":   {Algorithm: packet.PubKeyAlgoRSA, RSABits: 2048},
		"curve.asc": {Algorithm: packet.PubKeyAlgoEdDSA, Curve: packet.Curve25519},
	} {
		if at.pgps[name], err = openpgp.NewEntity(name, "", name+"@example.com", kind); err != nil {
			return nil, err
		}
	}
	return at, at.writeRing("pubring.gpg", nil)
}

func (at *keyring) remove() { os.RemoveAll(at.home) }

// Writes the OpenPGP keys named, private, or the public parts of all.
func (at *keyring) writeRing(file string, private []string) error {
	var ring bytes.Buffer
	for name, entity := range at.pgps {
		var err error
		if file == "pubring.gpg" {
			err = entity.Serialize(&ring)
		} else if slices.Contains(private, name) {
			err = entity.SerializePrivateWithoutSigning(&ring, nil)
		}
		if err != nil {
			return err
		}
	}
	return os.WriteFile(filepath.Join(at.home, file), ring.Bytes(), 0o600)
}

// Lets sops find these keys and no others.
func (at *keyring) provide(names []string) error {
	var identities []string
	for _, name := range names {
		if identity, found := at.ages[name]; found {
			identities = append(identities, identity.String())
		}
	}
	if err := os.Setenv(sopsage.SopsAgeKeyEnv, strings.Join(identities, "\n")); err != nil {
		return err
	}
	return at.writeRing("secring.gpg", names)
}

func (at *keyring) texts() map[string]string {
	texts := map[string]string{}
	for name, identity := range at.ages {
		texts[name] = identity.String() + "\n"
	}
	for name, entity := range at.pgps {
		var text bytes.Buffer
		writer, err := armor.Encode(&text, openpgp.PrivateKeyType, nil)
		if err == nil {
			err = entity.SerializePrivateWithoutSigning(writer, nil)
		}
		if err == nil {
			err = writer.Close()
		}
		if err != nil {
			panic(err)
		}
		texts[name] = text.String()
	}
	return texts
}

func (at *keyring) masterKey(name string) (keys.MasterKey, error) {
	if identity, found := at.ages[name]; found {
		return sopsage.MasterKeyFromRecipient(identity.Recipient().String())
	}
	if entity, found := at.pgps[name]; found {
		return pgp.NewMasterKeyFromFingerprint(fmt.Sprintf("%X", entity.PrimaryKey.Fingerprint)), nil
	}
	return nil, fmt.Errorf("no such key: %s", name)
}

func (at *keyring) groups(names [][]string) ([]sops.KeyGroup, error) {
	var groups []sops.KeyGroup
	for _, members := range names {
		var group sops.KeyGroup
		for _, name := range members {
			key, err := at.masterKey(name)
			if err != nil {
				return nil, err
			}
			group = append(group, key)
		}
		groups = append(groups, group)
	}
	return groups, nil
}
