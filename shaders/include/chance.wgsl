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

// The four words of a draw; `chance` has the keys of seed and descent, and the step.
fn words_of(chance: vec3u, draw: u32) -> vec4u {
    let of_step = key_of(vec4u(chance.z, draw, 0u, 0u));
    let v = pcg4d_mixed(vec4u(chance.xy, of_step.xy));
    return pcg4d_mixed(v ^ (v >> vec4u(16u)));
}

// The distance from 0 of a point of the plane whose coordinates are Gaussians: sqrt(-2 ln(1 - u)) for
// u, the upper 24 bits of a word. Off by less than 6e-7.
fn radius_of(word: u32) -> f32 {
    // (1 - u) 2^24 = m 2^(24 - halvings), sqrt(1/2) <= m < sqrt(2).
    let bits = bitcast<u32>(f32(i32(16777216u - (word >> 8u)))) + (N_ONE_BITS - N_SQRT_HALF_BITS);
    let halvings = f32(i32(151u - (bits >> 23u)));
    let m = bitcast<f32>((bits & 0x007fffffu) + N_SQRT_HALF_BITS);
    // -2 ln m = -4 artanh s, which near 0 is as good as s.
    let s = (m - 1.0) / (m + 1.0);
    let z = s * s;
    return sqrt(halvings * 1.38629436 - s * (4.0 + z * (1.33304441 + z * 0.825933993)));
}

// (cos, sin) of a word's upper 24 bits, as parts of a turn; each off by less than 3e-7.
fn direction_of(word: u32) -> vec2f {
    // Half the angle, from -pi/2 to pi/2.
    let h = f32(i32(word & 0xffffff00u)) * 7.3145904e-10;
    let z = h * h;
    let s = h * (1.0 + z * (-0.166666478 + z * (0.00833289977 + z * (-0.000198008973 + z * 2.59048852e-6))));
    let c = 1.0 + z * (-0.499999046 + z * (0.0416635834 + z * (-0.00138537062 + z * 2.31539725e-5)));
    let twice = s + s;
    return vec2f(1.0 - twice * s, twice * c);
}

// Four Gaussians of a hash (Box and Muller, 1958). What the words can be is known, which the
// logarithm and the sine of number.wgsl do not use.
fn normals_of(chance: vec3u, hash: u32) -> vec4f {
    let words = words_of(chance, hash);
    return vec4f(
        radius_of(words.x) * direction_of(words.y),
        radius_of(words.z) * direction_of(words.w),
    );
}
