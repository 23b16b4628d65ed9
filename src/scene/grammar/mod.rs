//! The grammar of a scene: which keys there are, and what each may be.

mod loss;
mod team;

use toml::{Table, Value};

use super::camera::{CameraKey, CameraSettings};
use super::error::SceneError;
use super::nearest::nearest;
use super::parts::{
    ALL_STATEMENTS, Converged, EndSettings, FieldSettings, FilmSettings, HeightScale,
    HeightSettings, Samples, ShowSettings, Stop, TimeSettings,
};
use super::places::{Places, join};
use super::read::{POSITIVE, Read, Reader, Spot, above_zero_to, integer_in, number_in};
use super::words::Ease;
use super::{LONGEST_SECONDS, Scene};
use loss::read_loss;
use team::read_team;

/// Reads a scene; the patches of its stops are not tried.
pub(super) fn read_scene(table: &Table, places: &Places) -> Result<Scene, SceneError> {
    let mut t = Reader::root(table, places);
    let default = Scene::on(read_loss(t.table("loss")?)?);
    let scene = Scene {
        title: t.get("title")?,
        seed: t.integer("seed", 0..=u32::MAX)?.unwrap_or(default.seed),
        field: read_field(t.table("field")?)?,
        height: read_height(t.table("height")?, default.height)?,
        teams: t
            .tables("team")?
            .into_iter()
            .map(read_team)
            .collect::<Result<_, _>>()?,
        ends: read_ends(t.table("ends")?)?,
        time: read_time(t.table("time")?)?,
        camera: read_camera(t.table("camera")?, &default.camera)?,
        show: read_show(t.table("show")?, default.show)?,
        film: read_film(t.table("film")?)?,
        stops: t
            .tables("stop")?
            .into_iter()
            .map(read_stop)
            .collect::<Result<_, _>>()?,
        loss: default.loss,
    };
    check_length(&scene, &t)?;
    t.finish()?;
    Ok(scene)
}

/// The path of the default scene's only key of this name.
pub(super) fn path_of_key(name: &str) -> Option<String> {
    let table = Scene::default().to_table();
    let mut paths = table.iter().filter_map(|(section, value)| {
        let has = value.as_table().is_some_and(|keys| keys.contains_key(name));
        has.then(|| join(section, name))
    });
    paths.next().filter(|_| paths.next().is_none())
}

fn check_length(scene: &Scene, t: &Reader<'_>) -> Result<(), SceneError> {
    let seconds = scene.seconds();
    if seconds > LONGEST_SECONDS {
        let message = format!("the stops last {seconds} seconds; at most {LONGEST_SECONDS} fit");
        return Err(t.spot("stop").error(message));
    }
    if scene.time.hold > seconds {
        let message = format!(
            "`time.hold` = {}: expected at most the film's {seconds} seconds",
            scene.time.hold
        );
        return Err(t.spot("time.hold").error(message));
    }
    Ok(())
}

fn read_field(mut t: Reader<'_>) -> Result<FieldSettings, SceneError> {
    let size = t.integer("size", 2..=4096)?;
    t.finish()?;
    Ok(FieldSettings {
        size: size.unwrap_or(FieldSettings::default().size),
    })
}

fn read_height(mut t: Reader<'_>, default: HeightSettings) -> Result<HeightSettings, SceneError> {
    let height = HeightSettings {
        scale: t.get("scale")?.unwrap_or(default.scale),
        unit: t.number("unit", POSITIVE)?,
        clip: t
            .number("clip", above_zero_to(1.0))?
            .unwrap_or(default.clip),
    };
    t.finish()?;
    Ok(height)
}

impl Read for HeightScale {
    fn read(value: &Value, spot: &Spot<'_>) -> Result<Self, SceneError> {
        match value.as_str() {
            Some("linear") => Ok(Self::Linear),
            Some("log") => Ok(Self::Log),
            Some(formula) if mentions_loss(formula) => Ok(Self::Formula(formula.to_owned())),
            Some(word) => {
                let near = nearest(word, ["linear", "log"]).unwrap_or_default();
                let expected = format!("linear, log or a formula of f; the nearest is \"{near}\"");
                Err(spot.wrong(value, expected))
            }
            None => Err(spot.wrong(value, "linear, log or a formula of f")),
        }
    }
}

/// Whether the letter f stands alone in a text.
fn mentions_loss(formula: &str) -> bool {
    formula
        .split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
        .any(|word| word == "f")
}

fn read_ends(mut t: Reader<'_>) -> Result<EndSettings, SceneError> {
    let converged = |mut t: Reader<'_>| {
        let gradient = t.number("gradient", POSITIVE)?;
        let loss = t.number("loss", ..)?;
        let none = t.error("needs a tolerance: { gradient = 1e-6 }, { loss = 1e-6 } or both");
        // A misspelt key is told first.
        t.finish()?;
        match (gradient, loss) {
            (None, None) => Err(none),
            _ => Ok(Converged { gradient, loss }),
        }
    };
    let ends = EndSettings {
        converged: t.optional_table("converged")?.map(converged).transpose()?,
        far: t
            .number("far", POSITIVE)?
            .unwrap_or(EndSettings::default().far),
    };
    t.finish()?;
    Ok(ends)
}

fn read_time(mut t: Reader<'_>) -> Result<TimeSettings, SceneError> {
    let default = TimeSettings::default();
    let seconds = t.number("seconds", above_zero_to(LONGEST_SECONDS))?;
    let pace = t.number("steps_per_second", 0.0..=1e5)?;
    let time = TimeSettings {
        seconds: seconds.unwrap_or(default.seconds),
        steps_per_second: pace.unwrap_or(default.steps_per_second),
        hold: t.number("hold", 0.0..)?.unwrap_or(default.hold),
    };
    t.finish()?;
    Ok(time)
}

fn read_camera(mut t: Reader<'_>, default: &CameraSettings) -> Result<CameraSettings, SceneError> {
    let pose = read_pose(&mut t)?;
    let mut keys: Vec<CameraKey> = t
        .tables("key")?
        .into_iter()
        .map(read_camera_key)
        .collect::<Result<_, _>>()?;
    keys.sort_by(|a, b| a.at_seconds.total_cmp(&b.at_seconds));
    t.finish()?;
    Ok(CameraSettings {
        azimuth_deg: pose.azimuth_deg.unwrap_or(default.azimuth_deg),
        elevation_deg: pose.elevation_deg.unwrap_or(default.elevation_deg),
        distance: pose.distance.unwrap_or(default.distance),
        target: pose.target.unwrap_or(default.target),
        fov_deg: pose.fov_deg.unwrap_or(default.fov_deg),
        projection: pose.projection.unwrap_or(default.projection),
        turns: pose.turns.unwrap_or(default.turns),
        keys,
    })
}

fn read_camera_key(mut t: Reader<'_>) -> Result<CameraKey, SceneError> {
    let pose = read_pose(&mut t)?;
    let at_seconds = t.number("at", 0.0..)?.ok_or_else(|| t.missing("at"))?;
    let ease = t.get("ease")?.unwrap_or(Ease::Smooth);
    t.finish()?;
    Ok(CameraKey {
        at_seconds,
        ease,
        ..pose
    })
}

/// The properties that `[camera]` and its keys share.
fn read_pose(t: &mut Reader<'_>) -> Result<CameraKey, SceneError> {
    Ok(CameraKey {
        at_seconds: 0.0,
        ease: Ease::Smooth,
        azimuth_deg: t.get("azimuth")?,
        elevation_deg: t.number("elevation", -90.0..=90.0)?,
        distance: t.number("distance", POSITIVE)?,
        target: t.get("target")?,
        fov_deg: t.number("fov", 1.0..=150.0)?,
        projection: t.get("projection")?,
        turns: t.get("turns")?,
    })
}

fn read_show(mut t: Reader<'_>, default: ShowSettings) -> Result<ShowSettings, SceneError> {
    let show = ShowSettings {
        layout: t.get("layout")?.unwrap_or(default.layout),
        surface: t.get("surface")?.unwrap_or(default.surface),
        contours: t.integer("contours", 0..=256)?.unwrap_or(default.contours),
        arrows: t.integer("arrows", 0..=64)?.unwrap_or(default.arrows),
        floor: t.get("floor")?.unwrap_or(default.floor),
        floor_trails: t.get("floor_trails")?.unwrap_or(default.floor_trails),
        trails: t.get("trails")?.unwrap_or(default.trails),
        trail_points: t
            .integer("trail_points", 2..=65_536)?
            .unwrap_or(default.trail_points),
        fade: t.number("fade", 0.0..=1.0)?.unwrap_or(default.fade),
        glow: t.number("glow", 0.0..=1.0)?.unwrap_or(default.glow),
        behind: t.number("behind", 0.0..=1.0)?.unwrap_or(default.behind),
        heads: t.get("heads")?.unwrap_or(default.heads),
        shapes: t.get("shapes")?.unwrap_or(default.shapes),
        marks: t.get("marks")?.unwrap_or(default.marks),
        follow: t.get::<[Number; 2]>("follow")?.map(|of| of.map(|n| n.0)),
        level: t.get("level")?,
        gradient_scale: t.number("gradient_scale", POSITIVE)?,
        axes: t.get("axes")?.unwrap_or(default.axes),
        legend: t.get("legend")?.unwrap_or(default.legend),
        standings: t.get("standings")?.unwrap_or(default.standings),
        curves: t.get("curves")?.unwrap_or(default.curves),
        colormap: t.get("colormap")?.unwrap_or(default.colormap),
        theme: t.get("theme")?.unwrap_or(default.theme),
        text_scale: t
            .number("text_scale", 0.1..=10.0)?
            .unwrap_or(default.text_scale),
        explain: t
            .get::<Statements>("explain")?
            .map_or(default.explain, |count| count.0),
        machine: t.get("machine")?.unwrap_or(default.machine),
        input: t.get("input")?.unwrap_or(default.input),
        compare: t.get("compare")?.unwrap_or(default.compare),
        turn: t.get("turn")?.unwrap_or(default.turn),
    };
    t.finish()?;
    Ok(show)
}

/// How many statements are explained; `true` stands for all.
struct Statements(f64);

impl Read for Statements {
    fn read(value: &Value, spot: &Spot<'_>) -> Result<Self, SceneError> {
        match value {
            Value::Boolean(true) => Ok(Self(ALL_STATEMENTS)),
            Value::Boolean(false) => Ok(Self(0.0)),
            _ => number_in(value, &(0.0..=ALL_STATEMENTS), spot)
                .map(Self)
                .map_err(|_| spot.wrong(value, "true, false or a number of statements")),
        }
    }
}

fn read_film(mut t: Reader<'_>) -> Result<FilmSettings, SceneError> {
    let default = FilmSettings::default();
    let size: Option<[Pixels; 2]> = t.get("size")?;
    let film = FilmSettings {
        size: size.map_or(default.size, |size| size.map(|pixels| pixels.0)),
        fps: t.integer("fps", 1..=240)?.unwrap_or(default.fps),
        quality: t.integer("quality", 0..=51)?.unwrap_or(default.quality),
        samples: t.get("samples")?.unwrap_or(default.samples),
        looped: t.get("loop")?.unwrap_or(default.looped),
    };
    t.finish()?;
    Ok(film)
}

/// The number of a team, or of a descent in it.
struct Number(u32);

impl Read for Number {
    fn read(value: &Value, spot: &Spot<'_>) -> Result<Self, SceneError> {
        integer_in(value, &(0..=u32::MAX), spot).map(Self)
    }
}

/// A film's width or height.
struct Pixels(u32);

impl Read for Pixels {
    fn read(value: &Value, spot: &Spot<'_>) -> Result<Self, SceneError> {
        integer_in(value, &(1..=16_384), spot).map(Self)
    }
}

impl Read for Samples {
    fn read(value: &Value, spot: &Spot<'_>) -> Result<Self, SceneError> {
        match value {
            Value::String(word) if word == "auto" => Ok(Self::Auto),
            Value::Integer(count @ 1..=64) => Ok(Self::Count(*count as u32)),
            _ => Err(spot.wrong(value, "\"auto\" or a whole number from 1 to 64")),
        }
    }
}

fn read_stop(mut t: Reader<'_>) -> Result<Stop, SceneError> {
    let default = Stop::default();
    let stop = Stop {
        caption: t.get("caption")?,
        seconds: t
            .number("seconds", above_zero_to(LONGEST_SECONDS))?
            .unwrap_or(default.seconds),
        ease: t.number("ease", 0.0..)?.unwrap_or(default.ease),
        step: t.integer("step", 0..=u32::MAX)?,
        set: t.get("set")?.unwrap_or(default.set),
    };
    t.finish()?;
    Ok(stop)
}
