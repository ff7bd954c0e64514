"""This machine, and what it can do without us: reading, sgemm, llama.cpp."""

import json
import os
import platform
import re
import subprocess
import sys

from programs import BIN, MODEL, ROOT, output_of

VENV = ROOT / "build" / "bench" / "venv"


def cpu_model():
    for line in open("/proc/cpuinfo", encoding="utf-8"):
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def memory_gib():
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return round(pages / 2**30, 1)


def cores():
    return len(os.sched_getaffinity(0))


def machine():
    return {
        "cpu": cpu_model(),
        "cores": cores(),
        "memory_gib": memory_gib(),
        "kernel": platform.release(),
        "load_before": os.getloadavg()[0],
    }


def engine_benchmark():
    """Its lines by batch size: the decode step, a yardstick, their ratio."""
    text = output_of([str(BIN / "engine_benchmark"), str(MODEL), str(cores())])
    lines = {}
    for line in text.splitlines():
        match = re.match(r"batch +(\d+) +(.*) ratio +([\d.]+)", line)
        if match:
            detail = re.sub(r" {2,}", ", ", match.group(2).strip())
            lines[int(match.group(1))] = (float(match.group(3)), detail)
    return lines


def llama_cpp(tokens):
    """Tokens a second, or None with a notice."""
    python = VENV / "bin" / "python"
    try:
        if not python.exists():
            subprocess.run([sys.executable, "-m", "venv", str(VENV)], check=True)
        if subprocess.run(
            [str(python), "-c", "import xllamacpp"], stderr=subprocess.DEVNULL
        ).returncode:
            subprocess.run(
                [str(python), "-m", "pip", "install", "-q", "xllamacpp"],
                check=True,
            )
        script = ROOT / "benchmarks" / "llama_cpp.py"
        text = output_of(
            [str(python), str(script), str(MODEL), str(cores()), str(tokens)]
        )
        return json.loads(text.strip().splitlines()[-1])["tokens_per_second"]
    except Exception as error:  # whatever is wrong with the yardstick
        print(f"SKIPPED: llama.cpp (xllamacpp): {error}", file=sys.stderr)
        return None
