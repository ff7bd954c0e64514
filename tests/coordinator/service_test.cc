// The coordinator's two services, with fake satellites over real gRPC.
#include <unistd.h>

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "coordinator/client/coordinator_client.h"
#include "coordinator/service/server.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/coordinator/fake_satellite.h"

namespace spacemoe {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string TinyModel() {
  return std::string(SPACEMOE_TESTDATA) + "/models/mixtral";
}

v1::TokenEvent Token(int64_t id, v1::FinishReason reason) {
  v1::TokenEvent event;
  event.set_token(id);
  event.set_finish_reason(reason);
  event.set_lap_ns(1000);
  event.mutable_lap()->set_compute_ns(1000);
  return event;
}

// As many tokens as asked for: 1, 2, 3, ...
std::vector<v1::TokenEvent> CountUp(const v1::Inject& inject) {
  std::vector<v1::TokenEvent> events;
  for (uint32_t i = 1; i <= inject.max_tokens(); ++i) {
    events.push_back(Token(i, i == inject.max_tokens()
                                  ? v1::FINISH_REASON_LENGTH
                                  : v1::FINISH_REASON_UNSPECIFIED));
  }
  return events;
}

// One token, then silence: the sequence stays on the ring.
std::vector<v1::TokenEvent> OnlyOne(const v1::Inject& inject) {
  if (inject.max_tokens() == 1) return CountUp(inject);
  return {Token(1, v1::FINISH_REASON_UNSPECIFIED)};
}

class ServiceTest : public ::testing::Test {
 protected:
  void StartServer(const std::string& name = "") {
    CoordinatorOptions options;
    options.model = TinyModel();
    options.listen =
        "unix-abstract:spacemoe-test-" + std::to_string(getpid()) + name;
    // One satellite a layer.
    options.ring.plan.experts_per_satellite = 64;
    options.ring.trace = trace_;
    auto server = CoordinatorServer::Start(options);
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
    client_ = std::make_unique<CoordinatorClient>(server_->address());
  }

  void ComeUp(FakeSatellite::OnInject on_inject) {
    StartServer();
    for (int i = 0; i < server_->plan().size(); ++i) Attach(i, on_inject);
    const absl::Status status = client_->WatchStartup(
        [this](const v1::StartupEvent& event) { progress_ = event; });
    ASSERT_TRUE(status.ok()) << status;
  }

  void Attach(uint32_t index, FakeSatellite::OnInject on_inject) {
    satellites_.push_back(std::make_unique<FakeSatellite>(
        server_->address(), FakeSatellite::HelloFor(index), on_inject));
  }

  // For index 0, from an address of its own.
  static v1::Hello HelloFrom(const std::string& name) {
    v1::Hello hello = FakeSatellite::HelloFor(0);
    hello.set_address("unix-abstract:" + name);
    return hello;
  }

  static v1::GenerateRequest Request(std::vector<int64_t> ids,
                                     uint32_t max_tokens) {
    v1::GenerateRequest request;
    request.mutable_tokens()->mutable_ids()->Add(ids.begin(), ids.end());
    request.set_max_tokens(max_tokens);
    return request;
  }

  absl::Status Generate(const v1::GenerateRequest& request) {
    return client_->Generate(request, [this](const v1::GenerateEvent& event) {
      if (event.has_token()) ids_.push_back(event.token().id());
      if (event.has_finished()) finished_ = event.finished();
      return true;
    });
  }

  bool trace_ = false;
  std::unique_ptr<CoordinatorServer> server_;
  std::unique_ptr<CoordinatorClient> client_;
  std::vector<std::unique_ptr<FakeSatellite>> satellites_;
  v1::StartupEvent progress_;
  std::vector<int64_t> ids_;
  v1::GenerateEvent::Finished finished_;
};

TEST_F(ServiceTest, ComesUpAndDescribesItself) {
  ComeUp(CountUp);
  EXPECT_EQ(progress_.ready(), server_->plan().size());
  EXPECT_TRUE(progress_.warming_up());
  const auto description = client_->Describe();
  ASSERT_TRUE(description.ok()) << description.status();
  EXPECT_EQ(description->satellites(), server_->plan().size());
  EXPECT_EQ(description->strategy(), "spacemoe");
  EXPECT_THAT(description->plan_json(), HasSubstr("\"satellites\""));
}

TEST_F(ServiceTest, AssignsARing) {
  ComeUp(CountUp);
  const int layers = server_->plan().size();
  for (int i = 0; i < layers; ++i) {
    const v1::Assignment assignment = satellites_[i]->assignment();
    EXPECT_EQ(assignment.index(), i);
    EXPECT_EQ(assignment.layer(), i);
    EXPECT_TRUE(assignment.gateway());
    EXPECT_EQ(assignment.head(), i == 0);
    const v1::Assignment next = satellites_[(i + 1) % layers]->assignment();
    EXPECT_EQ(assignment.next_satellite(), next.satellite());
    ASSERT_EQ(assignment.peers_size(), 1);
    EXPECT_EQ(assignment.peers(0).address(),
              "unix-abstract:fake-" + std::to_string((i + 1) % layers));
    EXPECT_GT(assignment.epoch_ns(), 0);
  }
}

TEST_F(ServiceTest, StreamsTokensAndReleasesTheSequence) {
  ComeUp(CountUp);
  const absl::Status status = Generate(Request({3, 4}, 3));
  ASSERT_TRUE(status.ok()) << status;
  EXPECT_THAT(ids_, ElementsAre(1, 2, 3));
  EXPECT_EQ(finished_.reason(), v1::FINISH_REASON_LENGTH);
  EXPECT_FALSE(finished_.has_text()) << "the checkpoint has no tokenizer";
}

TEST_F(ServiceTest, AddsUpStatistics) {
  ComeUp(CountUp);
  EXPECT_TRUE(client_->GetLinkStatistics().ok());
}

TEST_F(ServiceTest, HandsOutATrace) {
  trace_ = true;
  ComeUp(CountUp);
  EXPECT_TRUE(satellites_[0]->assignment().trace());
  std::vector<v1::GetTraceReply> replies;
  const absl::Status status =
      client_->GetTrace([&replies](const v1::GetTraceReply& reply) {
        replies.push_back(reply);
        return absl::OkStatus();
      });
  ASSERT_TRUE(status.ok()) << status;
  const size_t satellites = server_->plan().size();
  ASSERT_EQ(replies.size(), 1 + satellites);
  EXPECT_EQ(replies[0].header().satellites_size(), satellites);
  EXPECT_TRUE(replies[0].header().satellites(0).head());
  EXPECT_EQ(replies[1].satellite().batch(), "batch");
}

TEST_F(ServiceTest, HasNoTraceOfARunThatIsNotTraced) {
  ComeUp(CountUp);
  EXPECT_FALSE(satellites_[0]->assignment().trace());
  const absl::Status status = client_->GetTrace(
      [](const v1::GetTraceReply&) { return absl::OkStatus(); });
  EXPECT_TRUE(absl::IsFailedPrecondition(status)) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr("--trace"));
}

TEST_F(ServiceTest, RefusesBadRequestsWithoutHarm) {
  ComeUp(CountUp);
  EXPECT_TRUE(absl::IsInvalidArgument(Generate(Request({1}, 0))));
  EXPECT_TRUE(absl::IsInvalidArgument(Generate(Request({1 << 30}, 1))));
  EXPECT_TRUE(absl::IsInvalidArgument(Generate(v1::GenerateRequest())));
  v1::GenerateRequest text;
  text.set_text("hello");
  text.set_max_tokens(1);
  const absl::Status no_tokenizer = Generate(text);
  EXPECT_TRUE(absl::IsFailedPrecondition(no_tokenizer)) << no_tokenizer;
  EXPECT_THAT(std::string(no_tokenizer.message()), HasSubstr("tokenizer"));
  EXPECT_TRUE(Generate(Request({1}, 1)).ok());
}

TEST_F(ServiceTest, NamesTheLostSatelliteInTheMiddleOfAText) {
  ComeUp(OnlyOne);
  const absl::Status status = client_->Generate(
      Request({1}, 5), [this](const v1::GenerateEvent& event) {
        if (event.has_token()) satellites_[1]->Die();
        return true;
      });
  EXPECT_TRUE(absl::IsUnavailable(status)) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr("index 1"));
  EXPECT_THAT(std::string(status.message()), HasSubstr("layer 1 gateway"));
  EXPECT_THAT(std::string(status.message()), HasSubstr("pid 1001) lost"));
  EXPECT_EQ(Generate(Request({1}, 1)), status);
}

TEST_F(ServiceTest, TellsWhyASatelliteFailed) {
  ComeUp(OnlyOne);
  const absl::Status status = client_->Generate(
      Request({1}, 5), [this](const v1::GenerateEvent& event) {
        if (event.has_token()) {
          satellites_[1]->Fault(absl::StatusCode::kDataLoss, "a bad tensor");
        }
        return true;
      });
  EXPECT_THAT(std::string(status.message()),
              HasSubstr("pid 1001) failed: a bad tensor"));
}

TEST_F(ServiceTest, CancellingFreesTheSequenceEverywhere) {
  ComeUp(OnlyOne);
  const absl::Status status = client_->Generate(
      Request({1}, 5),
      [](const v1::GenerateEvent& event) { return !event.has_token(); });
  EXPECT_TRUE(absl::IsCancelled(status)) << status;
  // The ring works on, and the release is on its way before this answer.
  EXPECT_TRUE(Generate(Request({1}, 1)).ok());
  while (satellites_[1]->released().size() < 3) std::this_thread::yield();
  EXPECT_THAT(satellites_[1]->released(),
              ::testing::UnorderedElementsAre(1, 2, 3));
}

TEST_F(ServiceTest, RefusesASecondSatelliteOfOneIdentity) {
  StartServer();
  Attach(0, CountUp);
  // Which of the two comes first is open: exactly one is refused.
  FakeSatellite twin(server_->address(), HelloFrom("twin"), CountUp);
  FakeSatellite third(server_->address(), HelloFrom("third"), CountUp);
  int refused = 0;
  std::string message;
  for (int i = 1; i < server_->plan().size(); ++i) Attach(i, CountUp);
  ASSERT_TRUE(client_->WatchStartup([](const auto&) {}).ok());
  for (FakeSatellite* satellite : {satellites_[0].get(), &twin, &third}) {
    if (satellite->assignment().has_layer()) continue;
    ++refused;
    const grpc::Status status = satellite->Outcome();
    EXPECT_EQ(status.error_code(), grpc::StatusCode::ALREADY_EXISTS);
    message = status.error_message();
  }
  EXPECT_EQ(refused, 2);
  EXPECT_THAT(message, HasSubstr("index 0 is taken by pid 1000"));
}

// As after a broken connection that the coordinator has not seen yet.
TEST_F(ServiceTest, RefusesASatelliteThatRegistersTwice) {
  StartServer();
  v1::Hello hello = FakeSatellite::HelloFor(0);
  FakeSatellite first(server_->address(), hello, CountUp);
  while (
      !absl::StrContains(Generate(Request({1}, 1)).message(), "1 have come")) {
    std::this_thread::yield();
  }
  hello.clear_index();
  FakeSatellite again(server_->address(), hello, CountUp);
  const grpc::Status status = again.Outcome();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::ALREADY_EXISTS);
  EXPECT_THAT(status.error_message(),
              HasSubstr("unix-abstract:fake-0 has registered already"));
}

TEST_F(ServiceTest, RefusesAnotherVersionAndAnotherModel) {
  StartServer();
  v1::Hello old = FakeSatellite::HelloFor(0);
  old.set_version("0.0.0");
  v1::Hello far = FakeSatellite::HelloFor(0);
  far.set_model_hash("another");
  for (const v1::Hello& hello : {old, far}) {
    FakeSatellite satellite(server_->address(), hello, CountUp);
    EXPECT_EQ(satellite.Outcome().error_code(),
              grpc::StatusCode::FAILED_PRECONDITION);
  }
}

TEST_F(ServiceTest, RefusesRequestsBeforeItIsReady) {
  StartServer();
  const absl::Status status = Generate(Request({1}, 1));
  EXPECT_TRUE(absl::IsUnavailable(status));
  EXPECT_THAT(std::string(status.message()), HasSubstr("not ready"));
}

TEST_F(ServiceTest, EndsCallsWhenItGoesAway) {
  ComeUp(OnlyOne);
  const absl::Status status = client_->Generate(
      Request({1}, 5), [this](const v1::GenerateEvent& event) {
        if (event.has_token()) server_.reset();
        return true;
      });
  EXPECT_TRUE(absl::IsUnavailable(status)) << status;
  for (const auto& satellite : satellites_) satellite->Outcome();
}

TEST_F(ServiceTest, SaysThatAnAddressIsInUse) {
  StartServer();
  CoordinatorOptions options;
  options.model = TinyModel();
  options.listen = server_->address();
  const auto second = CoordinatorServer::Start(options);
  EXPECT_TRUE(absl::IsAlreadyExists(second.status())) << second.status();
  EXPECT_THAT(std::string(second.status().message()),
              HasSubstr(server_->address()));
}

}  // namespace
}  // namespace spacemoe
