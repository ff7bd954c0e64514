#include "cli/bench/reference.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "cli/generate/local_run.h"
#include "coordinator/text/text_codec.h"
#include "models/engine/local_engine.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

void Note(int64_t layers, int64_t layer, int64_t position,
          const Routing& routing, ReferenceText* text) {
  std::vector<std::vector<int>>& experts = text->experts[position];
  experts.resize(layers);
  for (const ExpertChoice& choice : routing) {
    experts[layer].push_back(choice.expert);
  }
}

absl::StatusOr<ReferenceText> RunOne(const LocalRequest& request,
                                     int64_t layers, const TextCodec& codec,
                                     LocalEngine* engine) {
  ReferenceText text;
  engine->ObserveRouting(
      [&](int64_t layer, uint64_t, int64_t position, const Routing& routing) {
        Note(layers, layer, position, routing, &text);
      });
  auto results = engine->Generate(absl::MakeConstSpan(&request, 1), 1,
                                  [](size_t, int64_t) { return true; });
  engine->ObserveRouting(nullptr);
  if (!results.ok()) return results.status();
  text.prompt_ids = request.prompt;
  text.ids = std::move(results->front().ids);
  if (codec.has_tokenizer()) text.text = codec.Decode(text.ids);
  return text;
}

absl::Status Differs(const std::string& strategy, size_t prompt,
                     const std::string& what) {
  return absl::InternalError(
      absl::StrCat("strategy ", strategy, ", prompt ", prompt + 1, ": ", what,
                   ": the ring does not give the text of one process"));
}

std::string Token(const std::vector<int64_t>& ids, size_t i) {
  return i < ids.size() ? absl::StrCat("token ", ids[i]) : "the end";
}

}  // namespace

absl::StatusOr<std::vector<ReferenceText>> RunReference(
    const GenerateJob& job, const Checkpoint& checkpoint,
    const RingOptions& ring) {
  const std::unique_ptr<TextCodec> codec = TextCodec::Open(job.model);
  SPACEMOE_ASSIGN_OR_RETURN(const std::vector<LocalRequest> requests,
                            LocalRequestsOf(job, *codec, checkpoint.config()));
  SPACEMOE_ASSIGN_OR_RETURN(
      const std::unique_ptr<LocalEngine> engine,
      LocalEngine::Create(checkpoint, LocalOptionsOf(ring)));
  std::vector<ReferenceText> texts;
  for (const LocalRequest& request : requests) {
    SPACEMOE_ASSIGN_OR_RETURN(
        ReferenceText text,
        RunOne(request, checkpoint.config().layers, *codec, engine.get()));
    texts.push_back(std::move(text));
  }
  return texts;
}

absl::Status CheckSameTexts(const std::vector<ReferenceText>& reference,
                            const std::string& strategy,
                            const std::vector<SequenceOutcome>& texts) {
  if (texts.size() != reference.size()) {
    return absl::InternalError(absl::StrCat("strategy ", strategy, ": ",
                                            texts.size(), " texts of ",
                                            reference.size(), " prompts"));
  }
  for (size_t p = 0; p < texts.size(); ++p) {
    const std::vector<int64_t>& expected = reference[p].ids;
    const std::vector<int64_t>& found = texts[p].ids;
    if (texts[p].prompt_ids != reference[p].prompt_ids) {
      return Differs(strategy, p, "its tokens are not the same");
    }
    if (found == expected) continue;
    const auto at = std::mismatch(found.begin(), found.end(), expected.begin(),
                                  expected.end())
                        .first;
    const size_t i = at - found.begin();
    return Differs(
        strategy, p,
        absl::StrCat("token ", i + 1, " of the text: expected ",
                     Token(expected, i), ", found ", Token(found, i)));
  }
  return absl::OkStatus();
}

}  // namespace spacemoe
