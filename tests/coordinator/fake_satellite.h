// A satellite that only speaks: over real gRPC, without a ring behind it.
#ifndef SPACEMOE_TESTS_COORDINATOR_FAKE_SATELLITE_H_
#define SPACEMOE_TESTS_COORDINATOR_FAKE_SATELLITE_H_

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "runtime/base/process.h"
#include "runtime/net/grpc_settings.h"
#include "spacemoe/v1/membership.grpc.pb.h"

namespace spacemoe {

// Registers, is ready as soon as it is assigned, and answers statistics. When
// it holds the head it answers each Inject as `on_inject` says.
class FakeSatellite {
 public:
  using OnInject =
      std::function<std::vector<v1::TokenEvent>(const v1::Inject&)>;

  FakeSatellite(const std::string& coordinator, v1::Hello hello,
                OnInject on_inject)
      : on_inject_(std::move(on_inject)),
        stub_(v1::Membership::NewStub(OpenChannel(coordinator))) {
    context_.set_wait_for_ready(true);
    stream_ = stub_->Attach(&context_);
    v1::SatelliteMessage message;
    *message.mutable_hello() = std::move(hello);
    stream_->Write(message);
    thread_ = std::thread([this] { Run(); });
  }

  ~FakeSatellite() {
    context_.TryCancel();
    thread_.join();
  }

  // Breaks the connection, as a killed process does.
  void Die() { context_.TryCancel(); }

  void Fault(absl::StatusCode code, const std::string& message) {
    v1::SatelliteMessage fault;
    fault.mutable_fault()->set_code(static_cast<int>(code));
    fault.mutable_fault()->set_message(message);
    Write(fault);
  }

  // How the stream ended; waits for it.
  grpc::Status Outcome() {
    if (thread_.joinable()) thread_.join();
    thread_ = std::thread([] {});
    return outcome_;
  }

  v1::Assignment assignment() const {
    std::lock_guard<std::mutex> lock(mutex_);
    return assignment_;
  }
  std::vector<uint64_t> released() const {
    std::lock_guard<std::mutex> lock(mutex_);
    return released_;
  }

  static v1::Hello HelloFor(uint32_t index) {
    v1::Hello hello;
    hello.set_index(index);
    hello.set_address("unix-abstract:fake-" + std::to_string(index));
    hello.set_pid(1000 + index);
    hello.set_clock_id(*MonotonicClockId());
    hello.set_version(SPACEMOE_VERSION);
    return hello;
  }

 private:
  void Run() {
    v1::CoordinatorMessage message;
    while (stream_->Read(&message)) Handle(message);
    outcome_ = stream_->Finish();
  }

  void Handle(const v1::CoordinatorMessage& message) {
    v1::SatelliteMessage answer;
    if (message.has_assignment()) {
      {
        std::lock_guard<std::mutex> lock(mutex_);
        assignment_ = message.assignment();
      }
      answer.mutable_ready()->set_weight_bytes(1);
      Write(answer);
    } else if (message.has_statistics_request()) {
      answer.mutable_link_statistics();
      Write(answer);
    } else if (message.has_trace_request()) {
      answer.mutable_trace()->set_batch("batch");
      answer.mutable_trace()->set_events(1);
      answer.mutable_trace()->set_last(true);
      Write(answer);
    } else if (message.has_release()) {
      std::lock_guard<std::mutex> lock(mutex_);
      released_.push_back(message.release().sequence());
    } else if (message.has_inject()) {
      for (v1::TokenEvent& event : on_inject_(message.inject())) {
        event.set_sequence(message.inject().sequence());
        answer.clear_tokens();
        *answer.mutable_tokens()->add_tokens() = event;
        Write(answer);
      }
    }
  }

  void Write(const v1::SatelliteMessage& message) {
    std::lock_guard<std::mutex> lock(write_mutex_);
    stream_->Write(message);
  }

  const OnInject on_inject_;
  std::unique_ptr<v1::Membership::Stub> stub_;
  grpc::ClientContext context_;
  std::unique_ptr<
      grpc::ClientReaderWriter<v1::SatelliteMessage, v1::CoordinatorMessage>>
      stream_;
  mutable std::mutex mutex_;
  std::mutex write_mutex_;
  v1::Assignment assignment_;
  std::vector<uint64_t> released_;
  grpc::Status outcome_;
  std::thread thread_;
};

}  // namespace spacemoe

#endif  // SPACEMOE_TESTS_COORDINATOR_FAKE_SATELLITE_H_
