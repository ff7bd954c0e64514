// What the API answers to bad requests, to too many, and without a ring.
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/coordinator/api/api_fixture.h"

namespace spacemoe {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class RefusalsTest : public ApiTest {
 protected:
  Json Refused(const std::string& path, const Json& body, int status = 400) {
    return ErrorOf(Post(path, body.dump()), status);
  }
};

struct BadArgument {
  const char* arguments;  // JSON, over a good request
  const char* param;
  const char* message;
};

constexpr BadArgument kBadCompletions[] = {
    {R"({"max_tokens": -1})", "max_tokens", "found -1"},
    {R"({"max_tokens": 0})", "max_tokens", "from 1 to"},
    {R"({"max_tokens": 1.5})", "max_tokens", "a whole number"},
    {R"({"max_tokens": "7"})", "max_tokens", "found a string"},
    {R"({"max_tokens": 1e300})", "max_tokens", "a whole number"},
    {R"({"max_tokens": 18446744073709551615})", "max_tokens", "whole number"},
    {R"({"prompt": null})", "prompt", "found nothing"},
    {R"({"prompt": 5})", "prompt", "found a number"},
    {R"({"prompt": []})", "prompt", "found an empty array"},
    {R"({"prompt": ["a", 5]})", "prompt", "an array with a number"},
    {R"({"prompt": [1, "a"]})", "prompt", "found a string"},
    {R"({"prompt": [-1]})", "prompt", "found -1"},
    {R"({"prompt": [1.5]})", "prompt", "found 1.5"},
    {R"({"prompt": [99999999]})", "prompt", "99999999"},
    {R"({"prompt": [99999999999]})", "prompt", "99999999999"},
    {R"({"prompt": [[1], []]})", "prompt", "empty"},
    {R"({"prompt": [[[1]]]})", "prompt", "found an array"},
    {R"({"prompt": {"a": 1}})", "prompt", "found an object"},
    {R"({"temperature": -0.1})", "temperature", "from 0 to 2"},
    {R"({"temperature": 2.1})", "temperature", "from 0 to 2"},
    {R"({"temperature": "hot"})", "temperature", "found a string"},
    {R"({"top_p": 1.1})", "top_p", "from 0 to 1"},
    {R"({"top_k": -2})", "top_k", "found -2"},
    {R"({"presence_penalty": 3})", "presence_penalty", "from -2 to 2"},
    {R"({"frequency_penalty": []})", "frequency_penalty", "found an array"},
    {R"({"n": 0})", "n", "from 1 to 128"},
    {R"({"n": 129})", "n", "from 1 to 128"},
    {R"({"n": 65, "prompt": ["a", "b"]})", "n", "2 prompts times 65"},
    {R"({"best_of": 1, "n": 2})", "best_of", "at least n, 2"},
    {R"({"best_of": 2, "stream": true})", "best_of", "can not be streamed"},
    {R"({"logprobs": 21})", "logprobs", "from 0 to 20"},
    {R"({"logprobs": true})", "logprobs", "a whole number"},
    {R"({"echo": true, "logprobs": 1})", "echo", "not supported"},
    {R"({"suffix": "end"})", "suffix", "'suffix' is not supported"},
    {R"({"stop": ""})", "stop", "an empty string"},
    {R"({"stop": 5})", "stop", "found a number"},
    {R"({"stop": ["a", 1]})", "stop", "found a number"},
    {R"({"stop": [1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17]})", "stop",
     "found 17"},
    {R"({"logit_bias": [1]})", "logit_bias", "found an array"},
    {R"({"logit_bias": {"x": 1}})", "logit_bias", "found 'x'"},
    {R"({"logit_bias": {"1": 101}})", "logit_bias.1", "from -100 to 100"},
    {R"({"logit_bias": {"1": "a"}})", "logit_bias.1", "found a string"},
    {R"({"logit_bias": {"999999": 1}})", "logit_bias", "found 999999"},
    {R"({"stream": 1})", "stream", "true or false"},
    {R"({"stream_options": {}})", "stream_options", "only allowed with"},
    {R"({"stream": true, "stream_options": 1})", "stream_options", "an object"},
    {R"({"stream": true, "stream_options": {"x": 1}})", "stream_options.x",
     "Unrecognized request argument"},
    {R"({"stream": true, "stream_options": {"include_usage": 1}})",
     "stream_options.include_usage", "true or false"},
    {R"({"seed": 1.5})", "seed", "a whole number"},
    {R"({"min_p": 0.1})", "min_p", "Unrecognized request argument"},
    {R"({"messages": []})", "messages", "Unrecognized request argument"},
    {R"({"model": null})", "model", "found nothing"},
    {R"({"model": 7})", "model", "found 7"},
};

constexpr BadArgument kBadChats[] = {
    {R"({"messages": null})", "messages", "found nothing"},
    {R"({"messages": []})", "messages", "found none"},
    {R"({"messages": "hi"})", "messages", "found a string"},
    {R"({"messages": ["hi"]})", "messages[0]", "found a string"},
    {R"({"messages": [{"content": "hi"}]})", "messages[0].role",
     "found nothing"},
    {R"({"messages": [{"role": 1, "content": "hi"}]})", "messages[0].role",
     "found 1"},
    {R"({"messages": [{"role": "user", "content": 5}]})", "messages[0].content",
     "found a number"},
    {R"({"messages": [{"role": "user", "content": ["a"]}]})",
     "messages[0].content[0]", "found a string"},
    {R"({"messages": [{"role": "user", "content":
        [{"type": "image_url", "image_url": {"url": "x"}}]}]})",
     "messages[0].content[0]", "parts other than text"},
    {R"({"messages": [{"role": "user", "content": [{"type": "text"}]}]})",
     "messages[0].content[0].text", "found nothing"},
    {R"({"messages": [{"role": "assistant", "tool_calls": [{}]}]})",
     "messages[0].tool_calls", "not supported"},
    {R"({"messages": [{"role": "user", "content": "a", "x": 1}]})",
     "messages[0].x", "Unrecognized request argument"},
    {R"({"tools": [{"type": "function"}]})", "tools", "not supported"},
    {R"({"tool_choice": "auto"})", "tool_choice", "not supported"},
    {R"({"response_format": {"type": "json_object"}})", "response_format",
     "types other than 'text'"},
    {R"({"response_format": "text"})", "response_format", "types other"},
    {R"({"modalities": ["text", "audio"]})", "modalities", "not supported"},
    {R"({"audio": {"voice": "a"}})", "audio", "not supported"},
    {R"({"reasoning_effort": "low"})", "reasoning_effort", "not supported"},
    {R"({"top_logprobs": 2})", "top_logprobs", "only allowed with"},
    {R"({"logprobs": true, "top_logprobs": 21})", "top_logprobs", "0 to 20"},
    {R"({"logprobs": 1})", "logprobs", "true or false"},
    {R"({"max_tokens": 1, "max_completion_tokens": 1})", "max_tokens",
     "found both"},
    {R"({"max_completion_tokens": -5})", "max_completion_tokens", "found -5"},
    {R"({"prompt": "a"})", "prompt", "Unrecognized request argument"},
};

TEST_F(RefusalsTest, NamesBadArgumentsOfCompletions) {
  ServeReady();
  for (const BadArgument& bad : kBadCompletions) {
    Json body{{"model", "demo"}, {"prompt", "Once"}};
    body.update(Json::parse(bad.arguments));
    const Json error = Refused("/v1/completions", body);
    EXPECT_EQ(error["param"], bad.param) << bad.arguments;
    EXPECT_EQ(error["type"], "invalid_request_error");
    EXPECT_THAT(std::string(error["message"]), HasSubstr(bad.message))
        << bad.arguments;
  }
  Complete(Json::object());
}

TEST_F(RefusalsTest, NamesBadArgumentsOfChats) {
  ServeReady();
  for (const BadArgument& bad : kBadChats) {
    const Json error =
        Refused("/v1/chat/completions", ChatBody(Json::parse(bad.arguments)));
    EXPECT_EQ(error["param"], bad.param) << bad.arguments;
    EXPECT_THAT(std::string(error["message"]), HasSubstr(bad.message))
        << bad.arguments;
  }
  Chat(Json::object());
}

TEST_F(RefusalsTest, RefusesBodiesThatAreNoJson) {
  ServeReady();
  const std::string deep(100'000, '[');
  const std::string deep_prompt = R"({"prompt": )" + deep;
  for (const std::string& body :
       {std::string(), std::string("{"), std::string("hello"),
        std::string("[]"), std::string("null"), std::string("{\"a\": 1} x"),
        std::string("{\"prompt\": 1e999}"), std::string("{'a': 1}"),
        std::string("\0\0", 2), std::string("{\"prompt\": \"\xFF\"}"),
        std::string("{\"prompt\": \"\\ud800\"}"),
        std::string("{\"prompt\": \"\xC3\"}"), std::string("\xFF\xFE{}"), deep,
        deep_prompt}) {
    for (const char* path : {"/v1/completions", "/v1/chat/completions",
                             "/tokenize", "/detokenize"}) {
      const Json error = ErrorOf(Post(path, body), 400);
      EXPECT_THAT(std::string(error["message"]),
                  ::testing::AnyOf(HasSubstr("not valid JSON in UTF-8"),
                                   HasSubstr("expected a JSON object"),
                                   HasSubstr("levels deep")))
          << body.substr(0, 50);
    }
  }
  Complete(Json::object());
}

TEST_F(RefusalsTest, RefusesBodiesOfOtherKinds) {
  ServeReady();
  const std::string body = R"({"model": "demo", "prompt": "a"})";
  ErrorOf(Post("/v1/completions", body, "Content-Type: text/xml\r\n"), 415);
  EXPECT_EQ(Post("/v1/completions", body,
                 "Content-Type: application/x-www-form-urlencoded\r\n")
                .status,
            200)
      << "as curl -d sends it";
  ErrorOf(Post("/v1/completions", body, "Content-Encoding: gzip\r\n"), 415);
  EXPECT_EQ(Post("/v1/completions", body, "").status, 200);
  EXPECT_EQ(Post("/v1/completions", body,
                 "Content-Type: Application/JSON; charset=utf-8\r\n")
                .status,
            200);
}

TEST_F(RefusalsTest, AnswersInOneShapeWhateverIsWrong) {
  ServeReady();
  ErrorOf(Fetch(address_, "GET", "/v1/nothing"), 404);
  ErrorOf(Fetch(address_, "GET", "/v1/completions"), 405);
  ErrorOf(Fetch(address_, "POST", "/v1/models"), 405);
  RawClient huge(address_);
  huge.Send(
      "POST /v1/completions HTTP/1.1\r\nContent-Length: 999999999\r\n\r\n");
  ErrorOf(huge.Read(), 413);
  RawClient flood(address_);
  flood.Send("GET /v1/models HTTP/1.1\r\nX: " + std::string(50'000, 'a'));
  ErrorOf(flood.Read(), 431);
}

TEST_F(RefusalsTest, KnowsOneModel) {
  ServeReady();
  const Json error =
      Refused("/v1/completions", {{"model", "gpt-9"}, {"prompt", "a"}}, 404);
  EXPECT_EQ(error["code"], "model_not_found");
  EXPECT_EQ(error["param"], "model");
  EXPECT_THAT(std::string(error["message"]), HasSubstr("`gpt-9`"));
  EXPECT_THAT(std::string(error["message"]), HasSubstr("`demo`"));
}

TEST_F(RefusalsTest, RefusesPromptsThatAreLongerThanTheContext) {
  ServeReady();
  std::string text;
  for (int i = 0; i < 600; ++i) absl::StrAppend(&text, " word");
  Json error =
      Refused("/v1/completions", {{"model", "demo"}, {"prompt", text}});
  EXPECT_EQ(error["code"], "context_length_exceeded");
  EXPECT_EQ(error["param"], "prompt");
  EXPECT_THAT(std::string(error["message"]), HasSubstr("512 tokens"));
  error = Refused("/v1/chat/completions", ChatBody(Json::object(), text));
  EXPECT_EQ(error["code"], "context_length_exceeded");
  EXPECT_EQ(error["param"], "messages");
  error = Refused("/v1/completions",
                  {{"model", "demo"}, {"prompt", std::vector<int>(512, 1)}});
  EXPECT_EQ(error["code"], "context_length_exceeded");
}

TEST_F(RefusalsTest, RefusesBadTokens) {
  ServeReady();
  EXPECT_EQ(Refused("/tokenize", Json::object())["param"], "content");
  EXPECT_EQ(Refused("/tokenize", {{"content", 5}})["param"], "content");
  EXPECT_EQ(Refused("/tokenize", {{"content", "a"}, {"x", 1}})["param"], "x");
  EXPECT_EQ(Refused("/tokenize",
                    {{"content", "a"}, {"parse_special", false}})["param"],
            "parse_special");
  EXPECT_EQ(Refused("/detokenize", Json::object())["param"], "tokens");
  EXPECT_EQ(Refused("/detokenize", {{"tokens", {"a"}}})["param"], "tokens");
  EXPECT_EQ(Refused("/detokenize", {{"tokens", {49152}}})["param"], "tokens");
}

TEST_F(RefusalsTest, AsksForAKey) {
  const std::string file = ::testing::TempDir() + "/keys";
  std::ofstream(file) << "# two of them\nsk-one\n\n  sk-two\r\n";
  options_.settings.key_file = file;
  options_.more_routes = [](HttpRouter* router) {
    router->AddPlain(
        "GET", "/health", [](const HttpRequest&) { return HttpResponse(); },
        RouteAccess::kOpen);
  };
  ServeReady();
  for (const char* header :
       {"", "Authorization: Bearer sk-three\r\n", "Authorization: sk-one\r\n",
        "Authorization: Bearer sk-on\r\n", "Authorization: Bearer sk-onee\r\n",
        "Authorization: Bearer \r\n", "Authorization: Basic sk-one\r\n"}) {
    const RawResponse response =
        Fetch(address_, "GET", "/v1/models", "", header);
    const Json error = ErrorOf(response, 401);
    EXPECT_EQ(error["code"], "invalid_api_key");
    EXPECT_EQ(FindHeader(response.headers, "WWW-Authenticate"), "Bearer");
    EXPECT_THAT(response.body, Not(HasSubstr("sk-")));
  }
  for (const char* key : {"sk-one", "sk-two"}) {
    EXPECT_EQ(Fetch(address_, "GET", "/v1/models", "",
                    absl::StrCat("Authorization: Bearer ", key, "\r\n"))
                  .status,
              200);
  }
  EXPECT_EQ(Fetch(address_, "GET", "/health").status, 200);
  EXPECT_EQ(Fetch(address_, "GET", "/nothing").status, 401);
  EXPECT_EQ(Post("/v1/completions", "{}").status, 401);
}

TEST_F(RefusalsTest, SaysWhatIsWrongWithAKeyFile) {
  const auto message = [](const absl::StatusOr<ApiKeys>& keys) {
    return std::string(keys.status().message());
  };
  EXPECT_THAT(message(ApiKeys::FromFile("/nowhere/keys")),
              HasSubstr("cannot read the API keys in /nowhere/keys"));
  EXPECT_THAT(message(ApiKeys::FromText("# none\n", "f")),
              HasSubstr("found none"));
  const std::string bad = message(ApiKeys::FromText("good\nse cret\n", "f"));
  EXPECT_THAT(bad, HasSubstr("f, line 2"));
  EXPECT_THAT(bad, Not(HasSubstr("cret")));
}

TEST_F(RefusalsTest, Answers429WhenTooManyWait) {
  ring_options_.max_active = 1;
  ring_options_.max_queued = 1;
  ServeReady();
  ring_->SetScript(SayOne(17));
  RawClient running(address_), waiting(address_);
  running.Request("POST", "/v1/chat/completions",
                  ChatBody({{"stream", true}}).dump(), kJsonHeader);
  const uint64_t first = ring_->AwaitOrders(1)[0].sequence;
  waiting.Request("POST", "/v1/chat/completions",
                  ChatBody({{"stream", true}}).dump(), kJsonHeader);
  ASSERT_TRUE(waiting.ReadUntil("assistant")) << "it waits, and knows";
  const RawResponse refused =
      Post("/v1/chat/completions", ChatBody(Json::object()).dump());
  const Json error = ErrorOf(refused, 429);
  EXPECT_EQ(error["type"], "rate_limit_error");
  EXPECT_EQ(FindHeader(refused.headers, "Retry-After"), "1");
  // Whoever leaves makes room.
  running.Close();
  ring_->AwaitRelease(first);
  EXPECT_EQ(ring_->AwaitOrders(2).size(), 2);
  waiting.Close();
  ring_->AwaitRelease(ring_->AwaitOrders(2)[1].sequence);
}

TEST_F(RefusalsTest, FreesAllOfARequestThatHasNoRoomForAll) {
  ring_options_.max_active = 2;
  ring_options_.max_queued = 1;
  ServeReady();
  ring_->SetScript(SayOne(17));
  ErrorOf(Post("/v1/chat/completions", ChatBody({{"n", 4}}).dump()), 429);
  ring_->AwaitRelease(ring_->AwaitOrders(2)[0].sequence);
  ring_->AwaitRelease(ring_->AwaitOrders(2)[1].sequence);
  ring_->SetScript(nullptr);
  EXPECT_EQ(Chat({{"n", 3}})["choices"].size(), 3);
}

TEST_F(RefusalsTest, EndsRequestsThatTakeTooLong) {
  options_.settings.request_timeout_s = 0.05;
  ServeReady();
  ring_->SetScript(SayOne(17));
  const Json error = ErrorOf(
      Post("/v1/chat/completions", ChatBody(Json::object()).dump()), 504);
  EXPECT_EQ(error["type"], "timeout_error");
  ring_->AwaitRelease(ring_->AwaitOrders(1)[0].sequence);
  const RawResponse stream =
      Post("/v1/chat/completions", ChatBody({{"stream", true}}).dump());
  EXPECT_EQ(stream.status, 200);
  const auto events = Events(stream.body);
  EXPECT_THAT(events.back(), HasSubstr("took longer than"));
  EXPECT_EQ(Json::parse(events.back())["error"]["type"], "timeout_error");
}

TEST_F(RefusalsTest, Answers503BeforeTheRingIsReady) {
  Serve();
  const RawResponse response =
      Post("/v1/chat/completions", ChatBody(Json::object()).dump());
  const Json error = ErrorOf(response, 503);
  EXPECT_THAT(std::string(error["message"]), HasSubstr("not ready"));
  EXPECT_EQ(FindHeader(response.headers, "Retry-After"), "1");
  EXPECT_EQ(Fetch(address_, "GET", "/v1/models").status, 200);
  ring_->ComeUp();
  Chat(Json::object());
}

TEST_F(RefusalsTest, TellsOfALossInTheMiddleOfAStreamAndAfterwards) {
  ServeReady();
  ring_->SetScript(SayOne((*codec_->EncodePlain("Hello"))[0]));
  RawClient client(address_);
  client.Request("POST", "/v1/chat/completions",
                 ChatBody({{"stream", true}}).dump(), kJsonHeader);
  ASSERT_TRUE(client.ReadUntil("Hello"));
  RawClient whole(address_);
  whole.Request("POST", "/v1/chat/completions", ChatBody({}).dump(),
                kJsonHeader);
  ring_->AwaitOrders(2);
  ring_->LoseASatellite("killed");
  const std::vector<std::string> events = Events(client.Read().body);
  const Json error = Json::parse(events.back())["error"];
  EXPECT_EQ(error["message"], "satellite 1 at test-1 lost: killed");
  EXPECT_EQ(error["type"], "service_unavailable_error");
  ErrorOf(whole.Read(), 503);
  EXPECT_EQ(ErrorOf(Post("/v1/chat/completions", ChatBody({}).dump()),
                    503)["message"],
            "satellite 1 at test-1 lost: killed");
}

TEST_F(RefusalsTest, FreesASequenceWhoseClientLeaves) {
  ServeReady();
  ring_->SetScript(SayOne((*codec_->EncodePlain("Hello"))[0]));
  for (const bool stream : {true, false}) {
    RawClient client(address_);
    client.Request("POST", "/v1/chat/completions",
                   ChatBody({{"stream", stream}, {"n", 2}}).dump(),
                   kJsonHeader);
    const size_t orders = stream ? 2 : 4;
    const auto started = ring_->AwaitOrders(orders);
    if (stream) {
      ASSERT_TRUE(client.ReadUntil("Hello"));
    }
    stream ? client.Close() : client.Reset();
    ring_->AwaitRelease(started[orders - 2].sequence);
    ring_->AwaitRelease(started[orders - 1].sequence);
  }
}

TEST_F(RefusalsTest, EndsStreamsWhenTheCoordinatorEnds) {
  ServeReady();
  ring_->SetScript(SayOne((*codec_->EncodePlain("Hello"))[0]));
  RawClient client(address_);
  client.Request("POST", "/v1/chat/completions",
                 ChatBody({{"stream", true}}).dump(), kJsonHeader);
  ASSERT_TRUE(client.ReadUntil("Hello"));
  ring_->cluster()->Shutdown("bye");
  api_->Shutdown(absl::InfiniteDuration());
  EXPECT_THAT(Events(client.Read().body).back(), HasSubstr("shutting down"));
}

TEST_F(RefusalsTest, ServesSixtyFourStreamsAtOnce) {
  ServeReady();
  ring_->SetScript([this](const SequenceOrder& order) {
    return Say(*codec_,
               absl::StrCat("Text of ", order.spec.sampling.seed, "."))(order);
  });
  std::vector<std::thread> clients;
  std::vector<std::string> texts(64);
  for (int i = 0; i < 64; ++i) {
    clients.emplace_back([this, i, &texts] {
      for (const Json& chunk :
           Stream("/v1/chat/completions", ChatBody({{"seed", i}}))) {
        texts[i] += chunk["choices"][0]["delta"].value("content", "");
      }
    });
  }
  for (std::thread& client : clients) client.join();
  for (int i = 0; i < 64; ++i) {
    EXPECT_EQ(texts[i], absl::StrCat("Text of ", i, "."));
  }
}

}  // namespace
}  // namespace spacemoe
