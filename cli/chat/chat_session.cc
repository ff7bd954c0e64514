#include "cli/chat/chat_session.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "runtime/base/status_macros.h"
#include "runtime/http/sse.h"

namespace spacemoe {
namespace {

using Json = nlohmann::ordered_json;

// A prompt may wait for its turn.
constexpr absl::Duration kPatience = absl::Minutes(10);
constexpr char kDone[] = "[DONE]";

std::string Dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

// What a server says in the shape of OpenAI's errors, or all of it.
std::string MessageOf(const std::string& body) {
  const Json json = Json::parse(body, nullptr, false);
  if (json.is_object() && json.contains("error")) {
    const Json& error = json["error"];
    if (error.is_object() && error.contains("message") &&
        error["message"].is_string()) {
      return error["message"].get<std::string>();
    }
  }
  return body.substr(0, 200);
}

absl::Status ErrorOf(const HttpResponse& response) {
  return absl::UnavailableError(absl::StrCat(
      "the server says ", response.status, ": ", MessageOf(response.body)));
}

// json[a][b]..., null where there is none.
const nlohmann::ordered_json& At(const nlohmann::ordered_json& json,
                                 std::initializer_list<const char*> path) {
  static const auto* const null = new nlohmann::ordered_json(nullptr);
  const nlohmann::ordered_json* at = &json;
  for (const char* name : path) {
    if (!at->is_object() || !at->contains(name)) return *null;
    at = &(*at)[name];
  }
  return *at;
}

std::string TextOf(const nlohmann::ordered_json& chunk) {
  const nlohmann::ordered_json& choices = At(chunk, {"choices"});
  if (!choices.is_array() || choices.empty()) return "";
  const nlohmann::ordered_json& content = At(choices[0], {"delta", "content"});
  return content.is_string() ? content.get<std::string>() : "";
}

std::string Parts(const nlohmann::ordered_json& parts) {
  std::string text;
  if (!parts.is_object()) return text;
  for (const auto& [name, value] : parts.items()) {
    if (!value.is_number()) continue;
    absl::StrAppend(&text, text.empty() ? "" : ", ", name,
                    absl::StrFormat(" %.1f", value.get<double>()));
  }
  return text;
}

}  // namespace

std::string ReportLine(const nlohmann::ordered_json& chunk) {
  const nlohmann::ordered_json& report = At(chunk, {"spacemoe"});
  const nlohmann::ordered_json& first = At(report, {"time_to_first_token_ms"});
  if (!first.is_number()) return "";
  std::string line =
      absl::StrFormat("first token %.0f ms", first.get<double>());
  const nlohmann::ordered_json& lap = At(report, {"per_token_ms", "mean"});
  if (lap.is_number()) {
    absl::StrAppendFormat(&line, ", then %.1f ms a token (%s)",
                          lap.get<double>(),
                          Parts(At(report, {"breakdown_ms"})));
  }
  const nlohmann::ordered_json& tokens =
      At(chunk, {"usage", "completion_tokens"});
  if (tokens.is_number_integer()) {
    absl::StrAppend(&line, ", ", tokens.get<int64_t>(), " tokens");
  }
  const nlohmann::ordered_json& satellites = At(report, {"satellites"});
  if (satellites.is_number_integer()) {
    absl::StrAppend(&line, ", ", satellites.get<int64_t>(), " satellites");
  }
  const nlohmann::ordered_json& late = At(report, {"links", "late_messages"});
  const nlohmann::ordered_json& messages = At(report, {"links", "messages"});
  if (late.is_number_integer() && messages.is_number_integer()) {
    absl::StrAppend(&line, ", ", late.get<int64_t>(), " of ",
                    messages.get<int64_t>(), " messages late");
  }
  return line;
}

absl::StatusOr<ChatSession> ChatSession::Open(ChatOptions options) {
  SPACEMOE_ASSIGN_OR_RETURN(HttpUrl url, ParseHttpUrl(options.url));
  ChatSession session(std::move(options),
                      HttpClient(std::move(url), kPatience));
  if (session.options_.model.empty()) {
    SPACEMOE_RETURN_IF_ERROR(session.FindModel());
  }
  return session;
}

ChatSession::ChatSession(ChatOptions options, HttpClient client)
    : options_(std::move(options)), client_(std::move(client)) {
  Reset();
}

void ChatSession::Reset() {
  messages_ = Json::array();
  if (options_.system.empty()) return;
  messages_.push_back({{"role", "system"}, {"content", options_.system}});
}

HttpHeaders ChatSession::Headers() const {
  HttpHeaders headers = {{"Content-Type", "application/json"}};
  if (!options_.api_key.empty()) {
    headers.emplace_back("Authorization",
                         absl::StrCat("Bearer ", options_.api_key));
  }
  return headers;
}

absl::Status ChatSession::FindModel() {
  HttpCall call;
  call.path = "/v1/models";
  call.headers = Headers();
  SPACEMOE_ASSIGN_OR_RETURN(const HttpResponse response, client_.Send(call));
  if (response.status != 200) return ErrorOf(response);
  const nlohmann::ordered_json list =
      nlohmann::ordered_json::parse(response.body, nullptr, false);
  const nlohmann::ordered_json& models = At(list, {"data"});
  if (models.is_array() && !models.empty()) {
    const nlohmann::ordered_json& id = At(models[0], {"id"});
    if (id.is_string()) options_.model = id.get<std::string>();
  }
  if (options_.model.empty()) {
    return absl::UnavailableError(
        absl::StrCat("expected a list of models from ", options_.url,
                     "/v1/models, found ", response.body.substr(0, 200)));
  }
  return absl::OkStatus();
}

Json ChatSession::Body() const {
  Json body{{"model", options_.model},
            {"messages", messages_},
            {"stream", true},
            {"stream_options",
             {{"include_usage", true}, {"include_spacemoe", true}}}};
  if (options_.max_tokens) body["max_completion_tokens"] = *options_.max_tokens;
  if (options_.temperature) body["temperature"] = *options_.temperature;
  if (options_.top_p) body["top_p"] = *options_.top_p;
  if (options_.seed) body["seed"] = *options_.seed;
  return body;
}

absl::Status ChatSession::OnEvent(
    const std::string& data, std::string* answer,
    const std::function<void(const std::string&)>& on_text) {
  if (data == kDone) return absl::OkStatus();
  const nlohmann::ordered_json chunk =
      nlohmann::ordered_json::parse(data, nullptr, false);
  if (!chunk.is_object()) {
    return absl::UnavailableError(absl::StrCat(
        "expected JSON from the server, found ", data.substr(0, 200)));
  }
  if (chunk.contains("error")) {
    return absl::UnavailableError(
        absl::StrCat("the server says: ", MessageOf(data)));
  }
  const std::string text = TextOf(chunk);
  if (!text.empty()) on_text(text);
  *answer += text;
  if (std::string line = ReportLine(chunk); !line.empty()) {
    report_ = std::move(line);
  }
  return absl::OkStatus();
}

absl::Status ChatSession::Ask(
    const std::string& message,
    const std::function<void(const std::string&)>& on_text) {
  const Json before = messages_;
  report_.clear();
  messages_.push_back({{"role", "user"}, {"content", message}});
  HttpCall call;
  call.method = "POST";
  call.path = "/v1/chat/completions";
  call.headers = Headers();
  call.body = Dump(Body());
  SseReader events;
  std::string answer;
  bool done = false;
  absl::Status status;
  const auto response = client_.Send(call, [&](std::string_view bytes) {
    for (const std::string& data : events.Push(bytes)) {
      status = OnEvent(data, &answer, on_text);
      if (!status.ok()) return false;
      done |= data == kDone;
    }
    return !events.overflowed();
  });
  if (status.ok()) status = response.status();
  if (status.ok() && response->status != 200) status = ErrorOf(*response);
  if (status.ok() && !done) {
    status = absl::UnavailableError("the answer broke off");
  }
  if (!status.ok()) {
    messages_ = before;
    return status;
  }
  messages_.push_back({{"role", "assistant"}, {"content", answer}});
  return absl::OkStatus();
}

}  // namespace spacemoe
