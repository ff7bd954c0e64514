#include "cli/certs/key_folder.h"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/tls/identity.h"

namespace spacemoe {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

namespace fs = std::filesystem;

std::string Content(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

int Mode(const fs::path& path) {
  struct stat file {};
  stat(path.c_str(), &file);
  return file.st_mode & 07777;
}

class KeyFolderTest : public ::testing::Test {
 protected:
  KeyFolderTest() {
    const auto* test = testing::UnitTest::GetInstance()->current_test_info();
    folder_ = fs::path(testing::TempDir()) /
              absl::StrCat("keys-", getpid(), "-", test->name());
    fs::remove_all(folder_);
  }
  ~KeyFolderTest() override { fs::remove_all(folder_); }

  KeyFolderOptions Options() const {
    return {.folder = folder_.string(),
            .nodes = DefaultNodes(),
            .lifetime = absl::Hours(24)};
  }

  absl::StatusOr<std::vector<std::string>> Make(
      const KeyFolderOptions& options) {
    return MakeKeys(options, absl::Now());
  }

  absl::Status Load(const std::string& node, NodeRole role) {
    const fs::path path = folder_ / node;
    return LoadIdentity({path / "ca.pem", path / "cert.pem", path / "key.pem"},
                        role, absl::Now())
        .status();
  }

  fs::path folder_;
};

TEST_F(KeyFolderTest, EveryNodeGetsWhatItNeeds) {
  const auto made = Make(Options());
  ASSERT_TRUE(made.ok()) << made.status();
  EXPECT_THAT(*made, ElementsAre("coordinator", "satellite", "client"));
  EXPECT_TRUE(Load("coordinator", NodeRole::kCoordinator).ok());
  EXPECT_TRUE(Load("satellite", NodeRole::kSatellite).ok());
  EXPECT_TRUE(Load("client", NodeRole::kClient).ok());
}

TEST_F(KeyFolderTest, KeysAreTheirOwnersAlone) {
  ASSERT_TRUE(Make(Options()).ok());
  EXPECT_EQ(Mode(folder_ / "ca.key"), 0600);
  EXPECT_EQ(Mode(folder_ / "satellite/key.pem"), 0600);
  EXPECT_EQ(Mode(folder_ / "satellite/cert.pem"), 0644);
  EXPECT_FALSE(fs::exists(folder_ / "satellite/ca.key"));
}

TEST_F(KeyFolderTest, NothingIsReplacedUnasked) {
  ASSERT_TRUE(Make(Options()).ok());
  const std::string before = Content(folder_ / "ca.key");
  const auto again = Make(Options());
  EXPECT_TRUE(absl::IsAlreadyExists(again.status())) << again.status();
  EXPECT_THAT(std::string(again.status().message()), HasSubstr("--force"));
  EXPECT_EQ(Content(folder_ / "ca.key"), before);
  KeyFolderOptions force = Options();
  force.force = true;
  ASSERT_TRUE(Make(force).ok());
  EXPECT_NE(Content(folder_ / "ca.key"), before);
  EXPECT_TRUE(Load("client", NodeRole::kClient).ok());
}

TEST_F(KeyFolderTest, AddMakesWhatIsMissing) {
  ASSERT_TRUE(Make(Options()).ok());
  const std::string before = Content(folder_ / "satellite/key.pem");
  fs::remove(folder_ / "client/cert.pem");
  KeyFolderOptions add = Options();
  add.add = true;
  add.nodes.push_back(*ParseNode("10.0.0.7"));
  const auto made = Make(add);
  ASSERT_TRUE(made.ok()) << made.status();
  EXPECT_THAT(*made, ElementsAre("client", "10.0.0.7"));
  EXPECT_EQ(Content(folder_ / "satellite/key.pem"), before);
  EXPECT_TRUE(Load("10.0.0.7", NodeRole::kSatellite).ok());
  EXPECT_THAT(*Make(add), IsEmpty());
}

TEST_F(KeyFolderTest, AddNeedsTheAuthoritysKey) {
  ASSERT_TRUE(Make(Options()).ok());
  const std::string authority = Content(folder_ / "ca.pem");
  fs::remove(folder_ / "ca.key");
  KeyFolderOptions add = Options();
  add.add = true;
  const auto made = Make(add);
  EXPECT_TRUE(absl::IsFailedPrecondition(made.status()));
  EXPECT_THAT(std::string(made.status().message()),
              HasSubstr("expected ca.key beside it"));
  EXPECT_EQ(Content(folder_ / "ca.pem"), authority);
}

TEST_F(KeyFolderTest, AddStartsAFolderToo) {
  KeyFolderOptions add = Options();
  add.add = true;
  EXPECT_EQ(Make(add)->size(), 3);
}

TEST_F(KeyFolderTest, AddWithForceRenewsUnderTheSameAuthority) {
  ASSERT_TRUE(Make(Options()).ok());
  const std::string authority = Content(folder_ / "ca.pem");
  const std::string node = Content(folder_ / "satellite/cert.pem");
  KeyFolderOptions renew = Options();
  renew.add = renew.force = true;
  ASSERT_TRUE(Make(renew).ok());
  EXPECT_EQ(Content(folder_ / "ca.pem"), authority);
  EXPECT_NE(Content(folder_ / "satellite/cert.pem"), node);
}

TEST_F(KeyFolderTest, KeepsItsConstellation) {
  KeyFolderOptions options = Options();
  options.constellation = "leo";
  ASSERT_TRUE(Make(options).ok());
  options.add = true;
  options.constellation = "geo";
  const auto made = Make(options);
  EXPECT_TRUE(absl::IsInvalidArgument(made.status())) << made.status();
  EXPECT_THAT(std::string(made.status().message()), HasSubstr("'leo'"));
}

TEST_F(KeyFolderTest, CheckSaysWhatIsNotGood) {
  ASSERT_TRUE(Make(Options()).ok());
  const auto good = CheckKeys(folder_, absl::Now());
  ASSERT_TRUE(good.ok()) << good.status();
  ASSERT_EQ(good->size(), 4);
  for (const KeyReport& report : *good) {
    EXPECT_TRUE(report.status.ok()) << report.file << report.status;
  }
  EXPECT_EQ((*good)[3].name, "spacemoe://spacemoe/satellite");
  std::ofstream(folder_ / "client/cert.pem") << "junk";
  fs::copy_file(folder_ / "coordinator/key.pem", folder_ / "satellite/key.pem",
                fs::copy_options::overwrite_existing);
  const auto later = CheckKeys(folder_, absl::Now() + absl::Hours(25));
  EXPECT_TRUE((*later)[0].status.ok()) << "the authority";
  EXPECT_FALSE((*later)[1].status.ok()) << "junk";
  EXPECT_THAT(std::string((*later)[2].status.message()), HasSubstr("expired"));
  EXPECT_THAT(
      std::string(CheckKeys(folder_, absl::Now()).value()[3].status.message()),
      HasSubstr("not the certificate's"));
}

TEST_F(KeyFolderTest, CheckOfAnythingElseIsAnError) {
  EXPECT_TRUE(absl::IsNotFound(CheckKeys(folder_, absl::Now()).status()));
}

TEST(ParseNode, KnowsRolesAndHosts) {
  EXPECT_EQ(ParseNode("sat-7")->role, NodeRole::kSatellite);
  EXPECT_EQ(ParseNode("client:alice")->role, NodeRole::kClient);
  EXPECT_EQ(ParseNode("client:alice")->folder, "alice");
  EXPECT_THAT(ParseNode("fd00::7")->hosts, ElementsAre("fd00::7"));
  for (const char* text :
       {"", "client:", "..", ".hidden", "a/b", "authority:x", "client:../x"}) {
    EXPECT_TRUE(absl::IsInvalidArgument(ParseNode(text).status())) << text;
  }
}

}  // namespace
}  // namespace spacemoe
