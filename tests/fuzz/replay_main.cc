// Runs a fuzz target without libFuzzer: on every seed, then on changed seeds.
// Always the same ones, so that a failure repeats.
//
//   NAME_replay SEEDS_FOLDER [CHANGED_SEEDS]
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace {

std::vector<std::string> ReadSeeds(const std::string& folder) {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  std::vector<std::string> seeds;
  for (const auto& path : paths) {
    std::ifstream file(path, std::ios::binary);
    seeds.emplace_back(std::istreambuf_iterator<char>(file),
                       std::istreambuf_iterator<char>());
  }
  return seeds;
}

void Run(const std::string& input) {
  LLVMFuzzerTestOneInput(reinterpret_cast<const uint8_t*>(input.data()),
                         input.size());
}

// One change of a few: a byte, a cut, a piece again, a piece of another seed.
void Change(const std::vector<std::string>& seeds, std::minstd_rand& random,
            std::string* input) {
  if (input->empty()) return;
  const size_t at = random() % input->size();
  const size_t length = 1 + random() % 16;
  switch (random() % 5) {
    case 0:
      (*input)[at] = static_cast<char>(random() >> 8);
      return;
    case 1:
      (*input)[at] = static_cast<char>((*input)[at] ^ (1 << random() % 8));
      return;
    case 2:
      input->erase(at, length);
      return;
    case 3:
      input->insert(at, *input, random() % input->size(), length);
      return;
    default: {
      const std::string& other = seeds[random() % seeds.size()];
      if (other.empty()) return;
      input->replace(at, length, other, random() % other.size(), length);
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::cerr << "usage: NAME_replay SEEDS_FOLDER [CHANGED_SEEDS]\n";
    return 2;
  }
  const int changed = argc > 2 ? std::atoi(argv[2]) : 0;
  const std::vector<std::string> seeds = ReadSeeds(argv[1]);
  for (const std::string& seed : seeds) Run(seed);
  std::minstd_rand random(1);
  for (int i = 0; i < changed && !seeds.empty(); ++i) {
    std::string input = seeds[random() % seeds.size()];
    for (int n = 1 + random() % 4; n > 0; --n) Change(seeds, random, &input);
    Run(input);
  }
  std::cout << seeds.size() << " seeds, " << changed << " changed ones\n";
  return seeds.empty() ? 1 : 0;
}
