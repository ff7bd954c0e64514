// The machine and the programs that a measurement was made with.
#ifndef SPACEMOE_CLI_BENCH_MACHINE_H_
#define SPACEMOE_CLI_BENCH_MACHINE_H_

#include <cstdint>
#include <string>

namespace spacemoe {

struct Machine {
  std::string processor;  // as /proc/cpuinfo names it
  int cores = 0;          // that this process may use
  int64_t memory_bytes = 0;
  std::string kernel;    // system, release, architecture
  double load = 0;       // mean of the last minute, before the run
  std::string compiler;  // of this program
  std::string libtorch;
  std::string grpc;
  std::string spacemoe;
};

// What can't be read is left empty.
Machine ThisMachine();

// The command line of this process, as a shell would take it.
std::string ThisCommand();

// One word of a shell's command line.
std::string ShellQuoted(const std::string& word);

}  // namespace spacemoe

#endif  // SPACEMOE_CLI_BENCH_MACHINE_H_
