//! The rule for the GPU: WGSL for what varies per descent, a table for what varies per step.
//!
//! A descent keeps a row of numbers: its parameters, its state, and the point that is drawn where
//! that is not the parameters. Values at step rate never reach the shader as operations; they are
//! computed here in f64 and read from the table, a row of whole vec4 a step.

use super::update::{Input, Update, UpdateError};
use crate::formula::evaluate::Tape;
use crate::formula::wgsl::{self, MAX_OPERATIONS};
use crate::formula::{FormulaError, NodeId, Op, Rate};
use std::fmt::Write;

/// WGSL and layout of an update.
#[derive(Debug, Clone)]
pub struct Kernel {
    /// Defines `Walker`, `Step`, `load_walker`, `store_walker`, `walker_step`, `walker_loss`,
    /// `walker_place` and `walker_within`, over a storage array `numbers` and a uniform `table`.
    pub wgsl: String,
    /// How many numbers a descent keeps.
    pub numbers: usize,
    /// How many parameters the loss has.
    pub parameters: usize,
    /// Where the drawn point begins among the numbers.
    pub shown_at: usize,
    /// How many vec4 a step takes in the table; at least 1.
    pub row_vec4: usize,
    /// Operations of one step of one descent as they are written: those within loops once.
    pub operations: usize,
    /// Operations of one step of one descent at most, with every turn of every loop.
    pub work: u64,
    /// The nodes whose values the table holds, in order.
    boundary: Vec<NodeId>,
}

impl Kernel {
    /// Writes `update` as WGSL.
    ///
    /// # Errors
    /// A number outside f32 or a step too long, at its place in the rule or in the loss.
    pub fn new(update: &Update) -> Result<Self, UpdateError> {
        let layout = Layout::new(update);
        let gradient_square = update.gradient_square;
        let mut outputs = layout.next.clone();
        outputs.extend([update.loss, gradient_square]);
        let needed = update.graph.needed(&outputs);
        let of_descent: Vec<_> = needed
            .iter()
            .copied()
            .filter(|id| update.graph.rate(*id) == Rate::Descent)
            .collect();
        let written = update.graph.with_inner(&of_descent);
        let operations = written.len();
        check_budget(update, operations)?;
        check_f32(update, &needed)?;
        check_sums(update, &needed)?;
        let boundary = boundary(update, &needed, &outputs);
        let step = layout.function_body(update, &outputs, &boundary);
        let loss = layout.function_body(update, &[update.loss], &[]);
        let name = |id: &NodeId| node_text(update, &boundary, *id);
        let next: Vec<_> = layout.next.iter().map(name).collect();
        let mut text = layout.declarations(boundary.len().div_ceil(4).max(1));
        write!(
            text,
            "fn walker_step(at: Walker, row: u32, chance: vec3u) -> Step {{\n{step}    \
             return Step(Walker({}), {}, {});\n}}\n\
             fn loss_of(at: Walker) -> f32 {{\n{loss}    return {};\n}}\n",
            next.join(", "),
            name(&update.loss),
            name(&gradient_square),
            wgsl::name(&update.graph, update.loss),
        )
        .expect("a String takes all text");
        Ok(Self {
            wgsl: text,
            numbers: layout.next.len(),
            parameters: layout.parameters,
            shown_at: layout.shown_at,
            row_vec4: boundary.len().div_ceil(4).max(1),
            operations,
            work: written.iter().map(|(_, times)| times).sum(),
            boundary,
        })
    }

    /// Whether an invocation has room for two descents.
    pub fn pairs(&self) -> bool {
        2 * self.operations <= MAX_OPERATIONS
    }

    /// The numbers of descents that stand at `starts`, before their first step.
    pub fn initial_numbers(update: &Update, starts: &[Vec<f64>]) -> Vec<Vec<f64>> {
        let initial: Vec<_> = update.slots.iter().map(|slot| slot.initial).collect();
        let mut tape = Tape::new(&update.graph, &initial);
        let state: Vec<_> = update
            .slots
            .iter()
            .filter(|slot| slot.rate == Rate::Descent)
            .map(|slot| slot.initial)
            .collect();
        let numbers = |start: &Vec<f64>| {
            let inputs = update.inputs.iter().map(|input| match input {
                Input::Parameter(i) => start[*i],
                Input::Hyper(value) => *value,
                Input::State(_) | Input::Step => 0.0,
            });
            tape.run(&inputs.collect::<Vec<_>>());
            let mut numbers = start.clone();
            numbers.extend(state.iter().map(|id| tape.value(*id)));
            if update.shown != update.next {
                numbers.extend(start);
            }
            numbers
        };
        starts.iter().map(numbers).collect()
    }
}

/// The table's rows, made in order and kept: row i is that of step i + 1.
#[derive(Debug, Clone)]
pub struct StepTable {
    tape: Tape,
    inputs: Vec<f64>,
    meanings: Vec<Input>,
    boundary: Vec<NodeId>,
    /// For each slot at step rate, its input's index and the node that follows it.
    slots: Vec<(usize, NodeId)>,
    row_floats: usize,
    steps: u64,
    rows: Vec<f32>,
}

impl StepTable {
    /// A table without rows.
    pub fn new(update: &Update, kernel: &Kernel) -> Self {
        let at_step_rate = || update.slots.iter().filter(|slot| slot.rate == Rate::Step);
        let mut outputs = kernel.boundary.clone();
        outputs.extend(at_step_rate().map(|slot| slot.next));
        outputs.extend(at_step_rate().map(|slot| slot.initial));
        let mut table = Self {
            tape: Tape::new(&update.graph, &outputs),
            inputs: vec![0.0; update.inputs.len()],
            meanings: update.inputs.clone(),
            boundary: kernel.boundary.clone(),
            slots: at_step_rate()
                .map(|slot| (input_index(update, slot.now), slot.next))
                .collect(),
            row_floats: kernel.row_vec4 * 4,
            steps: 0,
            rows: Vec::new(),
        };
        table.run();
        let initial: Vec<_> = at_step_rate()
            .map(|slot| {
                (
                    input_index(update, slot.now),
                    table.tape.value(slot.initial),
                )
            })
            .collect();
        for (index, value) in initial {
            table.inputs[index] = value;
        }
        table
    }

    /// The rows of steps `from + 1 ..= to`, each of whole vec4.
    pub fn rows(&mut self, from: u64, to: u64) -> &[f32] {
        while self.steps < to {
            self.make_row();
        }
        let range = from as usize * self.row_floats..to as usize * self.row_floats;
        &self.rows[range]
    }

    fn make_row(&mut self) {
        self.steps += 1;
        self.run();
        let end = self.rows.len() + self.row_floats;
        let values = self.boundary.iter().map(|id| self.tape.value(*id) as f32);
        self.rows.extend(values);
        self.rows.resize(end, 0.0);
        for (index, next) in &self.slots {
            self.inputs[*index] = self.tape.value(*next);
        }
    }

    fn run(&mut self) {
        for (value, meaning) in self.inputs.iter_mut().zip(&self.meanings) {
            match meaning {
                Input::Step => *value = self.steps as f64,
                Input::Hyper(number) => *value = *number,
                Input::Parameter(_) | Input::State(_) => {}
            }
        }
        self.tape.run(&self.inputs);
    }
}

fn check_budget(update: &Update, operations: usize) -> Result<(), UpdateError> {
    if operations <= MAX_OPERATIONS {
        return Ok(());
    }
    let loss = update.graph.operations(&[update.loss]);
    let with_gradient = update
        .graph
        .operations(&[update.loss, update.gradient_square]);
    let of_rule = operations.saturating_sub(with_gradient);
    let message = format!(
        "one step takes {operations} operations ({loss} for the loss, {} for its gradient, {of_rule} \
         for the rule); a shader holds {MAX_OPERATIONS}; `--on cpu` has no such limit",
        with_gradient - loss,
    );
    Err(if of_rule > with_gradient {
        UpdateError::Rule(FormulaError::new(update.longest_line.clone(), message))
    } else {
        UpdateError::Loss(FormulaError::new(update.graph.span(update.loss), message))
    })
}

fn check_f32(update: &Update, nodes: &[NodeId]) -> Result<(), UpdateError> {
    for id in nodes {
        let checked = update.graph.check_f32(std::slice::from_ref(id));
        checked.map_err(|error| update.error_at(*id, error))?;
    }
    Ok(())
}

fn check_sums(update: &Update, nodes: &[NodeId]) -> Result<(), UpdateError> {
    match nodes
        .iter()
        .find(|id| matches!(update.graph.op(**id), Op::Sum(..)))
    {
        None => Ok(()),
        Some(id) => Err(UpdateError::Loss(FormulaError::new(
            update.graph.span(*id),
            "sums over a table's rows are not on the GPU yet; `--on cpu` can go over them",
        ))),
    }
}

fn input_index(update: &Update, node: NodeId) -> usize {
    let input = update.graph.as_input(node);
    input.expect("parameters and state are inputs").index()
}

/// The nodes at step rate that nodes at descent rate read, or that are outputs themselves.
fn boundary(update: &Update, needed: &[NodeId], outputs: &[NodeId]) -> Vec<NodeId> {
    let graph = &update.graph;
    let mut boundary: Vec<_> = needed
        .iter()
        .filter(|id| graph.rate(**id) == Rate::Descent)
        .flat_map(|id| graph.operands(*id))
        .chain(outputs.iter().copied())
        .filter(|id| graph.rate(*id) == Rate::Step)
        .collect();
    boundary.sort_unstable();
    boundary.dedup();
    boundary
}

/// The text that stands for a node in `walker_step`.
fn node_text(update: &Update, boundary: &[NodeId], id: NodeId) -> String {
    match boundary.binary_search(&id) {
        Ok(place) => table_text(place),
        Err(_) => wgsl::name(&update.graph, id),
    }
}

fn table_text(place: usize) -> String {
    let part = ["x", "y", "z", "w"][place % 4];
    format!("table[row + {}u].{part}", place / 4)
}

/// Which number of a descent is what.
struct Layout {
    parameters: usize,
    /// The graph's input for each number that the step reads.
    now: Vec<Option<NodeId>>,
    /// The node that becomes each number.
    next: Vec<NodeId>,
    /// Where the drawn point begins among the numbers.
    shown_at: usize,
}

impl Layout {
    fn new(update: &Update) -> Self {
        let state = || {
            update
                .slots
                .iter()
                .filter(|slot| slot.rate == Rate::Descent)
        };
        let mut now: Vec<_> = update.parameters.iter().copied().map(Some).collect();
        now.extend(state().map(|slot| Some(slot.now)));
        let mut next = update.next.clone();
        next.extend(state().map(|slot| slot.next));
        let mut shown_at = 0;
        if update.shown != update.next {
            shown_at = next.len();
            next.extend(&update.shown);
            now.resize(next.len(), None);
        }
        Self {
            parameters: update.parameters.len(),
            now,
            next,
            shown_at,
        }
    }

    /// The `let`s of `outputs`; the values of `boundary` come from the table.
    fn function_body(&self, update: &Update, outputs: &[NodeId], boundary: &[NodeId]) -> String {
        let graph = &update.graph;
        let mut text = String::new();
        for (place, id) in boundary.iter().enumerate() {
            let value = table_text(place);
            writeln!(text, "    let n{} = {value};", id.index()).expect("a String takes all text");
        }
        let nodes: Vec<_> = graph
            .needed(outputs)
            .into_iter()
            .filter(|id| graph.rate(*id) != Rate::Step)
            .collect();
        text += &wgsl::lets(graph, &nodes, |input| {
            let number = self
                .now
                .iter()
                .position(|now| now.and_then(|id| graph.as_input(id)) == Some(input));
            format!(
                "at.n{}",
                number.expect("a descent keeps what its step reads")
            )
        })
        .expect("checked before");
        text
    }

    /// Constants, structs, and the functions that depend on the layout alone.
    fn declarations(&self, row_vec4: usize) -> String {
        let count = self.next.len();
        let each = |text: &dyn Fn(usize) -> String| (0..count).map(text).collect::<String>();
        let fields = each(&|i| format!("n{i}: f32, "));
        let loads: Vec<_> = (0..count)
            .map(|i| format!("numbers[i + {i}u * count]"))
            .collect();
        let stores = each(&|i| format!("    numbers[i + {i}u * count] = at.n{i};\n"));
        let within: Vec<_> = (0..self.parameters)
            .map(|i| {
                let part = ["x", "y", "z", "w"][i % 4];
                format!(
                    "n_is_finite(at.n{i}) && abs(at.n{i} - centre[{0}].{part}) <= reach[{0}].{part}",
                    i / 4
                )
            })
            .collect();
        let shown = |i: usize| {
            if i < self.parameters {
                format!("at.n{}", self.shown_at + i)
            } else {
                "0.0".to_owned()
            }
        };
        let mut at_shown: Vec<_> = (0..count).map(|i| format!("at.n{i}")).collect();
        for (i, part) in at_shown.iter_mut().enumerate().take(self.parameters) {
            *part = shown(i);
        }
        format!(
            "const PARAMETERS: u32 = {parameters}u;\n\
             const ROW: u32 = {row_vec4}u;\n\
             struct Walker {{ {fields}}}\n\
             struct Step {{ next: Walker, loss: f32, gradient_square: f32 }}\n\
             fn load_walker(i: u32, count: u32) -> Walker {{\n    return Walker({});\n}}\n\
             fn store_walker(i: u32, count: u32, at: Walker) {{\n{stores}}}\n\
             fn walker_within(at: Walker, centre: array<vec4f, 4>, reach: array<vec4f, 4>) -> bool {{\n    return {};\n}}\n\
             fn walker_place(at: Walker) -> vec2f {{\n    return vec2f({}, {});\n}}\n\
             fn walker_loss(at: Walker) -> f32 {{\n    return loss_of(Walker({}));\n}}\n",
            loads.join(", "),
            within.join("\n        && "),
            shown(0),
            shown(1),
            at_shown.join(", "),
            parameters = self.parameters,
        )
    }
}
