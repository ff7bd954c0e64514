#include "coordinator/core/membership.h"

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace spacemoe {
namespace {

using ::testing::HasSubstr;

Membership Three() { return Membership({3, "1.0", "clock", "hash"}); }

// Each at an address of its own.
Applicant At(std::optional<uint32_t> index) {
  static int count = 0;
  return Applicant{index, absl::StrCat("unix:/", ++count), 100, "clock", "1.0"};
}

TEST(Membership, GivesTheIndexThatIsAskedForOrAnyFreeOne) {
  Membership membership = Three();
  EXPECT_EQ(*membership.Register(At(1)), 1);
  EXPECT_EQ(*membership.Register(At(std::nullopt)), 0);
  EXPECT_EQ(*membership.Register(At(std::nullopt)), 2);
  EXPECT_TRUE(membership.all_registered());
}

struct RefusalCase {
  const char* name;
  Applicant applicant;
  absl::StatusCode code;
  const char* message;
};

class MembershipRefusal : public ::testing::TestWithParam<RefusalCase> {};

TEST_P(MembershipRefusal, SaysWhatIsWrong) {
  Membership membership = Three();
  ASSERT_TRUE(membership.Register(At(1)).ok());
  const auto index = membership.Register(GetParam().applicant);
  EXPECT_EQ(index.status().code(), GetParam().code);
  EXPECT_THAT(std::string(index.status().message()),
              HasSubstr(GetParam().message));
  EXPECT_EQ(membership.registered(), 1);
}

INSTANTIATE_TEST_SUITE_P(
    All, MembershipRefusal,
    ::testing::Values(
        RefusalCase{"taken", At(1), absl::StatusCode::kAlreadyExists,
                    "satellite index 1 is taken by pid 100"},
        RefusalCase{"outside", At(3), absl::StatusCode::kInvalidArgument,
                    "expected 0 to 2"},
        RefusalCase{"version", Applicant{0, "a", 1, "clock", "2.0"},
                    absl::StatusCode::kFailedPrecondition, "version '2.0'"},
        RefusalCase{"model", Applicant{0, "a", 1, "clock", "1.0", "other"},
                    absl::StatusCode::kFailedPrecondition,
                    "another one (fingerprint other)"},
        RefusalCase{"address", Applicant{0, "", 1, "clock", "1.0"},
                    absl::StatusCode::kInvalidArgument, "no address"}),
    [](const auto& info) { return info.param.name; });

TEST(Membership, RefusesASatelliteThatHasComeBefore) {
  Membership membership = Three();
  Applicant applicant = At(std::nullopt);
  ASSERT_TRUE(membership.Register(applicant).ok());
  for (const std::optional<uint32_t> index :
       {std::optional<uint32_t>(), std::optional<uint32_t>(2)}) {
    applicant.index = index;
    const auto again = membership.Register(applicant);
    EXPECT_TRUE(absl::IsAlreadyExists(again.status())) << again.status();
    EXPECT_THAT(std::string(again.status().message()),
                HasSubstr("has registered already, as index 0 (pid 100)"));
  }
  EXPECT_EQ(membership.registered(), 1);
}

TEST(Membership, RefusesMoreThanThePlanHas) {
  Membership membership = Three();
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(membership.Register(At(std::nullopt)).ok());
  }
  EXPECT_TRUE(
      absl::IsAlreadyExists(membership.Register(At(std::nullopt)).status()));
}

TEST(Membership, CountsEachReadySatelliteOnce) {
  Membership membership = Three();
  ASSERT_TRUE(membership.Register(At(0)).ok());
  EXPECT_TRUE(absl::IsFailedPrecondition(membership.MarkReady(0)));
  ASSERT_TRUE(membership.Register(At(1)).ok());
  ASSERT_TRUE(membership.Register(At(2)).ok());
  EXPECT_TRUE(membership.MarkReady(0).ok());
  EXPECT_TRUE(absl::IsAlreadyExists(membership.MarkReady(0)));
  EXPECT_TRUE(membership.MarkReady(1).ok());
  EXPECT_FALSE(membership.all_ready());
  EXPECT_TRUE(membership.MarkReady(2).ok());
  EXPECT_TRUE(membership.all_ready());
}

}  // namespace
}  // namespace spacemoe
