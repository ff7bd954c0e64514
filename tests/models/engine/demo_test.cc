// The demo checkpoint's four chats, from their token ids.
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "models/engine/local_engine.h"
#include "tests/models/engine/reference.h"

namespace spacemoe {
namespace {

TEST(DemoCheckpoint, AnswersTheChatsAsTransformersDoes) {
  const std::string folder = std::string(SPACEMOE_SOURCE_DIR) + "/models/demo";
  const auto checkpoint = Checkpoint::Open(folder);
  ASSERT_TRUE(checkpoint.ok()) << checkpoint.status();
  const auto engine = LocalEngine::Create(**checkpoint, {});
  ASSERT_TRUE(engine.ok()) << engine.status();
  const nlohmann::json expected = ReadJson(folder + "/expected.json");
  std::vector<LocalRequest> requests;
  for (const nlohmann::json& prompt : expected["prompts"]) {
    LocalRequest request;
    request.prompt = prompt["input_ids"].get<std::vector<int64_t>>();
    request.max_tokens = expected["max_new_tokens"];
    requests.push_back(request);
  }
  const auto results = (*engine)->Generate(requests, 0, nullptr);
  ASSERT_TRUE(results.ok()) << results.status();
  for (size_t i = 0; i < requests.size(); ++i) {
    const nlohmann::json& prompt = expected["prompts"][i];
    EXPECT_EQ((*results)[i].ids,
              prompt["continuation"].get<std::vector<int64_t>>())
        << prompt["chat"];
    EXPECT_EQ((*results)[i].stopped, prompt["finish_reason"] == "stop");
  }
}

}  // namespace
}  // namespace spacemoe
