// What the API answers when all is well.
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "models/tokenizer/utf8.h"
#include "tests/coordinator/api/api_fixture.h"

namespace spacemoe {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr char kText[] = "Satellites sing \xF0\x9F\x9A\x80 \xC3\xA4\xC3\xB6!";

class AnswersTest : public ApiTest {
 protected:
  void ServeText(const std::string& text = kText) {
    ServeReady();
    ring_->SetScript(Say(*codec_, text));
  }
  size_t LengthOf(const std::string& text) {
    return codec_->EncodePlain(text)->size();
  }
};

TEST_F(AnswersTest, ListsTheModel) {
  ServeReady();
  const Json list =
      Json::parse(Fetch(address_, "GET", "/v1/models").body, nullptr, false);
  EXPECT_EQ(list["object"], "list");
  EXPECT_EQ(list["data"][0]["id"], "demo");
  EXPECT_EQ(list["data"][0]["object"], "model");
  EXPECT_EQ(list["data"][0]["context_length"], 512);
  EXPECT_EQ(list["data"][0]["spacemoe"]["satellites"], 2);
  const Json one = Json::parse(Fetch(address_, "GET", "/v1/models/demo").body);
  EXPECT_EQ(one, list["data"][0]);
  const Json error =
      ErrorOf(Fetch(address_, "GET", "/v1/models/some%2Fother"), 404);
  EXPECT_EQ(error["code"], "model_not_found");
  EXPECT_THAT(std::string(error["message"]), HasSubstr("`some/other`"));
}

TEST_F(AnswersTest, CompletesAText) {
  ServeText();
  const Json answer = Complete({{"max_tokens", 100}});
  EXPECT_THAT(std::string(answer["id"]), StartsWith("cmpl-"));
  EXPECT_EQ(answer["object"], "text_completion");
  EXPECT_EQ(answer["model"], "demo");
  ASSERT_EQ(answer["choices"].size(), 1);
  EXPECT_EQ(answer["choices"][0]["text"], kText);
  EXPECT_EQ(answer["choices"][0]["index"], 0);
  EXPECT_EQ(answer["choices"][0]["finish_reason"], "stop");
  EXPECT_EQ(answer["choices"][0]["logprobs"], nullptr);
  EXPECT_EQ(answer["usage"]["prompt_tokens"], LengthOf("Once"));
  EXPECT_EQ(answer["usage"]["completion_tokens"], LengthOf(kText));
  EXPECT_EQ(answer["usage"]["total_tokens"],
            LengthOf("Once") + LengthOf(kText));
}

TEST_F(AnswersTest, TellsWhatTheRingDid) {
  ServeText();
  const Json report = Complete({{"max_tokens", 100}})["spacemoe"];
  EXPECT_EQ(report["satellites"], 2);
  EXPECT_EQ(report["constellation"], "test-shell");
  EXPECT_EQ(report["strategy"], "spacemoe");
  EXPECT_DOUBLE_EQ(report["time_to_first_token_ms"], 1);
  EXPECT_DOUBLE_EQ(report["per_token_ms"]["mean"], 1);
  EXPECT_DOUBLE_EQ(report["breakdown_ms"]["propagation"], 0.6);
  EXPECT_DOUBLE_EQ(report["breakdown_ms"]["compute"], 0.4);
  EXPECT_DOUBLE_EQ(report["breakdown_ms"]["queueing"], 0);
  EXPECT_DOUBLE_EQ(report["tokens_per_second"], 1000);
  EXPECT_EQ(report["links"]["messages"], 20);
  EXPECT_EQ(report["links"]["late_messages"], 2);
  const Json second = Complete({{"max_tokens", 100}})["spacemoe"];
  EXPECT_EQ(second["links"]["messages"], 20) << "its own alone";
}

TEST_F(AnswersTest, AnswersThoughASatelliteDoesNotTellOfItsLinks) {
  ring_options_.silent_links = true;
  ServeText();
  const Json answer = Complete({{"max_tokens", 100}});
  EXPECT_EQ(answer["choices"][0]["text"], kText);
  EXPECT_EQ(answer["spacemoe"]["links"], nullptr);
  EXPECT_EQ(answer["spacemoe"]["satellites"], 2);
}

TEST_F(AnswersTest, AnswersAChat) {
  ServeText();
  const Json answer = Chat({});
  EXPECT_THAT(std::string(answer["id"]), StartsWith("chatcmpl-"));
  EXPECT_EQ(answer["object"], "chat.completion");
  EXPECT_EQ(answer["choices"][0]["message"]["role"], "assistant");
  EXPECT_EQ(answer["choices"][0]["message"]["content"], kText);
  EXPECT_EQ(answer["choices"][0]["finish_reason"], "stop");
  const SequenceOrder order = ring_->AwaitOrders(1)[0];
  EXPECT_EQ(order.spec.prompt, *codec_->Encode(ChatPrompt{{{"user", "Hi"}}}));
  EXPECT_EQ(order.spec.max_tokens, 512 - order.spec.prompt.size())
      << "as much as the context has room for";
}

TEST_F(AnswersTest, StreamsACompletion) {
  ServeText();
  const std::vector<Json> chunks =
      Stream("/v1/completions",
             {{"model", "demo"}, {"prompt", "Once"}, {"max_tokens", 100}});
  std::string text;
  for (const Json& chunk : chunks) {
    EXPECT_EQ(chunk["object"], "text_completion");
    EXPECT_EQ(chunk["id"], chunks[0]["id"]);
    EXPECT_FALSE(chunk.contains("usage"));
    EXPECT_FALSE(chunk.contains("spacemoe"));
    text += chunk["choices"][0]["text"];
  }
  EXPECT_EQ(text, kText);
  EXPECT_GT(chunks.size(), 5);
  EXPECT_EQ(chunks.back()["choices"][0]["finish_reason"], "stop");
}

TEST_F(AnswersTest, StreamsAChatWithUsageAndReport) {
  ServeText();
  const std::vector<Json> chunks = Stream(
      "/v1/chat/completions",
      ChatBody({{"stream_options",
                 {{"include_usage", true}, {"include_spacemoe", true}}}}));
  ASSERT_GT(chunks.size(), 5);
  EXPECT_EQ(chunks[0]["object"], "chat.completion.chunk");
  EXPECT_EQ(chunks[0]["choices"][0]["delta"],
            (Json{{"role", "assistant"}, {"content", ""}}));
  std::string text;
  for (size_t i = 1; i + 2 < chunks.size(); ++i) {
    EXPECT_EQ(chunks[i]["usage"], nullptr);
    text += chunks[i]["choices"][0]["delta"]["content"];
  }
  EXPECT_EQ(text, kText);
  const Json& finish = chunks[chunks.size() - 2];
  EXPECT_EQ(finish["choices"][0]["finish_reason"], "stop");
  EXPECT_EQ(finish["choices"][0]["delta"], Json::object());
  const Json& last = chunks.back();
  EXPECT_EQ(last["choices"], Json::array());
  EXPECT_EQ(last["usage"]["completion_tokens"], LengthOf(kText));
  EXPECT_EQ(last["spacemoe"]["links"]["messages"], 20);
}

TEST_F(AnswersTest, NeverCutsACharacter) {
  const std::string text =
      "\xF0\x9F\x9A\x80\xF0\x9F\x9B\xB0\xE4\xBD\xA0\xE5\xA5\xBD\xC3\xA4";
  ServeText(text);
  ASSERT_GT(LengthOf(text), 5) << "tokens are less than characters";
  std::string together;
  for (const Json& chunk :
       Stream("/v1/chat/completions", ChatBody(Json::object()))) {
    const Json& delta = chunk["choices"][0]["delta"];
    if (!delta.contains("content")) continue;
    const std::string piece = delta["content"];
    EXPECT_FALSE(FindInvalidUtf8(piece).has_value());
    EXPECT_EQ(piece.find("\xEF\xBF\xBD"), piece.npos) << "a replacement";
    together += piece;
  }
  EXPECT_EQ(together, text);
}

TEST_F(AnswersTest, EndsAtMaxTokens) {
  ServeText();
  const Json answer = Complete({{"max_tokens", 3}});
  EXPECT_EQ(answer["choices"][0]["finish_reason"], "length");
  EXPECT_EQ(answer["usage"]["completion_tokens"], 3);
  EXPECT_EQ(Complete(Json::object())["usage"]["completion_tokens"],
            std::min<size_t>(16, LengthOf(kText)));
  const Json chat = Chat({{"max_completion_tokens", 2}});
  EXPECT_EQ(chat["usage"]["completion_tokens"], 2);
}

TEST_F(AnswersTest, EndsBeforeAStopString) {
  ServeText("one two three four");
  const Json answer = Complete(
      {{"max_tokens", 100}, {"stop", {"nothing", " three"}}, {"logprobs", 0}});
  EXPECT_EQ(answer["choices"][0]["text"], "one two");
  EXPECT_EQ(answer["choices"][0]["finish_reason"], "stop");
  EXPECT_THAT(answer["choices"][0]["logprobs"]["tokens"],
              ElementsAre("one", " two"));
  std::string streamed;
  for (const Json& chunk : Stream("/v1/completions", {{"model", "demo"},
                                                      {"prompt", "Once"},
                                                      {"max_tokens", 100},
                                                      {"stop", " three"}})) {
    streamed += chunk["choices"][0]["text"];
  }
  EXPECT_EQ(streamed, "one two");
}

TEST_F(AnswersTest, HonoursTheSamplingOfEachRequest) {
  ServeText();
  Complete({{"temperature", 0.25},
            {"top_p", 0.5},
            {"top_k", 7},
            {"seed", 42},
            {"presence_penalty", 1.5},
            {"frequency_penalty", -0.5},
            {"logit_bias", {{"17", -100}, {"3", 2.5}}},
            {"ignore_eos", true}});
  Complete(Json::object());
  const std::vector<SequenceOrder> orders = ring_->AwaitOrders(2);
  const SamplingOptions& first = orders[0].spec.sampling;
  EXPECT_FLOAT_EQ(first.temperature, 0.25);
  EXPECT_FLOAT_EQ(first.top_p, 0.5);
  EXPECT_EQ(first.top_k, 7);
  EXPECT_EQ(first.seed, 42);
  EXPECT_FLOAT_EQ(first.presence_penalty, 1.5);
  EXPECT_FLOAT_EQ(first.frequency_penalty, -0.5);
  ASSERT_EQ(first.logit_bias.size(), 2);
  EXPECT_TRUE(orders[0].spec.ignore_eos);
  const SamplingOptions& second = orders[1].spec.sampling;
  EXPECT_FLOAT_EQ(second.temperature, 1);
  EXPECT_FLOAT_EQ(second.top_p, 1);
  EXPECT_EQ(second.top_k, 0);
  EXPECT_FALSE(orders[1].spec.ignore_eos);
  Complete(Json::object());
  EXPECT_NE(ring_->AwaitOrders(3)[2].spec.sampling.seed, second.seed);
}

TEST_F(AnswersTest, GivesSeveralChoicesWithSeedsOfTheirOwn) {
  ServeText("yes");
  const Json answer = Chat({{"n", 3}, {"seed", 10}});
  ASSERT_EQ(answer["choices"].size(), 3);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(answer["choices"][i]["index"], i);
    EXPECT_EQ(answer["choices"][i]["message"]["content"], "yes");
    EXPECT_EQ(ring_->AwaitOrders(3)[i].spec.sampling.seed, 10 + i);
  }
  EXPECT_EQ(answer["usage"]["completion_tokens"], 3 * LengthOf("yes"));
  std::vector<std::string> texts(3);
  for (const Json& chunk :
       Stream("/v1/chat/completions", ChatBody({{"n", 3}}))) {
    const Json& choice = chunk["choices"][0];
    texts[choice["index"]] += choice["delta"].value("content", "");
  }
  EXPECT_THAT(texts, ElementsAre("yes", "yes", "yes"));
}

TEST_F(AnswersTest, ChoosesTheBestOfSeveral) {
  ServeReady();
  ring_->SetScript([this](const SequenceOrder& order) {
    const bool second = order.spec.sampling.seed == 6;
    auto tokens = Say(*codec_, second ? "good" : "bad")(order);
    for (TokenReport& token : tokens) {
      if (!second && token.logprobs) token.logprobs->logprob = -9;
    }
    return tokens;
  });
  const Json answer = Complete({{"best_of", 3}, {"seed", 5}});
  ASSERT_EQ(answer["choices"].size(), 1);
  EXPECT_EQ(answer["choices"][0]["text"], "good");
  EXPECT_EQ(answer["choices"][0]["logprobs"], nullptr);
}

TEST_F(AnswersTest, TakesPromptsOfEveryKind) {
  ServeText("x");
  const std::vector<int64_t> ids = *codec_->Encode(TextPrompt{"Once"});
  const std::vector<std::pair<Json, size_t>> prompts = {
      {"Once", 1}, {ids, 1}, {{"Once", "Once"}, 2}, {{ids, ids, ids}, 3}};
  size_t sequences = 0;
  for (const auto& [prompt, count] : prompts) {
    const Json answer =
        PostJson("/v1/completions", {{"model", "demo"}, {"prompt", prompt}});
    EXPECT_EQ(answer["choices"].size(), count) << prompt;
    EXPECT_EQ(answer["usage"]["prompt_tokens"], count * ids.size());
    sequences += count;
  }
  for (const SequenceOrder& order : ring_->AwaitOrders(sequences)) {
    EXPECT_EQ(order.spec.prompt, ids);
  }
}

TEST_F(AnswersTest, EchoesThePrompt) {
  ServeText(" upon");
  EXPECT_EQ(Complete({{"echo", true}})["choices"][0]["text"], "Once upon");
  const std::vector<int64_t> ids = *codec_->EncodePlain("Twice");
  EXPECT_EQ(Complete({{"echo", true}, {"prompt", ids}})["choices"][0]["text"],
            "Twice upon");
  std::string text;
  for (const Json& chunk :
       Stream("/v1/completions",
              {{"model", "demo"}, {"prompt", "Once"}, {"echo", true}})) {
    text += chunk["choices"][0]["text"];
  }
  EXPECT_EQ(text, "Once upon");
}

TEST_F(AnswersTest, TellsLogprobsOfACompletion) {
  ServeText("one two");
  const Json logprobs = Complete({{"logprobs", 2}})["choices"][0]["logprobs"];
  EXPECT_THAT(logprobs["tokens"], ElementsAre("one", " two"));
  EXPECT_THAT(logprobs["token_logprobs"], ElementsAre(-0.5, -0.5));
  EXPECT_THAT(logprobs["text_offset"], ElementsAre(0, 3));
  EXPECT_EQ(logprobs["top_logprobs"][0].size(), 2);
  EXPECT_EQ(logprobs["top_logprobs"][0]["one"], -0.5);
}

TEST_F(AnswersTest, TellsLogprobsOfAChat) {
  ServeText("one\xF0\x9F\x9A\x80");
  const Json content =
      Chat({{"logprobs", true},
            {"top_logprobs", 1}})["choices"][0]["logprobs"]["content"];
  ASSERT_EQ(content.size(), LengthOf("one\xF0\x9F\x9A\x80"));
  EXPECT_EQ(content[0]["token"], "one");
  EXPECT_EQ(content[0]["logprob"], -0.5);
  EXPECT_THAT(content[0]["bytes"], ElementsAre('o', 'n', 'e'));
  EXPECT_EQ(content[0]["top_logprobs"].size(), 1);
  std::string bytes;
  for (const Json& entry : content) {
    for (const Json& byte : entry["bytes"]) {
      bytes.push_back(static_cast<char>(byte.get<int>()));
    }
  }
  EXPECT_EQ(bytes, "one\xF0\x9F\x9A\x80");
  size_t streamed = 0;
  for (const Json& chunk :
       Stream("/v1/chat/completions", ChatBody({{"logprobs", true}}))) {
    const Json& choice = chunk["choices"][0];
    if (choice["logprobs"].is_null()) continue;
    streamed += choice["logprobs"]["content"].size();
  }
  EXPECT_EQ(streamed, content.size());
}

TEST_F(AnswersTest, TellsIdsWhereTheyAreWanted) {
  ServeText("one two");
  const Json ids = *codec_->EncodePlain("one two");
  EXPECT_EQ(Complete({{"return_token_ids", true}})["choices"][0]["token_ids"],
            ids);
}

TEST_F(AnswersTest, TakesPartsAndHistoriesOfMessages) {
  ServeText("x");
  const Json messages = {{{"role", "system"}, {"content", "Be brief."}},
                         {{"role", "user"},
                          {"content",
                           {{{"type", "text"}, {"text", "a"}},
                            {{"type", "text"}, {"text", "b"}}}}},
                         {{"role", "assistant"},
                          {"content", "c"},
                          {"refusal", nullptr},
                          {"tool_calls", nullptr},
                          {"annotations", Json::array()}},
                         {{"role", "user"}, {"content", "d"}}};
  Chat({{"messages", messages}});
  EXPECT_EQ(ring_->AwaitOrders(1)[0].spec.prompt,
            *codec_->Encode(ChatPrompt{{{"system", "Be brief."},
                                        {"user", "a\nb"},
                                        {"assistant", "c"},
                                        {"user", "d"}}}));
}

TEST_F(AnswersTest, TakesArgumentsThatMeanNothingHere) {
  ServeText("x");
  Chat({{"user", "u"},
        {"store", false},
        {"metadata", {{"a", "b"}}},
        {"service_tier", "auto"},
        {"response_format", {{"type", "text"}}},
        {"tools", Json::array()},
        {"tool_choice", "none"},
        {"stop", nullptr},
        {"temperature", nullptr},
        {"modalities", {"text"}}});
}

TEST_F(AnswersTest, TokenizesAndBack) {
  ServeReady();
  const Json ids = *codec_->EncodePlain("Hello <|im_end|> w\xC3\xB6rld");
  const Json tokens = PostJson(
      "/tokenize", {{"content", "Hello <|im_end|> w\xC3\xB6rld"}})["tokens"];
  EXPECT_EQ(tokens, ids);
  EXPECT_EQ(PostJson("/detokenize", {{"tokens", ids}})["content"],
            "Hello <|im_end|> w\xC3\xB6rld");
  const Json pieces = PostJson("/tokenize", {{"content", "a \xF0\x9F\x9B\xB0"},
                                             {"with_pieces", true}})["tokens"];
  std::string bytes;
  bool in_bytes = false;
  for (const Json& token : pieces) {
    if (token["piece"].is_string()) {
      bytes += token["piece"];
      continue;
    }
    in_bytes = true;
    for (const Json& byte : token["piece"]) {
      bytes.push_back(static_cast<char>(byte.get<int>()));
    }
  }
  EXPECT_EQ(bytes, "a \xF0\x9F\x9B\xB0");
  EXPECT_TRUE(in_bytes) << "a part of a character is no string";
}

}  // namespace
}  // namespace spacemoe
