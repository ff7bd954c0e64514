// An HTTP request and its answer, as plain values.
#ifndef SPACEMOE_RUNTIME_HTTP_MESSAGE_H_
#define SPACEMOE_RUNTIME_HTTP_MESSAGE_H_

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace spacemoe {

using HttpHeaders = std::vector<std::pair<std::string, std::string>>;

// The value of the first header of this name, in any case; empty without one.
std::string_view FindHeader(const HttpHeaders& headers, std::string_view name);

struct HttpRequest {
  std::string method;  // "GET"
  std::string path;    // percent-decoded, without the query
  HttpHeaders headers;
  std::string body;
  std::string route;  // the pattern that serves it; empty: none does

  std::string_view Header(std::string_view name) const {
    return FindHeader(headers, name);
  }
};

struct HttpResponse {
  int status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::string body;
  // Others than Content-Type, Content-Length, Connection, Date and
  // Transfer-Encoding, which are the server's.
  HttpHeaders headers;
};

// "Not Found" for 404; "Unknown" for a status without a name.
std::string_view ReasonPhrase(int status);

// The head of an answer as it goes over the wire.
struct HeadOptions {
  bool keep_alive = true;
  bool chunked = false;
  bool until_close = false;  // a body without a length: HTTP/1.0's streams
};
std::string SerializeHead(const HttpResponse& response,
                          const HeadOptions& options);

// `data` as a chunk of a chunked body; not empty, which would end it.
std::string HttpChunk(std::string_view data);
inline constexpr std::string_view kLastHttpChunk = "0\r\n\r\n";

// "a%20b" -> "a b". False when a '%' is not followed by two hex digits.
bool PercentDecode(std::string_view text, std::string* out);

}  // namespace spacemoe

#endif  // SPACEMOE_RUNTIME_HTTP_MESSAGE_H_
