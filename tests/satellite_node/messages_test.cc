#include "satellite_node/messages.h"

#include "gtest/gtest.h"

namespace spacemoe {
namespace {

TEST(Messages, HelloLeavesAnUnknownIndexUnset) {
  EXPECT_FALSE(ToProto(Introduction{}).hello().has_index());
  const v1::Hello hello =
      ToProto(
          Introduction{.index = 0, .address = "a:1", .pid = 7, .clock_id = "b"})
          .hello();
  EXPECT_TRUE(hello.has_index());
  EXPECT_EQ(hello.address(), "a:1");
  EXPECT_EQ(hello.pid(), 7u);
  EXPECT_EQ(hello.clock_id(), "b");
}

TEST(Messages, TokenCarriesItsLap) {
  TokenRecord record{
      .sequence = 3, .position = 9, .token = 42, .emitted_ns = 5, .lap_ns = 21};
  record.end = SequenceEnd::kLength;
  record.lap = {1, 2, 3, 4, 5, 6};
  const v1::TokenEvent token = TokensMessage({record}).tokens().tokens(0);
  EXPECT_EQ(token.sequence(), 3u);
  EXPECT_EQ(token.position(), 9u);
  EXPECT_EQ(token.token(), 42);
  EXPECT_EQ(token.finish_reason(), v1::FINISH_REASON_LENGTH);
  EXPECT_EQ(token.lap_ns(), 21);
  EXPECT_EQ(token.lap().software_ns(), 6);
}

TEST(Messages, LogitsAreFloat32) {
  const v1::TokenEvent token =
      ToProto(
          LogitsRecord{
              .sequence = 3, .first_position = 2, .rows = 1, .values = {1, 2}})
          .tokens()
          .tokens(0);
  EXPECT_EQ(token.logits_position(), 2u);
  EXPECT_EQ(token.logits().size(), 8u);
}

TEST(Messages, FaultKeepsCodeAndMessage) {
  const v1::Fault fault =
      FaultMessage(absl::NotFoundError("no such file")).fault();
  EXPECT_EQ(fault.code(), static_cast<int>(absl::StatusCode::kNotFound));
  EXPECT_EQ(fault.message(), "no such file");
}

TEST(Messages, InjectBecomesARequest) {
  v1::Inject inject;
  inject.set_sequence(4);
  inject.add_prompt(1);
  inject.add_prompt(2);
  inject.set_max_tokens(8);
  inject.add_end_tokens(2);
  inject.set_capacity(16);
  inject.mutable_sampling()->set_temperature(0.5f);
  const auto request = FromProto(inject);
  ASSERT_TRUE(request.ok()) << request.status();
  EXPECT_EQ(request->prompt, (std::vector<int64_t>{1, 2}));
  EXPECT_EQ(request->max_tokens, 8);
  EXPECT_EQ(request->capacity, 16);
  EXPECT_EQ(request->sampling.temperature, 0.5f);
  EXPECT_EQ(request->sampling.top_p, 1.0f);
}

TEST(Messages, InjectNeedsAPrompt) {
  EXPECT_EQ(FromProto(v1::Inject()).status().code(),
            absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace spacemoe
