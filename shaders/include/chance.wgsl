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

// In [0, 1), a multiple of 2^-24.
fn uniform_of(word: u32) -> f32 {
    return f32(word >> 8u) / 16777216.0;
}

// Four Gaussians of a hash (Box and Muller, 1958); `chance` has the keys of seed and descent, and the
// step.
fn normals_of(chance: vec3u, hash: u32) -> vec4f {
    let words = words_of(chance, hash);
    let radius_a = sqrt(-2.0 * n_log(1.0 - uniform_of(words.x)));
    let radius_b = sqrt(-2.0 * n_log(1.0 - uniform_of(words.z)));
    let a = n_sincos(6.2831855 * uniform_of(words.y));
    let b = n_sincos(6.2831855 * uniform_of(words.w));
    return vec4f(radius_a * a.yx, radius_b * b.yx);
}
