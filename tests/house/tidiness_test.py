"""The tidiness check catches what it is there to catch."""

import unittest

from tidiness import MAX_LINES, check, unregistered_tests

HEADER = "#ifndef SPACEMOE_A_B_H_\n#define SPACEMOE_A_B_H_\n#endif\n"


class TidinessTest(unittest.TestCase):
    def finds(self, count, texts):
        self.assertEqual(len(check(texts)), count, check(texts))

    def test_finds_forbidden_words(self):
        self.finds(1, {"docs/a.md": "see ../" + "shared/design.md"})
        self.finds(1, {"a.cc": 'Open("/wo' + 'rk/main/x")'})
        self.finds(1, {"a.cc": "// TO" + "DO: later"})
        self.finds(0, {"docs/a.md": "framework/main and shared/ are fine"})

    def test_finds_long_files(self):
        self.finds(1, {"a.cc": "int a;\n" * (MAX_LINES + 1)})
        self.finds(0, {"a.cc": "int a;\n" * MAX_LINES})
        self.finds(0, {"data.json": "1\n" * (MAX_LINES + 1)})

    def test_finds_wrong_guards(self):
        self.finds(0, {"a/b.h": HEADER})
        self.finds(1, {"a/c.h": HEADER})
        self.finds(0, {"a/c-inl.h": ""})

    def test_finds_unregistered_tests(self):
        names = ["tests/a/b_test.cc", "tests/a/b.cc", "cli/c_test.cc"]
        self.assertEqual(len(unregistered_tests(names, {"cli/c_test.cc"})), 1)
        self.assertEqual(unregistered_tests(names, {"tests/a/b_test.cc"}), [])


if __name__ == "__main__":
    unittest.main()
