"""Writes what transformers makes of rotary settings, for the tests.

  tools/make_rope_fixtures.py tests/testdata/rope/transformers.json

Needs transformers 5 and torch. A case has the fields of a config.json and the
inverse frequencies and the attention factor that the model then uses.
"""

import json
import sys

import torch
from transformers import MixtralConfig
from transformers.modeling_rope_utils import ROPE_INIT_FUNCTIONS

LLAMA3 = {
    "rope_type": "llama3",
    "factor": 8.0,
    "low_freq_factor": 1.0,
    "high_freq_factor": 4.0,
    "original_max_position_embeddings": 8192,
}
YARN = {"rope_type": "yarn", "factor": 4.0}
SCALINGS = [
    {"rope_type": "linear", "factor": 4.0},
    {"rope_type": "linear", "factor": 2.5},
    LLAMA3,
    {**LLAMA3, "factor": 32.0, "original_max_position_embeddings": 1024},
    {**LLAMA3, "low_freq_factor": 2.0, "high_freq_factor": 3.0},
    YARN,
    {**YARN, "original_max_position_embeddings": 4096},
    {**YARN, "factor": 40, "beta_fast": 16, "beta_slow": 2},
    {**YARN, "truncate": False},
    {**YARN, "mscale": 0.707, "mscale_all_dim": 1.0},
    {**YARN, "mscale": 1.0},
    {**YARN, "attention_factor": 1.25},
]
# Head dimension, theta, context.
SHAPES = [(128, 1e6, 32768), (64, 500000.0, 131072), (16, 10000.0, 131072)]


def configs():
    for head_dim, theta, positions in SHAPES:
        shape = {"head_dim": head_dim, "max_position_embeddings": positions}
        for scaling in SCALINGS:
            yield {**shape, "rope_parameters": {**scaling, "rope_theta": theta}}
    # As transformers 4 writes them; "type" is older still.
    for scaling in SCALINGS:
        yield {**shape, "rope_theta": theta, "rope_scaling": scaling}
    old = {"type": "linear", "factor": 4.0}
    yield {**shape, "rope_theta": theta, "rope_scaling": old}


def case(fields):
    config = MixtralConfig(**json.loads(json.dumps(fields)))
    rope_type = config.rope_parameters["rope_type"]
    inverse, factor = ROPE_INIT_FUNCTIONS[rope_type](config, "cpu")
    assert inverse.dtype == torch.float32
    return {
        "config": fields,
        "inverse_frequencies": inverse.tolist(),
        "attention_factor": factor,
    }


def main():
    with open(sys.argv[1], "w", encoding="utf-8") as out:
        lines = [json.dumps(case(fields)) for fields in configs()]
        out.write("[\n" + ",\n".join(lines) + "\n]\n")


if __name__ == "__main__":
    main()
