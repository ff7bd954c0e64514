// Finds stop strings in a text that comes in pieces.
#ifndef SPACEMOE_COORDINATOR_CORE_STOP_FINDER_H_
#define SPACEMOE_COORDINATOR_CORE_STOP_FINDER_H_

#include <string>
#include <utility>
#include <vector>

namespace spacemoe {

// Holds back what may be the beginning of a stop string. Pieces are whole
// characters, and so is what comes out.
class StopFinder {
 public:
  // None is empty.
  explicit StopFinder(std::vector<std::string> stops)
      : stops_(std::move(stops)) {}

  // What is certain to belong to the text by now. Once a stop string has been
  // found: what lay before it, and nothing any more.
  std::string Push(const std::string& piece);
  // What was held back: it was no stop string.
  std::string Flush();

  bool found() const { return found_; }

 private:
  // Where the first stop string begins, or the beginning of what could become
  // one; the held text's size if neither.
  size_t FirstStop() const;
  size_t FirstBeginning() const;

  std::vector<std::string> stops_;
  std::string held_;
  bool found_ = false;
};

}  // namespace spacemoe

#endif  // SPACEMOE_COORDINATOR_CORE_STOP_FINDER_H_
