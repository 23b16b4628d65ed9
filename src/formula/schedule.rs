//! The common schedules by name: formulas of `t`, for hyperparameters.

/// A function of `t` and of its arguments.
#[derive(Debug)]
pub struct Schedule {
    /// As formulas call it.
    pub name: &'static str,
    /// What its arguments are called in the formula.
    pub arguments: &'static [&'static str],
    /// What it stands for.
    pub formula: &'static str,
}

/// Each begins with its first value at t = 1.
pub const SCHEDULES: [Schedule; 5] = [
    Schedule {
        name: "cosine",
        arguments: &["first", "last", "steps"],
        formula: "last + (first - last)*(1 + cos(pi*min((t - 1)/steps, 1)))/2",
    },
    Schedule {
        name: "linear",
        arguments: &["first", "last", "steps"],
        formula: "first + (last - first)*min((t - 1)/steps, 1)",
    },
    Schedule {
        name: "step_decay",
        arguments: &["first", "factor", "every"],
        formula: "first*factor^floor((t - 1)/every)",
    },
    Schedule {
        name: "warmup",
        arguments: &["last", "steps"],
        formula: "last*min(t/steps, 1)",
    },
    Schedule {
        name: "invsqrt",
        arguments: &["first", "steps"],
        formula: "first*sqrt(steps/max(t, steps))",
    },
];

/// The schedule called `name`.
pub fn named(name: &str) -> Option<&'static Schedule> {
    SCHEDULES.iter().find(|schedule| schedule.name == name)
}
