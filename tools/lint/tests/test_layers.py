# SPDX-License-Identifier: 0BSD
import unittest

from planted_tree import PlantedTree

REFUSED = [
    # where, the include line, rule
    ("src/base/a.hpp", '#include "model/value.hpp"', "layers"),
    ("src/model/a.cpp", '#include "rules/cron/parse.hpp"', "layers"),
    ("src/rules/cron/a.cpp", '#include "io/kube/client.hpp"', "layers"),
    ("src/rules/cron/a.cpp", '#include "rules/windows/decide.hpp"', "layers"),
    ("src/io/http/a.cpp", '#include "io/kube/client.hpp"', "layers"),
    ("src/io/kube/a.cpp", '#include "engine/apply/apply.hpp"', "layers"),
    ("src/engine/source/a.cpp", '#include "engine/render/render.hpp"', "layers"),
    ("src/engine/source/a.cpp", '#  include "control/gate/gate.hpp"', "layers"),
    ("src/control/reconcile/a_test.cpp", '#include "apps/controller/main.hpp"', "layers"),
    # past a port
    ("src/engine/apply/a.cpp", '#include "io/kube/rest/client.hpp"', "layers"),
    ("src/engine/apply/a_test.cpp", '#include "io/kube/rest/client.hpp"', "layers"),
    ("src/control/reconcile/a.hpp", '#include "io/http/curl/client.hpp"', "layers"),
    ("src/io/kube/client.cpp", '#include "io/kube/rest/client.hpp"', "layers"),
    ("src/io/artifact/fetch/a.cpp", '#include "io/http/curl/client.hpp"', "layers"),
    # test code in the product
    ("src/engine/apply/a.cpp", '#include "io/kube/testing/fake_client.hpp"', "layers"),
    ("src/base/a.cpp", '#include "base/testing/fake_clock.hpp"', "layers"),
    # the layer must show
    ("src/base/a.cpp", '#include "b.hpp"', "layers"),
    ("src/base/a.cpp", '#include "../base/b.hpp"', "layers"),
    ("src/engine/unheard_of/a.cpp", "", "layers"),
    ("src/base/a.cpp", '#include "engine/unheard_of/a.hpp"', "layers"),
    ("src/utils/a.cpp", "", "layers"),
    ("src/stray.cpp", "", "layers"),
    # purity
    *[("src/rules/cron/a.cpp", f"#include {name}", "pure") for name in (
        "<thread>", "<mutex>", "<shared_mutex>", "<condition_variable>", "<future>", "<random>", "<filesystem>", "<fstream>",
        "<boost/asio.hpp>", "<boost/asio/awaitable.hpp>", "<curl/curl.h>", "<coroutine>",
        '"base/clock.hpp"', '"base/rng.hpp"', '"base/task.hpp"', '"base/task_group.hpp"')],
    ("src/rules/cron/a_test.cpp", "#include <thread>", "pure"),
]

ACCEPTED = [
    ("src/model/a.cpp", '#include "base/result.hpp"'),
    ("src/model/a.cpp", '#include "model/value.hpp"'),
    ("src/rules/kustomize/a.cpp", '#include "rules/patch/merge.hpp"'),
    ("src/rules/cron/a.cpp", "#include <chrono>"),
    ("src/rules/cron/a_test.cpp", "#include <fstream>"),
    ("src/rules/cron/a.cpp", "// #include <thread>"),
    ("src/rules/cron/a.cpp", '/*\n#include "io/kube/client.hpp"\n*/'),
    ("src/io/kube/rest/a.cpp", '#include "io/kube/client.hpp"'),
    ("src/io/kube/rest/a.cpp", '#include "io/kube/rest/b.hpp"'),
    ("src/io/kube/rest/a.cpp", '#include "io/http/client.hpp"'),
    ("src/io/artifact/fetch/a_test.cpp", '#include "io/http/curl/client.hpp"'),
    ("src/engine/apply/a.cpp", '#include "io/kube/client.hpp"'),
    ("src/engine/apply/a_test.cpp", '#include "io/kube/testing/fake_client.hpp"'),
    ("src/engine/apply/testing/fake.hpp", '#include "io/kube/testing/fake_client.hpp"'),
    ("src/apps/controller/main.cpp", '#include "io/kube/rest/client.hpp"'),
    ("src/apps/controller/main.cpp", '#include "control/gate/gate.hpp"'),
    ("src/engine/apply/a.cpp", '#include <boost/asio/awaitable.hpp>'),
]


class Layers(PlantedTree):
    def test_refuses_each_wrong_arrow(self):
        for path, include, rule in REFUSED:
            with self.subTest(path=path, include=include):
                file = self.plant(path, f"// A file.\n{include}\n")
                run = self.assert_refuses("layers", f"{path}:")
                self.assertRegex(run, rf"^{path}:[12]: {rule}: ")
                file.unlink()

    def test_accepts_each_right_arrow(self):
        for path, include in ACCEPTED:
            with self.subTest(path=path, include=include):
                file = self.plant(path, f"// A file.\n{include}\n")
                self.assert_accepts("layers")
                file.unlink()

    def test_names_the_line_of_the_include(self):
        self.plant("src/base/a.cpp", '/* a\nlong\ncomment */\n\n#include <string>\n#include "model/value.hpp"\n')
        self.assert_refuses("layers", "src/base/a.cpp:6: layers: base may not see model")

    def test_wants_our_headers_in_quotes(self):
        self.plant("src/base/a.hpp", "")
        self.plant("src/model/a.cpp", "#include <base/a.hpp>\n")
        self.assert_refuses("layers", "src/model/a.cpp:1: layers: write our own headers in quotes")

    def test_refuses_a_list_that_mixes_layers(self):
        self.plant("tools/lint/layers.txt", "base\nio/http\nrules/cron\n")
        self.assert_refuses("layers", "tools/lint/layers.txt:1: layers: ")

    def test_exits_with_0_or_1(self):
        self.assertEqual(self.run_program("layers").returncode, 0)
        self.plant("src/stray.cpp", "")
        self.assertEqual(self.run_program("layers").returncode, 1)


if __name__ == "__main__":
    unittest.main()
