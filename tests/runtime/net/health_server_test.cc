#include "runtime/net/health_server.h"

#include <unistd.h>

#include <memory>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/net/grpc_settings.h"
#include "runtime/net/health_client.h"
#include "runtime/net/server_host.h"

namespace spacemoe {
namespace {

using grpc::health::v1::Health;
using grpc::health::v1::HealthCheckRequest;
using grpc::health::v1::HealthCheckResponse;
using ::testing::HasSubstr;

class HealthServerTest : public ::testing::Test {
 protected:
  HealthServerTest() {
    auto host = ServerHost::Start(
        {.address = absl::StrCat("unix-abstract:health-test-", getpid()),
         .looped = {&health_}});
    EXPECT_TRUE(host.ok()) << host.status();
    host_ = *std::move(host);
    stub_ = Health::NewStub(OpenChannel(host_->address()));
  }

  absl::Status Check() {
    return CheckHealth(host_->address(), absl::Seconds(20));
  }

  HealthServer health_;
  std::unique_ptr<ServerHost> host_;
  std::unique_ptr<Health::Stub> stub_;
};

TEST_F(HealthServerTest, TellsWhetherTheProcessServes) {
  const absl::Status not_yet = Check();
  EXPECT_TRUE(absl::IsUnavailable(not_yet)) << not_yet;
  EXPECT_THAT(std::string(not_yet.message()), HasSubstr("NOT_SERVING"));
  health_.SetServing(true);
  EXPECT_TRUE(Check().ok());
  health_.SetServing(false);
  EXPECT_TRUE(absl::IsUnavailable(Check()));
}

TEST_F(HealthServerTest, KnowsNoOtherService) {
  grpc::ClientContext context;
  HealthCheckRequest request;
  request.set_service("elsewhere");
  HealthCheckResponse response;
  const grpc::Status status = stub_->Check(&context, request, &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_THAT(status.error_message(), HasSubstr("elsewhere"));
}

TEST_F(HealthServerTest, AWatcherHearsOfEveryChange) {
  grpc::ClientContext context;
  const auto reader = stub_->Watch(&context, {});
  HealthCheckResponse response;
  for (const bool serving : {false, true, false}) {
    health_.SetServing(serving);
    ASSERT_TRUE(reader->Read(&response));
    EXPECT_EQ(response.status(), serving ? HealthCheckResponse::SERVING
                                         : HealthCheckResponse::NOT_SERVING);
  }
  context.TryCancel();
  while (reader->Read(&response)) {
  }
  EXPECT_EQ(reader->Finish().error_code(), grpc::StatusCode::CANCELLED);
  health_.SetServing(true);  // nobody listens any more
  EXPECT_TRUE(Check().ok());
}

TEST_F(HealthServerTest, AWatcherOfAnotherServiceHearsThatThereIsNone) {
  grpc::ClientContext context;
  HealthCheckRequest request;
  request.set_service("elsewhere");
  const auto reader = stub_->Watch(&context, request);
  HealthCheckResponse response;
  ASSERT_TRUE(reader->Read(&response));
  EXPECT_EQ(response.status(), HealthCheckResponse::SERVICE_UNKNOWN);
  context.TryCancel();
}

TEST_F(HealthServerTest, EndsWithItsServerThoughSomebodyWatches) {
  grpc::ClientContext context;
  const auto reader = stub_->Watch(&context, {});
  HealthCheckResponse response;
  ASSERT_TRUE(reader->Read(&response));
  host_.reset();
  EXPECT_FALSE(reader->Read(&response));
  EXPECT_FALSE(reader->Finish().ok());
}

TEST(CheckHealth, SaysWhoDoesNotAnswer) {
  const std::string nobody = absl::StrCat("unix-abstract:no-health-", getpid());
  const absl::Status status = CheckHealth(nobody, absl::Milliseconds(50));
  EXPECT_TRUE(absl::IsUnavailable(status)) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr(nobody));
  EXPECT_TRUE(
      absl::IsInvalidArgument(CheckHealth("nonsense", absl::Milliseconds(50))));
}

}  // namespace
}  // namespace spacemoe
