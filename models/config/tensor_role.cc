#include "models/config/tensor_role.h"

#include <iterator>

#include "models/config/role_presence.h"

namespace spacemoe {
namespace {

enum class Holder : std::uint8_t { kHead, kGateway, kExpert };
enum class Form : std::uint8_t { kMatrix, kRow, kColumn };

struct Traits {
  std::string_view name;
  Holder holder;
  Form form;
};

// In the order of the enum.
constexpr Traits kTraits[] = {
    {"token embedding", Holder::kHead, Form::kMatrix},
    {"final norm", Holder::kHead, Form::kRow},
    {"final norm bias", Holder::kHead, Form::kRow},
    {"LM head", Holder::kHead, Form::kMatrix},
    {"LM head bias", Holder::kHead, Form::kColumn},
    {"attention norm", Holder::kGateway, Form::kRow},
    {"attention norm bias", Holder::kGateway, Form::kRow},
    {"query", Holder::kGateway, Form::kMatrix},
    {"key", Holder::kGateway, Form::kMatrix},
    {"value", Holder::kGateway, Form::kMatrix},
    {"attention output", Holder::kGateway, Form::kMatrix},
    {"query bias", Holder::kGateway, Form::kColumn},
    {"key bias", Holder::kGateway, Form::kColumn},
    {"value bias", Holder::kGateway, Form::kColumn},
    {"attention output bias", Holder::kGateway, Form::kColumn},
    {"query norm", Holder::kGateway, Form::kRow},
    {"key norm", Holder::kGateway, Form::kRow},
    {"attention sinks", Holder::kGateway, Form::kRow},
    {"query down-projection", Holder::kGateway, Form::kMatrix},
    {"query down-projection bias", Holder::kGateway, Form::kColumn},
    {"query latent norm", Holder::kGateway, Form::kRow},
    {"query up-projection", Holder::kGateway, Form::kMatrix},
    {"key-value down-projection", Holder::kGateway, Form::kMatrix},
    {"key-value down-projection bias", Holder::kGateway, Form::kColumn},
    {"key-value latent norm", Holder::kGateway, Form::kRow},
    {"key-value up-projection", Holder::kGateway, Form::kMatrix},
    {"latent key up-projection", Holder::kGateway, Form::kMatrix},
    {"latent value up-projection", Holder::kGateway, Form::kMatrix},
    {"post-attention norm", Holder::kGateway, Form::kRow},
    {"feed-forward norm", Holder::kGateway, Form::kRow},
    {"feed-forward norm bias", Holder::kGateway, Form::kRow},
    {"post-feed-forward norm", Holder::kGateway, Form::kRow},
    {"router", Holder::kGateway, Form::kMatrix},
    {"router bias", Holder::kGateway, Form::kColumn},
    {"router output", Holder::kGateway, Form::kMatrix},
    {"router correction bias", Holder::kGateway, Form::kRow},
    {"shared gate", Holder::kGateway, Form::kMatrix},
    {"shared up", Holder::kGateway, Form::kMatrix},
    {"shared down", Holder::kGateway, Form::kMatrix},
    {"shared gate bias", Holder::kGateway, Form::kColumn},
    {"shared up bias", Holder::kGateway, Form::kColumn},
    {"shared down bias", Holder::kGateway, Form::kColumn},
    {"shared part's weight", Holder::kGateway, Form::kMatrix},
    {"dense gate", Holder::kGateway, Form::kMatrix},
    {"dense up", Holder::kGateway, Form::kMatrix},
    {"dense down", Holder::kGateway, Form::kMatrix},
    {"dense gate bias", Holder::kGateway, Form::kColumn},
    {"dense up bias", Holder::kGateway, Form::kColumn},
    {"dense down bias", Holder::kGateway, Form::kColumn},
    {"expert gate", Holder::kExpert, Form::kMatrix},
    {"expert up", Holder::kExpert, Form::kMatrix},
    {"expert down", Holder::kExpert, Form::kMatrix},
    {"expert gate bias", Holder::kExpert, Form::kColumn},
    {"expert up bias", Holder::kExpert, Form::kColumn},
    {"expert down bias", Holder::kExpert, Form::kColumn},
};
constexpr int kRoles = std::size(kTraits);
static_assert(kRoles == static_cast<int>(TensorRole::kExpertDownBias) + 1);

const Traits& TraitsOf(TensorRole role) {
  return kTraits[static_cast<int>(role)];
}

std::vector<TensorRole> RolesOf(Holder holder, const ModelConfig& config,
                                std::int64_t layer) {
  std::vector<TensorRole> roles;
  for (int i = 0; i < kRoles; ++i) {
    const auto role = static_cast<TensorRole>(i);
    if (kTraits[i].holder == holder && HasRole(role, config, layer)) {
      roles.push_back(role);
    }
  }
  return roles;
}

}  // namespace

std::string_view TensorRoleName(TensorRole role) { return TraitsOf(role).name; }

bool IsHeadRole(TensorRole role) {
  return TraitsOf(role).holder == Holder::kHead;
}
bool IsExpertRole(TensorRole role) {
  return TraitsOf(role).holder == Holder::kExpert;
}
bool IsBiasRole(TensorRole role) {
  return TraitsOf(role).form == Form::kColumn;
}
bool IsNormRole(TensorRole role) { return TraitsOf(role).form == Form::kRow; }

std::vector<TensorRole> HeadRoles(const ModelConfig& config) {
  return RolesOf(Holder::kHead, config, -1);
}

std::vector<TensorRole> GatewayRoles(const ModelConfig& config,
                                     std::int64_t layer) {
  return RolesOf(Holder::kGateway, config, layer);
}

std::vector<TensorRole> ExpertRoles(const ModelConfig& config) {
  return RolesOf(Holder::kExpert, config, -1);
}

}  // namespace spacemoe
