#include "gtest/gtest.h"
#include "runtime/link/first_hop_queue.h"
#include "runtime/link/link_model.h"

namespace spacemoe {
namespace {

TEST(FirstHopQueue, FreeLinkTakesAMessageAtOnce) {
  FirstHopQueue queue;
  EXPECT_EQ(queue.Reserve(1, 1000, 50), 0);
}

TEST(FirstHopQueue, MessagesWaitForThoseBeforeThem) {
  FirstHopQueue queue;
  EXPECT_EQ(queue.Reserve(1, 1000, 50), 0);
  EXPECT_EQ(queue.Reserve(1, 1000, 50), 50);
  EXPECT_EQ(queue.Reserve(1, 1020, 50), 80);
  EXPECT_EQ(queue.Reserve(1, 1200, 50), 0);
}

TEST(FirstHopQueue, LinksToOtherNeighboursAreIndependent) {
  FirstHopQueue queue;
  EXPECT_EQ(queue.Reserve(1, 1000, 50), 0);
  EXPECT_EQ(queue.Reserve(2, 1000, 50), 0);
}

TEST(NoDelayLinks, EverythingIsDueWhenItLeaves) {
  NoDelayLinks links;
  const auto stamp = links.Stamp(1, 2, 77, 4096);
  ASSERT_TRUE(stamp.ok());
  EXPECT_EQ(stamp->departure_ns, 77);
  EXPECT_EQ(stamp->due_ns, 77);
}

TEST(FixedDelayLinks, DelaysAllButTheSatelliteItself) {
  FixedDelayLinks links(30);
  EXPECT_EQ(links.Stamp(1, 2, 77, 4096)->due_ns, 107);
  EXPECT_EQ(links.Stamp(1, 2, 77, 4096)->propagation_ns, 30);
  EXPECT_EQ(links.Stamp(1, 1, 77, 4096)->due_ns, 77);
}

}  // namespace
}  // namespace spacemoe
