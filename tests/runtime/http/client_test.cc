#include "runtime/http/client.h"

#include <memory>
#include <string>
#include <thread>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/http/sse.h"
#include "tests/runtime/http/server_fixture.h"

namespace spacemoe {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(HttpUrl, IsParsedStrictly) {
  const auto url = ParseHttpUrl("http://localhost:8000/v1/");
  ASSERT_TRUE(url.ok()) << url.status();
  EXPECT_EQ(url->host, "localhost");
  EXPECT_EQ(url->port, "8000");
  EXPECT_EQ(url->path, "/v1");
  EXPECT_EQ(ParseHttpUrl("HTTP://example")->ToString(), "http://example:80");
  EXPECT_EQ(ParseHttpUrl("http://[::1]:9")->ToString(), "http://[::1]:9");
  EXPECT_EQ(ParseHttpUrl("http://[::1]")->ToString(), "http://[::1]:80");
  EXPECT_EQ(ParseHttpUrl("http://[::1]:9/v1")->Authority(), "[::1]:9");
  EXPECT_TRUE(absl::IsUnimplemented(ParseHttpUrl("https://a").status()));
  for (const char* bad : {"", "localhost:8000", "http://", "http://:80",
                          "http://a:b", "http://unix:x", "ftp://a"}) {
    EXPECT_TRUE(absl::IsInvalidArgument(ParseHttpUrl(bad).status())) << bad;
  }
}

TEST(SseReader, FindsDataInPieces) {
  SseReader reader;
  EXPECT_THAT(reader.Push("da"), IsEmpty());
  EXPECT_THAT(reader.Push("ta: one\n"), IsEmpty());
  EXPECT_THAT(reader.Push("\ndata:two\r\ndata: lines\r\n\r\n: no\n\nid: 1\n\n"),
              ElementsAre("one", "two\nlines"));
  EXPECT_FALSE(reader.overflowed());
}

TEST(SseReader, GivesUpOnEndlessEvents) {
  SseReader reader;
  const std::string part(1 << 20, 'x');
  reader.Push("data: ");
  for (int i = 0; i < 20; ++i) reader.Push(part);
  EXPECT_TRUE(reader.overflowed());
  EXPECT_THAT(reader.Push("\n\ndata: a\n\n"), IsEmpty());
}

class HttpClientTest : public HttpServerTest {
 protected:
  HttpClient Client(absl::Duration patience = absl::Minutes(1)) {
    return HttpClient(*ParseHttpUrl("http://" + address()), patience);
  }
};

TEST_F(HttpClientTest, AsksAndReadsAnswersOfAnyStatus) {
  Serve();
  HttpCall call;
  call.method = "POST";
  call.path = "/echo";
  call.body = "some body";
  EXPECT_EQ(Client().Send(call)->body, "some body");
  call.path = "/nowhere";
  const auto missing = Client().Send(call);
  ASSERT_TRUE(missing.ok()) << missing.status();
  EXPECT_EQ(missing->status, 404);
  EXPECT_THAT(missing->body, HasSubstr("/nowhere"));
}

TEST_F(HttpClientTest, HearsOfAStreamAsItComes) {
  Serve();
  HttpCall call;
  call.path = "/wait";
  std::string heard;
  std::thread server([this] {
    const auto exchange = Waiting();
    exchange->Begin(Text(""));
    exchange->Write("one");
  });
  const auto response = Client().Send(call, [&](std::string_view data) {
    heard += data;
    if (heard == "one") {
      Waiting()->Write(" two");
      Waiting()->End();
    }
    return true;
  });
  server.join();
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(heard, "one two");
  EXPECT_EQ(response->body, "");
}

TEST_F(HttpClientTest, EndsWhenItIsTold) {
  Serve();
  HttpCall call;
  call.path = "/hello";
  const auto response =
      Client().Send(call, [](std::string_view) { return false; });
  EXPECT_TRUE(absl::IsCancelled(response.status())) << response.status();
}

TEST_F(HttpClientTest, LosesItsPatience) {
  Serve();
  HttpCall call;
  call.path = "/wait";
  const auto response = Client(absl::Milliseconds(20)).Send(call);
  EXPECT_TRUE(absl::IsDeadlineExceeded(response.status())) << response.status();
  gone_.Await();
}

TEST_F(HttpClientTest, SaysWhoDoesNotAnswer) {
  Serve();
  const std::string gone = address();
  server_.reset();
  const auto response =
      HttpClient(*ParseHttpUrl("http://" + gone), absl::Minutes(1)).Send({});
  EXPECT_TRUE(absl::IsUnavailable(response.status())) << response.status();
  EXPECT_THAT(std::string(response.status().message()),
              HasSubstr("cannot reach http://" + gone + ": "));
}

}  // namespace
}  // namespace spacemoe
