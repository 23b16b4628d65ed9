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
        arguments: &["from", "to", "steps"],
        formula: "to + (from - to)*(1 + cos(pi*min((t - 1)/steps, 1)))/2",
    },
    Schedule {
        name: "linear",
        arguments: &["from", "to", "steps"],
        formula: "from + (to - from)*min((t - 1)/steps, 1)",
    },
    Schedule {
        name: "step_decay",
        arguments: &["from", "factor", "every"],
        formula: "from*factor^floor((t - 1)/every)",
    },
    Schedule {
        name: "warmup",
        arguments: &["to", "steps"],
        formula: "to*min(t/steps, 1)",
    },
    Schedule {
        name: "invsqrt",
        arguments: &["from", "steps"],
        formula: "from*sqrt(steps/max(t, steps))",
    },
];

/// The schedule called `name`.
pub fn named(name: &str) -> Option<&'static Schedule> {
    SCHEDULES.iter().find(|schedule| schedule.name == name)
}
