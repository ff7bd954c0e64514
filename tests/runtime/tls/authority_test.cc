#include "runtime/tls/authority.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/tls/certificate.h"
#include "tests/runtime/tls/test_identity.h"

namespace spacemoe {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

TEST(Authority, IssuesWhatItsCertificateVerifies) {
  const absl::Time now = absl::Now();
  const Authority authority = NewTestAuthority("leo");
  const auto issued =
      authority.Issue({.role = NodeRole::kSatellite,
                       .common_name = "sat-7",
                       .hosts = {"sat-7.example", "10.0.0.7", "fd00::7"},
                       .lifetime = absl::Hours(24)},
                      now);
  ASSERT_TRUE(issued.ok()) << issued.status();
  const auto facts = ReadCertificate(issued->certificate_pem);
  ASSERT_TRUE(facts.ok()) << facts.status();
  EXPECT_EQ(facts->subject, "sat-7");
  EXPECT_EQ(facts->name, (NodeName{"leo", NodeRole::kSatellite}));
  for (const char* host : {"sat-7.example", "10.0.0.7", "fd00::7",
                           "satellite.leo.spacemoe.internal"}) {
    EXPECT_THAT(facts->hosts, Contains(host));
  }
  EXPECT_TRUE(CheckValidity(*facts, now).ok());
  const std::string ca = authority.ToPem()->certificate_pem;
  EXPECT_TRUE(CheckIssuer(issued->certificate_pem, ca, now).ok());
}

TEST(Authority, AnotherOneIsNotTheIssuer) {
  const absl::Time now = absl::Now();
  const auto shown =
      TestIdentity(NewTestAuthority("leo"), NodeRole::kSatellite);
  const Authority other = NewTestAuthority("leo");
  const absl::Status status =
      CheckIssuer(shown->certificate_pem, other.ToPem()->certificate_pem, now);
  EXPECT_TRUE(absl::IsUnauthenticated(status)) << status;
}

TEST(Authority, CertificatesEnd) {
  const absl::Time now = absl::Now();
  const Authority authority = NewTestAuthority("leo");
  const auto shown = TestIdentity(authority, NodeRole::kSatellite);
  const auto facts = ReadCertificate(shown->certificate_pem);
  const absl::Time later = now + absl::Hours(25);
  EXPECT_THAT(std::string(CheckValidity(*facts, later).message()),
              HasSubstr("expired on "));
  EXPECT_THAT(
      std::string(
          CheckIssuer(shown->certificate_pem, shown->ca_pem, later).message()),
      HasSubstr("expired"));
  EXPECT_THAT(
      std::string(CheckValidity(*facts, now - absl::Hours(2)).message()),
      HasSubstr("not valid before"));
}

TEST(Authority, NobodyOutlivesIt) {
  const absl::Time now = absl::Now();
  const Authority authority = NewTestAuthority("leo");
  const auto issued = authority.Issue(
      {.common_name = "x", .hosts = {}, .lifetime = absl::Hours(100000)}, now);
  EXPECT_LE(ReadCertificate(issued->certificate_pem)->not_after,
            now + absl::Hours(240));
}

TEST(Authority, IsLoadedFromWhatItWrote) {
  const auto pem = NewTestAuthority("leo").ToPem();
  const auto loaded = Authority::Load(pem->certificate_pem, pem->key_pem);
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  EXPECT_EQ(loaded->constellation(), "leo");
}

TEST(Authority, IsNoNode) {
  const auto node = TestIdentity(NewTestAuthority("leo"), NodeRole::kClient);
  EXPECT_TRUE(absl::IsInvalidArgument(
      Authority::Load(node->certificate_pem, node->key_pem).status()));
  const auto other = NewTestAuthority("leo").ToPem();
  EXPECT_THAT(std::string(Authority::Load(
                              NewTestAuthority("leo").ToPem()->certificate_pem,
                              other->key_pem)
                              .status()
                              .message()),
              HasSubstr("not the authority's"));
}

// A name must not bring extensions or further names with it.
TEST(Authority, RefusesHostsThatAreNone) {
  for (const char* host : {"", "a b", "a,DNS:b", "a\nb", "*", "@file"}) {
    EXPECT_TRUE(absl::IsInvalidArgument(
        NewTestAuthority("leo")
            .Issue({.common_name = "x", .hosts = {host}}, absl::Now())
            .status()))
        << host;
  }
  EXPECT_FALSE(Authority::Create("a/b", absl::Hours(1), absl::Now()).ok());
}

TEST(Authority, NodesAreNoAuthorities) {
  const Authority authority = NewTestAuthority("leo");
  const auto node = TestIdentity(authority, NodeRole::kSatellite);
  // A leaf offered as an authority does not verify anything.
  EXPECT_FALSE(
      CheckIssuer(TestIdentity(authority, NodeRole::kClient)->certificate_pem,
                  node->certificate_pem, absl::Now())
          .ok());
}

}  // namespace
}  // namespace spacemoe
