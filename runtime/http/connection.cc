#include "runtime/http/connection.h"

#include <chrono>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "runtime/base/log.h"

namespace spacemoe {
namespace {

constexpr size_t kReadBytes = 16 * 1024;
// Of requests that come while one is being answered.
constexpr size_t kMaxPipelined = 64 * 1024;
// How much of a refused body is read away before the connection is cut.
constexpr absl::Duration kLingerTime = absl::Seconds(2);

std::string ToString(beast::string_view text) {
  return std::string(text.data(), text.size());
}

template <typename Fields>
HttpHeaders HeadersOf(const Fields& fields) {
  HttpHeaders headers;
  for (const auto& field : fields) {
    headers.emplace_back(ToString(field.name_string()),
                         ToString(field.value()));
  }
  return headers;
}

// False: the target is no path.
bool SetTarget(const std::string& target, HttpRequest* request) {
  return target.starts_with("/") &&
         PercentDecode(target.substr(0, target.find('?')), &request->path);
}

}  // namespace

HttpConnection::HttpConnection(tcp::socket socket, uint64_t id,
                               HttpShared* shared)
    : socket_(std::move(socket)),
      id_(id),
      shared_(shared),
      deadline_(socket_.get_executor()),
      write_deadline_(socket_.get_executor()),
      timer_(socket_.get_executor()) {
  beast::error_code ignored;
  socket_.set_option(tcp::no_delay(true), ignored);
  const int send_buffer = shared_->options.limits.send_buffer_bytes;
  if (send_buffer > 0) {
    socket_.set_option(asio::socket_base::send_buffer_size(send_buffer),
                       ignored);
  }
}

void HttpConnection::Start() {
  asio::post(socket_.get_executor(), [self = shared_from_this()] {
    if (self->stopping_) return self->Close();
    self->SetDeadline(self->shared_->options.limits.header_time);
    self->AwaitRequest();
  });
}

void HttpConnection::Refuse() {
  asio::post(socket_.get_executor(), [self = shared_from_this()] {
    HttpResponse response = self->shared_->service->Error(
        503, absl::StrCat("the server has as many connections as it takes (",
                          self->shared_->options.limits.connections, ")"));
    response.headers.emplace_back("Retry-After", "1");
    self->Reject(std::move(response));
  });
}

void HttpConnection::Stop(bool now) {
  asio::post(socket_.get_executor(), [self = shared_from_this(), now] {
    self->stopping_ = true;
    if (self->closed_) return;
    if (now) return self->Leave("the server shuts down");
    if (!self->answering_ && !self->lingering_) self->Close();
  });
}

// The deadline is set: it is another one for the first request than between
// two.
void HttpConnection::AwaitRequest() {
  if (input_.size() > 0) return ReadHead();
  socket_.async_read_some(
      input_.prepare(kReadBytes),
      [self = shared_from_this()](Error error, size_t bytes) {
        self->OnFirstBytes(error, bytes);
      });
}

void HttpConnection::OnFirstBytes(Error error, size_t bytes) {
  if (closed_) return;
  // Nobody waits for an answer here.
  if (error) return Close();
  input_.commit(bytes);
  ReadHead();
}

void HttpConnection::ReadHead() {
  const HttpLimits& limits = shared_->options.limits;
  parser_.emplace();
  parser_->header_limit(limits.header_bytes);
  parser_->body_limit(limits.body_bytes);
  began_ = absl::Now();
  SetDeadline(limits.header_time);
  http::async_read_header(socket_, input_, *parser_,
                          [self = shared_from_this()](Error error, size_t) {
                            self->OnHead(error);
                          });
}

void HttpConnection::OnHead(Error error) {
  if (closed_) return;
  ClearDeadline();
  if (error) return RejectBadRequest(error);
  ScreenRequest();
}

void HttpConnection::ScreenRequest() {
  const auto& head = parser_->get();
  request_ = HttpRequest();
  request_.method = ToString(head.method_string());
  request_.headers = HeadersOf(head);
  one_zero_ = head.version() < 11;
  keep_alive_ = head.keep_alive();
  if (!SetTarget(ToString(head.target()), &request_)) {
    return Reject(shared_->service->Error(
        400, "expected a path such as /v1/models in the request line"));
  }
  if (auto refusal = shared_->service->Screen(&request_)) {
    return Reject(*std::move(refusal));
  }
  if (absl::EqualsIgnoreCase(std::string(request_.Header("Expect")),
                             "100-continue")) {
    output_ += "HTTP/1.1 100 Continue\r\n\r\n";
    Flush();
  }
  ReadBody();
}

void HttpConnection::ReadBody() {
  SetDeadline(shared_->options.limits.body_time);
  http::async_read(socket_, input_, *parser_,
                   [self = shared_from_this()](Error error, size_t) {
                     self->OnBody(error);
                   });
}

void HttpConnection::OnBody(Error error) {
  if (closed_) return;
  ClearDeadline();
  if (error) return RejectBadRequest(error);
  request_.body = std::move(parser_->get().body());
  parser_.reset();
  BeginExchange();
}

void HttpConnection::Watch() {
  if (watching_ || input_.size() >= kMaxPipelined) return;
  watching_ = true;
  socket_.async_read_some(
      input_.prepare(kReadBytes),
      [self = shared_from_this()](Error error, size_t bytes) {
        self->OnWatched(error, bytes);
      });
}

void HttpConnection::OnWatched(Error error, size_t bytes) {
  watching_ = false;
  if (closed_ || lingering_) return;
  const bool recalled = error == asio::error::operation_aborted &&
                        !answering_ && !expired_ && input_.size() > 0;
  if (error && !recalled) {
    return answering_ ? Leave("the client left") : Close();
  }
  input_.commit(bytes);
  if (answering_) return Watch();
  ReadHead();
}

void HttpConnection::RejectBadRequest(Error error) {
  const HttpLimits& limits = shared_->options.limits;
  const auto refuse = [this](int status, const std::string& message) {
    Reject(shared_->service->Error(status, message));
  };
  if (expired_) {
    return refuse(408, "the request did not come in time");
  }
  if (error == http::error::header_limit) {
    return refuse(431, absl::StrCat("the headers are larger than ",
                                    limits.header_bytes, " bytes"));
  }
  if (error == http::error::body_limit) {
    return refuse(413, absl::StrCat("the body is larger than ",
                                    limits.body_bytes, " bytes"));
  }
  if (error == http::error::bad_version) {
    return refuse(505, "expected HTTP/1.1");
  }
  if (error.category() ==
          http::make_error_code(http::error::bad_method).category() &&
      error != http::error::end_of_stream &&
      error != http::error::partial_message) {
    return refuse(400, absl::StrCat("this is not HTTP: ", error.message()));
  }
  Close();  // it ended in the middle, or before it began
}

void HttpConnection::Reject(HttpResponse response) {
  keep_alive_ = false;
  answering_ = true;
  begun_ = ended_ = false;
  body_bytes_ = 0;
  if (began_ == absl::Time()) began_ = absl::Now();
  Respond(++exchange_, std::move(response));
}

void HttpConnection::FinishAnswer() {
  Observe(/*complete=*/true);
  answering_ = false;
  // What it holds may be what is calling.
  asio::post(socket_.get_executor(), [gone = std::move(on_gone_)] {});
  on_gone_ = nullptr;
  timer_.cancel();
  if (!keep_alive_ || stopping_) return Linger();
  NextRequest();
}

void HttpConnection::NextRequest() {
  began_ = absl::Time();
  SetDeadline(shared_->options.limits.idle_time);
  if (!watching_) return AwaitRequest();
  // Else the read that watched for the end gets the next request, unless that
  // has come already.
  Error ignored;
  if (input_.size() > 0) socket_.cancel(ignored);
}

// A socket that is closed with unread input resets the connection, and the
// answer may be lost: it is read away first, for a while.
void HttpConnection::Linger() {
  lingering_ = true;
  SetDeadline(kLingerTime);
  Error ignored;
  socket_.shutdown(tcp::socket::shutdown_send, ignored);
  if (watching_) socket_.cancel(ignored);
  ReadAway();
}

void HttpConnection::ReadAway() {
  input_.clear();
  socket_.async_read_some(input_.prepare(kReadBytes),
                          [self = shared_from_this()](Error error, size_t) {
                            if (self->closed_) return;
                            error ? self->Close() : self->ReadAway();
                          });
}

void HttpConnection::Leave(const char* why) {
  if (closed_) return;
  if (answering_) {
    LogInfo(absl::StrCat(request_.method, " ", request_.route, ": ", why));
    Observe(/*complete=*/false);
  }
  Close();
}

void HttpConnection::Close() {
  if (closed_) return;
  closed_ = true;
  answering_ = false;
  ClearDeadline();
  write_deadline_.cancel();
  timer_.cancel();
  Error ignored;
  socket_.close(ignored);
  if (on_gone_) {
    asio::post(socket_.get_executor(), std::exchange(on_gone_, nullptr));
  }
  shared_->on_closed(id_);
}

void HttpConnection::SetDeadline(absl::Duration time) {
  expired_ = false;
  deadline_.expires_after(absl::ToChronoNanoseconds(time));
  deadline_.async_wait([self = shared_from_this()](Error error) {
    if (error || self->closed_ ||
        self->deadline_.expiry() > std::chrono::steady_clock::now()) {
      return;
    }
    self->expired_ = true;
    Error ignored;
    // Ends what reads; it finds the time expired.
    self->socket_.cancel(ignored);
  });
}

void HttpConnection::ClearDeadline() {
  deadline_.expires_at(std::chrono::steady_clock::time_point::max());
}

}  // namespace spacemoe
