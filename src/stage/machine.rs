//! The machine of a moment: its knobs at the followed point, what a turn of them changes, and its
//! curve over the data. All numbers are f64's.

use crate::formula::{Table, parser};
use crate::lesson::number::{DIGITS, number};
use crate::lesson::symbol::symbol;
use crate::lesson::{Fact, Facts, Math, Turn};
use crate::loss::Loss;
use crate::loss::Machine;
use crate::render::overlay::{Change, Dial, MachineContent, Plot, Promise};
use crate::scene::{Compare, Scene, ShowSettings};
use crate::simulation::Plan;

/// Points of a curve.
const CURVE_POINTS: usize = 121;
/// Room around the data, in parts of its range.
const PLOT_ROOM: f64 = 0.12;

/// A machine at the followed point, and after the turn of its knobs.
#[derive(Debug)]
pub(super) struct Workbench {
    machine: Option<(Machine, Shape)>,
    loss: Loss,
    /// The parameters before and after the turn.
    points: [Vec<f64>; 2],
    /// The chosen input, a number for each column.
    row: Vec<f64>,
    /// What the turn does to the output, and to the loss.
    output: Option<Turn>,
    of_loss: Turn,
}

/// Which columns the machine reads, and which one it is to learn.
#[derive(Debug, Clone, PartialEq)]
struct Shape {
    inputs: Vec<usize>,
    target: Option<usize>,
}

impl Workbench {
    /// The machine of `scene` with its knobs at `point`; `None` where the loss does not evaluate.
    pub(super) fn new(scene: &Scene, plan: &Plan, point: &[f64]) -> Option<Self> {
        let loss = &plan.loss;
        let turn = |name: &String| scene.show.turn.get(name).copied().unwrap_or(0.0);
        let by: Vec<f64> = loss.parameters.iter().map(turn).collect();
        let to = point.iter().zip(&by).map(|(from, by)| from + by).collect();
        let row = chosen_row(scene, loss);
        let mut machine = loss
            .machine()
            .ok()?
            .map(|machine| (machine, Shape::of(loss)));
        let output = machine.as_mut().map(|(machine, _)| {
            Turn::new(point, &by, |w| {
                let output = machine.output(w, &row);
                (output.value, output.gradient)
            })
        });
        let of_loss = Turn::new(point, &by, |w| match loss.evaluate(w) {
            Ok(there) => (there.value, there.gradient),
            Err(_) => (f64::NAN, vec![f64::NAN; w.len()]),
        });
        Some(Self {
            machine,
            loss: loss.clone(),
            points: [point.to_vec(), to],
            row,
            output,
            of_loss,
        })
    }

    /// By how much the knobs are turned; `None` where they are not.
    pub(super) fn turned(&self) -> Option<&[f64]> {
        let by = &self.of_loss.by;
        by.iter().any(|part| *part != 0.0).then_some(by)
    }

    /// What captions can say of it.
    pub(super) fn add_facts(&self, facts: &mut Facts) {
        let mut add = |name: String, value: f64| facts.insert(name, Fact::Number(value));
        for (name, by) in self.loss.parameters.iter().zip(&self.of_loss.by) {
            add(format!("turn.{name}"), *by);
        }
        add("f.measured".to_owned(), self.of_loss.measured());
        add("f.predicted".to_owned(), self.of_loss.predicted());
        let Some(output) = &self.output else { return };
        add("model".to_owned(), output.values[1]);
        add("model.measured".to_owned(), output.measured());
        add("model.predicted".to_owned(), output.predicted());
        for (name, slope) in self.loss.parameters.iter().zip(&output.slope) {
            add(format!("model.{name}"), *slope);
        }
    }

    /// What the panel shows; `None` where there is no machine.
    pub(super) fn content(&mut self, scene: &Scene, domain: &[[f64; 2]]) -> Option<MachineContent> {
        let output = self.output.clone()?;
        let plot = self.plot();
        let (_, shape) = self.machine.as_ref()?;
        let table = &self.loss.data.as_ref()?.table;
        let equals = |name: &str, value: f64| {
            let text = format!(" = {}", number(value, 3));
            Math::Row(vec![symbol(name), Math::Text(text)])
        };
        let inputs = shape.inputs.iter();
        Some(MachineContent {
            inputs: inputs
                .map(|column| equals(&table.names()[*column], self.row[*column]))
                .collect(),
            dials: self.dials(domain),
            output: equals("output", output.values[1]),
            promises: self.promises(&scene.show, &output, plot.as_ref()),
            plot,
        })
    }

    fn dials(&self, domain: &[[f64; 2]]) -> Vec<Dial> {
        let [before, after] = &self.points;
        let knobs = self.loss.parameters.iter().zip(domain);
        knobs
            .zip(before.iter().zip(after))
            .map(|((name, range), (before, value))| Dial {
                name: symbol(name),
                value: *value,
                text: number(*value, 3),
                before: *before,
                range: *range,
            })
            .collect()
    }

    /// Of the knobs that are turned; before the first turn, of the one that will be.
    fn promises(&self, show: &ShowSettings, output: &Turn, plot: Option<&Plot>) -> Vec<Promise> {
        let names = self.loss.parameters.iter().map(String::as_str);
        let mut terms: Vec<(usize, &str)> = names.enumerate().collect();
        terms.retain(|(_, name)| show.turn.contains_key(*name));
        match self.turned() {
            Some(by) => terms.retain(|(number, _)| by[*number] != 0.0),
            None => terms.truncate(1),
        }
        if terms.is_empty() {
            return Vec::new();
        }
        let height = plot.map_or(1.0, |plot| plot.ranges[1][1] - plot.ranges[1][0]);
        let [before, _] = self.of_loss.values;
        let of_output = promise("output", &terms, output, 0.6 * height);
        let of_loss = promise("f", &terms, &self.of_loss, before.abs());
        match show.compare {
            Compare::Output => vec![of_output],
            Compare::Loss => vec![of_loss],
            Compare::Both => vec![of_output, of_loss],
        }
    }

    /// The output over its one input; `None` where it has several.
    fn plot(&mut self) -> Option<Plot> {
        let (machine, shape) = self.machine.as_mut()?;
        let [input] = shape.inputs.as_slice() else {
            return None;
        };
        let table = &self.loss.data.as_ref()?.table;
        let xs = widened(range_of(table.column(*input)));
        let mut row = self.row.clone();
        let mut output_at = |w: &[f64], x: f64| {
            row[*input] = x;
            machine.output(w, &row).value
        };
        let mut curve = |w: &[f64]| -> Vec<[f64; 2]> {
            let at = |i: usize| xs[0] + (xs[1] - xs[0]) * i as f64 / (CURVE_POINTS - 1) as f64;
            (0..CURVE_POINTS)
                .map(|i| [at(i), output_at(w, at(i))])
                .collect()
        };
        let [before, after] = &self.points;
        let (before, after) = (curve(before), curve(after));
        let points: Vec<[f64; 2]> = match shape.target {
            Some(target) => {
                let pairs = table.column(*input).iter().zip(table.column(target));
                pairs.map(|(x, y)| [*x, *y]).collect()
            }
            None => Vec::new(),
        };
        let heights: Vec<f64> = match points.is_empty() {
            true => before.iter().map(|[_, y]| *y).collect(),
            false => points.iter().map(|[_, y]| *y).collect(),
        };
        let [from, to] = self.output.as_ref()?.values;
        let target = shape.target.map(|target| table.names()[target].clone());
        Some(Plot {
            names: [table.names()[*input].clone(), target.unwrap_or_default()],
            ranges: [xs, widened(range_of(&heights))],
            points,
            before: if before == after { Vec::new() } else { before },
            curve: after,
            chosen: Some([self.row[*input], from, to]),
        })
    }
}

impl Shape {
    fn of(loss: &Loss) -> Self {
        let data = loss.data.as_ref();
        let names = data.map_or(&[][..], |data| data.table.names());
        let read = data
            .and_then(|data| data.model.as_deref())
            .and_then(|model| parser::statements_in(model, 0..model.len()).ok())
            .unwrap_or_default();
        let reads = |name: &String| {
            let mut statements = read.iter();
            statements.any(|statement| {
                let names = statement.expression.names();
                names.iter().any(|(known, _)| known == name)
            })
        };
        let (inputs, others): (Vec<usize>, Vec<usize>) =
            (0..names.len()).partition(|number| reads(&names[*number]));
        Self {
            inputs,
            target: match others.as_slice() {
                [only] => Some(*only),
                _ => None,
            },
        }
    }
}

/// The scene's input; a column that it leaves out has the number of the table's middle row.
fn chosen_row(scene: &Scene, loss: &Loss) -> Vec<f64> {
    let Some(data) = &loss.data else {
        return Vec::new();
    };
    let table: &Table = &data.table;
    let middle = table.row(table.rows() / 2);
    let named = table.names().iter().zip(middle);
    named
        .map(|(name, middle)| scene.show.input.get(name).copied().unwrap_or(middle))
        .collect()
}

/// `∂output/∂w₁ · Δw₁ = 0.2 · 0.5`, a term for each of the knobs in `terms`. A bar of the whole
/// length is a change by `usual`, or by more where the change is larger.
fn promise(of: &str, terms: &[(usize, &str)], turn: &Turn, usual: f64) -> Promise {
    let mut row = Vec::new();
    let mut numbers = Vec::new();
    for (at, name) in terms {
        let sign = if row.is_empty() { "" } else { " + " };
        row.push(Math::Text(format!("{sign}∂{of}/∂")));
        row.push(symbol(name));
        row.push(Math::text(" · Δ"));
        row.push(symbol(name));
        let [slope, by] = [turn.slope[*at], turn.by[*at]].map(|value| number(value, 3));
        numbers.push(format!("{slope} · {by}"));
    }
    row.push(Math::Text(format!(" = {}", numbers.join(" + "))));
    let (predicted, measured) = (turn.predicted(), turn.measured());
    let whole = usual.max(predicted.abs()).max(measured.abs());
    let change = |value: f64| Change {
        part: if whole > 0.0 { value / whole } else { 0.0 },
        text: number(value, DIGITS),
    };
    Promise {
        formula: Math::Row(row),
        predicted: change(predicted),
        name: Math::Text(format!("Δ{of}")),
        measured: change(measured),
    }
}

fn range_of(values: &[f64]) -> [f64; 2] {
    let low = values.iter().copied().fold(f64::INFINITY, f64::min);
    let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    [low, high]
}

/// With room around; a range of one number gets a unit.
fn widened([low, high]: [f64; 2]) -> [f64; 2] {
    let room = match high > low {
        true => PLOT_ROOM * (high - low),
        false => 0.5,
    };
    [low - room, high + room]
}
