#include "models/checkpoint/matrix_writer.h"

#include <functional>
#include <span>
#include <vector>

#include "models/checkpoint/row_encoder.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

using RowSink = std::function<absl::Status(std::span<const float>)>;

absl::Status GiveRow(const MatrixView& part, std::int64_t row,
                     std::vector<float>& buffer, const RowSink& sink) {
  buffer.resize(part.cols);
  DequantizeRow(part, row, buffer.data());
  return sink(buffer);
}

absl::Status GiveInTurn(const std::vector<MatrixView>& parts,
                        const RowSink& sink) {
  std::vector<float> buffer;
  for (const MatrixView& part : parts) {
    for (std::int64_t row = 0; row < part.rows; ++row) {
      SPACEMOE_RETURN_IF_ERROR(GiveRow(part, row, buffer, sink));
    }
  }
  return absl::OkStatus();
}

absl::Status GiveAlternating(const std::vector<MatrixView>& parts,
                             const RowSink& sink) {
  std::vector<float> buffer;
  for (std::int64_t row = 0; row < parts.front().rows; ++row) {
    for (const MatrixView& part : parts) {
      SPACEMOE_RETURN_IF_ERROR(GiveRow(part, row, buffer, sink));
    }
  }
  return absl::OkStatus();
}

// Columns of rows [begin, end) of `matrix`, one after another.
std::vector<float> Columns(const MatrixView& matrix, std::int64_t begin,
                           std::int64_t end) {
  const std::int64_t rows = end - begin;
  std::vector<float> row(matrix.cols);
  std::vector<float> columns(rows * matrix.cols);
  for (std::int64_t r = 0; r < rows; ++r) {
    DequantizeRow(matrix, begin + r, row.data());
    for (std::int64_t c = 0; c < matrix.cols; ++c) {
      columns[c * rows + r] = row[c];
    }
  }
  return columns;
}

absl::Status GiveLatentHeads(const ExportMatrix& matrix, const RowSink& sink) {
  const MatrixView& key = matrix.parts[0];
  const MatrixView& value = matrix.parts[1];
  const std::int64_t rank = key.rows / matrix.heads;
  const std::int64_t value_dim = value.rows / matrix.heads;
  std::vector<float> buffer;
  for (std::int64_t head = 0; head < matrix.heads; ++head) {
    const std::vector<float> rows =
        Columns(key, head * rank, (head + 1) * rank);
    for (std::int64_t r = 0; r < key.cols; ++r) {
      SPACEMOE_RETURN_IF_ERROR(sink(std::span(rows).subspan(r * rank, rank)));
    }
    for (std::int64_t r = 0; r < value_dim; ++r) {
      SPACEMOE_RETURN_IF_ERROR(
          GiveRow(value, head * value_dim + r, buffer, sink));
    }
  }
  return absl::OkStatus();
}

absl::Status GiveRows(const ExportMatrix& matrix, const RowSink& sink) {
  switch (matrix.sequence) {
    case RowSequence::kAlternating:
      return GiveAlternating(matrix.parts, sink);
    case RowSequence::kLatentHeads:
      return GiveLatentHeads(matrix, sink);
    case RowSequence::kInTurn:
      break;
  }
  return GiveInTurn(matrix.parts, sink);
}

absl::Status GiveTransposed(const ExportMatrix& matrix, const RowSink& sink) {
  std::int64_t rows = 0;
  for (const MatrixView& part : matrix.parts) rows += part.rows;
  const std::int64_t cols = matrix.parts.front().cols;
  std::vector<float> transposed(rows * cols);
  std::int64_t row = 0;
  SPACEMOE_RETURN_IF_ERROR(GiveRows(matrix, [&](std::span<const float> values) {
    for (std::int64_t c = 0; c < cols; ++c) {
      transposed[c * rows + row] = values[c];
    }
    ++row;
    return absl::OkStatus();
  }));
  for (std::int64_t c = 0; c < cols; ++c) {
    SPACEMOE_RETURN_IF_ERROR(
        sink(std::span(transposed).subspan(c * rows, rows)));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status WriteMatrix(const ExportMatrix& matrix, SafetensorsType type,
                         SafetensorsWriter& writer) {
  RowEncoder encoder(type);
  const RowSink sink = [&](std::span<const float> row) {
    return writer.Append(encoder.Encode(row));
  };
  return matrix.transposed ? GiveTransposed(matrix, sink)
                           : GiveRows(matrix, sink);
}

}  // namespace spacemoe
