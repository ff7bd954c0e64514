// Programs that only talk to those with keys of their constellation.
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <memory>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/e2e/program.h"

namespace spacemoe {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

namespace fs = std::filesystem;

constexpr char kPrompt[] = "1,5,9";

class TlsTest : public ::testing::Test {
 protected:
  TlsTest() {
    folder_ =
        fs::path(testing::TempDir()) / ("tls-" + std::to_string(getpid()));
    fs::remove_all(folder_);
  }
  ~TlsTest() override { fs::remove_all(folder_); }

  void MakeKeys(const std::string& name, const std::string& constellation) {
    const ProgramResult made = Spacemoe(
        {"certs", (folder_ / name).string(), "--constellation", constellation});
    ASSERT_EQ(made.exit_code, 0) << made.err;
  }

  std::vector<std::string> Tls(const std::string& name,
                               const std::string& node) const {
    const fs::path path = folder_ / name / node;
    return {"--tls-ca",        path / "ca.pem", "--tls-cert",
            path / "cert.pem", "--tls-key",     path / "key.pem"};
  }

  // On a port of its own, which address_ names from then on.
  void StartCoordinator(const std::vector<std::string>& tls) {
    std::vector<std::string> args = {"--model",
                                     TinyModel("mixtral"),
                                     "--listen",
                                     "127.0.0.1:0",
                                     "--experts-per-satellite",
                                     "64",
                                     "--links",
                                     "off"};
    args.insert(args.end(), tls.begin(), tls.end());
    coordinator_ = std::make_unique<Program>("spacemoe-coordinator", args);
    ASSERT_TRUE(coordinator_->ReadUntil([this](const ProgramResult& result) {
      return ReadAddress(result.out);
    })) << coordinator_->Wait().err;
  }

  // "listening 127.0.0.1:40001 satellites 2"
  bool ReadAddress(const std::string& line) {
    if (line.find('\n') == line.npos) return false;
    const size_t start = line.find(' ') + 1;
    address_ = line.substr(start, line.find(' ', start) - start);
    satellites_ =
        line.substr(line.rfind(' ') + 1, line.find('\n') - line.rfind(' ') - 1);
    return true;
  }

  std::unique_ptr<Program> StartSatellites(
      const std::vector<std::string>& tls) const {
    std::vector<std::string> args = {"--coordinator", address_,
                                     "--fork",        satellites_,
                                     "--model",       TinyModel("mixtral")};
    args.insert(args.end(), tls.begin(), tls.end());
    return std::make_unique<Program>("spacemoe-satellite", args,
                                     ProgramOptions{.keep_open = true});
  }

  ProgramResult OneSatellite(const std::vector<std::string>& tls) const {
    std::vector<std::string> args = {"--coordinator", address_};
    args.insert(args.end(), tls.begin(), tls.end());
    return Program("spacemoe-satellite", args).Wait();
  }

  ProgramResult Generate(const std::vector<std::string>& tls) const {
    std::vector<std::string> args = {
        "generate", "--coordinator", address_,       "--ids",
        kPrompt,    "--json",        "--max-tokens", "12"};
    args.insert(args.end(), tls.begin(), tls.end());
    return Spacemoe(args);
  }

  // What the coordinator has said on stderr once it has said `part`.
  std::string LogWith(const std::string& part) {
    std::string log;
    coordinator_->ReadUntil([&](const ProgramResult& result) {
      log = result.err;
      return log.find(part) != log.npos;
    });
    return log;
  }

  fs::path folder_;
  std::unique_ptr<Program> coordinator_;
  std::string address_;
  std::string satellites_;
};

TEST_F(TlsTest, ARingWithKeysGivesTheSingleProcesssTokens) {
  MakeKeys("leo", "leo");
  StartCoordinator(Tls("leo", "coordinator"));
  const auto satellites = StartSatellites(Tls("leo", "satellite"));
  const ProgramResult ring = Generate(Tls("leo", "client"));
  ASSERT_EQ(ring.exit_code, 0) << ring.err;
  const ProgramResult local =
      Spacemoe({"generate", "--model", TinyModel("mixtral"), "--local", "--ids",
                kPrompt, "--json", "--max-tokens", "12"});
  ASSERT_EQ(local.exit_code, 0) << local.err;
  EXPECT_EQ(ring.Json()["sequences"][0]["ids"],
            local.Json()["sequences"][0]["ids"]);
  EXPECT_EQ(ring.Json()["sequences"][0]["ids"].size(), 12);
  std::vector<std::string> health = {"health", address_};
  EXPECT_EQ(Spacemoe(health).exit_code, 1) << "it has no keys";
  const std::vector<std::string> keys = Tls("leo", "coordinator");
  health.insert(health.end(), keys.begin(), keys.end());
  const ProgramResult healthy = Spacemoe(health);
  EXPECT_EQ(healthy.exit_code, 0) << healthy.err;
}

TEST_F(TlsTest, StrangersAreRefusedOnBothSides) {
  MakeKeys("leo", "leo");
  MakeKeys("geo", "geo");
  StartCoordinator(Tls("leo", "coordinator"));

  const ProgramResult plain = OneSatellite({});
  EXPECT_EQ(plain.exit_code, 1);
  EXPECT_THAT(plain.err, HasSubstr("the server wants TLS"));
  EXPECT_THAT(LogWith("does not speak TLS"),
              HasSubstr("spacemoe-coordinator: refused a connection"));

  const ProgramResult geo = OneSatellite(Tls("geo", "satellite"));
  EXPECT_EQ(geo.exit_code, 1);
  EXPECT_THAT(geo.err, HasSubstr("this side refuses the server's certificate"));

  const ProgramResult role = Generate(Tls("leo", "satellite"));
  EXPECT_EQ(role.exit_code, 1);
  EXPECT_THAT(role.err, HasSubstr("expected a client's certificate"));

  const ProgramResult insecure = Generate({"--insecure"});
  EXPECT_EQ(insecure.exit_code, 1);
  EXPECT_THAT(insecure.err, HasSubstr("the server wants TLS"));
  EXPECT_THAT(LogWith(""), Not(HasSubstr("PRIVATE KEY")));
}

// The same authority's keys, shown by somebody else than they are for.
TEST_F(TlsTest, AnotherAuthoritysSatelliteIsRefusedByTheCoordinator) {
  MakeKeys("leo", "leo");
  MakeKeys("geo", "leo");  // the same name, another authority
  StartCoordinator(Tls("leo", "coordinator"));
  std::vector<std::string> mixed = Tls("geo", "satellite");
  fs::copy_file(folder_ / "leo/ca.pem", folder_ / "both.pem");
  std::ofstream(folder_ / "both.pem", std::ios::app)
      << std::ifstream(folder_ / "geo/ca.pem").rdbuf();
  mixed[1] = folder_ / "both.pem";
  const ProgramResult result = OneSatellite(mixed);
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err, HasSubstr("the server refuses this side's "
                                    "certificate (spacemoe://leo/satellite)"));
  EXPECT_THAT(LogWith("refused a connection: the peer's certificate "
                      "(spacemoe://leo/satellite)"),
              HasSubstr("refused"));
}

TEST_F(TlsTest, OtherMachinesNeedKeys) {
  const ProgramResult coordinator =
      Program("spacemoe-coordinator",
              {"--model", TinyModel("mixtral"), "--listen", "0.0.0.0:0"})
          .Wait();
  EXPECT_EQ(coordinator.exit_code, 1);
  const ProgramResult satellite =
      Program("spacemoe-satellite", {"--coordinator", "10.255.0.1:7300"})
          .Wait();
  EXPECT_EQ(satellite.exit_code, 1);
  const ProgramResult client = Spacemoe(
      {"generate", "--coordinator", "10.255.0.1:7300", "--ids", kPrompt});
  EXPECT_EQ(client.exit_code, 1);
  for (const ProgramResult& result : {coordinator, satellite, client}) {
    EXPECT_THAT(result.err, HasSubstr("spacemoe certs"));
    EXPECT_THAT(result.err, HasSubstr("--insecure"));
  }
}

TEST_F(TlsTest, CertsCommandSaysWhatItDoes) {
  MakeKeys("leo", "leo");
  const std::string keys = (folder_ / "leo").string();
  const ProgramResult again = Spacemoe({"certs", keys});
  EXPECT_EQ(again.exit_code, 1);
  EXPECT_THAT(again.err, HasSubstr("has keys already"));
  const ProgramResult check = Spacemoe({"certs", "--check", keys});
  EXPECT_EQ(check.exit_code, 0) << check.err;
  EXPECT_THAT(check.out, HasSubstr("spacemoe://leo/coordinator"));
  EXPECT_EQ(Spacemoe({"certs", keys, "--constellation", "Big"}).exit_code, 2);
  EXPECT_EQ(Spacemoe({"certs", keys, "--days", "0"}).exit_code, 2);
  EXPECT_EQ(Spacemoe({"certs", keys, "--node", "a/b"}).exit_code, 2);
}

}  // namespace
}  // namespace spacemoe
