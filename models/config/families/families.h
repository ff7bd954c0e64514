// The families, one function a file.
#ifndef SPACEMOE_MODELS_CONFIG_FAMILIES_FAMILIES_H_
#define SPACEMOE_MODELS_CONFIG_FAMILIES_FAMILIES_H_

#include "models/config/family.h"

namespace spacemoe {

const Family& MixtralFamily();
const Family& GraniteMoeFamily();
const Family& GraniteMoeSharedFamily();
const Family& Qwen2MoeFamily();
const Family& Qwen3MoeFamily();
const Family& OlmoeFamily();
const Family& FlexOlmoFamily();
const Family& PhimoeFamily();
const Family& DeepseekV2Family();
const Family& DeepseekV3Family();
const Family& Glm4MoeFamily();
const Family& Glm4MoeLiteFamily();
const Family& Dots1Family();
const Family& Ernie45MoeFamily();
const Family& HunyuanV1MoeFamily();
const Family& MinimaxM2Family();
const Family& GptOssFamily();
const Family& Llama4TextFamily();
const Family& LlamaMoeFamily();

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_CONFIG_FAMILIES_FAMILIES_H_
