#include "tests/e2e/program.h"

#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

namespace spacemoe {
namespace {

struct Ends {
  UniqueFd near, far;
};

Ends MakePipe(bool we_read) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) abort();
  return we_read ? Ends{UniqueFd(ends[0]), UniqueFd(ends[1])}
                 : Ends{UniqueFd(ends[1]), UniqueFd(ends[0])};
}

Ends MakeTerminal() {
  int near, far;
  if (openpty(&near, &far, nullptr, nullptr, nullptr) != 0) abort();
  fcntl(near, F_SETFD, FD_CLOEXEC);
  fcntl(far, F_SETFD, FD_CLOEXEC);
  return {UniqueFd(near), UniqueFd(far)};
}

std::string ReadFile(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

int ParentOf(const std::filesystem::path& process) {
  const std::string stat = ReadFile(process / "stat");
  int parent = 0;
  char state = 0;
  const size_t after_name = stat.rfind(')');
  if (after_name == stat.npos) return 0;
  std::sscanf(stat.c_str() + after_name + 1, " %c %d", &state, &parent);
  return parent;
}

}  // namespace

std::string BuiltProgram(const std::string& name) {
  return std::filesystem::path(SPACEMOE_BIN_DIR) / name;
}

Program::Program(const std::string& name, std::vector<std::string> args,
                 const ProgramOptions& options) {
  args.insert(args.begin(), BuiltProgram(name));
  std::vector<char*> pointers;
  for (std::string& arg : args) pointers.push_back(arg.data());
  pointers.push_back(nullptr);
  Ends in = MakePipe(false);
  Ends out = options.terminal ? MakeTerminal() : MakePipe(true);
  Ends err = MakePipe(true);
  pid_ = fork();
  if (pid_ == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    dup2(in.far.get(), STDIN_FILENO);
    dup2(out.far.get(), STDOUT_FILENO);
    dup2(options.terminal ? out.far.get() : err.far.get(), STDERR_FILENO);
    execv(pointers[0], pointers.data());
    _exit(127);
  }
  [[maybe_unused]] const ssize_t written =
      write(in.near.get(), options.input.data(), options.input.size());
  if (options.keep_open) in_ = std::move(in.near);
  out_ = std::move(out.near);
  err_ = std::move(err.near);
}

Program::~Program() {
  if (reaped_) return;
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
}

void Program::Signal(int number) { kill(pid_, number); }

bool Program::ReadSome() {
  pollfd fds[] = {{out_.get(), POLLIN, 0}, {err_.get(), POLLIN, 0}};
  if (!out_.valid() && !err_.valid()) return false;
  while (poll(fds, 2, -1) < 0 && errno == EINTR) {
  }
  char buffer[65536];
  for (int i = 0; i < 2; ++i) {
    if (fds[i].revents == 0) continue;
    const ssize_t got = read(fds[i].fd, buffer, sizeof(buffer));
    if (got > 0) {
      (i == 0 ? result_.out : result_.err).append(buffer, got);
    } else {
      (i == 0 ? out_ : err_) = UniqueFd();
    }
  }
  return true;
}

bool Program::ReadUntil(const std::function<bool(const ProgramResult&)>& done) {
  while (!done(result_)) {
    if (!ReadSome()) return false;
  }
  return true;
}

ProgramResult Program::Wait() {
  while (ReadSome()) {
  }
  int status = 0;
  waitpid(pid_, &status, 0);
  reaped_ = true;
  result_.exit_code =
      WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return result_;
}

ProgramResult Spacemoe(std::vector<std::string> args,
                       const ProgramOptions& options) {
  return Program("spacemoe", std::move(args), options).Wait();
}

RingProcesses FindRing(int spacemoe_pid) {
  const std::string mark = "spacemoe-" + std::to_string(spacemoe_pid) + "-";
  RingProcesses ring;
  std::vector<std::pair<int, int>> satellites;  // pid, parent
  std::error_code error;
  for (const auto& entry :
       std::filesystem::directory_iterator("/proc", error)) {
    const int pid = std::atoi(entry.path().filename().c_str());
    const std::string command = ReadFile(entry.path() / "cmdline");
    if (pid == 0 || command.find(mark) == command.npos) continue;
    if (command.find("spacemoe-coordinator") != command.npos) {
      ring.coordinator = pid;
    } else {
      satellites.emplace_back(pid, ParentOf(entry.path()));
    }
  }
  for (const auto& [pid, parent] : satellites) {
    if (parent == spacemoe_pid) {
      ring.parent = pid;
    } else {
      ring.satellites.push_back(pid);
    }
  }
  return ring;
}

int CountSockets(int spacemoe_pid) {
  const std::string mark = "@spacemoe-" + std::to_string(spacemoe_pid) + "-";
  const std::string table = ReadFile("/proc/net/unix");
  int count = 0;
  for (size_t at = table.find(mark); at != table.npos;
       at = table.find(mark, at + 1)) {
    ++count;
  }
  return count;
}

std::string TinyModel(const std::string& name) {
  return std::string(SPACEMOE_TESTDATA) + "/models/" + name;
}

std::string DemoModel() {
  return std::string(SPACEMOE_SOURCE_DIR) + "/models/demo";
}

}  // namespace spacemoe
