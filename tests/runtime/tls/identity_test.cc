#include "runtime/tls/identity.h"

#include <unistd.h>

#include <fstream>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/runtime/tls/test_identity.h"

namespace spacemoe {
namespace {

using ::testing::HasSubstr;

class IdentityTest : public ::testing::Test {
 protected:
  std::string Write(const std::string& name, const std::string& content) {
    const std::string path = testing::TempDir() + "identity-" +
                             std::to_string(getpid()) + "-" + name;
    std::ofstream(path) << content;
    return path;
  }

  TlsFiles Files(const TlsIdentity& identity) {
    return {Write("ca.pem", identity.ca_pem),
            Write("cert.pem", identity.certificate_pem),
            Write("key.pem", identity.key_pem)};
  }

  absl::Status Load(const TlsFiles& files,
                    NodeRole role = NodeRole::kSatellite) {
    return LoadIdentity(files, role, absl::Now()).status();
  }

  const Authority authority_ = NewTestAuthority("leo");
  const std::shared_ptr<const TlsIdentity> good_ =
      TestIdentity(authority_, NodeRole::kSatellite);
};

TEST_F(IdentityTest, IsWhatTheCertificateSays) {
  const auto identity =
      LoadIdentity(Files(*good_), NodeRole::kSatellite, absl::Now());
  ASSERT_TRUE(identity.ok()) << identity.status();
  EXPECT_EQ((*identity)->name, (NodeName{"leo", NodeRole::kSatellite}));
}

TEST_F(IdentityTest, MayBeOfAnyRole) {
  EXPECT_TRUE(
      LoadIdentity(Files(*good_), std::nullopt, absl::Now()).status().ok());
}

TEST_F(IdentityTest, WantsAllThreeFiles) {
  TlsFiles files = Files(*good_);
  files.key.clear();
  EXPECT_THAT(std::string(Load(files).message()), HasSubstr("--tls-key"));
  files.key = "/no/such/key";
  EXPECT_TRUE(absl::IsNotFound(Load(files))) << Load(files);
}

TEST_F(IdentityTest, NamesTheFileThatIsDamaged) {
  TlsFiles files = Files(*good_);
  files.certificate = Write("junk.pem", "-----BEGIN CERTIFICATE-----\njunk");
  const absl::Status status = Load(files);
  EXPECT_TRUE(absl::IsInvalidArgument(status)) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr("junk.pem"));
}

TEST_F(IdentityTest, RefusesAnothersKey) {
  TlsFiles files = Files(*good_);
  files.key = Write("other.pem",
                    TestIdentity(authority_, NodeRole::kSatellite)->key_pem);
  EXPECT_THAT(std::string(Load(files).message()),
              HasSubstr("not the certificate's"));
}

TEST_F(IdentityTest, RefusesAnExpiredCertificateWithItsDate) {
  const absl::Status status =
      Load(Files(*ExpiredIdentity(authority_, NodeRole::kSatellite)));
  EXPECT_TRUE(absl::IsFailedPrecondition(status)) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr("expired on 20"));
}

TEST_F(IdentityTest, RefusesAnotherAuthoritysCertificate) {
  const auto other =
      TestIdentity(NewTestAuthority("leo"), NodeRole::kSatellite);
  const absl::Status status = Load(Files(*Mixed(*good_, *other)));
  EXPECT_TRUE(absl::IsUnauthenticated(status)) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr("has not issued"));
}

TEST_F(IdentityTest, RefusesAnotherRolesCertificate) {
  const absl::Status status = Load(Files(*good_), NodeRole::kCoordinator);
  EXPECT_THAT(std::string(status.message()),
              HasSubstr("expected a coordinator's certificate, found a "
                        "satellite's"));
}

}  // namespace
}  // namespace spacemoe
