// A server with a few paths, and what tests of it wait for.
#ifndef SPACEMOE_TESTS_RUNTIME_HTTP_SERVER_FIXTURE_H_
#define SPACEMOE_TESTS_RUNTIME_HTTP_SERVER_FIXTURE_H_

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "runtime/http/router.h"
#include "runtime/http/server.h"

namespace spacemoe {

// Something that happens, once or often; waiting for it needs no time limit.
class Event {
 public:
  void Happen() {
    std::lock_guard<std::mutex> lock(mutex_);
    ++count_;
    changed_.notify_all();
  }
  void Await(int count = 1) {
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait(lock, [&] { return count_ >= count; });
  }
  int count() {
    std::lock_guard<std::mutex> lock(mutex_);
    return count_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int count_ = 0;
};

inline HttpResponse Text(const std::string& body) {
  HttpResponse response;
  response.body = body;
  return response;
}

class HttpServerTest : public ::testing::Test {
 protected:
  HttpServerTest() {
    options_.listen = "127.0.0.1:0";
    options_.observer = [this](const HttpRecord& record) {
      std::lock_guard<std::mutex> lock(mutex_);
      records_.push_back(record);
      recorded_.Happen();
    };
    router_.AddPlain("GET", "/hello",
                     [](const HttpRequest&) { return Text("hello"); });
    router_.AddPlain("POST", "/echo", [](const HttpRequest& request) {
      return Text(request.body);
    });
    router_.AddPlain("GET", "/things/*", [](const HttpRequest& request) {
      return Text(request.path);
    });
    // Answers when a test says so.
    router_.Add("GET", "/wait", [this](std::shared_ptr<HttpExchange> exchange) {
      exchange->OnGone([this] { gone_.Happen(); });
      std::lock_guard<std::mutex> lock(mutex_);
      waiting_.push_back(std::move(exchange));
      came_.Happen();
    });
  }
  ~HttpServerTest() override {
    Release();
    server_.reset();
  }

  void Serve() {
    auto server = HttpServer::Start(options_, &router_);
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
  }
  const std::string& address() const { return server_->address(); }

  std::shared_ptr<HttpExchange> Waiting() {
    came_.Await();
    std::lock_guard<std::mutex> lock(mutex_);
    return waiting_.back();
  }
  void Release() {
    std::vector<std::shared_ptr<HttpExchange>> waiting;
    std::lock_guard<std::mutex> lock(mutex_);
    std::swap(waiting, waiting_);
  }
  HttpRecord LastRecord() {
    std::lock_guard<std::mutex> lock(mutex_);
    return records_.back();
  }

  HttpServerOptions options_;
  HttpRouter router_;
  std::mutex mutex_;
  std::vector<HttpRecord> records_;
  std::vector<std::shared_ptr<HttpExchange>> waiting_;
  Event recorded_, came_, gone_;
  std::unique_ptr<HttpServer> server_;
};

}  // namespace spacemoe

#endif  // SPACEMOE_TESTS_RUNTIME_HTTP_SERVER_FIXTURE_H_
