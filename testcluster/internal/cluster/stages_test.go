// SPDX-License-Identifier: 0BSD

package cluster

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/itchyny/gojq"
	"sigs.k8s.io/yaml"
)

// step runs pod-step.jq as KWOK does; no result means that no stage applies.
func step(t *testing.T, pod string) string {
	t.Helper()
	query, err := gojq.Parse(podStep)
	if err != nil {
		t.Fatal(err)
	}
	content, err := yaml.YAMLToJSON([]byte(pod))
	if err != nil {
		t.Fatal(err)
	}
	var value any
	if err := json.Unmarshal(content, &value); err != nil {
		t.Fatal(err)
	}
	result, ok := query.Run(value).Next()
	if !ok {
		return ""
	}
	if err, failed := result.(error); failed {
		t.Fatal(err)
	}
	return result.(string)
}

const (
	pending      = "status: {phase: Pending}"
	podRunning   = `status: {phase: Running, conditions: [{type: Ready, status: "True"}]}`
	unready      = `status: {phase: Running, conditions: [{type: Ready, status: "False"}]}`
	succeeded    = "status: {phase: Succeeded}"
	pullingFails = "status: {phase: Pending, containerStatuses: [{state: {waiting: {reason: ImagePullBackOff}}}]}"
)

func TestEachPodTakesItsStep(t *testing.T) {
	const job = "ownerReferences: [{kind: ReplicaSet}, {kind: Job}]"
	behaviour := func(value string) string { return "labels: {testcluster/behaviour: " + value + "}" }
	const delayed = "annotations: {testcluster/ready-after: 1s}"
	cases := []struct {
		name, metadata, status, want string
	}{
		{"PlainStarts", "", pending, "start"},
		{"PlainIsDone", "", podRunning, ""},
		{"PlainRecovers", "", unready, "become-ready"},
		{"PlainStaysAtItsEnd", "", succeeded, ""},
		{"DelayedStartsUnready", delayed, pending, "start-unready"},
		{"DelayedBecomesReady", delayed, unready, "become-ready"},
		{"DelayedIsDone", delayed, podRunning, ""},
		{"DeletedIsLeftToTheStockStage", "deletionTimestamp: x", pending, ""},
		{"JobStarts", job, pending, "start"},
		{"JobCompletes", job, podRunning, "complete"},
		{"DelayedJobStartsReady", job + ", " + delayed, pending, "start"},
		{"DelayedJobCompletes", job + ", " + delayed, podRunning, "complete"},
		{"CompletedJobIsDone", job, succeeded, ""},
		{"FailingJobStarts", job + ", " + behaviour("fail"), pending, "start"},
		{"FailingJobFails", job + ", " + behaviour("fail"), podRunning, "fail"},
		{"HangingJobHangs", job + ", " + behaviour("never-ready"), unready, ""},
		{"FailElsewhereIsACrash", behaviour("fail"), pending, "crash"},
		{"NeverReadyStarts", behaviour("never-ready"), pending, "start-unready"},
		{"NeverReadyWithDelayStaysUnready", behaviour("never-ready") + ", " + delayed, unready, ""},
		{"NeverReadyStays", behaviour("never-ready"), unready, ""},
		{"CrashLoops", behaviour("crash-loop"), pending, "crash"},
		{"CrashLoopStays", behaviour("crash-loop"), unready, ""},
		{"ImageIsLacking", behaviour("image-pull-error"), pending, "lack-image"},
		{"ImageStaysLacking", behaviour("image-pull-error"), pullingFails, ""},
		{"UnknownLabelStaysPending", behaviour("never-redy"), pending, ""},
	}
	known := []string{""}
	for _, stage := range podStages {
		known = append(known, stage.Step)
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if !slices.Contains(known, c.want) {
				t.Fatalf("no stage does %q", c.want)
			}
			got := step(t, "metadata: {"+c.metadata+"}\nspec: {restartPolicy: Always}\n"+c.status)
			if got != c.want {
				t.Fatalf("got %q, want %q", got, c.want)
			}
		})
	}
	if got := step(t, "metadata: {"+behaviour("fail")+"}\nspec: {restartPolicy: Never}\n"+podRunning); got != "fail" {
		t.Errorf("a bare pod that never restarts must fail, got %q", got)
	}
}

func TestTheConfigurationIsYAMLWithAllStages(t *testing.T) {
	configuration, err := kwokConfiguration("/logs/pods.log")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for document := range strings.SplitSeq(configuration, "\n---\n") {
		var object struct {
			Kind     string
			Metadata struct{ Name string }
		}
		if err := yaml.Unmarshal([]byte(document), &object); err != nil {
			t.Fatalf("%v\n%s", err, document)
		}
		names = append(names, object.Kind+"/"+object.Metadata.Name)
	}
	for _, stage := range podStages {
		if !slices.Contains(names, "Stage/pod-"+stage.Step) {
			t.Errorf("%s is missing in %v", stage.Step, names)
		}
	}
	for _, want := range []string{"Stage/node-initialize", "Stage/pod-delete", "Stage/claim-provision", "ClusterLogs/logs"} {
		if !slices.Contains(names, want) {
			t.Errorf("%s is missing in %v", want, names)
		}
	}
}
