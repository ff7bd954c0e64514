// The API over a scripted ring, spoken to over HTTP.
#ifndef SPACEMOE_TESTS_COORDINATOR_API_API_FIXTURE_H_
#define SPACEMOE_TESTS_COORDINATOR_API_API_FIXTURE_H_

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "coordinator/api/api_server.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "tests/coordinator/api/scripted_ring.h"
#include "tests/runtime/http/raw_client.h"

namespace spacemoe {

// The demo's tokenizer and chat template, read once.
inline const TextCodec& DemoCodec() {
  static const auto* const codec =
      TextCodec::Open(std::string(SPACEMOE_SOURCE_DIR) + "/models/demo")
          .release();
  return *codec;
}

class ApiTest : public ::testing::Test {
 protected:
  using Json = nlohmann::json;

  ApiTest() {
    options_.settings.listen = "127.0.0.1:0";
    options_.api.model = "demo";
    options_.api.limits = ring_options_.limits;
    options_.api.ring = {2, "test-shell", "spacemoe"};
  }
  ~ApiTest() override {
    if (ring_ != nullptr) ring_->cluster()->Shutdown("the test ends");
    api_.reset();
    ring_.reset();
  }

  void Serve() {
    ring_ = std::make_unique<ScriptedRing>(codec_, ring_options_);
    auto api = ApiServer::Start(options_, ring_->cluster(), codec_);
    ASSERT_TRUE(api.ok()) << api.status();
    api_ = *std::move(api);
    address_ = api_->url().substr(sizeof("http://") - 1);
  }
  void ServeReady() {
    Serve();
    ring_->ComeUp();
  }

  RawResponse Post(const std::string& path, const std::string& body,
                   const std::string& headers = kJsonHeader) {
    return Fetch(address_, "POST", path, body, headers);
  }
  // A request that must succeed.
  Json PostJson(const std::string& path, const Json& body) {
    const RawResponse response = Post(path, body.dump());
    EXPECT_EQ(response.status, 200) << response.body;
    return Json::parse(response.body, nullptr, false);
  }
  Json Complete(Json more, const std::string& prompt = "Once") {
    Json body{{"model", "demo"}, {"prompt", prompt}};
    if (!more.is_null()) body.update(more);
    return PostJson("/v1/completions", body);
  }
  Json Chat(Json more, const std::string& question = "Hi") {
    return PostJson("/v1/chat/completions",
                    ChatBody(std::move(more), question));
  }
  static Json ChatBody(Json more, const std::string& question = "Hi") {
    Json body{{"model", "demo"},
              {"messages", {{{"role", "user"}, {"content", question}}}}};
    if (!more.is_null()) body.update(more);
    return body;
  }
  // The data of the events of a stream that must come to its end.
  std::vector<Json> Stream(const std::string& path, Json body) {
    body["stream"] = true;
    const RawResponse response = Post(path, body.dump());
    EXPECT_EQ(response.status, 200) << response.body;
    std::vector<std::string> events = Events(response.body);
    EXPECT_FALSE(events.empty());
    if (events.empty()) return {};
    EXPECT_EQ(events.back(), "[DONE]");
    events.pop_back();
    std::vector<Json> chunks;
    for (const std::string& event : events) {
      chunks.push_back(Json::parse(event, nullptr, false));
      EXPECT_FALSE(chunks.back().is_discarded()) << event;
    }
    return chunks;
  }
  static std::vector<std::string> Events(const std::string& body) {
    std::vector<std::string> events;
    for (size_t at = 0, end; (end = body.find("\n\n", at)) != body.npos;
         at = end + 2) {
      EXPECT_EQ(body.substr(at, 6), "data: ");
      events.push_back(body.substr(at + 6, end - at - 6));
    }
    return events;
  }
  // An error of this status; its inner object.
  static Json ErrorOf(const RawResponse& response, int status) {
    EXPECT_EQ(response.status, status) << response.body;
    const Json body = Json::parse(response.body, nullptr, false);
    EXPECT_TRUE(body.is_object() && body.contains("error")) << response.body;
    const Json error = body.value("error", Json::object());
    for (const char* field : {"message", "type", "param", "code"}) {
      EXPECT_TRUE(error.contains(field)) << field << " in " << response.body;
    }
    return error;
  }

  static constexpr char kJsonHeader[] = "Content-Type: application/json\r\n";

  const TextCodec* codec_ = &DemoCodec();
  ScriptedRing::Options ring_options_;
  ApiServerOptions options_;
  std::unique_ptr<ScriptedRing> ring_;
  std::unique_ptr<ApiServer> api_;
  std::string address_;
};

}  // namespace spacemoe

#endif  // SPACEMOE_TESTS_COORDINATOR_API_API_FIXTURE_H_
