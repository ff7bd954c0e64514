#!/usr/bin/env python3
"""Load on the API: many streaming clients for a while, then what it costs.

  benchmarks/api_load.py [--seconds 600] [--clients 64] [--json FILE]

Starts `spacemoe serve` with the demo, one satellite a layer, without delays.
Clients ask again and again and compare every text with the one that the same
seed gave before. Slow readers and clients that leave run beside them if asked
for. Memory is that of the coordinator and of all satellites (proportional set
size). The last part compares one text's latency per token over the API with
that of `spacemoe generate`, on rings of the same kind.
"""

import argparse
import http.client
import json
import pathlib
import random
import re
import socket
import statistics
import subprocess
import sys
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
RING = ["--experts-per-satellite", "8", "--links", "off"]
SEEDS = 16
QUESTION = "Tell me about satellite number {}."


def request_body(seed, tokens, **more):
    return json.dumps(
        {
            "model": "demo",
            "messages": [{"role": "user", "content": QUESTION.format(seed)}],
            "seed": seed,
            "temperature": 1,
            "max_tokens": tokens,
            "ignore_eos": True,
            "stream": True,
            **more,
        }
    )


class Server:
    def __init__(self, binaries, model):
        self.process = subprocess.Popen(
            [binaries / "spacemoe", "serve", "--model", model, "--http",
             "127.0.0.1:0", *RING],
            stdout=subprocess.PIPE, text=True,
        )
        line = self.process.stdout.readline()
        if not line.startswith("serving http://"):
            sys.exit(f"the server did not start: {line!r}")
        self.address = line.split()[1].removeprefix("http://")

    def connect(self):
        return http.client.HTTPConnection(self.address, timeout=300)

    def end(self):
        self.process.terminate()
        return self.process.wait()

    def processes(self):
        """Yields (folder in /proc, command line) of the ring's."""
        mark = f"spacemoe-{self.process.pid}-".encode()
        for folder in pathlib.Path("/proc").iterdir():
            try:
                command = (folder / "cmdline").read_bytes()
            except OSError:
                continue
            if folder.name.isdigit() and mark in command:
                yield folder, command

    def coordinator(self):
        """Its address for gRPC."""
        for _, command in self.processes():
            if found := re.search(rb"--listen=([^\0]+)", command):
                return found.group(1).decode()
        sys.exit("there is no coordinator")

    def memory_mb(self):
        """Proportional set sizes: (coordinator, satellites)."""
        coordinator, satellites = 0.0, 0.0
        for folder, command in self.processes():
            try:
                rollup = (folder / "smaps_rollup").read_text()
            except OSError:
                continue
            pss = int(re.search(r"^Pss:\s+(\d+)", rollup, re.M).group(1)) / 1024
            if b"spacemoe-coordinator" in command:
                coordinator += pss
            else:
                satellites += pss
        return coordinator, satellites


def lines_of(connection, body):
    """Yields the stream's lines as they come, to its end."""
    connection.request(
        "POST", "/v1/chat/completions", body,
        {"Content-Type": "application/json"},
    )
    response = connection.getresponse()
    if response.status != 200:
        raise RuntimeError(f"{response.status}: {response.read()[:200]}")
    while line := response.readline():
        yield line
        if line == b"data: [DONE]\n":
            response.read()
            return
    raise RuntimeError("the stream broke off")


def event_of(line):
    """The JSON of a line, None where it has none."""
    if not line.startswith(b"data: {"):
        return None
    event = json.loads(line[6:])
    if "error" in event:
        raise RuntimeError(event["error"]["message"])
    return event


def stream(connection, body):
    """Yields the events' JSON; raises on anything but a whole stream."""
    for line in lines_of(connection, body):
        if event := event_of(line):
            yield event


class Load:
    """What the clients have seen. Guarded by its lock."""

    def __init__(self, server, tokens, deadline):
        self.server = server
        self.tokens = tokens
        self.deadline = deadline
        self.lock = threading.Lock()
        self.texts = {}
        self.finished = self.characters = self.left = self.slow = 0
        self.first_ms = []
        self.errors = []

    def failed(self, what):
        with self.lock:
            self.errors.append(what)

    def one_text(self, connection, seed):
        begin = time.monotonic()
        text, first, finish = "", None, None
        for event in stream(connection, request_body(seed, self.tokens)):
            choice = event["choices"][0]
            finish = choice["finish_reason"] or finish
            if choice["delta"].get("content"):
                first = first or time.monotonic() - begin
                text += choice["delta"]["content"]
        with self.lock:
            self.finished += 1
            self.characters += len(text)
            self.first_ms.append(first * 1e3)
            expected = self.texts.setdefault(seed, text)
        if finish != "length":
            self.failed(f"seed {seed}: ended with {finish}")
        if text != expected:
            self.failed(f"seed {seed}: another text than before")

    def client(self, number):
        order = random.Random(number)
        connection = self.server.connect()
        while time.monotonic() < self.deadline:
            try:
                self.one_text(connection, order.randrange(SEEDS))
            except Exception as error:  # whatever it is, it is lost
                self.failed(repr(error))
                connection.close()
                connection = self.server.connect()
        connection.close()

    def leaver(self, number):
        """Leaves in the middle of a text, again and again."""
        order = random.Random(1000 + number)
        while time.monotonic() < self.deadline:
            connection = self.server.connect()
            try:
                events = stream(connection, request_body(0, 500))
                for _ in range(order.randrange(1, 20)):
                    next(events)
            except Exception as error:
                self.failed(f"leaver: {error!r}")
            connection.close()
            with self.lock:
                self.left += 1

    def slow_reader(self, _):
        """Reads an event in every second."""
        while time.monotonic() < self.deadline:
            connection = self.server.connect()
            try:
                for _ in stream(connection, request_body(1, 64)):
                    time.sleep(1)
                    if time.monotonic() > self.deadline:
                        break
            except Exception as error:
                self.failed(f"slow reader: {error!r}")
            connection.close()
            with self.lock:
                self.slow += 1


def watch_memory(server, deadline, every):
    samples = []
    begin = time.monotonic()
    while time.monotonic() < deadline:
        coordinator, satellites = server.memory_mb()
        samples.append((time.monotonic() - begin, coordinator, satellites))
        time.sleep(min(every, max(0.0, deadline - time.monotonic())))
    return samples


def growth(samples, column, warm_up):
    """Percent between the first and the last quarter after the warm-up."""
    values = [sample[column] for sample in samples if sample[0] >= warm_up]
    quarter = max(1, len(values) // 4)
    first = statistics.mean(values[:quarter])
    last = statistics.mean(values[-quarter:])
    return 100 * (last - first) / first


def run_load(server, options):
    deadline = time.monotonic() + options.seconds
    load = Load(server, options.tokens, deadline)
    threads = [
        threading.Thread(target=role, args=(i,))
        for role, count in (
            (load.client, options.clients),
            (load.leaver, options.leavers),
            (load.slow_reader, options.slow_readers),
        )
        for i in range(count)
    ]
    for thread in threads:
        thread.start()
    samples = watch_memory(server, deadline, options.seconds / 60)
    for thread in threads:
        thread.join()
    warm_up = options.seconds / 4
    return {
        "seconds": options.seconds,
        "clients": options.clients,
        "tokens_each": options.tokens,
        "texts": load.finished,
        "tokens_per_second": load.finished * options.tokens / options.seconds,
        "first_token_ms_p50": statistics.median(load.first_ms),
        "errors": load.errors[:20],
        "error_count": len(load.errors),
        "left_in_the_middle": load.left,
        "slow_reads": load.slow,
        "memory_mb": [
            [round(value, 1) for value in sample] for sample in samples
        ],
        "coordinator_growth_percent": growth(samples, 1, warm_up),
        "satellites_growth_percent": growth(samples, 2, warm_up),
    }


def timed_stream(server, body):
    """[(when, bytes)] as they come, looked at afterwards: this client shares
    the cores with the ring."""
    host, port = server.address.rsplit(":", 1)
    received = []
    with socket.create_connection((host, int(port)), timeout=300) as client:
        client.sendall(
            (
                "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\n"
                "Content-Type: application/json\r\nConnection: close\r\n"
                f"Content-Length: {len(body.encode())}\r\n\r\n{body}"
            ).encode()
        )
        while data := client.recv(65536):
            received.append((time.monotonic(), data))
    return received


def api_ms_per_token(server, tokens):
    body = request_body(
        0, tokens, temperature=0, stream_options={"include_spacemoe": True}
    )
    received = timed_stream(server, body)
    times, report = [], None
    for when, data in received:
        for line in data.split(b"\n"):
            event = event_of(line)
            if event is None:
                continue
            report = event.get("spacemoe", report)
            if event["choices"] and event["choices"][0]["delta"].get("content"):
                times.append(when)
    if report is None:
        raise RuntimeError(f"no report in {received[-1][1][-200:]}")
    # On the wall, as a client sees it, and as the ring reports it.
    wall = (times[-1] - times[0]) * 1e3 / (tokens - 1)
    return wall, report["per_token_ms"]["mean"]


def generate_ms_per_token(binaries, coordinator, tokens):
    output = subprocess.run(
        [binaries / "spacemoe", "generate", "--coordinator", coordinator,
         "--json", "--chat", QUESTION.format(0), "--max-tokens", str(tokens),
         "--ignore-eos"],
        check=True, capture_output=True, text=True,
    ).stdout
    return json.loads(output)["timing"]["per_token_ms"]["mean"]


def compare(server, binaries, rounds, tokens):
    """On one ring, by turns, so that a busy machine is busy for both."""
    coordinator = server.coordinator()
    api_ms_per_token(server, 8)
    wall, ring, generate = [], [], []
    for i in range(rounds):
        order = ["api", "generate"] if i % 2 == 0 else ["generate", "api"]
        for turn in order:
            if turn == "api":
                seen, reported = api_ms_per_token(server, tokens)
                wall.append(seen)
                ring.append(reported)
            else:
                generate.append(
                    generate_ms_per_token(binaries, coordinator, tokens)
                )
    return {
        "api_wall_ms": statistics.median(wall),
        "api_reported_ms": statistics.median(ring),
        "generate_ms": statistics.median(generate),
        "overhead_percent": 100
        * (statistics.median(wall) / statistics.median(generate) - 1),
        "all": {"wall": wall, "reported": ring, "generate": generate},
    }


def print_summary(result):
    load = result["load"]
    print(
        f"{load['clients']} clients for {load['seconds']:.0f} s: "
        f"{load['texts']} texts of {load['tokens_each']} tokens, "
        f"{load['tokens_per_second']:.0f} tokens/s, first token after "
        f"{load['first_token_ms_p50']:.0f} ms (median), "
        f"{load['error_count']} errors or losses"
    )
    print(
        f"left in the middle: {load['left_in_the_middle']}, slow reads: "
        f"{load['slow_reads']}"
    )
    last = load["memory_mb"][-1]
    print(
        f"memory after {last[0]:.0f} s: coordinator {last[1]:.0f} MB "
        f"({load['coordinator_growth_percent']:+.1f} % since the warm-up), "
        f"satellites {last[2]:.0f} MB "
        f"({load['satellites_growth_percent']:+.1f} %)"
    )
    latency = result["latency"]
    print(
        f"one text: {latency['api_wall_ms']:.2f} ms a token over the API, "
        f"{latency['generate_ms']:.2f} with generate: "
        f"{latency['overhead_percent']:+.1f} %"
    )
    for error in load["errors"]:
        print("error:", error)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--bin", type=pathlib.Path,
                        default=ROOT / "build/release/bin")
    parser.add_argument("--model", type=pathlib.Path,
                        default=ROOT / "models/demo")
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--clients", type=int, default=64)
    parser.add_argument("--leavers", type=int, default=0)
    parser.add_argument("--slow-readers", type=int, default=0)
    parser.add_argument("--tokens", type=int, default=48)
    parser.add_argument("--rounds", type=int, default=25)
    parser.add_argument("--latency-tokens", type=int, default=256)
    parser.add_argument("--json", type=pathlib.Path)
    options = parser.parse_args()
    server = Server(options.bin, options.model)
    try:
        result = {
            "latency": compare(server, options.bin, options.rounds,
                               options.latency_tokens),
            "load": run_load(server, options),
        }
    finally:
        code = server.end()
    print_summary(result)
    if options.json:
        options.json.write_text(json.dumps(result, indent=1) + "\n")
    return 1 if result["load"]["errors"] or code != 0 else 0


if __name__ == "__main__":
    sys.exit(main())
