#!/usr/bin/env python3
"""Draws one token's way through a few layers of a trace, as an SVG.

  tools/draw_trace.py TRACE.json[.gz] OUT.svg [--layers 3] [--token 1]

TRACE is what `spacemoe generate --trace TRACE` wrote. A viewer shows all of
it; this is a picture for a page.
"""

import argparse
import collections
import gzip
import html
import json

HEAD, FIRST_LAYER = 2, 3
LEFT, WIDTH, ROW, TOP = 190, 900, 17, 24
STEP_COLOURS = {
    "attention": "#3b6ea5", "shared": "#7fa7d1", "expert": "#c2703d",
    "layer": "#3b6ea5", "logits": "#4f8a5b", "embedding": "#8fbf98",
}


def read(path):
    opener = gzip.open if path.endswith(".gz") else open
    with opener(path, "rt", encoding="utf-8") as file:
        return json.load(file)["traceEvents"]


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("trace")
    parser.add_argument("out")
    parser.add_argument("--layers", type=int, default=3)
    parser.add_argument("--token", type=int, default=1, help="its arrow's id")
    return parser.parse_args()


def colour(event):
    if "hops" in event.get("args", {}):
        return "#d9d9d9"
    first = event["name"].split(",")[0].split(" ")[0]
    return STEP_COLOURS.get(first, "#999999")


class Picture:
    def __init__(self, events, options):
        self.names = {
            (e["pid"], e["tid"]): e["args"]["name"]
            for e in events if e["name"] == "thread_name"
        }
        arrows = [e for e in events if e.get("id") == options.token]
        shown = [e for e in arrows if e["pid"] <= HEAD + options.layers]
        # The last arrow is back at the head.
        self.arrows = [e for e in shown if e["ph"] != "f"]
        after = arrows[len(self.arrows)]["ts"]
        self.start = self.arrows[0]["ts"]
        self.end = after + 0.02 * (after - self.start)
        self.slices = [
            e for e in events
            if e["ph"] == "X" and HEAD <= e["pid"] <= HEAD + options.layers
            and e["ts"] < self.end and e["ts"] + e["dur"] > self.start
            and not (e["pid"] == HEAD and "hops" in e.get("args", {}))
        ]
        order = collections.OrderedDict.fromkeys(
            track for track in self.names
            if any((e["pid"], e["tid"]) == track for e in self.slices))
        self.rows = {
            track: row for row, track in enumerate(sorted(order))
        }

    def x(self, ts):
        share = (ts - self.start) / (self.end - self.start)
        return LEFT + WIDTH * min(max(share, 0), 1)

    def y(self, event):
        return TOP + ROW * self.rows[event["pid"], event["tid"]]

    def label(self, track):
        layer = track[0] - FIRST_LAYER
        name = self.names[track].split(" (")[0]
        return name if track[0] == HEAD else f"layer {layer} {name}"

    def svg(self):
        height = TOP + ROW * len(self.rows) + 8
        yield (f'<svg xmlns="http://www.w3.org/2000/svg" '
               f'width="{LEFT + WIDTH + 10}" height="{height}" '
               f'font-family="sans-serif" font-size="10">')
        yield (f'<rect width="{LEFT + WIDTH + 10}" height="{height}" '
               f'fill="white"/>')
        for track, row in self.rows.items():
            yield (f'<text x="{LEFT - 6}" y="{TOP + ROW * row + 11}" '
                   f'text-anchor="end">{html.escape(self.label(track))}</text>')
        yield from self.scale(height)
        for event in self.slices:
            yield self.box(event)
        yield self.path()
        yield "</svg>"

    def scale(self, height):
        span_ms = (self.end - self.start) / 1000
        step = next(s for s in (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 1e9)
                    if span_ms / s <= 12)
        for i in range(int(span_ms / step) + 1):
            x = self.x(self.start + i * step * 1000)
            yield (f'<line x1="{x:.1f}" x2="{x:.1f}" y1="16" y2="{height}" '
                   f'stroke="#eeeeee"/><text x="{x:.1f}" y="12" '
                   f'text-anchor="middle">{i * step:g} ms</text>')

    def box(self, event):
        left, right = self.x(event["ts"]), self.x(event["ts"] + event["dur"])
        return (f'<rect x="{left:.1f}" y="{self.y(event) + 2}" '
                f'width="{max(right - left, 2):.1f}" height="{ROW - 5}" '
                f'fill="{colour(event)}"><title>{html.escape(event["name"])}, '
                f'{event["dur"] / 1000:.3f} ms</title></rect>')

    def path(self):
        points = " ".join(
            f"{self.x(e['ts']):.1f},{self.y(e) + ROW / 2:.1f}"
            for e in self.arrows)
        return (f'<polyline points="{points}" fill="none" stroke="#b02a2a" '
                f'stroke-width="1.2"/>')


def main():
    options = arguments()
    picture = Picture(read(options.trace), options)
    with open(options.out, "w", encoding="utf-8") as out:
        out.write("\n".join(picture.svg()) + "\n")


if __name__ == "__main__":
    main()
