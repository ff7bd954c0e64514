#!/usr/bin/env python3
"""Writes what transformers computes from a checkpoint, to verify ours with.

  make_expected.py MODEL_FOLDER OUT_FOLDER [--ids 1,2,3]... [--text TEXT]...
                   [--tokens N] [--dtype float32|bfloat16]

Makes OUT_FOLDER/expected.json and expected.safetensors: for each prompt the
logits of all positions and a greedy continuation decoded with the KV cache,
without stopping at an end-of-text token; for the first prompt also the
residual stream and the routing. Without prompts two of fixed ids are taken.
Needs: pip install torch transformers safetensors

expected.json          prompts[i]: input_ids, continuation, margins (between
                       the best two logits of each step), min_margin,
                       top_logits; logits_std (of the last prompt), moe_layers,
                       name, family, stored_as, versions
expected.safetensors   prompt{i}.input_ids [T] int64
                       prompt{i}.logits [T, vocab] float32
                       prompt0.hidden.{k} [T, hidden]: enters layer 0 (k = 0),
                           leaves layer k - 1
                       prompt0.router.{l}.experts [T, top_k] int64, ascending
                       prompt0.router.{l}.weights [T, top_k], in that order
                       prompt0.router.{l}.logits [T, experts]
"""

import argparse
import json
import pathlib

import safetensors
import safetensors.torch
import torch
import transformers

# Prompts of small ids, which every vocabulary has.
FIXED_PROMPTS = ([5, 72, 32, 43, 108, 86, 118],
                 [7, 19, 3, 91, 64, 12, 12, 77, 45, 101, 8, 23, 56, 9, 110, 31])


def layers_of(model):
    decoder = model.get_decoder()
    return (decoder if hasattr(decoder, "layers") else model.model).layers


class Recorder:
    """The residual stream and the routing of one forward pass."""

    def __init__(self, model):
        self.tensors = {}
        self.moe_layers = []
        self.hooks = []
        layers = layers_of(model)
        self.hooks.append(layers[0].register_forward_pre_hook(
            lambda _, args, kwargs: self.keep_hidden(
                0, args[0] if args else kwargs["hidden_states"]),
            with_kwargs=True))
        for index, layer in enumerate(layers):
            self.hooks.append(layer.register_forward_hook(
                lambda _, __, out, k=index + 1: self.keep_hidden(k, out)))
            for module in layer.modules():
                if is_router(module):
                    self.moe_layers.append(index)
                    self.hooks.append(module.register_forward_hook(
                        lambda module, _, out, layer=index: self.keep_routing(
                            layer, *routing_of(module, out))))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for hook in self.hooks:
            hook.remove()

    def keep_hidden(self, k, hidden):
        hidden = hidden[0] if isinstance(hidden, tuple) else hidden
        self.tensors[f"hidden.{k}"] = hidden[0].float().contiguous()

    def keep_routing(self, layer, logits, weights, experts):
        experts, order = experts.sort(dim=-1)
        name = f"router.{layer}."
        self.tensors[name + "experts"] = experts.contiguous()
        self.tensors[name + "weights"] = weights.gather(-1, order).float()
        self.tensors[name + "logits"] = logits.float().contiguous()


def is_router(module):
    """Routers of transformers 5 are modules of their own, called so."""
    return type(module).__name__.endswith(("Router", "Gate"))


def routing_of(module, out):
    """(logits, weights, experts) of one router's output."""
    if len(out) == 3:
        logits, weights, experts = out
        if weights.shape[-1] != experts.shape[-1]:
            weights = weights.gather(-1, experts)
        return logits, weights, experts
    scores, logits = out  # Llama 4: scores of all experts, 0 where not chosen
    experts = logits.topk(module.top_k, dim=-1).indices
    return logits, scores.gather(-1, experts), experts


@torch.no_grad()
def continuation(model, ids, count):
    """Greedy tokens, with margin and best logit of each step."""
    tokens, margins, tops = [], [], []
    past = None
    step = torch.tensor([ids])
    for _ in range(count):
        out = model(step, past_key_values=past, use_cache=True)
        past = out.past_key_values
        best = out.logits[0, -1].float().topk(2)
        tokens.append(best.indices[0].item())
        margins.append(round((best.values[0] - best.values[1]).item(), 6))
        tops.append(round(best.values[0].item(), 6))
        step = torch.tensor([tokens[-1:]])
    return {"input_ids": ids, "continuation": tokens, "margins": margins,
            "min_margin": min(margins, default=None), "top_logits": tops}


@torch.no_grad()
def forward(model, ids):
    return model(torch.tensor([ids]), use_cache=False).logits[0].float()


def prompts_of(options):
    prompts = [[int(i) for i in ids.split(",")] for ids in options.ids]
    if options.text:
        tokenizer = transformers.AutoTokenizer.from_pretrained(options.model)
        prompts += [tokenizer(text)["input_ids"] for text in options.text]
    return prompts or [list(ids) for ids in FIXED_PROMPTS]


def parse_options():
    parser = argparse.ArgumentParser()
    parser.add_argument("model", type=pathlib.Path)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--ids", action="append", default=[])
    parser.add_argument("--text", action="append", default=[])
    parser.add_argument("--tokens", type=int, default=32)
    parser.add_argument("--dtype", default="float32",
                        choices=("float32", "bfloat16"))
    return parser.parse_args()


def main():
    options = parse_options()
    model = transformers.AutoModelForCausalLM.from_pretrained(
        options.model, dtype=getattr(torch, options.dtype),
        attn_implementation="eager")
    model.eval()
    config = json.loads((options.model / "config.json").read_text())
    expected = {
        "name": options.model.resolve().name, "family": config["model_type"],
        "stored_as": config.get("dtype", config.get("torch_dtype")),
        "computed_as": options.dtype,
        "versions": {"torch": torch.__version__,
                     "transformers": transformers.__version__},
        "prompts": []}
    tensors = {}
    for i, ids in enumerate(prompts_of(options)):
        with Recorder(model) as recorder:
            logits = forward(model, ids)
        tensors[f"prompt{i}.input_ids"] = torch.tensor(ids)
        tensors[f"prompt{i}.logits"] = logits
        if i == 0:
            expected["moe_layers"] = recorder.moe_layers
            for name, value in recorder.tensors.items():
                tensors[f"prompt0.{name}"] = value
        expected["logits_std"] = logits.std().item()
        expected["prompts"].append(continuation(model, ids, options.tokens))
    options.out.mkdir(parents=True, exist_ok=True)
    safetensors.torch.save_file(tensors, options.out / "expected.safetensors")
    (options.out / "expected.json").write_text(
        json.dumps(expected, indent=1) + "\n")


if __name__ == "__main__":
    main()
