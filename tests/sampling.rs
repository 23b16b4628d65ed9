//! Several samples a pixel, against a picture of many more pixels.

mod common;

use common::picture::Picture;
use common::stand::{HIMMELBLAU, Stand};
use thalweg::camera::OrbitCamera;
use thalweg::render::View;
use thalweg::render::height::HeightStyle;
use thalweg::render::target::Sampling;

const SIZE: [u32; 2] = [240, 135];
const DOMAIN: [[f64; 2]; 2] = [[-5.0, 5.0]; 2];

/// From low enough for hills before hills.
fn view(stand: &Stand, azimuth_deg: f32) -> View {
    View {
        camera: OrbitCamera {
            azimuth_deg,
            elevation_deg: 14.0,
            distance: 1.6,
            ..OrbitCamera::default()
        },
        ..stand.view(&HeightStyle::default())
    }
}

/// The means of squares of `side` pixels.
fn means(picture: &Picture, side: usize) -> Vec<f64> {
    let [width, height] = [picture.width / side, picture.height / side];
    let mut means = Vec::new();
    for y in 0..height {
        for x in 0..width {
            let mut sum = [0.0; 3];
            for (row, column) in (0..side).flat_map(|row| (0..side).map(move |to| (row, to))) {
                let rgb = picture.rgb(x * side + column, y * side + row);
                for (sum, value) in sum.iter_mut().zip(rgb) {
                    *sum += f64::from(value);
                }
            }
            means.extend(sum.map(|sum| sum / (side * side) as f64));
        }
    }
    means
}

fn mean_difference(a: &[f64], b: &[f64]) -> f64 {
    let off = a.iter().zip(b).map(|(a, b)| (a - b).abs());
    off.sum::<f64>() / a.len() as f64
}

#[test]
fn several_pictures_are_the_mean_over_a_pixel() {
    let stand = Stand::new(HIMMELBLAU, DOMAIN, 128);
    let view = view(&stand, 30.0);
    let drawn = |sampling: Sampling| {
        let mut renderer = stand.renderer(SIZE, sampling);
        means(&stand.draw(&mut renderer, &view), 1)
    };
    let mut large = stand.renderer(SIZE.map(|side| 4 * side), 1);
    let truth = means(&stand.draw(&mut large, &view), 4);
    let one = mean_difference(&drawn(Sampling::from(1)), &truth);
    let many = mean_difference(
        &drawn(Sampling {
            multisamples: 1,
            pictures: 16,
        }),
        &truth,
    );
    println!("{one:.3} of 255 off with one sample, {many:.3} with sixteen");
    assert!(many < 0.5 && 2.0 * many < one, "{many} and {one}");
}
