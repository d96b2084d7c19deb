# SPDX-License-Identifier: 0BSD
import json
import unittest

from planted_tree import PlantedTree


class Headers(PlantedTree):
    def setUp(self):
        super().setUp()
        self.build = self.root / "out"
        self.build.mkdir()
        self.plant("src/base/a.cpp", "")
        self.compile_commands("src/base/a.cpp")

    def compile_commands(self, *paths, flags="-DFROM_MODULE=1"):
        pch = "-Winvalid-pch -Xclang -include-pch -Xclang /nowhere/p.hxx.pch -Xclang -include -Xclang /nowhere/p.hxx"
        entries = [{"directory": str(self.build), "file": str(self.root / path),
                    "command": f"/usr/bin/ccache /usr/bin/clang++-19 {flags} {pch} -I{self.root}/src -std=c++23 -Wall -Werror "
                               f"-MD -MT a.o -MF a.d -o a.o -c {self.root / path}"} for path in paths]
        (self.build / "compile_commands.json").write_text(json.dumps(entries))

    def check(self, *expected):
        if expected:
            return self.assert_refuses("headers", *expected, arguments=[self.build])
        return self.assert_accepts("headers", self.build)

    def test_accepts_headers_that_include_what_they_use(self):
        self.plant("src/base/a.hpp", "#pragma once\n#include <string>\ninline std::string f() { return {}; }\n")
        self.plant("src/model/b.hpp", '#pragma once\n#include "base/a.hpp"\ninline auto g() { return f(); }\n')
        self.check()

    def test_refuses_a_header_that_leans_on_its_includer(self):
        self.plant("src/base/a.hpp", "#pragma once\n\ninline std::string f() { return {}; }\n")
        self.check("src/base/a.hpp:3: headers: src/base/a.hpp does not compile alone: ")

    def test_compiles_with_the_definitions_of_the_module(self):
        self.plant("src/base/a.hpp", "#pragma once\nstatic_assert(FROM_MODULE == 1);\n")
        self.check()

    def test_does_not_compile_twice_what_did_not_change(self):
        self.plant("src/base/a.hpp", "#pragma once\n")
        self.plant("src/base/b.hpp", '#pragma once\n#include "base/a.hpp"\n')
        self.assertIn("2 in all, 2 new or changed", self.check())
        self.assertIn("2 in all, 0 new or changed", self.check())

    def test_compiles_again_when_an_included_header_or_a_flag_changes(self):
        self.plant("src/base/a.hpp", "#pragma once\nusing A = int;\n")
        self.plant("src/base/b.hpp", '#pragma once\n#include "base/a.hpp"\ninline A f() { return 1; }\n')
        self.check()
        self.plant("src/base/a.hpp", "#pragma once\n")
        self.check("src/base/b.hpp:3: headers: src/base/b.hpp does not compile alone: ")
        self.plant("src/base/a.hpp", "#pragma once\nusing A = int;\n")
        self.assertIn("0 new or changed", self.check())
        self.compile_commands("src/base/a.cpp", flags="-DA=3")
        self.check("src/base/a.hpp:2: headers: ", "src/base/a.hpp:2: headers: src/base/b.hpp does")

    def test_refuses_again_what_it_refused_before(self):
        self.plant("src/base/a.hpp", "#pragma once\nint f() { return g(); }\n")
        self.check("src/base/a.hpp:2: headers: ")
        self.check("src/base/a.hpp:2: headers: ")

    def test_fails_when_there_is_nothing_to_check(self):
        self.compile_commands("elsewhere/a.cpp")
        self.check("src:1: headers: nothing to check")


if __name__ == "__main__":
    unittest.main()
