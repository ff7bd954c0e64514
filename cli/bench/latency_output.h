// A latency bench for people, for programs and for papers.
#ifndef SPACEMOE_CLI_BENCH_LATENCY_OUTPUT_H_
#define SPACEMOE_CLI_BENCH_LATENCY_OUTPUT_H_

#include <string>

#include "cli/bench/latency_bench.h"
#include "nlohmann/json.hpp"

namespace spacemoe {

// One line of what was run, without strategies.
std::string SettingLine(const LatencyBench& bench);

// Tables for a terminal, ending in a newline.
std::string FormatLatencyBench(const LatencyBench& bench);

// {"strategies": [{"strategy", "ran", "reason" (when not), "satellites",
//    "measured" {"per_token_ms" {mean, p50, p95, p99}, "breakdown_ms"
//    {propagation, processing, serialization, queueing, compute, software}},
//    "predicted" {the same without software}, "difference_ms" {"total",
//    "software", "model_error", "worst_lap_model_error"}, "forecast_ms",
//    "links" {messages, late_us {p50, p99, max}}, "startup_seconds",
//    "wall_seconds", "laps" [{"start_s", "measured_ms", "software_ms",
//    "predicted_ms"}]}],
//  "texts" [{"prompt", "prompt_tokens", "ids", "text"}], "setting" {...},
//  "machine" {...}, "command"}
nlohmann::ordered_json LatencyBenchToJson(const LatencyBench& bench);

// A Markdown page. `plot`: the figure's path as the page sees it; empty: none.
std::string LatencyBenchToMarkdown(const LatencyBench& bench,
                                   const std::string& plot);

// A gnuplot script that writes `path` (SVG): measured beside predicted parts of
// the strategies, and every lap's measured over its predicted latency.
std::string LatencyPlotScript(const LatencyBench& bench,
                              const std::string& path);

}  // namespace spacemoe

#endif  // SPACEMOE_CLI_BENCH_LATENCY_OUTPUT_H_
