//! The rule for the GPU: WGSL for what varies per descent, a table for what varies per step.
//!
//! A descent keeps a row of numbers: its parameters, its state, and the point that is drawn where
//! that is not the parameters. Values at step rate never reach the shader as operations; they are
//! computed here in f64 and read from the table, a row of whole vec4 a step.

use super::layout::Layout;
use super::update::{Input, Update, UpdateError};
use crate::formula::wgsl::{self, Cells, MAX_OPERATIONS, Packed};
use crate::formula::{FormulaError, NodeId, Rate};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

/// Turns of all loops of an invocation at most; some drivers in software end them after 65,535.
const MOST_TURNS: u64 = 60_000;

/// Operations of all copies of a step for a crowd, whose steps take long enough to pay for a longer
/// compilation.
const CROWD_OPERATIONS: usize = 3 * MAX_OPERATIONS / 2;

/// WGSL and layout of an update.
#[derive(Debug, Clone)]
pub struct Kernel {
    /// Defines `Walker`, `Fixed`, `Step`, `Draws`, `AllDraws`, `draws_of`, `draws_of_pairs`,
    /// `load_walker`, `store_walker`, `load_fixed`, `walker_select`, `walker_back`, `walker_step`, `walker_loss`, `walker_shown`, `walker_foot`,
    /// `walker_excess`, `walker_venture` and `loss_of`, over a storage array `numbers` and
    /// the uniforms `table`, `plane` and `job`.
    pub wgsl: String,
    /// How many numbers a descent keeps.
    pub numbers: usize,
    /// How many parameters the loss has.
    pub parameters: usize,
    /// Where the drawn point begins among the numbers.
    pub shown_at: usize,
    /// How many vec4 at the table's beginning are the same at every step.
    pub constant_vec4: usize,
    /// How many vec4 a step takes in the table; at least 1.
    pub row_vec4: usize,
    /// Operations of one step of one descent as they are written: those within loops once.
    pub operations: usize,
    /// What one step of one descent costs at most, with every turn of every loop, in additions.
    pub work: u64,
    /// How often the loops of a step and of a loss turn at most.
    turns: [u64; 2],
    /// Whether a turn of a loop over rows takes many of them.
    has_long_turns: bool,
    /// What `rows` holds, where the loss goes over a table.
    pub packed: Option<Packed>,
    /// The nodes whose values a step's row holds, in order.
    pub(super) boundary: Vec<NodeId>,
    /// Those that the table's beginning holds.
    pub(super) constants: Vec<NodeId>,
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
        outputs.extend([update.step_loss, gradient_square]);
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
        let (boundary, constants) = boundary(update, &needed, &outputs);
        let row_vec4 = boundary.len().div_ceil(4).max(1);
        let constant_vec4 = constants.len().div_ceil(4);
        let given = given(&boundary, &constants);
        let of_loss = update.graph.needed(&[update.loss]);
        check_f32(update, &of_loss)?;
        let everything = [outputs.as_slice(), &[update.loss]].concat();
        let cells = Cells::of(&update.graph, &update.graph.needed(&everything));
        let rows = cells.as_ref().map_or(0, |cells| cells.rows);
        let step = layout.function_body(update, &outputs, &given, cells.as_ref());
        let loss = layout.function_body(update, &[update.loss], &BTreeMap::new(), cells.as_ref());
        let packed = cells.map(|cells| cells.pack(&update.graph));
        let packed = packed.transpose().map_err(UpdateError::Loss)?;
        let name = |id: &NodeId| match given.get(id) {
            Some(text) => text.clone(),
            None => wgsl::name(&update.graph, *id),
        };
        let next = layout.next.iter().enumerate().map(|(number, id)| {
            match number < layout.parameters && layout.remembers {
                true => format!("n_hold({}, f32(chance.step & 1u))", name(id)),
                false => name(id),
            }
        });
        let next: Vec<_> = next.collect();
        let mut text = packed.as_ref().map_or(String::new(), Packed::declaration);
        text += &layout.declarations([constant_vec4, row_vec4]);
        let hashes = wgsl::hashes(&update.graph, written.iter().map(|(id, _)| *id));
        text += &draws(&hashes);
        write!(
            text,
            "fn walker_step(at: Walker, row: u32, chance: Chance, draws: Draws, fixed: Fixed) -> Step {{\n{step}    \
             return Step(Walker({}), {}, {});\n}}\n\
             fn loss_of(at: Walker) -> f32 {{\n{loss}    return {};\n}}\n",
            next.join(", "),
            name(&update.step_loss),
            name(&gradient_square),
            wgsl::name(&update.graph, update.loss),
        )
        .expect("a String takes all text");
        Ok(Self {
            wgsl: text,
            numbers: layout.next.len(),
            parameters: layout.parameters,
            shown_at: layout.shown_at,
            constant_vec4,
            row_vec4,
            operations,
            work: written
                .iter()
                .map(|(id, times)| update.graph.cost(*id) * times)
                .sum(),
            turns: [&of_descent, &of_loss].map(|nodes| wgsl::loop_turns(&update.graph, nodes)),
            has_long_turns: wgsl::rows_a_turn(rows) > 1,
            packed,
            boundary,
            constants,
        })
    }

    /// How many descents an invocation has, and how many steps make a block of its loop: as many
    /// copies of a step as the budget of operations allows. A block of 0 is no block: each step
    /// stands alone. In a crowd, which fills the adapter all the same, four descents hide each other's
    /// waits, and share what a step reads of the table; a driver in software reads that lane by lane.
    pub fn copies(&self, is_crowd: bool) -> [u32; 2] {
        let choices = [[4, 2], [2, 4], [2, 2], [2, 1], [1, 1], [1, 0]];
        if self.has_long_turns {
            return [1, 0];
        }
        let fits = |[descents, block]: &[u32; 2]| {
            // The steps that are left over after the last whole block, and those that may end a
            // descent, have copies of their own.
            let copies = descents * (block + u32::from(*block > 1) + 1);
            let copied = copies as usize * self.operations;
            match descents {
                4 => is_crowd && copied <= CROWD_OPERATIONS,
                _ => copied <= MAX_OPERATIONS,
            }
        };
        choices.into_iter().find(fits).unwrap_or([1, 0])
    }

    /// How many steps of a dispatch keep all its loops to the end on every driver, with so many
    /// copies of a step; at least 1.
    pub fn most_steps(&self, copies: [u32; 2]) -> u64 {
        let [descents, block] = copies.map(u64::from);
        let [step, loss] = self.turns;
        // A step that may end a descent is taken again on its own; a stretch has a turn of its own,
        // and the loss where it leads to.
        let times = 1 + u64::from(block > 0);
        let spare = MOST_TURNS.saturating_sub(descents * loss);
        (spare / (2 + descents + descents * times * (step + loss))).max(1)
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

/// The nodes at step rate that nodes at descent rate read, or that are outputs themselves: those
/// that change from step to step, and those that do not.
fn boundary(update: &Update, needed: &[NodeId], outputs: &[NodeId]) -> (Vec<NodeId>, Vec<NodeId>) {
    let graph = &update.graph;
    let varying = varying(update, needed);
    let read = needed
        .iter()
        .filter(|id| graph.rate(**id) == Rate::Descent)
        .flat_map(|id| graph.operands(*id))
        .chain(outputs.iter().copied())
        .filter(|id| graph.rate(*id) == Rate::Step);
    let read: BTreeSet<_> = read.collect();
    read.into_iter().partition(|id| varying.contains(id))
}

/// Those of `nodes`, operands first, that depend on t or on state at step rate.
fn varying(update: &Update, nodes: &[NodeId]) -> BTreeSet<NodeId> {
    let state = update.slots.iter().map(|slot| slot.now);
    let state: BTreeSet<_> = state.collect();
    let begins = |id: &NodeId| {
        let input = update.graph.as_input(*id);
        state.contains(id) || input.is_some_and(|at| update.inputs[at.index()] == Input::Step)
    };
    let mut varying = BTreeSet::new();
    for id in nodes {
        let operands = update.graph.operands(*id);
        if begins(id)
            || operands
                .into_iter()
                .any(|operand| varying.contains(&operand))
        {
            varying.insert(*id);
        }
    }
    varying
}

/// The Gaussians that a step takes, of one descent and of all that an invocation may have.
fn draws(hashes: &BTreeSet<u32>) -> String {
    if hashes.is_empty() {
        return "struct Draws { none: u32 }\n\
             struct AllDraws { a: Draws, b: Draws, c: Draws, d: Draws }\n\
             fn draws_of(chance: Chance) -> Draws {\n    return Draws();\n}\n\
             fn draws_of_pairs(one: Chance, other: Chance, step: u32) -> AllDraws {\n    return AllDraws();\n}\n"
            .to_owned();
    }
    let each =
        |text: &dyn Fn(u32) -> String| hashes.iter().map(|hash| text(*hash)).collect::<String>();
    let fields = each(&|hash| format!("h{hash}: vec2f, "));
    let of_one = each(&|hash| format!("normals_of(chance, {hash}u), "));
    let lets =
        each(&|hash| format!("    let h{hash} = normals_of_pairs(one, other, step, {hash}u);\n"));
    let all = ["x", "y", "z", "w"].map(|part| {
        let own = each(&|hash| format!("vec2f(h{hash}.x.{part}, h{hash}.y.{part}), "));
        format!("Draws({own})")
    });
    format!(
        "struct Draws {{ {fields}}}\n\
         struct AllDraws {{ a: Draws, b: Draws, c: Draws, d: Draws }}\n\
         fn draws_of(chance: Chance) -> Draws {{\n    return Draws({of_one});\n}}\n\
         fn draws_of_pairs(one: Chance, other: Chance, step: u32) -> AllDraws {{\n{lets}    \
         return AllDraws({});\n}}\n",
        all.join(", "),
    )
}

/// The text that stands for each value of the table.
fn given(boundary: &[NodeId], constants: &[NodeId]) -> BTreeMap<NodeId, String> {
    let part = |place: usize| ["x", "y", "z", "w"][place % 4];
    let of_row = |(place, id): (usize, &NodeId)| {
        (*id, format!("table[row + {}u].{}", place / 4, part(place)))
    };
    let of_all =
        |(place, id): (usize, &NodeId)| (*id, format!("fixed.c{}.{}", place / 4, part(place)));
    let rows = boundary.iter().enumerate().map(of_row);
    let all = constants.iter().enumerate().map(of_all);
    rows.chain(all).collect()
}
