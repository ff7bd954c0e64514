"""Finds what has no place in the repository.

  tidiness.py ROOT [COMPILE_COMMANDS]    exit code 1 and one line each

Forbidden words in texts, files that are too long, headers without their
include guard; with a compile_commands.json also tests that nobody compiles.
"""

import json
import pathlib
import re
import sys

MAX_LINES = 500
TEXT = {
    ".cc", ".h", ".proto", ".py", ".sh", ".md", ".txt", ".cmake", ".json",
    ".yaml", ".yml", "",
}
CODE = {".cc", ".h", ".py", ".sh", ".proto", ".cmake"}
NOT_OURS = {".git", "build", ".cache", "__pycache__", "testdata", "LICENSE"}

# Split, so that this file does not contain what it looks for.
FORBIDDEN = [
    (re.compile(r"\.\./" + "shared"), "a path outside the repository"),
    (re.compile(r"(?<![\w.])/(work|home|root)" + r"/\w"), "a machine's path"),
    (re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X)\b"), "unfinished work"),
]


def our_files(root):
    for file in sorted(root.rglob("*")):
        parts = file.relative_to(root).parts
        if file.is_file() and not NOT_OURS.intersection(parts):
            yield file


def forbidden_words(name, text):
    return [
        f"{name}:{number}: {what}: {line.strip()[:80]}"
        for number, line in enumerate(text.splitlines(), 1)
        for pattern, what in FORBIDDEN
        if pattern.search(line)
    ]


def too_long(name, text):
    lines = len(text.splitlines())
    if pathlib.PurePath(name).suffix in CODE and lines > MAX_LINES:
        return [f"{name}: {lines} lines, at most {MAX_LINES} are allowed"]
    return []


def include_guard(name):
    return "SPACEMOE_" + re.sub(r"[^A-Za-z0-9]", "_", name).upper() + "_"


def wrong_guard(name, text):
    # Highway includes its -inl.h files once for each instruction set.
    if not name.endswith(".h") or name.endswith("-inl.h"):
        return []
    guard = include_guard(name)
    if f"#ifndef {guard}\n#define {guard}\n" in text:
        return []
    return [f"{name}: the include guard {guard} is missing"]


def unregistered_tests(names, compiled):
    return [
        f"{name}: no CMakeLists.txt registers it"
        for name in names
        if name.startswith("tests/") and name.endswith("_test.cc")
        and name not in compiled
    ]


def check(texts):
    """All findings in a mapping from file names to their texts."""
    found = []
    for name, text in texts.items():
        found += forbidden_words(name, text) + too_long(name, text)
        found += wrong_guard(name, text)
    return found


def compiled_sources(root, compile_commands):
    commands = json.loads(pathlib.Path(compile_commands).read_text())
    files = [pathlib.Path(command["file"]) for command in commands]
    return {f.relative_to(root).as_posix() for f in files if f.is_relative_to(root)}


def main():
    root = pathlib.Path(sys.argv[1])
    texts = {
        file.relative_to(root).as_posix(): file.read_text(encoding="utf-8")
        for file in our_files(root)
        if file.suffix in TEXT
    }
    found = check(texts)
    if len(sys.argv) > 2:
        found += unregistered_tests(texts, compiled_sources(root, sys.argv[2]))
    print(f"{len(texts)} files checked, {len(found)} findings")
    for line in found:
        print(line)
    return 1 if found or not texts else 0


if __name__ == "__main__":
    sys.exit(main())
