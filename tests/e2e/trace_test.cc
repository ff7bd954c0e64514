// `spacemoe generate --trace`: what the file says of a ring of processes.
#include <algorithm>
#include <cstdio>
#include <fstream>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/e2e/program.h"

namespace spacemoe {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

constexpr int kLayers = 3;
constexpr int kHeadProcess = 2;
constexpr int kFirstLayerProcess = 3;

using Track = std::pair<int, int>;

int64_t Ns(const json& us) {
  return static_cast<int64_t>(us.get<double>() * 1000);
}

struct Slice {
  int64_t start = 0;
  int64_t end = 0;
  json event;
};

Track TrackOf(const json& event) { return {event["pid"], event["tid"]}; }

// Slices by track, by beginning, the longer first.
std::map<Track, std::vector<Slice>> SlicesOf(const json& trace) {
  std::map<Track, std::vector<Slice>> tracks;
  for (const json& event : trace["traceEvents"]) {
    if (event["ph"] != "X") continue;
    const int64_t start = Ns(event["ts"]);
    tracks[TrackOf(event)].push_back({start, start + Ns(event["dur"]), event});
  }
  for (auto& [track, slices] : tracks) {
    std::stable_sort(
        slices.begin(), slices.end(), [](const Slice& a, const Slice& b) {
          return std::tuple(a.start, -a.end) < std::tuple(b.start, -b.end);
        });
  }
  return tracks;
}

class TraceTest : public ::testing::Test {
 protected:
  void TearDown() override { std::remove(Path().c_str()); }

  static std::string Path(const std::string& suffix = ".json") {
    return ::testing::TempDir() + "spacemoe-trace-" + std::to_string(getpid()) +
           suffix;
  }

  // A run of two sequences; returns what --json printed.
  static json Run(std::vector<std::string> more) {
    std::vector<std::string> args = {
        "generate",     "--model",      TinyModel("mixtral"),
        "--ids",        "3,4,5,6",      "--ids",
        "7,8",          "--max-tokens", "6",
        "--ignore-eos", "--json",       "--trace",
        Path()};
    args.insert(args.end(), more.begin(), more.end());
    const ProgramResult result = Spacemoe(args);
    EXPECT_EQ(result.exit_code, 0) << result.err;
    EXPECT_EQ(result.err, "");
    return result.Json();
  }

  static json ReadTrace() {
    std::ifstream file(Path());
    return json::parse(file, nullptr, false);
  }
};

void ExpectNested(const std::vector<Slice>& slices) {
  std::vector<int64_t> open;
  for (const Slice& slice : slices) {
    while (!open.empty() && open.back() <= slice.start) open.pop_back();
    if (!open.empty()) {
      EXPECT_LE(slice.end, open.back()) << slice.event;
    }
    open.push_back(slice.end);
  }
}

// Each lap, and the stretches of its path below it.
void ExpectPathsAddUp(const std::vector<Slice>& slices) {
  for (size_t i = 0; i < slices.size();) {
    const Slice& lap = slices[i];
    ASSERT_TRUE(lap.event.contains("args")) << lap.event;
    int64_t time = lap.start;
    for (++i; i < slices.size() && slices[i].start < lap.end; ++i) {
      EXPECT_EQ(slices[i].start, time) << "a gap before " << slices[i].event;
      time = slices[i].end;
    }
    EXPECT_EQ(time, lap.end) << lap.event;
    EXPECT_NEAR(lap.event["args"]["lap_us"].get<double>() * 1000,
                lap.end - lap.start, 0.5);
  }
}

// The processes that each arrow comes by, in the order of the file.
std::map<int, std::vector<int>> ArrowsOf(const json& trace) {
  std::map<int, std::vector<int>> arrows;
  for (const json& event : trace["traceEvents"]) {
    if (event.contains("id")) arrows[event["id"]].push_back(event["pid"]);
  }
  return arrows;
}

void ExpectEveryLayerInOrder(const std::vector<int>& processes) {
  ASSERT_GE(processes.size(), kLayers + 2u);
  EXPECT_EQ(processes.front(), kHeadProcess);
  EXPECT_EQ(processes.back(), kHeadProcess);
  std::vector<int> layers(processes.begin() + 1, processes.end() - 1);
  EXPECT_TRUE(std::is_sorted(layers.begin(), layers.end()));
  layers.erase(std::unique(layers.begin(), layers.end()), layers.end());
  std::vector<int> all;
  for (int layer = 0; layer < kLayers; ++layer)
    all.push_back(kFirstLayerProcess + layer);
  EXPECT_EQ(layers, all);
}

void ExpectArrowsAtSlices(const json& trace,
                          const std::map<Track, std::vector<Slice>>& tracks) {
  for (const json& event : trace["traceEvents"]) {
    if (!event.contains("id")) continue;
    const int64_t time = Ns(event["ts"]);
    const std::vector<Slice>& slices = tracks.at(TrackOf(event));
    EXPECT_TRUE(
        std::any_of(slices.begin(), slices.end(),
                    [time](const Slice& slice) { return slice.start == time; }))
        << event;
  }
}

void ExpectTrace(const json& trace, const json& outcome) {
  ASSERT_FALSE(trace.is_discarded());
  const json& about = trace["otherData"];
  EXPECT_EQ(about["tokens"], 12) << "the warm-up's token is not among them";
  EXPECT_EQ(about["tokens_without_path"], 0);
  EXPECT_EQ(about["dropped_events"], 0);
  EXPECT_EQ(about["satellites"], outcome["satellites"]);
  const auto tracks = SlicesOf(trace);
  double laps_us = 0;
  for (const auto& [track, slices] : tracks) {
    ExpectNested(slices);
    if (track.first != 1) continue;
    ExpectPathsAddUp(slices);
    for (const Slice& slice : slices) {
      if (slice.event.contains("args"))
        laps_us += slice.event["args"]["lap_us"].get<double>();
    }
  }
  const json& timing = outcome["timing"];
  const double expected_ms = 10 * timing["per_token_ms"]["mean"].get<double>() +
                             2 * timing["time_to_first_token_ms"].get<double>();
  EXPECT_NEAR(laps_us * 1e-3, expected_ms, 0.01);
  const auto arrows = ArrowsOf(trace);
  EXPECT_EQ(arrows.size(), 12u);
  for (const auto& [id, processes] : arrows) ExpectEveryLayerInOrder(processes);
  ExpectArrowsAtSlices(trace, tracks);
}

TEST_F(TraceTest, EveryTokensPathAddsUpToItsLap) {
  const json outcome = Run({"--experts-per-satellite", "3"});
  ExpectTrace(ReadTrace(), outcome);
}

TEST_F(TraceTest, SoItDoesWithWholeLayersAndModelledCompute) {
  const json outcome =
      Run({"--experts-per-satellite", "8", "--compute", "modelled:1G"});
  ExpectTrace(ReadTrace(), outcome);
}

TEST_F(TraceTest, SoItDoesWithoutLinksOnAScaledClock) {
  const json outcome = Run({"--links", "off", "--clock", "scaled:2"});
  ExpectTrace(ReadTrace(), outcome);
}

TEST_F(TraceTest, CompressesWhereTheNameSaysSo) {
  const std::string path = Path(".json.gz");
  const ProgramResult result = Spacemoe(
      {"generate", "--model", TinyModel("mixtral"), "--ids", "3",
       "--max-tokens", "2", "--ignore-eos", "--links", "off", "--trace", path});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  std::ifstream file(path, std::ios::binary);
  EXPECT_EQ(file.get(), 0x1f);
  EXPECT_EQ(file.get(), 0x8b);
  std::remove(path.c_str());
}

TEST_F(TraceTest, RefusesWhatCannotBeTraced) {
  const ProgramResult local =
      Spacemoe({"generate", "--model", TinyModel("mixtral"), "--ids", "3",
                "--local", "--trace", Path()});
  EXPECT_EQ(local.exit_code, 2);
  EXPECT_THAT(local.err, HasSubstr("--local"));
  const ProgramResult nowhere =
      Spacemoe({"generate", "--model", TinyModel("mixtral"), "--ids", "3",
                "--trace", "/no/such/folder/t.json"});
  EXPECT_EQ(nowhere.exit_code, 1);
  EXPECT_THAT(nowhere.err, HasSubstr("/no/such/folder/t.json"));
}

}  // namespace
}  // namespace spacemoe
