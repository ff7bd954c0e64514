"""What this machine can do without us: reading, sgemm, llama.cpp."""

import json
import os
import platform
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


def kernels(pattern):
    """Google Benchmark's results of the kernels whose names match."""
    text = output_of(
        [
            str(BIN / "kernels_benchmark"),
            f"--benchmark_filter={pattern}",
            "--benchmark_format=json",
            "--benchmark_repetitions=3",
        ]
    )
    runs = [
        run
        for run in json.loads(text)["benchmarks"]
        if run["run_type"] == "iteration"
    ]
    if not runs:
        raise RuntimeError(f"kernels_benchmark has nothing like {pattern}")
    return runs


def read_bytes_per_second():
    """All cores, plain C++, far more than the caches hold."""
    runs = kernels(f"^Read/{87 << 20}/")
    return max(run["bytes_per_second"] for run in runs)


def sgemm_flops(rows):
    """OpenBLAS on a matrix product of the model with as many rows."""
    runs = kernels(f"^Sgemm/shared_up/{rows}/")
    return max(run["flops"] for run in runs)


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
