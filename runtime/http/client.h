// A blocking HTTP client.
#ifndef SPACEMOE_RUNTIME_HTTP_CLIENT_H_
#define SPACEMOE_RUNTIME_HTTP_CLIENT_H_

#include <functional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "runtime/http/message.h"

namespace spacemoe {

struct HttpUrl {
  std::string host;  // without brackets
  std::string port;
  std::string path;  // "", or "/prefix" without a slash at the end
  // HOST:PORT, an IPv6 host in brackets.
  std::string Authority() const;
  std::string ToString() const;
};

// "http://localhost:8000". INVALID_ARGUMENT; UNIMPLEMENTED: https.
absl::StatusOr<HttpUrl> ParseHttpUrl(const std::string& text);

struct HttpCall {
  std::string method = "GET";
  std::string path;  // after the URL's
  HttpHeaders headers;
  std::string body;
};

// A connection for each call. Thread-safe.
class HttpClient {
 public:
  // `patience`: without any progress.
  HttpClient(HttpUrl url, absl::Duration patience)
      : url_(std::move(url)), patience_(patience) {}

  // Called with what comes of the body, if the status is 200; false ends the
  // call.
  using OnData = std::function<bool(std::string_view)>;

  // The answer, of any status; its body is what `on_data` did not get.
  // UNAVAILABLE: nobody answers there, or the answer breaks off.
  // DEADLINE_EXCEEDED: the patience is over. CANCELLED: `on_data` ended it.
  absl::StatusOr<HttpResponse> Send(const HttpCall& call,
                                    const OnData& on_data = nullptr) const;

 private:
  const HttpUrl url_;
  const absl::Duration patience_;
};

}  // namespace spacemoe

#endif  // SPACEMOE_RUNTIME_HTTP_CLIENT_H_
