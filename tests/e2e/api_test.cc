// `spacemoe serve` and `spacemoe chat`: real processes, curl, and an end.
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/e2e/program.h"
#include "tests/runtime/http/raw_client.h"

namespace spacemoe {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kJsonHeader[] = "Content-Type: application/json\r\n";
constexpr char kServing[] = "serving http://";

std::vector<std::string> Serve(std::vector<std::string> more = {},
                               const std::string& http = "127.0.0.1:0") {
  std::vector<std::string> args = {
      "serve",  "--model", DemoModel(),
      "--http", http,      "--experts-per-satellite",
      "8",      "--links", "off"};
  args.insert(args.end(), more.begin(), more.end());
  return args;
}

void ExpectNothingLeft(int spacemoe_pid) {
  EXPECT_EQ(FindRing(spacemoe_pid).count(), 0);
  EXPECT_EQ(CountSockets(spacemoe_pid), 0);
}

class Server {
 public:
  explicit Server(std::vector<std::string> more = {})
      : program_("spacemoe", Serve(std::move(more))) {
    program_.ReadUntil([this](const ProgramResult& result) {
      const size_t end = result.out.find('\n');
      if (!result.out.starts_with(kServing) || end == result.out.npos) {
        return false;
      }
      address_ =
          result.out.substr(sizeof(kServing) - 1, end - (sizeof(kServing) - 1));
      return true;
    });
  }

  Program& program() { return program_; }
  const std::string& address() const { return address_; }
  std::string url() const { return absl::StrCat("http://", address_); }

 private:
  Program program_;
  std::string address_;
};

json ChatBody(const std::string& question, int max_tokens) {
  return {{"model", "demo"},
          {"messages", {{{"role", "user"}, {"content", question}}}},
          {"temperature", 0},
          {"max_tokens", max_tokens}};
}

json GenerateLocally(std::vector<std::string> more) {
  std::vector<std::string> args = {"generate", "--model", DemoModel(),
                                   "--local", "--json"};
  args.insert(args.end(), more.begin(), more.end());
  return Spacemoe(args).Json();
}

std::string Curl(const std::string& arguments) {
  const std::string command =
      absl::StrCat("curl --silent --show-error ", arguments);
  FILE* const pipe = popen(command.c_str(), "r");
  std::string out;
  char buffer[4096];
  while (const size_t got = fread(buffer, 1, sizeof(buffer), pipe)) {
    out.append(buffer, got);
  }
  EXPECT_EQ(pclose(pipe), 0) << command;
  return out;
}

// One ring for all that leaves it as it is.
class ApiProcess : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    server_ = new Server();
    ASSERT_NE(server_->address(), "");
  }
  static void TearDownTestSuite() {
    server_->program().Signal(SIGTERM);
    const ProgramResult result = server_->program().Wait();
    EXPECT_EQ(result.exit_code, 0);
    EXPECT_THAT(result.err, Not(HasSubstr("lost")));
    ExpectNothingLeft(server_->program().pid());
    delete server_;
  }
  static Server* server_;
};
Server* ApiProcess::server_ = nullptr;

TEST_F(ApiProcess, AnswersWhatGenerateSays) {
  const json expected =
      GenerateLocally({"--chat", "Why is the sky blue?", "--max-tokens", "20"});
  const RawResponse response =
      Fetch(server_->address(), "POST", "/v1/chat/completions",
            ChatBody("Why is the sky blue?", 20).dump(), kJsonHeader);
  ASSERT_EQ(response.status, 200) << response.body;
  const json answer = json::parse(response.body);
  EXPECT_EQ(answer["choices"][0]["message"]["content"], expected["text"]);
  EXPECT_EQ(answer["spacemoe"]["satellites"], 30);
  EXPECT_GT(answer["spacemoe"]["breakdown_ms"]["compute"], 0);
}

TEST_F(ApiProcess, TalksToCurl) {
  if (std::system("curl --version > /dev/null 2>&1") != 0) {
    GTEST_SKIP() << "curl is not installed";
  }
  EXPECT_THAT(Curl(server_->url() + "/v1/models"),
              HasSubstr("\"id\":\"demo\""));
  const std::string data =
      absl::StrCat(" -H 'Content-Type: application/json' -d '",
                   ChatBody("Hi", 4).dump(), "' ");
  EXPECT_THAT(Curl(data + server_->url() + "/v1/chat/completions"),
              HasSubstr("\"finish_reason\":\"length\""));
  json stream = ChatBody("Hi", 4);
  stream["stream"] = true;
  const std::string events = Curl(
      absl::StrCat("-N -H 'Content-Type: application/json' -d '", stream.dump(),
                   "' ", server_->url(), "/v1/chat/completions"));
  EXPECT_TRUE(events.ends_with("data: [DONE]\n\n")) << events;
  EXPECT_EQ(Curl("-o /dev/null -w '%{http_code}' -d x " + server_->url() +
                 "/v1/completions"),
            "400");
  EXPECT_THAT(Curl(absl::StrCat("-d '", ChatBody("Hi", 4).dump(), "' ",
                                server_->url(), "/v1/chat/completions")),
              HasSubstr("\"finish_reason\":\"length\""))
      << "without any header";
}

TEST_F(ApiProcess, ChatsInAPipe) {
  const ProgramResult result =
      Spacemoe({"chat", "--url", server_->url(), "--temperature", "0",
                "--max-tokens", "12"},
               {.input = "What is an orbit?\n\nAnd a satellite?\n/reset\n"
                         "What is an orbit?\n/what\n/quit\nnever asked\n"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  const json first =
      GenerateLocally({"--chat", "What is an orbit?", "--max-tokens", "12"});
  const std::string text = first["text"];
  EXPECT_TRUE(result.out.starts_with(text + "\n")) << result.out;
  EXPECT_TRUE(result.out.ends_with("\n" + text + "\n"))
      << "the same again after a reset: " << result.out;
  EXPECT_THAT(result.err, HasSubstr("[first token "));
  EXPECT_THAT(result.err, HasSubstr("ms a token (propagation 0.0, "));
  EXPECT_THAT(result.err, HasSubstr("12 tokens, 30 satellites, "));
  EXPECT_THAT(result.err, HasSubstr("expected /reset or /quit, found /what"));
}

TEST_F(ApiProcess, RemembersTheConversation) {
  const ProgramResult result =
      Spacemoe({"chat", "--url", server_->url(), "--temperature", "0",
                "--max-tokens", "8", "--system", "Be brief."},
               {.input = "Hi\nAnd now?\n"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  const size_t end = result.out.find('\n');
  json body = ChatBody("Hi", 8);
  body["messages"] = {
      {{"role", "system"}, {"content", "Be brief."}},
      {{"role", "user"}, {"content", "Hi"}},
      {{"role", "assistant"}, {"content", result.out.substr(0, end)}},
      {{"role", "user"}, {"content", "And now?"}}};
  const RawResponse response =
      Fetch(server_->address(), "POST", "/v1/chat/completions", body.dump(),
            kJsonHeader);
  EXPECT_EQ(result.out.substr(end + 1),
            json::parse(response.body)["choices"][0]["message"]["content"]
                    .get<std::string>() +
                "\n");
}

TEST_F(ApiProcess, ChatTellsWhatTheServerSays) {
  const ProgramResult result =
      Spacemoe({"chat", "--url", server_->url(), "--model-name", "other"},
               {.input = "Hi\nnever asked\n"});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_EQ(result.out, "");
  EXPECT_THAT(result.err, HasSubstr("404: The model `other` does not exist"));
}

TEST_F(ApiProcess, ASecondServerCanNotHaveTheAddress) {
  const ProgramResult result = Spacemoe(Serve({}, server_->address()));
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err, HasSubstr("cannot listen on " + server_->address() +
                                    ": Address already in use"));
}

TEST(Chat, SaysThatNobodyAnswers) {
  const ProgramResult result =
      Spacemoe({"chat", "--url", "http://127.0.0.1:1"}, {.input = "Hi\n"});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err, HasSubstr("cannot reach http://127.0.0.1:1: "));
}

TEST(Serve, TellsOfALostSatelliteAndAnswers503UntilItEnds) {
  Server server;
  ASSERT_NE(server.address(), "");
  const int victim = FindRing(server.program().pid()).satellites[3];
  RawClient client(server.address());
  json body = ChatBody("Tell me a long story.", 4000);
  body["stream"] = true;
  body["ignore_eos"] = true;
  client.Request("POST", "/v1/chat/completions", body.dump(), kJsonHeader);
  ASSERT_TRUE(client.ReadUntil("\"content\":\""));
  kill(victim, SIGKILL);
  EXPECT_THAT(client.Read().body, HasSubstr("service_unavailable_error"));
  ASSERT_TRUE(server.program().ReadUntil([](const ProgramResult& result) {
    return result.err.find("answers 503") != std::string::npos;
  }));
  const RawResponse response =
      Fetch(server.address(), "POST", "/v1/chat/completions",
            ChatBody("Hi", 1).dump(), kJsonHeader);
  EXPECT_EQ(response.status, 503);
  EXPECT_THAT(response.body, HasSubstr(absl::StrCat("pid ", victim)));
  server.program().Signal(SIGINT);
  const ProgramResult result = server.program().Wait();
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_THAT(result.err, HasSubstr(absl::StrCat(
                              "pid ", victim, ") lost: killed by signal 9")));
  ExpectNothingLeft(server.program().pid());
}

TEST(Serve, TellsWhereSatellitesServeMetrics) {
  Server server({"--satellite-metrics", "127.0.0.1:0"});
  ASSERT_NE(server.address(), "");
  const json found =
      json::parse(Fetch(server.address(), "GET", "/sd").body, nullptr, false);
  std::vector<std::string> targets;
  for (const json& group : found) {
    for (const json& target : group["targets"]) targets.push_back(target);
  }
  ASSERT_EQ(targets.size(), FindRing(server.program().pid()).satellites.size());
  EXPECT_THAT(Fetch(targets.back(), "GET", "/metrics").body,
              HasSubstr("spacemoe_satellite_ready 1"));
  server.program().Signal(SIGINT);
  EXPECT_EQ(server.program().Wait().exit_code, 0);
  const ProgramResult bad = Spacemoe(
      {"serve", "--model", DemoModel(), "--satellite-metrics", "nowhere"});
  EXPECT_EQ(bad.exit_code, 2);
  EXPECT_THAT(bad.err, HasSubstr("--satellite-metrics"));
}

TEST(Serve, EndsStreamsInOrderAtAnInterrupt) {
  const std::string keys = ::testing::TempDir() + "/serve_keys";
  std::ofstream(keys) << "sk-test\n";
  Server server({"--api-key-file", keys});
  ASSERT_NE(server.address(), "");
  EXPECT_EQ(Fetch(server.address(), "GET", "/v1/models").status, 401);
  RawClient client(server.address());
  json body = ChatBody("Tell me a long story.", 4000);
  body["stream"] = true;
  body["ignore_eos"] = true;
  client.Request(
      "POST", "/v1/chat/completions", body.dump(),
      absl::StrCat(kJsonHeader, "Authorization: Bearer sk-test\r\n"));
  ASSERT_TRUE(client.ReadUntil("\"content\":\""));
  server.program().Signal(SIGINT);
  EXPECT_THAT(client.Read().body, HasSubstr("shutting down"));
  const ProgramResult result = server.program().Wait();
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.err, Not(HasSubstr("lost")));
  EXPECT_THAT(result.err, Not(HasSubstr("sk-test")));
  ExpectNothingLeft(server.program().pid());
}

}  // namespace
}  // namespace spacemoe
