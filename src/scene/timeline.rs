//! The course of a scene over time: pure functions of a moment, so that any
//! frame can be made alone.

use toml::{Table, Value};

use super::Scene;
use super::camera::{mix, smoothstep};
use super::grammar::read_scene;
use super::layout::LayoutMix;
use super::patch::{assign, leaves, value_at};
use super::places::Places;
use super::words::{Layout, Word};

const STEPS_PER_SECOND: &str = "time.steps_per_second";
const LAYOUT: &str = "show.layout";

impl Scene {
    /// The film's length: the sum of the stops' seconds, else `time.seconds`.
    pub fn seconds(&self) -> f64 {
        if self.stops.is_empty() {
            self.time.seconds
        } else {
            self.stops.iter().map(|stop| stop.seconds).sum()
        }
    }
}

/// A scene's frames, steps and stops over time.
#[derive(Debug, Clone)]
pub struct Timeline {
    scene: Scene,
    /// The scene in its grammar, for patches.
    table: Table,
    stops: Vec<StopPatch>,
    seconds: f64,
}

#[derive(Debug, Clone)]
struct StopPatch {
    begin_seconds: f64,
    ease_seconds: f64,
    caption: Option<String>,
    values: Vec<(String, Value)>,
}

impl Timeline {
    /// The timeline of a scene, which it keeps a copy of.
    pub fn new(scene: &Scene) -> Self {
        let mut begin_seconds = 0.0;
        let mut stops = Vec::with_capacity(scene.stops.len());
        for stop in &scene.stops {
            stops.push(StopPatch {
                begin_seconds,
                ease_seconds: stop.ease,
                caption: stop.caption.clone(),
                values: leaves(&stop.set),
            });
            begin_seconds += stop.seconds;
        }
        Self {
            table: scene.to_table(),
            stops,
            seconds: scene.seconds(),
            scene: scene.clone(),
        }
    }

    /// The film's length.
    pub fn seconds(&self) -> f64 {
        self.seconds
    }

    /// Count of the film's frames: seconds x fps, rounded, at least 1.
    pub fn frames(&self) -> u64 {
        self.frame_at(self.seconds).max(1)
    }

    /// The moment of frame k, in seconds: k / fps.
    pub fn time_of_frame(&self, frame: u64) -> f64 {
        frame as f64 / f64::from(self.scene.film.fps)
    }

    /// The frame nearest to a moment: seconds x fps, rounded. Not bound to the
    /// film's end.
    pub fn frame_at(&self, seconds: f64) -> u64 {
        (seconds * f64::from(self.scene.film.fps)).round() as u64
    }

    /// Optimizer steps taken by a moment: the whole part of the sum of steps a
    /// second over time. The last `time.hold` seconds take none.
    pub fn steps_at(&self, seconds: f64) -> u64 {
        let end = seconds.min(self.seconds - self.scene.time.hold);
        let mut steps = 0.0;
        let mut pace = self.scene.time.steps_per_second;
        let mut since = 0.0;
        for (begin, next) in self.paces() {
            if begin >= end {
                break;
            }
            steps += pace * (begin - since);
            (pace, since) = (next, begin);
        }
        steps += pace * (end - since).max(0.0);
        // A moment k / fps is a rounded number: k steps must not become k - 1.
        (steps * (1.0 + 1e-12) + 1e-9).floor() as u64
    }

    /// Steps taken by the film's end.
    pub fn total_steps(&self) -> u64 {
        self.steps_at(self.seconds)
    }

    /// The caption of the stop at a moment; the last stop's after the end.
    pub fn caption_at(&self, seconds: f64) -> Option<&str> {
        let stop = self
            .stops
            .iter()
            .rfind(|stop| stop.begin_seconds <= seconds)?;
        stop.caption.as_deref()
    }

    /// Whether any stop has a caption.
    pub fn has_captions(&self) -> bool {
        let mut captions = self.stops.iter().filter_map(|stop| stop.caption.as_ref());
        captions.any(|caption| !caption.is_empty())
    }

    /// The scene at a moment: the patches of the stops begun so far, one on top
    /// of the other. Numbers, and lists of as many numbers as before, ease in
    /// from the value before; other values, steps a second among them, switch at
    /// the stop's beginning.
    ///
    /// A patch that no longer fits a scene edited since it was read is left out.
    pub fn scene_at(&self, seconds: f64) -> Scene {
        let mut table = self.table.clone();
        let mut scene = self.scene.clone();
        for stop in self
            .stops
            .iter()
            .filter(|stop| stop.begin_seconds <= seconds)
        {
            let mut patched = table.clone();
            let fits = stop.lay_over(&mut patched, seconds);
            if let Some(read) = fits
                .then(|| read_scene(&patched, &Places::default()).ok())
                .flatten()
            {
                (table, scene) = (patched, read);
            }
        }
        scene
    }

    /// The layout at a moment: a stop that sets `show.layout` eases from the one before it.
    pub fn layout_at(&self, seconds: f64) -> LayoutMix {
        let mut mix = LayoutMix::from(self.scene.show.layout);
        for stop in self
            .stops
            .iter()
            .filter(|stop| stop.begin_seconds <= seconds)
        {
            let mut values = stop.values.iter();
            let layout = values.find(|(path, _)| path == LAYOUT);
            let word = layout.and_then(|(_, value)| value.as_str());
            let known = Layout::WORDS.iter().find(|(name, _)| word == Some(*name));
            if let Some((_, layout)) = known {
                mix = mix.towards(*layout, stop.along(seconds));
            }
        }
        mix
    }

    /// (moment, steps a second from then on) of the stops that set it.
    fn paces(&self) -> impl Iterator<Item = (f64, f64)> {
        self.stops.iter().filter_map(|stop| {
            let (_, value) = stop
                .values
                .iter()
                .find(|(path, _)| path == STEPS_PER_SECOND)?;
            Some((stop.begin_seconds, as_number(value)?))
        })
    }
}

impl StopPatch {
    /// How far its values have eased in, 0 to 1.
    fn along(&self, seconds: f64) -> f64 {
        let gone = seconds - self.begin_seconds;
        if gone >= self.ease_seconds {
            1.0
        } else {
            smoothstep(gone / self.ease_seconds)
        }
    }

    /// Lays the stop's values over a scene as far as they have eased in; whether
    /// all have found their key.
    fn lay_over(&self, table: &mut Table, seconds: f64) -> bool {
        let along = self.along(seconds);
        self.values.iter().all(|(path, to)| {
            let from = value_at(table, path).filter(|_| path != STEPS_PER_SECOND);
            let eased = from.and_then(|from| eased(from, to, along));
            assign(table, path, &eased.unwrap_or_else(|| to.clone())).is_ok()
        })
    }
}

/// The value between two numbers, or two lists of as many numbers; `None` for
/// what does not ease. A key of whole numbers keeps them whole.
fn eased(from: &Value, to: &Value, along: f64) -> Option<Value> {
    match (from, to) {
        (Value::Integer(from), Value::Integer(to)) => Some(Value::Integer(
            mix(*from as f64, *to as f64, along).round() as i64,
        )),
        (Value::Float(from), _) => Some(Value::Float(mix(*from, as_number(to)?, along))),
        (Value::Array(from), Value::Array(to)) if from.len() == to.len() => {
            let pairs = from.iter().zip(to);
            pairs
                .map(|(from, to)| eased(from, to, along))
                .collect::<Option<_>>()
                .map(Value::Array)
        }
        _ => None,
    }
}

fn as_number(value: &Value) -> Option<f64> {
    match value {
        Value::Float(number) => Some(*number),
        Value::Integer(number) => Some(*number as f64),
        _ => None,
    }
}
