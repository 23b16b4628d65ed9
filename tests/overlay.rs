//! The overlay on an image: every text and colour where it belongs, nothing anywhere else.

use egui::{Color32, Pos2, Rect, Vec2};
use std::cell::RefCell;
use std::sync::LazyLock;
use thalweg::camera::OrbitCamera;
use thalweg::gpu::{Gpu, TextureReadback};
use thalweg::render::frame::Placement;
use thalweg::render::height::{HeightLaw, HeightScale};
use thalweg::render::overlay::{
    AxesContent, AxesFigure, LegendEntry, LegendPlaces, Overlay, OverlayColors, OverlayContent,
    PaneContent, Screen, TextPainter, place, px_per_point,
};

const FORMAT: wgpu::TextureFormat = wgpu::TextureFormat::Rgba8Unorm;
const GROUND: [u8; 4] = [20, 24, 28, 255];

/// An image of 960 x 540 pixels: two points a pixel.
struct Canvas {
    gpu: Gpu,
    texture: wgpu::Texture,
    view: wgpu::TextureView,
}

const SCREEN: Screen = Screen {
    size_px: [960, 540],
    px_per_point: 0.5,
};

impl Canvas {
    fn new() -> Self {
        let gpu = Gpu::headless().expect("an adapter: apt install mesa-vulkan-drivers");
        let texture = gpu.device.create_texture(&wgpu::TextureDescriptor {
            label: Some("tests::canvas"),
            size: wgpu::Extent3d {
                width: SCREEN.size_px[0],
                height: SCREEN.size_px[1],
                depth_or_array_layers: 1,
            },
            mip_level_count: 1,
            sample_count: 1,
            dimension: wgpu::TextureDimension::D2,
            format: FORMAT,
            usage: wgpu::TextureUsages::RENDER_ATTACHMENT | wgpu::TextureUsages::COPY_SRC,
            view_formats: &[],
        });
        let view = texture.create_view(&Default::default());
        Self { gpu, texture, view }
    }

    fn draw(&self, overlay: &mut Overlay, ground: [u8; 4], content: &OverlayContent<'_>) -> Pixels {
        let mut encoder = self.gpu.device.create_command_encoder(&Default::default());
        self.clear(&mut encoder, ground);
        overlay.draw(&self.gpu, &mut encoder, &self.view, SCREEN, content);
        self.gpu.queue.submit([encoder.finish()]);
        let readback = TextureReadback::request(&self.gpu, &self.texture);
        Pixels(readback.wait(&self.gpu).expect("the device answers"))
    }

    fn clear(&self, encoder: &mut wgpu::CommandEncoder, ground: [u8; 4]) {
        let [r, g, b, a] = ground.map(|value| f64::from(value) / 255.0);
        encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
            label: Some("tests::clear"),
            color_attachments: &[Some(wgpu::RenderPassColorAttachment {
                view: &self.view,
                depth_slice: None,
                resolve_target: None,
                ops: wgpu::Operations {
                    load: wgpu::LoadOp::Clear(wgpu::Color { r, g, b, a }),
                    store: wgpu::StoreOp::Store,
                },
            })],
            ..Default::default()
        });
    }
}

#[derive(PartialEq, Eq)]
struct Pixels(Vec<u8>);

impl Pixels {
    /// Every pixel that is not the ground, with its middle in points.
    fn drawn(&self) -> impl Iterator<Item = (Pos2, [u8; 4])> {
        let width = SCREEN.size_px[0] as usize;
        self.0
            .chunks_exact(4)
            .enumerate()
            .map(move |(index, pixel)| {
                let (x, y) = (index % width, index / width);
                let middle = Vec2::new(x as f32 + 0.5, y as f32 + 0.5) / SCREEN.px_per_point;
                (middle.to_pos2(), pixel.try_into().expect("four bytes"))
            })
            .filter(|(_, pixel)| *pixel != GROUND)
    }
}

fn nothing() -> OverlayContent<'static> {
    OverlayContent {
        title: "",
        notes: &[],
        reach: None,
        explanation: None,
        machine: None,
        caption: "",
        step: None,
        legend: &[],
        legend_places: LegendPlaces::default(),
        panes: &[],
        colors: OverlayColors::DARK,
    }
}

static HIMMELBLAU: LazyLock<HeightScale> =
    LazyLock::new(|| HeightScale::of(HeightLaw::Log { unit: 12.0 }, [0.0, 1.7]));

fn axes(azimuth_deg: f32) -> AxesContent<'static> {
    let camera = OrbitCamera {
        azimuth_deg,
        distance: 2.9,
        ..Default::default()
    };
    AxesContent {
        clip_from_world: camera.clip_from_world(16.0 / 9.0),
        flatness: 0.0,
        placement: Placement::of_parameters([[-5.0, 5.0], [-5.0, 5.0]]),
        height: &HIMMELBLAU,
        names: ["x", "y", "loss"],
        rims: None,
    }
}

/// The whole image with these axes.
fn pane(axes: AxesContent<'static>) -> PaneContent<'static> {
    PaneContent {
        area: Rect::from_min_size(Pos2::ZERO, SCREEN.size_points()),
        words: &[],
        axes: Some(axes),
        map: None,
        numbers: &[],
    }
}

fn entry(label: &str, color: [u8; 3]) -> LegendEntry {
    LegendEntry {
        label: label.to_owned(),
        color,
        shape: None,
        note: "100".to_owned(),
    }
}

#[test]
fn the_scale_follows_the_image() {
    assert_eq!(px_per_point([1920, 1080], 1.0), 1.0);
    assert_eq!(px_per_point([3840, 2160], 1.5), 3.0);
    assert_eq!(px_per_point([640, 1080], 1.0), 0.5);
}

#[test]
fn nothing_to_say_draws_nothing() {
    let canvas = Canvas::new();
    let pixels = canvas.draw(&mut Overlay::new(&canvas.gpu, FORMAT), GROUND, &nothing());
    assert_eq!(pixels.drawn().count(), 0);
}

#[test]
fn each_text_keeps_to_its_corner() {
    let canvas = Canvas::new();
    let mut overlay = Overlay::new(&canvas.gpu, FORMAT);
    let legend = [entry("Adam", [0, 114, 178])];
    let corner = |min: [f32; 2], max: [f32; 2]| Rect::from_min_max(min.into(), max.into());
    let cases = [
        (
            OverlayContent {
                title: "Adam and its ancestors",
                ..nothing()
            },
            corner([36.0, 36.0], [500.0, 90.0]),
        ),
        (
            OverlayContent {
                step: Some(120),
                ..nothing()
            },
            corner([36.0, 1010.0], [170.0, 1044.0]),
        ),
        (
            OverlayContent {
                caption: "The slope along x is −12",
                ..nothing()
            },
            corner([750.0, 975.0], [1170.0, 1044.0]),
        ),
        (
            OverlayContent {
                legend: &legend,
                ..nothing()
            },
            corner([1640.0, 36.0], [1884.0, 94.0]),
        ),
    ];
    for (content, area) in cases {
        let pixels = canvas.draw(&mut overlay, GROUND, &content);
        assert!(pixels.drawn().count() > 100, "{content:?}");
        let mut bounds = Rect::NOTHING;
        for (place, _) in pixels.drawn() {
            bounds.extend_with(place);
        }
        assert!(area.contains_rect(bounds), "{bounds:?} of {content:?}");
        // It fills its corner: the ink, or the ground behind it, comes near all four sides.
        let slack = bounds.min - area.min + (area.max - bounds.max);
        assert!(
            slack.x < 60.0 && slack.y < 40.0,
            "{bounds:?} of {content:?}"
        );
    }
}

#[test]
fn swatches_have_the_teams_own_colours_in_order() {
    let canvas = Canvas::new();
    let colors = [[230, 159, 0], [86, 180, 233], [0, 158, 115]];
    let legend = ["GD", "Momentum", "Adam"].iter().zip(colors);
    let legend: Vec<_> = legend.map(|(label, color)| entry(label, color)).collect();
    let content = OverlayContent {
        legend: &legend,
        ..nothing()
    };
    let pixels = canvas.draw(&mut Overlay::new(&canvas.gpu, FORMAT), GROUND, &content);
    let mut above = 36.0;
    for [red, green, blue] in colors {
        let mut bounds = Rect::NOTHING;
        let mut count = 0;
        for (place, _) in pixels
            .drawn()
            .filter(|(_, pixel)| *pixel == [red, green, blue, 255])
        {
            bounds.extend_with(place);
            count += 1;
        }
        // A line of 38 x 4 points that ends in a disc of 13 points: 40 to 70 of these pixels.
        assert!((30..80).contains(&count), "{count} pixels");
        assert!(bounds.width() > 30.0 && bounds.width() < 40.0, "{bounds:?}");
        assert!(bounds.min.y > above && bounds.height() < 15.0, "{bounds:?}");
        above = bounds.max.y + 10.0;
    }
}

#[test]
fn a_legend_of_many_teams_stands_in_columns_and_leaves_none_out() {
    let canvas = Canvas::new();
    let legend: Vec<_> = (0..64).map(|k| entry("team", [100 + k, 20, 20])).collect();
    for legend_places in [
        LegendPlaces::default(),
        LegendPlaces {
            corner: 0.0,
            beside_map: 0.0,
            rows: 1.0,
        },
    ] {
        let content = OverlayContent {
            legend: &legend[..if legend_places.rows == 1.0 { 30 } else { 64 }],
            legend_places,
            ..nothing()
        };
        let pixels = canvas.draw(&mut Overlay::new(&canvas.gpu, FORMAT), GROUND, &content);
        let lowest = pixels.drawn().map(|(place, _)| place.y).fold(0.0, f32::max);
        assert!(lowest < 0.8 * 1080.0, "{lowest}");
        for entry in content.legend {
            let [red, green, blue] = entry.color;
            let is_seen = pixels
                .drawn()
                .any(|(_, pixel)| pixel == [red, green, blue, 255]);
            assert!(is_seen, "team {red} in {legend_places:?}");
        }
    }
}

#[test]
fn a_legend_without_room_says_how_many_it_leaves_out() {
    let canvas = Canvas::new();
    let long = "a team with a name that fills a row of the legend by itself, and then some";
    let legend: Vec<_> = (0..64).map(|k| entry(long, [100 + k, 20, 20])).collect();
    let content = OverlayContent {
        legend: &legend,
        legend_places: LegendPlaces {
            corner: 0.0,
            beside_map: 0.0,
            rows: 1.0,
        },
        ..nothing()
    };
    let pixels = canvas.draw(&mut Overlay::new(&canvas.gpu, FORMAT), GROUND, &content);
    let lowest = pixels.drawn().map(|(place, _)| place.y).fold(0.0, f32::max);
    assert!(lowest < 150.0, "{lowest}");
    let colored = |k: u8| {
        pixels
            .drawn()
            .any(|(_, pixel)| pixel == [100 + k, 20, 20, 255])
    };
    assert!(colored(0) && colored(2) && !colored(20));
}

/// Where the axes' lines and labels should be, with the sizes of the true font.
fn expected_figure(canvas: &Canvas, axes: &AxesContent<'_>) -> AxesFigure {
    let figure = RefCell::new(AxesFigure::default());
    let mut encoder = canvas
        .gpu
        .device
        .create_command_encoder(&Default::default());
    let size = SCREEN.size_points();
    TextPainter::new(&canvas.gpu, FORMAT).paint(
        &canvas.gpu,
        &mut encoder,
        &canvas.view,
        SCREEN,
        true,
        |painter| {
            let mut measure = |text: &str, points: f32| {
                let font = egui::FontId::proportional(points);
                painter
                    .layout_no_wrap(text.to_owned(), font, Color32::WHITE)
                    .size()
            };
            let free = Rect::from_min_size(Pos2::ZERO, size);
            *figure.borrow_mut() = place(axes, size, free, &[], &mut measure);
        },
    );
    figure.into_inner()
}

fn distance_to_line(place: Pos2, [a, b]: [Pos2; 2]) -> f32 {
    let along = b - a;
    let part = ((place - a).dot(along) / along.length_sq()).clamp(0.0, 1.0);
    place.distance(a + along * part)
}

#[test]
fn axes_are_drawn_where_they_were_placed() {
    let canvas = Canvas::new();
    let axes = axes(37.0);
    let figure = expected_figure(&canvas, &axes);
    let panes = [pane(axes)];
    let content = OverlayContent {
        panes: &panes,
        ..nothing()
    };
    let pixels = canvas.draw(&mut Overlay::new(&canvas.gpu, FORMAT), GROUND, &content);
    for (place, pixel) in pixels.drawn() {
        // A pixel is two points wide, and letters have a halo of nearly two.
        let in_label = figure
            .labels
            .iter()
            .any(|label| label.area.expand(4.0).contains(place));
        let on_line = figure
            .lines
            .iter()
            .any(|line| distance_to_line(place, line.ends) < 4.0);
        assert!(in_label || on_line, "{pixel:?} at {place:?}");
    }
    assert!(figure.labels.len() > 12);
    for label in figure.labels.iter().filter(|label| label.opacity > 0.9) {
        let mut ink = Rect::NOTHING;
        for (place, _) in pixels
            .drawn()
            .filter(|(place, pixel)| label.area.contains(*place) && pixel[0] > 90)
        {
            ink.extend_with(place);
        }
        let off = ink.center() - label.area.center();
        assert!(ink.width() > 0.6 * label.area.width(), "{label:?} {ink:?}");
        assert!(
            off.abs().max_elem() < 0.25 * label.size,
            "{label:?} {ink:?}"
        );
    }
}

fn frame(canvas: &Canvas, overlay: &mut Overlay, ground: [u8; 4], k: u16) -> Pixels {
    let title = format!("Frame {k} of the film");
    let legend = [entry("Adam, β₁ = 0.9", [213, 94, 0])];
    let panes = [pane(axes(3.0 * f32::from(k)))];
    let content = OverlayContent {
        title: &title,
        caption: "w ← w − η ∇f(w)",
        step: Some(u64::from(k)),
        legend: &legend,
        panes: &panes,
        ..nothing()
    };
    canvas.draw(overlay, ground, &content)
}

#[test]
fn a_frame_does_not_depend_on_the_frames_before() {
    let canvas = Canvas::new();
    let mut worn = Overlay::new(&canvas.gpu, FORMAT);
    for k in 0..24 {
        let pixels = frame(&canvas, &mut worn, GROUND, k);
        if k % 4 == 3 {
            let fresh = frame(&canvas, &mut Overlay::new(&canvas.gpu, FORMAT), GROUND, k);
            assert!(pixels == fresh, "frame {k}");
        }
    }
}

#[test]
fn on_a_transparent_ground_alpha_is_coverage() {
    let canvas = Canvas::new();
    let mut overlay = Overlay::new(&canvas.gpu, FORMAT);
    let transparent = frame(&canvas, &mut overlay, [0; 4], 10);
    let direct = frame(&canvas, &mut overlay, GROUND, 10);
    let pairs = transparent.0.chunks_exact(4).zip(direct.0.chunks_exact(4));
    let mut worst = 0.0_f32;
    for (over, direct) in pairs {
        let shows = 1.0 - f32::from(over[3]) / 255.0;
        for channel in 0..4 {
            let composited = f32::from(over[channel]) + shows * f32::from(GROUND[channel]);
            worst = worst.max((composited - f32::from(direct[channel])).abs());
        }
    }
    // Every layer, and there are four in a halo, rounds to a 255th.
    assert!(worst <= 2.0, "{worst}");
}

#[test]
fn the_ground_of_a_caption_lets_the_picture_through() {
    let canvas = Canvas::new();
    let mut content = OverlayContent {
        caption: "The slope along x is −12",
        ..nothing()
    };
    content.colors.panel = [200, 100, 0, 153];
    let pixels = canvas.draw(&mut Overlay::new(&canvas.gpu, FORMAT), GROUND, &content);
    let padding = Rect::from_min_max(Pos2::new(764.0, 1004.0), Pos2::new(772.0, 1020.0));
    let inside: Vec<_> = pixels
        .drawn()
        .filter(|(place, _)| padding.contains(*place))
        .collect();
    assert_eq!(inside.len(), 32);
    for (place, pixel) in inside {
        for (channel, panel) in [200.0_f32, 100.0, 0.0].into_iter().enumerate() {
            let mixed = 0.6 * panel + 0.4 * f32::from(GROUND[channel]);
            assert!(
                (f32::from(pixel[channel]) - mixed).abs() <= 1.0,
                "{pixel:?} at {place:?}"
            );
        }
    }
}
