//! The map as pictures: its bands, arrows and numbers against the loss itself, and the way there.

mod common;

use common::gpu;
use common::picture::Picture;
use common::ray::himmelblau;
use glam::{Vec2, Vec3};
use std::sync::Arc;
use thalweg::camera::OrbitCamera;
use thalweg::render::colour::ColourMap;
use thalweg::render::frame::Placement;
use thalweg::render::height::{HeightScale, HeightStyle, LawStyle};
use thalweg::render::levels::levels;
use thalweg::render::map_figure::{MapFigure, Sketch};
use thalweg::render::panes::Pane;
use thalweg::render::{Renderer, Text, View};
use thalweg::scene::{Layout, LayoutMix};
use thalweg::simulation::descents::Descents;
use thalweg::simulation::field::{Field, Plane, nodes_from_bytes};

const HIMMELBLAU: &str = "
const PARAMETERS: u32 = 2u;
struct Evaluation { loss: f32, gradient: array<f32, 2> }
fn evaluate_loss(w: array<f32, 2>) -> Evaluation {
    let a = w[0] * w[0] + w[1] - 11.0;
    let b = w[0] + w[1] * w[1] - 7.0;
    return Evaluation(a * a + b * b, array<f32, 2>(4.0 * a * w[0] + 2.0 * b, 2.0 * a + 4.0 * b * w[1]));
}";

const FIVE: [[f64; 2]; 2] = [[-5.0, 5.0]; 2];
const SIZE: [u32; 2] = [480, 360];

/// A landscape ready to be drawn.
struct Scene {
    field: Field,
    descents: Descents,
    nodes: Vec<[f32; 4]>,
}

impl Scene {
    fn new(cells: u32) -> Self {
        let plane = Plane::of_two_parameters(FIVE);
        let field = Field::evaluate(gpu(), HIMMELBLAU, plane, cells).expect("the loss compiles");
        let bytes = field
            .request_nodes(gpu())
            .wait(gpu())
            .expect("the device answers");
        Self {
            nodes: nodes_from_bytes(&bytes),
            descents: Descents::new(gpu(), 1, 2),
            field,
        }
    }

    fn scale(&self, log: bool) -> HeightScale {
        let losses: Vec<f32> = self.nodes.iter().map(|node| node[0]).collect();
        let style = HeightStyle {
            law: match log {
                true => LawStyle::Log { unit: Some(12.0) },
                false => LawStyle::Linear,
            },
            clip: 1.0,
            contours: 16,
        };
        HeightScale::choose(&style, &losses, &[])
    }

    fn view(&self, layout: impl Into<LayoutMix>, log: bool, arrows: u32) -> View {
        let height = self.scale(log);
        let sketch = Sketch::new(&self.nodes);
        let placement = Placement::of_parameters(FIVE);
        View {
            layout: layout.into(),
            height: height.clone(),
            map: Some(Arc::new(MapFigure::new(
                &sketch, &placement, &height, arrows,
            ))),
            ..View::default()
        }
    }

    fn renderer(&self, size_px: [u32; 2]) -> Renderer {
        Renderer::new(gpu(), size_px, 1, &self.field, &self.descents)
    }

    fn draw(&self, renderer: &mut Renderer, view: &View) -> Picture {
        let mut encoder = gpu().device.create_command_encoder(&Default::default());
        renderer.prepare(gpu(), &mut encoder, &self.descents, view);
        renderer.draw(gpu(), &mut encoder);
        gpu().queue.submit([encoder.finish()]);
        Picture::of(gpu(), &renderer.target().colour)
    }
}

/// The place under a pixel's middle of a map that stands square in its pane, if it is inside.
fn place_under(pane: &Pane, x: usize, y: usize) -> Option<[f64; 2]> {
    let [corner, size] = [pane.corner_px, pane.size_px].map(|v| v.map(f64::from));
    let off = [x as f64 + 0.5 - corner[0], y as f64 + 0.5 - corner[1]];
    if off[0] < 0.0 || off[1] < 0.0 || off[0] >= size[0] || off[1] >= size[1] {
        return None;
    }
    let world_a_pixel = f64::from(pane.camera.height_at_target()) / size[1];
    let target = pane.camera.target.to_array().map(f64::from);
    let world = [
        target[0] + (off[0] - 0.5 * size[0]) * world_a_pixel,
        target[1] - (off[1] - 0.5 * size[1]) * world_a_pixel,
    ];
    world
        .iter()
        .all(|part| part.abs() < 0.499)
        .then(|| world.map(|part| 10.0 * part))
}

/// Every pixel of the map that no line touches has the colour of its band: of the height halfway
/// between the levels below and above the loss there, which f64 tells.
#[test]
fn a_band_has_the_colour_of_its_middle() {
    let scene = Scene::new(256);
    let mut renderer = scene.renderer(SIZE);
    for (layout, log) in [
        (Layout::Map, true),
        (Layout::Map, false),
        (Layout::SideBySide, true),
    ] {
        let view = scene.view(layout, log, 0);
        let picture = scene.draw(&mut renderer, &view);
        let pane = *renderer.panes().last().expect("a pane");
        let scale = &view.height;
        let inner = levels(scale).into_iter().map(|level| level.height);
        let heights: Vec<f64> = [scale.low]
            .into_iter()
            .chain(inner)
            .chain([scale.high])
            .collect();
        let (mut judged, mut worst) = (0, 0.0_f32);
        for (x, y) in (0..SIZE[1] as usize).flat_map(|y| (0..SIZE[0] as usize).map(move |x| (x, y)))
        {
            let Some(place) = place_under(&pane, x, y) else {
                continue;
            };
            let height = |[x, y]: [f64; 2]| scale.height_of_loss(himmelblau(x, y));
            let step =
                10.0 * f64::from(pane.camera.height_at_target()) / f64::from(pane.size_px[1]);
            let here = height(place);
            let rise = [[step, 0.0], [0.0, step]]
                .map(|[dx, dy]| (height([place[0] + dx, place[1] + dy]) - here).abs());
            let near = 2.0 * rise[0].hypot(rise[1]);
            let off = |k: usize| (heights[k] - here).abs();
            let nearest = (1..heights.len() - 1)
                .min_by(|a, b| off(*a).total_cmp(&off(*b)))
                .expect("there are levels");
            let gaps = [nearest - 1, nearest].map(|k| heights[k + 1] - heights[k]);
            // Where lines crowd they become an even tone.
            if off(nearest) < near || gaps[0].min(gaps[1]) < 6.0 * near {
                continue;
            }
            let above = heights.partition_point(|height| *height < here).max(1);
            let (below, above) = (heights[above - 1], heights[above]);
            let level = (0.5 * (below + above) - scale.low) / (scale.high - scale.low);
            let expected = ColourMap::Viridis.at(level as f32);
            judged += 1;
            for (channel, value) in picture.rgb(x, y).iter().enumerate() {
                worst = worst.max((f32::from(*value) - 255.0 * expected[channel]).abs());
            }
        }
        assert!(judged > 3_000, "{judged} pixels judged");
        // A table of 1024 colours, and bytes.
        assert!(worst < 3.0, "off by {worst} in {layout}, log {log}");
    }
}

/// Where arrows change the picture, there is an arrow: within its own segment, and its tip is
/// broader than its tail.
#[test]
fn arrows_stand_where_the_slope_is_and_point_down() {
    let scene = Scene::new(128);
    let size = [960, 720];
    let mut renderer = scene.renderer(size);
    let with = scene.view(Layout::Map, true, 9);
    let arrows = scene.draw(&mut renderer, &with);
    let plain = scene.draw(&mut renderer, &scene.view(Layout::Map, true, 0));
    let pane = renderer.panes()[0];
    let px = |world: Vec2| {
        let ndc = pane
            .clip_from_world()
            .project_point3(world.extend(0.0))
            .truncate();
        (ndc * Vec2::new(0.5, -0.5) + 0.5) * Vec2::new(size[0] as f32, size[1] as f32)
    };
    let slopes = &with.map.as_ref().expect("a map").slopes;
    let segments: Vec<[Vec2; 2]> = slopes
        .iter()
        .map(|slope| {
            let (middle, step) = (0.1 * Vec2::from(slope.place), Vec2::from(slope.step));
            [middle - 0.5 * step, middle + 0.5 * step].map(px)
        })
        .collect();
    let mut ink = vec![[0.0_f32; 2]; segments.len()];
    for (x, y) in (0..size[1] as usize).flat_map(|y| (0..size[0] as usize).map(move |x| (x, y))) {
        let pairs = arrows.rgb(x, y).into_iter().zip(plain.rgb(x, y));
        let change: i32 = pairs
            .map(|(a, b)| (i32::from(a) - i32::from(b)).abs())
            .sum();
        if change < 6 {
            continue;
        }
        let at = Vec2::new(x as f32 + 0.5, y as f32 + 0.5);
        let nearest = segments.iter().enumerate().map(|(index, [tail, tip])| {
            let along = *tip - *tail;
            let part = (at - *tail).dot(along) / along.length_squared();
            (
                at.distance(*tail + along * part.clamp(0.0, 1.0)),
                index,
                part,
            )
        });
        let (off, index, part) = nearest.min_by(|a, b| a.0.total_cmp(&b.0)).expect("arrows");
        assert!(off < 6.0, "ink {off} px beside the nearest arrow, at {at}");
        ink[index][usize::from(part > 0.5)] += change as f32;
    }
    for (slope, [tail, tip]) in slopes.iter().zip(ink) {
        let [x, y] = slope.place;
        let down = |x: f64, y: f64| himmelblau(x, y);
        let [dx, dy] = slope.step.map(|part| f64::from(part) * 0.1);
        let (x, y) = (f64::from(x), f64::from(y));
        assert!(
            down(x + dx, y + dy) < down(x - dx, y - dy),
            "{slope:?} leads up"
        );
        assert!(
            tip > tail && tail >= 0.0 && tip > 100.0,
            "{slope:?}: {tail} at its tail, {tip} at its tip"
        );
    }
}

/// The last step to the map changes hardly a pixel, and so does the first.
#[test]
fn the_landscape_sinks_to_its_map_without_a_jump() {
    let scene = Scene::new(128);
    let mut renderer = scene.renderer(SIZE);
    let mut at = |along: f64| {
        let mix = LayoutMix::from(Layout::ThreeD).towards(Layout::Map, along);
        let view = View {
            camera: OrbitCamera {
                target: Vec3::new(0.0, 0.0, -0.05),
                ..OrbitCamera::default()
            },
            text: Text {
                axes: Some(["x", "y", "f"].map(str::to_owned)),
                ..Text::default()
            },
            ..scene.view(mix, true, 12)
        };
        scene.draw(&mut renderer, &view)
    };
    let difference = |a: &Picture, b: &Picture| {
        let pairs = a.rgba.iter().zip(&b.rgba);
        pairs.map(|(a, b)| f64::from(a.abs_diff(*b))).sum::<f64>() / a.rgba.len() as f64
    };
    let (landscape, map) = (at(0.0), at(1.0));
    let whole = difference(&landscape, &map);
    assert!(whole > 8.0, "two layouts, {whole}");
    for (near, end) in [(1e-4, &landscape), (1.0 - 1e-4, &map)] {
        let jump = difference(&at(near), end);
        assert!(jump < 0.4, "a jump of {jump} beside {near}");
    }
}

/// Beside the landscape stands the very map that stands alone, only smaller.
#[test]
fn both_panes_show_the_same_moment() {
    let scene = Scene::new(128);
    let mut renderer = scene.renderer([720, 360]);
    let both = scene.draw(&mut renderer, &scene.view(Layout::SideBySide, true, 9));
    let pane = renderer.panes()[1];
    let alone = View {
        layout: Layout::ThreeD.into(),
        ..scene.view(Layout::ThreeD, true, 0)
    };
    let mut left = scene.renderer(renderer.panes()[0].size_px);
    let landscape = scene.draw(&mut left, &alone);
    let (mut same, mut all) = (0, 0);
    for (x, y) in (0..360).flat_map(|y| (0..360).map(move |x| (x, y))) {
        // The backdrop's pool of light is that of the whole image.
        if landscape.rgb(x, y).into_iter().max() < Some(60) {
            continue;
        }
        let off = both.rgb(x, y).into_iter().zip(landscape.rgb(x, y));
        same += usize::from(off.map(|(a, b)| a.abs_diff(b)).max() < Some(24));
        all += 1;
    }
    assert!(all > 10_000, "{all} pixels of the landscape");
    assert!(same * 100 > all * 99, "{same} of {all} pixels");
    assert_eq!((pane.corner_px, pane.size_px), ([360, 0], [360, 360]));
}
