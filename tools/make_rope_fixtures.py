"""Writes what transformers makes of rotary settings, for the tests.

  tools/make_rope_fixtures.py tests/testdata/rope/transformers.json

Needs transformers 5 and torch. A case has the fields of a config.json and the
inverse frequencies and the attention factor that the model then uses for texts
of a length.
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
DYNAMIC = {"rope_type": "dynamic", "factor": 4.0}
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


def longrope(head_dim, original):
    count = head_dim // 2
    return {
        "rope_type": "longrope",
        "short_factor": [1 + i / count for i in range(count)],
        "long_factor": [2 + 3 * i / count for i in range(count)],
        "original_max_position_embeddings": original,
    }


def configs_by_length():
    """Scalings for which frequencies depend on the text's length."""
    for head_dim, theta, positions in SHAPES[1:]:
        shape = {"head_dim": head_dim, "max_position_embeddings": positions}
        for scaling in [
            DYNAMIC,
            {**DYNAMIC, "factor": 1.5},
            longrope(head_dim, positions // 8),
            {**longrope(head_dim, positions // 8), "attention_factor": 1.25},
        ]:
            fields = {**shape, "rope_theta": theta, "rope_scaling": scaling}
            original = scaling.get(
                "original_max_position_embeddings", positions
            )
            for length in [1, original, original + 1, 3 * original]:
                yield fields, length


def case(fields, length=None):
    config = MixtralConfig(**json.loads(json.dumps(fields)))
    rope_type = config.rope_parameters["rope_type"]
    inverse, factor = ROPE_INIT_FUNCTIONS[rope_type](
        config, "cpu", seq_len=length
    )
    assert inverse.dtype == torch.float32
    return {
        "config": fields,
        "length": length or 1,
        "inverse_frequencies": inverse.tolist(),
        "attention_factor": factor,
    }


def main():
    with open(sys.argv[1], "w", encoding="utf-8") as out:
        lines = [json.dumps(case(fields)) for fields in configs()]
        lines += [json.dumps(case(*pair)) for pair in configs_by_length()]
        out.write("[\n" + ",\n".join(lines) + "\n]\n")


if __name__ == "__main__":
    main()
