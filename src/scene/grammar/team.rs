//! `[[team]]` and its start pattern.

use toml::Value;

use crate::scene::error::SceneError;
use crate::scene::nearest::nearest;
use crate::scene::parts::{Color, Hyper, Method, Team};
use crate::scene::read::{POSITIVE, Read, Reader, Spot, integer_in, one_of};
use crate::scene::start::{Sigma, Start};

/// Most start points of one team.
const MOST_STARTS: u32 = 1 << 22;

/// Reads one `[[team]]`.
pub(super) fn read_team(mut t: Reader<'_>) -> Result<Team, SceneError> {
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
