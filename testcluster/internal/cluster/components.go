// SPDX-License-Identifier: 0BSD

// Package cluster starts, prepares, describes and stops one control plane with simulated nodes.
package cluster

import (
	_ "embed"
	"fmt"
	"os"

	"stageset/testcluster/internal/certs"
	"stageset/testcluster/internal/proc"
	"stageset/testcluster/internal/state"
)

// Names of the daemons: each is also the first argument with which this binary becomes that daemon.
const (
	Etcd              = "etcd"
	APIServer         = "kube-apiserver"
	ControllerManager = "kube-controller-manager"
	Scheduler         = "kube-scheduler"
	Kwok              = "kwok"
	ArtifactServer    = "artifact-server"
)

const (
	issuer       = "https://kubernetes.default.svc.cluster.local"
	serviceRange = "10.96.0.0/16"
	podRange     = "10.244.0.0/16"
)

//go:embed config/audit.yaml
var auditPolicy []byte

// podLog is what `kubectl logs` shows for every container, in the format that container runtimes write.
const podLog = "2024-01-01T00:00:00.000000000Z stdout F simulated by testcluster\n"

var clients = map[string]struct{ user, group string }{
	"admin":           {"admin", "system:masters"},
	ControllerManager: {"system:kube-controller-manager", ""},
	Scheduler:         {"system:kube-scheduler", ""},
	Kwok:              {"system:kwok", "system:masters"},
	SourceController:  {"system:source-controller", "system:masters"},
}

// writeFiles makes certificates, kubeconfigs and configuration: all that the daemons read.
func writeFiles(cluster *state.Cluster) error {
	for _, dir := range []string{"pki", "logs", "etcd", "artifacts", "config", "kwok"} {
		if err := os.MkdirAll(cluster.Path(dir), 0o755); err != nil {
			return err
		}
	}
	if err := writeCertificates(cluster); err != nil {
		return err
	}
	stages, err := kwokConfiguration(cluster.Path("logs", "pods.log"))
	if err != nil {
		return err
	}
	files := map[string][]byte{
		cluster.Path("config", "audit.yaml"): auditPolicy,
		cluster.Path("config", "kwok.yaml"):  []byte(stages),
		cluster.Path("logs", "pods.log"):     []byte(podLog),
	}
	for path, content := range files {
		if err := os.WriteFile(path, content, 0o644); err != nil {
			return err
		}
	}
	return nil
}

func writeCertificates(cluster *state.Cluster) error {
	pki := cluster.Path("pki")
	authority, err := certs.NewAuthority("testcluster-" + cluster.Name)
	if err != nil {
		return err
	}
	if err := authority.Write(pki, "ca"); err != nil {
		return err
	}
	server, err := authority.Server("testcluster", "127.0.0.1", "::1", "localhost", "10.96.0.1",
		"kubernetes", "kubernetes.default", "kubernetes.default.svc", "kubernetes.default.svc.cluster.local")
	if err != nil {
		return err
	}
	if err := server.Write(pki, "server"); err != nil {
		return err
	}
	kubelet, err := authority.Client("kube-apiserver-kubelet-client", "system:masters")
	if err != nil {
		return err
	}
	if err := kubelet.Write(pki, "kubelet-client"); err != nil {
		return err
	}
	tokens, err := certs.SigningKey()
	if err != nil {
		return err
	}
	if err := tokens.Write(pki, "service-account"); err != nil {
		return err
	}
	for name, client := range clients {
		pair, err := authority.Client(client.user, groups(client.group)...)
		if err != nil {
			return err
		}
		if err := writeKubeconfig(cluster, name, authority.Certificate, pair); err != nil {
			return err
		}
	}
	return nil
}

func groups(name string) []string {
	if name == "" {
		return nil
	}
	return []string{name}
}

// processes lists the daemons in the order in which they start.
func processes(cluster *state.Cluster, executable string) []state.Process {
	arguments := []struct {
		name string
		args []string
	}{
		{Etcd, etcdArguments(cluster)},
		{ArtifactServer, []string{"--dir=" + cluster.Path("artifacts"), fmt.Sprintf("--port=%d", cluster.Ports.Artifacts)}},
		{APIServer, apiserverArguments(cluster)},
		{ControllerManager, controllerManagerArguments(cluster)},
		{Scheduler, schedulerArguments(cluster)},
		{Kwok, kwokArguments(cluster)},
	}
	list := make([]state.Process, 0, len(arguments))
	for _, a := range arguments {
		list = append(list, state.Process{Name: a.name, Command: proc.Command{
			Path: executable,
			Args: append([]string{a.name}, a.args...),
			Env:  []string{"KWOK_WORKDIR=" + cluster.Path("kwok")},
			Log:  cluster.Path("logs", a.name+".log"),
		}})
	}
	return list
}

func etcdArguments(cluster *state.Cluster) []string {
	return []string{
		"--data-dir=" + cluster.Path("etcd"),
		fmt.Sprintf("--client-port=%d", cluster.Ports.Etcd),
		fmt.Sprintf("--peer-port=%d", cluster.Ports.EtcdPeer),
	}
}

func apiserverArguments(cluster *state.Cluster) []string {
	return []string{
		fmt.Sprintf("--etcd-servers=http://127.0.0.1:%d", cluster.Ports.Etcd),
		"--bind-address=127.0.0.1",
		"--advertise-address=127.0.0.1",
		fmt.Sprintf("--secure-port=%d", cluster.Ports.APIServer),
		"--cert-dir=" + cluster.Path("pki"),
		"--tls-cert-file=" + cluster.Path("pki", "server.crt"),
		"--tls-private-key-file=" + cluster.Path("pki", "server.key"),
		"--client-ca-file=" + cluster.Path("pki", "ca.crt"),
		"--authorization-mode=Node,RBAC",
		"--endpoint-reconciler-type=none",
		"--service-cluster-ip-range=" + serviceRange,
		"--service-account-issuer=" + issuer,
		"--service-account-key-file=" + cluster.Path("pki", "service-account.crt"),
		"--service-account-signing-key-file=" + cluster.Path("pki", "service-account.key"),
		"--kubelet-certificate-authority=" + cluster.Path("pki", "ca.crt"),
		"--kubelet-client-certificate=" + cluster.Path("pki", "kubelet-client.crt"),
		"--kubelet-client-key=" + cluster.Path("pki", "kubelet-client.key"),
		"--kubelet-preferred-address-types=InternalIP",
		"--audit-policy-file=" + cluster.Path("config", "audit.yaml"),
		"--audit-log-path=" + cluster.Path("logs", "audit.log"),
		"--audit-log-maxsize=1000",
		// Tests and benchmarks measure the controller, not the limits of this server.
		"--max-requests-inflight=3000",
		"--max-mutating-requests-inflight=1000",
		// Else a stopping server waits a minute for clients to end their watches.
		"--shutdown-watch-termination-grace-period=1s",
	}
}

func controllerManagerArguments(cluster *state.Cluster) []string {
	return append(leaderless(cluster, ControllerManager),
		"--controllers=*",
		"--use-service-account-credentials=true",
		"--service-account-private-key-file="+cluster.Path("pki", "service-account.key"),
		"--root-ca-file="+cluster.Path("pki", "ca.crt"),
		"--cluster-signing-cert-file="+cluster.Path("pki", "ca.crt"),
		"--cluster-signing-key-file="+cluster.Path("pki", "ca.key"),
		"--kube-api-qps=200",
		"--kube-api-burst=400",
		"--pvclaimbinder-sync-period=2s",
		"--namespace-sync-period=30s",
		// A machine that is busy with a build must not make nodes unready and evict what a test watches.
		"--node-monitor-grace-period=10m",
	)
}

func schedulerArguments(cluster *state.Cluster) []string {
	return append(leaderless(cluster, Scheduler), "--kube-api-qps=200", "--kube-api-burst=400")
}

func leaderless(cluster *state.Cluster, name string) []string {
	return []string{
		"--kubeconfig=" + cluster.Path("config", name+".kubeconfig"),
		"--leader-elect=false",
		"--secure-port=0",
	}
}

func kwokArguments(cluster *state.Cluster) []string {
	return []string{
		"--kubeconfig=" + cluster.Path("config", Kwok+".kubeconfig"),
		"--config=" + cluster.Path("config", "kwok.yaml"),
		"--manage-all-nodes=true",
		"--node-ip=127.0.0.1",
		fmt.Sprintf("--node-port=%d", cluster.Ports.Kubelet),
		fmt.Sprintf("--server-address=127.0.0.1:%d", cluster.Ports.Kubelet),
		"--cidr=" + podRange,
		"--node-lease-duration-seconds=40",
		"--tls-cert-file=" + cluster.Path("pki", "server.crt"),
		"--tls-private-key-file=" + cluster.Path("pki", "server.key"),
	}
}
