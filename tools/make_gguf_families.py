"""Writes GGUF files of families from the fixtures, as llama.cpp's converter.

  tools/make_gguf_families.py [MODELS_DIR [OUT_DIR]]

Needs the PyPI packages gguf and numpy. Everything is float32: a file must
compute what its folder does. Names come from gguf's own tables; what the
converter does beyond renaming (stacking experts, cutting gpt-oss's gate and up
rows apart, splitting latent up-projections) is done here.

phimoe_longrope_gguf is phimoe_longrope with what a GGUF file can say of it: the
router's jitter is 0.01, and both attention factors are the converter's.
"""

import json
import math
import pathlib
import re
import struct
import sys

import gguf
import numpy as np

ARCH = {
    "qwen2_moe": gguf.MODEL_ARCH.QWEN2MOE,
    "qwen3_moe": gguf.MODEL_ARCH.QWEN3MOE,
    "olmoe": gguf.MODEL_ARCH.OLMOE,
    "deepseek_v2": gguf.MODEL_ARCH.DEEPSEEK2,
    "deepseek_v3": gguf.MODEL_ARCH.DEEPSEEK2,
    "glm4_moe": gguf.MODEL_ARCH.GLM4_MOE,
    "ernie4_5_moe": gguf.MODEL_ARCH.ERNIE4_5_MOE,
    "hunyuan_v1_moe": gguf.MODEL_ARCH.HUNYUAN_MOE,
    "dots1": gguf.MODEL_ARCH.DOTS1,
    "minimax_m2": gguf.MODEL_ARCH.MINIMAXM2,
    "phimoe": gguf.MODEL_ARCH.PHIMOE,
    "gpt_oss": gguf.MODEL_ARCH.GPT_OSS,
}
# deepseek_v2 as files of before April 2025 have it, deepseek_v3 as newer ones.
FOLDERS = [
    "qwen2_moe",
    "qwen3_moe",
    "olmoe",
    "deepseek_v2",
    "deepseek_v3",
    "glm4_moe_air",
    "ernie4_5_moe",
    "hunyuan_v1_moe",
    "dots1",
    "minimax_m2",
    "phimoe_longrope_gguf",
    "gpt_oss_mxfp4",
]
FP4 = np.array([0, 0.5, 1, 1.5, 2, 3, 4, 6], np.float32)
FP4 = np.concatenate([FP4, -FP4])

def widen(dtype, raw):
    if dtype == "F32":
        return np.frombuffer(raw, "<f4")
    if dtype == "BF16":
        words = np.frombuffer(raw, "<u2").astype("<u4") << 16
        return words.view("<f4")
    return np.frombuffer(raw, np.uint8)

def read_safetensors(path):
    data = path.read_bytes()
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + length])
    header.pop("__metadata__", None)
    tensors = {}
    for name, entry in header.items():
        begin, end = (8 + length + at for at in entry["data_offsets"])
        values = widen(entry["dtype"], data[begin:end])
        tensors[name] = values.reshape(entry["shape"])
    return tensors

def from_mxfp4(blocks, scales):
    pairs = np.stack([FP4[blocks & 15], FP4[blocks >> 4]], axis=-1)
    values = pairs.reshape(*blocks.shape[:-1], 32)
    factors = np.ldexp(np.float32(1), scales.astype(np.int32) - 127)
    wide = values * factors[..., None]
    return wide.reshape(*blocks.shape[:-2], -1).astype(np.float32)

def gpt_oss_experts(tensors, layer):
    base = f"model.layers.{layer}.mlp.experts."
    out = f"blk.{layer}.ffn_"
    gate_up = from_mxfp4(
        tensors[base + "gate_up_proj_blocks"],
        tensors[base + "gate_up_proj_scales"],
    )
    bias = tensors[base + "gate_up_proj_bias"]
    for part, kind in enumerate(("gate", "up")):
        yield f"{out}{kind}_exps.weight", gate_up[:, part::2, :]
        yield f"{out}{kind}_exps.bias", bias[:, part::2]
    yield f"{out}down_exps.weight", from_mxfp4(
        tensors[base + "down_proj_blocks"], tensors[base + "down_proj_scales"]
    )
    yield f"{out}down_exps.bias", tensors[base + "down_proj_bias"]

def latent_parts(layer, values, config):
    heads = config["num_attention_heads"]
    split = values.reshape(heads, -1, config["kv_lora_rank"])
    nope = config["qk_nope_head_dim"]
    yield f"blk.{layer}.attn_k_b.weight", split[:, :nope].swapaxes(1, 2)
    yield f"blk.{layer}.attn_v_b.weight", split[:, nope:]

def stack_experts(tensors):
    """Experts of one kind and layer in one tensor, under a common name."""
    stacks, others = {}, {}
    for name, values in tensors.items():
        match = re.match(r"(.*\.experts)\.(\d+)\.(.*)", name)
        if match is None:
            others[name] = values
            continue
        key = f"{match[1]}.{match[3]}"
        stacks.setdefault(key, {})[int(match[2])] = values
    for name, parts in stacks.items():
        others[name] = np.stack([parts[e] for e in sorted(parts)])
    return others

def convert(tensors, config, arch):
    """GGUF name -> float32 values."""
    layers = config["num_hidden_layers"] + config.get(
        "num_nextn_predict_layers", 0
    )
    table = gguf.get_tensor_name_map(arch, layers)
    out = {}
    for name, values in stack_experts(tensors).items():
        layer = re.search(r"layers\.(\d+)\.", name)
        if "experts" in name and config["model_type"] == "gpt_oss":
            continue
        if "kv_b_proj" in name and config["model_type"] == "deepseek_v3":
            out.update(latent_parts(layer[1], values, config))
            continue
        name = name.replace("e_score_correction_bias", "e_score_correction.bias")
        name = name.replace("self_attn.sinks", "self_attn.sinks.weight")
        new = table.get_name(name, try_suffixes=(".weight", ".bias"))
        assert new is not None, name
        one_row = values.ndim == 2 and values.shape[0] == 1
        out[new] = values[0] if one_row else values
    if config["model_type"] == "gpt_oss":
        for layer in range(layers):
            out.update(gpt_oss_experts(tensors, layer))
    return out

def first(config, *names, fallback=None):
    for name in names:
        if config.get(name) is not None:
            value = config[name]
            return value[0] if isinstance(value, list) else value
    return fallback

def add_attention(writer, config):
    heads = config["num_attention_heads"]
    head_dim = config.get("head_dim", config["hidden_size"] // heads)
    writer.add_head_count(heads)
    if config["model_type"] == "phimoe":
        writer.add_head_count_kv(config["num_key_value_heads"])
        writer.add_rope_dimension_count(head_dim)
        return
    if "kv_lora_rank" not in config:
        writer.add_head_count_kv(config["num_key_value_heads"])
        writer.add_key_length(head_dim)
        writer.add_value_length(head_dim)
        part = config.get("partial_rotary_factor", 1.0)
        writer.add_rope_dimension_count(
            config.get("rotary_dim", int(head_dim * part))
        )
        return
    rope = config["qk_rope_head_dim"]
    query = config["qk_nope_head_dim"] + rope
    rank = config["kv_lora_rank"]
    writer.add_rope_dimension_count(rope)
    writer.add_kv_lora_rank(rank)
    if config["q_lora_rank"] is not None:
        writer.add_q_lora_rank(config["q_lora_rank"])
    if config["model_type"] == "deepseek_v3":
        writer.add_head_count_kv(1)
        writer.add_key_length(rank + rope)
        writer.add_value_length(rank)
        writer.add_key_length_mla(query)
        writer.add_value_length_mla(config["v_head_dim"])
    else:
        writer.add_head_count_kv(heads)
        writer.add_key_length(query)
        writer.add_value_length(config["v_head_dim"])

def add_rope(writer, config):
    base = config["rope_theta"]
    scaling = config.get("rope_scaling") or {}
    if "alpha" in scaling:
        dim = config["head_dim"]
        base *= scaling["alpha"] ** (dim / (dim - 2))
    writer.add_rope_freq_base(base)
    if scaling.get("rope_type") == "yarn":
        writer.add_rope_scaling_type(gguf.RopeScalingType.YARN)
        writer.add_rope_scaling_factor(scaling["factor"])
        writer.add_rope_scaling_orig_ctx_len(
            scaling["original_max_position_embeddings"]
        )

def add_rope_factors(writer, config):
    """Of Phi-MoE: tensors, and an attention factor by a formula."""
    scaling = config["rope_scaling"]
    context = scaling["original_max_position_embeddings"]
    stretch = config["max_position_embeddings"] / context
    writer.add_rope_scaling_orig_ctx_len(context)
    writer.add_rope_scaling_attn_factors(
        math.sqrt(1 + math.log(stretch) / math.log(context))
    )
    for kind in ("long", "short"):
        factors = np.array(scaling[f"{kind}_factor"], np.float32)
        writer.add_tensor(f"rope_factors_{kind}.weight", factors)

def add_experts(writer, config):
    family = config["model_type"]
    writer.add_expert_count(
        first(
            config,
            "num_local_experts",
            "num_experts",
            "n_routed_experts",
            "moe_num_experts",
        )
    )
    writer.add_expert_used_count(
        first(config, "num_experts_per_tok", "moe_k", "moe_topk")
    )
    width = first(config, "moe_intermediate_size")
    if width is not None or family in ("gpt_oss", "minimax_m2"):
        writer.add_expert_feed_forward_length(
            width or config["intermediate_size"]
        )
    if family == "qwen2_moe":
        writer.add_expert_shared_feed_forward_length(
            config["shared_expert_intermediate_size"]
        )
    if family == "hunyuan_v1_moe":
        writer.add_expert_shared_feed_forward_length(
            config["intermediate_size"]
        )
    shared = first(config, "n_shared_experts", "moe_num_shared_experts")
    if shared is not None:
        writer.add_expert_shared_count(shared)
    dense = first(config, "first_k_dense_replace", "moe_layer_start_index")
    if dense is not None:
        writer.add_leading_dense_block_count(dense)
    if "moe_layer_interval" in config:
        writer.add_interleave_moe_layer_step(config["moe_layer_interval"])
    if "routed_scaling_factor" in config:
        writer.add_expert_weights_scale(config["routed_scaling_factor"])
        writer.add_expert_weights_norm(config["norm_topk_prob"])
    if family in ("deepseek_v3", "glm4_moe", "dots1", "minimax_m2"):
        writer.add_expert_gating_func(gguf.ExpertGatingFuncType.SIGMOID)
    if config.get("n_group", 1) > 1:
        writer.add_expert_group_count(config["n_group"])
        writer.add_expert_group_used_count(config["topk_group"])
    if config.get("num_nextn_predict_layers"):
        writer.add_nextn_predict_layers(config["num_nextn_predict_layers"])

def write(source, out_dir):
    config = json.loads((source / "config.json").read_text())
    arch = ARCH[config["model_type"]]
    path = out_dir / f"{source.name}-f32.gguf"
    writer = gguf.GGUFWriter(path, gguf.MODEL_ARCH_NAMES[arch])
    writer.add_context_length(config["max_position_embeddings"])
    writer.add_embedding_length(config["hidden_size"])
    writer.add_block_count(
        config["num_hidden_layers"] + config.get("num_nextn_predict_layers", 0)
    )
    writer.add_feed_forward_length(config["intermediate_size"])
    writer.add_layer_norm_rms_eps(config["rms_norm_eps"])
    writer.add_vocab_size(config["vocab_size"])
    if config["model_type"] in ("gpt_oss", "phimoe"):
        writer.add_sliding_window(config["sliding_window"] or 0)
    add_attention(writer, config)
    add_rope(writer, config)
    if config["model_type"] == "phimoe":
        add_rope_factors(writer, config)
    add_experts(writer, config)
    tensors = read_safetensors(source / "model.safetensors")
    for name, values in convert(tensors, config, arch).items():
        writer.add_tensor(name, np.ascontiguousarray(values, np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()

def main():
    root = pathlib.Path(__file__).resolve().parent.parent / "tests" / "testdata"
    models = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else root / "models"
    out_dir = pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else root / "gguf"
    out_dir.mkdir(parents=True, exist_ok=True)
    for folder in FOLDERS:
        write(models / folder, out_dir)

if __name__ == "__main__":
    main()
