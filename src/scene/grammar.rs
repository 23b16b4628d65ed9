//! The grammar of a scene: which keys there are, and what each may be.

use std::collections::BTreeMap;

use toml::{Table, Value};

use super::camera::{CameraKey, CameraSettings};
use super::error::SceneError;
use super::nearest::nearest;
use super::parts::{
    Color, Converged, DataSource, EndSettings, FieldSettings, FilmSettings, HeightScale,
    HeightSettings, Hyper, LossData, LossSettings, LossSource, Method, Plane, Samples,
    ShowSettings, Stop, Team, TimeSettings,
};
use super::places::{Places, join};
use super::read::{POSITIVE, Read, Reader, Spot, above_zero_to, integer_in, one_of};
use super::start::{Sigma, Start};
use super::words::Ease;
use super::{LONGEST_SECONDS, Scene};

/// Most parameters that a loss can have.
const MOST_PARAMETERS: usize = 16;
/// Most start points of one team.
const MOST_STARTS: u32 = 1 << 22;

/// Reads a scene; the patches of its stops are not tried.
pub(super) fn read_scene(table: &Table, places: &Places) -> Result<Scene, SceneError> {
    let mut t = Reader::root(table, places);
    let default = Scene::default();
    let scene = Scene {
        title: t.get("title")?,
        seed: t.integer("seed", 0..=u32::MAX)?.unwrap_or(default.seed),
        loss: read_loss(t.table("loss")?)?,
        field: read_field(t.table("field")?)?,
        height: read_height(t.table("height")?)?,
        teams: t
            .tables("team")?
            .into_iter()
            .map(read_team)
            .collect::<Result<_, _>>()?,
        ends: read_ends(t.table("ends")?)?,
        time: read_time(t.table("time")?)?,
        camera: read_camera(t.table("camera")?)?,
        show: read_show(t.table("show")?)?,
        film: read_film(t.table("film")?)?,
        stops: t
            .tables("stop")?
            .into_iter()
            .map(read_stop)
            .collect::<Result<_, _>>()?,
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

fn read_loss(mut t: Reader<'_>) -> Result<LossSettings, SceneError> {
    let default = LossSettings::default();
    let source = match (t.get("name")?, t.get("formula")?) {
        (Some(_), Some(_)) => return Err(t.error("`loss` takes `name` or `formula`, not both")),
        (Some(name), None) => LossSource::Name(name),
        (None, Some(formula)) => LossSource::Formula(formula),
        (None, None) => default.source,
    };
    let loss = LossSettings {
        source,
        parameters: read_parameters(&mut t)?,
        domain: read_domain(&mut t)?,
        plane: t.optional_table("plane")?.map(read_plane).transpose()?,
        at: t.get("at")?,
        data: t.optional_table("data")?.map(read_data).transpose()?,
    };
    check_parameter_names(&loss, &t)?;
    t.finish()?;
    Ok(loss)
}

fn read_parameters(t: &mut Reader<'_>) -> Result<Option<Vec<String>>, SceneError> {
    let Some(names) = t.get::<Vec<String>>("parameters")? else {
        return Ok(None);
    };
    let spot = t.spot("parameters");
    if names.is_empty() || names.len() > MOST_PARAMETERS {
        let count = names.len();
        return Err(spot.error(format!(
            "`loss.parameters` has {count} names: expected 1 to {MOST_PARAMETERS}"
        )));
    }
    for (index, name) in names.iter().enumerate() {
        if !is_identifier(name) {
            return Err(spot.error(format!(
                "`loss.parameters` has \"{name}\": expected a letter, then letters, digits or _"
            )));
        }
        if names[..index].contains(name) {
            return Err(spot.error(format!("`loss.parameters` has \"{name}\" twice")));
        }
    }
    Ok(Some(names))
}

fn is_identifier(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_alphabetic())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

fn read_domain(t: &mut Reader<'_>) -> Result<Option<BTreeMap<String, [f64; 2]>>, SceneError> {
    let domain = t.get::<BTreeMap<String, [f64; 2]>>("domain")?;
    for (name, [low, high]) in domain.iter().flatten() {
        // The GPU computes in f32: the ends must differ there too.
        let (low32, high32) = (*low as f32, *high as f32);
        if !(low32 < high32 && low32.is_finite() && high32.is_finite()) {
            let spot = t.spot(&join("domain", name));
            return Err(spot.error(format!(
                "`loss.domain.{name}` = [{low}, {high}]: expected [low, high] with low < high"
            )));
        }
    }
    Ok(domain)
}

/// Names that stand beside declared parameters must be among them.
fn check_parameter_names(loss: &LossSettings, t: &Reader<'_>) -> Result<(), SceneError> {
    let Some(parameters) = &loss.parameters else {
        return Ok(());
    };
    let domain = loss
        .domain
        .iter()
        .flat_map(BTreeMap::keys)
        .map(|name| ("domain", name));
    let at = loss
        .at
        .iter()
        .flat_map(BTreeMap::keys)
        .map(|name| ("at", name));
    for (key, name) in domain.chain(at) {
        if !parameters.contains(name) {
            let near = nearest(name, parameters.iter().map(String::as_str)).unwrap_or_default();
            let message =
                format!("`loss.{key}.{name}` is no parameter; the nearest is `loss.{key}.{near}`");
            return Err(t.spot(&join(key, name)).error(message));
        }
    }
    Ok(())
}

fn read_plane(mut t: Reader<'_>) -> Result<Plane, SceneError> {
    let directions = ["origin", "u", "v"].iter().any(|key| t.has(key));
    let plane = if directions {
        Plane::Directions {
            origin: t.need("origin")?,
            u: t.need("u")?,
            v: t.need("v")?,
        }
    } else {
        Plane::Axes {
            axes: t.need("axes")?,
            at: t.get("at")?.unwrap_or_default(),
        }
    };
    if let Plane::Directions { origin, u, v } = &plane
        && (u.len() != origin.len() || v.len() != origin.len())
    {
        return Err(t.error("`loss.plane` needs `origin`, `u` and `v` of one length"));
    }
    t.finish()?;
    Ok(plane)
}

fn read_data(mut t: Reader<'_>) -> Result<LossData, SceneError> {
    let source = match (t.get("file")?, t.get::<Vec<Vec<f64>>>("rows")?) {
        (Some(file), None) => DataSource::File { file },
        (None, Some(rows)) => {
            let columns: Vec<String> = t.need("columns")?;
            check_rows(&rows, columns.len(), &t)?;
            DataSource::Rows { rows, columns }
        }
        _ => return Err(t.error("`loss.data` takes `file`, or `rows` with `columns`")),
    };
    let data = LossData {
        source,
        model: t.get("model")?,
        batch: t.integer("batch", 1..=u32::MAX)?,
    };
    t.finish()?;
    Ok(data)
}

fn check_rows(rows: &[Vec<f64>], columns: usize, t: &Reader<'_>) -> Result<(), SceneError> {
    if rows.is_empty() || columns == 0 {
        return Err(t.error("`loss.data` needs at least one row and one column"));
    }
    match rows.iter().position(|row| row.len() != columns) {
        None => Ok(()),
        Some(row) => Err(t.spot(&format!("rows.{row}")).error(format!(
            "`loss.data.rows.{row}` has {} numbers: expected one for each of {columns} columns",
            rows[row].len()
        ))),
    }
}

fn read_field(mut t: Reader<'_>) -> Result<FieldSettings, SceneError> {
    let size = t.integer("size", 2..=4096)?;
    t.finish()?;
    Ok(FieldSettings {
        size: size.unwrap_or(FieldSettings::default().size),
    })
}

fn read_height(mut t: Reader<'_>) -> Result<HeightSettings, SceneError> {
    let default = HeightSettings::default();
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

fn read_team(mut t: Reader<'_>) -> Result<Team, SceneError> {
    let method = match (t.get("optimizer")?, t.get("rule")?) {
        (Some(name), None) => Method::Optimizer(name),
        (None, Some(rule)) => Method::Rule(rule),
        _ => {
            let message = format!("`{}` takes `optimizer` or `rule`, one of them", t.path());
            return Err(t.error(message));
        }
    };
    let team = Team {
        label: t.get("label")?,
        set: t.get("set")?.unwrap_or_default(),
        start: t
            .optional_table("start")?
            .map_or_else(|| Ok(Start::default()), read_start)?,
        color: t.get("color")?,
        tune: t.get("tune")?,
        visible: t.get("visible")?.unwrap_or(true),
        method,
    };
    t.finish()?;
    Ok(team)
}

impl Read for Hyper {
    fn read(value: &Value, spot: &Spot<'_>) -> Result<Self, SceneError> {
        match value {
            Value::String(formula) => Ok(Self::Formula(formula.clone())),
            _ => f64::read(value, spot)
                .map(Self::Number)
                .map_err(|_| spot.wrong(value, "a number, or a formula of t in quotes")),
        }
    }
}

impl Read for Color {
    fn read(value: &Value, spot: &Spot<'_>) -> Result<Self, SceneError> {
        value
            .as_str()
            .and_then(|text| text.strip_prefix('#'))
            .filter(|digits| digits.len() == 6 && digits.chars().all(|c| c.is_ascii_hexdigit()))
            .and_then(|digits| u32::from_str_radix(digits, 16).ok())
            .map(|rgb| Self([(rgb >> 16) as u8, (rgb >> 8) as u8, rgb as u8]))
            .ok_or_else(|| spot.wrong(value, "a colour such as \"#e69f00\""))
    }
}

fn read_start(mut t: Reader<'_>) -> Result<Start, SceneError> {
    const PATTERNS: [&str; 5] = ["uniform", "normal", "grid", "ring", "line"];
    let count = |t: &mut Reader<'_>, key| {
        let count = t.integer(key, 1..=MOST_STARTS)?;
        Ok(count.expect("the key that names the pattern is there"))
    };
    let given: Vec<&str> = PATTERNS.into_iter().filter(|key| t.has(key)).collect();
    let start = match given[..] {
        ["uniform"] => Start::Uniform {
            uniform: count(&mut t, "uniform")?,
        },
        ["normal"] => Start::Normal {
            normal: count(&mut t, "normal")?,
            at: t.get("at")?,
            sigma: t.get("sigma")?.unwrap_or(Sigma::All(1.0)),
        },
        ["grid"] => read_grid(&mut t)?,
        ["ring"] => Start::Ring {
            ring: count(&mut t, "ring")?,
            radius: t
                .number("radius", POSITIVE)?
                .ok_or_else(|| t.missing("radius"))?,
            at: t.get("at")?,
        },
        ["line"] => Start::Line {
            line: count(&mut t, "line")?,
            from: t.need("from")?,
            to: t.need("to")?,
        },
        [] if t.has("at") => read_points(&mut t)?,
        _ => return Err(no_pattern(&t, &PATTERNS)),
    };
    t.finish()?;
    Ok(start)
}

fn no_pattern(t: &Reader<'_>, patterns: &[&str]) -> SceneError {
    let words = one_of(&[&["at"], patterns].concat());
    let near = t
        .first_key()
        .filter(|key| !patterns.contains(key))
        .and_then(|key| nearest(key, patterns.iter().copied().chain(["at"])))
        .map_or_else(String::new, |near| format!("; the nearest is `{near}`"));
    t.error(format!("`{}` takes one pattern: {words}{near}", t.path()))
}

fn read_points(t: &mut Reader<'_>) -> Result<Start, SceneError> {
    let at: Vec<Vec<f64>> = t.need("at")?;
    if at.is_empty() {
        return Err(t
            .spot("at")
            .error(format!("`{}.at` has no point", t.path())));
    }
    Ok(Start::At { at })
}

fn read_grid(t: &mut Reader<'_>) -> Result<Start, SceneError> {
    let grid: Vec<Cells> = t.need("grid")?;
    let grid: Vec<u32> = grid.into_iter().map(|cells| cells.0).collect();
    let total = grid
        .iter()
        .try_fold(1_u32, |total, cells| total.checked_mul(*cells));
    if grid.is_empty() || total.is_none_or(|total| total > MOST_STARTS) {
        let message = format!(
            "`{}.grid` = {grid:?}: expected one count a parameter, {MOST_STARTS} points at most",
            t.path()
        );
        return Err(t.spot("grid").error(message));
    }
    Ok(Start::Grid { grid })
}

/// A count of a grid's cells.
struct Cells(u32);

impl Read for Cells {
    fn read(value: &Value, spot: &Spot<'_>) -> Result<Self, SceneError> {
        integer_in(value, &(1..=MOST_STARTS), spot).map(Self)
    }
}

impl Read for Sigma {
    fn read(value: &Value, spot: &Spot<'_>) -> Result<Self, SceneError> {
        let wrong = || spot.wrong(value, "a number, 0 or more, or a list of them");
        let sigma = match value {
            Value::Array(_) => Vec::read(value, spot).map(Self::Each),
            _ => f64::read(value, spot).map(Self::All),
        }
        .map_err(|_| wrong())?;
        let negative = match &sigma {
            Self::All(sigma) => *sigma < 0.0,
            Self::Each(sigmas) => sigmas.iter().any(|sigma| *sigma < 0.0),
        };
        if negative { Err(wrong()) } else { Ok(sigma) }
    }
}

fn read_ends(mut t: Reader<'_>) -> Result<EndSettings, SceneError> {
    let converged = |mut t: Reader<'_>| {
        let gradient = t.number("gradient", POSITIVE)?;
        let gradient = gradient.ok_or_else(|| t.missing("gradient"))?;
        t.finish()?;
        Ok(Converged { gradient })
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

fn read_camera(mut t: Reader<'_>) -> Result<CameraSettings, SceneError> {
    let default = CameraSettings::default();
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

fn read_show(mut t: Reader<'_>) -> Result<ShowSettings, SceneError> {
    let default = ShowSettings::default();
    let show = ShowSettings {
        layout: t.get("layout")?.unwrap_or(default.layout),
        surface: t.get("surface")?.unwrap_or(default.surface),
        contours: t.integer("contours", 0..=256)?.unwrap_or(default.contours),
        floor: t.get("floor")?.unwrap_or(default.floor),
        trails: t.get("trails")?.unwrap_or(default.trails),
        trail_points: t
            .integer("trail_points", 2..=65_536)?
            .unwrap_or(default.trail_points),
        heads: t.get("heads")?.unwrap_or(default.heads),
        marks: t.get("marks")?.unwrap_or(default.marks),
        axes: t.get("axes")?.unwrap_or(default.axes),
        legend: t.get("legend")?.unwrap_or(default.legend),
        standings: t.get("standings")?.unwrap_or(default.standings),
        curves: t.get("curves")?.unwrap_or(default.curves),
        colormap: t.get("colormap")?.unwrap_or(default.colormap),
        theme: t.get("theme")?.unwrap_or(default.theme),
        text_scale: t
            .number("text_scale", 0.1..=10.0)?
            .unwrap_or(default.text_scale),
    };
    t.finish()?;
    Ok(show)
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
            Value::Integer(count @ (1 | 2 | 4 | 8 | 16)) => Ok(Self::Count(*count as u32)),
            _ => Err(spot.wrong(value, "\"auto\", 1, 2, 4, 8 or 16")),
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
        set: t.get("set")?.unwrap_or(default.set),
    };
    t.finish()?;
    Ok(stop)
}
