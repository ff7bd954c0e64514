"""The API with the real openai client, over a ring of real processes.

  openai_client_test.py BIN_DIR
"""

import asyncio
import json
import pathlib
import subprocess
import sys
import unittest

import openai

BIN = pathlib.Path(sys.argv.pop(1) if len(sys.argv) > 1 else "build/release/bin")
MODEL = pathlib.Path(__file__).resolve().parents[2] / "models" / "demo"
RING = ["--experts-per-satellite", "8", "--links", "off"]
QUESTION = "What is an orbit?"


def generate(*arguments):
    """What the command line says to the same."""
    output = subprocess.run(
        [BIN / "spacemoe", "generate", "--model", MODEL, "--local", "--json",
         *arguments],
        check=True, capture_output=True, text=True,
    ).stdout
    return json.loads(output)


class OpenAiClientTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = subprocess.Popen(
            [BIN / "spacemoe", "serve", "--model", MODEL, "--http",
             "127.0.0.1:0", *RING],
            stdout=subprocess.PIPE, text=True,
        )
        line = cls.server.stdout.readline()
        assert line.startswith("serving http://"), line
        cls.url = line.split()[1] + "/v1"
        cls.client = openai.OpenAI(
            base_url=cls.url, api_key="none", max_retries=0
        )

    @classmethod
    def tearDownClass(cls):
        cls.client.close()
        cls.server.terminate()
        assert cls.server.wait() == 0
        cls.server.stdout.close()

    def chat(self, **more):
        return self.client.chat.completions.create(
            model="demo", messages=[{"role": "user", "content": QUESTION}],
            **more,
        )

    def test_lists_models(self):
        models = self.client.models.list().data
        self.assertEqual([model.id for model in models], ["demo"])
        self.assertEqual(self.client.models.retrieve("demo").id, "demo")

    def test_chats_as_the_command_line_does(self):
        expected = generate("--chat", QUESTION, "--max-tokens", "24")
        answer = self.chat(temperature=0, max_tokens=24)
        self.assertEqual(answer.choices[0].message.content, expected["text"])
        self.assertEqual(answer.choices[0].finish_reason, "length")
        self.assertEqual(answer.usage.completion_tokens, 24)
        self.assertEqual(
            answer.usage.prompt_tokens, len(expected["prompt_ids"])
        )
        self.assertEqual(answer.model_extra["spacemoe"]["satellites"], 30)

    def test_streams_the_same(self):
        whole = self.chat(temperature=0, max_tokens=24)
        text, usage, report = "", None, None
        with self.chat(
            temperature=0, max_tokens=24, stream=True,
            stream_options={"include_usage": True},
            extra_body={"stream_options": {
                "include_usage": True, "include_spacemoe": True}},
        ) as stream:
            for chunk in stream:
                for choice in chunk.choices:
                    text += choice.delta.content or ""
                usage = chunk.usage or usage
                report = (chunk.model_extra or {}).get("spacemoe", report)
        self.assertEqual(text, whole.choices[0].message.content)
        self.assertEqual(usage.completion_tokens, 24)
        self.assertGreater(report["links"]["messages"], 0)

    def test_completes_as_the_command_line_does(self):
        expected = generate("--prompt", "Once upon a time", "--max-tokens", "12")
        answer = self.client.completions.create(
            model="demo", prompt="Once upon a time", max_tokens=12,
            temperature=0, echo=True,
        )
        self.assertEqual(
            answer.choices[0].text, "Once upon a time" + expected["text"]
        )

    def test_draws_the_same_with_a_seed(self):
        first, second = (
            self.chat(temperature=1, seed=7, max_tokens=12, n=2)
            for _ in range(2)
        )
        texts = [choice.message.content for choice in first.choices]
        self.assertEqual(
            texts, [choice.message.content for choice in second.choices]
        )
        self.assertNotEqual(texts[0], texts[1])
        other = self.chat(temperature=1, seed=8, max_tokens=12)
        self.assertEqual(other.choices[0].message.content, texts[1])

    def test_stops(self):
        whole = self.chat(temperature=0, max_tokens=24).choices[0]
        stop = whole.message.content.split()[3]
        answer = self.chat(temperature=0, max_tokens=24, stop=[stop]).choices[0]
        self.assertEqual(answer.finish_reason, "stop")
        self.assertEqual(
            answer.message.content,
            whole.message.content[: whole.message.content.index(stop)],
        )

    def test_tells_logprobs(self):
        answer = self.chat(
            temperature=0, max_tokens=5, logprobs=True, top_logprobs=3
        )
        content = answer.choices[0].logprobs.content
        self.assertEqual(len(content), 5)
        text = b"".join(bytes(entry.bytes) for entry in content).decode()
        self.assertEqual(text, answer.choices[0].message.content)
        for entry in content:
            self.assertEqual(len(entry.top_logprobs), 3)
            self.assertAlmostEqual(
                entry.logprob, entry.top_logprobs[0].logprob
            )
        legacy = self.client.completions.create(
            model="demo", prompt="Once", max_tokens=3, temperature=0, logprobs=2
        )
        self.assertEqual(len(legacy.choices[0].logprobs.tokens), 3)

    def test_bans_a_token(self):
        ids = generate("--chat", QUESTION, "--max-tokens", "1")["ids"]
        answer = self.chat(
            temperature=0, max_tokens=1, logit_bias={str(ids[0]): -100},
            extra_body={"return_token_ids": True},
        )
        self.assertNotEqual(answer.choices[0].model_extra["token_ids"], ids)

    def test_raises_what_openai_raises(self):
        with self.assertRaises(openai.BadRequestError) as raised:
            self.chat(max_tokens=-1)
        self.assertEqual(raised.exception.param, "max_tokens")
        with self.assertRaises(openai.BadRequestError) as raised:
            self.chat(tools=[{"type": "function",
                              "function": {"name": "f", "parameters": {}}}])
        self.assertEqual(raised.exception.param, "tools")
        with self.assertRaises(openai.NotFoundError):
            self.client.completions.create(model="other", prompt="a")
        with self.assertRaises(openai.BadRequestError) as raised:
            self.client.completions.create(model="demo", prompt="word " * 9000)
        self.assertEqual(raised.exception.code, "context_length_exceeded")

    def test_leaves_a_stream_in_the_middle(self):
        for _ in range(8):
            with self.chat(max_tokens=2000, stream=True) as stream:
                next(iter(stream))
        self.chat(max_tokens=1)

    def test_streams_to_many_at_once(self):
        async def one(client, seed):
            text = ""
            stream = await client.chat.completions.create(
                model="demo", max_tokens=8, temperature=1, seed=seed % 4,
                messages=[{"role": "user", "content": QUESTION}], stream=True,
            )
            async for chunk in stream:
                text += chunk.choices[0].delta.content or ""
            return text

        async def all_of_them():
            async with openai.AsyncOpenAI(
                base_url=self.url, api_key="none", max_retries=0
            ) as client:
                return await asyncio.gather(*(one(client, i) for i in range(32)))

        texts = asyncio.run(all_of_them())
        for i, text in enumerate(texts):
            self.assertEqual(text, texts[i % 4])


if __name__ == "__main__":
    unittest.main()
