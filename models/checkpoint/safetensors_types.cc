#include "models/checkpoint/safetensors_types.h"

#include "absl/strings/str_join.h"

namespace spacemoe {
namespace {

constexpr SafetensorsDtype kDtypes[] = {
    {"F32", 32, StorageType::kF32},
    {"F16", 16, StorageType::kF16},
    {"BF16", 16, StorageType::kBF16},
    {"BOOL", 8, std::nullopt},
    {"F4", 4, std::nullopt},
    {"F6_E2M3", 6, std::nullopt},
    {"F6_E3M2", 6, std::nullopt},
    {"U8", 8, std::nullopt},
    {"I8", 8, std::nullopt},
    {"F8_E5M2", 8, std::nullopt},
    {"F8_E4M3", 8, StorageType::kF8E4M3},
    {"F8_E8M0", 8, std::nullopt},
    {"F8_E4M3FNUZ", 8, std::nullopt},
    {"F8_E5M2FNUZ", 8, std::nullopt},
    {"I16", 16, std::nullopt},
    {"U16", 16, std::nullopt},
    {"I32", 32, std::nullopt},
    {"U32", 32, std::nullopt},
    {"C64", 64, std::nullopt},
    {"F64", 64, std::nullopt},
    {"I64", 64, std::nullopt},
    {"U64", 64, std::nullopt},
};

}  // namespace

const SafetensorsDtype* FindSafetensorsDtype(std::string_view name) {
  for (const SafetensorsDtype& dtype : kDtypes) {
    if (dtype.name == name) return &dtype;
  }
  return nullptr;
}

std::string KnownSafetensorsDtypes() {
  return absl::StrJoin(kDtypes, ", ",
                       [](std::string* out, const SafetensorsDtype& dtype) {
                         out->append(std::string(dtype.name));
                       });
}

}  // namespace spacemoe
