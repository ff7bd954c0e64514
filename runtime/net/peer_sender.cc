#include "runtime/net/peer_sender.h"

#include <deque>
#include <optional>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "runtime/base/status_macros.h"
#include "runtime/tensor/packet_codec.h"
#include "spacemoe/v1/ring.grpc.pb.h"

namespace spacemoe {

// Writes one packet at a time. A hold keeps the call alive between writes; it
// is given back once, when the stream is closing or broken.
class PeerSender::Stream final
    : public grpc::ClientBidiReactor<v1::RingPacket, v1::RingReply> {
 public:
  Stream(const std::shared_ptr<grpc::Channel>& channel, PeerAddress peer,
         BrokenHandler on_broken)
      : stub_(v1::Ring::NewStub(channel)),
        peer_(std::move(peer)),
        on_broken_(std::move(on_broken)) {
    stub_->async()->Exchange(&context_, this);
    AddHold();
    StartRead(&reply_);
    StartCall();
  }

  void Queue(v1::RingPacket packet) {
    absl::MutexLock lock(&mutex_);
    if (ended_ || closing_) return;
    queue_.push_back(std::move(packet));
    if (!writing_) WriteNext();
  }

  void CloseWhenSent() {
    absl::MutexLock lock(&mutex_);
    closing_ = true;
    if (!writing_) FinishWriting();
  }

  void Cancel() {
    {
      absl::MutexLock lock(&mutex_);
      closing_ = true;
      cancelled_ = true;
      if (!writing_) FinishWriting();
    }
    context_.TryCancel();
  }

  // False when it takes longer.
  bool WaitDone(absl::Duration timeout) {
    absl::MutexLock lock(&mutex_);
    return mutex_.AwaitWithTimeout(absl::Condition(&done_), timeout);
  }

  void OnWriteDone(bool ok) override {
    absl::MutexLock lock(&mutex_);
    writing_ = false;
    if (!ok) ended_ = true;
    if (ok && !queue_.empty() && !cancelled_) return WriteNext();
    if (closing_ || ended_) FinishWriting();
  }

  // The peer answers nothing: a read that ends is the stream's end.
  void OnReadDone(bool ok) override {
    if (ok) return StartRead(&reply_);
    absl::MutexLock lock(&mutex_);
    ended_ = true;
    if (!writing_) FinishWriting();
  }

  void OnDone(const grpc::Status& status) override {
    bool broken;
    {
      absl::MutexLock lock(&mutex_);
      broken = !closing_;
    }
    if (broken) on_broken_(peer_.satellite, Reason(status));
    absl::MutexLock lock(&mutex_);
    done_ = true;
  }

 private:
  void WriteNext() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    writing_ = true;
    current_ = std::move(queue_.front());
    queue_.pop_front();
    StartWrite(&current_);
  }

  void FinishWriting() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    if (std::exchange(hold_returned_, true)) return;
    queue_.clear();
    if (!ended_) StartWritesDone();
    RemoveHold();
  }

  absl::Status Reason(const grpc::Status& status) const {
    const absl::Status reason = FromGrpc(status);
    if (reason.ok()) {
      return absl::UnavailableError(
          absl::StrCat(peer_.address, ": the peer ended the stream"));
    }
    return absl::Status(
        reason.code(),
        absl::StrCat(peer_.address, ": ", std::string(reason.message())));
  }

  const std::unique_ptr<v1::Ring::Stub> stub_;
  const PeerAddress peer_;
  const BrokenHandler on_broken_;
  grpc::ClientContext context_;
  v1::RingReply reply_;

  absl::Mutex mutex_;
  std::deque<v1::RingPacket> queue_ ABSL_GUARDED_BY(mutex_);
  v1::RingPacket current_;  // gRPC's while writing_
  bool writing_ ABSL_GUARDED_BY(mutex_) = false;
  bool closing_ ABSL_GUARDED_BY(mutex_) = false;    // by us
  bool cancelled_ ABSL_GUARDED_BY(mutex_) = false;  // by us
  bool ended_ ABSL_GUARDED_BY(mutex_) = false;      // by the peer
  bool hold_returned_ ABSL_GUARDED_BY(mutex_) = false;
  bool done_ ABSL_GUARDED_BY(mutex_) = false;
};

PeerSender::PeerSender(PeerAddress peer, std::shared_ptr<grpc::Channel> channel,
                       BrokenHandler on_broken)
    : peer_(std::move(peer)),
      channel_(std::move(channel)),
      stream_(std::make_unique<Stream>(channel_, peer_, std::move(on_broken))) {
}

PeerSender::~PeerSender() {
  stream_->Cancel();
  stream_->WaitDone(absl::InfiniteDuration());
}

absl::Status PeerSender::Send(const Packet& packet) {
  v1::RingPacket wire;
  SPACEMOE_RETURN_IF_ERROR(EncodePacket(packet, &wire));
  stream_->Queue(std::move(wire));
  return absl::OkStatus();
}

absl::Status PeerSender::Close(absl::Duration timeout) {
  stream_->CloseWhenSent();
  if (stream_->WaitDone(timeout)) return absl::OkStatus();
  return absl::DeadlineExceededError(
      absl::StrCat(peer_.address, ": the stream does not end"));
}

absl::StatusOr<std::vector<std::unique_ptr<PeerSender>>> ConnectPeers(
    const std::vector<PeerAddress>& peers, const BrokenHandler& on_broken,
    absl::Duration timeout) {
  std::vector<std::shared_ptr<grpc::Channel>> channels;
  for (const PeerAddress& peer : peers)
    channels.push_back(OpenChannel(peer.address));
  const absl::Time deadline = absl::Now() + timeout;
  std::vector<std::unique_ptr<PeerSender>> senders;
  for (size_t i = 0; i < peers.size(); ++i) {
    absl::Status connected =
        WaitConnected(*channels[i], peers[i].address, deadline - absl::Now());
    if (!connected.ok()) {
      return absl::UnavailableError(
          absl::StrCat("satellite ", peers[i].satellite, ": ",
                       std::string(connected.message())));
    }
    senders.push_back(
        std::make_unique<PeerSender>(peers[i], channels[i], on_broken));
  }
  return senders;
}

}  // namespace spacemoe
