#include "models/tokenizer/post_processor.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "models/tokenizer/vocabulary.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

constexpr int kMaxDepth = 16;
constexpr char kKnown[] =
    "TemplateProcessing, ByteLevel, BertProcessing, RobertaProcessing, "
    "Sequence";

absl::StatusOr<int32_t> ParseId(const JsonField& field) {
  SPACEMOE_ASSIGN_OR_RETURN(const int64_t id, field.Integer(0, kMaxTokenId));
  return static_cast<int32_t>(id);
}

absl::Status AppendIds(const JsonField& field, std::vector<int32_t>* out) {
  SPACEMOE_ASSIGN_OR_RETURN(const auto items, field.Array());
  for (const JsonField& item : items) {
    SPACEMOE_ASSIGN_OR_RETURN(const int32_t id, ParseId(item));
    out->push_back(id);
  }
  return absl::OkStatus();
}

absl::StatusOr<PostProcessor> ParseTemplate(const JsonField& field) {
  const JsonField single = field["single"];
  SPACEMOE_ASSIGN_OR_RETURN(const auto items, single.Array());
  PostProcessor result;
  int sequences = 0;
  for (const JsonField& item : items) {
    if (!item["Sequence"].IsNull()) {
      ++sequences;
      continue;
    }
    SPACEMOE_ASSIGN_OR_RETURN(const std::string name,
                              item["SpecialToken"]["id"].String());
    SPACEMOE_RETURN_IF_ERROR(
        AppendIds(field["special_tokens"][name]["ids"],
                  sequences == 0 ? &result.prefix : &result.suffix));
  }
  if (sequences != 1) {
    return single.Error(absl::StrCat(
        "expected the text exactly once in the template, found ", sequences));
  }
  return result;
}

// {"sep": ["</s>", 2], "cls": ["<s>", 0]}
absl::StatusOr<PostProcessor> ParseClsSep(const JsonField& field) {
  SPACEMOE_ASSIGN_OR_RETURN(const int32_t cls,
                            ParseId(field["cls"][size_t{1}]));
  SPACEMOE_ASSIGN_OR_RETURN(const int32_t sep,
                            ParseId(field["sep"][size_t{1}]));
  return PostProcessor{{cls}, {sep}};
}

bool AddsTokens(const PostProcessor& step) {
  return !step.prefix.empty() || !step.suffix.empty();
}

absl::StatusOr<PostProcessor> Parse(const JsonField& field, int depth);

absl::StatusOr<PostProcessor> ParseSequence(const JsonField& field, int depth) {
  if (depth >= kMaxDepth) return field.Error("nested too deeply");
  SPACEMOE_ASSIGN_OR_RETURN(const auto items, field["processors"].Array());
  PostProcessor result;
  for (const JsonField& item : items) {
    SPACEMOE_ASSIGN_OR_RETURN(PostProcessor step, Parse(item, depth + 1));
    if (!AddsTokens(step)) continue;
    if (AddsTokens(result)) {
      return item.Error("a second step of the sequence that adds tokens");
    }
    result = std::move(step);
  }
  return result;
}

absl::StatusOr<PostProcessor> Parse(const JsonField& field, int depth) {
  const JsonField type_field = field["type"];
  SPACEMOE_ASSIGN_OR_RETURN(const std::string type, type_field.String());
  if (type == "TemplateProcessing") return ParseTemplate(field);
  if (type == "ByteLevel") return PostProcessor();
  if (type == "BertProcessing") return ParseClsSep(field);
  if (type == "RobertaProcessing") return ParseClsSep(field);
  if (type == "Sequence") return ParseSequence(field, depth);
  return type_field.Unknown("post-processor type", type, kKnown);
}

}  // namespace

absl::StatusOr<PostProcessor> ParsePostProcessor(const JsonField& field) {
  if (field.IsNull()) return PostProcessor();
  return Parse(field, 0);
}

}  // namespace spacemoe
