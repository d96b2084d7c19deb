// SPDX-License-Identifier: 0BSD

package applets

import (
	"context"
	"flag"
	"fmt"
	"net/url"
	"os"
	"os/signal"
	"syscall"

	"go.etcd.io/etcd/server/v3/embed"
)

// quotaBytes is etcd's own upper advice; benchmarks with ten thousands of objects must not meet NOSPACE.
const quotaBytes = 8 << 30

func runEtcd() int {
	flags := flag.NewFlagSet(os.Args[0], flag.ExitOnError)
	dataDir := flags.String("data-dir", "", "directory of the database")
	clientPort := flags.Int("client-port", 2379, "port for clients on 127.0.0.1")
	peerPort := flags.Int("peer-port", 2380, "port for peers on 127.0.0.1")
	_ = flags.Parse(os.Args[1:])

	config := embed.NewConfig()
	config.Name = "default"
	config.Dir = *dataDir
	config.LogLevel = "warn"
	config.UnsafeNoFsync = true
	config.QuotaBackendBytes = quotaBytes
	config.ListenClientUrls = loopback(*clientPort)
	config.AdvertiseClientUrls = config.ListenClientUrls
	config.ListenPeerUrls = loopback(*peerPort)
	config.AdvertisePeerUrls = config.ListenPeerUrls
	config.InitialCluster = config.InitialClusterFromName(config.Name)

	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	server, err := embed.StartEtcd(config)
	if err != nil {
		return failed(err)
	}
	defer server.Close()
	select {
	case <-ctx.Done():
		return 0
	case err := <-server.Err():
		return failed(err)
	}
}

func loopback(port int) []url.URL {
	return []url.URL{{Scheme: "http", Host: fmt.Sprintf("127.0.0.1:%d", port)}}
}
