// A chat template: refused, or rendered within its limits to valid UTF-8.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "models/chat/chat_template.h"
#include "models/tokenizer/utf8.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const auto* const context =
      new nlohmann::ordered_json(nlohmann::ordered_json::parse(R"({
        "messages": [{"role": "system", "content": "Be brief."},
                     {"role": "user", "content": "Hi \u00e4 \ud83d\ude00"}],
        "tools": [{"name": "f", "parameters": {"x": [1, 2.5, null, true]}}],
        "add_generation_prompt": true, "bos_token": "<s>", "x": 3})"));
  const std::string_view source(reinterpret_cast<const char*>(data), size);
  const auto parsed = spacemoe::ChatTemplate::Parse(source, "fuzz");
  if (!parsed.ok()) return 0;
  const auto rendered = parsed->Render(*context, absl::UnixEpoch());
  if (!rendered.ok()) return 0;
  if (spacemoe::FindInvalidUtf8(*rendered).has_value()) std::abort();
  return 0;
}
