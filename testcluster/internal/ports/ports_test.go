// SPDX-License-Identifier: 0BSD

package ports

import (
	"fmt"
	"net"
	"slices"
	"testing"
)

func TestPortsAreDistinctAndOutsideTheEphemeralRange(t *testing.T) {
	found, err := Free(50, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, port := range found {
		if port < first || port > last {
			t.Errorf("port %d lies outside the range", port)
		}
	}
	slices.Sort(found)
	if len(slices.Compact(found)) != 50 {
		t.Fatal("a port was given twice")
	}
}

func TestAPortInUseIsNotFree(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := listener.Addr().(*net.TCPAddr).Port
	if free(port) {
		t.Errorf("port %d is in use", port)
	}
	listener.Close()
	if !free(port) {
		t.Errorf("port %d was released", port)
	}
}

func TestTakenPortsAreNotGivenAgain(t *testing.T) {
	taken := make([]int, 0, last-first+1)
	for port := first; port <= last; port++ {
		taken = append(taken, port)
	}
	if found, err := Free(1, taken); err == nil {
		t.Fatal(fmt.Errorf("every port is taken, got %v", found))
	}
}
