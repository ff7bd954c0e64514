// What an HTTP server is told, and how much it takes.
#ifndef SPACEMOE_RUNTIME_HTTP_OPTIONS_H_
#define SPACEMOE_RUNTIME_HTTP_OPTIONS_H_

#include <cstdint>
#include <functional>
#include <string>

#include "absl/time/time.h"

namespace spacemoe {

struct HttpLimits {
  uint32_t header_bytes = 16 * 1024;
  uint64_t body_bytes = 8 * 1024 * 1024;
  // Open at the same time; one more gets 503. Each may hold a body.
  int connections = 256;
  // From a request's first byte, or from the connection, to its head's end.
  absl::Duration header_time = absl::Seconds(10);
  absl::Duration body_time = absl::Seconds(60);
  // Between two requests of a connection.
  absl::Duration idle_time = absl::Seconds(75);
  // Without any progress of a write: the client does not read.
  absl::Duration write_time = absl::Seconds(20);
  // What may wait in this process for a client that reads slowly.
  size_t stream_buffer_bytes = 1024 * 1024;
  // The same in the kernel, for each connection.
  int send_buffer_bytes = 128 * 1024;
};

// An answer that has ended.
struct HttpRecord {
  std::string method;
  std::string route;   // a pattern, hence of few values; empty: none
  int status = 0;      // 0: the client left before any
  uint64_t bytes = 0;  // of the body
  absl::Duration time;
  bool complete = true;  // false: the client left or was dropped
};

struct HttpServerOptions {
  std::string listen;  // HOST:PORT; port 0: any
  HttpLimits limits;
  int io_threads = 1;  // they move bytes and run what exchanges post
  int workers = 2;     // threads that run handlers
  // Called on an I/O thread; may be empty.
  std::function<void(const HttpRecord&)> observer;
};

}  // namespace spacemoe

#endif  // SPACEMOE_RUNTIME_HTTP_OPTIONS_H_
