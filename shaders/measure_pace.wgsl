// What an adapter is timed with: products and sums, with a root and a quotient among them, as a
// step of a descent has. Twin of `gpu::pace`.

@group(0) @binding(0) var<uniform> turns: vec4u;
@group(0) @binding(1) var<storage, read_write> numbers: array<f32>;

@compute @workgroup_size(64)
fn measure_pace(@builtin(global_invocation_id) id: vec3u) {
    var x = numbers[id.x];
    var mean = 0.0;
    var square = 0.0;
    for (var k = 0u; k < turns.x; k++) {
        let slope = 2.0 * x - 1.0;
        mean = 0.9 * mean + 0.1 * slope;
        square = 0.99 * square + 0.01 * slope * slope;
        x = x - 0.01 * mean / (sqrt(square) + 1e-8);
    }
    numbers[id.x] = x;
}
