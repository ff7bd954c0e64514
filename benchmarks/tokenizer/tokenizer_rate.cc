// How fast a tokenizer encodes documents, for benchmarks/tokenizer_rates.py.
//
//   tokenizer_rate TOKENIZER_JSON THREADS < documents
//
// Documents are separated by a byte 0. Prints one JSON object: seconds of the
// encoding alone, tokens, and the FNV-1a hash of all ids in order.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "models/tokenizer/tokenizer.h"

namespace spacemoe {
namespace {

using Ids = std::vector<int64_t>;

std::vector<std::string_view> SplitDocuments(std::string_view text) {
  std::vector<std::string_view> documents;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\0'), text.size());
    documents.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return documents;
}

// Empty ids where a document cannot be encoded.
std::vector<Ids> EncodeAll(const Tokenizer& tokenizer,
                           const std::vector<std::string_view>& documents,
                           int threads) {
  std::vector<Ids> all(documents.size());
  std::atomic<size_t> next = 0;
  const auto work = [&] {
    for (size_t i = next++; i < documents.size(); i = next++) {
      auto ids = tokenizer.Encode(documents[i], false);
      if (ids.ok()) all[i] = *std::move(ids);
    }
  };
  std::vector<std::thread> workers;
  for (int i = 1; i < threads; ++i) workers.emplace_back(work);
  work();
  for (std::thread& worker : workers) worker.join();
  return all;
}

uint64_t HashOf(const std::vector<Ids>& all) {
  uint64_t hash = 0xcbf29ce484222325;
  for (const Ids& ids : all) {
    for (const int64_t id : ids) {
      hash = (hash ^ static_cast<uint64_t>(id)) * 0x100000001b3;
    }
  }
  return hash;
}

int Run(const char* path, int threads) {
  const auto tokenizer = Tokenizer::FromJsonFile(path);
  if (!tokenizer.ok()) {
    std::cerr << tokenizer.status() << "\n";
    return 1;
  }
  const std::string text(std::istreambuf_iterator<char>(std::cin), {});
  const auto documents = SplitDocuments(text);
  const auto start = std::chrono::steady_clock::now();
  const std::vector<Ids> all = EncodeAll(**tokenizer, documents, threads);
  const std::chrono::duration<double> taken =
      std::chrono::steady_clock::now() - start;
  size_t tokens = 0;
  for (const Ids& ids : all) tokens += ids.size();
  std::cout << "{\"seconds\": " << taken.count() << ", \"tokens\": " << tokens
            << ", \"hash\": \"" << std::hex << HashOf(all) << "\"}\n";
  return 0;
}

}  // namespace
}  // namespace spacemoe

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: tokenizer_rate TOKENIZER_JSON THREADS < documents\n";
    return 2;
  }
  return spacemoe::Run(argv[1], std::max(1, std::atoi(argv[2])));
}
