#include "cli/generate_flags.h"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "coordinator/options/flag_helpers.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

constexpr int64_t kMaxTokens = std::numeric_limits<int32_t>::max();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

ChatPrompt UserMessage(const std::string& text) {
  return ChatPrompt{{{"user", text}}};
}

// Of the options from `first` to the last that there is now.
std::function<bool()> AnyGiven(CLI::App* app, size_t first) {
  const size_t end = app->get_options().size();
  return [app, first, end] {
    const auto options = std::as_const(*app).get_options();
    return std::any_of(
        options.begin() + first, options.begin() + end,
        [](const CLI::Option* option) { return option->count() > 0; });
  };
}

}  // namespace

absl::StatusOr<std::vector<int64_t>> ParseIds(const std::string& text) {
  std::vector<int64_t> ids;
  for (const auto& piece : absl::StrSplit(text, ',')) {
    const std::string part(absl::StripAsciiWhitespace(piece));
    int64_t id = 0;
    if (!absl::SimpleAtoi(part, &id)) {
      return absl::InvalidArgumentError(
          absl::StrCat("expected token ids such as 1,2,3, found '", part, "'"));
    }
    ids.push_back(id);
  }
  return ids;
}

void AddPromptFlags(CLI::App* app, GenerateJob* job) {
  AddRepeatedFlag(app, "--prompt", "TEXT",
                  "a text to go on with; may be repeated",
                  [job](const std::string& text) {
                    job->prompts.push_back(TextPrompt{text});
                    return absl::OkStatus();
                  });
  AddRepeatedFlag(app, "--chat", "TEXT",
                  "a user's message to answer; may be repeated",
                  [job](const std::string& text) {
                    job->prompts.push_back(UserMessage(text));
                    return absl::OkStatus();
                  });
  AddRepeatedFlag(app, "--ids", "1,2,3",
                  "a prompt of token ids, no tokenizer needed; may be repeated",
                  [job](const std::string& text) -> absl::Status {
                    SPACEMOE_ASSIGN_OR_RETURN(std::vector<int64_t> ids,
                                              ParseIds(text));
                    job->prompts.push_back(TokenPrompt{std::move(ids)});
                    return absl::OkStatus();
                  });
}

void AddSamplingFlags(CLI::App* app, SequenceSpec* spec) {
  AddFlag(app, "--max-tokens", "N",
          absl::StrCat("tokens of each text (default ", spec->max_tokens, ")"),
          IntegerReader(1, kMaxTokens,
                        [spec](int64_t n) { spec->max_tokens = n; }));
  app->add_flag("--ignore-eos", spec->ignore_eos,
                "go on after an end-of-text token");
  AddFlag(app, "--temperature", "T", "0 is greedy (default 0)",
          NumberReader(0, kInfinity, [spec](double t) {
            spec->sampling.temperature = static_cast<float>(t);
          }));
  AddFlag(app, "--top-k", "K", "draw from the K best tokens; 0 is all",
          IntegerReader(0, kMaxTokens, [spec](int64_t k) {
            spec->sampling.top_k = static_cast<int32_t>(k);
          }));
  AddFlag(app, "--top-p", "P",
          "draw from the best tokens whose probabilities reach P",
          NumberReader(1e-6, 1, [spec](double p) {
            spec->sampling.top_p = static_cast<float>(p);
          }));
  AddFlag(app, "--presence-penalty", "X",
          "taken from the logit of every token that was generated before",
          NumberReader(-kInfinity, kInfinity, [spec](double x) {
            spec->sampling.presence_penalty = static_cast<float>(x);
          }));
  AddFlag(app, "--frequency-penalty", "X",
          "the same, for each time that it was generated",
          NumberReader(-kInfinity, kInfinity, [spec](double x) {
            spec->sampling.frequency_penalty = static_cast<float>(x);
          }));
  AddFlag(app, "--logprobs", "N",
          "tell each token's log-probability and the N best (0 to 20), with "
          "--json",
          IntegerReader(0, kMaxTopLogprobs, [spec](int64_t n) {
            spec->logprobs = static_cast<int>(n);
          }));
  AddFlag(app, "--seed", "S", "the same seed draws the same text (default 0)",
          UnsignedReader([spec](uint64_t s) { spec->sampling.seed = s; }));
}

std::function<bool()> AddRingFlags(CLI::App* app, RingOptions* ring) {
  const size_t before = app->get_options().size();
  AddPlanFlags(app, ring);
  AddComputeTimeFlag(app, ring);
  AddTimeFlags(app, ring);
  AddComputeFlags(app, ring);
  return AnyGiven(app, before);
}

std::function<bool()> AddOptionalRingFlags(CLI::App* app, RingOptions* ring) {
  // These mean the same for both ways.
  AddComputeFlags(app, ring);
  const size_t common = app->get_options().size();
  AddPlanFlags(app, ring);
  AddComputeTimeFlag(app, ring);
  AddTimeFlags(app, ring);
  return AnyGiven(app, common);
}

}  // namespace spacemoe
