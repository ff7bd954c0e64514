#include "runtime/http/client.h"

#include <optional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "runtime/base/status_macros.h"
#include "runtime/http/boost_asio.h"
#include "runtime/net/address.h"

namespace spacemoe {
namespace {

constexpr char kHttp[] = "http://";
constexpr char kHttps[] = "https://";
constexpr char kUsualPort[] = ":80";
// More than any stream; Beast does not take no limit for one.
constexpr uint64_t kMaxBody = uint64_t{1} << 40;

absl::Status Failure(const HttpUrl& url, const std::string& what,
                     const beast::error_code& error) {
  const std::string message =
      absl::StrCat(what, " ", url.ToString(), ": ", error.message());
  if (error == beast::error::timeout) {
    return absl::DeadlineExceededError(message);
  }
  return absl::UnavailableError(message);
}

// One call on a connection of its own, with a loop of its own.
class Call {
 public:
  Call(const HttpUrl& url, absl::Duration patience)
      : url_(url), patience_(patience), stream_(context_) {}

  absl::Status Connect() {
    beast::error_code error;
    const auto found =
        tcp::resolver(context_).resolve(url_.host, url_.port, error);
    if (error) return Failure(url_, "cannot find", error);
    Expect();
    stream_.async_connect(
        found, [&](beast::error_code result, auto) { error = result; });
    Run();
    return error ? Failure(url_, "cannot reach", error) : absl::OkStatus();
  }

  absl::Status Write(const HttpCall& call) {
    http::request<http::string_body> request;
    request.method_string(call.method);
    request.target(url_.path + call.path);
    request.version(11);
    request.set(http::field::host, url_.Authority());
    request.set(http::field::connection, "close");
    for (const auto& [name, value] : call.headers) request.set(name, value);
    request.body() = call.body;
    request.prepare_payload();
    beast::error_code error;
    Expect();
    http::async_write(stream_, request, [&](beast::error_code result, size_t) {
      error = result;
    });
    Run();
    return error ? Failure(url_, "cannot ask", error) : absl::OkStatus();
  }

  absl::StatusOr<HttpResponse> Read(const HttpClient::OnData& on_data) {
    parser_.body_limit(kMaxBody);
    SPACEMOE_RETURN_IF_ERROR(ReadWith([this](auto handler) {
      http::async_read_header(stream_, buffer_, parser_, handler);
    }));
    HttpResponse response;
    response.status = parser_.get().result_int();
    const bool told = on_data != nullptr && response.status == 200;
    while (!parser_.is_done()) {
      SPACEMOE_RETURN_IF_ERROR(ReadWith([this](auto handler) {
        http::async_read_some(stream_, buffer_, parser_, handler);
      }));
      const std::string data = std::exchange(parser_.get().body(), {});
      if (!told) {
        response.body += data;
      } else if (!data.empty() && !on_data(data)) {
        return absl::CancelledError("the answer was not wanted any more");
      }
    }
    for (const auto& field : parser_.get()) {
      response.headers.emplace_back(
          std::string(field.name_string().data(), field.name_string().size()),
          std::string(field.value().data(), field.value().size()));
    }
    return response;
  }

 private:
  void Expect() { stream_.expires_after(absl::ToChronoNanoseconds(patience_)); }
  void Run() {
    context_.restart();
    context_.run();
  }
  template <typename StartReading>
  absl::Status ReadWith(StartReading start) {
    beast::error_code error;
    Expect();
    start([&](beast::error_code result, size_t) { error = result; });
    Run();
    return error ? Failure(url_, "the answer broke off from", error)
                 : absl::OkStatus();
  }

  const HttpUrl& url_;
  const absl::Duration patience_;
  asio::io_context context_;
  beast::tcp_stream stream_;
  beast::flat_buffer buffer_;
  http::response_parser<http::string_body> parser_;
};

}  // namespace

std::string HttpUrl::Authority() const {
  const bool v6 = host.find(':') != std::string::npos;
  return absl::StrCat(v6 ? absl::StrCat("[", host, "]") : host, ":", port);
}

std::string HttpUrl::ToString() const {
  return absl::StrCat(kHttp, Authority(), path);
}

absl::StatusOr<HttpUrl> ParseHttpUrl(const std::string& text) {
  if (absl::StartsWithIgnoreCase(text, kHttps)) {
    return absl::UnimplementedError(
        absl::StrCat("expected http://HOST:PORT, found ", text,
                     ": TLS is for a proxy in front of the server"));
  }
  if (!absl::StartsWithIgnoreCase(text, kHttp)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "expected a URL such as http://localhost:8000, found '", text, "'"));
  }
  const std::string rest = text.substr(sizeof(kHttp) - 1);
  const size_t slash = rest.find('/');
  HttpUrl url;
  if (slash != std::string::npos) url.path = rest.substr(slash);
  while (url.path.ends_with('/')) url.path.pop_back();
  std::string address = rest.substr(0, slash);
  const size_t colon = address.rfind(':');
  if (colon == std::string::npos || address.ends_with(']')) {
    address += kUsualPort;
  }
  SPACEMOE_ASSIGN_OR_RETURN(const Address parsed, ParseAddress(address));
  if (parsed.kind != AddressKind::kTcp) {
    return absl::InvalidArgumentError(
        absl::StrCat("expected a host in ", text));
  }
  url.host = parsed.host;
  url.port = absl::StrCat(parsed.port);
  return url;
}

absl::StatusOr<HttpResponse> HttpClient::Send(const HttpCall& call,
                                              const OnData& on_data) const {
  Call connection(url_, patience_);
  SPACEMOE_RETURN_IF_ERROR(connection.Connect());
  SPACEMOE_RETURN_IF_ERROR(connection.Write(call));
  return connection.Read(on_data);
}

}  // namespace spacemoe
