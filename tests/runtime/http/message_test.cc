#include "runtime/http/message.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace spacemoe {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

TEST(HttpMessage, FindsHeadersInAnyCase) {
  const HttpHeaders headers = {{"Content-Type", "a"}, {"x", "1"}, {"X", "2"}};
  EXPECT_EQ(FindHeader(headers, "content-type"), "a");
  EXPECT_EQ(FindHeader(headers, "X"), "1");
  EXPECT_EQ(FindHeader(headers, "y"), "");
}

TEST(HttpMessage, DecodesPercentSigns) {
  std::string out;
  EXPECT_TRUE(PercentDecode("/a%2Fb%c3%A4+", &out));
  EXPECT_EQ(out, "/a/b\xc3\xa4+");
  for (const char* bad : {"%", "%1", "%g0", "a%0g"}) {
    EXPECT_FALSE(PercentDecode(bad, &out)) << bad;
  }
}

TEST(HttpMessage, WritesHeads) {
  HttpResponse response;
  response.status = 429;
  response.body = "slow down";
  response.headers = {{"Retry-After", "1"}};
  const std::string head = SerializeHead(response, {});
  EXPECT_THAT(head, StartsWith("HTTP/1.1 429 Too Many Requests\r\n"));
  EXPECT_THAT(head, HasSubstr("\r\nContent-Length: 9\r\n"));
  EXPECT_THAT(head, HasSubstr("\r\nRetry-After: 1\r\n"));
  EXPECT_THAT(head, HasSubstr("\r\nConnection: keep-alive\r\n\r\n"));
  const std::string stream =
      SerializeHead(response, {.keep_alive = false, .chunked = true});
  EXPECT_THAT(stream, HasSubstr("\r\nTransfer-Encoding: chunked\r\n"));
  EXPECT_THAT(stream, HasSubstr("\r\nConnection: close\r\n"));
  EXPECT_THAT(stream, Not(HasSubstr("Content-Length")));
}

TEST(HttpMessage, WritesChunks) {
  EXPECT_EQ(HttpChunk("0123456789abcdefg"), "11\r\n0123456789abcdefg\r\n");
}

}  // namespace
}  // namespace spacemoe
