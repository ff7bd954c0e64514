// An answer as server-sent events.
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "coordinator/api/openai/answer.h"
#include "models/tokenizer/utf8.h"

namespace spacemoe::openai {
namespace {

std::string Event(const std::string& data) {
  return absl::StrCat("data: ", data, "\n\n");
}

class StreamedAnswer final : public GenerationListener {
 public:
  explicit StreamedAnswer(std::shared_ptr<AnswerContext> context)
      : context_(std::move(context)),
        format_(FormatOf(*context_)),
        report_(context_),
        offsets_(context_->request.prompts.size() * context_->request.n, 0) {}

  void OnStarted() override {
    HttpResponse head;
    head.content_type = "text/event-stream; charset=utf-8";
    head.headers = {{"Cache-Control", "no-cache"}, {"X-Accel-Buffering", "no"}};
    begun_ = true;
    context_->exchange->Begin(std::move(head));
    for (size_t i = 0; i < offsets_.size(); ++i) {
      if (context_->request.chat) Send(format_.RoleChunk(static_cast<int>(i)));
      if (context_->request.echo) {
        Tell(i, context_->echoes[i / context_->request.n], {});
      }
    }
  }

  void OnText(size_t sequence, const std::string& text,
              const std::vector<TextToken>& tokens) override {
    Tell(sequence, text, tokens);
  }

  void OnFinished(size_t sequence) override {
    Send(format_.FinishChunk(static_cast<int>(sequence),
                             (*context_->sequences)[sequence].finish));
  }

  void OnAllFinished() override {
    const GenerationRequest& request = context_->request;
    Json last;  // null: there is nothing more to say
    if (request.include_usage || request.include_spacemoe) {
      last = format_.LastChunk();
    }
    if (request.include_usage) {
      last["usage"] = openai::ToJson(UsageOf(*context_));
    }
    if (!request.include_spacemoe) return End(*context_, last);
    report_.Make([context = context_, last](const Json& report) {
      Json chunk = last;
      chunk["spacemoe"] = report;
      End(*context, chunk);
    });
  }

  void OnError(const absl::Status& status) override {
    const ApiError error = ToApiError(status);
    if (!begun_) return context_->exchange->Respond(ToResponse(error));
    context_->exchange->Write(Event(Dump(openai::ToJson(error))));
    context_->exchange->End();
  }

 private:
  void Tell(size_t sequence, const std::string& text,
            const std::vector<TextToken>& tokens) {
    Send(format_.TextChunk(static_cast<int>(sequence), text, tokens,
                           offsets_[sequence]));
    offsets_[sequence] += CountCharacters(text);
  }

  void Send(Json chunk) {
    if (context_->request.include_usage) chunk["usage"] = nullptr;
    context_->exchange->Write(Event(Dump(chunk)));
  }

  static void End(const AnswerContext& context, const Json& last) {
    if (!last.is_null()) context.exchange->Write(Event(Dump(last)));
    context.exchange->Write(Event("[DONE]"));
    context.exchange->End();
  }

  const std::shared_ptr<AnswerContext> context_;
  const AnswerFormat format_;
  const ReportMaker report_;
  std::vector<int64_t> offsets_;  // characters sent, by sequence
  bool begun_ = false;
};

}  // namespace

std::unique_ptr<GenerationListener> NewStreamedAnswer(
    std::shared_ptr<AnswerContext> context) {
  return std::make_unique<StreamedAnswer>(std::move(context));
}

}  // namespace spacemoe::openai
