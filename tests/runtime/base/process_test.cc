#include "runtime/base/process.h"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <future>
#include <string>
#include <thread>

#include "gtest/gtest.h"
#include "runtime/base/unique_fd.h"

namespace spacemoe {
namespace {

// The first one may bring a sanitizer's own along.
TEST(Process, CountsThreads) {
  std::promise<void> done;
  const std::shared_future<void> end = done.get_future().share();
  std::thread first([end] { end.wait(); });
  const int before = *ThreadCount();
  std::thread second([end] { end.wait(); });
  EXPECT_EQ(*ThreadCount(), before + 1);
  done.set_value();
  first.join();
  second.join();
}

TEST(Process, KnowsItsExecutable) {
  const std::string path = ExecutablePath();
  EXPECT_EQ(path.substr(path.rfind('/') + 1), program_invocation_short_name);
}

TEST(Process, ClockIdIsStable) {
  const auto id = MonotonicClockId();
  ASSERT_TRUE(id.ok()) << id.status();
  EXPECT_GE(id->size(), 36u);  // a boot id, and perhaps a time namespace
  EXPECT_EQ(*MonotonicClockId(), *id);
}

TEST(Process, NamesTheDescriptorLimitThatIsTooLow) {
  const absl::Status status = RaiseDescriptorLimit(uint64_t{1} << 62);
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_NE(status.message().find("open descriptors"), std::string::npos)
      << status;
}

TEST(Process, RaisesTheSoftDescriptorLimit) {
  ASSERT_TRUE(RaiseDescriptorLimit(1).ok());
  rlimit limit;
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &limit), 0);
  EXPECT_EQ(limit.rlim_cur, limit.rlim_max);
}

TEST(Process, ErrnoBecomesItsCode) {
  EXPECT_EQ(ErrnoStatus("x", ENOENT).code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(ErrnoStatus("x", EADDRINUSE).code(),
            absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(ErrnoStatus("x", EMFILE).code(),
            absl::StatusCode::kResourceExhausted);
}

TEST(Process, DieWithParentRefusesAnotherParent) {
  const pid_t child = fork();
  if (child == 0) _exit(DieWithParent(getppid() + 1).ok() ? 0 : 3);
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 3);
}

TEST(UniqueFd, ClosesWhatItOwns) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  UniqueFd reader(ends[0]);
  {
    UniqueFd writer(ends[1]);
    UniqueFd moved(std::move(writer));
    EXPECT_FALSE(writer.valid());
  }
  char byte;
  EXPECT_EQ(read(reader.get(), &byte, 1), 0);
}

}  // namespace
}  // namespace spacemoe
