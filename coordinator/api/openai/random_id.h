// Numbers that nobody can guess.
#ifndef SPACEMOE_COORDINATOR_API_OPENAI_RANDOM_ID_H_
#define SPACEMOE_COORDINATOR_API_OPENAI_RANDOM_ID_H_

#include <cstdint>
#include <string>

namespace spacemoe::openai {

// From the kernel. Thread-safe.
uint64_t RandomSeed();
// 24 hex digits.
std::string RandomId();

}  // namespace spacemoe::openai

#endif  // SPACEMOE_COORDINATOR_API_OPENAI_RANDOM_ID_H_
