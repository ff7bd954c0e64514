// One request that waits for its answer, as a handler sees it.
#ifndef SPACEMOE_RUNTIME_HTTP_EXCHANGE_H_
#define SPACEMOE_RUNTIME_HTTP_EXCHANGE_H_

#include <functional>
#include <string>

#include "absl/time/time.h"
#include "runtime/http/message.h"

namespace spacemoe {

// Thread-safe, never blocks. What is said after the answer has ended, or after
// the client has gone, is dropped. An exchange that is let go without an answer
// answers 500.
class HttpExchange {
 public:
  virtual ~HttpExchange() = default;

  virtual const HttpRequest& request() const = 0;

  // The whole answer.
  virtual void Respond(HttpResponse response) = 0;

  // An answer in parts: one Begin, any number of Writes, one End. The body of
  // `head` is not sent. A client that does not read is dropped once it is
  // HttpLimits::stream_buffer_bytes behind.
  virtual void Begin(HttpResponse head) = 0;
  virtual void Write(std::string data) = 0;
  virtual void End() = 0;

  // All of these run one after the other, in the order in which they were
  // posted, together with what OnGone and After call.
  virtual void Post(std::function<void()> action) = 0;

  // Once, when the client leaves or is dropped before the answer has ended; at
  // once when that has happened already. Only the last one set counts.
  virtual void OnGone(std::function<void()> action) = 0;

  // Once, unless the answer has ended or the client has gone by then. Only the
  // last one set counts.
  virtual void After(absl::Duration delay, std::function<void()> action) = 0;
};

}  // namespace spacemoe

#endif  // SPACEMOE_RUNTIME_HTTP_EXCHANGE_H_
