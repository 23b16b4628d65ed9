// The twin of `formula::random`: the same words from (seed, descent, step, draw).

// pcg4d of Jarzynski and Olano, JCGT 9(3), 2020; all sums and products wrap at 2^32. What each input
// becomes on its own is its key; that of seed and descent is the same at every step.
fn key_of(input: vec4u) -> vec4u {
    return input * 1664525u + 1013904223u;
}

fn pcg4d_mixed(input: vec4u) -> vec4u {
    var v = input;
    v.x += v.y * v.w;
    v.y += v.z * v.x;
    v.z += v.x * v.y;
    v.w += v.y * v.z;
    return v;
}

// What the chances of a descent at a step come from: the keys of the seed, of the descent, and of the
// pair that it makes with its neighbour; that pair's first sum; whether the descent is its second;
// and the step.
struct Chance {
    seed: u32,
    descent: u32,
    pair: u32,
    pair_first: u32,
    is_second: bool,
    step: u32,
}

// The hash's first sum for draw 0, which is the same at every step.
fn first_of(seed: u32, number: u32) -> u32 {
    return seed + number * key_of(vec4u(0u)).x;
}

fn words_from(first: u32, number: u32, step: u32, draw: u32) -> vec4u {
    var v = vec4u(first + number * (draw * 1664525u), number, key_of(vec4u(step, draw, 0u, 0u)).xy);
    v.y += v.z * v.x;
    v.z += v.x * v.y;
    v.w += v.y * v.z;
    return pcg4d_mixed(v ^ (v >> vec4u(16u)));
}

// The four words of a draw of a descent of its own.
fn words_of(chance: Chance, draw: u32) -> vec4u {
    let first = first_of(chance.seed, chance.descent);
    return words_from(first, chance.descent, chance.step, draw);
}

// The distance from 0 of a point of the plane whose coordinates are Gaussians: sqrt(-2 ln(1 - u)) for
// u, the upper 24 bits of a word. Off by less than 6e-7. What the words can be is known, which the
// logarithm of number.wgsl does not use.
fn radius_of(word: vec4u) -> vec4f {
    // (1 - u) 2^24 = m 2^(24 - halvings), sqrt(1/2) <= m < sqrt(2).
    let whole = vec4f(vec4i(16777216u - (word >> vec4u(8u))));
    let bits = bitcast<vec4u>(whole) + (N_ONE_BITS - N_SQRT_HALF_BITS);
    let halvings = vec4f(vec4i(151u - (bits >> vec4u(23u))));
    let m = bitcast<vec4f>((bits & vec4u(0x007fffffu)) + N_SQRT_HALF_BITS);
    // -2 ln m = -4 artanh s, which near 0 is as good as s.
    let s = (m - 1.0) / (m + 1.0);
    let z = s * s;
    return sqrt(halvings * 1.38629436 - s * (4.0 + z * (1.33304441 + z * 0.825933993)));
}

// Points of the plane.
struct Places {
    x: vec4f,
    y: vec4f,
}

// Points whose coordinates are Gaussians (Box and Muller, 1958): their distance and direction, from a
// word each.
fn places_of(distance: vec4u, direction: vec4u) -> Places {
    // As parts of a turn, the direction's angle is h, from -pi/2 to pi/2, or opposite to it.
    let doubled = direction << vec4u(1u);
    let flip = (direction ^ doubled) & vec4u(0x80000000u);
    let h = vec4f(bitcast<vec4i>(doubled)) * 7.3145904e-10;
    let z = h * h;
    // Off by less than 2e-7.
    let s = h * (1.0 + z * (-0.166666478 + z * (0.00833289977 + z * (-0.000198008973 + z * 2.59048852e-6))));
    let c = 1.0 + z * (-0.499999046 + z * (0.0416635834 + z * (-0.00138537062 + z * 2.31539725e-5)));
    let radius = bitcast<vec4f>(bitcast<vec4u>(radius_of(distance)) ^ flip);
    return Places(radius * c, radius * s);
}

// Two Gaussians. A pair of descents shares a hash, half of it each.
fn normals_of(chance: Chance, hash: u32) -> vec2f {
    let words = words_from(chance.pair_first, chance.pair, chance.step, hash);
    let own = select(words.xy, words.zw, chance.is_second);
    let places = places_of(own.xxxx, own.yyyy);
    return vec2f(places.x.x, places.y.x);
}

// Those of two pairs. All four are computed side by side: one alone is a long chain of what must
// wait for what.
fn normals_of_pairs(one: Chance, other: Chance, step: u32, hash: u32) -> Places {
    let a = words_from(one.pair_first, one.pair, step, hash);
    let b = words_from(other.pair_first, other.pair, step, hash);
    return places_of(vec4u(a.x, a.z, b.x, b.z), vec4u(a.y, a.w, b.y, b.w));
}
