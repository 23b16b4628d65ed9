//! The course of a scene over time: pure functions of a moment, so that any
//! frame can be made alone.

use std::ops::Range;

use toml::{Table, Value};

use super::Scene;
use super::camera::{mix, smoothstep};
use super::grammar::read_scene;
use super::layout::LayoutMix;
use super::patch::{assign, leave_loss, leaves, value_at};
use super::places::Places;
use super::words::{Layout, Word};

/// A knob that no stop has turned yet stands where it stood: its turn begins at 0.
const TURN: &str = "show.turn.";

const STEPS_PER_SECOND: &str = "time.steps_per_second";
const LAYOUT: &str = "show.layout";

/// Keys of numbers that switch at a stop's beginning: nothing lies between their values.
const SWITCHED: [&str; 2] = [STEPS_PER_SECOND, "show.follow"];

impl Scene {
    /// Keeps the table that was read from a file, where `other` names the same one.
    fn take_table_of(&mut self, other: &Self) {
        if let (Some(data), Some(known)) = (&mut self.loss.data, &other.loss.data)
            && data.source == known.source
        {
            data.table.clone_from(&known.table);
        }
    }

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
    end_seconds: f64,
    ease_seconds: f64,
    step: Option<u32>,
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
                end_seconds: begin_seconds + stop.seconds,
                ease_seconds: stop.ease,
                step: stop.step,
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
    /// second over time. The last `time.hold` seconds take none. A stop with a
    /// `step` begins there, so the number may fall from one stop to the next;
    /// within a stop it never does.
    pub fn steps_at(&self, seconds: f64) -> u64 {
        self.steps_by(seconds).0
    }

    /// The most steps that the race comes to.
    pub fn total_steps(&self) -> u64 {
        self.steps_by(self.seconds).1
    }

    /// Steps taken by a moment, and the most by then.
    fn steps_by(&self, seconds: f64) -> (u64, u64) {
        let mut pace = self.scene.time.steps_per_second;
        let (mut since, mut steps, mut most) = (0.0, 0.0, 0);
        for stop in self
            .stops
            .iter()
            .filter(|stop| stop.begin_seconds <= seconds)
        {
            steps += pace * self.racing_seconds(since, stop.begin_seconds);
            most = most.max(whole(steps));
            pace = stop.pace().unwrap_or(pace);
            steps = stop.step.map_or(steps, f64::from);
            since = stop.begin_seconds;
        }
        steps += pace * self.racing_seconds(since, seconds);
        (whole(steps), most.max(whole(steps)))
    }

    /// How long steps are taken between two moments.
    fn racing_seconds(&self, from: f64, to: f64) -> f64 {
        let end = self.seconds - self.scene.time.hold;
        (to.min(end) - from.min(end)).max(0.0)
    }

    /// How many stops there are.
    pub fn stop_count(&self) -> usize {
        self.stops.len()
    }

    /// The stop at a moment, from 0; the last one's after the end. `None` without
    /// stops.
    pub fn stop_at(&self, seconds: f64) -> Option<usize> {
        self.stops
            .iter()
            .rposition(|stop| stop.begin_seconds <= seconds)
    }

    /// When a stop begins and ends, in seconds.
    ///
    /// # Panics
    /// A number that is not below [`Timeline::stop_count`].
    pub fn stop_seconds(&self, stop: usize) -> Range<f64> {
        let stop = &self.stops[stop];
        stop.begin_seconds..stop.end_seconds
    }

    /// The last frame of a stop: all that eases has come to its rest.
    ///
    /// # Panics
    /// As [`Timeline::stop_seconds`].
    pub fn last_frame_of_stop(&self, stop: usize) -> u64 {
        let Range { start, end } = self.stop_seconds(stop);
        let fps = f64::from(self.scene.film.fps);
        // The frame before the first that the next stop has, yet none before its own first.
        let next = (end * fps - 1e-6).ceil() as u64;
        let first = (start * fps - 1e-6).ceil() as u64;
        next.saturating_sub(1).max(first).min(self.frames() - 1)
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
        scene.take_table_of(&self.scene);
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
}

/// Whole steps: a moment k / fps is a rounded number, and k steps must not become k - 1.
fn whole(steps: f64) -> u64 {
    (steps * (1.0 + 1e-12) + 1e-9).floor() as u64
}

impl StopPatch {
    /// Steps a second from the stop on, where it sets them.
    fn pace(&self) -> Option<f64> {
        let mut values = self.values.iter();
        let (_, value) = values.find(|(path, _)| path == STEPS_PER_SECOND)?;
        as_number(value)
    }

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
        leave_loss(table, &self.values);
        self.values.iter().all(|(path, to)| {
            let unturned = Value::Float(0.0);
            let from = value_at(table, path)
                .or(path.starts_with(TURN).then_some(&unturned))
                .filter(|_| !SWITCHED.contains(&path.as_str()));
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
