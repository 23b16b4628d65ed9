// Elementary functions with stated bounds, in f32.
//
// WGSL lets a driver's sin be wrong by 2^-11, its log lose every digit near 1,
// its asin be off by 4e-4; drivers use that. These functions need only the
// driver's + - * / sqrt abs floor trunc, comparisons, select, integers and bitcast, so
// that a picture and a figure are the same everywhere. tests/number.rs holds each
// one to its bound, tests/number-errors.md lists what was measured, and
// src/formula/number.rs has the f64 twins.
//
// Rules that every function here keeps:
// - NaN in, NaN out. NaN is told by its bits: drivers may fold `x != x`, and
//   min and max may drop a NaN, so a choice is a `select` whose condition is
//   false for NaN.
// - Inputs below 2^-126 in magnitude and results below 2^-125 may count as zero;
//   a driver may flush most of them anyway.
// - A division or square root may be off by 2.5 ulp, and `a*b + c` may or may not
//   be fused: where more than 24 bits are needed, factors are cut short by a bit
//   mask so that their product is exact either way.
// - A driver may cancel as if sums were exact: (1 + x) - 1 is x on llvmpipe, and
//   Metal's fast-math regroups freely. Where the order of a sum counts, a bit
//   mask or n_hold stands in between.
// - No loop, table or branch: both sides of a choice are cheap.
//
// Polynomials are minimax fits with f32 coefficients (Sollya's fpminimax) in
// Horner's form. Argument reductions follow W. Cody and W. Waite, "Software
// Manual for the Elementary Functions" (1980).

const N_INF_BITS: u32 = 0x7f800000u;
const N_NAN_BITS: u32 = 0x7fc00000u;
const N_ABS_MASK: u32 = 0x7fffffffu;
const N_SIGN_MASK: u32 = 0x80000000u;
// Keeps 12 significant bits: the product of two such numbers is exact.
const N_HALF_MASK: u32 = 0xfffff000u;
const N_MIN_NORMAL_BITS: u32 = 0x00800000u;
const N_ONE_BITS: u32 = 0x3f800000u;
const N_HALF_BITS: u32 = 0x3f000000u;
const N_SQRT_HALF_BITS: u32 = 0x3f3504f3u;
// 1.5 * 2^23: added to an integer below 2^22, it leaves that integer, in two's
// complement, in the low bits.
const N_INTEGER: f32 = 12582912.0;

const N_LN2: f32 = 0.693147182;
// ln 2 in two parts, the first of 9 bits.
const N_LN2_HI: f32 = 0.693359375;
const N_LN2_LO: f32 = -0.000212194442;
const N_PI: f32 = 3.14159274;
const N_PI_LO: f32 = -8.74227766e-8;
const N_HALF_PI: f32 = 1.57079637;
const N_HALF_PI_LO: f32 = -4.37113883e-8;

// ---- Bits ----

// The constants pass through a `let`: as constant expressions naga refuses them.
fn n_nan() -> f32 {
    let bits = N_NAN_BITS;
    return bitcast<f32>(bits);
}

fn n_inf() -> f32 {
    let bits = N_INF_BITS;
    return bitcast<f32>(bits);
}

fn n_is_nan(x: f32) -> bool {
    return (bitcast<u32>(x) & N_ABS_MASK) > N_INF_BITS;
}

fn n_is_finite(x: f32) -> bool {
    return (bitcast<u32>(x) & N_ABS_MASK) < N_INF_BITS;
}

// |x| with the sign of `sign`, zeros and NaN included.
fn n_copysign(x: f32, sign: f32) -> f32 {
    return bitcast<f32>((bitcast<u32>(x) & N_ABS_MASK) | (bitcast<u32>(sign) & N_SIGN_MASK));
}

// x / 0 for a 0 that is written in the text: some drivers take such a quotient for
// undefined, and drop whatever is made of it.
fn n_over_zero(x: f32) -> f32 {
    return select(n_nan(), n_copysign(n_inf(), x), abs(x) > 0.0);
}

// The leading 12 bits of x.
fn n_short(x: f32) -> f32 {
    return bitcast<f32>(bitcast<u32>(x) & N_HALF_MASK);
}

// x, given an integer n below 2^23: its last bit is 0, but no compiler knows, so
// that none merges the sum that made x with the next one. Metal's default,
// fast-math, would undo an argument reduction that way.
fn n_hold(x: f32, n: f32) -> f32 {
    return bitcast<f32>(bitcast<u32>(x) | (bitcast<u32>(n) & 1u));
}

// -1, 0 or 1; sign(0) = 0.
fn n_sign(x: f32) -> f32 {
    let s = select(select(0.0, 1.0, x > 0.0), -1.0, x < 0.0);
    return select(s, x, n_is_nan(x));
}

// ---- Sine, cosine, tangent ----

// (sin x, cos x) for one price. Absolute error 1.2e-7 for |x| <= 1e5; beyond,
// that of an argument moved by one ulp of x; past about 1e7, where neighbours
// are a radian apart, a number within [-1, 1] without meaning. Infinity gives NaN.
fn n_sincos(x: f32) -> vec2f {
    // x = n pi/2 + r. pi/2 in three parts; the first two have 8 bits and one bit,
    // so that their products with n are exact up to n = 2^16.
    let n = floor(x * 0.636619747 + 0.5);
    let r2 = n_hold(n_hold(x - n * 1.5703125, n) - n * 0.00048828125, n);
    let r0 = r2 + n * 4.45445494e-6;
    // Far out it may be anything; this keeps it small, and not always 0.
    let r = r0 - trunc(r0);
    let z = r * r;
    let s = r + r * z * (-0.166666538 + z * (0.00833209511 + z * -0.0001950554));
    let c = (1.0 - 0.5 * z) + z * z * (0.0416666642 + z * (-0.00138871418 + z * 2.44142539e-5));
    let quarter = bitcast<u32>(n + N_INTEGER);
    let odd = (quarter & 1u) != 0u;
    let s_bits = bitcast<u32>(select(s, c, odd)) ^ ((quarter & 2u) << 30u);
    let c_bits = bitcast<u32>(select(c, s, odd)) ^ (((quarter + 1u) & 2u) << 30u);
    return vec2f(bitcast<f32>(s_bits), bitcast<f32>(c_bits));
}

fn n_sin(x: f32) -> f32 {
    return n_sincos(x).x;
}

fn n_cos(x: f32) -> f32 {
    return n_sincos(x).y;
}

// The reduction of x moves the angle by up to 2e-11 at |x| = 100, 4e-8 at 1e5,
// which near a pole is what counts.
fn n_tan(x: f32) -> f32 {
    let sc = n_sincos(x);
    return sc.x / sc.y;
}

// ---- Inverse trigonometry ----

// asin(x) / x - 1 from z = x^2, |x| <= 0.5.
fn n_asin_tail(z: f32) -> f32 {
    return z * (0.166667551 + z * (0.0749518871 + z * (0.0454847217 + z * (0.0241051111 + z * 0.0422988087))));
}

// asin(sqrt((1 - a) / 2)) for 0.5 <= a <= 1: half the angle between a and 1.
fn n_half_angle(a: f32) -> f32 {
    let z = 0.5 * (1.0 - a);
    let s = sqrt(z);
    return s + s * n_asin_tail(z);
}

// NaN beyond [-1, 1].
fn n_asin(x: f32) -> f32 {
    let a = abs(x);
    let inner = a + a * n_asin_tail(a * a);
    let outer = (N_HALF_PI - 2.0 * n_half_angle(a)) + N_HALF_PI_LO;
    let y = n_copysign(select(inner, outer, a > 0.5), x);
    return select(y, n_nan(), a > 1.0);
}

// NaN beyond [-1, 1].
fn n_acos(x: f32) -> f32 {
    let a = abs(x);
    let inner = N_HALF_PI - ((x + x * n_asin_tail(x * x)) - N_HALF_PI_LO);
    let angle = 2.0 * n_half_angle(a);
    let outer = select(angle, N_PI - (angle - N_PI_LO), x < 0.0);
    let y = select(inner, outer, a > 0.5);
    return select(y, n_nan(), a > 1.0);
}

// The angle of (large, small), 0 <= small <= large, from their quotient.
fn n_atan_unit(r: f32) -> f32 {
    let z = r * r;
    let high = 0.106658801 + z * (-0.0755195171 + z * (0.0432087593 + z * (-0.016366003 + z * 0.00292020338)));
    return r + r * z * (-0.333331525 + z * (0.199937686 + z * (-0.142110229 + z * high)));
}

fn n_atan(x: f32) -> f32 {
    let a = abs(x);
    let steep = a > 1.0;
    let t = n_atan_unit(select(a, 1.0, steep) / select(1.0, a, steep));
    return n_copysign(select(t, N_HALF_PI - (t - N_HALF_PI_LO), steep), x);
}

// The angle of the point (x, y), in [-pi, pi]; signed zeros and infinities as
// IEEE 754 has them.
fn n_atan2(y: f32, x: f32) -> f32 {
    let a = abs(y);
    let b = abs(x);
    let steep = a > b;
    let large = select(b, a, steep);
    let small = select(a, b, steep);
    // A driver's division holds its bound for divisors up to 2^126 alone.
    let scale = select(1.0, 0.25, large > 1.0e37);
    let quotient = (small * scale) / (large * scale);
    let diagonal = select(quotient, 1.0, small == large);
    let t = n_atan_unit(select(diagonal, 0.0, large == 0.0));
    let first = select(t, N_HALF_PI - (t - N_HALF_PI_LO), steep);
    let behind = (bitcast<u32>(x) & N_SIGN_MASK) != 0u;
    let angle = select(first, N_PI - (first - N_PI_LO), behind);
    return select(n_copysign(angle, y), n_nan(), n_is_nan(x) || n_is_nan(y));
}

// ---- Exponentials ----

// p * 2^n for p near 1 and n + N_INTEGER, n an integer from -126, which counts as
// 0, to 129, which is infinite. The half of 2^n is always a number.
fn n_scale(p: f32, n: f32) -> f32 {
    return (p * 2.0) * bitcast<f32>((bitcast<u32>(n) << 23u) + N_HALF_BITS);
}

// e^x * 2^k, given k + N_INTEGER.
fn n_exp_scaled(x: f32, k: f32) -> f32 {
    let low = select(x, -87.5, x < -87.5);
    let y = select(low, 89.5, low > 89.5);
    let n = floor(y * 1.44269502 + 0.5);
    let r = n_hold(y - n * N_LN2_HI, n) - n * N_LN2_LO;
    let tail = 0.499999911 + r * (0.166665196 + r * (0.0416689552 + r * (0.00836885162 + r * 0.00137835857)));
    // Where a driver takes the bounds above for a minimum and a maximum, NaN would be a number.
    return select(n_scale(1.0 + (r + r * r * tail), n + k), x, n_is_nan(x));
}

fn n_exp(x: f32) -> f32 {
    return n_exp_scaled(x, N_INTEGER);
}

// 2^r for |r| <= 0.5.
fn n_exp2_unit(r: f32) -> f32 {
    let tail = 0.0555035770 + r * (0.00961882435 + r * (0.00133918982 + r * 0.000152462104));
    return 1.0 + r * (0.693147182 + r * (0.240226448 + r * tail));
}

fn n_exp2(x: f32) -> f32 {
    let low = select(x, -126.0, x < -126.0);
    let y = select(low, 129.0, low > 129.0);
    let n = floor(y + 0.5);
    return select(n_scale(n_exp2_unit(y - n), n + N_INTEGER), x, n_is_nan(x));
}

// e^x - 1, with relative accuracy near 0.
fn n_expm1(x: f32) -> f32 {
    let high = 0.0416658707 + x * (0.00833361223 + x * (0.0013981238 + x * 0.000198310962));
    let near = x + x * x * (0.5 + x * (0.166666642 + x * high));
    return select(n_exp(x) - 1.0, near, abs(x) < 0.5);
}

// 1 / (1 + e^-x).
fn n_sigmoid(x: f32) -> f32 {
    return 1.0 / (1.0 + n_exp(-x));
}

// ---- Logarithms ----

// (f, k) with |x| = (1 + f) 2^k and sqrt(1/2) <= 1 + f < sqrt(2), for normal x.
fn n_log_split(x: f32) -> vec2f {
    let bits = (bitcast<u32>(x) & N_ABS_MASK) + (N_ONE_BITS - N_SQRT_HALF_BITS);
    let k = f32(i32(bits >> 23u) - 127);
    let m = bitcast<f32>((bits & 0x007fffffu) + N_SQRT_HALF_BITS);
    return vec2f(m - 1.0, k);
}

// ln(1 + f) - f for f of n_log_split.
fn n_log_tail(f: f32) -> f32 {
    let high = -0.166194066 + f * (0.142682105 + f * (-0.132545695 + f * (0.124122947 + f * -0.0700935051)));
    let z = f * f;
    return f * z * (0.333334059 + f * (-0.250008583 + f * (0.199972197 + f * high))) - 0.5 * z;
}

// y, or what every logarithm is where x is not a positive normal number: -inf
// at 0 (and below 2^-126), NaN under it, inf and NaN as they came.
fn n_log_edges(x: f32, y: f32) -> f32 {
    let bits = bitcast<u32>(x);
    let beyond = select(N_NAN_BITS, N_INF_BITS, bits == N_INF_BITS);
    let inside = select(bitcast<u32>(y), beyond, bits >= N_INF_BITS);
    let tiny = (bits & N_ABS_MASK) < N_MIN_NORMAL_BITS;
    return bitcast<f32>(select(inside, N_INF_BITS | N_SIGN_MASK, tiny));
}

// ln x from its parts.
fn n_log_join(f: f32, k: f32) -> f32 {
    return ((n_log_tail(f) + k * N_LN2_LO) + f) + k * N_LN2_HI;
}

fn n_log(x: f32) -> f32 {
    let p = n_log_split(x);
    return n_log_edges(x, n_log_join(p.x, p.y));
}

// ln(1 + x), with relative accuracy near 0.
fn n_log1p(x: f32) -> f32 {
    let u = 1.0 + x;
    let p = n_log_split(u);
    // f is x itself where 1 + x needs no scaling: nothing of a small x is lost.
    let f = select(p.x, x, p.y == 0.0);
    return n_log_edges(u, n_log_join(f, p.y));
}

fn n_log2(x: f32) -> f32 {
    let p = n_log_split(x);
    let tail = n_log_tail(p.x);
    // log2 e = 1 + 0.4427
    let y = (((tail * 0.442695051 + p.x * 0.442695051) + tail) + p.x) + p.y;
    return n_log_edges(x, y);
}

fn n_log10(x: f32) -> f32 {
    let p = n_log_split(x);
    let tail = n_log_tail(p.x);
    // log10 e and log10 2, each in two parts, the first of few bits.
    let low = tail * 0.000700731878 + p.x * 0.000700731878;
    let y = ((low + tail * 0.43359375) + p.y * 0.000248745666) + p.x * 0.43359375;
    return n_log_edges(x, y + p.y * 0.30078125);
}

// ln(1 + e^x), without overflow.
fn n_softplus(x: f32) -> f32 {
    return select(0.0, x, x > 0.0) + n_log1p(n_exp(-abs(x)));
}

// ---- Hyperbolics ----

fn n_sinh(x: f32) -> f32 {
    let a = abs(x);
    let z = a * a;
    let near = a + a * z * (0.166666672 + z * (0.00833331514 + z * (0.000198416659 + z * 2.78998391e-6)));
    // e^a / 2, which is finite where e^a is not.
    let e = n_exp_scaled(a, N_INTEGER - 1.0);
    return n_copysign(select(e - 0.25 / e, near, a < 1.0), x);
}

fn n_cosh(x: f32) -> f32 {
    let e = n_exp_scaled(abs(x), N_INTEGER - 1.0);
    return e + 0.25 / e;
}

fn n_tanh(x: f32) -> f32 {
    let a = abs(x);
    let z = a * a;
    let high = -0.0537379384 + z * (0.0206341185 + z * -0.00570009183);
    let near = a + a * z * (-0.333332807 + z * (0.133314162 + z * high));
    let far = 1.0 - 2.0 / (n_exp(2.0 * a) + 1.0);
    return n_copysign(select(far, near, a < 0.625), x);
}

// Past 2^25, ln(1 + a) is ln a, and asinh and acosh are ln 2a.
const N_FAR: f32 = 33554432.0;

fn n_asinh(x: f32) -> f32 {
    let a = abs(x);
    let far = a > N_FAR;
    let z = select(a * a, 0.0, far);
    let y = n_log1p(a + z / (1.0 + sqrt(1.0 + z)));
    return n_copysign(y + select(0.0, N_LN2, far), x);
}

// NaN below 1.
fn n_acosh(x: f32) -> f32 {
    let far = x > N_FAR;
    let t = x - 1.0;
    let z = select(t * (t + 2.0), 0.0, far || x < 1.0);
    let y = n_log1p(t + sqrt(z)) + select(0.0, N_LN2, far);
    return select(y, n_nan(), x < 1.0);
}

// Infinite at -1 and 1, NaN beyond.
fn n_atanh(x: f32) -> f32 {
    let a = abs(x);
    let inside = a < 1.0;
    let y = 0.5 * n_log1p(2.0 * a / select(1.0, 1.0 - a, inside));
    let edge = select(n_nan(), n_inf(), a == 1.0);
    return n_copysign(select(edge, y, inside), x);
}

// ---- Powers ----

// The real cube root, of negative numbers too.
fn n_cbrt(x: f32) -> f32 {
    let bits = bitcast<u32>(x) & N_ABS_MASK;
    // |x| = m 2^(3 third - 129), 1 <= m < 8; 171 / 512 divides by 3 exactly here.
    let e = (bits >> 23u) + 2u;
    let third = (e * 171u) >> 9u;
    let m = bitcast<f32>((bits & 0x007fffffu) | ((e - 3u * third + 127u) << 23u));
    let guess = 0.681683838 + m * (0.364528239 + m * (-0.0433101505 + m * 0.00231322297));
    // Rounded to 8 bits, its cube is exact, and so is the remainder.
    let y = bitcast<f32>((bitcast<u32>(guess) + 0x8000u) & 0xffff0000u);
    let cube = y * y * y;
    let d = (m - cube) / cube;
    let root = y + y * d * (0.333333343 + d * (-0.111111112 + d * 0.0617283955));
    let scaled = root * bitcast<f32>((third + 84u) << 23u);
    let magnitude = select(scaled, 0.0, bits < N_MIN_NORMAL_BITS);
    return n_copysign(select(magnitude, x, bits >= N_INF_BITS), x);
}

// log2 |x| of a normal x to about 33 bits, as a short part and a rest.
fn n_log2_pair(x: f32) -> vec2f {
    let p = n_log_split(x);
    let f = p.x;
    // log2(1 + f) = 2/ln 2 (s + s^3/3 + ...), s = f / (2 + f), s to about 35 bits.
    let d = f + 2.0;
    let s = f / d;
    let s_hi = n_short(s);
    let d_hi = n_short(d);
    let d_lo = f - (d_hi - 2.0);
    let s_lo = ((f - s_hi * d_hi) - s_hi * d_lo) / d;
    let t = s_hi + s_lo;
    let z = t * t;
    let tail = t * z * (0.961796701 + z * (0.577079057 + z * (0.411906391 + z * 0.336931646)));
    let hi = s_hi * 2.884765625;
    let lo = (s_lo * 2.88539004 + s_hi * 0.000624456792) + tail;
    let short = n_short(p.y + (hi + lo));
    return vec2f(short, n_hold(n_hold(p.y - short, p.y) + hi, p.y) + lo);
}

// |x|^y for normal x.
fn n_pow_magnitude(x: f32, y: f32) -> f32 {
    let l = n_log2_pair(x);
    // Past 2^32 any power is 0, 1 or infinite.
    let low = select(y, -4294967296.0, y < -4294967296.0);
    let v = select(low, 4294967296.0, low > 4294967296.0);
    let v_hi = n_short(v);
    let hi = v_hi * l.x;
    let lo = (v - v_hi) * l.x + v * l.y;
    let w = hi + lo;
    let n = floor(w + 0.5);
    let inside = n_scale(n_exp2_unit(n_hold(hi - n, n) + lo), n + N_INTEGER);
    let over = select(inside, n_inf(), w > 129.0);
    return select(over, 0.0, w < -126.0);
}

// x^y. pow(x, 0) = 1 for every x but NaN; a negative x takes integral y alone
// and else gives NaN; zeros and infinities as IEEE 754 has them, NaN in NaN out.
fn n_pow(x: f32, y: f32) -> f32 {
    let bits = bitcast<u32>(x);
    let a = bits & N_ABS_MASK;
    let zero = a < N_MIN_NORMAL_BITS;
    let edge = zero || a == N_INF_BITS;
    let at_edge = select(0.0, n_inf(), zero == (y < 0.0));
    let size = select(n_pow_magnitude(x, y), at_edge, edge);
    let negative = bits > N_SIGN_MASK - 1u;
    let integral = floor(y) == y;
    let odd = integral && floor(0.5 * y) != 0.5 * y;
    let signed = select(size, -size, negative && odd);
    let known = select(signed, 1.0, y == 0.0);
    let undefined = negative && !edge && !integral;
    return select(known, n_nan(), undefined || n_is_nan(x) || n_is_nan(y));
}

// sqrt(x^2 + y^2), without overflow or underflow on the way.
fn n_hypot(x: f32, y: f32) -> f32 {
    let a = abs(x);
    let b = abs(y);
    let large = select(b, a, a > b);
    // 2^-70 from 2^60 on, 2^70 up to 2^-50: no square leaves the range.
    let far = large > 1.15292150e18;
    let near = large < 8.8817842e-16;
    let down = select(select(1.0, 8.47032947e-22, far), 1.18059162e21, near);
    let up = select(select(1.0, 1.18059162e21, far), 8.47032947e-22, near);
    let p = a * down;
    let q = b * down;
    return sqrt(p * p + q * q) * up;
}

// ---- The rest ----

// The error function.
fn n_erf(x: f32) -> f32 {
    let a = abs(x);
    let z = a * a;
    let high = -0.0267662313 + z * (0.00499176187 + z * -0.000598021381);
    let near = a + a * (0.128379151 + z * (-0.376124978 + z * (0.112818271 + z * high)));
    // ln(1 - erf t), t up to 4, where erf is 1.
    let t = select(a, 4.0, a > 4.0);
    let slow = -0.104114078 + t * (0.0223153513 + t * (-0.00306551461 + t * 0.000198221358));
    let exponent = -0.000166300859 + t * (-1.12779772 + t * (-0.636975467 + t * slow));
    // Where a driver takes the bound above for a minimum, NaN would be a number.
    return select(n_copysign(select(1.0 - n_exp(exponent), near, a < 0.93), x), x, n_is_nan(x));
}

// x - y floor(x / y): from 0 to y, with the sign of y. Correctly rounded while
// |x / y| < 2^20, beyond that off by some ulp of x; NaN for y = 0 and where x or
// y is infinite.
fn n_mod(x: f32, y: f32) -> f32 {
    // The nearest multiple of y: a quotient slightly off chooses an equally good one.
    let q = floor(x / y + 0.5);
    // x - q y in exact products.
    let q_hi = n_short(q);
    let q_lo = q - q_hi;
    let y_hi = n_short(y);
    let y_lo = y - y_hi;
    let r = (((x - q_hi * y_hi) - q_hi * y_lo) - q_lo * y_hi) - q_lo * y_lo;
    let inside = select(r, r + y, r * n_sign(y) < 0.0);
    let defined = n_is_finite(x) && n_is_finite(y) && y != 0.0;
    return select(n_nan(), inside, defined);
}
