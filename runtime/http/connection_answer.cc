// The answers of a connection, and the exchanges that ask for them.
#include <chrono>
#include <exception>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "runtime/base/log.h"
#include "runtime/http/connection.h"

namespace spacemoe {

// Holds the connection; what it says goes over the connection's strand.
class HttpConnection::Exchange final : public HttpExchange {
 public:
  Exchange(std::shared_ptr<HttpConnection> connection, uint64_t number,
           HttpRequest request)
      : connection_(std::move(connection)),
        number_(number),
        request_(std::move(request)) {}
  ~Exchange() override {
    Send([](HttpConnection& c, uint64_t n) { c.Abandon(n); });
  }

  const HttpRequest& request() const override { return request_; }

  void Respond(HttpResponse response) override {
    Send([response = std::move(response)](HttpConnection& c,
                                          uint64_t n) mutable {
      c.Respond(n, std::move(response));
    });
  }
  void Begin(HttpResponse head) override {
    Send([head = std::move(head)](HttpConnection& c, uint64_t n) mutable {
      c.BeginStream(n, std::move(head));
    });
  }
  void Write(std::string data) override {
    Send([data = std::move(data)](HttpConnection& c, uint64_t n) {
      c.WriteStream(n, data);
    });
  }
  void End() override {
    Send([](HttpConnection& c, uint64_t n) { c.EndStream(n); });
  }
  void Post(std::function<void()> action) override {
    asio::post(connection_->socket_.get_executor(), std::move(action));
  }
  void OnGone(std::function<void()> action) override {
    Send([action = std::move(action)](HttpConnection& c, uint64_t n) mutable {
      c.SetGone(n, std::move(action));
    });
  }
  void After(absl::Duration delay, std::function<void()> action) override {
    Send([delay, action = std::move(action)](HttpConnection& c,
                                             uint64_t n) mutable {
      c.SetTimer(n, delay, std::move(action));
    });
  }

 private:
  template <typename Action>
  void Send(Action action) {
    // Not posted when already on the strand: what a handler says there is in
    // order anyway.
    asio::dispatch(connection_->socket_.get_executor(),
                   [connection = connection_, number = number_,
                    action = std::move(action)]() mutable {
                     action(*connection, number);
                   });
  }

  const std::shared_ptr<HttpConnection> connection_;
  const uint64_t number_;
  const HttpRequest request_;
};

void HttpConnection::BeginExchange() {
  answering_ = true;
  begun_ = ended_ = false;
  status_ = 0;
  body_bytes_ = 0;
  HttpRequest kept;  // for the record
  kept.method = request_.method;
  kept.route = request_.route;
  auto exchange = std::make_shared<Exchange>(shared_from_this(), ++exchange_,
                                             std::move(request_));
  request_ = std::move(kept);
  Watch();
  asio::post(*shared_->workers, [service = shared_->service,
                                 exchange = std::move(exchange)]() mutable {
    try {
      service->Handle(exchange);
    } catch (const std::exception& error) {
      LogError(absl::StrCat("a handler of ", exchange->request().route,
                            " failed: ", error.what()));
      exchange->Respond(service->Error(500, "the server failed"));
    }
  });
}

bool HttpConnection::IsCurrent(uint64_t exchange) const {
  return answering_ && !closed_ && exchange == exchange_ && !ended_;
}

void HttpConnection::SendHead(const HttpResponse& response, bool stream) {
  if (stopping_) keep_alive_ = false;
  begun_ = true;
  status_ = response.status;
  chunked_ = stream && !one_zero_;
  if (stream && one_zero_) keep_alive_ = false;
  output_ +=
      SerializeHead(response, {keep_alive_, chunked_, stream && one_zero_});
}

void HttpConnection::Respond(uint64_t exchange, HttpResponse response) {
  if (!IsCurrent(exchange) || begun_) return;
  SendHead(response, /*stream=*/false);
  if (request_.method != "HEAD") {
    body_bytes_ = response.body.size();
    output_ += response.body;
  }
  ended_ = true;
  Flush();
}

void HttpConnection::BeginStream(uint64_t exchange, HttpResponse head) {
  if (!IsCurrent(exchange) || begun_) return;
  SendHead(head, /*stream=*/true);
  Flush();
}

void HttpConnection::WriteStream(uint64_t exchange, const std::string& data) {
  if (!IsCurrent(exchange) || !begun_ || data.empty()) return;
  if (request_.method == "HEAD") return;
  body_bytes_ += data.size();
  output_ += chunked_ ? HttpChunk(data) : data;
  const size_t waiting = output_.size() + writing_.size() - written_;
  if (waiting > shared_->options.limits.stream_buffer_bytes) {
    return Leave("the client reads too slowly");
  }
  Flush();
}

void HttpConnection::EndStream(uint64_t exchange) {
  if (!IsCurrent(exchange) || !begun_) return;
  if (chunked_ && request_.method != "HEAD") output_ += kLastHttpChunk;
  ended_ = true;
  Flush();
}

void HttpConnection::Abandon(uint64_t exchange) {
  if (!IsCurrent(exchange)) return;
  if (begun_) return Leave("the answer was given up");
  Respond(exchange, shared_->service->Error(500, "the request got no answer"));
}

void HttpConnection::SetGone(uint64_t exchange, std::function<void()> action) {
  if (exchange != exchange_ || closed_ || !answering_) {
    // Whether its answer has ended well is not known any more; then it has
    // nothing left to free.
    if (action) action();
    return;
  }
  on_gone_ = std::move(action);
}

void HttpConnection::SetTimer(uint64_t exchange, absl::Duration delay,
                              std::function<void()> action) {
  if (!IsCurrent(exchange)) return;
  timer_.expires_after(absl::ToChronoNanoseconds(delay));
  timer_.async_wait([self = shared_from_this(), exchange,
                     action = std::move(action)](Error error) {
    if (!error && self->IsCurrent(exchange)) action();
  });
}

void HttpConnection::Flush() {
  if (closed_ || !writing_.empty()) return;
  if (output_.empty()) {
    if (answering_ && ended_) FinishAnswer();
    return;
  }
  std::swap(writing_, output_);
  OnWritten({}, 0);
}

// Writes on, or ends what has been written.
void HttpConnection::OnWritten(Error error, size_t bytes) {
  if (closed_) return;
  if (error) return Leave("the client left");
  written_ += bytes;
  if (written_ < writing_.size()) {
    write_deadline_.expires_after(
        absl::ToChronoNanoseconds(shared_->options.limits.write_time));
    write_deadline_.async_wait([self = shared_from_this()](Error error) {
      // The time may have been moved on while this was on its way.
      if (!error && !self->closed_ &&
          self->write_deadline_.expiry() <= std::chrono::steady_clock::now()) {
        self->Leave("the client does not read");
      }
    });
    socket_.async_write_some(
        asio::buffer(writing_.data() + written_, writing_.size() - written_),
        [self = shared_from_this()](Error error, size_t bytes) {
          self->OnWritten(error, bytes);
        });
    return;
  }
  write_deadline_.expires_at(std::chrono::steady_clock::time_point::max());
  writing_.clear();
  written_ = 0;
  Flush();
}

void HttpConnection::Observe(bool complete) {
  HttpRecord record;
  record.method = request_.method;
  record.route = request_.route;
  record.status = status_;
  record.bytes = body_bytes_;
  record.time = absl::Now() - began_;
  record.complete = complete;
  if (LogEnabled(LogLevel::kInfo)) {
    LogInfo(absl::StrCat(record.method, " ",
                         record.route.empty() ? "-" : record.route, " ",
                         record.status, " ", record.bytes, " bytes ",
                         absl::ToInt64Milliseconds(record.time), " ms",
                         complete ? "" : ", incomplete"));
  }
  if (shared_->options.observer) shared_->options.observer(record);
}

}  // namespace spacemoe
