#include "satellite_node/node.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "models/checkpoint/fingerprint.h"
#include "runtime/base/log.h"
#include "runtime/base/process.h"
#include "runtime/base/status_macros.h"
#include "runtime/net/peer_sender.h"
#include "satellite_node/loop_waiter.h"
#include "satellite_node/messages.h"
#include "satellite_node/orbital_copy_chooser.h"
#include "satellite_node/orbital_link_model.h"
#include "satellite_node/role_builder.h"

namespace spacemoe {
namespace {

constexpr absl::Duration kCloseTimeout = absl::Seconds(2);

absl::Status GoneStatus(const CoordinatorGone& gone) {
  if (gone.reason.ok())
    return absl::UnavailableError("the coordinator ended the stream");
  // A refusal is the coordinator's own word.
  if (absl::IsPermissionDenied(gone.reason)) {
    return absl::Status(gone.reason.code(),
                        absl::StrCat("the coordinator says: ",
                                     std::string(gone.reason.message())));
  }
  return absl::Status(gone.reason.code(),
                      absl::StrCat("the coordinator is gone: ",
                                   std::string(gone.reason.message())));
}

std::vector<uint32_t> PeerIds(const NodeAssignment& assignment) {
  std::vector<uint32_t> ids;
  for (const PeerAddress& peer : assignment.peers)
    ids.push_back(peer.satellite);
  return ids;
}

// Null where no expert of the gateway's has copies.
std::unique_ptr<CopyChooser> MakeCopyChooser(const NodeAssignment& assignment) {
  if (assignment.expert_copies.empty()) return nullptr;
  const int64_t value_bytes = assignment.options.bfloat16 ? 2 : 4;
  return std::make_unique<OrbitalCopyChooser>(
      CopyChooserOptions{
          .gateway = assignment.options.satellite,
          .successor = assignment.options.next_satellite,
          .homes = assignment.expert_copies,
          .row_bytes = RowLinkBytes(value_bytes * assignment.hidden_size),
          .expert_seconds = assignment.expert_seconds,
          .start_time_s = assignment.start_time_s},
      assignment.constellation);
}

}  // namespace

PeerConnector ConnectOverGrpc(EventLoop* loop,
                              std::shared_ptr<const TlsIdentity> identity) {
  return
      [loop, identity = std::move(identity)](
          const std::vector<PeerAddress>& peers, const BrokenHandler& on_broken)
          -> absl::StatusOr<std::vector<std::unique_ptr<PacketSender>>> {
        SPACEMOE_ASSIGN_OR_RETURN(
            auto connected,
            ConnectPeers(peers, loop, on_broken, kConnectTimeout, identity));
        std::vector<std::unique_ptr<PacketSender>> senders;
        for (auto& sender : connected) senders.push_back(std::move(sender));
        return senders;
      };
}

absl::Status Node::Run() {
  absl::StatusOr<v1::Assignment> assignment = AwaitAssignment();
  if (!assignment.ok()) return assignment.status();
  const absl::Status ready = SetUp(*assignment);
  if (!ready.ok()) return Fail(ready);
  options_.on_ready(true);
  const absl::Status end = Serve();
  options_.on_ready(false);
  const std::lock_guard lock(mutex_);
  satellite_ = nullptr;
  return end;
}

absl::Status Node::Deliver(Packet packet) {
  const std::shared_lock lock(mutex_);
  if (satellite_ == nullptr)
    return absl::FailedPreconditionError("the satellite is not ready");
  return satellite_->Deliver(std::move(packet));
}

NodeState Node::State() {
  NodeState state;
  for (size_t kind = 0; kind < kStepKinds; ++kind)
    state.steps[kind] = counters_.Get(static_cast<StepKind>(kind));
  const std::shared_lock lock(mutex_);
  if (satellite_ == nullptr) return state;
  state.ready = !HasFault();
  state.links = satellite_->Statistics(/*restart=*/false);
  state.packets_held = satellite_->PacketsHeld();
  return state;
}

// The coordinator's next message while the node is set up.
absl::StatusOr<v1::CoordinatorMessage> Node::AwaitMessage() {
  while (true) {
    const NodeEvent event = *mailbox_->Pop(absl::InfiniteFuture());
    if (const auto* gone = std::get_if<CoordinatorGone>(&event))
      return GoneStatus(*gone);
    const auto* message = std::get_if<v1::CoordinatorMessage>(&event);
    if (message == nullptr) continue;
    if (message->has_shutdown())
      return absl::CancelledError(message->shutdown().reason());
    return *message;
  }
}

absl::StatusOr<v1::Assignment> Node::AwaitAssignment() {
  while (true) {
    SPACEMOE_ASSIGN_OR_RETURN(const v1::CoordinatorMessage message,
                              AwaitMessage());
    if (message.has_assignment()) return message.assignment();
  }
}

absl::Status Node::SetUp(const v1::Assignment& proto) {
  SPACEMOE_ASSIGN_OR_RETURN(const NodeAssignment assignment, FromProto(proto));
  SetLogPrefix(absl::StrCat("spacemoe-satellite[", assignment.role_name, "]"));
  SPACEMOE_RETURN_IF_ERROR(OpenCheckpoint(assignment));
  SPACEMOE_RETURN_IF_ERROR(CheckModel(assignment));
  SPACEMOE_RETURN_IF_ERROR(SetClock(assignment));
  MakeLinks(assignment);
  // Only the host's speed counts. The workers inherit it.
  if (assignment.options.one_batch) PreferThroughput();
  SPACEMOE_RETURN_IF_ERROR(ConnectPeers(assignment));
  SPACEMOE_RETURN_IF_ERROR(BuildSatellite(assignment));
  SPACEMOE_ASSIGN_OR_RETURN(const int64_t bytes,
                            RoleBytes(assignment, *checkpoint_));
  upstream_->Send(ReadyMessage(bytes));
  LogInfo("ready");
  return absl::OkStatus();
}

absl::Status Node::OpenCheckpoint(const NodeAssignment& assignment) {
  checkpoint_ = options_.checkpoint;
  if (checkpoint_ != nullptr) return absl::OkStatus();
  const std::string& path =
      options_.model_path.empty() ? assignment.model_path : options_.model_path;
  SPACEMOE_ASSIGN_OR_RETURN(own_checkpoint_, Checkpoint::Open(path));
  checkpoint_ = own_checkpoint_.get();
  return absl::OkStatus();
}

absl::Status Node::CheckModel(const NodeAssignment& assignment) {
  if (assignment.model_hash.empty()) return absl::OkStatus();
  std::string hash = options_.model_hash;
  if (hash.empty()) {
    SPACEMOE_ASSIGN_OR_RETURN(hash, Fingerprint(*checkpoint_));
  }
  if (hash == assignment.model_hash) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat(checkpoint_->path(), ": another checkpoint (fingerprint ",
                   hash, ") than the plan's (", assignment.model_hash, ")"));
}

// Waits until the coordinator's clock is known.
absl::Status Node::SetClock(const NodeAssignment& assignment) {
  SPACEMOE_ASSIGN_OR_RETURN(const std::string own_id, MonotonicClockId());
  const bool remote =
      !assignment.clock_id.empty() && assignment.clock_id != own_id;
  clock_ = std::make_unique<MonotonicClock>(assignment.epoch_ns,
                                            assignment.time_scale);
  clock_keeper_ = std::make_unique<ClockKeeper>(
      clock_.get(), assignment.epoch_ns, remote, upstream_);
  if (remote) clock_keeper_->StartRound();
  while (!clock_keeper_->settled()) {
    SPACEMOE_ASSIGN_OR_RETURN(const v1::CoordinatorMessage message,
                              AwaitMessage());
    if (message.has_clock_reply())
      clock_keeper_->OnReply(message.clock_reply());
  }
  return absl::OkStatus();
}

void Node::MakeLinks(const NodeAssignment& assignment) {
  if (!assignment.constellation.has_value()) {
    links_ = std::make_unique<NoDelayLinks>();
    return;
  }
  links_ = std::make_unique<OrbitalLinkModel>(
      *assignment.constellation, assignment.options.satellite,
      PeerIds(assignment), assignment.start_time_s, clock_.get());
}

absl::Status Node::ConnectPeers(const NodeAssignment& assignment) {
  SPACEMOE_ASSIGN_OR_RETURN(
      auto senders,
      options_.connect(
          assignment.peers,
          [mailbox = mailbox_](uint32_t satellite, const absl::Status& reason) {
            mailbox->Push(PeerLost{satellite, reason});
          }));
  peers_ = std::make_unique<PeerLinks>(
      [this](const absl::Status& status) { OnFault(status); });
  for (size_t i = 0; i < senders.size(); ++i) {
    peers_->Add(assignment.peers[i].satellite, std::move(senders[i]));
  }
  return absl::OkStatus();
}

absl::Status Node::BuildSatellite(const NodeAssignment& assignment) {
  pools_ = MakeRolePools(assignment);
  SPACEMOE_ASSIGN_OR_RETURN(SatelliteRoleSet roles,
                            BuildRoles(assignment, *checkpoint_, pools_));
  SatelliteOptions options = assignment.options;
  options.counters = &counters_;
  if (assignment.trace) {
    trace_ = std::make_unique<TraceBuffer>(
        TraceBufferLimits{},
        [mailbox = mailbox_] { mailbox->Push(TraceFilled{}); });
    options.trace = trace_.get();
  }
  roles.copies = MakeCopyChooser(assignment);
  SPACEMOE_ASSIGN_OR_RETURN(
      owned_satellite_,
      Satellite::Create(std::move(options), std::move(roles), clock_.get(),
                        links_.get(), peers_.get(), this,
                        MakeWaiter(assignment)));
  const std::lock_guard lock(mutex_);
  satellite_ = owned_satellite_.get();
  return absl::OkStatus();
}

// Null: the loop's own thread takes in packets while the workers sleep to the
// microsecond or work.
std::unique_ptr<Waiter> Node::MakeWaiter(
    const NodeAssignment& assignment) const {
  const bool one_role = !assignment.head;
  if (options_.loop == nullptr || !assignment.options.one_batch || !one_role)
    return nullptr;
  return std::make_unique<LoopWaiter>(options_.loop);
}

absl::Status Node::Serve() {
  while (true) {
    const std::optional<NodeEvent> event =
        mailbox_->Pop(std::min(losses_.deadline(), clock_keeper_->deadline()));
    if (event.has_value()) {
      if (std::optional<absl::Status> end = Handle(*event)) return *end;
    }
    if (const std::optional<absl::Status> loss = losses_.Due(absl::Now()))
      return Fail(*loss);
    if (absl::Now() >= clock_keeper_->deadline()) clock_keeper_->StartRound();
  }
}

std::optional<absl::Status> Node::Handle(const NodeEvent& event) {
  if (const auto* gone = std::get_if<CoordinatorGone>(&event))
    return GoneStatus(*gone);
  if (const auto* lost = std::get_if<PeerLost>(&event)) {
    LogInfo(absl::StrCat("lost satellite ", lost->satellite, ": ",
                         lost->reason.ToString()));
    losses_.Add(*lost, absl::Now());
    return std::nullopt;
  }
  if (std::holds_alternative<TraceFilled>(event)) {
    SendTrace(/*last=*/false);
    return std::nullopt;
  }
  return HandleMessage(std::get<v1::CoordinatorMessage>(event));
}

std::optional<absl::Status> Node::HandleMessage(
    const v1::CoordinatorMessage& message) {
  switch (message.message_case()) {
    case v1::CoordinatorMessage::kInject: {
      const absl::Status injected = Inject(message.inject());
      if (injected.ok()) return std::nullopt;
      return Fail(injected);
    }
    case v1::CoordinatorMessage::kRelease:
      owned_satellite_->Release(message.release().sequence());
      return std::nullopt;
    case v1::CoordinatorMessage::kStatisticsRequest:
      SendStatistics(message.statistics_request().restart());
      return std::nullopt;
    case v1::CoordinatorMessage::kTraceRequest:
      SendTrace(/*last=*/true);
      return std::nullopt;
    case v1::CoordinatorMessage::kClockReply:
      clock_keeper_->OnReply(message.clock_reply());
      return std::nullopt;
    case v1::CoordinatorMessage::kShutdown:
      LogInfo(absl::StrCat("shutting down: ", message.shutdown().reason()));
      return FirstFault();
    default:
      return Fail(absl::InvalidArgumentError(
          "the coordinator sent an unexpected message"));
  }
}

absl::Status Node::Inject(const v1::Inject& inject) {
  SPACEMOE_ASSIGN_OR_RETURN(SequenceRequest request, FromProto(inject));
  return owned_satellite_->Inject(std::move(request));
}

void Node::SendStatistics(bool restart) {
  if (restart && trace_ != nullptr) trace_->Restart();
  upstream_->Send(StatisticsMessage(owned_satellite_->Statistics(restart)));
}

void Node::SendTrace(bool last) {
  TraceBuffer::Taken taken;
  if (trace_ != nullptr) taken = trace_->Take();
  upstream_->Send(TraceMessage(taken, last));
}

absl::Status Node::Fail(const absl::Status& status) {
  upstream_->Send(FaultMessage(status));
  upstream_->Close(kCloseTimeout);
  return status;
}

void Node::OnTokens(absl::Span<const TokenRecord> records) {
  upstream_->Send(TokensMessage(records));
}

void Node::OnLogits(LogitsRecord record) { upstream_->Send(ToProto(record)); }

void Node::OnFault(const absl::Status& status) {
  LogInfo(absl::StrCat("fault: ", status.ToString()));
  upstream_->Send(FaultMessage(status));
  options_.on_ready(false);
  const std::lock_guard lock(fault_mutex_);
  fault_.Update(status);
}

bool Node::HasFault() { return !FirstFault().ok(); }

absl::Status Node::FirstFault() {
  const std::lock_guard lock(fault_mutex_);
  return fault_;
}

}  // namespace spacemoe
