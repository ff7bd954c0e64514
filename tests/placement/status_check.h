// Status assertions for placement's tests.
#ifndef SPACEMOE_TESTS_PLACEMENT_STATUS_CHECK_H_
#define SPACEMOE_TESTS_PLACEMENT_STATUS_CHECK_H_

#include <string>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace spacemoe {

inline void ExpectError(const absl::Status& status, absl::StatusCode code,
                        const std::string& text) {
  EXPECT_EQ(status.code(), code) << status;
  EXPECT_THAT(std::string(status.message()), ::testing::HasSubstr(text));
}

inline void ExpectInvalid(const absl::Status& status, const std::string& text) {
  ExpectError(status, absl::StatusCode::kInvalidArgument, text);
}

}  // namespace spacemoe

#endif  // SPACEMOE_TESTS_PLACEMENT_STATUS_CHECK_H_
