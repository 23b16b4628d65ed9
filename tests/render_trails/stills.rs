//! Large stills to look at, and how long the passes take.

use crate::losses::{HIMMELBLAU, race};
use crate::stand::{COLOUR, DEPTH, Drawn, Stand, white};
use thalweg::camera::OrbitCamera;
use thalweg::render::heads::HeadStyle;
use thalweg::render::lay_trails::{TeamColours, TrailStyle};

fn palette() -> TeamColours {
    let mut teams = white();
    let colours = [
        [0.90, 0.62, 0.0],
        [0.34, 0.71, 0.91],
        [0.95, 0.90, 0.25],
        [0.94, 0.35, 0.20],
        [0.86, 0.55, 0.75],
    ];
    for (team, [r, g, b]) in teams.iter_mut().zip(colours) {
        *team = [r, g, b, 1.0];
    }
    teams
}

fn save(name: &str, size: [u32; 2], rgba: &[u8]) {
    let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let file = std::fs::File::create(&path).expect("the target folder can be written");
    let mut encoder = png::Encoder::new(file, size[0], size[1]);
    encoder.set_color(png::ColorType::Rgba);
    let mut writer = encoder.write_header().expect("a valid header");
    writer
        .write_image_data(rgba)
        .expect("the file can be written");
    println!("{}", path.display());
}

/// Large stills to look at, and how long the passes take: `cargo test -- --ignored --nocapture`.
#[test]
#[ignore = "for the eye and the stopwatch"]
fn stills() {
    let styles = (
        TrailStyle {
            teams: palette(),
            ..Default::default()
        },
        HeadStyle {
            teams: palette(),
            ..Default::default()
        },
    );
    for (name, count, steps) in [("race", 300, 300), ("crowd", 500, 511), ("few", 15, 200)] {
        let mut stand = Stand::new(&HIMMELBLAU, &race(count, steps), 5, true);
        stand.style(&styles.0, &styles.1);
        let camera = OrbitCamera {
            distance: 1.7,
            elevation_deg: 45.0,
            ..Default::default()
        };
        let size = [1920, 1080];
        save(
            &format!("{name}.png"),
            size,
            &stand.picture(&camera, size, Drawn::Both),
        );
        let (_, joints) = stand.laid();
        println!("{name}: {} joints", joints.len());
        for (what, drawn) in [
            ("surface", Drawn::Surface),
            ("laying alone", Drawn::Laid),
            ("trails", Drawn::Trails),
            ("heads", Drawn::Heads),
            ("both", Drawn::Both),
        ] {
            println!(
                "  {what}: {:.1} ms",
                milliseconds(&stand, &camera, size, drawn)
            );
        }
    }
}

fn milliseconds(stand: &Stand, camera: &OrbitCamera, size: [u32; 2], drawn: Drawn) -> f64 {
    let (colour, depth) = (stand.target(size, COLOUR), stand.target(size, DEPTH));
    let mut best = f64::INFINITY;
    for _ in 0..30 {
        let begun = std::time::Instant::now();
        stand.submit(camera, size, drawn, &colour, &depth);
        stand.gpu.wait(None).expect("the device answers");
        best = best.min(begun.elapsed().as_secs_f64() * 1e3);
    }
    best
}
