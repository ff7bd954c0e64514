#!/usr/bin/env python3
"""Encodes the same text with our tokenizer and with Hugging Face's.

  tokenizer_rates.py [--program PATH] [--megabytes N] [--text FILE_OR_FOLDER]...
                [--tokenizer TOKENIZER_JSON]...

Prints a Markdown table; exit code 1 if the ids differ. Needs the program
tokenizer_rate (-DSPACEMOE_BUILD_BENCHMARKS=ON) and `pip install tokenizers`,
which nothing else here needs. The text is what is found in the given places,
else Python's own library and /usr/share/doc, cut into documents of at most 64
KiB. Without --tokenizer byte-level BPE of 32,000 tokens is trained on a part of
the text, with the split patterns of the fixtures of tests/testdata.
"""

import argparse
import json
import multiprocessing
import os
import pathlib
import subprocess
import sys
import sysconfig
import tempfile
import time

from tokenizers import Tokenizer, models, pre_tokenizers, trainers

ROOT = pathlib.Path(__file__).resolve().parent.parent
PROGRAM = ROOT / "build/release/bin/tokenizer_rate"
FIXTURES = ("gpt2", "llama3", "qwen2", "gpt_oss", "deepseek_v3")
DOCUMENT = 64 << 10


def files_under(places):
    for place in map(pathlib.Path, places):
        yield from sorted(place.rglob("*")) if place.is_dir() else [place]


def documents(places, size):
    """Texts without NUL, `size` bytes in all, or fewer if there are not more."""
    found = []
    for path in files_under(places):
        if size <= 0:
            break
        if not path.is_file() or path.suffix in (".gz", ".pyc", ".so", ".png"):
            continue
        try:
            text = path.read_bytes().replace(b"\0", b"").decode()
        except (UnicodeDecodeError, OSError):
            continue
        for start in range(0, len(text), DOCUMENT):
            found.append(text[start : start + DOCUMENT])
            size -= len(found[-1].encode())
            if size <= 0:
                break
    return found


def trained(fixture, texts, folder):
    """The fixture's pipeline with a vocabulary of a real size."""
    source = ROOT / "tests/testdata/tokenizers" / fixture / "tokenizer.json"
    description = json.loads(source.read_text())
    pipeline = Tokenizer.from_file(str(source))
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pipeline.pre_tokenizer
    tokenizer.train_from_iterator(
        texts, trainers.BpeTrainer(
            vocab_size=32000, show_progress=False,
            initial_alphabet=pre_tokenizers.ByteLevel.alphabet()))
    made = json.loads(tokenizer.to_str())
    made["normalizer"] = description["normalizer"]
    made["model"]["ignore_merges"] = description["model"].get("ignore_merges")
    path = folder / f"{fixture}.json"
    path.write_text(json.dumps(made))
    return path


def hash_of(encodings):
    value = 0xCBF29CE484222325
    for ids in encodings:
        for i in ids:
            value = (value ^ i) * 0x100000001B3 & 0xFFFFFFFFFFFFFFFF
    return f"{value:x}"


def theirs(path, texts, threads):
    """Runs in a process of its own: the number of threads is fixed once used."""
    os.environ["TOKENIZERS_PARALLELISM"] = "true" if threads > 1 else "false"
    os.environ["RAYON_NUM_THREADS"] = str(threads)
    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.no_truncation()
    start = time.perf_counter()
    encodings = tokenizer.encode_batch_fast(texts, add_special_tokens=False)
    seconds = time.perf_counter() - start
    return {"seconds": seconds,
            "hash": hash_of(encoding.ids for encoding in encodings)}


def theirs_apart(path, texts, threads):
    with multiprocessing.get_context("spawn").Pool(1) as process:
        return process.apply(theirs, (path, texts, threads))


def ours(program, path, texts, threads):
    run = subprocess.run(
        [program, str(path), str(threads)], check=True, stdout=subprocess.PIPE,
        input="\0".join(texts).encode())
    return json.loads(run.stdout)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", default=PROGRAM)
    parser.add_argument("--megabytes", type=float, default=100)
    parser.add_argument("--text", action="append")
    parser.add_argument("--tokenizer", action="append", type=pathlib.Path)
    options = parser.parse_args()
    places = options.text or [sysconfig.get_paths()["stdlib"], "/usr/share/doc"]
    texts = documents(places, options.megabytes * 1e6)
    size = sum(len(text.encode()) for text in texts) / 1e6
    equal = True
    print(f"{size:.0f} MB in {len(texts)} documents\n")
    print("| tokenizer | threads | tokens | Hugging Face, MB/s | ours, MB/s |"
          " ratio | same ids |\n|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        paths = options.tokenizer or [
            trained(name, texts[:: max(1, len(texts) // 200)],
                    pathlib.Path(folder)) for name in FIXTURES]
        for path in paths:
            for threads in sorted({1, os.cpu_count() or 1}):
                a = theirs_apart(path, texts, threads)
                b = ours(options.program, path, texts, threads)
                same = a["hash"] == b["hash"]
                equal &= same
                print(f"| {path.stem} | {threads} | {b['tokens']:,} | "
                      f"{size / a['seconds']:.1f} | {size / b['seconds']:.1f} | "
                      f"{a['seconds'] / b['seconds']:.2f} | "
                      f"{'yes' if same else 'no'} |", flush=True)
    sys.exit(0 if equal else 1)


if __name__ == "__main__":
    main()
