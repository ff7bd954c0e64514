// The steps that take tokens in parts.
#include <utility>

#include "absl/strings/str_cat.h"
#include "models/tokenizer/decode_stages.h"
#include "models/tokenizer/utf8.h"

namespace spacemoe {
namespace {

using Parts = std::vector<TokenPart>;

class FuseStage : public DecodeStage {
 public:
  void Push(const TokenPart& part, Parts* out) override {
    out->push_back({part.text, std::exchange(first_, false)});
  }
  void Flush(Parts*) override {}

 private:
  bool first_ = true;
};

class MetaspaceStage : public DecodeStage {
 public:
  MetaspaceStage(std::string mark, bool strip_first)
      : mark_(std::move(mark)), strip_first_(strip_first) {}

  void Push(const TokenPart& part, Parts* out) override {
    if (part.starts_token) ++tokens_;
    const bool strip = strip_first_ && tokens_ <= 1;
    std::string text;
    ForEachCodePoint(part.text, [&](CodePoint point, size_t at) {
      const auto character =
          std::string_view(part.text).substr(at, point.length);
      if (character != mark_) {
        text += character;
      } else if (!strip) {
        text.push_back(' ');
      }
    });
    out->push_back({std::move(text), part.starts_token});
  }
  void Flush(Parts*) override {}

 private:
  const std::string mark_;
  const bool strip_first_;
  int64_t tokens_ = 0;
};

class JoinStage : public DecodeStage {
 public:
  void Push(const TokenPart& part, Parts* out) override {
    const bool first = std::exchange(first_, false);
    const bool space = part.starts_token && !first;
    out->push_back(
        {space ? absl::StrCat(" ", part.text) : part.text, part.starts_token});
  }
  void Flush(Parts*) override {}

 private:
  bool first_ = true;
};

class StripStartStage : public DecodeStage {
 public:
  StripStartStage(char32_t content, int64_t start) : start_(start) {
    AppendUtf8(content, &content_);
  }
  void Push(const TokenPart& part, Parts* out) override {
    if (part.starts_token) left_ = start_;
    std::string_view text = part.text;
    for (; left_ > 0 && text.starts_with(content_); --left_) {
      text.remove_prefix(content_.size());
    }
    if (!text.empty()) left_ = 0;
    out->push_back({std::string(text), part.starts_token});
  }
  void Flush(Parts*) override {}

 private:
  std::string content_;
  const int64_t start_;
  int64_t left_ = 0;  // how often `content` may still be taken off
};

class AssembleStage : public DecodeStage {
 public:
  void Push(const TokenPart& part, Parts* out) override {
    if (part.starts_token) Flush(out);
    if (!held_.has_value()) held_.emplace();
    held_->append(part.text);
  }
  void Flush(Parts* out) override {
    if (held_.has_value()) out->push_back({*std::exchange(held_, {})});
  }

 private:
  std::optional<std::string> held_;
};

}  // namespace

std::unique_ptr<DecodeStage> NewFuseStage() {
  return std::make_unique<FuseStage>();
}
std::unique_ptr<DecodeStage> NewMetaspaceStage(std::string mark,
                                               bool strip_first) {
  return std::make_unique<MetaspaceStage>(std::move(mark), strip_first);
}
std::unique_ptr<DecodeStage> NewJoinStage() {
  return std::make_unique<JoinStage>();
}
std::unique_ptr<DecodeStage> NewStripStartStage(char32_t content,
                                                int64_t start) {
  return std::make_unique<StripStartStage>(content, start);
}
std::unique_ptr<DecodeStage> NewAssembleStage() {
  return std::make_unique<AssembleStage>();
}

}  // namespace spacemoe
