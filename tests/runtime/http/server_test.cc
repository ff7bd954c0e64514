// The HTTP server: requests, streams, its start and its end.
#include "runtime/http/server.h"

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/http/router.h"
#include "tests/runtime/http/raw_client.h"
#include "tests/runtime/http/server_fixture.h"

namespace spacemoe {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;

TEST_F(HttpServerTest, AnswersSeveralRequestsOfOneConnection) {
  Serve();
  RawClient client(address());
  for (int i = 0; i < 3; ++i) {
    client.Request("GET", "/hello");
    const RawResponse response = client.Read();
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.body, "hello");
    EXPECT_EQ(FindHeader(response.headers, "connection"), "keep-alive");
  }
  EXPECT_EQ(server_->connections(), 1);
}

TEST_F(HttpServerTest, AnswersPipelinedRequestsInTheirOrder) {
  Serve();
  RawClient client(address());
  std::string requests;
  for (int i = 0; i < 40; ++i) {
    absl::StrAppend(&requests,
                    "POST /echo HTTP/1.1\r\nContent-Length: 4\r\n\r\n",
                    1000 + i, "GET /things/", i, " HTTP/1.1\r\n\r\n");
  }
  client.Send(requests);
  for (int i = 0; i < 40; ++i) {
    EXPECT_EQ(client.Read().body, absl::StrCat(1000 + i));
    EXPECT_EQ(client.Read().body, absl::StrCat("/things/", i));
  }
}

TEST_F(HttpServerTest, TakesWholePathsAndRestsOfPaths) {
  Serve();
  EXPECT_EQ(Fetch(address(), "GET", "/things/a%20b/c?x=1").body,
            "/things/a b/c");
  EXPECT_EQ(Fetch(address(), "GET", "/things/").status, 404);
  EXPECT_EQ(Fetch(address(), "GET", "/things/*").body, "/things/*");
  EXPECT_EQ(Fetch(address(), "GET", "/hello/").status, 404);
  EXPECT_EQ(Fetch(address(), "GET", "/%zz").status, 400);
  EXPECT_EQ(Fetch(address(), "GET", "nowhere").status, 400);
  const RawResponse missing = Fetch(address(), "GET", "/nowhere");
  EXPECT_EQ(missing.status, 404);
  EXPECT_THAT(missing.body, HasSubstr("there is no /nowhere"));
}

TEST_F(HttpServerTest, NamesTheMethodsOfAPath) {
  Serve();
  const RawResponse response = Fetch(address(), "DELETE", "/hello");
  EXPECT_EQ(response.status, 405);
  EXPECT_EQ(FindHeader(response.headers, "Allow"), "GET");
  EXPECT_THAT(response.body, HasSubstr("found DELETE"));
}

TEST_F(HttpServerTest, AnswersHeadWithoutABody) {
  Serve();
  RawClient client(address());
  client.Request("HEAD", "/hello");
  const RawResponse response = client.Read(/*head=*/true);
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(FindHeader(response.headers, "Content-Length"), "5");
  client.Request("GET", "/hello");
  EXPECT_EQ(client.Read().body, "hello");
}

TEST_F(HttpServerTest, AsksTheGateBeforeItReadsABody) {
  router_.SetGate([](const HttpRequest& request) {
    std::optional<HttpResponse> refusal;
    if (request.Header("key") != "k") refusal = Text("who are you?");
    if (refusal) refusal->status = 401;
    return refusal;
  });
  router_.AddPlain(
      "GET", "/open", [](const HttpRequest&) { return Text("open"); },
      RouteAccess::kOpen);
  Serve();
  RawClient client(address());
  client.Send("POST /echo HTTP/1.1\r\nContent-Length: 5000000\r\n\r\n");
  EXPECT_EQ(client.Read().status, 401);
  EXPECT_EQ(Fetch(address(), "GET", "/nowhere").status, 401);
  EXPECT_EQ(Fetch(address(), "DELETE", "/open").status, 401);
  EXPECT_EQ(Fetch(address(), "GET", "/open").body, "open");
  EXPECT_EQ(Fetch(address(), "POST", "/echo", "x", "Key: k\r\n").body, "x");
}

TEST_F(HttpServerTest, SaysThatItReadsOnWhereItIsAsked) {
  Serve();
  RawClient client(address());
  client.Send(
      "POST /echo HTTP/1.1\r\nContent-Length: 2\r\n"
      "Expect: 100-continue\r\n\r\n");
  ASSERT_TRUE(client.ReadUntil("100 Continue\r\n\r\n"));
  client.Send("ok");
  EXPECT_EQ(client.Read().body, "ok");
}

TEST_F(HttpServerTest, StreamsInChunks) {
  Serve();
  RawClient client(address());
  client.Request("GET", "/wait");
  const auto exchange = Waiting();
  exchange->Begin(Text(""));
  exchange->Write("one ");
  ASSERT_TRUE(client.ReadUntil("one ")) << "at once";
  exchange->Write("two");
  exchange->End();
  exchange->Write("late");
  exchange->Respond(Text("later"));
  EXPECT_EQ(client.Read().body, "one two");
  client.Request("GET", "/hello");
  EXPECT_EQ(client.Read().body, "hello") << "the connection goes on";
  EXPECT_EQ(gone_.count(), 0);
}

TEST_F(HttpServerTest, StreamsToTheEndOfTheConnectionInHttp10) {
  Serve();
  RawClient client(address());
  client.Send("GET /wait HTTP/1.0\r\n\r\n");
  const auto exchange = Waiting();
  exchange->Begin(Text(""));
  exchange->Write("one ");
  exchange->Write("two");
  exchange->End();
  EXPECT_THAT(client.ReadToEnd(), EndsWith("\r\n\r\none two"));
}

TEST_F(HttpServerTest, HearsOfAClientThatLeavesAStream) {
  Serve();
  RawClient client(address());
  client.Request("GET", "/wait");
  const auto exchange = Waiting();
  exchange->Begin(Text(""));
  exchange->Write("one");
  ASSERT_TRUE(client.ReadUntil("one"));
  client.Close();
  gone_.Await();
  recorded_.Await();
  EXPECT_FALSE(LastRecord().complete);
  EXPECT_EQ(LastRecord().status, 200);
  exchange->Write("two");
  exchange->End();
}

TEST_F(HttpServerTest, HearsOfAClientThatLeavesBeforeAnAnswer) {
  Serve();
  RawClient client(address());
  client.Request("GET", "/wait");
  const auto exchange = Waiting();
  client.Reset();
  gone_.Await();
  // Too late for the first to matter.
  Event again;
  exchange->OnGone([&] { again.Happen(); });
  again.Await();
  EXPECT_EQ(gone_.count(), 1);
}

TEST_F(HttpServerTest, DropsAReaderThatFallsTooFarBehind) {
  options_.limits.stream_buffer_bytes = 50'000;
  options_.limits.send_buffer_bytes = 4096;
  Serve();
  RawClient client(address());
  client.SetReceiveBuffer(4096);
  client.Request("GET", "/wait");
  const auto exchange = Waiting();
  exchange->Begin(Text(""));
  while (gone_.count() == 0) {
    exchange->Write(std::string(1000, 'x'));
    EXPECT_EQ(Fetch(address(), "GET", "/hello").status, 200) << "others go on";
  }
}

TEST_F(HttpServerTest, DropsAReaderThatDoesNotRead) {
  options_.limits.write_time = absl::Milliseconds(50);
  options_.limits.send_buffer_bytes = 4096;
  router_.AddPlain("GET", "/large", [](const HttpRequest&) {
    return Text(std::string(20'000'000, 'x'));
  });
  Serve();
  RawClient client(address());
  client.SetReceiveBuffer(4096);
  client.Request("GET", "/large");
  recorded_.Await();
  EXPECT_FALSE(LastRecord().complete);
  EXPECT_EQ(LastRecord().route, "/large");
}

TEST_F(HttpServerTest, RunsWhatIsPostedInOrderAndTimersUnlessAnswered) {
  Serve();
  RawClient client(address());
  client.Request("GET", "/wait");
  const auto exchange = Waiting();
  std::vector<int> order;
  Event done;
  for (int i = 0; i < 10; ++i) {
    exchange->Post([&, i] { order.push_back(i); });
  }
  exchange->After(absl::Milliseconds(1), [&] {
    exchange->Respond(Text("in time"));
    done.Happen();
  });
  done.Await();
  EXPECT_THAT(order, ::testing::ElementsAre(0, 1, 2, 3, 4, 5, 6, 7, 8, 9));
  EXPECT_EQ(client.Read().body, "in time");
}

TEST_F(HttpServerTest, AnswersForHandlersThatDoNot) {
  router_.Add("GET", "/forgets", [](const std::shared_ptr<HttpExchange>&) {});
  router_.Add("GET", "/throws", [](const std::shared_ptr<HttpExchange>&) {
    throw std::runtime_error("no");
  });
  Serve();
  RawClient client(address());
  for (const char* path : {"/forgets", "/throws"}) {
    client.Request("GET", path);
    EXPECT_EQ(client.Read().status, 500) << path;
  }
}

TEST_F(HttpServerTest, SaysWhyItCanNotListen) {
  Serve();
  options_.listen = address();
  const auto second = HttpServer::Start(options_, &router_);
  EXPECT_THAT(std::string(second.status().message()),
              HasSubstr("cannot listen on 127.0.0.1:"));
  EXPECT_THAT(std::string(second.status().message()),
              HasSubstr("Address already in use"));
  for (const char* listen : {"8000", "unix:/x", "localhost:99999"}) {
    options_.listen = listen;
    EXPECT_TRUE(
        absl::IsInvalidArgument(HttpServer::Start(options_, &router_).status()))
        << listen;
  }
}

TEST_F(HttpServerTest, FinishesAnswersWhenItShutsDown) {
  Serve();
  RawClient idle(address()), busy(address());
  idle.Request("GET", "/hello");
  idle.Read();
  busy.Request("GET", "/wait");
  const auto exchange = Waiting();
  exchange->Begin(Text(""));
  std::thread shutdown([this] { server_->Shutdown(absl::InfiniteDuration()); });
  EXPECT_EQ(idle.ReadToEnd(), "");
  exchange->Write("the last");
  exchange->End();
  EXPECT_EQ(busy.Read().body, "the last");
  busy.Close();
  shutdown.join();
  EXPECT_EQ(server_->connections(), 0);
}

TEST_F(HttpServerTest, CutsAnswersThatOutlastTheGrace) {
  Serve();
  RawClient busy(address());
  busy.Request("GET", "/wait");
  Waiting();
  server_->Shutdown(absl::Milliseconds(1));
  EXPECT_EQ(gone_.count(), 1);
  EXPECT_EQ(busy.ReadToEnd(), "");
}

}  // namespace
}  // namespace spacemoe
