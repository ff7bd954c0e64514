#include "absl/strings/str_cat.h"
#include "placement/json_reader.h"
#include "placement/profile.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

constexpr char kFormat[] = "spacemoe-activation-profile";
constexpr int kVersion = 1;

absl::Status CheckFormat(const JsonReader& file) {
  std::string format;
  int version = 0;
  SPACEMOE_RETURN_IF_ERROR(file.ReadField("format", &format));
  SPACEMOE_RETURN_IF_ERROR(file.ReadField("version", &version));
  if (format == kFormat && version == kVersion) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      file.where(), ": expected format ", kFormat, " version ", kVersion,
      ", found ", format.substr(0, 60), " version ", version));
}

absl::Status ReadModel(const JsonReader& file, ActivationProfile* profile) {
  SPACEMOE_ASSIGN_OR_RETURN(const JsonReader model, file.Field("model"));
  SPACEMOE_RETURN_IF_ERROR(
      model.ExpectObject({"family", "layers", "experts", "top_k"}));
  SPACEMOE_RETURN_IF_ERROR(model.ReadField("family", &profile->family));
  SPACEMOE_RETURN_IF_ERROR(model.ReadField("layers", &profile->layers));
  SPACEMOE_RETURN_IF_ERROR(model.ReadField("experts", &profile->experts));
  return model.ReadField("top_k", &profile->top_k);
}

absl::Status ReadFields(const JsonReader& file, ActivationProfile* profile) {
  SPACEMOE_RETURN_IF_ERROR(
      file.ExpectObject({"format", "version", "model", "tokens", "activation",
                         "coactivation", "transitions"}));
  SPACEMOE_RETURN_IF_ERROR(CheckFormat(file));
  SPACEMOE_RETURN_IF_ERROR(ReadModel(file, profile));
  SPACEMOE_RETURN_IF_ERROR(file.ReadField("tokens", &profile->tokens));
  SPACEMOE_RETURN_IF_ERROR(file.ReadField("activation", &profile->activation));
  if (file.Has("coactivation")) {
    SPACEMOE_RETURN_IF_ERROR(
        file.ReadField("coactivation", &profile->coactivation));
  }
  if (!file.Has("transitions")) return absl::OkStatus();
  return file.ReadField("transitions", &profile->transitions);
}

// One line for each row, so that profiles can be read and compared.
template <typename T>
std::string Row(const std::vector<T>& row) {
  return nlohmann::json(row).dump();
}

template <typename T>
std::string Rows(const std::vector<std::vector<T>>& rows,
                 const std::string& indent) {
  std::string text = "[";
  for (size_t i = 0; i < rows.size(); ++i) {
    absl::StrAppend(&text, i == 0 ? "\n" : ",\n", indent, Row(rows[i]));
  }
  return text + "]";
}

template <typename T>
std::string Tables(const std::vector<std::vector<std::vector<T>>>& tables) {
  std::string text = "[";
  for (size_t i = 0; i < tables.size(); ++i) {
    absl::StrAppend(&text, i == 0 ? "\n  " : ",\n  ", Rows(tables[i], "    "));
  }
  return text + "]";
}

std::string Header(const ActivationProfile& profile) {
  const nlohmann::ordered_json model = {{"family", profile.family},
                                        {"layers", profile.layers},
                                        {"experts", profile.experts},
                                        {"top_k", profile.top_k}};
  return absl::StrCat(
      "{\"format\": \"", kFormat, "\", \"version\": ", kVersion,
      ",\n\"model\": ",
      model.dump(-1, ' ', false,
                 nlohmann::ordered_json::error_handler_t::replace),
      ",\n\"tokens\": ", profile.tokens);
}

}  // namespace

absl::StatusOr<ActivationProfile> ParseProfile(std::string_view text,
                                               std::string_view origin) {
  SPACEMOE_ASSIGN_OR_RETURN(const nlohmann::json json, ParseJson(text, origin));
  ActivationProfile profile;
  SPACEMOE_RETURN_IF_ERROR(
      ReadFields(JsonReader(json, std::string(origin)), &profile));
  const absl::Status valid = ValidateProfile(profile);
  if (valid.ok()) return profile;
  return absl::InvalidArgumentError(
      absl::StrCat(std::string(origin), ": ", std::string(valid.message())));
}

std::string ProfileToJson(const ActivationProfile& profile) {
  std::string text = Header(profile);
  absl::StrAppend(&text, ",\n\"activation\": ", Rows(profile.activation, "  "));
  if (!profile.coactivation.empty()) {
    absl::StrAppend(&text,
                    ",\n\"coactivation\": ", Tables(profile.coactivation));
  }
  if (!profile.transitions.empty()) {
    absl::StrAppend(&text, ",\n\"transitions\": ", Tables(profile.transitions));
  }
  return text + "}\n";
}

}  // namespace spacemoe
