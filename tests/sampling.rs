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

/// From low enough for hills before hills; without lines, which are as wide on a larger picture.
fn view(stand: &Stand, azimuth_deg: f32) -> View {
    let style = HeightStyle {
        contours: 0,
        clip: 1.0,
        ..HeightStyle::default()
    };
    View {
        floor: false,
        camera: OrbitCamera {
            azimuth_deg,
            elevation_deg: 14.0,
            distance: 1.6,
            ..OrbitCamera::default()
        },
        ..stand.view(&style)
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
    let one = drawn(Sampling::from(1));
    let many = drawn(Sampling {
        multisamples: 1,
        smooth: false,
        pictures: 16,
    });
    // Elsewhere all three differ by the ground's dither and by rounding alone.
    let is_wrong = |index: &usize| (one[*index] - truth[*index]).abs() > 6.0;
    let wrong: Vec<usize> = (0..truth.len()).filter(is_wrong).collect();
    let values = |of: &[f64]| wrong.iter().map(|index| of[*index]).collect::<Vec<_>>();
    let off = |of: &[f64]| mean_difference(&values(of), &values(&truth));
    let (one, many) = (off(&one), off(&many));
    println!(
        "{} values {one:.2} of 255 off with one sample, {many:.2} with sixteen",
        wrong.len()
    );
    assert!(wrong.len() > 500, "{} values", wrong.len());
    assert!(4.0 * many < one, "{many} and {one}");
}

/// Pixels that see the surface beside another part of it or nothing: where the depths of a picture
/// of many more pixels differ within one by more than a slope makes them differ.
#[test]
fn silhouettes_are_as_smooth_as_with_four_samples() {
    const FINE: u32 = 8;
    let stand = Stand::new(HIMMELBLAU, DOMAIN, 128);
    let mut off = [0.0; 3];
    let mut count = 0;
    for azimuth_deg in [10.0, 47.0, 200.0] {
        let view = view(&stand, azimuth_deg);
        let drawn = |size: [u32; 2], sampling: Sampling| {
            let mut renderer = stand.renderer(size, sampling);
            stand.draw(&mut renderer, &view)
        };
        let large = drawn(SIZE.map(|side| FINE * side), Sampling::from(1));
        let truth = means(&large, FINE as usize);
        let smooth = Sampling {
            smooth: true,
            ..Sampling::from(1)
        };
        let pictures = [Sampling::from(1), Sampling::from(4), smooth]
            .map(|sampling| means(&drawn(SIZE, sampling), 1));
        for pixel in silhouettes(&large, FINE as usize) {
            count += 1;
            for (off, picture) in off.iter_mut().zip(&pictures) {
                let values = 3 * pixel..3 * pixel + 3;
                *off += mean_difference(&picture[values.clone()], &truth[values]);
            }
        }
    }
    let [plain, four, smooth] = off.map(|off| off / f64::from(count));
    println!(
        "{count} pixels off by {plain:.2} plain, {four:.2} with four samples, {smooth:.2} smooth"
    );
    assert!(count > 500, "{count} pixels");
    assert!(
        smooth <= four && 2.0 * smooth < plain,
        "{smooth}, {four}, {plain}"
    );
}

/// Numbers of the pixels, each `side` pixels wide in `large`, across which an edge of high contrast
/// runs.
fn silhouettes(large: &Picture, side: usize) -> Vec<usize> {
    let [width, height] = [large.width / side, large.height / side];
    let mut found = Vec::new();
    for (y, x) in (1..height - 1).flat_map(|y| (1..width - 1).map(move |x| (y, x))) {
        let steps = (0..side).flat_map(|row| (1..side).map(move |column| (row, column)));
        let light = |column: usize, row: usize| {
            let rgb = large.rgb(x * side + column, y * side + row);
            rgb.into_iter().map(i32::from).sum::<i32>()
        };
        let jumps = steps.map(|(a, b)| {
            let across = (light(b, a) - light(b - 1, a)).abs();
            let down = (light(a, b) - light(a, b - 1)).abs();
            across.max(down)
        });
        if jumps.max() > Some(90) {
            found.push(y * width + x);
        }
    }
    found
}
