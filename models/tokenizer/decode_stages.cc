#include "models/tokenizer/decode_stages.h"

#include <charconv>
#include <utility>

#include "models/tokenizer/byte_level.h"
#include "models/tokenizer/utf8.h"

namespace spacemoe {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";
// Replacements that would add more bytes to one token are not made: chains of
// them could fill any memory.
constexpr size_t kLongestReplacement = size_t{1} << 20;
using Parts = std::vector<TokenPart>;

class ByteLevelStage : public DecodeStage {
 public:
  void Push(const TokenPart& part, Parts* out) override {
    const auto bytes = AlphabetToBytes(part.text);
    Emit(repair_.Push(bytes.has_value() ? *bytes : part.text), out);
  }
  void Flush(Parts* out) override { Emit(repair_.Flush(), out); }

 private:
  void Emit(std::string text, Parts* out) {
    if (text.empty()) return;
    out->push_back({std::move(text), std::exchange(first_, false)});
  }
  Utf8Repair repair_;
  bool first_ = true;
};

class ByteFallbackStage : public DecodeStage {
 public:
  void Push(const TokenPart& part, Parts* out) override {
    const auto byte = ByteOfToken(part.text);
    if (byte.has_value()) {
      run_.push_back(*byte);
      return;
    }
    Flush(out);
    out->push_back(part);
  }
  void Flush(Parts* out) override {
    if (run_.empty()) return;
    if (FindInvalidUtf8(run_).has_value()) {
      for (size_t i = 0; i < run_.size(); ++i) {
        out->push_back({std::string(kReplacement)});
      }
    } else {
      out->push_back({run_});
    }
    run_.clear();
  }

 private:
  std::string run_;
};

class ReplaceStage : public DecodeStage {
 public:
  ReplaceStage(Pattern pattern, std::string content)
      : pattern_(std::move(pattern)), content_(std::move(content)) {}

  void Push(const TokenPart& part, Parts* out) override {
    const auto matches = pattern_(part.text);
    // A pattern that gives up on a token leaves it as it is.
    if (!matches.ok() ||
        matches->size() * content_.size() > kLongestReplacement) {
      return out->push_back(part);
    }
    std::string text;
    size_t end = 0;
    for (const Span& match : *matches) {
      text.append(part.text, end, match.begin - end).append(content_);
      end = match.end;
    }
    text.append(part.text, end);
    out->push_back({std::move(text)});
  }
  void Flush(Parts*) override {}

 private:
  const Pattern pattern_;
  const std::string content_;
};

class StripStage : public DecodeStage {
 public:
  StripStage(char32_t content, int64_t start, int64_t stop)
      : start_(start), stop_(stop) {
    AppendUtf8(content, &content_);
  }
  void Push(const TokenPart& part, Parts* out) override {
    std::string_view text = part.text;
    for (int64_t i = 0; i < start_ && text.starts_with(content_); ++i) {
      text.remove_prefix(content_.size());
    }
    for (int64_t i = 0; i < stop_ && text.ends_with(content_); ++i) {
      text.remove_suffix(content_.size());
    }
    out->push_back({std::string(text)});
  }
  void Flush(Parts*) override {}

 private:
  std::string content_;
  const int64_t start_;
  const int64_t stop_;
};

class BpeSuffixStage : public DecodeStage {
 public:
  explicit BpeSuffixStage(std::string suffix) : suffix_(std::move(suffix)) {}

  void Push(const TokenPart& part, Parts* out) override {
    Emit(" ", out);
    held_ = part.text;
  }
  void Flush(Parts* out) override { Emit("", out); }

 private:
  void Emit(const std::string& replacement, Parts* out) {
    if (!held_.has_value()) return;
    const Pattern pattern = LiteralPattern(suffix_);
    ReplaceStage(pattern, replacement).Push({*held_}, out);
    held_.reset();
  }
  const std::string suffix_;
  std::optional<std::string> held_;
};

void ReplaceText(std::string_view from, std::string_view to,
                 std::string* text) {
  for (size_t at = text->find(from); at != std::string::npos;
       at = text->find(from, at + to.size())) {
    text->replace(at, from.size(), to);
  }
}

// The spaces that WordPiece's decoder takes out of English text.
void CleanUp(std::string* text) {
  static constexpr std::pair<const char*, const char*> kRules[] = {
      {" .", "."},   {" ?", "?"},     {" !", "!"},    {" ,", ","},
      {" ' ", "'"},  {" n't", "n't"}, {" 'm", "'m"},  {" do not", " don't"},
      {" 's", "'s"}, {" 've", "'ve"}, {" 're", "'re"}};
  for (const auto& [from, to] : kRules) ReplaceText(from, to, text);
}

class WordPieceStage : public DecodeStage {
 public:
  WordPieceStage(std::string prefix, bool cleanup)
      : prefix_(std::move(prefix)), cleanup_(cleanup) {}

  void Push(const TokenPart& part, Parts* out) override {
    std::string text = part.text;
    if (!std::exchange(first_, false)) {
      if (text.starts_with(prefix_)) {
        text.erase(0, prefix_.size());
      } else {
        text.insert(0, 1, ' ');
      }
    }
    if (cleanup_) CleanUp(&text);
    out->push_back({std::move(text)});
  }
  void Flush(Parts*) override {}

 private:
  const std::string prefix_;
  const bool cleanup_;
  bool first_ = true;
};

class CtcStage : public DecodeStage {
 public:
  CtcStage(std::string pad, std::string delimiter, bool cleanup)
      : pad_(std::move(pad)),
        delimiter_(std::move(delimiter)),
        cleanup_(cleanup) {}

  void Push(const TokenPart& part, Parts* out) override {
    if (std::exchange(previous_, part.text) == part.text) return;
    std::string text = part.text;
    if (!pad_.empty()) ReplaceText(pad_, "", &text);
    if (cleanup_) {
      CleanUp(&text);
      if (!delimiter_.empty()) ReplaceText(delimiter_, " ", &text);
    }
    if (!text.empty()) out->push_back({std::move(text)});
  }
  void Flush(Parts*) override {}

 private:
  const std::string pad_;
  const std::string delimiter_;
  const bool cleanup_;
  std::optional<std::string> previous_;
};

}  // namespace

std::optional<char> ByteOfToken(std::string_view token) {
  const bool shaped =
      token.size() == 6 && token.starts_with("<0x") && token.ends_with(">");
  if (!shaped) return std::nullopt;
  unsigned value = 0;
  const char* digits = token.data() + 3;
  const auto [end, error] = std::from_chars(digits, digits + 2, value, 16);
  if (error != std::errc() || end != digits + 2) return std::nullopt;
  return static_cast<char>(value);
}

std::unique_ptr<DecodeStage> NewByteLevelStage() {
  return std::make_unique<ByteLevelStage>();
}
std::unique_ptr<DecodeStage> NewByteFallbackStage() {
  return std::make_unique<ByteFallbackStage>();
}
std::unique_ptr<DecodeStage> NewReplaceStage(Pattern pattern,
                                             std::string content) {
  return std::make_unique<ReplaceStage>(std::move(pattern), std::move(content));
}
std::unique_ptr<DecodeStage> NewStripStage(char32_t content, int64_t start,
                                           int64_t stop) {
  return std::make_unique<StripStage>(content, start, stop);
}
std::unique_ptr<DecodeStage> NewBpeSuffixStage(std::string suffix) {
  return std::make_unique<BpeSuffixStage>(std::move(suffix));
}
std::unique_ptr<DecodeStage> NewCtcStage(std::string pad, std::string delimiter,
                                         bool cleanup) {
  return std::make_unique<CtcStage>(std::move(pad), std::move(delimiter),
                                    cleanup);
}
std::unique_ptr<DecodeStage> NewWordPieceStage(std::string prefix,
                                               bool cleanup) {
  return std::make_unique<WordPieceStage>(std::move(prefix), cleanup);
}

}  // namespace spacemoe
