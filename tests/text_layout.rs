//! Where the text stands on pictures of every layout, size and camera: inside the image, and
//! never one text over another.

use thalweg::camera::OrbitCamera;
use thalweg::render::frame::Placement;
use thalweg::render::height::{HeightLaw, HeightScale};
use thalweg::render::overlay::{LegendEntry, TextArea, TextKind, px_per_point};
use thalweg::render::{Text, View, text_areas};
use thalweg::scene::{Layout, LayoutMix};

const SIZES: [[u32; 2]; 6] = [
    [640, 360],
    [1920, 1080],
    [3840, 2160],
    [1440, 1080],
    [1080, 1080],
    [1080, 1920],
];

const LAYOUTS: [Layout; 3] = [Layout::ThreeD, Layout::Map, Layout::SideBySide];

const LONG: &str = "The slope along x is −12.25: the loss falls fastest towards the east, and the step \
    that follows, of one tenth of it, goes over the valley's floor and up the other side, where the \
    next one brings it back; so the descent swings from wall to wall until it is told to step less";

fn legend(teams: usize) -> Vec<LegendEntry> {
    let labels = [
        "Adam",
        "Gradient descent with Nesterov's momentum, β₁ = 0.9, and a long name",
        "RMSprop",
        "own rule",
    ];
    let entry = |k: usize| LegendEntry {
        shape: None,
        label: labels[k % labels.len()].to_owned(),
        color: [200, 100, k as u8],
        note: if k == 2 {
            "3 diverged".to_owned()
        } else {
            String::new()
        },
    };
    (0..teams).map(entry).collect()
}

fn view(layout: LayoutMix, camera: OrbitCamera, text: Text) -> View {
    View {
        layout,
        camera,
        height: HeightScale {
            contours: 24,
            ..HeightScale::of(HeightLaw::Log { unit: 12.0 }, [0.0, 1.87])
        },
        text,
        ..View::default()
    }
}

/// Everything that can be written, and much of it.
fn much(teams: usize) -> Text {
    Text {
        title: "Five optimizers and their ancestors on Himmelblau's function, seen once more"
            .into(),
        notes: Vec::new(),
        caption: LONG.into(),
        has_captions: true,
        step: Some(123_456),
        legend: legend(teams),
        axes: Some(["learning rate", "momentum", "f"].map(str::to_owned)),
        explanation: None,
        machine: None,
        scale: 1.0,
    }
}

fn placement() -> Placement {
    Placement::of_parameters([[-5.0, 5.0], [0.0, 6.0]])
}

fn cameras() -> impl Iterator<Item = OrbitCamera> {
    let camera = |azimuth_deg: f32, elevation_deg: f32, distance: f32| OrbitCamera {
        azimuth_deg,
        elevation_deg,
        distance,
        ..OrbitCamera::default()
    };
    let around = (0..8).map(move |k| camera(45.0 * k as f32 + 10.0, 35.0, 2.6));
    around.chain([
        camera(30.0, 8.0, 1.4),
        camera(200.0, 75.0, 2.0),
        camera(90.0, -20.0, 3.0),
    ])
}

/// All inside the image, but for a map that still slides in, and apart.
fn assert_apart(areas: &[TextArea], size_px: [u32; 2], scale: f32, what: &str) {
    let px_per_point = px_per_point(size_px, scale);
    let size = size_px.map(|side| side as f32 / px_per_point);
    for (index, text) in areas.iter().enumerate() {
        let area = text.area;
        let slides_in = text.kind == TextKind::Map && what.starts_with("LayoutMix");
        let is_inside = area.min.x >= 0.0
            && area.min.y >= 0.0
            && area.max.x <= size[0] + 0.5
            && area.max.y <= size[1] + 0.5;
        assert!(
            is_inside || slides_in,
            "{text:?} leaves the image of {size_px:?}: {what}"
        );
        for other in &areas[..index] {
            // A legend on its way from one place to another is seen at both.
            let are_legends = text.kind == TextKind::Legend && other.kind == TextKind::Legend;
            let are_apart = !text.area.shrink(0.01).intersects(other.area.shrink(0.01));
            assert!(
                are_apart || are_legends,
                "{text:?} over {other:?} at {size_px:?}: {what}"
            );
        }
    }
}

#[test]
fn no_text_lies_over_another_whatever_the_camera() {
    let mut labels = 0;
    for size_px in SIZES {
        for layout in LAYOUTS {
            for camera in cameras() {
                let view = view(layout.into(), camera, much(5));
                let areas = text_areas(&view, size_px, &placement());
                assert_apart(&areas, size_px, 1.0, &format!("{layout} {camera:?}"));
                labels += areas
                    .iter()
                    .filter(|text| matches!(text.kind, TextKind::Axis(_)))
                    .count();
                // The map has nothing to turn.
                if layout == Layout::Map {
                    break;
                }
            }
        }
    }
    assert!(labels > 2000, "{labels} labels");
}

#[test]
fn no_text_lies_over_another_on_the_way_from_layout_to_layout() {
    for (from, to) in LAYOUTS
        .iter()
        .flat_map(|from| LAYOUTS.map(|to| (*from, to)))
    {
        for step in 0..=12 {
            let mix = LayoutMix::from(from).towards(to, f64::from(step) / 12.0);
            let view = view(mix, OrbitCamera::default(), much(5));
            let areas = text_areas(&view, [1280, 720], &placement());
            assert_apart(&areas, [1280, 720], 1.0, &format!("{mix:?}"));
        }
    }
}

#[test]
fn sixty_four_teams_find_room() {
    for size_px in SIZES {
        for layout in LAYOUTS {
            for teams in [1, 8, 23, 24, 40, 64] {
                let view = view(layout.into(), OrbitCamera::default(), much(teams));
                let areas = text_areas(&view, size_px, &placement());
                assert_apart(&areas, size_px, 1.0, &format!("{layout}, {teams} teams"));
            }
        }
    }
}

#[test]
fn larger_text_finds_room_too() {
    for layout in LAYOUTS {
        for scale in [0.5, 1.5, 2.0] {
            let text = Text { scale, ..much(5) };
            let view = view(layout.into(), OrbitCamera::default(), text);
            let areas = text_areas(&view, [1920, 1080], &placement());
            assert_apart(&areas, [1920, 1080], scale, &format!("{layout} at {scale}"));
        }
    }
}

/// A map of the usual sizes has all its numbers: both axes named, numbers along both, the key.
#[test]
fn a_map_is_written_on_whole() {
    for size_px in SIZES {
        for layout in [Layout::Map, Layout::SideBySide] {
            let text = Text {
                caption: String::new(),
                ..much(5)
            };
            let view = view(layout.into(), OrbitCamera::default(), text);
            let areas = text_areas(&view, size_px, &placement());
            let axis = |name: &str| {
                let is_it = |text: &&TextArea| text.kind == TextKind::Axis(name.to_owned());
                areas
                    .iter()
                    .filter(is_it)
                    .map(|text| text.opacity)
                    .fold(0.0, f32::max)
            };
            for name in ["learning rate", "momentum", "0", "4", "−4"] {
                assert!(axis(name) > 0.99, "{name} on the {layout} of {size_px:?}");
            }
            assert!(areas.iter().any(|text| text.kind == TextKind::Map));
        }
    }
}
