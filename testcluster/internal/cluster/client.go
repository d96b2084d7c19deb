// SPDX-License-Identifier: 0BSD

package cluster

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	apiextensions "k8s.io/apiextensions-apiserver/pkg/client/clientset/clientset"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"

	"stageset/testcluster/internal/certs"
	"stageset/testcluster/internal/state"
)

// fieldManager owns what `up` and `publish` write.
const fieldManager = "testcluster"

// writeKubeconfig embeds certificate and key, so that the file may be copied into a Secret for another cluster.
func writeKubeconfig(cluster *state.Cluster, name string, authority []byte, pair certs.Pair) error {
	path := cluster.Path("config", name+".kubeconfig")
	if name == "admin" {
		path = cluster.Kubeconfig()
	}
	key := "testcluster-" + cluster.Name
	config := clientcmdapi.NewConfig()
	config.Clusters[key] = &clientcmdapi.Cluster{Server: cluster.Server(), CertificateAuthorityData: authority}
	config.AuthInfos[name] = &clientcmdapi.AuthInfo{
		ClientCertificateData: pair.Certificate, ClientKeyData: pair.Key,
	}
	config.Contexts[key] = &clientcmdapi.Context{Cluster: key, AuthInfo: name}
	config.CurrentContext = key
	content, err := clientcmd.Write(*config)
	if err != nil {
		return err
	}
	return state.WriteFile(path, content, 0o600)
}

// clientSet is the administrator's view of one cluster.
type clientSet struct {
	kubernetes.Interface
	extensions apiextensions.Interface
	dynamic    dynamic.Interface
}

func connect(cluster *state.Cluster) (clientSet, error) {
	config, err := clientcmd.BuildConfigFromFlags("", cluster.Kubeconfig())
	if err != nil {
		return clientSet{}, err
	}
	config.QPS = -1 // the server's own limits are enough
	config.Timeout = 10 * time.Second
	config.UserAgent = "testcluster"
	return clientsFor(config)
}

func clientsFor(config *rest.Config) (clients clientSet, err error) {
	if clients.Interface, err = kubernetes.NewForConfig(config); err != nil {
		return clientSet{}, err
	}
	if clients.extensions, err = apiextensions.NewForConfig(config); err != nil {
		return clientSet{}, err
	}
	clients.dynamic, err = dynamic.NewForConfig(config)
	return clients, err
}

// ready asks the API server whether it is ready to serve, and says why not.
func (c clientSet) ready(ctx context.Context) error {
	body, err := c.Discovery().RESTClient().Get().AbsPath("/readyz").DoRaw(ctx)
	if err != nil {
		return err
	}
	if text := strings.TrimSpace(string(body)); text != "ok" {
		return fmt.Errorf("readyz answers %q", text)
	}
	return nil
}

// errEnded is the cause of giving up on a daemon that ended instead of answering.
var errEnded = errors.New("a process ended")

// poll asks until the answer is nil, the context ends, or stop is closed; the error then holds the last answer. A
// question under way is cut off, too: another program on the port may accept a connection and say nothing.
func poll(ctx context.Context, stop <-chan struct{}, question func(context.Context) error) error {
	const interval = 50 * time.Millisecond
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	go func() {
		select {
		case <-stop:
			cancel(errEnded)
		case <-ctx.Done():
		}
	}()
	for {
		err := question(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%w; last answer: %w", context.Cause(ctx), err)
		case <-time.After(interval):
		}
	}
}
