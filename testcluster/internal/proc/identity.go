// SPDX-License-Identifier: 0BSD

// Package proc starts daemons that outlive us and recognises them later, so that only our own are signalled.
package proc

import (
	"fmt"
	"os"
	"strconv"
	"strings"
)

// Identity names one process for as long as the machine is up. A pid alone is reused; its start time is not.
type Identity struct {
	PID        int    `json:"pid"`
	StartTicks uint64 `json:"startTicks"` // field 22 of /proc/PID/stat: clock ticks after boot
	Exe        string `json:"exe"`
}

// Of reads the identity of a running process.
func Of(pid int) (Identity, error) {
	_, ticks, err := stat(pid)
	if err != nil {
		return Identity{}, err
	}
	exe, err := executable(pid)
	if err != nil {
		return Identity{}, err
	}
	return Identity{PID: pid, StartTicks: ticks, Exe: exe}, nil
}

// Alive tells whether this very process still runs. A zombie does not run: it only waits for its parent.
func (id Identity) Alive() bool {
	if id.PID <= 0 {
		return false
	}
	state, ticks, err := stat(id.PID)
	if err != nil || state == 'Z' || state == 'X' || ticks != id.StartTicks {
		return false
	}
	exe, err := executable(id.PID)
	return err == nil && exe == id.Exe
}

// ResidentKiB is the resident memory of the process, and 0 when it does not run.
func (id Identity) ResidentKiB() int {
	if !id.Alive() {
		return 0
	}
	return statusField(fmt.Sprintf("/proc/%d/status", id.PID), "VmRSS:")
}

// ProportionalKiB counts pages shared with other processes by their share, and is 0 when it cannot be read.
func (id Identity) ProportionalKiB() int {
	if !id.Alive() {
		return 0
	}
	return statusField(fmt.Sprintf("/proc/%d/smaps_rollup", id.PID), "Pss:")
}

func statusField(path, name string) int {
	content, err := os.ReadFile(path)
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(content)) {
		if fields := strings.Fields(line); len(fields) >= 2 && fields[0] == name {
			value, _ := strconv.Atoi(fields[1])
			return value
		}
	}
	return 0
}

func stat(pid int) (state byte, ticks uint64, err error) {
	content, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, 0, err
	}
	return parseStat(string(content))
}

// parseStat reads state and start time. The command name, in parentheses, may itself hold spaces and parentheses:
// the fields are counted from the last one.
func parseStat(content string) (state byte, ticks uint64, err error) {
	end := strings.LastIndexByte(content, ')')
	if end < 0 {
		return 0, 0, fmt.Errorf("not a stat line: %q", content)
	}
	fields := strings.Fields(content[end+1:])
	const startTime = 22 - 3 // the first field after the name is number 3
	if len(fields) <= startTime || len(fields[0]) != 1 {
		return 0, 0, fmt.Errorf("too few fields in stat line: %q", content)
	}
	ticks, err = strconv.ParseUint(fields[startTime], 10, 64)
	return fields[0][0], ticks, err
}

// executable drops the kernel's mark for a file that a new build replaced: the process is still ours.
func executable(pid int) (string, error) {
	path, err := os.Readlink(fmt.Sprintf("/proc/%d/exe", pid))
	return strings.TrimSuffix(path, " (deleted)"), err
}
