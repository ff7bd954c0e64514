#include "models/chat/chat_template.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "tests/models/tokenizer/fixture_cases.h"

namespace spacemoe {
namespace {

using Json = nlohmann::ordered_json;
using testing::HasSubstr;

absl::StatusOr<std::string> Render(std::string_view source,
                                   const Json& context = Json::object()) {
  const auto parsed = ChatTemplate::Parse(source, "t");
  if (!parsed.ok()) return parsed.status();
  return parsed->Render(context);
}

std::string MessageOf(const absl::StatusOr<std::string>& result) {
  return std::string(result.status().message());
}

// What Jinja itself gives for each template, with the settings that
// transformers renders with.
TEST(ChatTemplate, AgreesWithJinjaOnEveryCase) {
  const std::string folder = std::string(SPACEMOE_TESTDATA) + "/chat_templates";
  const Json context = Json::parse(std::ifstream(folder + "/context.json"));
  const auto cases = ReadCases(folder + "/cases.jsonl");
  ASSERT_GT(cases.size(), 200u);
  for (const Json& c : cases) {
    const auto source = c["template"].get<std::string>();
    const auto rendered = Render(source, context);
    if (c.contains("error")) {
      EXPECT_FALSE(rendered.ok()) << source;
      continue;
    }
    ASSERT_TRUE(rendered.ok()) << source << rendered.status();
    EXPECT_EQ(*rendered, c["rendered"].get<std::string>()) << source;
  }
}

TEST(ChatTemplate, SaysWhereAnErrorIs) {
  EXPECT_EQ(MessageOf(Render("a\nb {{ x.y }}")), "t: line 2: 'x' is undefined");
  EXPECT_EQ(MessageOf(Render("a\n\n{{ 1 +")),
            "t: line 3: missing end of tag }}");
  EXPECT_EQ(
      MessageOf(Render("{% if x %}\n{{ 1 | nope }}{% endif %}", {{"x", 1}})),
      "t: line 2: No filter named 'nope'");
  EXPECT_EQ(MessageOf(Render("{% endfor %}")),
            "t: line 1: unexpected tag 'endfor'");
}

TEST(ChatTemplate, GivesTheMessageOfWhatTheTemplateRaises) {
  const auto result =
      Render("{{ raise_exception('roles must ' ~ 'alternate') }}");
  EXPECT_EQ(result.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(MessageOf(result), "roles must alternate");
}

TEST(ChatTemplate, NamesWhatItDoesNotSupport) {
  const std::pair<const char*, const char*> cases[] = {
      {"{% include 'a' %}", "the tag 'include' is not supported"},
      {"{% extends 'a' %}", "the tag 'extends' is not supported"},
      {"{% block a %}{% endblock %}", "the tag 'block' is not supported"},
      {"{% do x() %}", "the tag 'do' is not supported"},
      {"{% for x in [] recursive %}{% endfor %}",
       "a recursive for loop is not supported"},
      {"{{ [1]|groupby('a') }}", "No filter named 'groupby'"},
      {"{{ 1 is filter }}", "No test named 'filter'"},
      {"{{ '%e' % 1 }}", "the format %e is not supported"},
      {"{{ '{0.a}'.format(1) }}", "'{0.a}' is not supported"},
  };
  for (const auto& [source, message] : cases) {
    const auto result = Render(source);
    EXPECT_EQ(result.status().code(), absl::StatusCode::kUnimplemented);
    EXPECT_THAT(MessageOf(result), HasSubstr(message)) << source;
  }
}

TEST(ChatTemplate, RefusesTextThatIsNotUtf8) {
  EXPECT_THAT(MessageOf(Render("a\xFF")), HasSubstr("t: not UTF-8: byte 1"));
  EXPECT_THAT(MessageOf(Render("a", {{"x", "\xFF"}})),
              HasSubstr("x: a string is not UTF-8"));
}

TEST(ChatTemplate, RefusesAContextThatIsNoObject) {
  EXPECT_THAT(MessageOf(Render("a", Json::array())),
              HasSubstr("expected an object, found array"));
  EXPECT_THAT(MessageOf(Render("a", {{"x", UINT64_MAX}})),
              HasSubstr("x: the integer 18446744073709551615 is too large"));
}

// Templates that would hang, fill the memory or the stack.
TEST(ChatTemplate, StopsHostileTemplates) {
  const char* const cases[] = {
      "{% for i in range(99999) %}{% for j in range(99999) %}"
      "{{ i }}{% endfor %}{% endfor %}",
      "{% set ns = namespace(x='aaaaaaaaaaaaaaaa') %}"
      "{% for i in range(100) %}{% set ns.x = ns.x + ns.x %}{% endfor %}",
      "{% set ns = namespace(x=[1]) %}"
      "{% for i in range(100) %}{% set ns.x = ns.x + ns.x %}{% endfor %}",
      "{% set ns = namespace(x=[1]) %}"
      "{% for i in range(90) %}{% set ns.x = [ns.x, ns.x] %}{% endfor %}"
      "{{ ns.x }}",
      "{% set ns = namespace(x=[1], y=[1]) %}{% for i in range(90) %}"
      "{% set ns.x = [ns.x, ns.x] %}{% set ns.y = [ns.y, ns.y] %}{% endfor %}"
      "{{ ns.x == ns.y }}",
      "{% set ns = namespace(x=[1]) %}"
      "{% for i in range(99999) %}{% set ns.x = [ns.x] %}{% endfor %}",
      "{% set ns = namespace() %}{% set ns.x = ns %}{{ ns }}",
      "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
      "{% macro f() %}{{ f() }}{{ f() }}{% endmacro %}{{ f() }}",
      "{{ 'a' * 1000000000000 }}",
      "{{ [0] * 1000000000000 }}",
      "{{ 'aaaaaaaaaaaaaaaa' * 1000000 }}{{ 'aaaaaaaaaaaaaaaa' * 1000000 }}",
      "{{ ('a' * 10000000)|replace('a', 'b' * 10000000) }}",
      "{{ ('\n' * 10000000)|indent(10000000, blank=true) }}",
      "{{ 'a'|center(1000000000000) }}",
      "{{ 'a'.ljust(99999999999) }}",
      "{{ '%99999999d' % 1 }}",
      "{{ range(1000000000) }}",
      "{{ range(-9223372036854775807, 9223372036854775807) }}",
      "{{ [[1]]|tojson(indent=100000000) }}",
      "{{ ((2 ** 62) * 4) }}",
      "{{ -9223372036854775807 - 10 }}",
      "{{ 10 ** 100 }}",
      "{{ ['a' * 10000000] * 100000 }}",
      "{{ (['a'] * 1000000)|join('b' * 10000000) }}",
      "{{ ([1] * 1000000)|batch(1, 'x')|list|length ~ ([1]*9999999)|sort }}",
  };
  for (const char* source : cases) {
    const auto result = Render(source);
    ASSERT_FALSE(result.ok()) << source;
    EXPECT_TRUE(absl::IsResourceExhausted(result.status()) ||
                absl::IsInvalidArgument(result.status()))
        << source << result.status();
  }
}

// Little text comes of these, but each keeps hundreds of MiB of objects,
// scopes or one-character strings until the rendering ends.
TEST(ChatTemplate, CountsWhatARenderingLeavesInMemory) {
  const char* const cases[] = {
      "{% for i in range(1000) %}{% for j in range(800) %}"
      "{% for k in [] %}{% endfor %}{% endfor %}{% endfor %}",
      "{% for i in range(1000) %}{% for j in range(800) %}"
      "{% macro f() %}{% endmacro %}{% endfor %}{% endfor %}",
      "{% macro f() %}{{ caller() }}{% endmacro %}"
      "{% for i in range(500) %}{% for j in range(800) %}"
      "{% call f() %}{% endcall %}{% endfor %}{% endfor %}",
      "{{ ('a' * 2500000)|list|length }}",
      "{{ ('a ' * 4500000).split()|length }}",
      "{{ ('a,' * 4500000).split(',')|length }}",
      "{{ ('a\n' * 4500000).splitlines()|length }}",
  };
  for (const char* source : cases) {
    const auto result = Render(source);
    EXPECT_EQ(result.status().code(), absl::StatusCode::kResourceExhausted)
        << source << result.status();
  }
}

TEST(ChatTemplate, LeavesRoomForTheLoopsAndTextsOfALongChat) {
  EXPECT_TRUE(Render("{% for i in range(300) %}{% for j in range(800) %}"
                     "{% for k in [] %}{% endfor %}{% endfor %}{% endfor %}")
                  .ok());
  EXPECT_EQ(*Render("{{ ('a ' * 1000000).split()|length }}"), "1000000");
  EXPECT_EQ(*Render("{{ ('a' * 1000000)|list|length }}"), "1000000");
}

std::string Repeat(std::string_view text, int times) {
  std::string out;
  for (int i = 0; i < times; ++i) out += text;
  return out;
}

TEST(ChatTemplate, StopsNestingWithoutEnd) {
  const std::string cases[] = {
      "{{ " + Repeat("(", 50000) + "1" + Repeat(")", 50000) + " }}",
      "{{ " + Repeat("[", 50000) + Repeat("]", 50000) + " }}",
      "{{ " + Repeat("{1:", 50000) + "1" + Repeat("}", 50000) + " }}",
      "{{ " + Repeat("-", 50000) + "1 }}",
      "{{ " + Repeat("not ", 50000) + "1 }}",
      "{{ 1" + Repeat("+1", 50000) + " }}",
      "{{ 1" + Repeat("**1", 50000) + " }}",
      "{{ 1" + Repeat(" if 1", 50000) + " }}",
      "{{ 1" + Repeat(" if 1 else 1", 50000) + " }}",
      "{{ x" + Repeat(".x", 50000) + " }}",
      "{{ x" + Repeat("[0]", 50000) + " }}",
      "{{ x" + Repeat("|abs", 50000) + " }}",
      Repeat("{% if 1 %}", 50000) + Repeat("{% endif %}", 50000),
      Repeat("{% for x in y %}", 50000) + Repeat("{% endfor %}", 50000),
      "{% for " + Repeat("(", 50000) + "x" + Repeat(")", 50000) +
          " in y %}{% endfor %}",
  };
  for (const std::string& source : cases) {
    const auto result = Render(source, {{"x", 1}});
    ASSERT_FALSE(result.ok()) << source.substr(0, 60);
    EXPECT_THAT(MessageOf(result), HasSubstr("nested too deeply"));
  }
}

TEST(ChatTemplate, TakesLongChainsThatDoNotNest) {
  EXPECT_EQ(*Render("{{ 1" + Repeat(" ~ 1", 5000) + " }}"), Repeat("1", 5001));
  EXPECT_EQ(*Render("{{ 1" + Repeat(" and 1", 5000) + " }}"), "1");
  EXPECT_EQ(*Render("{{ 1" + Repeat(" < 2 > 1", 5000) + " }}"), "True");
  EXPECT_EQ(*Render("{% if 0 %}" + Repeat("{% elif 0 %}", 5000) +
                    "{% else %}x{% endif %}"),
            "x");
}

TEST(ChatTemplate, RefusesAContextThatNestsTooDeeply) {
  Json deep = 1;
  for (int i = 0; i < 500; ++i) deep = Json::array({deep});
  EXPECT_THAT(MessageOf(Render("a", {{"x", deep}})),
              HasSubstr("x: nested more than 100 deep"));
}

TEST(ChatTemplate, TellsTheTimeThatItIsGiven) {
  const auto parsed = ChatTemplate::Parse("{{ strftime_now('%Y') }}", "t");
  ASSERT_TRUE(parsed.ok());
  const absl::Time noon =
      absl::FromCivil(absl::CivilSecond(2031, 7, 4, 12), absl::LocalTimeZone());
  EXPECT_EQ(*parsed->Render(Json::object(), noon), "2031");
}

TEST(ChatTemplate, SetsTheVariablesOfAChat) {
  const auto parsed = ChatTemplate::Parse(
      "{{ bos_token }}{{ messages[0].content }}{{ tools is none }}"
      "{{ add_generation_prompt }}{{ mood }}{{ documents is none }}",
      "t");
  ASSERT_TRUE(parsed.ok());
  ChatInput input;
  input.messages = Json::array({{{"role", "user"}, {"content", "Hi"}}});
  input.special_tokens["bos_token"] = "<s>";
  input.extra = {{"mood", "good"}};
  EXPECT_EQ(*parsed->RenderChat(input), "<s>HiTrueTruegoodTrue");
}

TEST(ChatTemplate, KeepsTheOrderOfKeys) {
  const Json context = Json::parse(R"({"d": {"z": 1, "a": {"y": 2, "b": 3}}})");
  EXPECT_EQ(*Render("{{ d|tojson }}", context),
            R"({"z": 1, "a": {"y": 2, "b": 3}})");
}

// Before they become text, as json.dumps does.
TEST(ChatTemplate, SortsKeysAsTheyAre) {
  const Json none = Json::object();
  EXPECT_EQ(
      *Render("{{ {10: 'a', 9: 'b', 2.5: 'c'}|tojson(sort_keys=true) }}", none),
      R"({"2.5": "c", "9": "b", "10": "a"})");
  EXPECT_EQ(
      *Render("{{ {'b': 1, 'a': {2: 0, 1: 0}}|tojson(sort_keys=true) }}", none),
      R"({"a": {"1": 0, "2": 0}, "b": 1})");
  EXPECT_EQ(*Render("{{ {none: 1}|tojson(sort_keys=true) }}", none),
            R"({"null": 1})");
  const auto mixed =
      Render("{{ {'a': 1, 1: 2}|tojson(sort_keys=true) }}", none);
  EXPECT_FALSE(mixed.ok());
  EXPECT_NE(mixed.status().message().find(
                "'<' not supported between instances of 'int' and 'str'"),
            std::string::npos)
      << mixed.status();
}

}  // namespace
}  // namespace spacemoe
