// Lays the crowd's layer over a pane: one texel a cell, smooth between their middles.
// Twin of `render::crowd::LayerUniform`.

struct LayerStyle {
    // Cells across and down the pane.
    cells: vec2f,
    cell_px: f32,
}

@group(2) @binding(0) var<uniform> style: LayerStyle;
@group(2) @binding(1) var layer: texture_2d<f32>;
@group(2) @binding(2) var smooth_sampler: sampler;

@vertex
fn vs_main(@builtin(vertex_index) index: u32) -> @builtin(position) vec4f {
    // One triangle that covers the pane, nearer than all.
    let corner = vec2f(f32(index & 1u), f32(index >> 1u)) * 4.0 - 1.0;
    return vec4f(corner, 0.0, 1.0);
}

@fragment
fn fs_main(@builtin(position) position: vec4f) -> @location(0) vec4f {
    // The layer may be larger than the pane; what lies beyond is another pane's.
    let cell = clamp((position.xy - frame.corner_px) / style.cell_px, vec2f(0.5), style.cells - 0.5);
    return textureSampleLevel(layer, smooth_sampler, cell / vec2f(textureDimensions(layer)), 0.0);
}
