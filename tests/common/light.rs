//! The surface's light in f64, for places whose shadow is known.

use super::ray::{Hit, Landscape, add, dot, scaled};
use thalweg::camera::OrbitCamera;
use thalweg::render::colour::ColourMap;

const KEY_DIRECTION: [f64; 3] = [-0.5145, 0.1714, 0.8402];
const KEY: [f64; 3] = [1.02, 0.95, 0.84];
const SKY: [f64; 3] = [0.26, 0.31, 0.38];
const BOUNCE: [f64; 3] = [0.07, 0.065, 0.06];
const FILL: [f64; 3] = [0.15, 0.17, 0.20];
const RIM: [f64; 3] = [0.80, 0.88, 1.0];
const LINE_DARKNESS: f64 = 0.62;

/// The display-encoded colour of a hit on an endless slope of gradient `gradient`, from 0 to 1.
pub fn shaded<F: Fn(f64, f64) -> f64>(
    colour_map: ColourMap,
    hit: &Hit,
    gradient: [f64; 2],
    landscape: &Landscape<F>,
    camera: &OrbitCamera,
) -> [f64; 3] {
    let level =
        (hit.height - landscape.height.low) / (landscape.height.high - landscape.height.low);
    let albedo = colour_map
        .at(level as f32)
        .map(|value| linear(f64::from(value)));
    let slope = gradient.map(|value| value * landscape.z_scale() / landscape.scale());
    let side = if hit.from_above { 1.0 } else { -1.0 };
    let normal = scaled(unit([-slope[0], -slope[1], 1.0]), side);
    let steepness = slope[0].hypot(slope[1]);
    let open = slope_openness(steepness) * if hit.from_above { 1.0 } else { 0.5 };
    let key_open = if hit.from_above { 1.0 } else { 0.0 };

    let to_eye = hit.to_eye;
    let facing = dot(normal, to_eye).clamp(0.0, 1.0);
    let key = (dot(normal, KEY_DIRECTION) * 0.85 + 0.15).clamp(0.0, 1.0) * key_open;
    let mirrored = add(
        scaled(normal, 2.0 * dot(normal, to_eye)),
        scaled(to_eye, -1.0),
    );
    let gloss_of = |light: [f64; 3]| dot(mirrored, light).clamp(0.0, 1.0).powi(4);
    let (azimuth, elevation) = (
        f64::from(camera.azimuth_deg).to_radians(),
        f64::from(camera.elevation_deg).to_radians(),
    );
    let level = elevation.cos();
    let rim_direction = unit([
        -azimuth.sin() * level,
        azimuth.cos() * level,
        0.45 * level + 0.05,
    ]);
    let fresnel = 0.25 + 0.75 * (1.0 - facing).powi(3);
    std::array::from_fn(|i| {
        let sky = BOUNCE[i] + (SKY[i] - BOUNCE[i]) * (normal[2] * 0.5 + 0.5);
        let diffuse = KEY[i] * key + sky * open + FILL[i] * facing;
        let gloss = KEY[i] * 0.10 * gloss_of(KEY_DIRECTION) * key_open
            + RIM[i] * 0.24 * fresnel * gloss_of(rim_direction) * open;
        display(tone(albedo[i] * diffuse + gloss))
    })
}

/// How much of a contour line's ink lies on a pixel, from the pixel with and without the line.
pub fn ink(lined: [u8; 3], plain: [u8; 3]) -> f64 {
    let light = |rgb: [u8; 3]| -> f64 {
        rgb.map(|value| untoned(linear(f64::from(value) / 255.0)))
            .iter()
            .sum()
    };
    (1.0 - light(lined) / light(plain)) / LINE_DARKNESS
}

/// The open share of the half sphere over an endless slope, as the sky's sixteen directions see it.
fn slope_openness(steepness: f64) -> f64 {
    let open = |i: u32| {
        let angle = std::f64::consts::TAU * (f64::from(i) + 0.5) / 16.0;
        let rise = (steepness * angle.cos()).max(0.0) / 1.012;
        1.0 / (1.0 + rise * rise)
    };
    (0..16).map(open).sum::<f64>() / 16.0
}

fn tone(value: f64) -> f64 {
    let over = (value - 0.6).max(0.0);
    value.min(0.6) + over / (1.0 + over / 0.4)
}

fn untoned(value: f64) -> f64 {
    let over = (value - 0.6).clamp(0.0, 0.399);
    value.min(0.6) + over / (1.0 - over / 0.4)
}

fn linear(display: f64) -> f64 {
    if display <= 0.04045 {
        display / 12.92
    } else {
        ((display + 0.055) / 1.055).powf(2.4)
    }
}

fn display(linear: f64) -> f64 {
    if linear <= 0.0031308 {
        12.92 * linear
    } else {
        1.055 * linear.powf(1.0 / 2.4) - 0.055
    }
}

fn unit(a: [f64; 3]) -> [f64; 3] {
    scaled(a, 1.0 / dot(a, a).sqrt())
}
