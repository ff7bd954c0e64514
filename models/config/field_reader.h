// Reads fields out of a flat JSON object, with messages that say which field,
// what was expected and what was found.
#ifndef SPACEMOE_MODELS_CONFIG_FIELD_READER_H_
#define SPACEMOE_MODELS_CONFIG_FIELD_READER_H_

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "nlohmann/json.hpp"

namespace spacemoe {

// The largest count that a config may hold: no product of three of them
// overflows 64 bits.
inline constexpr std::int64_t kMaxCount = 1 << 20;

// Borrows the object. A field that is null counts as missing. All errors are
// INVALID_ARGUMENT unless said.
class FieldReader {
 public:
  // `json` must be an object. `where` (a file) and `prefix` (of the fields, as
  // "granitemoe." or "rope_scaling.") begin each message.
  FieldReader(const nlohmann::json& json, std::string where,
              std::string prefix = "", bool prefix_is_key = false);

  // From now on adds the name of every field that is looked for to `names`,
  // which must outlive the reader.
  void RecordTo(std::set<std::string, std::less<>>* names) { asked_ = names; }

  bool Has(std::string_view field) const { return Find(field) != nullptr; }

  // A whole number in [min, max].
  absl::StatusOr<std::int64_t> Int(std::string_view field, std::int64_t min = 1,
                                   std::int64_t max = kMaxCount) const;
  absl::StatusOr<std::int64_t> IntOr(std::string_view field,
                                     std::int64_t fallback,
                                     std::int64_t min = 1,
                                     std::int64_t max = kMaxCount) const;
  absl::StatusOr<std::optional<std::int64_t>> OptionalInt(
      std::string_view field, std::int64_t min, std::int64_t max) const;

  // A number that is finite and greater than 0 in float32 too.
  absl::StatusOr<double> Positive(std::string_view field) const;
  absl::StatusOr<double> PositiveOr(std::string_view field,
                                    double fallback) const;
  absl::StatusOr<std::optional<double>> OptionalPositive(
      std::string_view field) const;

  // A number that is finite and at least 0.
  absl::StatusOr<double> NotNegativeOr(std::string_view field,
                                       double fallback) const;
  // Any number, or a boolean as 0 or 1; nullopt for what is neither.
  std::optional<double> Scalar(std::string_view field) const;
  // Numbers as Positive takes them.
  absl::StatusOr<std::vector<double>> PositiveList(
      std::string_view field) const;
  // Whole numbers as Int takes them: `count` of them, or one for all. Empty
  // when the field is missing.
  absl::StatusOr<std::vector<std::int64_t>> IntOrList(
      std::string_view field, std::int64_t count, std::int64_t min = 1,
      std::int64_t max = kMaxCount) const;
  // Any number of them; empty when the field is missing.
  absl::StatusOr<std::vector<std::int64_t>> IntList(
      std::string_view field, std::int64_t min = 0,
      std::int64_t max = kMaxCount) const;
  // `rows` lists of `cols` whole numbers from 1 on.
  absl::StatusOr<std::vector<std::vector<std::int64_t>>> IntTable(
      std::string_view field, std::int64_t rows, std::int64_t cols) const;
  absl::StatusOr<std::vector<std::string>> StringList(
      std::string_view field) const;

  // `count` of them; empty when the field is missing.
  absl::StatusOr<std::vector<bool>> BoolList(std::string_view field,
                                             std::int64_t count) const;

  absl::StatusOr<bool> BoolOr(std::string_view field, bool fallback) const;
  absl::StatusOr<std::string> StringOr(std::string_view field,
                                       std::string fallback) const;
  // One id or a list of them, each in [0, vocab_size).
  absl::StatusOr<std::vector<std::int64_t>> TokenIds(
      std::string_view field, std::int64_t vocab_size) const;
  // The object in `field`; nullopt when it is missing.
  absl::StatusOr<std::optional<FieldReader>> Object(
      std::string_view field) const;

  // UNIMPLEMENTED unless the field is missing or says `expected`.
  absl::Status RequireBool(std::string_view field, bool expected) const;
  // UNIMPLEMENTED unless the field is missing or one of `supported`.
  absl::Status RequireOneOf(std::string_view field,
                            const std::vector<std::string>& supported) const;

  // "FILE: field 'F': expected E, found V".
  absl::Status Wrong(std::string_view field, std::string_view expected) const;
  // UNIMPLEMENTED "FILE: field 'F': V is not supported; known: K".
  absl::Status Unsupported(std::string_view field,
                           std::string_view known) const;

  const std::string& where() const { return where_; }
  std::string FullName(std::string_view field) const;

 private:
  const nlohmann::json* Find(std::string_view field) const;
  std::string Found(std::string_view field) const;

  const nlohmann::json* json_;
  std::string where_;
  std::string prefix_;
  bool prefix_is_key_;  // the prefix is part of the keys, as in GGUF
  std::set<std::string, std::less<>>* asked_ = nullptr;
};

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_CONFIG_FIELD_READER_H_
