// Light and its encoding. Shading happens in linear light; the image holds display-encoded
// values, so a pass encodes its colour last. No bindings.

// Twin of `render::colour::ThemeUniform`.
struct Theme {
    // Display-encoded, where the light pools and in the corners.
    ground: vec3f,
    // How far the surface's shadow darkens the floor, 0 to 1.
    shadow: f32,
    ground_edge: vec3f,
    // Opacity of the floor's colours between the contour lines.
    map_fill: f32,
    // The floor's edge line, and what contour lines like the ground are moved towards.
    ink: vec3f,
    map_lift: f32,
    // The side of a square of the ground's checkerboard; 0 for a ground of one piece.
    checks_pt: f32,
}

// The sRGB curves as short polynomials, within 1/255 of the standard:
// http://chilliant.blogspot.com/2012/08/srgb-approximations-for-hlsl.html
fn linear_from_display(c: vec3f) -> vec3f {
    return c * (c * (c * 0.305306011 + 0.682171111) + 0.012522878);
}

fn display_from_linear(c: vec3f) -> vec3f {
    let root2 = sqrt(max(c, vec3f(0.0)));
    let root4 = sqrt(root2);
    let root8 = sqrt(root4);
    return clamp(
        0.662002687 * root2 + 0.684122060 * root4 - 0.323583601 * root8 - 0.0225411470 * c,
        vec3f(0.0),
        vec3f(1.0),
    );
}

// A shoulder alone: colours stay what they are up to here, brighter light bends towards white.
const SHOULDER: f32 = 0.6;

fn tone(c: vec3f) -> vec3f {
    let over = max(c - SHOULDER, vec3f(0.0));
    return min(c, vec3f(SHOULDER)) + over / (1.0 + over / (1.0 - SHOULDER));
}

fn luminance(c: vec3f) -> f32 {
    return dot(c, vec3f(0.2126, 0.7152, 0.0722));
}

// The studio: one large warm key light that stands with the landscape, a cool sky, a fill that
// stays with the eye, and a rim from behind.
const KEY_DIRECTION: vec3f = vec3f(-0.5145, 0.1714, 0.8402);
const KEY: vec3f = vec3f(1.02, 0.95, 0.84);
const SKY: vec3f = vec3f(0.26, 0.31, 0.38);
const BOUNCE: vec3f = vec3f(0.07, 0.065, 0.06);
const FILL: vec3f = vec3f(0.15, 0.17, 0.20);
const RIM: vec3f = vec3f(0.80, 0.88, 1.0);
