"""Finds includes that break the layers.

  layering.py ROOT      exit code 1 and one line each when there are any
"""

import pathlib
import re
import sys

from layers import CLOSED, LAYERS, THIRD_PARTY

INCLUDE = re.compile(r'^\s*#\s*include\s+([<"])([^>"]+)[>"]')
SUFFIXES = {".h", ".cc", ".inc"}


def is_inside(path, folder):
    return path == folder or path.startswith(folder + "/")


def layer_of(path):
    matches = [folder for folder in LAYERS if is_inside(path, folder)]
    return max(matches, key=len, default=None)


def third_party(target):
    """The library of an include, or None when it is of this repository."""
    for prefix in THIRD_PARTY:
        if is_inside(target, prefix):
            return prefix
    return None


def is_closed_to(path, target):
    return any(
        is_inside(target, closed)
        and not is_inside(path, closed)
        and not any(is_inside(path, friend) for friend in friends)
        for closed, friends in CLOSED.items()
    )


def is_allowed(path, target):
    layer = layer_of(path)
    may = LAYERS[layer]["may"]
    library = third_party(target)
    if library is not None:
        return THIRD_PARTY[library] is None or THIRD_PARTY[library] in may
    if is_inside(target, "spacemoe/v1"):
        return "proto" in may
    if is_closed_to(path, target):
        return False
    return any(is_inside(target, folder) for folder in [layer, *may])


def includes(text):
    """Yields (line number, quoted or not, target)."""
    for number, line in enumerate(text.splitlines(), 1):
        match = INCLUDE.match(line)
        if match:
            yield number, match.group(1) == '"', match.group(2)


def is_ours(target, quoted):
    return quoted or third_party(target) is not None or layer_of(target)


def violations(path, text):
    """`path` is relative to the repository's root."""
    found = []
    for number, quoted, target in includes(text):
        if is_ours(target, quoted) and not is_allowed(path, target):
            found.append(
                f"{path}:{number}: {layer_of(path)} must not include {target}"
            )
    return found


def sources(root):
    folders = sorted({layer.split("/")[0] for layer in LAYERS})
    for folder in folders:
        for file in sorted((root / folder).rglob("*")):
            if file.suffix in SUFFIXES and layer_of(
                file.relative_to(root).as_posix()
            ):
                yield file


def main():
    root = pathlib.Path(sys.argv[1])
    checked = 0
    found = []
    for file in sources(root):
        checked += 1
        found += violations(
            file.relative_to(root).as_posix(), file.read_text(encoding="utf-8")
        )
    print(f"{checked} files checked, {len(found)} forbidden includes")
    for line in found:
        print(line)
    return 1 if found or checked == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
