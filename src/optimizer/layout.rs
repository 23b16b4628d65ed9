//! A descent's numbers: which is what, and the WGSL that follows from that alone.

use super::update::{Slot, Update};
use crate::formula::wgsl::{self, Cells, Names};
use crate::formula::{InputId, NodeId, Rate};
use std::collections::BTreeMap;
use std::fmt::Write;

/// Which number of a descent is what.
pub(super) struct Layout {
    pub(super) parameters: usize,
    /// The graph's input for each number that the step reads.
    now: Vec<Option<NodeId>>,
    /// The node that becomes each number.
    pub(super) next: Vec<NodeId>,
    /// Where the drawn point begins among the numbers.
    pub(super) shown_at: usize,
    /// Whether a number becomes what another one was before the step, such as the point before: a
    /// driver that cancels as if sums were exact would take the difference of both for the step as
    /// it was computed, not as it was rounded, wherever it sees two steps at once.
    pub(super) remembers: bool,
}

impl Layout {
    /// That of an update.
    pub(super) fn new(update: &Update) -> Self {
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
        let was = |slot: &Slot| update.graph.as_input(slot.next).is_some();
        let remembers = state().any(was);
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
            remembers,
        }
    }

    /// The `let`s of `outputs`; the values `given` come from the table.
    pub(super) fn function_body(
        &self,
        update: &Update,
        outputs: &[NodeId],
        given: &BTreeMap<NodeId, String>,
        cells: Option<&Cells>,
    ) -> String {
        let graph = &update.graph;
        let mut text = String::new();
        for (id, value) in given {
            writeln!(text, "    let n{} = {value};", id.index()).expect("a String takes all text");
        }
        let nodes: Vec<_> = graph
            .needed(outputs)
            .into_iter()
            .filter(|id| graph.rate(*id) != Rate::Step)
            .collect();
        let input = |input: InputId| {
            let number = self
                .now
                .iter()
                .position(|now| now.and_then(|id| graph.as_input(id)) == Some(input));
            format!(
                "at.n{}",
                number.expect("a descent keeps what its step reads")
            )
        };
        let names = Names {
            input: &input,
            cells,
        };
        text += &wgsl::lets_named(graph, &nodes, names).expect("checked before");
        text
    }

    /// Constants, structs, and the functions that depend on the layout alone.
    pub(super) fn declarations(&self, [constant_vec4, row_vec4]: [usize; 2]) -> String {
        let count = self.next.len();
        let each = |text: &dyn Fn(usize) -> String| (0..count).map(text).collect::<String>();
        let fields = each(&|i| format!("n{i}: f32, "));
        let loads: Vec<_> = (0..count)
            .map(|i| format!("numbers[i + {i}u * count]"))
            .collect();
        let stores = each(&|i| format!("    numbers[i + {i}u * count] = at.n{i};\n"));
        let part = |of: &str, i: usize| {
            let part = ["x", "y", "z", "w"][i % 4];
            format!("fixed.{of}{}.{part}", i / 4)
        };
        let (fixed_fields, fixed_values) = self.fixed(constant_vec4);
        // The bits of what is not below zero are in the order of the numbers, infinity and NaN
        // above them all: those of what is farther than it may go are moved to infinity and above.
        let bounded = self.bounded();
        let excess = |margin: &str| {
            let numbers = bounded.iter().map(|[number, axis]| {
                let (centre, margin) = (part("centre", *axis), part(margin, *axis));
                format!("(bitcast<u32>(at.n{number} - {centre}) & N_ABS_MASK) + {margin}")
            });
            let largest = numbers.reduce(|so_far, next| format!("max({so_far}, {next})"));
            largest.unwrap_or_else(|| "0u".to_owned())
        };
        let select = each(&|i| format!("select(no.n{i}, yes.n{i}, condition), "));
        let back = each(&|i| match bounded.iter().any(|[number, _]| *number == i) {
            true => format!("select(at.n{i}, before.n{i}, goes), "),
            false => format!("at.n{i}, "),
        });
        let shown: Vec<_> = (0..self.parameters)
            .map(|i| format!("at.n{}", self.shown_at + i))
            .collect();
        let mut at_shown: Vec<_> = (0..count).map(|i| format!("at.n{i}")).collect();
        at_shown[..self.parameters].clone_from_slice(&shown);
        format!(
            "const PARAMETERS: u32 = {parameters}u;\n\
             const FIRST_ROW: u32 = {constant_vec4}u;\n\
             const ROW: u32 = {row_vec4}u;\n\
             struct Walker {{ {fields}}}\n\
             // What is the same at every step of a dispatch, read once: a driver may read what a\n\
             // uniform holds again at each step, lane by lane.\n\
             struct Fixed {{ {} }}\n\
             fn load_fixed() -> Fixed {{\n    return Fixed({});\n}}\n\
             struct Step {{ next: Walker, loss: f32, gradient_square: f32 }}\n\
             fn load_walker(i: u32, count: u32) -> Walker {{\n    return Walker({});\n}}\n\
             fn store_walker(i: u32, count: u32, at: Walker) {{\n{stores}}}\n\
             fn walker_select(no: Walker, yes: Walker, condition: bool) -> Walker {{\n    return Walker({select});\n}}\n\
             fn walker_back(at: Walker, before: Walker, goes: bool) -> Walker {{\n    return Walker({back});\n}}\n\
             // Below N_INF_BITS within the bounds.\n\
             fn walker_excess(at: Walker, fixed: Fixed) -> u32 {{\n    return {};\n}}\n\
             // Likewise where loss and gradient are finite for sure, if they are anywhere.\n\
             fn walker_venture(at: Walker, fixed: Fixed) -> u32 {{\n    return {};\n}}\n\
             fn walker_shown(at: Walker) -> array<f32, PARAMETERS> {{\n    return array<f32, PARAMETERS>({});\n}}\n\
             fn walker_foot(at: Walker, fixed: Fixed) -> vec3f {{\n    return {};\n}}\n\
             fn walker_loss(at: Walker) -> f32 {{\n    return loss_of(Walker({}));\n}}\n",
            fixed_fields.join(", "),
            fixed_values.join(", "),
            loads.join(", "),
            excess("margin"),
            excess("sure_margin"),
            shown.join(", "),
            self.foot(),
            at_shown.join(", "),
            parameters = self.parameters,
        )
    }

    /// Which numbers have bounds, each with the parameter that it is, or is drawn for.
    fn bounded(&self) -> Vec<[usize; 2]> {
        let own = (0..self.parameters).map(|i| [i, i]);
        let shown = (0..self.parameters).map(|i| [self.shown_at + i, i]);
        match self.shown_at > 0 {
            true => own.chain(shown).collect(),
            false => own.collect(),
        }
    }

    /// The fields of what is the same at every step, and their values.
    fn fixed(&self, constant_vec4: usize) -> (Vec<String>, Vec<String>) {
        let vectors = self.parameters.div_ceil(4);
        let centre =
            (0..vectors).map(|i| (format!("centre{i}: vec4f"), format!("job.centre[{i}]")));
        let margin = |of: &'static str, reach: &'static str| {
            (0..vectors).map(move |i| {
                let value = format!("N_INF_BITS - 1u - bitcast<vec4u>(job.{reach}[{i}])");
                (format!("{of}{i}: vec4u"), value)
            })
        };
        let table = (0..constant_vec4).map(|i| (format!("c{i}: vec4f"), format!("table[{i}u]")));
        let plane = self.is_on_plane().then_some(["origin", "to_a", "to_b"]);
        let plane = plane.into_iter().flatten();
        let plane = plane.map(|of| (format!("{of}: vec4f"), format!("plane.{of}[0]")));
        let single = [
            ("seed_key: u32", "key_of(vec4u(job.seed)).x"),
            ("first_step: u32", "job.steps_before + 1u"),
            ("converged_loss: f32", "job.converged_loss"),
            (
                "converged_gradient_square: f32",
                "job.converged_gradient_square",
            ),
        ];
        let single = single.map(|(field, value)| (field.to_owned(), value.to_owned()));
        let all = table.chain(centre).chain(margin("margin", "reach"));
        let all = all.chain(margin("sure_margin", "sure_reach"));
        all.chain(plane).chain(single).unzip()
    }

    /// Whether the plane of the landscape is all there is.
    fn is_on_plane(&self) -> bool {
        self.parameters <= 2
    }

    /// `foot_on_plane` of the drawn point.
    fn foot(&self) -> String {
        if !self.is_on_plane() {
            return "foot_on_plane(walker_shown(at))".to_owned();
        }
        let terms = (0..self.parameters).zip(["x", "y"]).map(|(i, part)| {
            let number = self.shown_at + i;
            format!(
                "(at.n{number} - fixed.origin.{part}) * vec2f(fixed.to_a.{part}, fixed.to_b.{part})"
            )
        });
        format!("vec3f({}, 0.0)", terms.collect::<Vec<_>>().join(" + "))
    }
}
