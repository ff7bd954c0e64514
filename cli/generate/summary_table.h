// Where the time of a generation went, for people.
#ifndef SPACEMOE_CLI_GENERATE_SUMMARY_TABLE_H_
#define SPACEMOE_CLI_GENERATE_SUMMARY_TABLE_H_

#include <string>

#include "cli/generate/outcome.h"

namespace spacemoe {

// Several aligned lines with units, ending in a newline.
std::string SummaryTable(const GenerateOutcome& outcome);

}  // namespace spacemoe

#endif  // SPACEMOE_CLI_GENERATE_SUMMARY_TABLE_H_
