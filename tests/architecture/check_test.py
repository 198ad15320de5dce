#!/usr/bin/env python3
"""The checker must be able to fail: each rule is shown a small tree that breaks it."""
import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import check  # noqa: E402

ROOMS = """
| Room | Owns | May include | Outside libraries |
| --- | --- | --- | --- |
| `base` | a | – | fmt |
| `media` | b | base | fmt |
| `media/av` | c | base, media | libav |
| `record` | d | base, media | SQLite |
| `core` | e | base, record | – |
"""


class CheckTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        check.ROOT = pathlib.Path(folder.name)
        check.SRC = check.ROOT / "src"
        check.problems.clear()
        self.write("docs/architecture/rooms.md", ROOMS)

    def write(self, name, text):
        path = check.ROOT / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def found(self, word):
        self.assertEqual(len(check.problems), 1, check.problems)
        self.assertIn(word, check.problems[0])

    def test_what_is_allowed_passes(self):
        self.write("src/base/a.h", "/// A.\n#pragma once\n#include <vector>\n#include <sys/stat.h>\n#include <fmt/format.h>\n")
        self.write("src/record/b.cpp", '#include <sqlite3.h>\n#include "base/a.h"\n')
        check.check_includes()
        check.check_sizes()
        self.assertEqual(check.problems, [])

    def test_a_forbidden_room(self):
        self.write("src/base/a.h", "")
        self.write("src/core/b.h", "")
        self.write("src/record/b.cpp", '#include "base/a.h"\n#include "core/b.h"\n')
        check.check_includes()
        self.found("src/record/b.cpp:2: room record may not include room core")

    def test_a_room_inside_a_room_has_its_own_line(self):
        self.write("src/media/av/a.h", "#include <libavcodec/avcodec.h>\n")
        self.write("src/media/b.cpp", '#include "media/av/a.h"\n')
        check.check_includes()
        self.found("room media may not include room media/av")

    def test_a_forbidden_library(self):
        self.write("src/core/b.cpp", "#include <sqlite3.h>\n")
        check.check_includes()
        self.found("room core may not use SQLite")

    def test_an_unknown_library(self):
        self.write("src/core/b.cpp", "#include <curl/curl.h>\n")
        check.check_includes()
        self.found("curl")

    def test_a_missing_header(self):
        self.write("src/core/b.cpp", '#include "b.h"\n')
        check.check_includes()
        self.found("not there")

    def test_a_circle(self):
        self.write("src/base/a.h", '#include "base/b.h"\n')
        self.write("src/base/b.h", '#include "base/a.h"\n')
        check.check_includes()
        self.found("include each other")

    def test_a_plugin_that_reaches_into_the_program(self):
        self.write("docs/architecture/rooms.md", ROOMS + "| `plugins/abi` | f | – | – |\n| `plugins/dnn` | g | plugins/abi | – |\n")
        self.write("src/base/a.h", "")
        self.write("plugins/abi/face.h", "#include <stdint.h>\n")
        self.write("plugins/dnn/b.cpp", '#include "plugins/abi/face.h"\n#include "base/a.h"\n')
        check.check_includes()
        self.found("plugins/dnn/b.cpp:2: room plugins/dnn may not include room base")

    def test_an_unknown_room(self):
        self.write("src/sundries/a.cpp", "")
        check.check_includes()
        self.found("not a room")

    def test_a_local_name_of_two_sources(self):
        self.write("src/core/a.cpp", "namespace {\nconstexpr int kTickMs = 1;\nint tick(int x) { return x; }\n}  // namespace\n")
        self.write("src/core/b.cpp", "namespace {\nusing Tick = int;\nvoid tock() {\n  int tick(0);\n}\n}  // namespace\nint tick(int x) {}\n")
        self.write("src/record/a.cpp", "namespace {\nint tick(int x) { return x; }\n}  // namespace\n")
        check.check_names()
        self.assertEqual(check.problems, [])
        self.write("src/core/c.cpp", "namespace {\n\nvoid tick(std::int64_t x) {}\n}  // namespace\n")
        check.check_names()
        self.found("src/core/c.cpp:3: 'tick' is a local name of a.cpp too")

    def test_a_long_file(self):
        self.write("src/base/a.cpp", "\n" * 501)
        self.write("tests/unit/a_test.cpp", "\n" * 700)
        check.check_sizes()
        self.found("501 lines")

    def test_a_name_that_says_nothing(self):
        self.write("src/base/string_utils.cpp", "")
        check.check_sizes()
        self.found("utils")

    def test_a_header_without_its_block(self):
        self.write("src/base/a.h", "#pragma once\n")
        check.check_sizes()
        self.found("///")

    def test_a_dead_link(self):
        self.write("third_party/README.md", " ".join(name for _, name in check.LIBRARIES))
        self.write("README.md", "./dev run ./dev test\n[a](docs/architecture/rooms.md#x) [b](https://e.org) `[c](d)`\n[x](gone.md)\n")
        check.check_docs()
        self.found("README.md:3: the link to gone.md")

    def test_a_readme_without_its_commands(self):
        self.write("third_party/README.md", " ".join(name for _, name in check.LIBRARIES))
        self.write("README.md", "./dev run\n")
        check.check_docs()
        self.found("./dev test")

    def test_a_decision_without_alternatives(self):
        self.write("third_party/README.md", " ".join(name for _, name in check.LIBRARIES))
        self.write("README.md", "./dev run ./dev test\n")
        self.write("docs/decisions/0009-x.md", "Status Context Decision Consequences\n")
        check.check_docs()
        self.found("Alternatives")


if __name__ == "__main__":
    unittest.main()
