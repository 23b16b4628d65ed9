fn n_log1p(x: f32) -> f32 { return log(1.0 + x); }
fn n_is_finite(x: f32) -> bool { return (bitcast<u32>(x) & 0x7fffffffu) < 0x7f800000u; }
