// The HTTP server against clients that do not behave.
#include <string>
#include <thread>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/runtime/http/raw_client.h"
#include "tests/runtime/http/server_fixture.h"

namespace spacemoe {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST_F(HttpServerTest, RefusesAFloodOfHeaders) {
  Serve();
  RawClient client(address());
  std::string flood = "GET /hello HTTP/1.1\r\n";
  for (int i = 0; i < 5000; ++i) absl::StrAppend(&flood, "X-", i, ": 1\r\n");
  client.Send(flood);
  const RawResponse response = client.Read();
  EXPECT_EQ(response.status, 431);
  EXPECT_THAT(response.body, HasSubstr("larger than 16384 bytes"));
  EXPECT_EQ(Fetch(address(), "GET", "/hello").status, 200);
}

TEST_F(HttpServerTest, RefusesOneEndlessHeader) {
  Serve();
  RawClient client(address());
  client.Send("GET /hello HTTP/1.1\r\nX: " + std::string(100'000, 'a'));
  EXPECT_EQ(client.Read().status, 431);
}

TEST_F(HttpServerTest, RefusesAHugeBodyBeforeItComes) {
  Serve();
  RawClient client(address());
  client.Send("POST /echo HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n");
  const RawResponse response = client.Read();
  EXPECT_EQ(response.status, 413);
  EXPECT_THAT(response.body, HasSubstr("larger than 8388608 bytes"));
  EXPECT_EQ(FindHeader(response.headers, "Connection"), "close");
}

TEST_F(HttpServerTest, RefusesAHugeBodyThatIsSentAllTheSame) {
  options_.limits.body_bytes = 1000;
  Serve();
  const RawResponse response =
      Fetch(address(), "POST", "/echo", std::string(3'000'000, 'x'));
  EXPECT_EQ(response.status, 413);
  EXPECT_EQ(Fetch(address(), "POST", "/echo", std::string(1000, 'x')).status,
            200);
}

TEST_F(HttpServerTest, RefusesAHugeBodyInChunks) {
  options_.limits.body_bytes = 1000;
  Serve();
  RawClient client(address());
  client.Send("POST /echo HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n");
  for (int i = 0; i < 5; ++i) client.Send(HttpChunk(std::string(400, 'x')));
  EXPECT_EQ(client.Read().status, 413);
}

TEST_F(HttpServerTest, TakesABodyInChunks) {
  Serve();
  RawClient client(address());
  client.Send("POST /echo HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n");
  client.Send("2\r\nab\r\n3\r\ncde\r\n0\r\n\r\n");
  EXPECT_EQ(client.Read().body, "abcde");
}

TEST_F(HttpServerTest, RefusesWhatIsNotHttp) {
  Serve();
  for (const char* bytes :
       {"\x16\x03\x01\x02 tls\r\n\r\n", "GET\r\n\r\n", "GET / HTTP/9.9\r\n\r\n",
        "GET /hello HTTP/1.1\r\nno colon\r\n\r\n",
        "POST /echo HTTP/1.1\r\nContent-Length: minus\r\n\r\n",
        "POST /echo HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"}) {
    RawClient client(address());
    client.Send(bytes);
    const RawResponse response = client.Read();
    EXPECT_TRUE(response.status == 400 || response.status == 505)
        << bytes << " " << response.status;
    EXPECT_EQ(client.ReadToEnd(), "") << "and closes";
  }
  EXPECT_EQ(Fetch(address(), "GET", "/hello").status, 200);
}

TEST_F(HttpServerTest, EndsConnectionsThatSendNothing) {
  options_.limits.header_time = absl::Milliseconds(30);
  Serve();
  RawClient silent(address());
  EXPECT_EQ(silent.ReadToEnd(), "");
  RawClient half(address());
  half.Send("GET /hello HTTP/1.1\r\nHost:");
  EXPECT_THAT(half.ReadToEnd(), StartsWith("HTTP/1.1 408 "));
}

TEST_F(HttpServerTest, EndsARequestWhoseBodyDoesNotCome) {
  options_.limits.body_time = absl::Milliseconds(30);
  Serve();
  RawClient client(address());
  client.Send("POST /echo HTTP/1.1\r\nContent-Length: 10\r\n\r\nabc");
  EXPECT_THAT(client.ReadToEnd(), StartsWith("HTTP/1.1 408 "));
}

TEST_F(HttpServerTest, EndsIdleConnections) {
  options_.limits.idle_time = absl::Milliseconds(30);
  Serve();
  RawClient client(address());
  client.Request("GET", "/hello");
  EXPECT_THAT(client.ReadToEnd(), EndsWith("hello"));
}

TEST_F(HttpServerTest, SurvivesClientsThatEndInTheMiddleOfARequest) {
  Serve();
  for (const char* bytes : {"", "G", "GET /hello HTTP/1.1\r\n",
                            "POST /echo HTTP/1.1\r\n"
                            "Content-Length: 5\r\n\r\nab"}) {
    RawClient orderly(address());
    orderly.Send(bytes);
    orderly.Close();
    RawClient rude(address());
    rude.Send(bytes);
    rude.Reset();
  }
  EXPECT_EQ(Fetch(address(), "GET", "/hello").status, 200);
  while (server_->connections() > 0) std::this_thread::yield();
}

TEST_F(HttpServerTest, TellsOneConnectionTooManyThatItIs) {
  options_.limits.connections = 2;
  Serve();
  RawClient first(address()), second(address());
  first.Request("GET", "/hello");
  second.Request("GET", "/hello");
  EXPECT_EQ(first.Read().status, 200);
  EXPECT_EQ(second.Read().status, 200);
  const RawResponse refused = Fetch(address(), "GET", "/hello");
  EXPECT_EQ(refused.status, 503);
  EXPECT_EQ(FindHeader(refused.headers, "Retry-After"), "1");
  first.Close();
  while (Fetch(address(), "GET", "/hello").status != 200) {
    std::this_thread::yield();
  }
}

}  // namespace
}  // namespace spacemoe
