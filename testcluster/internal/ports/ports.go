// SPDX-License-Identifier: 0BSD

// Package ports chooses TCP ports on loopback that stay ours while a daemon is restarted.
package ports

import (
	"fmt"
	"math/rand/v2"
	"net"
	"slices"
)

// The range lies below the kernel's ephemeral ports (32768 and up): no outgoing connection can take a port between
// the stop and the start of the daemon that owns it.
const (
	first = 20000
	last  = 31999
	// tries bounds the search; with 12,000 candidates a miss this often means that something else is wrong.
	tries = 2000
)

// Free returns count distinct ports that nothing listens on and that are not in taken.
func Free(count int, taken []int) ([]int, error) {
	found := make([]int, 0, count)
	for range tries {
		if len(found) == count {
			return found, nil
		}
		port := first + rand.IntN(last-first+1)
		if !slices.Contains(taken, port) && !slices.Contains(found, port) && free(port) {
			found = append(found, port)
		}
	}
	return nil, fmt.Errorf("no %d free ports between %d and %d on 127.0.0.1", count, first, last)
}

func free(port int) bool {
	listener, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		return false
	}
	return listener.Close() == nil
}
