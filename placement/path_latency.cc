#include "placement/path_latency.h"

#include "placement/routes.h"

namespace spacemoe {
namespace {

void Accumulate(const ShortestDelays& delays, double weight, MeanDelays* mean) {
  for (size_t id = 0; id < delays.delay_ns.size(); ++id) {
    mean->delay_ns[id] += weight * static_cast<double>(delays.delay_ns[id]);
    mean->hops[id] += weight * delays.hops[id];
  }
}

double HopMs(int64_t bytes, const LinkSpec& links) {
  return 8e3 * static_cast<double>(bytes) / links.rate_bps;
}

}  // namespace

std::vector<MeanDelays> MeanDelaysFrom(const Constellation& constellation,
                                       const std::vector<int>& sources,
                                       const SolveOptions& options) {
  const std::vector<double> times = SlotTimes(options);
  const size_t satellites = constellation.satellite_count();
  RouteFinder finder(constellation);
  ShortestDelays delays;
  std::vector<MeanDelays> means;
  for (int source : sources) {
    MeanDelays mean{std::vector<double>(satellites, 0.0),
                    std::vector<double>(satellites, 0.0)};
    for (double t : times) {
      finder.Delays(source, t, &delays);
      Accumulate(delays, 1.0 / static_cast<double>(times.size()), &mean);
    }
    means.push_back(std::move(mean));
  }
  return means;
}

std::vector<double> PathLatencyMs(const Constellation& constellation,
                                  const MeanDelays& from_gateway,
                                  const MeanDelays& from_successor,
                                  const ModelShape& model) {
  const double dispatch = HopMs(model.dispatch_bytes, constellation.links());
  const double output = HopMs(model.output_bytes, constellation.links());
  std::vector<double> latency(constellation.satellite_count());
  for (size_t id = 0; id < latency.size(); ++id) {
    latency[id] =
        1e-6 * (from_gateway.delay_ns[id] + from_successor.delay_ns[id]) +
        dispatch * from_gateway.hops[id] + output * from_successor.hops[id];
  }
  return latency;
}

}  // namespace spacemoe
