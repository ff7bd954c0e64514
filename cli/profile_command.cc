#include <algorithm>
#include <fstream>
#include <iostream>
#include <iterator>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "cli/command.h"
#include "cli/generate/local_run.h"
#include "cli/profile/activation_counter.h"
#include "cli/terminal.h"
#include "coordinator/options/flag_helpers.h"
#include "coordinator/text/text_codec.h"
#include "models/checkpoint/checkpoint.h"
#include "models/engine/local_engine.h"
#include "placement/profile.h"
#include "placement/synthetic_profile.h"
#include "runtime/base/read_file.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

// Positions of one run of the model; each window is a text of its own.
constexpr int64_t kWindow = 512;

constexpr char kExamples[] =
    "Examples:\n"
    "  spacemoe profile --model models/demo --text book.txt --out "
    "profile.json\n"
    "  spacemoe profile --synthetic --layers 32 --experts 8 --top-k 2 --skew "
    "0.4 --out llama-moe.json\n"
    "  xzcat corpus.txt.xz | spacemoe profile --model models/demo --text - "
    "--tokens 20000 --out profile.json\n";

struct Flags {
  std::string model;
  std::vector<std::string> texts;
  std::string out;
  int64_t tokens = std::numeric_limits<int64_t>::max();
  RingOptions ring;  // for its arithmetic
  bool synthetic = false;
  SyntheticProfileSpec spec;
};

absl::StatusOr<std::string> ReadText(const std::string& path) {
  if (path == "-") {
    return std::string(std::istreambuf_iterator<char>(std::cin), {});
  }
  auto text = ReadFile(path);
  if (text.ok()) return text;
  return absl::NotFoundError(absl::StrCat("cannot read the text ", path));
}

absl::StatusOr<std::vector<int64_t>> ReadIds(const Flags& flags,
                                             const TextCodec& codec) {
  std::vector<int64_t> ids;
  for (const std::string& path : flags.texts) {
    SPACEMOE_ASSIGN_OR_RETURN(const std::string text, ReadText(path));
    SPACEMOE_ASSIGN_OR_RETURN(const std::vector<int64_t> more,
                              codec.EncodePlain(text));
    ids.insert(ids.end(), more.begin(), more.end());
  }
  if (static_cast<int64_t>(ids.size()) > flags.tokens) ids.resize(flags.tokens);
  return ids;
}

absl::Status Count(const std::vector<int64_t>& ids, int64_t window,
                   LocalEngine* engine, ActivationCounter* counter) {
  StderrProgress progress;
  engine->ObserveRouting([counter](int64_t layer, uint64_t sequence,
                                   int64_t position, const Routing& routing) {
    counter->Add(layer, sequence, position, routing);
  });
  const absl::Span<const int64_t> all(ids);
  for (size_t start = 0; start < ids.size(); start += window) {
    progress.Show(absl::StrCat(start, " of ", ids.size(), " tokens"));
    SPACEMOE_RETURN_IF_ERROR(
        engine->Logits(all.subspan(start, window)).status());
    counter->EndWindow();
  }
  return absl::OkStatus();
}

absl::StatusOr<ActivationProfile> Measure(const Flags& flags) {
  SPACEMOE_ASSIGN_OR_RETURN(const std::unique_ptr<Checkpoint> checkpoint,
                            Checkpoint::Open(flags.model));
  const std::unique_ptr<TextCodec> codec = TextCodec::Open(flags.model);
  SPACEMOE_ASSIGN_OR_RETURN(const std::vector<int64_t> ids,
                            ReadIds(flags, *codec));
  SPACEMOE_ASSIGN_OR_RETURN(
      const std::unique_ptr<LocalEngine> engine,
      LocalEngine::Create(*checkpoint, LocalOptionsOf(flags.ring)));
  ActivationCounter counter(checkpoint->config());
  SPACEMOE_RETURN_IF_ERROR(
      Count(ids, std::min(kWindow, checkpoint->config().max_positions),
            engine.get(), &counter));
  return counter.Profile();
}

void CheckSource(const Flags& flags) {
  if (flags.synthetic) {
    if (flags.model.empty() && flags.texts.empty()) return;
    throw CLI::ValidationError("--synthetic",
                               "takes neither --model nor --text");
  }
  if (flags.model.empty() || flags.texts.empty()) {
    throw CLI::ValidationError("profile",
                               "expected --model and --text, or --synthetic");
  }
}

int Run(const Flags& flags) {
  CheckSource(flags);
  const auto profile =
      flags.synthetic ? MakeSyntheticProfile(flags.spec) : Measure(flags);
  if (!profile.ok()) return ReportFailure(profile.status());
  if (absl::Status status = SaveProfile(*profile, flags.out); !status.ok()) {
    return ReportFailure(status);
  }
  WriteError(absl::StrCat(flags.out, ": ", profile->tokens, " tokens, ",
                          profile->layers, " layers of ", profile->experts,
                          " experts\n"));
  return kExitOk;
}

void AddSyntheticFlags(CLI::App* app, Flags* flags) {
  SyntheticProfileSpec* const spec = &flags->spec;
  const auto integer = [](int most, int* out) {
    return IntegerReader(1, most,
                         [out](int64_t n) { *out = static_cast<int>(n); });
  };
  app->add_flag("--synthetic", flags->synthetic,
                "make a profile up, for models without weights");
  app->add_option("--family", spec->family, "synthetic: default llama-moe")
      ->type_name("NAME");
  AddFlag(app, "--layers", "N", "synthetic: default 32",
          integer(10'000, &spec->layers));
  AddFlag(app, "--experts", "N", "synthetic: of a layer (default 8)",
          integer(1024, &spec->experts));
  AddFlag(app, "--top-k", "N", "synthetic: selected experts (default 2)",
          integer(1024, &spec->top_k));
  AddFlag(app, "--skew", "X",
          "synthetic: deviation of the weights' logarithms (default 0.4; 0: "
          "uniform)",
          NumberReader(0, 10, [spec](double skew) { spec->skew = skew; }));
  AddFlag(app, "--coupling", "X",
          "synthetic: the same for pairs of experts (default 0)",
          NumberReader(0, 10, [spec](double x) { spec->coupling = x; }));
  AddFlag(app, "--seed", "N", "synthetic: default 0",
          UnsignedReader([spec](uint64_t seed) { spec->seed = seed; }));
}

}  // namespace

CommandBody AddProfileCommand(CLI::App* app) {
  const auto flags = std::make_shared<Flags>();
  AddModelFlag(app, &flags->model)->required(false);
  app->add_option("--text", flags->texts, "text files; - is stdin")
      ->type_name("FILE...");
  app->add_option("--out", flags->out, "the profile to write")
      ->type_name("FILE")
      ->required();
  AddFlag(app, "--tokens", "N", "stop after so many tokens (default: all)",
          IntegerReader(1, std::numeric_limits<int64_t>::max(),
                        [flags](int64_t n) { flags->tokens = n; }));
  AddSyntheticFlags(app, flags.get());
  AddComputeFlags(app, &flags->ring);
  app->footer(kExamples);
  return [flags](ProcessGuard*) { return Run(*flags); };
}

}  // namespace spacemoe
