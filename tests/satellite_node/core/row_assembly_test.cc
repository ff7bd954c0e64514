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
  RowAssembly assembly(false);
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
  RowAssembly assembly(false);
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
  RowAssembly assembly(false);
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

TEST(RowAssembly, TakesTheSharedPartThatRidesAlong) {
  Packet packet = MakePacket(PacketKind::kResidual, 0, 5);
  packet.rows = {Row(4, 9, {})};
  packet.has_shared = true;
  packet.vectors_per_row = 2;
  packet.values = {1, 1, 2, 2};
  RowAssembly assembly(false);
  std::vector<AssembledRow> complete;
  assembly.Accept(MakeArrival(std::make_shared<Packet>(packet), 0), &complete);
  ASSERT_THAT(complete, SizeIs(1));
  const CombineRow row = complete[0].combine();
  EXPECT_EQ(row.residual[0], 1);
  EXPECT_EQ(row.shared[0], 2);
}

TEST(RowAssembly, ReleaseForgetsOneSequenceOnly) {
  RowAssembly assembly(false);
  std::vector<AssembledRow> complete;
  assembly.Accept(Residual(1, {3}, 20, 0), &complete);
  assembly.Accept(Residual(2, {3}, 20, 0), &complete);
  assembly.Release(1, &complete);
  EXPECT_EQ(assembly.pending(), 1u);
  assembly.Accept(Output(2, 3, 40, 0), &complete);
  EXPECT_THAT(complete, SizeIs(1));
}

// Rows 1 and 2 in one packet, each waiting for one expert.
Arrival TwoRows(bool prompt = false) {
  Packet packet = MakePacket(PacketKind::kResidual, 10, 20);
  packet.rows = {Row(1, 0, {3}), Row(2, 0, {4})};
  for (RowHeader& row : packet.rows) row.prompt = prompt;
  packet.values = {1, 2, 3, 4};
  return MakeArrival(std::make_shared<Packet>(packet), 0);
}

TEST(RowAssembly, WholePacketsGoOnTogether) {
  RowAssembly assembly(true);
  std::vector<AssembledRow> complete;
  assembly.Accept(Output(2, 4, 15, 0), &complete);  // comes first: no matter
  assembly.Accept(TwoRows(), &complete);
  EXPECT_THAT(complete, IsEmpty());
  assembly.Accept(Residual(5, {}, 20, 0), &complete);  // another packet
  ASSERT_THAT(complete, SizeIs(1));
  EXPECT_EQ(complete[0].header.sequence, 5u);
  assembly.Accept(Output(1, 3, 50, 0), &complete);
  EXPECT_THAT(complete, SizeIs(3));
  EXPECT_EQ(assembly.pending(), 0u);
}

TEST(RowAssembly, PromptsGoOnTogether) {
  for (bool prompt : {false, true}) {
    RowAssembly assembly(false);
    std::vector<AssembledRow> complete;
    assembly.Accept(TwoRows(prompt), &complete);
    assembly.Accept(Output(1, 3, 50, 0), &complete);
    EXPECT_EQ(complete.empty(), prompt);
    assembly.Accept(Output(2, 4, 50, 0), &complete);
    EXPECT_THAT(complete, SizeIs(2));
  }
}

TEST(RowAssembly, ARowIsNotWaitedForOnceItsSequenceIsReleased) {
  RowAssembly assembly(true);
  std::vector<AssembledRow> complete;
  assembly.Accept(TwoRows(), &complete);
  assembly.Accept(Output(2, 4, 15, 0), &complete);
  EXPECT_THAT(complete, IsEmpty());
  assembly.Release(1, &complete);
  ASSERT_THAT(complete, SizeIs(1));
  EXPECT_EQ(complete[0].header.sequence, 2u);
}

TEST(RowAssembly, ARepeatedPacketHoldsNothingBack) {
  RowAssembly assembly(true);
  std::vector<AssembledRow> complete;
  assembly.Accept(TwoRows(), &complete);
  assembly.Accept(TwoRows(), &complete);
  assembly.Accept(Output(1, 3, 50, 0), &complete);
  assembly.Accept(Output(2, 4, 50, 0), &complete);
  EXPECT_THAT(complete, SizeIs(2));
}

TEST(CombineRows, CopiesWhatIsCombinedAndRefusesTheRestWithoutACombiner) {
  RowAssembly assembly(false);
  std::vector<AssembledRow> rows;
  assembly.Accept(Residual(1, {}, 20, 0), &rows);
  float out[2];
  EXPECT_EQ(CombineRows(rows, nullptr, out).code(),
            absl::StatusCode::kInternal);
  Packet packet = MakePacket(PacketKind::kResidual, 10, 20);
  packet.rows = {Row(1, 0, {})};
  packet.values = {7, 8};
  packet.combined = true;
  rows.clear();
  assembly.Accept(MakeArrival(std::make_shared<Packet>(packet), 0), &rows);
  ASSERT_TRUE(CombineRows(rows, nullptr, out).ok());
  EXPECT_EQ(out[1], 8);
}

}  // namespace
}  // namespace spacemoe
