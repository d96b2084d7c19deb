// SPDX-License-Identifier: 0BSD

// Package tools names the programs of others that tests use beside ours; see build.sh.
package tools
