// The Ring service: takes packets from peers.
#ifndef SPACEMOE_RUNTIME_NET_RING_SERVER_H_
#define SPACEMOE_RUNTIME_NET_RING_SERVER_H_

#include <condition_variable>
#include <mutex>
#include <utility>

#include "runtime/net/event_loop.h"
#include "runtime/net/packet_sender.h"
#include "spacemoe/v1/ring.grpc.pb.h"

namespace spacemoe {

// ServerHost hosts it. Packets are handled one after another by the host's
// loop. A packet that can't be decoded, or that the handler refuses, ends its
// stream with that error.
class RingServer {
 public:
  explicit RingServer(PacketHandler handler) : handler_(std::move(handler)) {}

  grpc::Service* service() { return &service_; }

  // Takes streams from now on. The server has started; this outlives `loop`.
  void Serve(EventLoop* loop);

  // After the server's shutdown: returns when the loop has seen the end of all
  // streams. The loop may go then.
  void AwaitEnd();

 private:
  class Receiver;

  const PacketHandler handler_;
  v1::Ring::AsyncService service_;

  std::mutex mutex_;  // protects what follows
  int receivers_ = 0;
  std::condition_variable ended_;
};

}  // namespace spacemoe

#endif  // SPACEMOE_RUNTIME_NET_RING_SERVER_H_
