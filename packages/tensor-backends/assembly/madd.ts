/**
 * a · b + c. The build with relaxed SIMD rounds once where the processor has a fused multiply-add (x86 since Haswell,
 * all of ARM64), the other build twice; see `fusesMultiplyAdd`.
 */
// @ts-ignore: decorator
@inline
export function madd(a: v128, b: v128, c: v128): v128 {
  return ASC_FEATURE_RELAXED_SIMD ? f32x4.relaxed_madd(a, b, c) : f32x4.add(c, f32x4.mul(a, b));
}

/** c − a · b, rounded as `madd`. */
// @ts-ignore: decorator
@inline
export function nmadd(a: v128, b: v128, c: v128): v128 {
  return ASC_FEATURE_RELAXED_SIMD ? f32x4.relaxed_nmadd(a, b, c) : f32x4.sub(c, f32x4.mul(a, b));
}

/** Whether `madd` rounds once here: `one` is 1. (1 + 2⁻¹²)² − (1 + 2⁻¹¹) is 2⁻²⁴, which a rounding of the square loses. */
export function fusesMultiplyAdd(one: f32): bool {
  const factor = f32x4.splat(one + 0.000244140625);
  return f32x4.extract_lane(madd(factor, factor, f32x4.splat(-one - 0.00048828125)), 0) != 0;
}
