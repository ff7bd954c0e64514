"""Writes small GGUF files of each tensor type from the fixtures.

  tools/make_gguf_fixtures.py [MODELS_DIR [OUT_DIR]]

Needs the PyPI packages gguf and numpy. Names, row permutation of Q and K and
metadata are those of llama.cpp's converter. Beside the files expected.json
holds, for each file and each matrix of Hugging Face's layout, the FNV-1a hash
of its float32 values as the gguf package widens them.
"""

import json
import pathlib
import struct
import sys

import gguf
import numpy as np

BLOCK = 32
TYPES = {
    "f32": gguf.GGMLQuantizationType.F32,
    "f16": gguf.GGMLQuantizationType.F16,
    "bf16": gguf.GGMLQuantizationType.BF16,
    "q8_0": gguf.GGMLQuantizationType.Q8_0,
    "q4_0": gguf.GGMLQuantizationType.Q4_0,
    "q4_1": gguf.GGMLQuantizationType.Q4_1,
    "q5_0": gguf.GGMLQuantizationType.Q5_0,
    "q5_1": gguf.GGMLQuantizationType.Q5_1,
}
# Source folder, type, experts stacked or one tensor each (as before 2024).
FILES = [
    ("granitemoeshared", "f32", True),
    ("granitemoe", "bf16", True),
    ("mixtral_tied", "f32", False),
    ("mixtral_tied", "f16", True),
    ("mixtral_tied", "q8_0", True),
    ("mixtral_tied", "q4_0", True),
    ("mixtral_tied", "q4_1", True),
    ("mixtral_tied", "q5_0", True),
    ("mixtral_tied", "q5_1", True),
    ("mixtral_rope_llama3", "f32", True),
]
LAYER_NAMES = {
    "input_layernorm.weight": "attn_norm.weight",
    "post_attention_layernorm.weight": "ffn_norm.weight",
    "self_attn.q_proj.weight": "attn_q.weight",
    "self_attn.k_proj.weight": "attn_k.weight",
    "self_attn.v_proj.weight": "attn_v.weight",
    "self_attn.o_proj.weight": "attn_output.weight",
    "block_sparse_moe.gate.weight": "ffn_gate_inp.weight",
    "block_sparse_moe.router.layer.weight": "ffn_gate_inp.weight",
    "block_sparse_moe.output_linear.weight": "ffn_down_exps.weight",
    "shared_mlp.output_linear.weight": "ffn_down_shexp.weight",
}
FUSED = {
    "block_sparse_moe.input_linear.weight": "exps",
    "shared_mlp.input_linear.weight": "shexp",
}
EXPERT_PARTS = {"w1": "gate", "w2": "down", "w3": "up"}


def read_safetensors(path):
    data = path.read_bytes()
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + length])
    header.pop("__metadata__", None)
    tensors = {}
    for name, entry in header.items():
        assert entry["dtype"] == "F32", name
        begin, end = entry["data_offsets"]
        values = np.frombuffer(data[8 + length + begin : 8 + length + end], "<f4")
        tensors[name] = values.reshape(entry["shape"])
    return tensors


def permute(rows, heads):
    """What llama.cpp's converter does to Q and K of a llama."""
    half = rows.shape[0] // heads // 2
    split = rows.reshape(heads, 2, half, *rows.shape[1:])
    return split.swapaxes(1, 2).reshape(rows.shape)


def rename_layer(layer, name, values, config):
    """Yields GGUF name, values, and where they are in Hugging Face's tensor."""
    prefix = f"blk.{layer}."
    if name in FUSED:
        half = values.shape[-2] // 2
        for part, kind in enumerate(("gate", "up")):
            rows = slice(part * half, (part + 1) * half)
            yield f"{prefix}ffn_{kind}_{FUSED[name]}.weight", values[..., rows, :], rows
        return
    if "q_proj" in name:
        values = permute(values, config["num_attention_heads"])
    if "k_proj" in name:
        values = permute(values, config["num_key_value_heads"])
    yield prefix + LAYER_NAMES[name], values, None


def experts_of(tensors, layer, part, count):
    base = f"model.layers.{layer}.block_sparse_moe.experts"
    return [tensors[f"{base}.{e}.{part}.weight"] for e in range(count)]


def convert(tensors, config, stacked):
    """GGUF name -> values, in the order of writing."""
    out = {
        "token_embd.weight": tensors["model.embed_tokens.weight"],
        "output_norm.weight": tensors["model.norm.weight"],
    }
    if "lm_head.weight" in tensors:
        out["output.weight"] = tensors["lm_head.weight"]
    for layer in range(config["num_hidden_layers"]):
        prefix = f"model.layers.{layer}."
        for name, values in tensors.items():
            if name.startswith(prefix) and ".experts." not in name:
                short = name.removeprefix(prefix)
                for new, part, _ in rename_layer(layer, short, values, config):
                    out[new] = part
        if prefix + "block_sparse_moe.gate.weight" not in tensors:
            continue
        for part, kind in EXPERT_PARTS.items():
            experts = experts_of(tensors, layer, part, config["num_local_experts"])
            if stacked:
                out[f"blk.{layer}.ffn_{kind}_exps.weight"] = np.stack(experts)
            else:
                for e, values in enumerate(experts):
                    out[f"blk.{layer}.ffn_{kind}.{e}.weight"] = values
    return out


def stored_type(name, values, wanted):
    """llama.cpp keeps vectors, routers and odd widths in float32."""
    plain = values.ndim == 1 or "ffn_gate_inp" in name
    blocks = TYPES[wanted] not in (TYPES["f32"], TYPES["f16"], TYPES["bf16"])
    if plain or (blocks and values.shape[-1] % BLOCK != 0):
        return TYPES["f32"]
    return TYPES[wanted]


def add_metadata(writer, config):
    heads = config["num_attention_heads"]
    writer.add_context_length(config["max_position_embeddings"])
    writer.add_embedding_length(config["hidden_size"])
    writer.add_block_count(config["num_hidden_layers"])
    writer.add_feed_forward_length(config["intermediate_size"])
    writer.add_head_count(heads)
    writer.add_head_count_kv(config["num_key_value_heads"])
    writer.add_layer_norm_rms_eps(config["rms_norm_eps"])
    writer.add_rope_freq_base(config["rope_theta"])
    writer.add_rope_dimension_count(config["hidden_size"] // heads)
    writer.add_vocab_size(config["vocab_size"])
    writer.add_expert_count(config["num_local_experts"])
    writer.add_expert_used_count(config["num_experts_per_tok"])
    writer.add_bos_token_id(config["bos_token_id"])
    writer.add_eos_token_id(config["eos_token_id"])
    if "attention_multiplier" in config:
        writer.add_attention_scale(config["attention_multiplier"])
        writer.add_embedding_scale(config["embedding_multiplier"])
        writer.add_residual_scale(config["residual_multiplier"])
        writer.add_logit_scale(config["logits_scaling"])
    if "shared_intermediate_size" in config:
        writer.add_expert_shared_feed_forward_length(
            config["shared_intermediate_size"]
        )


def fnv1a(values):
    digest = 0xCBF29CE484222325
    for byte in np.ascontiguousarray(values, "<f4").tobytes():
        digest = ((digest ^ byte) * 0x100000001B3) & 0xFFFFFFFFFFFFFFFF
    return f"{digest:016x}"


def widened(values, kind):
    return gguf.quants.dequantize(gguf.quants.quantize(values, kind), kind)


def expected_hashes(tensors, config, wanted):
    """Hugging Face name -> hash; fused tensors part by part, as stored."""
    hashes = {}
    for name, values in tensors.items():
        short = name.split(".", 3)[-1]
        if short in FUSED:
            half = values.shape[-2] // 2
            parts = [values[..., :half, :], values[..., half:, :]]
            kinds = [stored_type("", part, wanted) for part in parts]
            wide = np.concatenate(
                [widened(p, k) for p, k in zip(parts, kinds)], axis=-2
            )
        else:
            router = "gate.weight" in name or "router" in name
            key = "ffn_gate_inp" if router else ""
            wide = widened(values, stored_type(key, values, wanted))
        hashes[name] = fnv1a(wide)
    return hashes


def rope_factors(config):
    """llama3 scaling, which the converter writes as a tensor of factors."""
    scaling = config["rope_scaling"]
    dim = config["hidden_size"] // config["num_attention_heads"]
    exponents = np.arange(0, dim, 2, dtype=np.float32) / np.float32(dim)
    wavelengths = 2 * np.pi * np.float32(config["rope_theta"]) ** exponents
    context = scaling["original_max_position_embeddings"]
    low, high = scaling["low_freq_factor"], scaling["high_freq_factor"]
    smooth = np.clip((context / wavelengths - low) / (high - low), 0, 1)
    return (1 / ((1 - smooth) / scaling["factor"] + smooth)).astype(np.float32)


def write(source, wanted, stacked, out_dir):
    config = json.loads((source / "config.json").read_text())
    tensors = read_safetensors(source / "model.safetensors")
    granite = config["model_type"].startswith("granite")
    suffix = "" if stacked else "-unstacked"
    path = out_dir / f"{source.name}-{wanted}{suffix}.gguf"
    writer = gguf.GGUFWriter(path, "granitemoe" if granite else "llama")
    add_metadata(writer, config)
    for name, values in convert(tensors, config, stacked).items():
        kind = stored_type(name, values, wanted)
        data = gguf.quants.quantize(values, kind)
        writer.add_tensor(name, data, raw_dtype=kind)
    scaling = config.get("rope_scaling") or {}
    if scaling.get("rope_type") == "llama3":
        writer.add_tensor("rope_freqs.weight", rope_factors(config))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path.name, expected_hashes(tensors, config, wanted)


def main():
    root = pathlib.Path(__file__).resolve().parent.parent / "tests" / "testdata"
    models = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else root / "models"
    out_dir = pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else root / "gguf"
    out_dir.mkdir(parents=True, exist_ok=True)
    expected = {}
    for folder, wanted, stacked in FILES:
        name, hashes = write(models / folder, wanted, stacked, out_dir)
        expected[name] = hashes
    text = json.dumps(expected, indent=1, sort_keys=True)
    (out_dir / "expected.json").write_text(text + "\n")


if __name__ == "__main__":
    main()
