#include "placement/constellation_file.h"

#include <string>

#include "gtest/gtest.h"
#include "placement/counter_rng.h"
#include "placement/presets.h"
#include "tests/placement/shells.h"
#include "tests/placement/status_check.h"

namespace spacemoe {
namespace {

constexpr char kYaml[] = R"(name: mine
links:
  rate_bps: 10e9
shells:
  - planes: 6
    satellites_per_plane: 11
    altitude_km: 780
    inclination_deg: 86.4
    pattern: star
    raan_spacing_deg: 31.6
    phasing: 3
)";

std::string Replace(std::string text, const std::string& from,
                    const std::string& to) {
  const size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

void ExpectRefused(const std::string& from, const std::string& to,
                   const std::string& message) {
  SCOPED_TRACE(from + " -> " + to);
  const auto parsed = ParseConstellation(Replace(kYaml, from, to), "sky.yaml");
  ExpectInvalid(parsed.status(), message);
}

TEST(ConstellationFile, ReadsYaml) {
  const auto spec = ParseConstellation(kYaml, "sky.yaml");
  ASSERT_TRUE(spec.ok()) << spec.status();
  EXPECT_EQ(spec->name, "mine");
  EXPECT_EQ(spec->links.rate_bps, 10e9);
  EXPECT_EQ(spec->links.processing_ms, 0.3);
  ASSERT_EQ(spec->shells.size(), 1u);
  EXPECT_EQ(spec->shells[0].name, "1");
  EXPECT_EQ(spec->shells[0].planes, 6);
  EXPECT_EQ(spec->shells[0].pattern, ShellPattern::kStar);
  EXPECT_NEAR(spec->shells[0].raan_spread_deg, 189.6, 1e-9);
}

TEST(ConstellationFile, ReadsJsonWithTabs) {
  const auto spec = ParseConstellation(
      "{\n\t\"name\": \"mine\",\n\t\"shells\": [\n\t\t{\"planes\": 1, "
      "\"satellites_per_plane\": 12, \"altitude_km\": 550,\n\t\t"
      "\"inclination_deg\": 53, \"pattern\": \"delta\", \"phasing\": 0}\n\t]\n"
      "}\n",
      "sky.json");
  ASSERT_TRUE(spec.ok()) << spec.status();
  EXPECT_EQ(spec->shells[0].raan_spread_deg, 360);
}

TEST(ConstellationFile, RoundTripsEveryPreset) {
  for (const std::string& name : PresetNames()) {
    const ConstellationSpec spec = *Preset(name);
    const std::string json = ConstellationToJson(spec);
    const auto again = ParseConstellation(json, "again");
    ASSERT_TRUE(again.ok()) << again.status();
    EXPECT_EQ(ConstellationToJson(*again), json);
    EXPECT_EQ(again->shells.size(), spec.shells.size());
    EXPECT_EQ(again->shells[0].phasing, spec.shells[0].phasing);
  }
}

TEST(ConstellationFile, LoadsFiles) {
  const std::string folder = std::string(SPACEMOE_TESTDATA) + "/constellations";
  const Constellation sky = Open(folder + "/two_shells.yaml:2");
  EXPECT_EQ(sky.Label(), "two-shells:2");
  EXPECT_EQ(sky.satellite_count(), 9);
  EXPECT_EQ(Open(folder + "/two_shells.json").satellite_count(), 288);
  ExpectError(LoadConstellationFile(folder + "/none.yaml").status(),
              absl::StatusCode::kNotFound, "none.yaml");
  ExpectInvalid(LoadConstellationFile(folder).status(), "is a folder");
}

TEST(ConstellationFile, NamesLineOfUnknownField) {
  ExpectRefused("    phasing: 3", "    phasing: 3\n    colour: red",
                "sky.yaml:12:5: shell 1: unknown field 'colour'");
  ExpectRefused("rate_bps", "rate",
                "sky.yaml:3:3: links: unknown field 'rate'; known are "
                "rate_bps, processing_ms, atmosphere_km");
  ExpectRefused("name: mine", "title: mine",
                "sky.yaml:1:1: constellation: unknown field 'title'");
}

TEST(ConstellationFile, NamesMissingField) {
  ExpectRefused("    altitude_km: 780\n", "",
                "sky.yaml:5:5: shell 1: field 'altitude_km' is missing");
  ExpectRefused("    phasing: 3\n", "", "field 'phasing' is missing");
  ExpectRefused("    pattern: star\n", "", "field 'pattern' is missing");
  ExpectRefused("    raan_spacing_deg: 31.6\n", "",
                "field 'raan_spread_deg' is missing");
  ExpectRefused("name: mine\n", "", "field 'name' is missing");
}

TEST(ConstellationFile, NamesLineOfWrongType) {
  ExpectRefused("planes: 6", "planes: six",
                "sky.yaml:5:13: shell 1: field 'planes' must be a whole "
                "number, found 'six'");
  ExpectRefused("planes: 6", "planes: 6.5", "must be a whole number");
  ExpectRefused("planes: 6", "planes: \"6\"",
                "must be a whole number, found \"6\"");
  ExpectRefused("planes: 6", "planes: 99999999999", "must be a whole number");
  ExpectRefused("altitude_km: 780", "altitude_km: [780]",
                "must be a number, found a list");
  ExpectRefused("altitude_km: 780", "altitude_km: .nan", "must be a number");
  ExpectRefused("altitude_km: 780", "altitude_km: inf", "must be a number");
  ExpectRefused("altitude_km: 780", "altitude_km:", "found nothing");
  ExpectRefused("pattern: star", "pattern: ring",
                "sky.yaml:9:14: shell 1: field 'pattern' must be delta or "
                "star, found 'ring'");
  ExpectRefused("name: mine", "name: [mine]", "field 'name' must be text");
}

TEST(ConstellationFile, RefusesRepeatedAndExclusiveFields) {
  ExpectRefused("    phasing: 3", "    phasing: 3\n    phasing: 4",
                "sky.yaml:12:5: shell 1: field 'phasing' is there twice");
  ExpectRefused("    phasing: 3", "    phasing: 3\n    raan_spread_deg: 180",
                "exclude each other");
}

TEST(ConstellationFile, RefusesWhatIsNoMapping) {
  ExpectInvalid(ParseConstellation("", "f").status(), "found none");
  ExpectInvalid(ParseConstellation("- 1", "f").status(), "expected a mapping");
  ExpectInvalid(ParseConstellation("{a: [", "f").status(), "not YAML or JSON");
  ExpectInvalid(ParseConstellation("name: a\n---\nname: b", "f").status(),
                "found none or several");
  ExpectInvalid(ParseConstellation("name: a\nshells: []", "f").status(),
                "must be a list of shells");
  ExpectInvalid(ParseConstellation("name: a\nshells: {a: 1}", "f").status(),
                "must be a list of shells");
  ExpectInvalid(ParseConstellation("name: a\nshells: [3]", "f").status(),
                "shell 1: expected a mapping");
}

TEST(ConstellationFile, EndsOnStrayBrackets) {
  for (const char* text : {"}", "]", "name: a\n}", "# c{.\n \"a\"}", "--- }"}) {
    EXPECT_FALSE(ParseConstellation(text, "f").ok()) << text;
  }
}

// Every truncation and 3,000 broken copies give a spec or a status.
TEST(ConstellationFile, SurvivesBrokenCopies) {
  const std::string text = kYaml;
  for (size_t size = 0; size < text.size(); ++size) {
    (void)ParseConstellation(text.substr(0, size), "f");
  }
  CounterRng rng(1);
  for (int copy = 0; copy < 3000; ++copy) {
    std::string broken = text;
    for (int i = 0; i < 3; ++i) {
      broken[rng.Below(broken.size())] = static_cast<char>(rng.Below(256));
    }
    (void)ParseConstellation(broken, "f");
  }
}

TEST(ConstellationFile, SurvivesDeepNesting) {
  const auto parsed = ParseConstellation(std::string(100'000, '['), "deep");
  EXPECT_FALSE(parsed.ok());
}

TEST(ConstellationFile, RefusesRingsThroughTheEarthWhenOpened) {
  const auto spec = ParseConstellation(
      Replace(kYaml, "satellites_per_plane: 11", "satellites_per_plane: 4"),
      "sky.yaml");
  ASSERT_TRUE(spec.ok());
  ExpectInvalid(Constellation::Create(*spec).status(),
                "use at least 8 satellites per plane");
}

}  // namespace
}  // namespace spacemoe
