#include "coordinator/options/api_options.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace spacemoe {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

// What is wrong with the flags; empty: nothing.
std::string Parse(std::vector<std::string> flags, ApiSettings* settings) {
  CLI::App app;
  AddHttpFlag(&app, settings);
  AddApiFlags(&app, settings);
  std::vector<const char*> args = {"program"};
  for (const std::string& flag : flags) args.push_back(flag.c_str());
  try {
    app.parse(static_cast<int>(args.size()), args.data());
  } catch (const CLI::ParseError& error) {
    return error.what();
  }
  return "";
}

TEST(ApiOptions, ArgumentsAreParsedBack) {
  ApiSettings settings;
  settings.listen = "0.0.0.0:81";
  settings.key_file = "/some keys";
  settings.model_name = "a name";
  settings.max_connections = 3;
  settings.max_active = 4;
  settings.max_queued = 5;
  settings.request_timeout_s = 0.125;
  ApiSettings parsed;
  ASSERT_EQ(Parse(ToArguments(settings), &parsed), "");
  EXPECT_EQ(parsed.listen, settings.listen);
  EXPECT_EQ(parsed.key_file, settings.key_file);
  EXPECT_EQ(parsed.model_name, settings.model_name);
  EXPECT_EQ(parsed.max_connections, settings.max_connections);
  EXPECT_EQ(parsed.max_active, settings.max_active);
  EXPECT_EQ(parsed.max_queued, settings.max_queued);
  EXPECT_EQ(parsed.request_timeout_s, settings.request_timeout_s);
  EXPECT_THAT(ToArguments(ApiSettings()), IsEmpty()) << "without an API";
}

TEST(ApiOptions, BadValuesSayWhatWasExpected) {
  ApiSettings settings;
  for (const char* flag :
       {"--http-max-connections=0", "--max-active=-1", "--max-queued=x"}) {
    EXPECT_THAT(Parse({flag}, &settings), HasSubstr("expected")) << flag;
  }
  EXPECT_THAT(Parse({"--request-timeout=0"}, &settings), HasSubstr("expected"));
}

}  // namespace
}  // namespace spacemoe
