//! The axes over thousands of cameras.

use super::*;
use crate::camera::{OrbitCamera, Projection};
use crate::render::frame::{BOX_HEIGHT, FLOOR_GAP};
use crate::render::height::HeightLaw;
use glam::Vec3;

const SIZE: Vec2 = Vec2::new(1920.0, 1080.0);

/// Random numbers from 0 to 1, the same in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> f32 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (self.0 >> 40) as f32 / (1_u64 << 24) as f32
    }

    fn between(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * self.roll()
    }

    fn camera(&mut self) -> OrbitCamera {
        let target = Vec3::new(self.roll(), self.roll(), self.roll()) - 0.5;
        OrbitCamera {
            azimuth_deg: self.between(-360.0, 360.0),
            elevation_deg: self.between(-90.0, 90.0),
            distance: self.between(0.6, 5.0),
            target: target * self.between(0.0, 0.4),
            fov_deg: self.between(20.0, 60.0),
            projection: if self.roll() < 0.3 {
                Projection::Orthographic
            } else {
                Projection::Perspective
            },
        }
    }

    fn scales(&mut self) -> (Placement, HeightScale) {
        let mut domain = [[0.0; 2]; 2];
        for range in &mut domain {
            let low = f64::from(self.between(-20.0, 5.0));
            *range = [low, low + f64::from(self.between(4.0, 12.0))];
        }
        let law = match self.roll() < 0.7 {
            true => HeightLaw::Log { unit: 12.0 },
            false => HeightLaw::Linear,
        };
        let height = HeightScale::of(law, [f64::from(self.between(-2.0, 0.0)), 1.7]);
        (Placement::of_parameters(domain), height)
    }
}

fn himmelblau() -> HeightScale {
    HeightScale::of(HeightLaw::Log { unit: 12.0 }, [0.0, 1.7])
}

/// Himmelblau's function at parts from 0 to 1 of its domain, from -5 to 5.
fn himmelblau_at(part: [f32; 2]) -> f32 {
    let [x, y] = part.map(|part| 10.0 * part - 5.0);
    (x * x + y - 11.0).powi(2) + (x + y * y - 7.0).powi(2)
}

fn himmelblau_rims(placement: &Placement, height: &HeightScale) -> Rims {
    let nodes: Vec<_> = (0..65 * 65)
        .map(|i| {
            let part = [i % 65, i / 65].map(|k| k as f32 / 64.0);
            [himmelblau_at(part), 0.0, 0.0, 1.0]
        })
        .collect();
    Rims::new(&nodes, [64, 64], placement, height)
}

fn content<'a>(
    camera: &OrbitCamera,
    placement: Placement,
    height: &'a HeightScale,
) -> AxesContent<'a> {
    AxesContent {
        clip_from_world: camera.clip_from_world(SIZE.x / SIZE.y),
        flatness: 0.0,
        placement,
        height,
        names: ["x", "y", "loss"],
        rims: None,
    }
}

/// A face in which every sign is as wide.
fn monospaced(text: &str, size: f32) -> Vec2 {
    Vec2::new(0.57 * size * text.chars().count() as f32, 1.36 * size)
}

fn figure(content: &AxesContent<'_>, taken: &[Rect]) -> AxesFigure {
    let image = Rect::from_min_size(Pos2::ZERO, SIZE);
    place(content, SIZE, image, taken, &mut monospaced)
}

#[test]
fn labels_never_overlap_nor_leave_the_image() {
    let mut dice = Dice(1);
    let taken = [
        Rect::from_min_size(Pos2::new(36.0, 36.0), Vec2::new(700.0, 50.0)),
        Rect::from_min_size(Pos2::new(1560.0, 36.0), Vec2::new(320.0, 190.0)),
    ];
    let image = Rect::from_min_size(Pos2::ZERO, SIZE);
    let (mut names, mut numbers) = (0, 0);
    for _ in 0..2000 {
        let camera = dice.camera();
        let (placement, height) = dice.scales();
        let labels = figure(&content(&camera, placement, &height), &taken).labels;
        for (index, label) in labels.iter().enumerate() {
            assert!(image.contains_rect(label.area), "{camera:?} {label:?}");
            assert!(label.opacity > 0.0 && label.opacity <= 1.0, "{label:?}");
            let others = labels[..index].iter().map(|other| other.area);
            for other in others.chain(taken) {
                assert!(
                    !other.intersects(label.area),
                    "{camera:?} {label:?} {other:?}"
                );
            }
        }
        names += labels.iter().filter(|label| label.is_name).count();
        numbers += labels.iter().filter(|label| !label.is_name).count();
    }
    // Most cameras see most of the axes.
    assert!(
        names > 4000 && numbers > 16_000,
        "{names} names, {numbers} numbers"
    );
}

/// No number of a parameter stands where the surface does, which is looked at place by place in the
/// outer fifth; and no axis loses its name to it.
#[test]
fn numbers_keep_clear_of_the_surface() {
    let placement = Placement::of_parameters([[-5.0, 5.0]; 2]);
    let height = himmelblau();
    let rims = himmelblau_rims(&placement, &height);
    let half = placement.half_extent();
    let surface: Vec<_> = (0..101 * 101)
        .map(|i| {
            let part = [i % 101, i / 101].map(|k| k as f32 / 100.0);
            let [x, y] = part.map(|part| 2.0 * part - 1.0);
            Vec3::new(
                half.x * x,
                half.y * y,
                height.z_of_loss(himmelblau_at(part).into()),
            )
        })
        .filter(|at| (at.truncate().abs() / half).max_element() > 0.8)
        .collect();
    let [mut hidden, mut numbers] = [0, 0];
    for step in 0..120 {
        let camera = OrbitCamera {
            azimuth_deg: 3.0 * step as f32,
            elevation_deg: [15.0, 35.0, 60.0][step % 3],
            distance: [2.2, 3.0, 4.0, 3.0][step % 4],
            ..Default::default()
        };
        let all = content(&camera, placement, &height);
        let with_rims = AxesContent {
            rims: Some(&rims),
            ..all
        };
        let [all, clear] = [all, with_rims].map(|content| figure(&content, &[]).labels);
        // The height axis has a 0 too.
        let of_parameter = |label: &&Label| ["−4", "−2", "2", "4"].contains(&&*label.text);
        for label in clear
            .iter()
            .filter(of_parameter)
            .filter(|label| label.opacity > 0.5)
        {
            let inner = label.area.shrink(4.0);
            let over = surface
                .iter()
                .find(|at| inner.contains(seen_from(&camera, **at)));
            assert!(over.is_none(), "{camera:?}: {label:?} at {over:?}");
        }
        let names = |labels: &[Label]| labels.iter().filter(|label| label.is_name).count();
        assert_eq!(names(&clear), names(&all), "{camera:?}");
        numbers += clear.len();
        hidden += all.len() - clear.len();
    }
    assert!(hidden > 50 && numbers > 1500, "{hidden} of {numbers}");
}

/// Where a place falls, by the camera's own vectors instead of its matrix.
fn seen_from(camera: &OrbitCamera, world: Vec3) -> Pos2 {
    let from_eye = world - camera.eye();
    let depth = match camera.projection {
        Projection::Perspective => -from_eye.dot(camera.direction()),
        Projection::Orthographic => camera.distance,
    };
    let points = SIZE.y / camera.height_at_target() * camera.distance / depth;
    Pos2::new(
        0.5 * SIZE.x + points * from_eye.dot(camera.right()),
        0.5 * SIZE.y - points * from_eye.dot(camera.up()),
    )
}

/// The places of the world where a number may rightly stand.
fn places_of(value: f64, placement: &Placement, height: &HeightScale) -> Vec<Vec3> {
    let (half, lid) = (placement.half_extent(), 0.5 * BOX_HEIGHT);
    let at = placement.world_xy([value, value]);
    let mut places = Vec::new();
    for side in [-1.0, 1.0] {
        for z in [-lid - FLOOR_GAP, lid] {
            places.push(Vec3::new(at.x, side * half.y, z));
            places.push(Vec3::new(side * half.x, at.y, z));
        }
        let z = height.z_of_loss(value);
        places.push(Vec3::new(side * half.x, half.y, z));
        places.push(Vec3::new(side * half.x, -half.y, z));
    }
    places
}

#[test]
fn numbers_stand_beside_their_own_place() {
    let mut dice = Dice(2);
    for _ in 0..500 {
        let camera = dice.camera();
        let (placement, height) = dice.scales();
        let labels = figure(&content(&camera, placement, &height), &[]).labels;
        for label in labels.iter().filter(|label| !label.is_name) {
            let value: f64 = label.text.replace('−', "-").parse().expect("plain digits");
            let off = places_of(value, &placement, &height)
                .into_iter()
                .map(|world| {
                    let away = label.area.center() - seen_from(&camera, world);
                    let half = 0.5 * reach(away.normalized(), label.area.size());
                    (away.length() - half - TICK_LENGTH - GAP).abs()
                })
                .fold(f32::INFINITY, f32::min);
            assert!(
                off < 0.5,
                "{} is off by {off} points: {camera:?}",
                label.text
            );
        }
    }
}

fn edges(camera: &OrbitCamera, placement: &Placement) -> [Option<Edge>; 3] {
    let view = View::new(camera.clip_from_world(SIZE.x / SIZE.y), SIZE);
    let [first, second] = view.parameter_edges(placement);
    [Some(first), Some(second), view.height_edge(placement)]
}

#[test]
fn a_turning_picture_moves_its_labels_smoothly() {
    let placement = Placement::of_parameters([[-5.0, 5.0]; 2]);
    let height = himmelblau();
    let rims = himmelblau_rims(&placement, &height);
    for elevation_deg in [-25.0, 8.0, 35.0, 62.0] {
        let mut switches = [0; 3];
        let mut before: Option<([Option<Edge>; 3], AxesFigure)> = None;
        for step in 0..7200 {
            let camera = OrbitCamera {
                azimuth_deg: 0.5 + 0.05 * step as f32,
                elevation_deg,
                distance: 3.0,
                ..Default::default()
            };
            let now = (
                edges(&camera, &placement),
                figure(
                    &AxesContent {
                        rims: Some(&rims),
                        ..content(&camera, placement, &height)
                    },
                    &[],
                ),
            );
            if let Some((old_edges, old)) = &before {
                for (axis, count) in switches.iter_mut().enumerate() {
                    *count += u32::from(old_edges[axis] != now.0[axis]);
                }
                if *old_edges == now.0 {
                    assert_alike(old, &now.1, &camera);
                }
            }
            before = Some(now);
        }
        assert_eq!(switches, [2, 2, 4], "at {elevation_deg}°");
    }
}

/// Every label that is well seen was there before, at nearly the same place.
fn assert_alike(old: &AxesFigure, new: &AxesFigure, camera: &OrbitCamera) {
    for label in new.labels.iter().filter(|label| label.opacity > 0.3) {
        let moved = old
            .labels
            .iter()
            .filter(|other| other.text == label.text)
            .map(|other| other.area.center().distance(label.area.center()))
            .fold(f32::INFINITY, f32::min);
        assert!(moved < 2.0, "{} moved by {moved}: {camera:?}", label.text);
    }
}

#[test]
fn seen_from_the_front_the_axes_stand_left_below_and_right() {
    let placement = Placement::of_parameters([[-5.0, 5.0]; 2]);
    for projection in [Projection::Perspective, Projection::Orthographic] {
        let camera = OrbitCamera {
            azimuth_deg: 0.0,
            projection,
            ..Default::default()
        };
        let labels = figure(&content(&camera, placement, &himmelblau()), &[]).labels;
        let name = |name: &str| {
            let label = labels.iter().find(|label| label.text == name);
            label.expect("every axis is named").area.center()
        };
        assert!((name("x").x - 960.0).abs() < 1.0 && name("x").y > 800.0);
        assert!(name("y").x > 1200.0 && name("loss").x < 700.0);
    }
}

#[test]
fn seen_from_above_there_is_no_height_axis() {
    let placement = Placement::of_parameters([[-5.0, 5.0]; 2]);
    for projection in [Projection::Perspective, Projection::Orthographic] {
        let camera = OrbitCamera {
            elevation_deg: 90.0,
            projection,
            ..Default::default()
        };
        let labels = figure(&content(&camera, placement, &himmelblau()), &[]).labels;
        let names: Vec<_> = labels
            .iter()
            .filter(|label| label.is_name)
            .map(|label| label.text.as_str())
            .collect();
        assert_eq!(names, ["x", "y"]);
        assert_eq!(labels.len(), 12);
    }
}

/// 40 units beside 2: on one scale the second side would be a twentieth; it is drawn half as long
/// as the first, which is ten times too long, and is told.
#[test]
fn a_stretched_map_says_so() {
    let names = |domain| {
        let camera = OrbitCamera::default();
        let placement = Placement::of_parameters(domain);
        let labels = figure(&content(&camera, placement, &himmelblau()), &[]).labels;
        let names = labels.into_iter().filter(|label| label.is_name);
        names.map(|label| label.text).collect::<Vec<_>>()
    };
    assert_eq!(
        names([[0.0, 40.0], [-1.0, 1.0]]),
        ["x", "y (stretched 10×)", "loss"]
    );
    assert_eq!(
        names([[0.0, 1.0], [-9.0, 0.0]]),
        ["x (stretched 4.5×)", "y", "loss"]
    );
    assert_eq!(names([[0.0, 4.0], [0.0, 1.0]]), ["x", "y", "loss"]);
    let oblong = Placement::of_parameters([[0.0, 40.0], [-1.0, 1.0]]);
    assert!((oblong.half_extent() - glam::Vec2::new(0.5, 0.25)).length() < 1e-6);
}
