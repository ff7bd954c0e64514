#include "coordinator/service/server.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "coordinator/core/warm_up_prompt.h"
#include "coordinator/planning/model_shape.h"
#include "models/checkpoint/fingerprint.h"
#include "runtime/base/clock.h"
#include "runtime/base/process.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

constexpr absl::Duration kShutdownGrace = absl::Milliseconds(200);
constexpr absl::Duration kApiGrace = absl::Seconds(1);

absl::StatusOr<RunSettings> SettingsOf(const CoordinatorOptions& options,
                                       const Checkpoint& checkpoint) {
  const ModelConfig& config = checkpoint.config();
  RunSettings settings;
  SPACEMOE_ASSIGN_OR_RETURN(settings.model_hash, Fingerprint(checkpoint));
  SPACEMOE_ASSIGN_OR_RETURN(settings.clock_id, MonotonicClockId());
  settings.model_path = std::filesystem::absolute(options.model).string();
  settings.layers = config.layers;
  settings.hidden_size = config.hidden_size;
  settings.links = options.ring.links;
  settings.time_scale = options.ring.time_scale;
  settings.kernel = options.ring.kernel;
  settings.trace = options.ring.trace;
  return settings;
}

// Satellites that keep caches or texts of a sequence.
std::vector<int> KeepersOf(const Plan& plan) {
  std::vector<int> keepers;
  for (int i = 0; i < plan.size(); ++i) {
    if (plan.satellites[i].gateway || plan.satellites[i].head) {
      keepers.push_back(i);
    }
  }
  return keepers;
}

// What the fullest gateway has room for; 0: no limit.
int64_t SmallestKvLimit(const Plan& plan) {
  int64_t smallest = 0;
  for (const SatelliteRoles& roles : plan.satellites) {
    const int64_t limit = KvBytesLimit(plan, roles);
    if (limit > 0 && (smallest == 0 || limit < smallest)) smallest = limit;
  }
  return smallest;
}

// A folder's name, or a file's without ".gguf".
std::string ModelName(const std::string& model_path) {
  const auto path = std::filesystem::path(model_path).lexically_normal();
  const auto name = path.has_filename() ? path : path.parent_path();
  return (name.extension() == ".gguf" ? name.stem() : name.filename()).string();
}

}  // namespace

absl::StatusOr<std::unique_ptr<CoordinatorServer>> CoordinatorServer::Start(
    const CoordinatorOptions& options) {
  SPACEMOE_ASSIGN_OR_RETURN(std::unique_ptr<Checkpoint> checkpoint,
                            Checkpoint::Open(options.model));
  SPACEMOE_ASSIGN_OR_RETURN(Plan plan,
                            MakePlan(*checkpoint, options.ring.plan));
  SPACEMOE_RETURN_IF_ERROR(RequireFeasible(plan));
  SPACEMOE_ASSIGN_OR_RETURN(RunSettings settings,
                            SettingsOf(options, *checkpoint));
  std::unique_ptr<CoordinatorServer> server(new CoordinatorServer(
      options, std::move(checkpoint), std::move(plan), std::move(settings)));
  SPACEMOE_ASSIGN_OR_RETURN(
      server->host_, ServerHost::Start({.address = options.listen,
                                        .services = {server->inference_.get()},
                                        .looped = {server->membership_.get(),
                                                   &server->health_},
                                        .identity = options.identity}));
  if (!options.metrics_listen.empty())
    SPACEMOE_RETURN_IF_ERROR(server->ServeMetrics(options.metrics_listen));
  SPACEMOE_RETURN_IF_ERROR(server->StartApi());
  return server;
}

CoordinatorServer::CoordinatorServer(const CoordinatorOptions& options,
                                     std::unique_ptr<Checkpoint> checkpoint,
                                     Plan plan, RunSettings settings)
    : checkpoint_(std::move(checkpoint)),
      plan_(std::move(plan)),
      settings_(std::move(settings)),
      api_settings_(options.api),
      codec_(TextCodec::Open(options.model)),
      metrics_(MonotonicNanos),
      deferrer_(std::make_unique<ThreadDeferrer>()) {
  cluster_ =
      std::make_unique<Cluster>(MakeClusterOptions(options), deferrer_.get());
  membership_ = std::make_unique<MembershipService>(cluster_.get(),
                                                    MakeMembershipOptions());
  inference_ = std::make_unique<InferenceService>(
      cluster_.get(), codec_.get(), MakeDescription(),
      TraceHeaderOf(plan_, settings_));
}

CoordinatorServer::~CoordinatorServer() {
  cluster_->Shutdown("the coordinator ends");
  // Clients of the API hear of it by now.
  if (api_ != nullptr) api_->Shutdown(kApiGrace);
  api_.reset();
  metrics_server_.reset();
  if (host_ != nullptr) host_->Shutdown(kShutdownGrace);
  // Before the cluster that its actions touch.
  deferrer_.reset();
}

absl::Status CoordinatorServer::StartApi() {
  if (api_settings_.listen.empty()) return absl::OkStatus();
  const ModelConfig& config = checkpoint_->config();
  ApiServerOptions options;
  options.settings = api_settings_;
  options.api.model = ModelName(settings_.model_path);
  options.api.limits = {config.vocab_size, config.max_positions};
  options.api.ring = {plan_.size(), plan_.constellation.Label(),
                      plan_.options.strategy};
  options.observer = HttpObserver();
  options.more_routes = [this](HttpRouter* router) {
    AddObservabilityRoutes(observability(), router);
  };
  SPACEMOE_ASSIGN_OR_RETURN(
      api_, ApiServer::Start(std::move(options), cluster_.get(), codec_.get()));
  return absl::OkStatus();
}

absl::Status CoordinatorServer::ServeMetrics(const std::string& listen) {
  AddObservabilityRoutes(observability(), &router_);
  SPACEMOE_ASSIGN_OR_RETURN(
      metrics_server_,
      HttpServer::Start({.listen = listen, .observer = HttpObserver()},
                        &router_));
  return absl::OkStatus();
}

std::string CoordinatorServer::metrics_address() const {
  return metrics_server_ == nullptr ? "" : metrics_server_->address();
}

std::function<void(const HttpRecord&)> CoordinatorServer::HttpObserver() {
  return [this](const HttpRecord& record) { http_metrics_.Add(record); };
}

Observability CoordinatorServer::observability() const {
  return {cluster_.get(), &metrics_, &http_metrics_, &plan_};
}

ClusterOptions CoordinatorServer::MakeClusterOptions(
    const CoordinatorOptions& settings) {
  const ModelConfig& config = checkpoint_->config();
  ClusterOptions options;
  options.membership = {plan_.size(), SPACEMOE_VERSION, settings_.clock_id,
                        settings_.model_hash};
  options.sessions = {{config.vocab_size, config.max_positions},
                      KvBytesPerPosition(config),
                      SmallestKvLimit(plan_)};
  if (!api_settings_.listen.empty()) {
    options.sessions.max_active = api_settings_.max_active;
    options.sessions.max_queued = api_settings_.max_queued;
  }
  options.end_tokens = config.eos_token_ids;
  if (codec_->has_tokenizer()) {
    options.text = [codec = codec_.get()] { return codec->NewDecoder(); };
  }
  options.head = HeadIndex(plan_);
  options.keepers = KeepersOf(plan_);
  options.name = [plan = &plan_](int index, int64_t pid) {
    return SatelliteName(*plan, index, pid);
  };
  options.trace = settings_.trace;
  options.warm_up_prompt =
      WarmUpPrompt(config.bos_token_id.value_or(0), options.sessions,
                   plan_.options.modelled_flops > 0);
  options.monotonic_ns = MonotonicNanos;
  options.observer = &metrics_;
  options.readiness = settings.readiness;
  options.on_readiness = [this](bool ready) { health_.SetServing(ready); };
  return options;
}

MembershipServiceOptions CoordinatorServer::MakeMembershipOptions() const {
  MembershipServiceOptions options;
  options.vocab_size = checkpoint_->config().vocab_size;
  options.assignment = [this](int index, const Roster& roster) {
    return AssignmentFor(plan_, settings_, index, roster);
  };
  return options;
}

v1::DescribeReply CoordinatorServer::MakeDescription() const {
  v1::DescribeReply reply;
  reply.set_satellites(plan_.size());
  reply.set_constellation(plan_.constellation.Label());
  reply.set_strategy(plan_.options.strategy);
  if (const auto report = ReportOf(plan_, false); report.ok()) {
    reply.set_plan_json(PlanToJson(*report).dump());
  }
  reply.set_model_name(ModelName(settings_.model_path));
  reply.set_note(plan_.note);
  return reply;
}

}  // namespace spacemoe
