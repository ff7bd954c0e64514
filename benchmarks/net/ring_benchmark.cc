// One-way latency and CPU time of a packet between two processes.
//
// The parent sends packets one at a time, at a pace; the child notes when each
// arrives. Both share the host's monotonic clock. CPU time is that of both
// processes, gRPC's threads included, from the first packet to the last.
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <ctime>
#include <future>
#include <vector>

#include "CLI/CLI.hpp"
#include "runtime/base/clock.h"
#include "runtime/base/process.h"
#include "runtime/net/peer_sender.h"
#include "runtime/net/ring_server.h"
#include "runtime/net/server_host.h"
#include "runtime/trace/latency_summary.h"

namespace spacemoe {
namespace {

struct BenchmarkOptions {
  std::string address = "unix-abstract:spacemoe-ring-benchmark";
  int messages = 5000;
  int warm_up = 500;
  int width = 576;
  int rows = 1;
  int64_t interval_us = 500;
};

double CpuUs() {
  rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  const auto us = [](const timeval& t) { return t.tv_sec * 1e6 + t.tv_usec; };
  return us(usage.ru_utime) + us(usage.ru_stime);
}

struct ReceiverReport {
  double cpu_us = 0;
  LatencySummary latency_us;
};

ReceiverReport Receive(const BenchmarkOptions& options) {
  std::vector<double> latencies;
  std::promise<void> done;
  ReceiverReport report;
  double start_cpu_us = 0;
  int seen = 0;
  RingServer ring([&](Packet packet) {
    const int64_t now = MonotonicNanos();
    if (++seen == options.warm_up) start_cpu_us = CpuUs();
    if (seen > options.warm_up)
      latencies.push_back((now - packet.link.departure_ns) * 1e-3);
    if (seen == options.warm_up + options.messages) {
      report.cpu_us = CpuUs() - start_cpu_us;
      done.set_value();
    }
    return absl::OkStatus();
  });
  auto host =
      ServerHost::Start({.address = options.address, .looped = {&ring}});
  if (!host.ok()) {
    std::fprintf(stderr, "%s\n", host.status().ToString().c_str());
    std::exit(1);
  }
  done.get_future().wait();
  report.latency_us = Summarize(latencies);
  return report;
}

Packet MakePacket(const BenchmarkOptions& options) {
  Packet packet{.kind = PacketKind::kResidual,
                .width = static_cast<uint32_t>(options.width)};
  packet.rows.resize(options.rows);
  packet.values.assign(size_t(options.rows) * options.width, 1.0f);
  return packet;
}

void SleepUntil(int64_t monotonic_ns) {
  const timespec when{monotonic_ns / 1'000'000'000,
                      monotonic_ns % 1'000'000'000};
  clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &when, nullptr);
}

// CPU time of the sending process, microseconds.
double SendAll(const BenchmarkOptions& options) {
  EventLoop loop;
  auto peers = ConnectPeers({{1, options.address}}, &loop,
                            [](uint32_t, const absl::Status&) {});
  if (!peers.ok()) {
    std::fprintf(stderr, "%s\n", peers.status().ToString().c_str());
    std::exit(1);
  }
  Packet packet = MakePacket(options);
  double start_cpu_us = 0;
  int64_t next = MonotonicNanos();
  for (int i = 0; i < options.warm_up + options.messages; ++i) {
    if (i == options.warm_up) start_cpu_us = CpuUs();
    SleepUntil(next += options.interval_us * 1000);
    packet.link.departure_ns = MonotonicNanos();
    if (!peers->front()->Send(packet).ok()) std::exit(1);
  }
  const double cpu_us = CpuUs() - start_cpu_us;
  (void)peers->front()->Close(absl::Seconds(30));
  return cpu_us;
}

int Run(const BenchmarkOptions& options) {
  int pipe_ends[2];
  if (pipe(pipe_ends) != 0) return 1;
  const pid_t parent = getpid();
  if (fork() == 0) {
    if (!DieWithParent(parent).ok()) _exit(1);
    WakeUpPrecisely();
    const ReceiverReport report = Receive(options);
    const bool written =
        write(pipe_ends[1], &report, sizeof(report)) == sizeof(report);
    _exit(written ? 0 : 1);
  }
  WakeUpPrecisely();
  const double sender_cpu_us = SendAll(options);
  ReceiverReport report;
  if (read(pipe_ends[0], &report, sizeof(report)) != sizeof(report)) return 1;
  wait(nullptr);
  std::printf("%s, %d x %d float32, every %ld us, %d messages\n",
              options.address.c_str(), options.rows, options.width,
              long(options.interval_us), options.messages);
  std::printf(
      "  one way: mean %.1f us, p50 %.1f, p95 %.1f, p99 %.1f, max %.1f\n",
      report.latency_us.mean, report.latency_us.p50, report.latency_us.p95,
      report.latency_us.p99, report.latency_us.max);
  std::printf(
      "  CPU a message: sender %.1f us, receiver %.1f us, both %.1f us\n",
      sender_cpu_us / options.messages, report.cpu_us / options.messages,
      (sender_cpu_us + report.cpu_us) / options.messages);
  return 0;
}

}  // namespace
}  // namespace spacemoe

int main(int argc, char** argv) {
  spacemoe::BenchmarkOptions options;
  CLI::App app{
      "One-way latency and CPU time of a packet between two processes"};
  app.add_option("--address", options.address,
                 "host:port, unix:path or unix-abstract:name");
  app.add_option("--messages", options.messages, "Messages that count");
  app.add_option("--width", options.width, "Values in a row");
  app.add_option("--rows", options.rows, "Rows in a packet");
  app.add_option("--interval-us", options.interval_us,
                 "Time between two messages");
  CLI11_PARSE(app, argc, argv);
  spacemoe::PrepareGrpc();
  return spacemoe::Run(options);
}
