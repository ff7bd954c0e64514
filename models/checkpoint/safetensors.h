// Safetensors files, read.
//
//   file   = length header data
//   length = u64, little endian: bytes of the header
//   header = JSON object: name -> {"dtype", "shape", "data_offsets": [begin,
//            end)} relative to data; "__metadata__" -> {string: string}
//
// As in the reference implementation the header is at most 100 MB, begins with
// '{', and the tensors cover the data exactly: no hole, no overlap.
#ifndef SPACEMOE_MODELS_CHECKPOINT_SAFETENSORS_H_
#define SPACEMOE_MODELS_CHECKPOINT_SAFETENSORS_H_

#include <cstddef>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "models/checkpoint/mapped_file.h"
#include "models/checkpoint/tensor_info.h"

namespace spacemoe {

struct SafetensorsHeader {
  std::map<std::string, std::string> metadata;
  std::vector<TensorInfo> tensors;  // in the order of their data
};

// Parses and validates `file`; the result borrows from it and from `path`.
// DATA_LOSS for a file that is broken, with what was expected and found.
absl::StatusOr<SafetensorsHeader> ParseSafetensors(
    std::span<const std::byte> file, const std::string& path);

// Thread-safe after opening. Only the header's pages are touched.
class SafetensorsFile {
 public:
  static absl::StatusOr<std::unique_ptr<SafetensorsFile>> Open(
      const std::string& path);

  const std::string& path() const { return file_->path(); }
  const std::map<std::string, std::string>& metadata() const {
    return header_.metadata;
  }
  const std::vector<TensorInfo>& tensors() const { return header_.tensors; }
  // nullptr when there is none of that name.
  const TensorInfo* Find(std::string_view name) const;

 private:
  SafetensorsFile(std::unique_ptr<MappedFile> file, SafetensorsHeader header);

  const std::unique_ptr<MappedFile> file_;
  const SafetensorsHeader header_;
  std::map<std::string_view, const TensorInfo*> by_name_;  // into header_
};

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_CHECKPOINT_SAFETENSORS_H_
