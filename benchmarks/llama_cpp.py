"""Decodes with llama.cpp (the PyPI package xllamacpp) and prints JSON.

  llama_cpp.py MODEL.gguf THREADS TOKENS

Runs in a virtual environment that run.py makes; a yardstick, not a dependency.
"""

import json
import sys

import xllamacpp


def main():
    model, threads, tokens = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    params = xllamacpp.CommonParams()
    params.model.path = model
    params.cpuparams.n_threads = threads
    params.cpuparams_batch.n_threads = threads
    params.n_ctx = 1024
    params.n_parallel = 1
    params.sampling.temp = 0.0
    params.warmup = True
    server = xllamacpp.Server(params)
    request = {
        "prompt": "Once upon a time",
        "n_predict": tokens,
        "temperature": 0.0,
        "ignore_eos": True,
        "cache_prompt": False,
    }
    best = 0.0
    for _ in range(3):
        reply = server.handle_completions(request)
        reply = json.loads(reply) if isinstance(reply, (str, bytes)) else reply
        best = max(best, reply["timings"]["predicted_per_second"])
    print(json.dumps({"tokens_per_second": best}))


if __name__ == "__main__":
    main()
