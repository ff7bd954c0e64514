#include "satellite_node/core/row_assembly.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace spacemoe {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

Packet MakePacket(PacketKind kind, int64_t departure, int64_t due) {
  Packet packet;
  packet.kind = kind;
  packet.width = 2;
  packet.link = {departure, due, due - departure, 0, 0, 0, 1};
  return packet;
}

RowHeader Row(uint64_t sequence, uint32_t position,
              std::vector<uint32_t> experts) {
  RowHeader row;
  row.sequence = sequence;
  row.position = position;
  for (uint32_t e : experts) row.experts.push_back({e, 0.5f});
  return row;
}

Arrival Residual(uint64_t sequence, std::vector<uint32_t> experts, int64_t due,
                 int64_t came) {
  Packet packet = MakePacket(PacketKind::kResidual, 10, due);
  packet.rows = {Row(sequence, 0, experts)};
  packet.values = {1, 2};
  return MakeArrival(std::make_shared<Packet>(packet), came);
}

Arrival Output(uint64_t sequence, uint32_t expert, int64_t due, int64_t came) {
  Packet packet = MakePacket(PacketKind::kOutput, 10, due);
  packet.rows = {Row(sequence, 0, {expert})};
  packet.rows[0].spent.compute_ns = 10;
  packet.values = {static_cast<float>(expert), 0};
  return MakeArrival(std::make_shared<Packet>(packet), came);
}

TEST(RowAssembly, WaitsForEveryExpertInWhateverOrderPartsCome) {
  RowAssembly assembly;
  std::vector<AssembledRow> complete;
  assembly.Accept(Output(1, 7, 30, 0), &complete);
  assembly.Accept(Residual(1, {3, 7}, 20, 0), &complete);
  EXPECT_THAT(complete, IsEmpty());
  assembly.Accept(Output(1, 3, 50, 0), &complete);
  ASSERT_THAT(complete, SizeIs(1));
  EXPECT_EQ(assembly.pending(), 0u);
  const CombineRow row = complete[0].combine();
  EXPECT_EQ(row.residual[1], 2);
  ASSERT_THAT(row.experts, SizeIs(2));
  EXPECT_EQ(row.experts[0][0], 3);  // ascending expert id
  EXPECT_EQ(row.experts[1][0], 7);
}

TEST(RowAssembly, AccountsForThePathThatCameLast) {
  RowAssembly assembly;
  std::vector<AssembledRow> complete;
  assembly.Accept(Residual(1, {3}, 20, 0), &complete);
  assembly.Accept(Output(1, 3, /*due=*/50, /*came=*/65), &complete);
  ASSERT_THAT(complete, SizeIs(1));
  EXPECT_EQ(complete[0].ready_ns, 65);
  EXPECT_EQ(complete[0].spent.compute_ns, 10);
  EXPECT_EQ(complete[0].spent.propagation_ns, 40);
  EXPECT_EQ(complete[0].spent.software_ns, 15);  // 15 later than due
  EXPECT_EQ(complete[0].spent.total_ns(), 65);   // the lap began at 0
}

TEST(RowAssembly, IgnoresRepeatsAndOutputsThatNobodyWaitsFor) {
  RowAssembly assembly;
  std::vector<AssembledRow> complete;
  assembly.Accept(Output(1, 3, 20, 0), &complete);
  assembly.Accept(Output(1, 3, 25, 0), &complete);
  assembly.Accept(Output(1, 9, 25, 0), &complete);
  assembly.Accept(Residual(1, {3, 4}, 30, 0), &complete);
  EXPECT_THAT(complete, IsEmpty());
  assembly.Accept(Output(1, 4, 40, 0), &complete);
  ASSERT_THAT(complete, SizeIs(1));
  EXPECT_THAT(complete[0].outputs, SizeIs(2));
}

TEST(RowAssembly, TakesSharedPartAndOutputsThatRideAlong) {
  Packet packet = MakePacket(PacketKind::kResidual, 0, 5);
  packet.rows = {Row(4, 9, {2, 6})};
  packet.has_shared = true;
  packet.outputs_inline = true;
  packet.vectors_per_row = 4;
  packet.values = {1, 1, 2, 2, 3, 3, 4, 4};
  RowAssembly assembly;
  std::vector<AssembledRow> complete;
  assembly.Accept(MakeArrival(std::make_shared<Packet>(packet), 0), &complete);
  ASSERT_THAT(complete, SizeIs(1));
  const CombineRow row = complete[0].combine();
  EXPECT_EQ(row.residual[0], 1);
  EXPECT_EQ(row.shared[0], 2);
  EXPECT_EQ(row.experts[0][0], 3);
  EXPECT_EQ(row.experts[1][0], 4);
}

TEST(RowAssembly, ReleaseForgetsOneSequenceOnly) {
  RowAssembly assembly;
  std::vector<AssembledRow> complete;
  assembly.Accept(Residual(1, {3}, 20, 0), &complete);
  assembly.Accept(Residual(2, {3}, 20, 0), &complete);
  assembly.Release(1);
  EXPECT_EQ(assembly.pending(), 1u);
  assembly.Accept(Output(2, 3, 40, 0), &complete);
  EXPECT_THAT(complete, SizeIs(1));
}

}  // namespace
}  // namespace spacemoe
