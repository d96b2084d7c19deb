# SPDX-License-Identifier: 0BSD
import shutil
import unittest

from planted_tree import LINT, PlantedTree


class Format(PlantedTree):
    def setUp(self):
        super().setUp()
        shutil.copy(LINT.parent.parent / ".clang-format", self.root)

    def test_accepts_clean_files(self):
        self.plant("src/base/a.cpp", '#include "base/a.hpp"\n\n#include <string>\n#include <sys/stat.h>\n\n#include <curl/curl.h>\n'
                                     '#include <yaml.h>\n\n#include "base/b.hpp"\n\nint f() { return 1; }\n')
        self.assert_accepts("format")

    def test_refuses_each_file_once_wherever_it_is(self):
        for path in ("src/base/a.cpp", "src/base/a.hpp", "tests/fuzz/a.cpp", "bench/a.cpp"):
            self.plant(path, "int  f( );\nint  g( );\n")
        self.assert_refuses("format", "src/base/a.cpp:1: format: ", "src/base/a.hpp:1: format: ", "tests/fuzz/a.cpp:1: format: ",
                            "bench/a.cpp:1: format: ")

    def test_refuses_includes_out_of_order(self):
        self.plant("src/base/a.cpp", "#include <vector>\n#include <string>\n")
        self.assert_refuses("format", "src/base/a.cpp:1: format: ")

    def test_notices_a_bad_file_among_many(self):
        for number in range(40):
            self.plant(f"src/base/f{number:02}.cpp", "int f();\n")
        self.plant("src/base/f33.cpp", "int  f();\n")
        self.assert_refuses("format", "src/base/f33.cpp:1: format: ")


class Shell(PlantedTree):
    def test_accepts_a_clean_script_and_other_programs(self):
        self.plant("tools/a", '#!/usr/bin/env bash\necho "$1"\n')
        self.plant("tools/b", "#!/usr/bin/env python3\nprint($1)\n")
        self.assert_accepts("shell")

    def test_refuses_an_unquoted_variable(self):
        self.plant("tools/a", "#!/usr/bin/env bash\nx=$1\nls $x\n")
        self.plant(".ci/run", "#!/bin/sh\nls $1\n")
        self.assert_refuses("shell", "tools/a:3: shell: ", ".ci/run:2: shell: ")


if __name__ == "__main__":
    unittest.main()
