// A client that sends what it is told, valid HTTP or not.
#ifndef SPACEMOE_TESTS_RUNTIME_HTTP_RAW_CLIENT_H_
#define SPACEMOE_TESTS_RUNTIME_HTTP_RAW_CLIENT_H_

#include <string>

#include "runtime/base/unique_fd.h"
#include "runtime/http/message.h"

namespace spacemoe {

struct RawResponse {
  int status = 0;  // 0: the connection ended before a whole answer
  HttpHeaders headers;
  std::string body;  // chunks put together
};

// Blocks. A test that waits for what never comes ends by its own limit.
class RawClient {
 public:
  // `address`: an IPv4 address and a port.
  explicit RawClient(const std::string& address);

  // What the server no longer takes is dropped.
  void Send(const std::string& bytes);
  // A request with a Content-Length.
  void Request(const std::string& method, const std::string& path,
               const std::string& body = "", const std::string& headers = "");

  // The next whole answer; `head` is of a HEAD request.
  RawResponse Read(bool head = false);
  // Reads until what is unread contains `text`; false: the end came first.
  bool ReadUntil(const std::string& text);
  // Everything until the server closes.
  std::string ReadToEnd();

  void Close() { fd_ = UniqueFd(); }
  // Reset, not an orderly end.
  void Reset();
  // Room for what the server sends before it has to wait.
  void SetReceiveBuffer(int bytes);

 private:
  bool ReadSome();
  std::string Take(size_t bytes);
  std::string ReadChunks();

  UniqueFd fd_;
  std::string input_;
};

// One request on a connection of its own.
RawResponse Fetch(const std::string& address, const std::string& method,
                  const std::string& path, const std::string& body = "",
                  const std::string& headers = "");

}  // namespace spacemoe

#endif  // SPACEMOE_TESTS_RUNTIME_HTTP_RAW_CLIENT_H_
