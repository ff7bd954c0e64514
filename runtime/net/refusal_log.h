// Lines about peers that are turned away.
#ifndef SPACEMOE_RUNTIME_NET_REFUSAL_LOG_H_
#define SPACEMOE_RUNTIME_NET_REFUSAL_LOG_H_

#include <string>
#include <string_view>

namespace spacemoe {

// An error line; a repeated one at most every ten seconds, since peers try
// again at once. Thread-safe.
void LogRefusal(const std::string& message);

// What gRPC's log says about a failed TLS handshake, in words that say what to
// do; empty for any other message.
std::string ExplainHandshake(std::string_view grpc_message);

}  // namespace spacemoe

#endif  // SPACEMOE_RUNTIME_NET_REFUSAL_LOG_H_
