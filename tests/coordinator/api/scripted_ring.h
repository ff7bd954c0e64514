// A cluster whose satellites say what a test wants.
#ifndef SPACEMOE_TESTS_COORDINATOR_API_SCRIPTED_RING_H_
#define SPACEMOE_TESTS_COORDINATOR_API_SCRIPTED_RING_H_

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "coordinator/core/cluster.h"
#include "coordinator/core/deferrer.h"
#include "coordinator/text/text_codec.h"

namespace spacemoe {

// Two satellites; the first holds the head. A thread of the ring's does what
// satellites would do.
class ScriptedRing {
 public:
  // The tokens of a sequence, in their order. Their sequence and position are
  // set by the ring. None: the sequence stays on the ring.
  using Script = std::function<std::vector<TokenReport>(const SequenceOrder&)>;

  struct Options {
    RequestLimits limits{49152, 512};
    size_t max_active = 0;
    size_t max_queued = 0;
    std::vector<int64_t> end_tokens;
    bool silent_links = false;  // satellites never tell of their links
  };

  // `codec` is borrowed. Comes up with ComeUp.
  ScriptedRing(const TextCodec* codec, Options options);
  ~ScriptedRing();

  void SetScript(Script script);
  void ComeUp();
  void LoseASatellite(const std::string& reason);
  // Another token of a sequence that stays on the ring.
  void Emit(const TokenReport& token) { cluster_->OnToken(token); }

  Cluster* cluster() { return cluster_.get(); }

  // Sequences of clients, in the order of their coming. Wait until there are so
  // many.
  std::vector<SequenceOrder> AwaitOrders(size_t count);
  // Until the sequence has been released everywhere.
  void AwaitRelease(uint64_t sequence);

 private:
  class Link;

  void Do(std::function<void()> action);
  void Run();
  void Play(const SequenceOrder& order);
  void OnReleased(uint64_t sequence);

  const bool silent_links_;
  ThreadDeferrer deferrer_;
  std::unique_ptr<Cluster> cluster_;
  std::vector<std::unique_ptr<Link>> links_;

  std::mutex mutex_;
  std::condition_variable changed_;
  Script script_;
  std::vector<SequenceOrder> orders_;
  std::vector<uint64_t> released_;
  std::deque<std::function<void()>> actions_;
  bool ending_ = false;
  std::thread thread_;
};

// A script that says `text` and ends it, each lap a millisecond long: with an
// end token, or at max_tokens.
ScriptedRing::Script Say(const TextCodec& codec, const std::string& text);
// A script that says one token and waits.
ScriptedRing::Script SayOne(int64_t token);

}  // namespace spacemoe

#endif  // SPACEMOE_TESTS_COORDINATOR_API_SCRIPTED_RING_H_
