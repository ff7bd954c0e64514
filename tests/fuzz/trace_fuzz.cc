// A batch of events from a satellite: read, checked, written as a trace.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "cli/trace/chrome_trace.h"
#include "nlohmann/json.hpp"

namespace {

spacemoe::v1::GetTraceReply Header() {
  spacemoe::v1::GetTraceReply reply;
  reply.mutable_header()->set_layers(2);
  for (uint32_t index : {0, 1}) {
    auto* satellite = reply.mutable_header()->add_satellites();
    satellite->set_index(index);
    satellite->set_satellite(10 + index);
    satellite->set_layer(index);
    satellite->set_head(index == 0);
  }
  return reply;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  spacemoe::TraceLog log;
  if (!spacemoe::AddReply(Header(), &log).ok()) std::abort();
  spacemoe::v1::GetTraceReply reply;
  for (uint32_t index : {0, 1}) {
    reply.mutable_satellite()->set_index(index);
    reply.mutable_satellite()->set_batch(data, size);
    if (!spacemoe::AddReply(reply, &log).ok()) continue;
  }
  std::string text;
  spacemoe::WriteChromeTrace(
      log, [&text](std::string_view bytes) { text.append(bytes); });
  if (!nlohmann::json::accept(text)) std::abort();
  return 0;
}
