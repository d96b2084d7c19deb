# SPDX-License-Identifier: 0BSD
import unittest

from planted_tree import PlantedTree

CPP = "// SPDX-License-Identifier: 0BSD\n"
HASH = "# SPDX-License-Identifier: 0BSD\n"

# path, text after the licence line, the rule that refuses it (None: accepted). The culprit is on the last line.
CASES = [
    # loose ends
    *[("src/base/a.cpp", f"// {word}: later\n", "loose-end") for word in ("TODO", "FIXME", "XXX", "HACK", "TODO(me)")],
    ("src/base/a.cpp", "// TODO #12: later\n", None),
    ("src/base/a.cpp", 'auto name = "fooXXXXXX";\n', None),
    ("tests/a.py", "# FIXME later\n", "loose-end"),
    ("testcluster/a.go", "package a // TODO later\n", "loose-end"),
    ("CMakeLists.txt", "# TODO later\n", "loose-end"),
    # dead code
    *[("src/base/a.cpp", f"// {code}\n", "dead-code") for code in (
        "return x;", "if (a) {", "}", "});", "foo(bar);", "a.b->c(d, e);", "auto x = f();", "x += 3;", "#include <map>",
        "co_return error;", "for (;;) {")],
    ("src/base/a.cpp", "    // std::move(x);\n", "dead-code"),
    ("testcluster/a.go", "package a\n\n// x = y(z);\n", "dead-code"),
    ("tests/a.py", "# print(x)\n", "dead-code"),
    ("tests/a.py", "# x = f(1)\n", "dead-code"),
    *[("src/base/a.cpp", f"// {text}\n", None) for text in (
        "Returns the value; the caller owns it.", "return values are in seconds", "For example `f(x)`.", "if (a) holds, so does b",
        "one more; see f()", "namespace a", "[begin, end)", "x = y means equality here.")],
    ("src/base/a.cpp", "}  // namespace base\n", None),
    # licence
    ("src/base/a.cpp", None, "licence"),
    ("testcluster/a.go", None, "licence"),
    ("tests/a.py", None, "licence"),
    ("cmake/a.cmake", None, "licence"),
    ("examples/a.yaml", None, "licence"),
    ("src/CMakeLists.txt", None, "licence"),
    ("Makefile", None, "licence"),
    ("tests/cluster/testdata/a.yaml", None, None),
    ("README.md", None, None),
    # headers
    ("src/base/a.hpp", "// What this is for.\n#pragma once\n", None),
    ("src/base/a.hpp", "// What this is for.\nint x;\n", "header"),
    ("src/base/a.hpp", "#pragma once\nint x;\n", "header"),
    # detached work
    ("src/io/http/a.cpp", "void f() { asio::co_spawn(e, g(), asio::detached); }\n", "detached"),
    ("bench/a.cpp", "void f() { asio::co_spawn(e, g(), boost::asio::detached); }\n", "detached"),
    ("src/io/http/a.cpp", "#include <boost/asio/detached.hpp>\n", "detached"),
    ("src/base/task_group.cpp", "void f() { asio::co_spawn(e, g(), asio::detached); }\n", None),
    ("src/io/http/a.cpp", "// Never asio::detached here.\n", None),
    # clocks and lots
    *[("src/io/http/a_test.cpp", f"void f() {{ {code} }}\n", "clock") for code in (
        "auto t = std::chrono::system_clock::now();", "auto t = steady_clock::now ();", "std::this_thread::sleep_for(1s);",
        "usleep(3);", "sleep(1);", "::sleep(1);", "auto x = rand();", "std::random_device d;", "return std::rand();",
        "if (rand() % 2) g();")],
    ("src/base/clock.cpp", "auto t = std::chrono::system_clock::now();\n", None),
    ("src/base/rng.cpp", "std::random_device device;\n", None),
    ("src/base/other.cpp", "std::random_device device;\n", "clock"),
    ("tests/fuzz/a.cpp", "auto t = std::chrono::system_clock::now();\n", None),
    *[("src/io/http/a.cpp", f"void f() {{ {code} }}\n", None) for code in (
        "co_await clock.sleep_for(1s);", "clock->sleep_until(t);", "auto t = clock.now();", "operand(3);", 'log("rand(");',
        "clock.sleep(3);")],
    ("src/io/http/a.cpp", "x" * 131 + "\n", "line-length"),
    ("src/io/http/a.cpp", "x" * 130 + "\n", None),
]


class Words(PlantedTree):
    def test_judges_each_case(self):
        for path, text, rule in CASES:
            with self.subTest(path=path, text=text, rule=rule):
                licence = CPP if path.endswith((".cpp", ".hpp", ".go")) else HASH
                content = "package a\n" if text is None else licence + text
                file = self.plant(path, content)
                if rule is None:
                    self.assert_accepts("words")
                else:
                    out = self.assert_refuses("words", f"{path}:")
                    self.assertIn(f": {rule}: ", out)
                    if rule != "header":
                        self.assertTrue(out.startswith(f"{path}:{len(content.splitlines())}: "), out)
                file.unlink()

    def test_wants_the_licence_of_a_script_below_its_first_line(self):
        script = self.plant("tools/x", "#!/bin/sh\ntrue\n")
        self.assert_refuses("words", "tools/x:2: licence: ")
        script.write_text("#!/bin/sh\n" + HASH)
        self.assert_accepts("words")

    def test_takes_the_licence_of_a_chart_template_in_any_comment(self):
        template = self.plant("charts/c/templates/a.yaml", "{{- /* SPDX-License-Identifier: 0BSD */ -}}\n")
        self.assert_accepts("words")
        template.write_text("{{- if .Values.x }}\n")
        self.assert_refuses("words", "charts/c/templates/a.yaml:1: licence: ")


if __name__ == "__main__":
    unittest.main()
