// SPDX-License-Identifier: 0BSD

// Prints src/rules/envsubst/letter_tables.cpp: what Go's unicode package says of the characters beyond ASCII. Lay it out with
// clang-format afterwards. Needed again only when the originals move to a Go with a newer Unicode.
package main

import (
	"fmt"
	"unicode"
)

type change struct{ first, last, step, delta rune }

// Merges equal deltas of neighbours that are one or two characters apart (many scripts alternate small and capital letters).
func changes(to func(rune) rune) []change {
	var found []change
	for letter := rune(0x80); letter <= unicode.MaxRune; letter++ {
		delta := to(letter) - letter
		if delta == 0 {
			continue
		}
		if len(found) > 0 {
			last := &found[len(found)-1]
			step := letter - last.last
			if last.delta == delta && (step == last.step || (last.first == last.last && step <= 2)) {
				last.last, last.step = letter, step
				continue
			}
		}
		found = append(found, change{letter, letter, 1, delta})
	}
	return found
}

func printChanges(name string, list []change) {
	fmt.Printf("const std::array<CaseRange, %d> %s = {{", len(list), name)
	for _, entry := range list {
		fmt.Printf("{0x%x,0x%x,%d,%d},", entry.first, entry.last, entry.step, entry.delta)
	}
	fmt.Println("}};")
}

func main() {
	var ranges [][2]rune
	for letter := rune(0x80); letter <= unicode.MaxRune; letter++ {
		if !unicode.IsLetter(letter) && !unicode.IsDigit(letter) {
			continue
		}
		if count := len(ranges); count > 0 && ranges[count-1][1] == letter-1 {
			ranges[count-1][1] = letter
			continue
		}
		ranges = append(ranges, [2]rune{letter, letter})
	}
	fmt.Println("// SPDX-License-Identifier: 0BSD")
	fmt.Printf("// Made by tests/differential/oracle/unicode from Unicode %s; not written by hand.\n", unicode.Version)
	fmt.Print("#include \"rules/envsubst/letter_tables.hpp\"\n\nnamespace envsubst {\n\n")
	fmt.Printf("const std::array<LetterRange, %d> kLetters = {{", len(ranges))
	for _, entry := range ranges {
		fmt.Printf("{0x%x,0x%x},", entry[0], entry[1])
	}
	fmt.Println("}};")
	printChanges("kUpper", changes(unicode.ToUpper))
	printChanges("kLower", changes(unicode.ToLower))
	fmt.Println("\n}  // namespace envsubst")
}
