#include "coordinator/core/sessions.h"

#include <memory>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/coordinator/fakes.h"

namespace spacemoe {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr RequestLimits kRequest{100, 16};

SequenceSpec Spec(std::vector<int64_t> prompt, int64_t max_tokens) {
  SequenceSpec spec;
  spec.prompt = std::move(prompt);
  spec.max_tokens = max_tokens;
  return spec;
}

SequenceSpec LogitsSpec(int length) {
  SequenceSpec spec = Spec(std::vector<int64_t>(length, 1), 1);
  spec.want_logits = true;
  return spec;
}

class SessionsTest : public ::testing::Test {
 protected:
  Sessions Make(int64_t kv_bytes = 0, bool with_text = true) {
    TextDecoderFactory text;
    if (with_text) text = [] { return std::make_unique<FakeDecoder>(); };
    return Sessions({kRequest, 10, kv_bytes}, {7}, text, &fleet_);
  }

  FakeFleet fleet_;
  FakeSink sink_;
};

TEST_F(SessionsTest, StreamsTextUntilTheTokenThatFinishes) {
  Sessions sessions = Make();
  const uint64_t id = *sessions.Start(Spec({1, 2}, 3), &sink_);
  EXPECT_THAT(*sink_.admitted, ElementsAre(1, 2));
  ASSERT_EQ(fleet_.orders.size(), 1);
  EXPECT_EQ(fleet_.orders[0].sequence, id);
  EXPECT_EQ(fleet_.orders[0].capacity, 5);
  EXPECT_THAT(fleet_.orders[0].end_tokens, ElementsAre(7));

  sessions.OnToken(Token(id, 4));
  sessions.OnToken(Token(id, 5, FinishReason::kLength));
  EXPECT_THAT(sink_.tokens, ElementsAre(4, 5));
  EXPECT_THAT(sink_.pieces, ElementsAre("", "<4>"));
  ASSERT_TRUE(sink_.finish.has_value());
  EXPECT_EQ(sink_.finish->trailing_text, "<5>");
  EXPECT_EQ(sink_.finish->text, "<4><5>");
  EXPECT_THAT(fleet_.released, ElementsAre(id));
  EXPECT_EQ(sessions.active(), 0);
}

TEST_F(SessionsTest, LeavesTheEndTokenOutOfTheText) {
  Sessions sessions = Make();
  const uint64_t id = *sessions.Start(Spec({1}, 9), &sink_);
  sessions.OnToken(Token(id, 4));
  TokenReport end = Token(id, 7, FinishReason::kStop);
  end.end_token = true;
  sessions.OnToken(end);
  EXPECT_EQ(sink_.finish->text, "<4>");
  EXPECT_EQ(sink_.finish->reason, FinishReason::kStop);
}

TEST_F(SessionsTest, HasNoTextWithoutATokenizer) {
  Sessions sessions = Make(0, false);
  const uint64_t id = *sessions.Start(Spec({1}, 1), &sink_);
  sessions.OnToken(Token(id, 4, FinishReason::kLength));
  EXPECT_FALSE(sink_.finish->text.has_value());
}

TEST_F(SessionsTest, IgnoresEndTokensWhenAsked) {
  Sessions sessions = Make();
  SequenceSpec spec = Spec({1}, 2);
  spec.ignore_eos = true;
  ASSERT_TRUE(sessions.Start(spec, &sink_).ok());
  EXPECT_TRUE(fleet_.orders[0].end_tokens.empty());
}

TEST_F(SessionsTest, ReservesNoMoreThanTheContext) {
  Sessions sessions = Make();
  ASSERT_TRUE(sessions.Start(Spec({1, 2}, 1000), &sink_).ok());
  EXPECT_EQ(fleet_.orders[0].capacity, 16);
}

TEST_F(SessionsTest, QueuesWhatTheCachesHaveNoRoomFor) {
  Sessions sessions = Make(/*kv_bytes=*/100);  // 10 positions
  FakeSink second, third;
  const uint64_t a = *sessions.Start(Spec({1, 2}, 4), &sink_);   // 6
  const uint64_t b = *sessions.Start(Spec({1, 2}, 3), &second);  // 5
  ASSERT_TRUE(sessions.Start(Spec({1}, 1), &third).ok());        // 2
  EXPECT_EQ(sessions.active(), 1);
  EXPECT_FALSE(second.admitted.has_value());
  EXPECT_FALSE(third.admitted.has_value()) << "first come, first served";

  sessions.OnToken(Token(a, 4, FinishReason::kLength));
  EXPECT_TRUE(second.admitted.has_value());
  EXPECT_TRUE(third.admitted.has_value());
  sessions.Cancel(b);
  EXPECT_THAT(fleet_.released, ElementsAre(a, b));
}

TEST_F(SessionsTest, RefusesWhatNeverHasRoom) {
  Sessions sessions = Make(/*kv_bytes=*/50);
  const auto id = sessions.Start(Spec({1, 2}, 4), &sink_);
  EXPECT_TRUE(absl::IsOutOfRange(id.status()));
  EXPECT_THAT(std::string(id.status().message()), HasSubstr("60 bytes"));
}

TEST_F(SessionsTest, HoldsSequencesBackBeyondTheActiveLimit) {
  Sessions sessions({kRequest, 10, 0, /*max_active=*/1, /*max_queued=*/1}, {7},
                    nullptr, &fleet_);
  FakeSink second, third;
  const uint64_t a = *sessions.Start(Spec({1}, 1), &sink_);
  ASSERT_TRUE(sessions.Start(Spec({1}, 1), &second).ok());
  EXPECT_EQ(sessions.queued(), 1);
  const auto refused = sessions.Start(Spec({1}, 1), &third);
  EXPECT_TRUE(absl::IsResourceExhausted(refused.status()));
  EXPECT_THAT(std::string(refused.status().message()),
              HasSubstr("1 sequences are running and 1 are waiting"));
  sessions.OnToken(Token(a, 4, FinishReason::kLength));
  EXPECT_TRUE(second.admitted.has_value());
  EXPECT_TRUE(sessions.Start(Spec({1}, 1), &third).ok());
}

TEST_F(SessionsTest, EndsTheTextBeforeAStopStringAndFreesTheSequence) {
  Sessions sessions = Make();
  SequenceSpec spec = Spec({1}, 9);
  spec.stop = {"<5>"};
  const uint64_t id = *sessions.Start(spec, &sink_);
  for (int64_t token : {4, 5, 6}) sessions.OnToken(Token(id, token));
  ASSERT_TRUE(sink_.finish.has_value());
  EXPECT_EQ(sink_.finish->reason, FinishReason::kStop);
  EXPECT_EQ(sink_.finish->text, "<4>");
  EXPECT_THAT(fleet_.released, ElementsAre(id));
  EXPECT_EQ(sessions.active(), 0);
}

TEST_F(SessionsTest, FindsAStopStringInTheLastCharacters) {
  Sessions sessions = Make();
  SequenceSpec spec = Spec({1}, 2);
  spec.stop = {"5>"};
  const uint64_t id = *sessions.Start(spec, &sink_);
  sessions.OnToken(Token(id, 4));
  sessions.OnToken(Token(id, 5, FinishReason::kLength));
  EXPECT_EQ(sink_.finish->reason, FinishReason::kStop);
  EXPECT_EQ(sink_.finish->text, "<4><");
}

TEST_F(SessionsTest, RefusesStopStringsWithoutATokenizerOrText) {
  SequenceSpec spec = Spec({1}, 2);
  spec.stop = {"a"};
  EXPECT_TRUE(
      absl::IsInvalidArgument(Make(0, false).Start(spec, &sink_).status()));
  spec.stop = {""};
  EXPECT_TRUE(absl::IsInvalidArgument(Make().Start(spec, &sink_).status()));
}

TEST_F(SessionsTest, CancelsWhatIsQueued) {
  Sessions sessions = Make(/*kv_bytes=*/60);
  FakeSink second;
  ASSERT_TRUE(sessions.Start(Spec({1, 2}, 4), &sink_).ok());
  const uint64_t b = *sessions.Start(Spec({1, 2}, 4), &second);
  sessions.Cancel(b);
  EXPECT_EQ(sessions.queued(), 0);
  EXPECT_TRUE(fleet_.released.empty());
}

TEST_F(SessionsTest, IgnoresTokensOfSequencesThatAreGone) {
  Sessions sessions = Make();
  const uint64_t id = *sessions.Start(Spec({1}, 4), &sink_);
  sessions.Cancel(id);
  sessions.OnToken(Token(id, 4));
  sessions.OnToken(Token(99, 4));
  EXPECT_TRUE(sink_.tokens.empty());
}

TEST_F(SessionsTest, FinishesLogitsWithTheLastPosition) {
  Sessions sessions = Make();
  SequenceSpec spec = Spec({1, 2, 3}, 1);
  spec.want_logits = true;
  const uint64_t id = *sessions.Start(spec, &sink_);
  sessions.OnLogits({id, 0, 2, ""});
  EXPECT_FALSE(sink_.finish.has_value());
  sessions.OnLogits({id, 2, 1, ""});
  EXPECT_TRUE(sink_.finish.has_value());
  EXPECT_EQ(sink_.logits_rows, 3);
}

TEST_F(SessionsTest, TakesLogitsOfAPromptThatFillsTheContext) {
  Sessions sessions = Make();
  EXPECT_TRUE(sessions.Start(LogitsSpec(16), &sink_).ok());
  EXPECT_EQ(fleet_.orders.at(0).capacity, 16);
}

TEST_F(SessionsTest, FailsActiveAndQueuedOnesAlike) {
  Sessions sessions = Make(/*kv_bytes=*/60);
  FakeSink second;
  ASSERT_TRUE(sessions.Start(Spec({1, 2}, 4), &sink_).ok());
  ASSERT_TRUE(sessions.Start(Spec({1, 2}, 4), &second).ok());
  sessions.FailAll(absl::UnavailableError("lost"));
  EXPECT_TRUE(absl::IsUnavailable(*sink_.error));
  EXPECT_TRUE(absl::IsUnavailable(*second.error));
  EXPECT_EQ(sessions.active() + sessions.queued(), 0);
}

struct BadCase {
  const char* name;
  SequenceSpec spec;
  const char* message;
};

class BadRequest : public ::testing::TestWithParam<BadCase> {};

TEST_P(BadRequest, IsRefusedWithBothNumbers) {
  FakeFleet fleet;
  FakeSink sink;
  Sessions sessions({kRequest, 0, 0}, {}, nullptr, &fleet);
  const auto id = sessions.Start(GetParam().spec, &sink);
  EXPECT_TRUE(absl::IsInvalidArgument(id.status()));
  EXPECT_THAT(std::string(id.status().message()),
              HasSubstr(GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(
    All, BadRequest,
    ::testing::Values(BadCase{"empty", Spec({}, 1), "the prompt is empty"},
                      BadCase{"long", Spec(std::vector<int64_t>(16, 1), 1),
                              "16 tokens; the model's context of 16 leaves "
                              "room for at most 15"},
                      BadCase{"logits", LogitsSpec(17),
                              "17 tokens, longer than the model's context of "
                              "16"},
                      BadCase{"nothing", Spec({1}, 0), "max_tokens is 0"},
                      BadCase{"large", Spec({1, 100}, 1),
                              "token id 100 at position 1 of the prompt"},
                      BadCase{"negative", Spec({-1}, 1), "token id -1"}),
    [](const auto& info) { return info.param.name; });

TEST_F(SessionsTest, AnObserverHearsHowSequencesFare) {
  FakeObserver observer;
  Sessions sessions({kRequest, 10, 60}, {7}, nullptr, &fleet_, &observer);
  const uint64_t first = *sessions.Start(Spec({1, 2}, 3), &sink_);
  FakeSink waits, leaves;
  ASSERT_TRUE(sessions.Start(Spec({3}, 3), &waits).ok());
  const uint64_t gone = *sessions.Start(Spec({3}, 3), &leaves);
  EXPECT_EQ(observer.queued, 3);
  EXPECT_EQ(observer.prompt, 2) << "the others wait for room";
  sessions.OnToken(Token(first, 4));
  sessions.OnToken(Token(first, 5));
  sessions.OnToken(Token(first, 7, FinishReason::kStop));
  EXPECT_EQ(observer.first_tokens, 1);
  EXPECT_EQ(observer.later_tokens, 2);
  EXPECT_EQ(observer.prompt, 3);
  sessions.Cancel(gone);
  sessions.FailAll(absl::UnavailableError("lost"));
  EXPECT_THAT(observer.ends,
              ElementsAre(SequenceFate::kStop, SequenceFate::kCancelled,
                          SequenceFate::kFailed));
}

// A probe of readiness that is turned away would end the cluster.
TEST_F(SessionsTest, TakesTheCoordinatorsOwnSequencesIntoAFullQueue) {
  Sessions sessions({kRequest, 10, 0, /*max_active=*/1, /*max_queued=*/1}, {7},
                    nullptr, &fleet_);
  FakeSink second, own;
  const uint64_t a = *sessions.Start(Spec({1}, 1), &sink_);
  const uint64_t b = *sessions.Start(Spec({1}, 1), &second);
  SequenceSpec spec = Spec({1}, 1);
  spec.internal = true;
  ASSERT_TRUE(sessions.Start(spec, &own).ok());
  sessions.OnToken(Token(a, 4, FinishReason::kLength));
  sessions.OnToken(Token(b, 4, FinishReason::kLength));
  EXPECT_TRUE(own.admitted.has_value());
}

TEST_F(SessionsTest, TellsOfAStopStringInTheLastCharactersAsAStop) {
  FakeObserver observer;
  TextDecoderFactory text = [] { return std::make_unique<FakeDecoder>(); };
  Sessions sessions({kRequest, 10, 0}, {7}, text, &fleet_, &observer);
  SequenceSpec spec = Spec({1}, 2);
  spec.stop = {"5>"};
  const uint64_t id = *sessions.Start(spec, &sink_);
  sessions.OnToken(Token(id, 4));
  sessions.OnToken(Token(id, 5, FinishReason::kLength));
  EXPECT_EQ(sink_.finish->reason, FinishReason::kStop);
  EXPECT_THAT(observer.ends, ElementsAre(SequenceFate::kStop));
}

TEST_F(SessionsTest, NobodyHearsOfTheCoordinatorsOwnSequences) {
  FakeObserver observer;
  Sessions sessions({kRequest, 10, 0}, {7}, nullptr, &fleet_, &observer);
  SequenceSpec spec = Spec({1}, 1);
  spec.internal = true;
  const uint64_t id = *sessions.Start(spec, &sink_);
  sessions.OnToken(Token(id, 4, FinishReason::kLength));
  EXPECT_TRUE(sink_.finish.has_value());
  EXPECT_EQ(observer.queued + observer.first_tokens, 0);
  EXPECT_THAT(observer.ends, ::testing::IsEmpty());
}

}  // namespace
}  // namespace spacemoe
