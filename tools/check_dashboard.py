#!/usr/bin/env python3
"""Runs every query of the Grafana dashboard against a real Prometheus.

  tools/check_dashboard.py [--model PATH] [--seconds 40] [--keep]

Starts a coordinator and a ring of satellites that serve metrics, a Prometheus
with docker/prometheus/prometheus.yml (its targets replaced), generates text,
and says for each query whether Prometheus takes it and what it finds. Wants
the programs in build/release/bin and Debian's package prometheus. Exit code 1
when a query fails or finds nothing.
"""

import argparse
import json
import pathlib
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent
BIN = ROOT / "build/release/bin"
DASHBOARD = ROOT / "docker/grafana/dashboards/spacemoe.json"
CONFIG = ROOT / "docker/prometheus/prometheus.yml"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def get(url, timeout=10):
    with urllib.request.urlopen(url, timeout=timeout) as answer:
        return answer.read().decode()


def wait_for(what, condition, seconds):
    end = time.monotonic() + seconds
    while True:
        try:
            if condition():
                return
        except OSError:
            pass
        if time.monotonic() > end:
            sys.exit(f"{what}: not within {seconds} s")
        time.sleep(0.2)


class Cluster:
    """A coordinator, its satellites, and a Prometheus that scrapes them."""

    def __init__(self, options, folder):
        self.processes = []
        self.listen = f"127.0.0.1:{free_port()}"
        self.http = f"127.0.0.1:{free_port()}"
        self.prometheus = f"127.0.0.1:{free_port()}"
        coordinator = self.start(
            BIN / "spacemoe-coordinator", "--model", options.model,
            "--listen", self.listen, "--metrics-listen", self.http,
            *options.flags, out=subprocess.PIPE)
        line = coordinator.stdout.readline()
        satellites = re.search(r"satellites (\d+)", line)
        if satellites is None:
            sys.exit("the coordinator did not start")
        self.satellites = int(satellites[1])
        self.start(
            BIN / "spacemoe-satellite", "--coordinator", self.listen,
            "--model", options.model, "--fork", str(self.satellites),
            "--metrics-listen", "127.0.0.1:0", stdin=subprocess.PIPE,
            out=subprocess.DEVNULL)
        config = CONFIG.read_text().replace("coordinator:8080", self.http)
        config = config.replace("15s", "2s").replace("5s", "2s")
        path = pathlib.Path(folder) / "prometheus.yml"
        path.write_text(config)
        self.start("prometheus", f"--config.file={path}",
                   f"--storage.tsdb.path={folder}/data",
                   f"--web.listen-address={self.prometheus}",
                   out=subprocess.DEVNULL, err=subprocess.DEVNULL)

    def start(self, *command, stdin=None, out=None, err=None):
        process = subprocess.Popen(
            [str(word) for word in command], stdin=stdin, stdout=out,
            stderr=err, text=True)
        self.processes.append(process)
        return process

    def ready(self):
        return get(f"http://{self.http}/health/ready") == "ready\n"

    def query(self, expression):
        text = urllib.parse.urlencode({"query": expression})
        answer = json.loads(
            get(f"http://{self.prometheus}/api/v1/query?{text}"))
        return answer["data"]["result"]

    def scraped(self):
        up = self.query("sum(up)")
        return bool(up) and float(up[0]["value"][1]) == self.satellites + 1

    def stop(self):
        for process in reversed(self.processes):
            process.send_signal(signal.SIGTERM)
        for process in self.processes:
            process.wait()


def queries():
    for panel in json.loads(DASHBOARD.read_text())["panels"]:
        for target in panel.get("targets", []):
            expression = target["expr"].replace("$__rate_interval", "20s")
            expression = expression.replace("$__range", "15m")
            yield panel["title"], expression


def load(cluster, seconds):
    """Texts, two at a time, for as long as that."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        subprocess.run(
            [BIN / "spacemoe", "generate", "--coordinator", cluster.listen,
             "--ids", "1,2,3", "--ids", "4,5", "--max-tokens", "24",
             "--ignore-eos"], check=True, stdout=subprocess.DEVNULL)


def report(cluster):
    failed = 0
    for title, expression in queries():
        try:
            found = cluster.query(expression)
            values = [float(series["value"][1]) for series in found]
            good = any(value == value for value in values)
            shown = (f"{len(found)} series, first {values[0]:.4g}"
                     if found else "nothing")
        except urllib.error.HTTPError as error:
            good, shown = False, error.read().decode()[:200]
        failed += not good
        print(f"{'ok    ' if good else 'FAILED'} {title}: {shown}\n"
              f"       {expression}")
    return failed


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--model", default=str(ROOT / "tests/testdata/models/mixtral"))
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--keep", action="store_true",
                        help="leave everything running until Enter")
    parser.add_argument("--flags", nargs="*", default=[],
                        help="of the coordinator")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        cluster = Cluster(options, folder)
        try:
            wait_for("the ring", cluster.ready, 120)
            wait_for("Prometheus", cluster.scraped, 60)
            load(cluster, options.seconds)
            failed = report(cluster)
            if options.keep:
                input(f"http://{cluster.prometheus} http://{cluster.http} ")
        finally:
            cluster.stop()
    print(f"{failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
