// Runs the built programs as a person would.
#ifndef SPACEMOE_TESTS_E2E_PROGRAM_H_
#define SPACEMOE_TESTS_E2E_PROGRAM_H_

#include <functional>
#include <string>
#include <vector>

#include "nlohmann/json.hpp"
#include "runtime/base/unique_fd.h"

namespace spacemoe {

struct ProgramResult {
  int exit_code = -1;  // 128 + N when signal N killed it
  std::string out;
  std::string err;

  // Of stdout; discarded when it is none.
  nlohmann::json Json() const {
    return nlohmann::json::parse(out, nullptr, false);
  }
};

struct ProgramOptions {
  std::string input;       // its stdin; then the end of file
  bool terminal = false;   // stdout and stderr are one terminal
  bool keep_open = false;  // its stdin, for as long as the Program lives
};

// The path of a built program; an absolute name is its own.
std::string BuiltProgram(const std::string& name);

// A program that runs. Killed by the destructor if it still does.
class Program {
 public:
  // `name` as BuiltProgram takes it.
  Program(const std::string& name, std::vector<std::string> args,
          const ProgramOptions& options = {});
  ~Program();
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  int pid() const { return pid_; }
  int err_fd() const { return err_.get(); }
  void Signal(int number);

  // Reads its output until `done` says so or it ends; false: it has ended.
  bool ReadUntil(const std::function<bool(const ProgramResult&)>& done);
  // To its end.
  ProgramResult Wait();

 private:
  bool ReadSome();

  int pid_ = 0;
  bool reaped_ = false;
  UniqueFd in_;
  UniqueFd out_;
  UniqueFd err_;
  ProgramResult result_;
};

// spacemoe with these arguments, to its end.
ProgramResult Spacemoe(std::vector<std::string> args,
                       const ProgramOptions& options = {});

// Processes of the ring that the `spacemoe` with this pid has started: pids of
// the coordinator, the satellites' parent and the satellites.
struct RingProcesses {
  int coordinator = 0;
  int parent = 0;
  std::vector<int> satellites;

  size_t count() const {
    return (coordinator > 0) + (parent > 0) + satellites.size();
  }
};
RingProcesses FindRing(int spacemoe_pid);

// Abstract sockets that such a ring listens on.
int CountSockets(int spacemoe_pid);

std::string TinyModel(const std::string& name);
std::string DemoModel();

}  // namespace spacemoe

#endif  // SPACEMOE_TESTS_E2E_PROGRAM_H_
