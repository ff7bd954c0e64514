#include "models/tokenizer/post_processor.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "models/tokenizer/vocabulary.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

constexpr int kMaxDepth = 16;
constexpr size_t kMaxIds = size_t{1} << 28;
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
  SPACEMOE_ASSIGN_OR_RETURN(const auto items, field["single"].Array());
  PostProcessor::Template filled;
  for (const JsonField& item : items) {
    if (!item["Sequence"].IsNull()) {
      filled.push_back(PostProcessor::kText);
      continue;
    }
    SPACEMOE_ASSIGN_OR_RETURN(const std::string name,
                              item["SpecialToken"]["id"].String());
    SPACEMOE_RETURN_IF_ERROR(
        AppendIds(field["special_tokens"][name]["ids"], &filled));
  }
  return PostProcessor(std::move(filled));
}

// {"sep": ["</s>", 2], "cls": ["<s>", 0]}
absl::StatusOr<PostProcessor> ParseClsSep(const JsonField& field) {
  SPACEMOE_ASSIGN_OR_RETURN(const int32_t cls,
                            ParseId(field["cls"][size_t{1}]));
  SPACEMOE_ASSIGN_OR_RETURN(const int32_t sep,
                            ParseId(field["sep"][size_t{1}]));
  return PostProcessor({cls, PostProcessor::kText, sep});
}

absl::StatusOr<PostProcessor> Parse(const JsonField& field, int depth);

absl::StatusOr<PostProcessor> ParseSequence(const JsonField& field, int depth) {
  if (depth >= kMaxDepth) return field.Error("nested too deeply");
  SPACEMOE_ASSIGN_OR_RETURN(const auto items, field["processors"].Array());
  PostProcessor result;
  for (const JsonField& item : items) {
    SPACEMOE_ASSIGN_OR_RETURN(PostProcessor step, Parse(item, depth + 1));
    if (step.IsIdentity()) continue;
    if (!result.IsIdentity()) {
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

absl::Status PostProcessor::Apply(bool add_special_tokens,
                                  std::vector<int32_t>* ids) const {
  if (IsIdentity()) return absl::OkStatus();
  std::vector<int32_t> out;
  for (const int32_t item : filled_) {
    if (item != kText) {
      if (add_special_tokens) out.push_back(item);
      continue;
    }
    if (ids->size() > kMaxIds - std::min(kMaxIds, out.size())) {
      return absl::InvalidArgumentError(
          absl::StrCat("the post-processor's template makes more than ",
                       kMaxIds, " tokens"));
    }
    out.insert(out.end(), ids->begin(), ids->end());
  }
  *ids = std::move(out);
  return absl::OkStatus();
}

absl::StatusOr<PostProcessor> ParsePostProcessor(const JsonField& field) {
  if (field.IsNull()) return PostProcessor();
  return Parse(field, 0);
}

}  // namespace spacemoe
