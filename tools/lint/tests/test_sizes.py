# SPDX-License-Identifier: 0BSD
import unittest

from planted_tree import CHECKS, PlantedTree

functions = CHECKS["sizes"].cpp_functions.functions

# Name and lines of each function that the finder must see, in order, in `code`.
FOUND = [
    ("int f() { return 1; }", [("f", 1)]),
    ("int f() {\n    return 1;\n}\nvoid g(int a,\n       int b) {\n}\n", [("f", 3), ("g", 3)]),
    ("namespace a::b {\nclass C {\npublic:\n    C() : x_{1}, y_(2) {\n        go();\n    }\n    int x_ = {3};\n};\n}", [("C", 3)]),
    ("struct S {\n    bool operator==(const S&) const {\n        return true;\n    }\n};", [("operator==", 3)]),
    ("template <class T, int N = 3>\n    requires std::integral<T>\nvoid A<T>::f(std::vector<T> v) const noexcept {\n    if (v) {\n    }\n}", [("A<T>::f", 6)]),
    ("enum class E { kA, kB };\nconst int k[] = {1, 2};\nint g(int x = 3) {\n}\n", [("g", 2)]),
    ("const Case kCases[] = {\n    Case{f(1), {2}},\n};\nint x{3};\n", []),
    ("TEST(Windows, DenyBeatsAllow) {\n    EXPECT_TRUE(x);\n}", [("Windows.DenyBeatsAllow", 3)]),
    ("auto f() -> std::map<int, int> {\n}", [("f", 2)]),
    ("const auto kF = [](int x) {\n    return x;\n};\nint g() {\n}", [("kF", 3), ("g", 2)]),
    ('void f() {\n    g("}");  // }\n    g(\'}\');\n    g(R"({)");\n    h(1\'000);\n}\nvoid i() {\n}', [("f", 6), ("i", 2)]),
    ("#define X {\nvoid f() {\n}\n", [("f", 2)]),
    ('extern "C" {\nint f(void) {\n}\n}\nextern "C" int g(void) {\n    return 0;\n}', [("f", 2), ("g", 3)]),
    ("void f() {\n    struct L {\n        void g() {\n        }\n    };\n    auto h = [] { return 1; };\n}", [("f", 7)]),
    ("base::Task<int> Client::get(std::string path) {\n    for (;;) {\n    }\n}", [("Client::get", 4)]),
    ("C::C(A a, B b)\n    : D{a},\n      b_{std::move(b)},\n      c_([] { return 1; }) {\n    x();\n}", [("C::C", 6)]),
    ("class A : public B<int>, C {\n    ~A() override {\n    }\n    operator bool() const {\n    }\n};", [("~A", 2), ("operator bool", 2)]),
    ("struct stat read(int f);\nint f(struct stat s) {\n}", [("f", 2)]),
    ("A f() try {\n} catch (...) {\n}", [("f", 2)]),
]


def function_of(lines, name="f"):
    return f"void {name}() {{\n" + "    go();\n" * (lines - 2) + "}\n"


class FunctionFinder(unittest.TestCase):
    def test_sees_functions_and_nothing_else(self):
        for code, expected in FOUND:
            with self.subTest(code=code):
                found = [(function.name, function.lines) for function in functions(code)]
                self.assertEqual([item for item in found if item[0] != "?" and item[0] != "catch"], expected)

    def test_names_the_first_line_of_the_signature(self):
        self.assertEqual(functions("// a\n\nint\nf() {\n}\n")[0].first_line, 3)


class Sizes(PlantedTree):
    def test_accepts_what_is_just_short_enough(self):
        self.plant("src/base/a.cpp", function_of(60) + "\n" * 440)
        self.assertEqual(self.assert_accepts("sizes"), "")

    def test_warns_above_what_is_preferred(self):
        self.plant("src/base/a.cpp", function_of(70) + "\n" * 530)
        out = self.assert_accepts("sizes")
        self.assertIn("src/base/a.cpp:1: warning: function-size: f has 70 lines", out)
        self.assertIn("src/base/a.cpp:600: warning: file-size: ", out)

    def test_refuses_a_long_function(self):
        self.plant("src/base/a.cpp", "\n" + function_of(71))
        self.assert_refuses("sizes", "src/base/a.cpp:2: function-size: f has 71 lines, at most 70")

    def test_refuses_long_files_of_each_language(self):
        for path in ("src/base/a.hpp", "testcluster/a_test.go", "tests/a.py"):
            with self.subTest(path=path):
                text = "package a\n\n" + "// b\n" * 599 if path.endswith(".go") else "\n" * 601
                file = self.plant(path, text)
                self.assert_refuses("sizes", f"{path}:601: file-size: 601 lines, at most 600")
                file.unlink()

    def test_lets_a_listed_function_be_as_long_as_listed_and_no_longer(self):
        self.plant("tools/lint/long-functions.txt", "# why\nsrc/base/a.cpp f 80\n")
        source = self.plant("src/base/a.cpp", function_of(80))
        self.assert_accepts("sizes")
        source.write_text(function_of(81))
        self.assert_refuses("sizes", "src/base/a.cpp:1: function-size: f has 81 lines, at most 80")

    def test_lets_the_list_only_shrink(self):
        self.plant("tools/lint/long-functions.txt", "src/base/a.cpp f 80\nsrc/base/a.cpp g 80\nsrc/base/gone.cpp f 90\nnonsense\n")
        self.plant("src/base/a.cpp", function_of(75) + function_of(70, "g"))
        self.assert_refuses("sizes", "tools/lint/long-functions.txt:1: function-size: f has 75 lines now",
                            "tools/lint/long-functions.txt:2: function-size: g is short enough",
                            "tools/lint/long-functions.txt:3: function-size: f is short enough or gone",
                            "tools/lint/long-functions.txt:4: function-size: write path")

    def test_refuses_go_that_gofmt_would_change_or_cannot_read(self):
        self.plant("testcluster/ok.go", "package a\n")
        self.plant("testcluster/a.go", "package a\nfunc  f() {}\n")
        self.plant("testcluster/b.go", "package a\n\nfunc {\n")
        self.assert_refuses("sizes", "testcluster/a.go:1: gofmt: ", "testcluster/b.go:3: gofmt: ")

    def test_does_not_look_into_output(self):
        self.plant("build/a.cpp", function_of(700))
        self.assert_accepts("sizes")


if __name__ == "__main__":
    unittest.main()
