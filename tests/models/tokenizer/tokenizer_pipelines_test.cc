// Every kind of normalizer, split, post-processor and decoder, with what the
// Hugging Face tokenizers library gives (pipelines.json).
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "models/tokenizer/tokenizer.h"
#include "tests/models/tokenizer/fixture_cases.h"

namespace spacemoe {
namespace {

using Json = nlohmann::json;
using Ids = std::vector<int64_t>;

// Without the model, which is large.
std::string Describe(const Json& tokenizer, const Json& c) {
  Json pipeline = tokenizer;
  pipeline.erase("model");
  pipeline.erase("added_tokens");
  return pipeline.dump() + " " + c.dump();
}

void CheckEncoding(const Tokenizer& tokenizer, const Json& c) {
  if (!c.contains("text")) return;
  const auto ids = tokenizer.Encode(c["text"].get<std::string>(),
                                    c.value("add_special_tokens", true));
  ASSERT_TRUE(ids.ok()) << ids.status();
  EXPECT_EQ(*ids, c["ids"].get<Ids>());
}

std::string Stream(const Tokenizer& tokenizer, const Ids& ids, bool skip) {
  StreamDecoder decoder(tokenizer, skip);
  std::string text;
  for (const int64_t id : ids) text += decoder.Push(id);
  return text + decoder.Flush();
}

void CheckDecoding(const Tokenizer& tokenizer, const Json& c) {
  if (!c.contains("decoded")) return;
  const Ids ids = c["ids"].get<Ids>();
  const auto decoded = c["decoded"].get<std::string>();
  const auto skipped = c.value("skipped", decoded);
  EXPECT_EQ(tokenizer.Decode(ids, false), decoded);
  EXPECT_EQ(tokenizer.Decode(ids, true), skipped);
  EXPECT_EQ(Stream(tokenizer, ids, false), decoded);
  EXPECT_EQ(Stream(tokenizer, ids, true), skipped);
}

TEST(TokenizerPipelines, AgreeOnEveryCase) {
  const Json file = Json::parse(std::ifstream(std::string(SPACEMOE_TESTDATA) +
                                              "/tokenizers/pipelines.json"));
  ASSERT_GT(file["pipelines"].size(), 80u);
  for (const Json& pipeline : file["pipelines"]) {
    Json description = pipeline["tokenizer"];
    description["model"] = file["models"][description["model"].get<int>()];
    const auto tokenizer =
        Tokenizer::FromJson(description.dump(), "pipelines.json");
    ASSERT_TRUE(tokenizer.ok()) << tokenizer.status();
    for (const Json& c : pipeline["cases"]) {
      SCOPED_TRACE(Describe(pipeline["tokenizer"], c));
      CheckEncoding(**tokenizer, c);
      CheckDecoding(**tokenizer, c);
    }
  }
}

// Parts of a fixture's tokenizer.json replaced (tools/
// make_tokenizer_pipelines.py).
TEST(TokenizerPipelines, AgreeOnRarerParts) {
  const Json file = Json::parse(std::ifstream(
      std::string(SPACEMOE_TESTDATA) + "/tokenizers/rarer_pipelines.json"));
  ASSERT_GT(file["pipelines"].size(), 20u);
  for (const Json& pipeline : file["pipelines"]) {
    const auto fixture = pipeline["fixture"].get<std::string>();
    Json description =
        Json::parse(std::ifstream(FixtureFolder(fixture) + "/tokenizer.json"));
    description.update(pipeline["changes"]);
    const auto tokenizer =
        Tokenizer::FromJson(description.dump(), "rarer_pipelines.json");
    ASSERT_TRUE(tokenizer.ok()) << tokenizer.status();
    for (const Json& c : pipeline["cases"]) {
      SCOPED_TRACE(Describe(pipeline["changes"], c));
      CheckEncoding(**tokenizer, c);
      CheckDecoding(**tokenizer, c);
    }
  }
}

}  // namespace
}  // namespace spacemoe
