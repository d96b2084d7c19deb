// SPDX-License-Identifier: 0BSD

package cluster

import (
	"context"

	"stageset/testcluster/internal/state"
)

// Status describes a cluster as `status -o json` prints it.
type Status struct {
	Name        string `json:"name"`
	Ready       bool   `json:"ready"`
	Reason      string `json:"reason,omitempty"` // why it is not ready
	Dir         string `json:"dir"`
	Kubeconfig  string `json:"kubeconfig"`
	Server      string `json:"server"`
	ArtifactURL string `json:"artifactURL"`
	ArtifactDir string `json:"artifactDir"`
	AuditLog    string `json:"auditLog"`
	// Companions tells by word ("flux", "git", …) the "url" of each, and for "s3" also "accessKey" and "secretKey".
	Companions map[string]map[string]string `json:"companions,omitempty"`
	Processes  []ProcessStatus              `json:"processes"`
}

// ProcessStatus describes one daemon. Memory is 0 when it does not run.
type ProcessStatus struct {
	Name            string `json:"name"`
	PID             int    `json:"pid"`
	Running         bool   `json:"running"`
	ResidentKiB     int    `json:"residentKiB"`
	ProportionalKiB int    `json:"proportionalKiB"`
	Log             string `json:"log"`
}

// Describe asks the cluster and its processes.
func Describe(ctx context.Context, cluster *state.Cluster) Status {
	status := Status{
		Name: cluster.Name, Ready: true, Dir: cluster.Dir, Kubeconfig: cluster.Kubeconfig(), Server: cluster.Server(),
		ArtifactURL: cluster.ArtifactURL(), ArtifactDir: cluster.Path("artifacts"),
		AuditLog: cluster.Path("logs", "audit.log"), Companions: describeCompanions(cluster),
	}
	if err := Answers(ctx, cluster); err != nil {
		status.Ready, status.Reason = false, err.Error()
	}
	for _, process := range cluster.Processes {
		status.Processes = append(status.Processes, ProcessStatus{
			Name: process.Name, PID: process.PID, Running: process.Alive(), Log: process.Command.Log,
			ResidentKiB: process.ResidentKiB(), ProportionalKiB: process.ProportionalKiB(),
		})
	}
	return status
}
