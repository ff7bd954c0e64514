#include "cli/simulate/paper.h"

namespace spacemoe {
namespace {

struct Published {
  const char* strategy;
  double seconds;
};

constexpr Published kPublished[] = {{"random", 5.29},
                                    {"random-intra", 4.15},
                                    {"random-intra-cg", 3.35},
                                    {"spacemoe", 1.05}};

}  // namespace

std::optional<double> PublishedSeconds(std::string_view strategy) {
  for (const Published& row : kPublished) {
    if (strategy == row.strategy) return row.seconds;
  }
  return std::nullopt;
}

void SetPaper(SimulateSetting* setting) {
  const SimulateSetting paper;
  setting->slots = paper.slots;
  setting->topology = paper.topology;
  setting->satellite_flops = paper.satellite_flops;
  setting->dimensions = paper.dimensions;
  setting->skew = paper.skew;
  setting->processing_ms = 0;
}

std::string PaperNotes() {
  return "Known of the paper: the constellation, 200 slots, survival 0.95, "
         "LLaMA-MoE-3.5B\n(36.3 TFLOP for 4,096 tokens), boards of 7.28 "
         "GFLOP/s, "
         "and the four totals above.\nUnknown: the spread of the planes "
         "(180 degrees here; --constellation\nspacemoe-paper-360 is the "
         "other), "
         "the length of a slot (an orbit / 200 here), the\nexperts' activation "
         "(synthetic here, --skew), and how compute is counted. At\n7.28 "
         "GFLOP/s "
         "projections and experts alone take 0.77 s a token, so a total of\n"
         "1.05 s leaves 0.28 s for propagation, less than any placement on the "
         "paper's ring\nneeds here, while random's 5.29 s is more than ours: "
         "the "
         "paper counts part of the\ncompute elsewhere or not at all. Compare "
         "propagation, the order and the ratios;\ndo not expect equal "
         "totals.\n";
}

}  // namespace spacemoe
