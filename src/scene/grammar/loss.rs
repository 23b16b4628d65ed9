//! `[loss]`, its plane and its data.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::loss::Table;
use crate::scene::error::SceneError;
use crate::scene::nearest::nearest;
use crate::scene::parts::{DataSource, LossData, LossSettings, LossSource, Plane};
use crate::scene::places::join;
use crate::scene::read::Reader;

/// Most parameters that a loss can have.
const MOST_PARAMETERS: usize = 16;

/// Reads `[loss]`.
pub(super) fn read_loss(mut t: Reader<'_>) -> Result<LossSettings, SceneError> {
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
        data: read_data(&mut t)?,
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

fn read_data(loss: &mut Reader<'_>) -> Result<Option<LossData>, SceneError> {
    let is_named = loss.has("name");
    let Some(mut t) = loss.optional_table("data")? else {
        return Ok(None);
    };
    let mut table = None;
    let source = match (t.get("file")?, t.get::<Vec<Vec<f64>>>("rows")?) {
        (Some(file), None) => Some(DataSource::File { file }),
        (None, None) if is_named => None,
        (None, Some(rows)) => {
            let columns: Vec<String> = t.need("columns")?;
            check_rows(&rows, columns.len(), &t)?;
            table = Some(Arc::new(table_of(&rows, &columns, &t)?));
            Some(DataSource::Rows { rows, columns })
        }
        _ => return Err(t.error("`loss.data` takes `file`, or `rows` with `columns`")),
    };
    let data = LossData {
        source,
        model: t.get("model")?,
        batch: t.integer("batch", 1..=u32::MAX)?,
        table,
    };
    t.finish()?;
    Ok(Some(data))
}

fn table_of(rows: &[Vec<f64>], columns: &[String], t: &Reader<'_>) -> Result<Table, SceneError> {
    let column = |k: usize| Ok(rows.iter().map(|row| row[k]).collect());
    let values = (0..columns.len()).map(column).collect();
    Table::new(columns, values).map_err(|error| t.error(format!("`loss.data`: {error}")))
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
