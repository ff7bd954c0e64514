// A conversation with a model behind an OpenAI-compatible API.
#ifndef SPACEMOE_CLI_CHAT_CHAT_SESSION_H_
#define SPACEMOE_CLI_CHAT_CHAT_SESSION_H_

#include <functional>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "nlohmann/json.hpp"
#include "runtime/http/client.h"

namespace spacemoe {

struct ChatOptions {
  std::string url = "http://localhost:8000";
  std::string api_key;  // empty: none
  std::string model;    // empty: the first that the server has
  std::string system;   // empty: none
  std::optional<int64_t> max_tokens;
  std::optional<double> temperature;  // these are the server's unless set
  std::optional<double> top_p;
  std::optional<int64_t> seed;
};

class ChatSession {
 public:
  // Asks the server for its models. Errors: nobody answers, or what the server
  // says.
  static absl::StatusOr<ChatSession> Open(ChatOptions options);

  const std::string& model() const { return options_.model; }

  // Adds the message and its answer to the history, `on_text` hears the answer
  // as it comes. After an error the history is as it was before.
  absl::Status Ask(const std::string& message,
                   const std::function<void(const std::string&)>& on_text);

  // What the ring reported of the last answer, in one line; empty when it did
  // not.
  const std::string& report() const { return report_; }

  // Forgets the conversation; the system message stays.
  void Reset();

 private:
  ChatSession(ChatOptions options, HttpClient client);

  HttpHeaders Headers() const;
  absl::Status FindModel();
  nlohmann::ordered_json Body() const;
  // One event's data; the answer grows.
  absl::Status OnEvent(const std::string& data, std::string* answer,
                       const std::function<void(const std::string&)>& on_text);

  ChatOptions options_;
  HttpClient client_;
  nlohmann::ordered_json messages_;
  std::string report_;
};

// "first token 78 ms, then 8.5 ms a token (propagation ..., ...), 24 tokens".
std::string ReportLine(const nlohmann::ordered_json& chunk);

}  // namespace spacemoe

#endif  // SPACEMOE_CLI_CHAT_CHAT_SESSION_H_
