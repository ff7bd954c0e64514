// A gRPC service whose calls a loop of ours runs.
#ifndef SPACEMOE_RUNTIME_NET_LOOP_SERVICE_H_
#define SPACEMOE_RUNTIME_NET_LOOP_SERVICE_H_

#include <condition_variable>
#include <mutex>

#include "grpcpp/grpcpp.h"
#include "runtime/net/event_loop.h"

namespace spacemoe {

// ServerHost hosts it.
class LoopService {
 public:
  virtual ~LoopService() = default;

  virtual grpc::Service* service() = 0;

  // Takes calls from now on. The server has started; this outlives `loop`.
  virtual void Serve(EventLoop* loop) = 0;

  // After the server's shutdown: returns when the loop has seen the end of all
  // calls. The loop may go then.
  void AwaitEnd() {
    std::unique_lock lock(mutex_);
    ended_.wait(lock, [this] { return calls_ == 0; });
  }

 protected:
  // Each call has one for its life.
  class CallCount {
   public:
    explicit CallCount(LoopService* service) : service_(service) {
      const std::lock_guard lock(service_->mutex_);
      ++service_->calls_;
    }
    ~CallCount() {
      const std::lock_guard lock(service_->mutex_);
      if (--service_->calls_ == 0) service_->ended_.notify_all();
    }
    CallCount(const CallCount&) = delete;
    CallCount& operator=(const CallCount&) = delete;

   private:
    LoopService* const service_;
  };

 private:
  std::mutex mutex_;  // protects what follows
  int calls_ = 0;
  std::condition_variable ended_;
};

}  // namespace spacemoe

#endif  // SPACEMOE_RUNTIME_NET_LOOP_SERVICE_H_
