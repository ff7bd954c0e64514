#include "satellite_node/core/satellite.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "runtime/base/status_macros.h"
#include "satellite_node/core/expert_station.h"
#include "satellite_node/core/gateway_station.h"
#include "satellite_node/core/head_station.h"
#include "satellite_node/core/layer_station.h"
#include "satellite_node/core/mixed_station.h"
#include "satellite_node/core/station.h"
#include "satellite_node/core/worker.h"

namespace spacemoe {
namespace {

absl::Status CheckHomes(const SatelliteOptions& options) {
  for (const auto& [expert, home] : options.expert_homes) {
    if (home == options.satellite) continue;
    return absl::InvalidArgumentError(absl::StrCat(
        "a satellite with a whole layer must hold all experts of its layer, "
        "but expert ",
        expert, " of layer ", options.layer, " is on satellite ", home));
  }
  return absl::OkStatus();
}

absl::Status CheckLayer(const SatelliteOptions& options,
                        const SatelliteRoleSet& roles) {
  const bool gateway = roles.gateway != nullptr;
  const bool layer = roles.layer != nullptr;
  if (layer && (gateway || roles.experts != nullptr)) {
    return absl::InvalidArgumentError(
        absl::StrCat("satellite ", options.satellite, " has all of layer ",
                     options.layer, " and a part of it, expected one of them"));
  }
  if ((gateway || layer) && options.layer > 0 &&
      roles.layer_combiner == nullptr) {
    return absl::InvalidArgumentError(
        absl::StrCat("gateway of layer ", options.layer,
                     " has no combiner of layer ", options.layer - 1));
  }
  return layer ? CheckHomes(options) : absl::OkStatus();
}

absl::Status CheckRoles(const SatelliteOptions& options,
                        const SatelliteRoleSet& roles) {
  if (roles.gateway == nullptr && roles.experts == nullptr &&
      roles.layer == nullptr && roles.head == nullptr) {
    return absl::InvalidArgumentError("a satellite without any role");
  }
  if (roles.head != nullptr && roles.head_combiner == nullptr) {
    return absl::InvalidArgumentError(
        "the head has no combiner of the last layer");
  }
  if (options.max_prompt_rows < 1) {
    return absl::InvalidArgumentError(absl::StrCat("max_prompt_rows is ",
                                                   options.max_prompt_rows,
                                                   ", expected at least 1"));
  }
  return CheckLayer(options, roles);
}

class SatelliteImpl final : public Satellite, public PacketSink {
 public:
  SatelliteImpl(SatelliteOptions options, SatelliteRoleSet roles,
                const Clock* clock, LinkModel* links, Outbox* outbox,
                SatelliteListener* listener,
                std::unique_ptr<Waiter> layer_waiter)
      : options_(std::move(options)),
        roles_(std::move(roles)),
        clock_(clock),
        links_(links),
        outbox_(outbox) {
    MakeStations(listener);
    auto on_fault = [listener](const absl::Status& status) {
      listener->OnFault(status);
    };
    if (layer_station_ != nullptr) {
      if (layer_waiter == nullptr)
        layer_waiter = std::make_unique<ConditionWaiter>();
      layer_worker_ =
          std::make_unique<Worker>(layer_station_.get(), clock_, on_fault,
                                   std::move(layer_waiter), options_.trace);
    }
    if (head_station_ != nullptr) {
      head_worker_ = std::make_unique<Worker>(
          head_station_.get(), clock_, on_fault,
          std::make_unique<ConditionWaiter>(), options_.trace);
    }
  }

  // Each worker may still send to the other.
  ~SatelliteImpl() override {
    if (layer_worker_ != nullptr) layer_worker_->Stop();
    if (head_worker_ != nullptr) head_worker_->Stop();
  }

  absl::Status Deliver(Packet packet) override {
    const int64_t came = clock_->Now();
    return Enqueue(std::move(packet), came, /*count=*/true);
  }

  absl::Status Inject(SequenceRequest request) override {
    if (head_station_ == nullptr) {
      return absl::FailedPreconditionError(
          "this satellite does not hold the head");
    }
    SPACEMOE_RETURN_IF_ERROR(CheckRequest(request));
    // Shared: std::function wants copies.
    auto shared = std::make_shared<SequenceRequest>(std::move(request));
    head_worker_->Post(
        [this, shared] { return head_station_->Inject(std::move(*shared)); });
    return absl::OkStatus();
  }

  void Release(uint64_t sequence) override {
    for (auto [worker, station] :
         {std::pair(layer_worker_.get(), layer_station_.get()),
          std::pair(head_worker_.get(), HeadAsStation())}) {
      if (worker == nullptr) continue;
      worker->Post([station = station, sequence] {
        station->Release(sequence);
        return absl::OkStatus();
      });
    }
  }

  LinkStatistics Statistics(bool restart) override {
    LinkStatistics statistics;
    for (Worker* worker : {layer_worker_.get(), head_worker_.get()}) {
      if (worker != nullptr) statistics.Merge(worker->Statistics(restart));
    }
    return statistics;
  }

  size_t PacketsHeld() override {
    size_t held = 0;
    for (Worker* worker : {layer_worker_.get(), head_worker_.get()}) {
      if (worker != nullptr) held += worker->PacketsHeld();
    }
    return held;
  }

 private:
  Station* HeadAsStation() const { return head_station_.get(); }

  void MakeStations(SatelliteListener* listener) {
    LayerCombiner* const combiner = roles_.layer_combiner.get();
    if (roles_.gateway != nullptr && roles_.experts != nullptr) {
      layer_station_ = std::make_unique<MixedStation>(
          options_, roles_.gateway.get(), combiner, roles_.copies.get(),
          roles_.experts.get(), clock_, this);
    } else if (roles_.gateway != nullptr) {
      layer_station_ = std::make_unique<GatewayStation>(
          options_, roles_.gateway.get(), combiner, clock_, this,
          roles_.copies.get());
    } else if (roles_.layer != nullptr) {
      layer_station_ = std::make_unique<LayerStation>(
          options_, roles_.layer.get(), combiner, clock_, this);
    } else if (roles_.experts != nullptr) {
      layer_station_ = std::make_unique<ExpertStation>(
          options_, roles_.experts.get(), clock_, this);
    }
    if (roles_.head != nullptr) {
      head_station_ = std::make_unique<HeadStation>(options_, roles_.head.get(),
                                                    roles_.head_combiner.get(),
                                                    clock_, this, listener);
    }
  }

  absl::Status CheckRequest(const SequenceRequest& request) const {
    if (request.prompt.empty())
      return absl::InvalidArgumentError("the prompt is empty");
    if (request.capacity < static_cast<int64_t>(request.prompt.size())) {
      return absl::InvalidArgumentError(
          absl::StrCat("a prompt of ", request.prompt.size(),
                       " tokens with room for ", request.capacity));
    }
    for (int64_t id : request.prompt) {
      if (id >= 0 && id < roles_.head->vocab_size()) continue;
      return absl::InvalidArgumentError(
          absl::StrCat("token ", id, " is not in the vocabulary of ",
                       roles_.head->vocab_size()));
    }
    if (request.logprobs.has_value())
      SPACEMOE_RETURN_IF_ERROR(ValidateLogprobs(*request.logprobs));
    return ValidateSampling(request.sampling, roles_.head->vocab_size());
  }

  // PacketSink. Called from the workers' threads.
  absl::Status Emit(Packet packet) override {
    SPACEMOE_ASSIGN_OR_RETURN(packet.link, StampOf(packet));
    return SendStamped(std::move(packet));
  }

  // The first to be due first: sending the others takes its time.
  absl::Status EmitAll(std::vector<Packet> packets) override {
    for (Packet& packet : packets) {
      SPACEMOE_ASSIGN_OR_RETURN(packet.link, StampOf(packet));
    }
    std::stable_sort(packets.begin(), packets.end(),
                     [](const Packet& a, const Packet& b) {
                       return a.link.due_ns < b.link.due_ns;
                     });
    for (Packet& packet : packets)
      SPACEMOE_RETURN_IF_ERROR(SendStamped(std::move(packet)));
    return absl::OkStatus();
  }

  absl::StatusOr<LinkStamp> StampOf(const Packet& packet) const {
    return links_->Stamp(options_.satellite, packet.destination,
                         packet.link.departure_ns, LinkBytes(packet));
  }

  absl::Status SendStamped(Packet packet) {
    if (packet.destination != options_.satellite) {
      outbox_->Send(std::move(packet));
      return absl::OkStatus();
    }
    const int64_t came = clock_->Now();
    return Enqueue(std::move(packet), came, /*count=*/false);
  }

  absl::Status Enqueue(Packet packet, int64_t came_ns, bool count) {
    SPACEMOE_ASSIGN_OR_RETURN(Worker * worker, WorkerFor(packet));
    worker->Push(std::make_shared<const Packet>(std::move(packet)), came_ns,
                 count);
    return absl::OkStatus();
  }

  absl::Status NotForUs(const Packet& packet) const {
    return absl::InvalidArgumentError(absl::StrCat(
        "packet from satellite ", packet.source, " for layer ", packet.layer,
        " of satellite ", packet.destination, " came to satellite ",
        options_.satellite, ", which does not hold that role"));
  }

  bool WidthFits(const Packet& packet) const {
    const int64_t width =
        roles_.gateway != nullptr ? roles_.gateway->hidden_size()
        : roles_.layer != nullptr ? roles_.layer->hidden_size()
        : roles_.head != nullptr  ? roles_.head->hidden_size()
                                  : packet.width;
    return packet.width == width;
  }

  absl::StatusOr<Worker*> WorkerFor(const Packet& packet) const {
    if (!WidthFits(packet)) {
      return absl::InvalidArgumentError(absl::StrCat(
          "packet from satellite ", packet.source, " has hidden states of ",
          packet.width, " values, not those of this model"));
    }
    if (packet.kind == PacketKind::kDispatch) {
      const bool ours =
          roles_.experts != nullptr && packet.layer == options_.layer;
      if (!ours) return NotForUs(packet);
      return layer_worker_.get();
    }
    if (packet.layer == options_.layers && head_worker_ != nullptr)
      return head_worker_.get();
    const bool takes_residuals =
        roles_.gateway != nullptr || roles_.layer != nullptr;
    if (takes_residuals && packet.layer == options_.layer)
      return layer_worker_.get();
    return NotForUs(packet);
  }

  // Constant after construction.
  const SatelliteOptions options_;
  const SatelliteRoleSet roles_;
  const Clock* const clock_;
  LinkModel* const links_;
  Outbox* const outbox_;
  std::unique_ptr<Station> layer_station_;
  std::unique_ptr<HeadStation> head_station_;
  std::unique_ptr<Worker> layer_worker_;
  std::unique_ptr<Worker> head_worker_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Satellite>> Satellite::Create(
    SatelliteOptions options, SatelliteRoleSet roles, const Clock* clock,
    LinkModel* links, Outbox* outbox, SatelliteListener* listener,
    std::unique_ptr<Waiter> layer_waiter) {
  SPACEMOE_RETURN_IF_ERROR(CheckRoles(options, roles));
  std::unique_ptr<Satellite> satellite = std::make_unique<SatelliteImpl>(
      std::move(options), std::move(roles), clock, links, outbox, listener,
      std::move(layer_waiter));
  return satellite;
}

}  // namespace spacemoe
