#!/usr/bin/env python3
"""Writes tests/testdata/gguf/k_quants.gguf, a tiny Mixtral in K-quants.

  tools/make_k_quant_gguf.py

Needs the PyPI packages gguf and numpy. The gguf package widens K-quants but
does not make them, so the blocks are random; every type is in it. The hashes of
the widened values, by Hugging Face's names, go into expected.json.
"""

import json
import pathlib

import gguf
import numpy as np

from make_gguf_fixtures import add_metadata, fnv1a

FOLDER = pathlib.Path(__file__).resolve().parent.parent / "tests/testdata/gguf"
NAME = "k_quants.gguf"
HIDDEN = 256
CONFIG = {
    "max_position_embeddings": 256, "hidden_size": HIDDEN,
    "num_hidden_layers": 1, "intermediate_size": 256,
    "num_attention_heads": 2, "num_key_value_heads": 1, "rms_norm_eps": 1e-5,
    "rope_theta": 10000.0, "vocab_size": 64, "num_local_experts": 2,
    "num_experts_per_tok": 1, "bos_token_id": 1, "eos_token_id": 2,
}
# GGUF name: rows (and experts before them), type, Hugging Face's name.
LAYER = "model.layers.0."
MATRICES = {
    "token_embd": ([64], "Q6_K", "model.embed_tokens"),
    "output": ([64], "Q5_K", "lm_head"),
    "blk.0.attn_q": ([256], "Q4_K", LAYER + "self_attn.q_proj"),
    "blk.0.attn_k": ([128], "Q5_K", LAYER + "self_attn.k_proj"),
    "blk.0.attn_v": ([128], "Q6_K", LAYER + "self_attn.v_proj"),
    "blk.0.attn_output": ([256], "Q4_K", LAYER + "self_attn.o_proj"),
    "blk.0.ffn_gate_exps": ([2, 256], "Q2_K", "w1"),
    "blk.0.ffn_up_exps": ([2, 256], "MXFP4", "w3"),
    "blk.0.ffn_down_exps": ([2, 256], "Q3_K", "w2"),
}
PLAIN = {
    "output_norm": ([HIDDEN], "model.norm"),
    "blk.0.attn_norm": ([HIDDEN], LAYER + "input_layernorm"),
    "blk.0.ffn_norm": ([HIDDEN], LAYER + "post_attention_layernorm"),
    "blk.0.ffn_gate_inp": ([2, HIDDEN], LAYER + "block_sparse_moe.gate"),
}
# Where a block has its float16 scales.
SCALES = {"Q2_K": (80, 82), "Q3_K": (108,), "Q4_K": (0, 2), "Q5_K": (0, 2),
          "Q6_K": (208,)}


def random_blocks(random, shape, name):
    """Stored rows whose values are a few hundredths in size."""
    kind = gguf.GGMLQuantizationType[name]
    values, size = gguf.GGML_QUANT_SIZES[kind]
    blocks = random.integers(
        0, 256, (*shape, HIDDEN // values, size), dtype=np.uint8)
    if name == "MXFP4":
        blocks[..., 0] = random.integers(119, 123, blocks.shape[:-1])
    for offset in SCALES.get(name, ()):
        scale = random.uniform(1e-4, 1e-3, blocks.shape[:-1]).astype("<f2")
        blocks[..., offset : offset + 2] = scale[..., None].view(np.uint8)
    return blocks.reshape(*shape, -1)


def unpermuted(rows, heads):
    """Undoes what llama.cpp's converter does to Q and K of a llama."""
    half = rows.shape[0] // heads // 2
    return rows.reshape(heads, half, 2, -1).swapaxes(1, 2).reshape(rows.shape)


def hashes_of(name, hf_name, wide):
    if "_exps" in name:
        base = LAYER + "block_sparse_moe.experts"
        return {f"{base}.{e}.{hf_name}.weight": fnv1a(expert)
                for e, expert in enumerate(wide)}
    heads = {"blk.0.attn_q": 2, "blk.0.attn_k": 1}.get(name)
    if heads:
        wide = unpermuted(wide, heads)
    return {hf_name + ".weight": fnv1a(wide)}


def main():
    random = np.random.default_rng(9)
    writer = gguf.GGUFWriter(FOLDER / NAME, "llama")
    add_metadata(writer, CONFIG)
    hashes = {}
    for name, (shape, type_name, hf_name) in MATRICES.items():
        kind = gguf.GGMLQuantizationType[type_name]
        stored = random_blocks(random, shape, type_name)
        writer.add_tensor(name + ".weight", stored, raw_dtype=kind)
        wide = gguf.quants.dequantize(stored, kind)
        hashes.update(hashes_of(name, hf_name, wide))
    for name, (shape, hf_name) in PLAIN.items():
        values = random.uniform(0.5, 1.5, shape).astype("<f4")
        writer.add_tensor(name + ".weight", values)
        hashes[hf_name + ".weight"] = fnv1a(values)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    path = FOLDER / "expected.json"
    expected = {**json.loads(path.read_text()), NAME: hashes}
    path.write_text(json.dumps(expected, indent=1, sort_keys=True) + "\n")


if __name__ == "__main__":
    main()
