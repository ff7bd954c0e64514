// Metrics and health of a ring of processes, as Prometheus, Docker and a load
// balancer see them.
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "coordinator/client/coordinator_client.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/net/health_client.h"
#include "tests/e2e/program.h"
#include "tests/runtime/metrics/http_get.h"

namespace spacemoe {
namespace {

using nlohmann::json;
using ::testing::Contains;
using ::testing::HasSubstr;

constexpr absl::Duration kPatience = absl::Seconds(20);

class MetricsTest : public ::testing::Test {
 protected:
  void StartCoordinator() {
    coordinator_ = std::make_unique<Program>(
        "spacemoe-coordinator",
        std::vector<std::string>{"--model", TinyModel("mixtral"), "--listen",
                                 "127.0.0.1:0", "--metrics-listen",
                                 "127.0.0.1:0", "--experts-per-satellite", "4",
                                 "--links", "off"});
    ASSERT_TRUE(coordinator_->ReadUntil([this](const ProgramResult& result) {
      std::smatch match;
      const std::regex lines(
          "listening (\\S+) satellites (\\d+)\nmetrics (\\S+)\n");
      if (!std::regex_search(result.out, match, lines)) return false;
      address_ = match[1];
      satellites_ = std::stoi(match[2]);
      http_ = match[3];
      return true;
    }));
  }

  void StartSatellites() {
    parent_ = std::make_unique<Program>(
        "spacemoe-satellite",
        std::vector<std::string>{"--coordinator", address_, "--model",
                                 TinyModel("mixtral"), "--fork",
                                 absl::StrCat(satellites_), "--metrics-listen",
                                 "127.0.0.1:0"},
        ProgramOptions{.keep_open = true});
    CoordinatorClient client(address_);
    const absl::Status started = client.WatchStartup([](const auto&) {});
    ASSERT_TRUE(started.ok()) << started;
  }

  void Generate(int tokens) {
    CoordinatorClient client(address_);
    v1::GenerateRequest request;
    request.mutable_tokens()->add_ids(3);
    request.set_max_tokens(tokens);
    request.set_ignore_eos(true);
    const absl::Status status =
        client.Generate(request, [](const auto&) { return true; });
    ASSERT_TRUE(status.ok()) << status;
  }

  std::vector<std::string> Targets() {
    std::vector<std::string> targets;
    for (const json& group : json::parse(HttpGet(http_, "/sd").body))
      targets.push_back(group["targets"][0]);
    return targets;
  }

  // What everybody tells, one after the other.
  std::string ScrapeAll() {
    std::string text = HttpGet(http_, "/metrics").body;
    for (const std::string& target : Targets())
      text += HttpGet(target, "/metrics").body;
    return text;
  }

  std::unique_ptr<Program> coordinator_;
  std::unique_ptr<Program> parent_;
  std::string address_;
  std::string http_;
  int satellites_ = 0;
};

// Of one scrape: the values by name and labels.
std::map<std::string, double> Samples(const std::string& text) {
  std::map<std::string, double> samples;
  for (const auto& line : absl::StrSplit(text, '\n')) {
    const std::string sample(line);
    const size_t space = sample.rfind(' ');
    if (sample.empty() || sample[0] == '#' || space == sample.npos) continue;
    samples[sample.substr(0, space)] = std::atof(sample.c_str() + space + 1);
  }
  return samples;
}

TEST_F(MetricsTest, IsLiveAtOnceAndReadyOnceATokenHasGoneRound) {
  StartCoordinator();
  EXPECT_EQ(HttpGet(http_, "/health/live").status, 200);
  const HttpAnswer waiting = HttpGet(http_, "/health/ready");
  EXPECT_EQ(waiting.status, 503);
  EXPECT_THAT(waiting.body, HasSubstr("0 have come"));
  EXPECT_FALSE(CheckHealth(address_, kPatience).ok());
  EXPECT_EQ(Spacemoe({"health", address_}).exit_code, 1);

  StartSatellites();
  EXPECT_EQ(HttpGet(http_, "/health/ready").status, 200);
  EXPECT_TRUE(CheckHealth(address_, kPatience).ok());
  const ProgramResult healthy = Spacemoe({"health", address_});
  EXPECT_EQ(healthy.exit_code, 0) << healthy.err;
  EXPECT_EQ(healthy.out, "ready\n");

  parent_.reset();  // and all satellites with it
  CoordinatorClient client(address_);
  while (HttpGet(http_, "/health/ready").status == 200) {
  }
  const HttpAnswer lost = HttpGet(http_, "/health/ready");
  EXPECT_EQ(lost.status, 503);
  EXPECT_THAT(lost.body, HasSubstr("lost"));
  EXPECT_EQ(HttpGet(http_, "/health/live").status, 200);
  const ProgramResult ill = Spacemoe({"health", address_});
  EXPECT_EQ(ill.exit_code, 1);
  EXPECT_THAT(ill.err, HasSubstr("NOT_SERVING"));
}

TEST_F(MetricsTest, CountsWhatTheRingDoes) {
  StartCoordinator();
  StartSatellites();
  EXPECT_EQ(Targets().size(), static_cast<size_t>(satellites_));
  Generate(6);
  const auto ring = Samples(HttpGet(http_, "/metrics").body);
  EXPECT_EQ(ring.at("spacemoe_tokens_generated_total"), 6)
      << "the warm-up's token is not among them";
  EXPECT_EQ(ring.at("spacemoe_prompt_tokens_total"), 1);
  EXPECT_EQ(ring.at("spacemoe_time_to_first_token_seconds_count"), 1);
  EXPECT_EQ(ring.at("spacemoe_token_latency_seconds_count"), 5);
  EXPECT_EQ(ring.at("spacemoe_sequences_total{outcome=\"length\"}"), 1);
  EXPECT_EQ(ring.at("spacemoe_ready"), 1);
  double parts = 0;
  for (const auto& [name, value] : ring) {
    if (name.starts_with("spacemoe_token_latency_part_seconds_sum"))
      parts += value;
  }
  EXPECT_NEAR(parts, ring.at("spacemoe_token_latency_seconds_sum"), 1e-6);

  double gateways = 0, messages = 0;
  for (const std::string& target : Targets()) {
    auto samples = Samples(HttpGet(target, "/metrics").body);
    gateways += samples["spacemoe_step_rows_sum{step=\"gateway\"}"];
    messages += samples["spacemoe_link_messages_total"];
    EXPECT_EQ(samples["spacemoe_satellite_ready"], 1);
  }
  // Six laps of three layers, and the warm-up's rows.
  EXPECT_EQ(gateways, 3 * (6 + 64));
  EXPECT_GT(messages, 6 * 3);
}

TEST_F(MetricsTest, TheDashboardAsksForWhatThereIs) {
  StartCoordinator();
  StartSatellites();
  Generate(3);
  const std::string text = ScrapeAll();
  std::ifstream file(std::string(SPACEMOE_SOURCE_DIR) +
                     "/docker/grafana/dashboards/spacemoe.json");
  const json dashboard = json::parse(file);
  const std::regex name("(spacemoe|process)_[a-z_]+");
  std::set<std::string> asked;
  for (const json& panel : dashboard["panels"]) {
    for (const json& target : panel.value("targets", json::array())) {
      const std::string query = target["expr"];
      for (std::sregex_iterator it(query.begin(), query.end(), name), end;
           it != end; ++it) {
        asked.insert(it->str());
      }
    }
  }
  EXPECT_GT(asked.size(), 15u);
  for (const std::string& metric : asked) {
    EXPECT_TRUE(text.find("\n" + metric + "{") != text.npos ||
                text.find("\n" + metric + " ") != text.npos)
        << metric;
  }
}

TEST_F(MetricsTest, PrometheusOwnCheckHasNothingToSay) {
  if (std::system("command -v promtool > /dev/null") != 0)
    GTEST_SKIP() << "promtool is not installed";
  StartCoordinator();
  StartSatellites();
  Generate(3);
  for (const std::string& address : {http_, Targets()[0]}) {
    const std::string path =
        ::testing::TempDir() + "spacemoe-metrics-" + std::to_string(getpid());
    std::ofstream(path) << HttpGet(address, "/metrics").body;
    EXPECT_EQ(std::system(("promtool check metrics < " + path).c_str()), 0)
        << address;
    std::remove(path.c_str());
  }
}

TEST_F(MetricsTest, BesideTheApiHealthIsOpenAndMetricsWantAKey) {
  const std::string keys =
      ::testing::TempDir() + "spacemoe-keys-" + std::to_string(getpid());
  std::ofstream(keys) << "a-key-of-some-length\n";
  Program coordinator(
      "spacemoe-coordinator",
      {"--model", TinyModel("mixtral"), "--listen", "127.0.0.1:0", "--http",
       "127.0.0.1:0", "--api-key-file", keys});
  std::string api;
  ASSERT_TRUE(coordinator.ReadUntil([&api](const ProgramResult& result) {
    std::smatch match;
    if (!std::regex_search(result.out, match,
                           std::regex("api http://(\\S+)\n"))) {
      return false;
    }
    api = match[1];
    return true;
  }));
  std::remove(keys.c_str());
  EXPECT_EQ(HttpGet(api, "/health/live").status, 200);
  EXPECT_EQ(HttpGet(api, "/health/ready").status, 503);
  const std::string key = "Authorization: Bearer a-key-of-some-length\r\n";
  for (const char* path : {"/metrics", "/sd"}) {
    EXPECT_EQ(HttpGet(api, path).status, 401) << path;
    EXPECT_EQ(HttpGet(api, path, key).status, 200) << path;
  }
  EXPECT_THAT(HttpGet(api, "/metrics", key).body,
              HasSubstr("\nspacemoe_ready 0\n"));
}

TEST_F(MetricsTest, TellsWhenAPortIsTaken) {
  StartCoordinator();
  const ProgramResult second =
      Program("spacemoe-coordinator",
              {"--model", TinyModel("mixtral"), "--listen", "127.0.0.1:0",
               "--metrics-listen", http_})
          .Wait();
  EXPECT_EQ(second.exit_code, 1);
  EXPECT_THAT(second.err, HasSubstr(http_));
  const ProgramResult satellite =
      Program("spacemoe-satellite",
              {"--coordinator", address_, "--metrics-listen", http_})
          .Wait();
  EXPECT_EQ(satellite.exit_code, 1);
  EXPECT_THAT(satellite.err, HasSubstr(http_));
  const ProgramResult many =
      Program("spacemoe-satellite", {"--coordinator", address_, "--fork", "10",
                                     "--metrics-listen", "127.0.0.1:65530"})
          .Wait();
  EXPECT_EQ(many.exit_code, 2);
  EXPECT_THAT(many.err, HasSubstr("65530 to 65539"));
}

}  // namespace
}  // namespace spacemoe
