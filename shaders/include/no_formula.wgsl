// Stands for the height's formula where the height is not by formula: h, h′ and h″ of a loss.
fn formula_height(f: f32) -> vec3f {
    return vec3f(f, 1.0, 0.0);
}
