#include "satellite_node/core/row_intake.h"

#include <algorithm>
#include <utility>

namespace spacemoe {

RowIntake::RowIntake(const SatelliteOptions& options)
    : one_batch_(options.one_batch),
      max_prompt_rows_(options.max_prompt_rows),
      assembly_(options.one_batch) {}

void RowIntake::Accept(const Arrival& arrival) {
  std::vector<AssembledRow> complete;
  assembly_.Accept(arrival, &complete);
  if (arrival.packet->kind == PacketKind::kResidual) {
    sequences_in_flight_ =
        std::max<uint32_t>(1, arrival.packet->sequences_in_flight);
  }
  for (const RowHeader& header : arrival.packet->rows) {
    if (dead_.Contains(header.sequence))
      assembly_.Release(header.sequence, &complete);
  }
  AddReady(std::move(complete));
}

void RowIntake::AddReady(std::vector<AssembledRow> complete) {
  for (AssembledRow& row : complete) {
    if (!dead_.Contains(row.header.sequence)) ready_.Add(std::move(row));
  }
}

void RowIntake::Release(uint64_t sequence) {
  dead_.Add(sequence);
  std::vector<AssembledRow> complete;
  assembly_.Release(sequence, &complete);
  AddReady(std::move(complete));
  ready_.Release(sequence);
}

std::vector<AssembledRow> RowIntake::Take() {
  const BatchLimits limits = {DecodeRows(sequences_in_flight_, one_batch_),
                              max_prompt_rows_};
  return ready_.Take(limits);
}

std::vector<GatewayRow> GatewayRows(const std::vector<AssembledRow>& rows,
                                    bool drop_cache_only) {
  std::vector<GatewayRow> gateway_rows;
  gateway_rows.reserve(rows.size());
  for (const AssembledRow& row : rows) {
    gateway_rows.push_back(
        {row.header.sequence, row.header.position, row.header.capacity,
         drop_cache_only && row.header.cache_only, row.header.prompt_length});
  }
  return gateway_rows;
}

}  // namespace spacemoe
