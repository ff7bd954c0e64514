// Early return on errors. Debian 12's Abseil has no such macros of its own.
#ifndef SPACEMOE_RUNTIME_BASE_STATUS_MACROS_H_
#define SPACEMOE_RUNTIME_BASE_STATUS_MACROS_H_

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#define SPACEMOE_RETURN_IF_ERROR(expr)                                  \
  do {                                                                  \
    if (absl::Status spacemoe_status = (expr); !spacemoe_status.ok()) { \
      return spacemoe_status;                                           \
    }                                                                   \
  } while (false)

#define SPACEMOE_MACRO_CONCAT_(a, b) a##b
#define SPACEMOE_MACRO_CONCAT(a, b) SPACEMOE_MACRO_CONCAT_(a, b)

// SPACEMOE_ASSIGN_OR_RETURN(auto value, Fallible());
#define SPACEMOE_ASSIGN_OR_RETURN(lhs, expr)                                  \
  SPACEMOE_ASSIGN_OR_RETURN_(SPACEMOE_MACRO_CONCAT(statusor_, __LINE__), lhs, \
                             expr)
#define SPACEMOE_ASSIGN_OR_RETURN_(tmp, lhs, expr) \
  auto tmp = (expr);                               \
  if (!tmp.ok()) return std::move(tmp).status();   \
  lhs = *std::move(tmp)

#endif  // SPACEMOE_RUNTIME_BASE_STATUS_MACROS_H_
