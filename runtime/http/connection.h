// One client of an HTTP server.
#ifndef SPACEMOE_RUNTIME_HTTP_CONNECTION_H_
#define SPACEMOE_RUNTIME_HTTP_CONNECTION_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "runtime/http/boost_asio.h"
#include "runtime/http/exchange.h"
#include "runtime/http/options.h"
#include "runtime/http/service.h"

namespace spacemoe {

// What all connections of a server share.
struct HttpShared {
  HttpServerOptions options;
  const HttpService* service = nullptr;
  asio::thread_pool* workers = nullptr;
  // Called once by each connection, on its strand, when it has closed.
  std::function<void(uint64_t id)> on_closed;
};

// The socket's executor is a strand; everything below runs on it, but for the
// three functions that say so. Alive as long as an operation is pending.
class HttpConnection : public std::enable_shared_from_this<HttpConnection> {
 public:
  HttpConnection(tcp::socket socket, uint64_t id, HttpShared* shared);

  // From any thread.
  void Start();
  // One connection too many: says so and closes.
  void Refuse();
  // Ends when it is idle, or once its answer has ended; at once if `now`.
  void Stop(bool now);

 private:
  class Exchange;
  using Error = beast::error_code;

  // Waiting for a request, reading it.
  void AwaitRequest();
  void OnFirstBytes(Error error, size_t bytes);
  void ReadHead();
  void OnHead(Error error);
  void ScreenRequest();
  void ReadBody();
  void OnBody(Error error);
  void BeginExchange();
  // While an answer is made: what else comes, above all the end.
  void Watch();
  void OnWatched(Error error, size_t bytes);

  // An error of the protocol: answers and closes.
  void Reject(HttpResponse response);
  void RejectBadRequest(Error error);

  // The answer to exchange number `exchange`; ignored if that is over.
  bool IsCurrent(uint64_t exchange) const;
  void Respond(uint64_t exchange, HttpResponse response);
  void BeginStream(uint64_t exchange, HttpResponse head);
  void WriteStream(uint64_t exchange, const std::string& data);
  void EndStream(uint64_t exchange);
  void Abandon(uint64_t exchange);
  void SetGone(uint64_t exchange, std::function<void()> action);
  void SetTimer(uint64_t exchange, absl::Duration delay,
                std::function<void()> action);

  void SendHead(const HttpResponse& response, bool stream);
  void Flush();
  void OnWritten(Error error, size_t bytes);
  void FinishAnswer();
  void NextRequest();
  // Closes so that the last answer still arrives.
  void Linger();
  void ReadAway();
  // The client left or is dropped.
  void Leave(const char* why);
  void Close();
  void Observe(bool complete);

  void SetDeadline(absl::Duration time);
  void ClearDeadline();

  tcp::socket socket_;
  const uint64_t id_;
  HttpShared* const shared_;
  asio::steady_timer deadline_;        // of reading
  asio::steady_timer write_deadline_;  // of the write in progress
  asio::steady_timer timer_;           // the handler's
  bool expired_ = false;               // the deadline has passed
  bool closed_ = false;
  bool stopping_ = false;
  bool lingering_ = false;
  bool watching_ = false;

  beast::flat_buffer input_;
  std::optional<http::request_parser<http::string_body>> parser_;
  HttpRequest request_;
  bool keep_alive_ = true;
  bool one_zero_ = false;  // HTTP/1.0

  // Of the answer.
  uint64_t exchange_ = 0;  // number of the one in progress, or of the last
  bool answering_ = false;
  bool begun_ = false;
  bool chunked_ = false;
  bool ended_ = false;  // everything of it is in output_
  int status_ = 0;
  uint64_t body_bytes_ = 0;
  absl::Time began_;
  std::function<void()> on_gone_;
  std::string output_;   // not yet handed to the socket
  std::string writing_;  // being written, from written_ on
  size_t written_ = 0;
};

}  // namespace spacemoe

#endif  // SPACEMOE_RUNTIME_HTTP_CONNECTION_H_
