#!/usr/bin/env python3
"""Makes tests/testdata/tokenizers/rarer_pipelines.json.

Tokenizer pipelines that no published tokenizer of the supported families has,
but that a tokenizer.json can express, with what the Hugging Face tokenizers
library gives for them. Needs: pip install tokenizers sentencepiece
"""

import base64
import copy
import io
import json
import pathlib
import random
import tempfile

import sentencepiece
from sentencepiece import sentencepiece_model_pb2
from tokenizers import Tokenizer

DATA = pathlib.Path(__file__).resolve().parent.parent / "tests/testdata/tokenizers"

# Characters whose properties are the same in all versions of Unicode at hand.
FRAGMENTS = [
    "Hello", "hello", "world", " ", "  ", "   ", "\n", "\r\n", "\t", "'s",
    "don't", "do not", "123", "4567", "\u0663\u0664", "\u2167", "\u00bd",
    "\u2460", "\u00e9", "e\u0301", "\u65e5\u672c\u8a9e", "\u4e2d\u6587",
    "\ud55c\uad6d\uc5b4", "\ufb01", "\u00c5", "\u0130", "\u00df", "\u03a3",
    "\U0001f600", "\u200d", "\u200b", "\ufeff", "\u00a0", "\u3000", "\u2028",
    "\x85", "\x00", "\x1b", "\ufffd", "\u2581", "_", "-", "--", "...", "!?",
    "(x)", "<s>", "</s>", "<unk>", "<0x41>", "x", "xx", "a", "b", "aab",
    "Tool", "<|x|>", "ALLCAPS", "\u0928\u092e\u0938\u094d\u0924\u0947",
    "\u0e44\u0e17\u0e22", "\u201cq\u201d", "\u2014", "\u3001", "$5.00",
    "\uff76\uff9e", "\u24b6", "|",
]


def texts(rng, count):
    return ["".join(rng.choice(FRAGMENTS) for _ in range(rng.randint(0, 10)))
            for _ in range(count)]


def small_charsmap():
    """Normalization rules as sentencepiece compiles them."""
    rules = {"\u00bd": "1/2", "\u2460": "1", "\ufb01": "fi", "\u3000": " ",
             "\t": " ", "e\u0301": "\u00e9", "\u200b": "", "A\u030a": "\u00c5",
             "ab": "X", "\uff76": "\u30ab", "\uff76\uff9e": "\u30ac"}
    with tempfile.TemporaryDirectory() as folder:
        tsv = pathlib.Path(folder) / "rules.tsv"
        tsv.write_text("".join(
            " ".join(f"{ord(c):X}" for c in key) + "\t" +
            " ".join(f"{ord(c):X}" for c in value) + "\n"
            for key, value in rules.items()))
        model = io.BytesIO()
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=iter(["a b c d e f g h"] * 50), vocab_size=20,
            model_writer=model, normalization_rule_tsv=str(tsv),
            hard_vocab_limit=False, minloglevel=2)
    proto = sentencepiece_model_pb2.ModelProto()
    proto.ParseFromString(model.getvalue())
    return base64.b64encode(
        proto.normalizer_spec.precompiled_charsmap).decode()


def words_model():
    words = ["<unk>", "<s>", "</s>", "Hello", "world", "a", "b",
             "\u65e5\u672c\u8a9e", ".", "123", "don", "t", "'", "_", "\u24b6"]
    return {"type": "WordLevel", "unk_token": "<unk>",
            "vocab": {word: i for i, word in enumerate(words)}}


def pieces_model():
    pieces = ["<unk>", "<s>", "</s>", "he", "##llo", "wor", "##ld", "a", "##a",
              "##ab", "b", "##b", "\u65e5", "\u672c", "1", "##2", "##3", "x",
              "##x", "##xx", "don", "'", "t", "##d", "e", "##e", "l", "##l",
              "s", "##s", "do", "not", "##", "."]
    return {"type": "WordPiece", "unk_token": "<unk>",
            "continuing_subword_prefix": "##", "max_input_chars_per_word": 6,
            "vocab": {piece: i for i, piece in enumerate(pieces)}}


SPECIAL = {
    "<s>": {"id": "<s>", "ids": [1], "tokens": ["<s>"]},
    "</s>": {"id": "</s>", "ids": [2, 1], "tokens": ["</s>", "<s>"]},
}
TEXT = {"Sequence": {"id": "A", "type_id": 0}}


def token(name):
    return {"SpecialToken": {"id": name, "type_id": 0}}


def template(*single):
    return {"type": "TemplateProcessing", "single": list(single),
            "pair": [TEXT, {"Sequence": {"id": "B", "type_id": 1}}],
            "special_tokens": SPECIAL}


def added(id, content, **flags):
    return {"id": id, "content": content, "single_word": False,
            "lstrip": False, "rstrip": False, "normalized": False,
            "special": False, **flags}


def bert(**flags):
    return {"type": "BertNormalizer", "clean_text": True,
            "handle_chinese_chars": True, "strip_accents": None,
            "lowercase": True, **flags}


LOWER_NFD = {"type": "Sequence",
             "normalizers": [{"type": "Lowercase"}, {"type": "NFD"}]}


def variants():
    """(fixture whose other parts are kept, changed parts)"""
    charsmap = {"type": "Precompiled", "precompiled_charsmap": small_charsmap()}
    for normalizer in (
            bert(), bert(strip_accents=True, lowercase=False),
            bert(clean_text=False, strip_accents=False),
            bert(handle_chinese_chars=False), {"type": "Nmt"},
            {"type": "StripAccents"}, charsmap,
            {"type": "Sequence", "normalizers": [
                charsmap, {"type": "Replace", "pattern": {"Regex": " {2,}"},
                           "content": "\u2581"}]}):
        yield "unigram", {"normalizer": normalizer}
    for pre_tokenizer in ({"type": "Whitespace"}, {"type": "BertPreTokenizer"},
                          None):
        yield "llama2", {"model": words_model(), "normalizer": None,
                         "pre_tokenizer": pre_tokenizer, "decoder": None}
        yield "llama2", {"model": pieces_model(), "normalizer": bert(),
                         "pre_tokenizer": pre_tokenizer, "decoder": {
                             "type": "WordPiece", "prefix": "##",
                             "cleanup": True}}
    for pad, delimiter, cleanup in (("<pad>", "|", True),
                                    ("<unk>", "\u2581", False)):
        yield "llama2", {"decoder": {
            "type": "CTC", "pad_token": pad, "cleanup": cleanup,
            "word_delimiter_token": delimiter}}
    for single in ([token("<s>")], [TEXT], [TEXT, token("</s>"), TEXT]):
        yield "llama2", {"post_processor": template(*single)}
    for flags in ({}, {"special": True}, {"normalized": True},
                  {"normalized": True, "special": True},
                  {"single_word": True}, {"lstrip": True, "normalized": True},
                  {"rstrip": True, "single_word": True}):
        yield "llama2", {
            "normalizer": LOWER_NFD if flags.get("normalized") else None,
            "added_tokens": [
                added(0, "<unk>", special=True), added(1, "<s>", special=True),
                added(2, "</s>", special=True), added(1000, "Hello", **flags),
                added(1007, "\u00e9", **flags), added(1003, "<|x|>", **flags),
                added(1, "Hello", **flags), added(5000, "ALLCAPS", **flags)]}


def pipeline(rng, fixture, changes):
    description = json.loads((DATA / fixture / "tokenizer.json").read_text())
    description = {**description, **copy.deepcopy(changes)}
    tokenizer = Tokenizer.from_str(json.dumps(description))
    cases = []
    for text in texts(rng, 40):
        special = rng.random() < 0.5
        ids = tokenizer.encode(text, add_special_tokens=special).ids
        cases.append({
            "text": text, "add_special_tokens": special, "ids": ids,
            "decoded": tokenizer.decode(ids, skip_special_tokens=False),
            "skipped": tokenizer.decode(ids, skip_special_tokens=True)})
    return {"fixture": fixture, "changes": changes, "cases": cases}


def main():
    rng = random.Random(4)
    pipelines = [pipeline(rng, *variant) for variant in variants()]
    (DATA / "rarer_pipelines.json").write_text(
        json.dumps({"pipelines": pipelines}, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
