#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "cli/inspect_command.h"
#include "nlohmann/json.hpp"

namespace spacemoe {
namespace {

using nlohmann::ordered_json;

const char* FormatName(CheckpointFormat format) {
  return format == CheckpointFormat::kGguf ? "GGUF" : "Hugging Face";
}

std::string Bytes(std::int64_t bytes) {
  if (bytes < 1'000'000) return absl::StrFormat("%.1f kB", bytes / 1e3);
  if (bytes < 1'000'000'000) return absl::StrFormat("%.1f MB", bytes / 1e6);
  return absl::StrFormat("%.2f GB", bytes / 1e9);
}

std::string Millions(std::int64_t count) {
  if (count < 1'000'000) return absl::StrFormat("%.1f k", count / 1e3);
  return absl::StrFormat("%.1f M", count / 1e6);
}

std::string Row(const char* name, const std::string& value) {
  return absl::StrFormat("%-14s%s\n", name, value);
}

std::int64_t DenseLayers(const ModelConfig& c) {
  std::int64_t dense = 0;
  for (std::int64_t l = 0; l < c.layers; ++l) dense += c.IsDense(l) ? 1 : 0;
  return dense;
}

std::string ExpertsText(const ModelConfig& c) {
  std::string text =
      absl::StrCat(c.experts, " a layer, top-", c.experts_per_token, " (",
                   RoutingText(c.routing), "), width ", c.expert_width);
  if (c.shared_width > 0) {
    absl::StrAppend(&text, ", shared part of width ", c.shared_width);
  }
  if (const std::int64_t dense = DenseLayers(c); dense > 0) {
    absl::StrAppend(&text, "; ", dense, " of ", c.layers,
                    " layers dense, width ", c.dense_width);
  }
  return text;
}

std::string AttentionText(const ModelConfig& c) {
  std::string text = c.latent
                         ? absl::StrCat(c.heads, " heads of ", c.head_dim,
                                        " on latents of ", c.latent->kv_rank)
                         : absl::StrCat(c.heads, " query and ", c.kv_heads,
                                        " key-value heads of ", c.head_dim);
  absl::StrAppend(&text, ", RoPE base ",
                  absl::StrFormat("%.15g", c.rope_theta));
  if (c.rope_scaling.type != RopeType::kNone) {
    absl::StrAppend(&text, " (", std::string(RopeTypeName(c.rope_scaling.type)),
                    ")");
  }
  if (c.sliding_window) absl::StrAppend(&text, ", window ", *c.sliding_window);
  if (c.attention_chunk) {
    absl::StrAppend(&text, ", chunks of ", *c.attention_chunk);
  }
  return text;
}

std::string StoredText(const InspectReport& report) {
  return absl::StrJoin(
      report.stored, ", ", [](std::string* out, const auto& entry) {
        absl::StrAppend(out, entry.first, " ", entry.second.tensors, " (",
                        Bytes(entry.second.bytes), ")");
      });
}

std::string SkippedRow(const InspectReport& report) {
  const std::string text = UnusedText(report.skipped);
  return text.empty() ? "" : Row("skipped", text);
}

std::string SatelliteText(const InspectReport& report) {
  return Row("a satellite",
             absl::StrCat("gateway ", Bytes(report.gateway_bytes), ", expert ",
                          Bytes(report.expert_bytes), ", first gateway ",
                          Bytes(report.first_gateway_with_head_bytes),
                          " (--experts-per-satellite 1)")) +
         Row("", absl::StrCat(
                     "layer ", Bytes(report.layer_bytes), ", first layer ",
                     Bytes(report.first_layer_with_head_bytes),
                     " (--experts-per-satellite ", report.config.experts, ")"));
}

ordered_json DimensionsJson(const ModelConfig& c) {
  return {{"family", c.family},
          {"architecture", c.architecture},
          {"routing", RoutingText(c.routing)},
          {"layers", c.layers},
          {"experts", c.experts},
          {"experts_per_token", c.experts_per_token},
          {"hidden_size", c.hidden_size},
          {"heads", c.heads},
          {"kv_heads", c.kv_heads},
          {"head_dim", c.head_dim},
          {"expert_width", c.expert_width},
          {"shared_width", c.shared_width},
          {"dense_layers", DenseLayers(c)},
          {"context", c.max_positions},
          {"vocabulary", c.vocab_size},
          {"tied_embeddings", c.tie_word_embeddings}};
}

ordered_json BytesJson(const InspectReport& report) {
  return {{"total", report.total_bytes},
          {"head", report.head_bytes},
          {"gateway", report.gateway_bytes},
          {"expert", report.expert_bytes},
          {"layer", report.layer_bytes}};
}

ordered_json SatelliteJson(const InspectReport& report) {
  return {{"one_expert",
           {{"gateway", report.gateway_bytes},
            {"expert", report.expert_bytes},
            {"first_gateway", report.first_gateway_with_head_bytes}}},
          {"all_experts",
           {{"layer", report.layer_bytes},
            {"first_layer", report.first_layer_with_head_bytes}}}};
}

}  // namespace

std::string InspectText(const InspectReport& report) {
  const ModelConfig& c = report.config;
  const char* chat = report.tokenizer.has_chat_template
                         ? ", with a chat template"
                         : ", no chat template";
  return absl::StrCat(
      Row("model", absl::StrCat(c.family, ", ", FormatName(report.format))),
      Row("path", report.path),
      Row("layers", absl::StrCat(c.layers, ", hidden size ", c.hidden_size)),
      Row("attention", AttentionText(c)), Row("experts", ExpertsText(c)),
      Row("context", absl::StrCat(c.max_positions, " positions")),
      Row("vocabulary",
          absl::StrCat(c.vocab_size, " tokens, embeddings ",
                       c.tie_word_embeddings ? "tied" : "not tied")),
      Row("parameters", absl::StrCat(Millions(report.total_parameters), ", ",
                                     Millions(report.active_parameters),
                                     " used for a token")),
      Row("stored", StoredText(report)), SkippedRow(report),
      Row("weights", absl::StrCat(Bytes(report.total_bytes), ", head ",
                                  Bytes(report.head_bytes))),
      SatelliteText(report),
      Row("tokenizer", absl::StrCat(report.tokenizer.kind, chat)));
}

std::string InspectJson(const InspectReport& report) {
  ordered_json out = DimensionsJson(report.config);
  out["path"] = report.path;
  out["format"] = FormatName(report.format);
  out["parameters"] = {{"total", report.total_parameters},
                       {"per_token", report.active_parameters}};
  out["stored"] = ordered_json::object();
  for (const auto& [type, share] : report.stored) {
    out["stored"][type] = {{"tensors", share.tensors}, {"bytes", share.bytes}};
  }
  out["skipped"] = {
      {"multi_token_prediction", report.skipped.multi_token_prediction},
      {"others", report.skipped.others}};
  out["bytes"] = BytesJson(report);
  out["bytes_per_satellite"] = SatelliteJson(report);
  out["tokenizer"] = {{"kind", report.tokenizer.kind},
                      {"chat_template", report.tokenizer.has_chat_template}};
  return out.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace spacemoe
