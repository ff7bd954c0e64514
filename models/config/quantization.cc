#include "models/config/quantization.h"

#include <string>
#include <vector>

#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

constexpr char kField[] = "quantization_config";

absl::Status ReadFp8(const FieldReader& fields, QuantizationConfig& config) {
  SPACEMOE_RETURN_IF_ERROR(
      fields.RequireOneOf("fmt", {"e4m3", "float8_e4m3fn"}));
  SPACEMOE_ASSIGN_OR_RETURN(const std::vector<std::int64_t> tile,
                            fields.IntList("weight_block_size", 1));
  if (tile.empty()) return absl::OkStatus();
  if (tile.size() != 2) {
    return fields.Wrong("weight_block_size", "a list of two sizes");
  }
  config.tile_rows = tile[0];
  config.tile_cols = tile[1];
  return absl::OkStatus();
}

// Its groups of modules are not read: the tensors say what they are.
absl::Status ReadCompressedTensors(const FieldReader& fields) {
  return fields.RequireOneOf("format", {"float-quantized"});
}

}  // namespace

absl::Status ReadQuantization(const FieldReader& fields,
                              QuantizationConfig& config) {
  SPACEMOE_ASSIGN_OR_RETURN(const auto object, fields.Object(kField));
  if (!object) return absl::OkStatus();
  SPACEMOE_ASSIGN_OR_RETURN(const std::string method,
                            object->StringOr("quant_method", ""));
  if (method == "fp8") return ReadFp8(*object, config);
  if (method == "mxfp4") return absl::OkStatus();
  if (method == "compressed-tensors") return ReadCompressedTensors(*object);
  return object->Unsupported("quant_method",
                             "fp8, mxfp4, compressed-tensors (8-bit floats)");
}

}  // namespace spacemoe
