// What slices of a trace are called, and what they tell.
#ifndef SPACEMOE_CLI_TRACE_TRACE_NAMES_H_
#define SPACEMOE_CLI_TRACE_TRACE_NAMES_H_

#include <string>

#include "cli/trace/critical_path.h"
#include "runtime/trace/trace_event.h"

namespace spacemoe {

// "layer 03" of 12 layers: older Perfettos know no sort index, and sort by
// name.
std::string NameOfLayer(uint32_t layer, uint32_t layers);

// "attention", "expert 5", ...
std::string NameOf(const TracePart& part);
// "dispatch", "residual", "output of expert 5"
std::string NameOf(const TraceFlight& flight);
// "layer 3 attention", "link in layer 3", "wait in layer 3", "logits"
std::string NameOf(const PathSpan& span, uint32_t layers);

// The inside of a JSON object.
std::string ArgsOf(const TraceStep& step);
std::string ArgsOf(const TraceFlight& flight);
std::string ArgsOf(const TraceToken& token);

}  // namespace spacemoe

#endif  // SPACEMOE_CLI_TRACE_TRACE_NAMES_H_
