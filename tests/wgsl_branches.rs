//! What Mesa's software driver of 2022, Debian 12's, makes of branches on uniforms. It writes such
//! values into the shader as constants and compiles it anew whenever their buffer changes: in every
//! frame of a film. And where a branch reads a stage's fourth uniform buffer, or a later one, it
//! writes beside its tables and may crash. A `select` does the same without either.

mod common;

use common::shaders::every_shader;
use naga::{
    AddressSpace, Block, Expression, Function, GlobalVariable, Handle, LocalVariable, Module,
    Statement,
};
use std::collections::HashMap;

/// Kernels that run long and rarely: they are compiled once more, not in every frame.
const SELDOM: [&str; 3] = ["measure_pace", "refine_field", "step_descents"];

/// Uniform buffers that every stage of the renderer sees before a pass's own: the frame, and of
/// group 1 the one it needs.
const BEFORE_OWN: usize = 2;

#[test]
fn no_shader_branches_on_uniforms_alone() {
    let found = branches(|origin| origin.decided_by == Kind::Uniform);
    let found = found.filter(|(name, _)| !SELDOM.contains(name));
    assert_none(found.map(|(name, branch)| format!("{name}: {branch}")));
}

#[test]
fn no_shader_branches_on_a_fourth_uniform_buffer() {
    let found = branches(|origin| origin.own_buffers.is_some_and(|last| BEFORE_OWN + last > 3));
    assert_none(found.map(|(name, branch)| format!("{name}: {branch}")));
}

fn assert_none(found: impl Iterator<Item = String>) {
    let mut found: Vec<_> = found.collect();
    found.sort();
    found.dedup();
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}

/// The branches of all shaders that hang on something of which `is_bad` holds, with their shader.
fn branches(is_bad: impl Fn(Origin) -> bool) -> impl Iterator<Item = (&'static str, String)> {
    let mut found = Vec::new();
    for (name, text) in every_shader() {
        let module = naga::front::wgsl::parse_str(&text).expect("wgsl");
        for entry in &module.entry_points {
            let arguments = vec![Origin::VARYING; entry.function.arguments.len()];
            let mut walk = Walk::new(&module, &entry.function, arguments);
            walk.run();
            for (place, origin) in walk.branches {
                if is_bad(origin) {
                    let line = text[..place].lines().count().max(1);
                    let branch = text.lines().nth(line - 1).unwrap_or_default();
                    found.push((name, format!("{}: {}", entry.name, branch.trim())));
                }
            }
        }
    }
    found.into_iter()
}

/// What decides a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Constant,
    Uniform,
    Varying,
}

/// Where a value comes from: what decides it, and the last of the pass's own uniform buffers, counted
/// from 1, that it is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Origin {
    decided_by: Kind,
    own_buffers: Option<usize>,
}

impl Origin {
    const CONSTANT: Self = Self {
        decided_by: Kind::Constant,
        own_buffers: None,
    };
    const VARYING: Self = Self {
        decided_by: Kind::Varying,
        own_buffers: None,
    };

    fn and(self, other: Self) -> Self {
        Self {
            decided_by: self.decided_by.max(other.decided_by),
            own_buffers: self.own_buffers.max(other.own_buffers),
        }
    }
}

/// A function as it is called with arguments of these kinds.
struct Walk<'a> {
    module: &'a Module,
    function: &'a Function,
    arguments: Vec<Origin>,
    locals: HashMap<Handle<LocalVariable>, Origin>,
    results: HashMap<Handle<Expression>, Origin>,
    returned: Origin,
    /// Offsets in the text, and what each branch hangs on.
    branches: Vec<(usize, Origin)>,
}

impl<'a> Walk<'a> {
    fn new(module: &'a Module, function: &'a Function, arguments: Vec<Origin>) -> Self {
        Self {
            module,
            function,
            arguments,
            locals: HashMap::new(),
            results: HashMap::new(),
            returned: Origin::CONSTANT,
            branches: Vec::new(),
        }
    }

    /// Until no variable becomes less constant.
    fn run(&mut self) {
        for (local, variable) in self.function.local_variables.iter() {
            let origin = variable
                .init
                .map_or(Origin::CONSTANT, |init| self.origin(init));
            self.locals.insert(local, origin);
        }
        loop {
            let before = (self.locals.clone(), self.results.clone());
            self.branches.clear();
            self.block(&self.function.body);
            if before == (self.locals.clone(), self.results.clone()) {
                return;
            }
        }
    }

    fn block(&mut self, block: &Block) {
        for (statement, span) in block.span_iter() {
            let place = span.to_range().map_or(0, |range| range.start);
            match statement {
                Statement::Block(inner) => self.block(inner),
                Statement::If {
                    condition,
                    accept,
                    reject,
                } => {
                    self.branch(*condition, place);
                    self.block(accept);
                    self.block(reject);
                }
                Statement::Switch { selector, cases } => {
                    self.branch(*selector, place);
                    cases.iter().for_each(|case| self.block(&case.body));
                }
                Statement::Loop {
                    body,
                    continuing,
                    break_if,
                } => {
                    self.block(body);
                    self.block(continuing);
                    if let Some(condition) = break_if {
                        self.branch(*condition, place);
                    }
                }
                Statement::Store { pointer, value } => {
                    let origin = self.origin(*value);
                    self.store(*pointer, origin);
                }
                Statement::Return { value: Some(value) } => {
                    self.returned = self.returned.and(self.origin(*value));
                }
                Statement::Call {
                    function,
                    arguments,
                    result,
                } => {
                    let origins = arguments
                        .iter()
                        .map(|argument| self.origin(*argument))
                        .collect();
                    let called = &self.module.functions[*function];
                    let mut walk = Walk::new(self.module, called, origins);
                    walk.run();
                    self.branches.extend(walk.branches);
                    for argument in arguments {
                        // What is passed by a pointer may come back as anything.
                        self.store(*argument, Origin::VARYING);
                    }
                    if let Some(result) = result {
                        self.results.insert(*result, walk.returned);
                    }
                }
                _ => {}
            }
        }
    }

    fn branch(&mut self, condition: Handle<Expression>, place: usize) {
        self.branches.push((place, self.origin(condition)));
    }

    fn store(&mut self, pointer: Handle<Expression>, origin: Origin) {
        match self.function.expressions[pointer] {
            Expression::LocalVariable(local) => {
                let at = self.locals.entry(local).or_insert(origin);
                *at = origin.and(*at);
            }
            Expression::AccessIndex { base, .. } | Expression::Access { base, .. } => {
                self.store(base, origin);
            }
            _ => {}
        }
    }

    fn origin(&self, handle: Handle<Expression>) -> Origin {
        let all = |handles: &[Handle<Expression>]| {
            let origins = handles.iter().map(|handle| self.origin(*handle));
            origins.fold(Origin::CONSTANT, Origin::and)
        };
        match &self.function.expressions[handle] {
            Expression::Literal(_)
            | Expression::Constant(_)
            | Expression::Override(_)
            | Expression::ZeroValue(_) => Origin::CONSTANT,
            Expression::Compose { components, .. } => all(components),
            Expression::Access { base, index } => all(&[*base, *index]),
            Expression::AccessIndex { base, .. } => self.origin(*base),
            Expression::Splat { value, .. } => self.origin(*value),
            Expression::Swizzle { vector, .. } => self.origin(*vector),
            Expression::Unary { expr, .. } | Expression::As { expr, .. } => self.origin(*expr),
            Expression::Binary { left, right, .. } => all(&[*left, *right]),
            Expression::Select {
                condition,
                accept,
                reject,
            } => all(&[*condition, *accept, *reject]),
            Expression::Relational { argument, .. } => self.origin(*argument),
            Expression::Math {
                arg,
                arg1,
                arg2,
                arg3,
                ..
            } => {
                let more = [*arg1, *arg2, *arg3].into_iter().flatten();
                all(&std::iter::once(*arg).chain(more).collect::<Vec<_>>())
            }
            Expression::FunctionArgument(index) => self.arguments[*index as usize],
            Expression::GlobalVariable(variable) => self.origin_of_global(*variable),
            Expression::LocalVariable(local) => {
                self.locals.get(local).copied().unwrap_or(Origin::CONSTANT)
            }
            Expression::Load { pointer } => self.origin(*pointer),
            Expression::CallResult(_) => self
                .results
                .get(&handle)
                .copied()
                .unwrap_or(Origin::CONSTANT),
            _ => Origin::VARYING,
        }
    }
    fn origin_of_global(&self, handle: Handle<GlobalVariable>) -> Origin {
        let variable = &self.module.global_variables[handle];
        if variable.space != AddressSpace::Uniform {
            return Origin::VARYING;
        }
        let binding = variable.binding.expect("uniforms are bound");
        let own = self.module.global_variables.iter().filter(|(_, other)| {
            other.space == AddressSpace::Uniform
                && other
                    .binding
                    .is_some_and(|at| at.group == 2 && at.binding <= binding.binding)
        });
        Origin {
            decided_by: Kind::Uniform,
            own_buffers: (binding.group == 2).then(|| own.count()),
        }
    }
}
