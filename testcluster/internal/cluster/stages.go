// SPDX-License-Identifier: 0BSD

package cluster

import (
	_ "embed"
	"fmt"
	"strings"
	"text/template"

	"sigs.k8s.io/kwok/kustomize/stage/node/fast"
	heartbeat "sigs.k8s.io/kwok/kustomize/stage/node/heartbeat-with-lease"
	podfast "sigs.k8s.io/kwok/kustomize/stage/pod/fast"
	"sigs.k8s.io/yaml"
)

// ReadyAfter is the pod annotation that delays readiness, or the end of a Job's pod.
const ReadyAfter = "testcluster/ready-after"

var (
	//go:embed config/pod-step.jq
	podStep string
	//go:embed config/pod-status.tmpl
	podStatus string
	//go:embed config/volumes.yaml
	volumeStages string
)

// statusTemplate keeps KWOK's own delimiters for KWOK.
var statusTemplate = template.Must(template.New("status").Delims("[[", "]]").Parse(podStatus))

// podStage is one step of a pod's life; Step is a result of pod-step.jq.
type podStage struct {
	Step      string
	Delayed   bool // by the annotation
	Begins    bool // the first step: sets start time, addresses and init containers
	Phase     string
	Ready     bool
	NotReady  string // reason of the Ready condition when not ready
	Started   bool
	Restarts  int
	State     string // of each container, as a YAML flow mapping without its braces
	LastState string
}

const (
	now        = `{{ $now | Quote }}`
	running    = `running: {startedAt: ` + now + `}`
	terminated = `terminated: {startedAt: {{ or $root.status.startTime $now | Quote }}, finishedAt: ` + now + `, exitCode: `
	crashed    = `terminated: {startedAt: ` + now + `, finishedAt: ` + now + `, exitCode: 1, reason: Error}`
	backOff    = `waiting: {reason: CrashLoopBackOff, message: back-off 5m0s restarting failed container}`
	noImage    = `waiting: {reason: ImagePullBackOff, message: {{ printf "Back-off pulling image %q" .image | Quote }}}`
	notReady   = "ContainersNotReady"
)

var podStages = []podStage{
	{Step: "start", Begins: true, Phase: "Running", Ready: true, Started: true, State: running},
	{Step: "start-unready", Begins: true, Phase: "Running", NotReady: notReady, Started: true, State: running},
	{Step: "become-ready", Delayed: true, Phase: "Running", Ready: true, Started: true, State: running},
	{Step: "complete", Delayed: true, Phase: "Succeeded", NotReady: "PodCompleted", State: terminated + `0, reason: Completed}`},
	{Step: "fail", Delayed: true, Phase: "Failed", NotReady: "PodFailed", State: terminated + `1, reason: Error}`},
	{Step: "crash", Begins: true, Phase: "Running", NotReady: notReady, Restarts: 5, State: backOff, LastState: crashed},
	{Step: "lack-image", Begins: true, Phase: "Pending", NotReady: notReady, State: noImage},
}

func (s podStage) render() (string, error) {
	var status strings.Builder
	if err := statusTemplate.Execute(&status, s); err != nil {
		return "", err
	}
	spec := map[string]any{
		"resourceRef": map[string]any{"apiGroup": "v1", "kind": "Pod"},
		"selector": map[string]any{"matchExpressions": []any{map[string]any{
			"jq": map[string]any{"key": podStep, "operator": "In", "values": []string{s.Step}},
		}}},
		"steps": []any{map[string]any{
			"patch": map[string]any{"subresource": "status", "root": "status", "template": status.String()},
		}},
	}
	if s.Delayed {
		spec["delay"] = map[string]any{"durationFrom": map[string]any{
			"jq": map[string]any{"expression": fmt.Sprintf(".metadata.annotations[%q]", ReadyAfter)},
		}}
	}
	content, err := yaml.Marshal(map[string]any{
		"apiVersion": "kwok.x-k8s.io/v1alpha1",
		"kind":       "Stage",
		"metadata":   map[string]any{"name": "pod-" + s.Step},
		"spec":       spec,
	})
	return string(content), err
}

// kwokConfiguration is the content of KWOK's config file. Nodes and deletion are KWOK's stock stages; the life of
// pods and volumes is ours.
func kwokConfiguration(podLog string) (string, error) {
	documents := []string{fast.DefaultNodeInit, heartbeat.DefaultNodeHeartbeatWithLease, podfast.DefaultPodDelete}
	for _, stage := range podStages {
		document, err := stage.render()
		if err != nil {
			return "", err
		}
		documents = append(documents, document)
	}
	logs, err := yaml.Marshal(map[string]any{
		"apiVersion": "kwok.x-k8s.io/v1alpha1",
		"kind":       "ClusterLogs",
		"metadata":   map[string]any{"name": "logs"},
		"spec":       map[string]any{"logs": []any{map[string]any{"logsFile": podLog}}},
	})
	if err != nil {
		return "", err
	}
	return strings.Join(append(documents, volumeStages, string(logs)), "\n---\n"), nil
}
