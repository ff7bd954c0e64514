"""Measures speed and memory against their targets; docs/measuring.md says how.

  run.py [--quick] [--only NAME]...     Markdown on stdout, progress on stderr

Leaves build/bench/results.json and results.md. Exit code 1: something failed
to run. A missed target is reported, not a failure.
"""

import argparse
import json
import sys

import yardsticks
from programs import (
    PROMPTS,
    ROOT,
    generate,
    satellites_memory,
    seconds_to_first_output,
)

ONE_A_LAYER = ("--experts-per-satellite", "8")


class Run:
    """What has been measured so far; each thing once."""

    def __init__(self, quick):
        self.tokens = "16" if quick else "64"
        # A prompt's eight experts a layer share the host's cores: what they are
        # late by is a matter of the first lap.
        self.ring_tokens = "16" if quick else "256"
        self.repeats = 1 if quick else 3
        self.known = {}

    def once(self, name, measure):
        if name not in self.known:
            print(f"measuring: {name}", file=sys.stderr)
            self.known[name] = measure()
        return self.known[name]

    def lengths(self):
        return ("--max-tokens", self.tokens, "--ignore-eos")

    def ring(self):
        return self.once(
            "one sequence on the ring",
            lambda: generate("--max-tokens", self.ring_tokens, "--ignore-eos"),
        )

    def local(self):
        def best():
            runs = [generate("--local", *self.lengths()) for _ in range(self.repeats)]
            return min(runs, key=lambda r: r["timing"]["per_token_ms"]["mean"])

        return self.once("one sequence in one process", best)

    def batches(self):
        """16 sequences, three ways in turn: a list of rounds."""

        def batch(*options):
            return generate(*options, *self.lengths(), prompts=PROMPTS)

        def rounds():
            return [
                {
                    "local": batch("--local"),
                    "ring": batch("--links", "off"),
                    "one a layer": batch("--links", "off", *ONE_A_LAYER),
                }
                for _ in range(self.repeats)
            ]

        return self.once("16 sequences", rounds)


def tokens_per_second(result):
    return result["timing"]["tokens_per_second"]


def start(run):
    seconds = run.once(
        "start to the first token",
        lambda: seconds_to_first_output("--max-tokens", "8"),
    )
    return seconds, f"{run.ring()['satellites']} satellites"


def memory(run):
    satellites = run.ring()["satellites"]
    total, processes = run.once(
        "memory", lambda: satellites_memory(satellites, *run.lengths())
    )
    gib = total / 2**30
    return gib, f"{processes} processes, {total / processes / 2**20:.1f} MiB each"


def latency(run):
    timing = run.ring()["timing"]
    parts = timing["breakdown_ms"]
    mean = timing["per_token_ms"]["mean"]
    injected = sum(
        parts[p] for p in ("propagation", "processing", "serialization")
    )
    detail = (
        f"{mean:.1f} ms = {injected:.1f} injected + {parts['compute']:.1f} "
        f"compute + {parts['queueing']:.2f} queueing + {parts['software']:.2f} "
        "software"
    )
    return mean / (injected + parts["compute"]), detail


def lateness(run):
    links = run.ring()["timing"]["links"]
    late = links["late_us"]
    detail = f"p50 {late['p50']:.0f} us, max {late['max']:.0f} us, {links['messages']} messages"
    return late["p99"] / 1000, detail


def ring_share(run, name):
    """The median of the rounds' ratios."""

    def share(one):
        return tokens_per_second(one[name]) / tokens_per_second(one["local"])

    rounds = sorted(run.batches(), key=share)
    median = rounds[len(rounds) // 2]
    return share(median), (
        f"{tokens_per_second(median[name]):.0f} of "
        f"{tokens_per_second(median['local']):.0f} tokens/s, "
        f"{median[name]['satellites']} satellites; "
        f"{len(rounds)} rounds, {share(rounds[0]):.2f} to {share(rounds[-1]):.2f}"
    )


def ring_share_270(run):
    return ring_share(run, "ring")


def ring_share_30(run):
    return ring_share(run, "one a layer")


def sgemm_share(run):
    return run.once("products and reading", yardsticks.engine_benchmark)[16]


def reading_factor(run):
    return run.once("products and reading", yardsticks.engine_benchmark)[1]


def llama_share(run):
    theirs = run.once("llama.cpp", lambda: yardsticks.llama_cpp(int(run.tokens)))
    if theirs is None:
        return None, "skipped: xllamacpp is not available"
    ours = 1000 / run.local()["timing"]["per_token_ms"]["mean"]
    return ours / theirs, f"{ours:.0f} of {theirs:.0f} tokens/s"


# Name, what it says, target (value, "most" or "least"), unit, how to measure.
ROWS = [
    ("start", "start to the first token", (25, "most"), "s", start),
    ("memory", "all satellite processes (PSS)", (2, "most"), "GiB", memory),
    ("latency", "mean token / (injected + compute), one sequence",
     (1.05, "most"), "", latency),
    ("lateness", "achieved - requested delay of a message, p99",
     (0.5, "most"), "ms", lateness),
    ("ring-270", "16 sequences, links off: ring / one process",
     (0.4, "least"), "", ring_share_270),
    ("ring-30", "the same with one satellite a layer",
     (0.8, "least"), "", ring_share_30),
    ("sgemm", "one process, batch 16 / sgemm", (0.5, "least"), "", sgemm_share),
    ("reading", "decode, batch 1 / reading its bytes",
     (2.5, "most"), "x", reading_factor),
    ("llama.cpp", "decode, batch 1 / llama.cpp", (0.5, "least"), "", llama_share),
]


def measure(row, run):
    name, title, (target, bound), unit, how = row
    result = {"name": name, "title": title, "target": target, "bound": bound,
              "unit": unit, "value": None, "met": None}
    try:
        value, result["detail"] = how(run)
    except Exception as error:  # the other rows are still worth having
        result["detail"] = f"FAILED: {error}"
        result["failed"] = True
        print(f"{name}: {error!r}", file=sys.stderr)
        return result
    if value is not None:
        result["value"] = value
        result["met"] = value <= target if bound == "most" else value >= target
    return result


def markdown(machine, rows):
    lines = [
        f"{machine['cpu']}, {machine['cores']} cores, "
        f"{machine['memory_gib']} GiB, Linux {machine['kernel']}",
        "",
        "| what | measured | target | | how |",
        "|---|---|---|---|---|",
    ]
    for row in rows:
        unit = f" {row['unit']}" if row["unit"] else ""
        value = "-" if row["value"] is None else f"{row['value']:.3g}{unit}"
        mark = {True: "met", False: "missed", None: "-"}[row["met"]]
        lines.append(
            f"| {row['title']} | {value} | at {row['bound']} "
            f"{row['target']}{unit} | {mark} | {row['detail']} |"
        )
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="fewer tokens, one repeat")
    parser.add_argument("--only", action="append", choices=[r[0] for r in ROWS])
    arguments = parser.parse_args()

    machine = yardsticks.machine()
    run = Run(arguments.quick)
    chosen = [r for r in ROWS if not arguments.only or r[0] in arguments.only]
    rows = [measure(row, run) for row in chosen]

    text = markdown(machine, rows)
    folder = ROOT / "build" / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "results.md").write_text(text, encoding="utf-8")
    results = {"machine": machine, "rows": rows, "runs": run.known}
    (folder / "results.json").write_text(json.dumps(results, indent=2), encoding="utf-8")
    print(text, end="")
    return 1 if any(row.get("failed") for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
