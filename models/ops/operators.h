// Our kernels as libtorch operators, for CPU tensors, callable through the
// dispatcher. As everywhere in libtorch, wrong arguments throw c10::Error.
//
//   spacemoe::linear(Tensor x, Tensor weight, Tensor? bias=None,
//                    str type="", int cols=0, int permuted_heads=0) -> Tensor
//     x: [..., in]; weight: [out, in] of float32, float16 or bfloat16, or
//     quantised: uint8 [out, row bytes] with the block type's name ("Q4_1")
//     and in as cols. bias: [out]. Result: [..., out].
//   spacemoe::rms_norm(Tensor x, Tensor weight, float eps) -> Tensor
//   spacemoe::silu_mul(Tensor gate, Tensor up) -> Tensor
//   spacemoe::softmax(Tensor x) -> Tensor              over the last dimension
//   spacemoe::rope(Tensor x, Tensor cos, Tensor sin) -> Tensor
//     x: [tokens, heads, head_dim]; cos, sin: [tokens, head_dim / 2]
//   spacemoe::attention(Tensor q, Tensor keys, Tensor values,
//                       Tensor positions, float scale, int window=0) -> Tensor
//     Causal attention of one sequence. q: [tokens, heads, head_dim]; keys,
//     values: [positions, kv_heads, head_dim]; positions: int64 [tokens].
//     window: keys that a position sees, itself included; 0: all.
//
// Activations are float32, or bfloat16: then each step inside rounds as
// transformers' eager code does, and so does the result.
#ifndef SPACEMOE_MODELS_OPS_OPERATORS_H_
#define SPACEMOE_MODELS_OPS_OPERATORS_H_

namespace spacemoe {

// Registration happens when the program is loaded; a call from anywhere makes
// the linker keep it.
void LinkOperators();

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_OPS_OPERATORS_H_
