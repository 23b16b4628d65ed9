//! From the focus of a moment to what is sketched over the landscape: arrows, tangents, slices,
//! the plane of a level. Heights are h(f), so tangents lean by h'(f)·∇f; numbers are f's own.

mod spoken;

use super::focus::Focus;
use crate::lesson::number;
use crate::render::colour::Theme;
use crate::render::frame::Placement;
use crate::render::height::HeightScale;
use crate::render::sketch::{Arrow, Ground, Ink, Level, Patch, Sketch, Slices, Spot, Words};
use crate::scene::{Mark, ShowSettings, SurfaceStyle};
use crate::simulation::Plane;

/// The longest arrow of a gradient on the map, and on the surface, in world units.
const LONGEST_ARROW: f64 = 0.3;
const LONGEST_ON_SURFACE: f64 = 0.34;
/// Half a tangent plane's side, and half a tangent line, along the surface in world units.
const HALF_PATCH: f64 = 0.13;
const HALF_TANGENT: f64 = 0.2;

/// A number as it stands beside an arrow.
fn figures(value: f64) -> String {
    number::number(value, 3)
}

/// The colours of the sketch.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Inks {
    /// Along the first coordinate, and along the second.
    along: [Ink; 2],
    gradient: Ink,
    opposite: Ink,
    momentum: Ink,
    level: Ink,
    tangent: Ink,
    quiet: Ink,
}

impl Inks {
    pub(super) fn of(theme: Theme) -> Self {
        match theme {
            Theme::Dark => Self {
                along: [[1.0, 0.48, 0.40], [0.45, 0.80, 1.0]],
                gradient: [1.0, 1.0, 1.0],
                opposite: [0.62, 1.0, 0.60],
                momentum: [1.0, 0.62, 0.95],
                level: [1.0, 0.86, 0.42],
                tangent: [1.0, 1.0, 1.0],
                quiet: [0.85, 0.86, 0.88],
            },
            Theme::Light | Theme::Print | Theme::Transparent | Theme::Checks => Self {
                along: [[0.80, 0.14, 0.08], [0.02, 0.36, 0.72]],
                gradient: [0.08, 0.08, 0.10],
                opposite: [0.04, 0.48, 0.12],
                momentum: [0.66, 0.08, 0.56],
                level: [0.72, 0.44, 0.0],
                tangent: [0.20, 0.22, 0.26],
                quiet: [0.35, 0.36, 0.40],
            },
        }
    }
}

/// What the sketch of a moment is made from.
pub(super) struct Chalk<'a> {
    /// What is shown.
    pub(super) show: &'a ShowSettings,
    /// Where the landscape lies.
    pub(super) plane: &'a Plane,
    /// Where it stands in the world.
    pub(super) placement: Placement,
    /// How a loss becomes a height.
    pub(super) height: &'a HeightScale,
    /// The names of the plane's coordinates.
    pub(super) names: [&'a str; 2],
    /// The colours.
    pub(super) inks: Inks,
    /// Of the followed descent's team.
    pub(super) team_ink: Ink,
    /// The middle one of the field's slopes, in f per world unit.
    pub(super) usual_slope: f64,
}

impl Chalk<'_> {
    /// The sketch; `loss_at` gives the landscape's f at a place.
    pub(super) fn sketch(
        &self,
        focus: Option<&Focus>,
        loss_at: &mut dyn FnMut([f64; 2]) -> f64,
    ) -> Sketch {
        let mut sketch = Sketch::default();
        self.add_level(&mut sketch, focus);
        let Some(focus) = focus else {
            return sketch;
        };
        let stand = Stand::new(self, focus);
        if self.shows(Mark::Slices) {
            stand.add_slices(&mut sketch);
        }
        if self.shows(Mark::Tangent) {
            stand.add_tangent(&mut sketch);
        }
        stand.add_plumb_line(&mut sketch);
        stand.add_slopes(&mut sketch);
        stand.add_steps(&mut sketch, loss_at);
        sketch
    }

    fn shows(&self, mark: Mark) -> bool {
        self.show.marks.contains(&mark)
    }

    /// The f whose plane is shown; none where the box ends before it.
    fn level(&self, focus: Option<&Focus>) -> Option<f64> {
        let at_focus = focus.filter(|_| self.shows(Mark::Level));
        let loss = at_focus.map_or(self.show.level, |focus| Some(focus.local.loss))?;
        let height = self.height.height_of_loss(loss);
        let box_of_heights = self.height.low..=self.height.high;
        box_of_heights.contains(&height).then_some(loss)
    }

    fn add_level(&self, sketch: &mut Sketch, focus: Option<&Focus>) {
        let Some(loss) = self.level(focus) else {
            return;
        };
        let height = self.height.height_of_loss(loss) as f32;
        let [[low, high], [near, far]] = self.plane.domain.map(|range| range.map(|x| x as f32));
        sketch.level = Some(Level {
            height,
            ink: self.inks.level,
            opacity: 1.0,
        });
        if self.plane.is_line() {
            let ends = [low, high].map(|a| [a, 0.5 * (near + far), height]);
            let line = Arrow::line(Ground::Surface, ends[0], ends[1], self.inks.level);
            let label = format!("f = {}", figures(loss));
            sketch.arrows.push(line.labelled(label));
            return;
        }
        let corners = [[low, near], [high, near], [high, far], [low, far]];
        sketch.patches.push(Patch {
            corners: corners.map(|[a, b]| [a, b, height]),
            ink: self.inks.level,
            opacity: 0.16,
            line_opacity: 0.8,
            parts: 1,
            touches: false,
        });
        sketch.words.push(Words {
            at: [high, near, height],
            away_from: [0.5 * (low + high), 0.5 * (near + far), height],
            ground: Ground::Surface,
            text: format!("f = {}", figures(loss)),
            ink: self.inks.level,
        });
    }

    fn is_tower(&self, height: f64) -> bool {
        height >= self.height.high
    }
}

/// The focus on the surface.
struct Stand<'a> {
    chalk: &'a Chalk<'a>,
    focus: &'a Focus,
    /// World units per unit of each plane coordinate, and per unit of height.
    world: [f64; 2],
    world_height: f64,
    /// h(f) at the focus, within the box.
    height: f64,
    /// ∂h along each plane coordinate: 0 where the box cuts a tower.
    lean: [f64; 2],
}

impl<'a> Stand<'a> {
    fn new(chalk: &'a Chalk<'a>, focus: &'a Focus) -> Self {
        let scale = chalk.height;
        let height = scale.height_of_loss(focus.loss);
        let slope = match chalk.is_tower(height) {
            true => 0.0,
            false => scale.slope_at(focus.loss),
        };
        Self {
            world: chalk
                .placement
                .world_per_parameter()
                .to_array()
                .map(f64::from),
            world_height: f64::from(chalk.placement.box_height()) / (scale.high - scale.low),
            height: height.clamp(scale.low, scale.high),
            lean: focus.local.gradient.map(|part| slope * part),
            chalk,
            focus,
        }
    }

    fn spot(&self) -> Spot {
        let [a, b] = self.focus.local.place;
        [a as f32, b as f32, self.height as f32]
    }

    /// The spot of the tangent plane that lies `along` from the focus, in plane coordinates.
    fn on_tangent(&self, along: [f64; 2]) -> Spot {
        let [a, b] = self.focus.local.place;
        let rise = self.lean[0] * along[0] + self.lean[1] * along[1];
        [
            (a + along[0]) as f32,
            (b + along[1]) as f32,
            (self.height + rise) as f32,
        ]
    }

    /// How long a world unit along a direction of the plane is on the tangent plane.
    fn stretch(&self, along: [f64; 2]) -> f64 {
        let length = (along[0] * self.world[0]).hypot(along[1] * self.world[1]);
        let rise = (self.lean[0] * along[0] + self.lean[1] * along[1]) * self.world_height;
        match length > 0.0 {
            true => (rise / length).hypot(1.0),
            false => 1.0,
        }
    }

    fn axis(&self, axis: usize, length: f64) -> [f64; 2] {
        let mut along = [0.0; 2];
        along[axis] = length;
        along
    }

    fn slope_in_words(&self, axis: usize) -> String {
        let name = self.chalk.names[axis];
        format!("∂f/∂{name} = {}", figures(self.focus.local.gradient[axis]))
    }

    fn add_slices(&self, sketch: &mut Sketch) {
        let inks = self.chalk.inks.along;
        if self.is_curve() {
            self.add_tangent_line(sketch, 0);
            return;
        }
        let [a, b, _] = self.spot();
        sketch.slices = Some(Slices {
            place: [a, b],
            inks,
            opacity: 1.0,
        });
        let domain = self.chalk.plane.domain.map(|range| range.map(|x| x as f32));
        let [floor, lid] = [self.chalk.height.low, self.chalk.height.high].map(|h| h as f32);
        for axis in 0..2 {
            let [low, high] = domain[axis].map(|end| match axis {
                0 => [end, b],
                _ => [a, end],
            });
            let up = |[a, b]: [f32; 2], height| [a, b, height];
            sketch.patches.push(Patch {
                corners: [up(low, floor), up(high, floor), up(high, lid), up(low, lid)],
                ink: inks[axis],
                opacity: 0.09,
                line_opacity: 0.5,
                parts: 1,
                touches: false,
            });
            self.add_tangent_line(sketch, axis);
        }
    }

    /// The tangent along a coordinate, with the slope.
    fn add_tangent_line(&self, sketch: &mut Sketch, axis: usize) {
        let unit = self.axis(axis, 1.0);
        let half = HALF_TANGENT / self.world[axis] / self.stretch(unit);
        let ends = [-half, half].map(|length| self.on_tangent(self.axis(axis, length)));
        let ink = self.chalk.inks.along[axis];
        let line = Arrow {
            width_pt: 3.4,
            ..Arrow::line(Ground::Surface, ends[0], ends[1], ink)
        };
        sketch.arrows.push(line.labelled(self.slope_in_words(axis)));
    }

    fn is_curve(&self) -> bool {
        self.chalk.plane.is_line()
    }

    fn add_tangent(&self, sketch: &mut Sketch) {
        if self.is_curve() {
            // The slice's tangent is the curve's own.
            if !self.chalk.shows(Mark::Slices) {
                self.add_tangent_line(sketch, 0);
            }
            return;
        }
        let steepest = self.stretch(self.uphill());
        let half = |axis: usize| HALF_PATCH / self.world[axis] / steepest;
        let (a, b) = (half(0), half(1));
        let corners = [[-a, -b], [a, -b], [a, b], [-a, b]];
        sketch.patches.push(Patch {
            corners: corners.map(|along| self.on_tangent(along)),
            ink: self.chalk.inks.tangent,
            opacity: 0.3,
            line_opacity: 0.9,
            parts: 4,
            touches: true,
        });
    }

    /// From the point on the surface down to the same point on the floor's map.
    fn add_plumb_line(&self, sketch: &mut Sketch) {
        if !(self.chalk.show.floor && self.shows_surface()) {
            return;
        }
        let scale = self.chalk.height;
        let placement = self.chalk.placement;
        let ground = f64::from(placement.floor_z() / placement.box_height() + 0.5)
            * (scale.high - scale.low)
            + scale.low;
        let [a, b, _] = self.spot();
        let foot = [a, b, ground as f32];
        sketch.arrows.push(Arrow {
            opacity: 0.6,
            width_pt: 1.6,
            dashed: true,
            ..Arrow::line(Ground::Surface, self.spot(), foot, self.chalk.inks.quiet)
        });
    }

    fn shows_surface(&self) -> bool {
        self.chalk.show.surface != SurfaceStyle::None
    }

    /// The direction of steepest rise in plane coordinates, as long as the gradient.
    fn uphill(&self) -> [f64; 2] {
        self.chalk.plane.uphill(self.focus.local.gradient)
    }

    /// The gradient, its components and its opposite, on one scale.
    fn add_slopes(&self, sketch: &mut Sketch) {
        let uphill = self.uphill();
        let scale = self.slope_scale(uphill);
        let [a, b] = uphill.map(|part| part * scale);
        let inks = self.chalk.inks;
        let is_curve = self.is_curve();
        let spoken_for =
            self.chalk.shows(Mark::Slices) || is_curve && self.chalk.shows(Mark::Tangent);
        if self.chalk.shows(Mark::Components) && !is_curve {
            for (axis, along) in [[a, 0.0], [0.0, b]].into_iter().enumerate() {
                let label = match spoken_for {
                    true => String::new(),
                    false => self.slope_in_words(axis),
                };
                self.add_tangent_arrow(sketch, along, inks.along[axis], label);
            }
        }
        if self.chalk.shows(Mark::Opposite) {
            self.add_tangent_arrow(sketch, [-a, -b], inks.opposite, "−∇f".to_owned());
        }
        if self.chalk.shows(Mark::Gradient) {
            let [x, y] = self.focus.local.gradient.map(figures);
            let label = match spoken_for || self.chalk.shows(Mark::Components) && !is_curve {
                true => "∇f".to_owned(),
                false if is_curve => self.slope_in_words(0),
                false => format!("∇f = ({x}, {y})"),
            };
            self.add_tangent_arrow(sketch, [a, b], inks.gradient, label);
        }
    }

    /// Units of the plane's coordinates per unit of slope. Unless the scene says how long, a usual
    /// slope has 0.7 of the longest arrow and a steeper one more, yet never more than the whole.
    fn slope_scale(&self, uphill: [f64; 2]) -> f64 {
        if let Some(scale) = self.chalk.show.gradient_scale {
            return scale;
        }
        let length = (uphill[0] * self.world[0]).hypot(uphill[1] * self.world[1]);
        if length == 0.0 || !length.is_finite() {
            return 0.0;
        }
        let [a, b] = self.focus.local.gradient;
        let slope = (a / self.world[0]).hypot(b / self.world[1]);
        let wanted = LONGEST_ARROW * (slope / (slope + self.chalk.usual_slope)).sqrt();
        wanted.min(LONGEST_ON_SURFACE / self.stretch(uphill)) / length
    }

    /// An arrow along the tangent plane, and flat on the floor.
    fn add_tangent_arrow(&self, sketch: &mut Sketch, along: [f64; 2], ink: Ink, label: String) {
        self.add_arrow(sketch, self.on_tangent(along), ink, label);
    }

    fn add_arrow(&self, sketch: &mut Sketch, tip: Spot, ink: Ink, label: String) {
        if !tip.iter().all(|part| part.is_finite()) {
            return;
        }
        let floor = Arrow::new(Ground::Floor, self.spot(), tip, ink);
        if self.chalk.show.floor {
            sketch.arrows.push(match self.shows_surface() {
                true => floor,
                false => floor.labelled(label.clone()),
            });
        }
        if self.shows_surface() {
            let arrow = Arrow::new(Ground::Surface, self.spot(), tip, ink);
            sketch.arrows.push(arrow.labelled(label));
        }
    }

    /// The next step and the part of it that the past would take alone, at their own length, from
    /// surface to surface.
    fn add_steps(&self, sketch: &mut Sketch, loss_at: &mut dyn FnMut([f64; 2]) -> f64) {
        let Some(position) = &self.focus.position else {
            return;
        };
        let plane = self.chalk.plane;
        let mut tip_at = |place: [f64; 2]| {
            let scale = self.chalk.height;
            let height = scale
                .height_of_loss(loss_at(place))
                .clamp(scale.low, scale.high);
            [place[0] as f32, place[1] as f32, height as f32]
        };
        let inks = self.chalk.inks;
        if let Some(momentum) = &position.momentum
            && self.chalk.shows(Mark::Momentum)
        {
            let end: Vec<f64> = self
                .focus
                .point
                .iter()
                .zip(momentum)
                .map(|(w, m)| w + m)
                .collect();
            let tip = tip_at(plane.foot_of(&end).place);
            self.add_arrow(sketch, tip, inks.momentum, "momentum".to_owned());
        }
        if let Some(next) = &position.next
            && self.chalk.shows(Mark::Step)
        {
            let tip = tip_at(plane.foot_of(next).place);
            self.add_arrow(sketch, tip, self.chalk.team_ink, "step".to_owned());
        }
    }
}
