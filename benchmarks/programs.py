"""Runs the project's programs and looks at what they use."""

import json
import os
import pathlib
import subprocess
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
BIN = ROOT / "build" / "release" / "bin"
MODEL = next((ROOT / "models" / "demo").glob("*.gguf"))

PROMPTS = [
    f"Once upon a time there was {who} who lived {where} and"
    for who in ("a fox", "a baker", "an old king", "a little girl")
    for where in ("by the sea", "in a wood", "on a hill", "in a far town")
]


class RunFailed(Exception):
    """A program ended with an error; the message has what it said."""


def generate_command(*options, prompts=PROMPTS[:1], json_output=True):
    command = [str(BIN / "spacemoe"), "generate", "--model", str(MODEL)]
    for prompt in prompts:
        command += ["--prompt", prompt]
    return command + list(options) + (["--json"] if json_output else [])


def generate(*options, prompts=PROMPTS[:1]):
    """The JSON object that `spacemoe generate --json` prints."""
    command = generate_command(*options, prompts=prompts)
    return json.loads(output_of(command))


def output_of(command):
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RunFailed(f"{' '.join(command)}: {done.stderr.strip()[-2000:]}")
    return done.stdout


def seconds_to_first_output(*options):
    """From the start of `spacemoe generate` to the first byte of its text."""
    command = generate_command(*options, json_output=False)
    start = time.monotonic()
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        first = process.stdout.read(1)
        elapsed = time.monotonic() - start
        process.stdout.read()
        errors = process.stderr.read().decode()
    if process.returncode != 0 or not first:
        raise RunFailed(f"{' '.join(command)}: {errors.strip()[-2000:]}")
    return elapsed


def parents():
    """Parent process ids by process id."""
    result = {}
    for entry in pathlib.Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                stat = (entry / "stat").read_text()
                result[int(entry.name)] = int(stat.rpartition(")")[2].split()[1])
            except (OSError, IndexError, ValueError):
                continue
    return result


def descendants(ancestor):
    parent_of = parents()
    found = {ancestor}
    grew = True
    while grew:
        more = {p for p, parent in parent_of.items() if parent in found} - found
        found |= more
        grew = bool(more)
    return found - {ancestor}


def is_satellite(pid):
    try:
        return os.path.basename(os.readlink(f"/proc/{pid}/exe")).startswith(
            "spacemoe-satellite"
        )
    except OSError:
        return False


def pss_kib(pid):
    try:
        for line in pathlib.Path(f"/proc/{pid}/smaps_rollup").open():
            if line.startswith("Pss:"):
                return int(line.split()[1])
    except OSError:
        pass
    return 0


def satellites_memory(satellites, *options):
    """The largest sum of PSS over the satellites of a run, and how many."""
    command = generate_command(*options)
    largest, processes = 0, 0
    with subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    ) as process:
        while process.poll() is None:
            pids = [p for p in descendants(process.pid) if is_satellite(p)]
            if len(pids) >= satellites:
                largest = max(largest, sum(pss_kib(pid) for pid in pids))
                processes = max(processes, len(pids))
            time.sleep(0.5)
        errors = process.stderr.read().decode()
    if process.returncode != 0 or processes == 0:
        raise RunFailed(
            f"{' '.join(command)}: {processes} of {satellites} satellites "
            f"were seen; {errors.strip()[-2000:]}"
        )
    return largest * 1024, processes
