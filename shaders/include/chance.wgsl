// The twin of `formula::random`: the same words from (seed, descent, step, draw).

// pcg4d of Jarzynski and Olano, JCGT 9(3), 2020; all sums and products wrap at 2^32.
fn pcg4d(input: vec4u) -> vec4u {
    var v = pcg4d_mixed(input * 1664525u + 1013904223u);
    v = v ^ (v >> vec4u(16u));
    return pcg4d_mixed(v);
}

fn pcg4d_mixed(input: vec4u) -> vec4u {
    var v = input;
    v.x += v.y * v.w;
    v.y += v.z * v.x;
    v.z += v.x * v.y;
    v.w += v.y * v.z;
    return v;
}

// In [0, 1), a multiple of 2^-24.
fn uniform_of(word: u32) -> f32 {
    return f32(word >> 8u) / 16777216.0;
}

// The Gaussian of a draw (Box and Muller, 1958); `chance` is seed, descent and step.
fn normal_of(chance: vec3u, draw: u32) -> f32 {
    let words = pcg4d(vec4u(chance, draw));
    let radius = sqrt(-2.0 * n_log(1.0 - uniform_of(words.x)));
    return radius * n_cos(6.2831855 * uniform_of(words.y));
}
