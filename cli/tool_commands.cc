// The commands around checkpoints and tokenizers: flags and output; what they
// do is in files of their own.
#include <iostream>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "cli/command.h"
#include "cli/convert_command.h"
#include "cli/inspect_command.h"
#include "cli/render_command.h"
#include "cli/terminal.h"
#include "cli/tokenize_command.h"
#include "coordinator/options/flag_helpers.h"

namespace spacemoe {
namespace {

int Tokenize(const std::string& model) {
  const auto bundle = TokenizerBundle::Open(model);
  if (!bundle.ok()) return ReportFailure(bundle.status());
  return RunTokenize(bundle->tokenizer(), std::cin, std::cout);
}

int Render(const std::string& model) {
  const auto bundle = TokenizerBundle::Open(model);
  if (!bundle.ok()) return ReportFailure(bundle.status());
  return RunRender(*bundle, std::cin, std::cout);
}

std::string ProgressText(const ExportProgress& progress) {
  return absl::StrFormat("%.0f of %.0f MB written", progress.bytes_done / 1e6,
                         progress.bytes_total / 1e6);
}

int Convert(const ConvertOptions& options) {
  absl::StatusOr<ExportSummary> summary;
  {
    StderrProgress progress;
    summary = RunConvert(options, [&progress](const ExportProgress& event) {
      progress.Show(ProgressText(event));
    });
  }
  if (!summary.ok()) return ReportFailure(summary.status());
  WriteError(absl::StrCat(options.output_dir, ": ",
                          ConvertSummaryText(*summary), "\n"));
  return kExitOk;
}

int InspectModel(const std::string& path, bool json) {
  const auto report = Inspect(path);
  if (!report.ok()) return ReportFailure(report.status());
  std::string text = json ? InspectJson(*report) : InspectText(*report);
  if (!text.ends_with('\n')) text += '\n';
  WriteOut(text);
  return kExitOk;
}

}  // namespace

CommandBody AddTokenizeCommand(CLI::App* app) {
  const auto model = std::make_shared<std::string>();
  AddModelFlag(app, model.get());
  app->footer(
      "Reads {\"text\", \"add_special_tokens\" (default true)} a line, writes "
      "{\"ids\", \"decoded\"}.\n"
      "Example: echo '{\"text\": \"Hello\"}' | spacemoe tokenize --model "
      "models/demo\n");
  return [model](ProcessGuard*) { return Tokenize(*model); };
}

CommandBody AddRenderCommand(CLI::App* app) {
  const auto model = std::make_shared<std::string>();
  AddModelFlag(app, model.get());
  app->footer(
      "Reads {\"messages\", \"add_generation_prompt\", \"tools\"} a line, "
      "writes {\"rendered\"} or {\"error\"}.\n"
      "Example: echo '{\"messages\": [{\"role\": \"user\", \"content\": "
      "\"Hi\"}]}' | spacemoe render --model models/demo\n");
  return [model](ProcessGuard*) { return Render(*model); };
}

CommandBody AddConvertCommand(CLI::App* app) {
  const auto options = std::make_shared<ConvertOptions>();
  app->add_option("input", options->input, "a GGUF file, or a folder with one")
      ->type_name("IN.gguf")
      ->required();
  app->add_option("output", options->output_dir, "the folder to make")
      ->type_name("OUT_DIR")
      ->required();
  AddFlag(app, "--dtype", "float32|bfloat16|float16",
          "what quantised tensors become (default float32)",
          ChoiceReader(
              {"float32", "bfloat16", "float16"},
              [options](const std::string& dtype) { options->dtype = dtype; }));
  app->footer("Example: spacemoe convert model.gguf model/ --dtype bfloat16\n");
  return [options](ProcessGuard*) { return Convert(*options); };
}

CommandBody AddInspectCommand(CLI::App* app) {
  const auto path = std::make_shared<std::string>();
  const auto json = std::make_shared<bool>(false);
  app->add_option("path", *path, "a GGUF file or a Hugging Face folder")
      ->type_name("PATH")
      ->required();
  app->add_flag("--json", *json, "print one JSON object");
  app->footer("Example: spacemoe inspect models/demo\n");
  return [path, json](ProcessGuard*) { return InspectModel(*path, *json); };
}

}  // namespace spacemoe
