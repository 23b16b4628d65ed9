//! What a command ends with when it does not end well: one message, one exit code.

use thalweg::film::{FilmError, RunError};
use thalweg::formula::FormulaError;
use thalweg::gpu::GpuError;
use thalweg::load::LoadError;
use thalweg::optimizer::{Rule, UpdateError};
use thalweg::simulation::SimulationError;
use thalweg::stage::StageError;

/// A message for stderr with the exit code of its kind.
#[derive(Debug)]
pub struct Failure {
    /// 1 failed, 2 bad input, 3 no adapter, 4 output, 130 interrupted.
    pub code: u8,
    message: String,
}

impl Failure {
    /// Something went wrong that is nobody's input.
    pub fn failed(message: impl Into<String>) -> Self {
        Self {
            code: 1,
            message: message.into(),
        }
    }

    /// Arguments, scene or formula.
    pub fn bad_input(message: impl Into<String>) -> Self {
        Self {
            code: 2,
            message: message.into(),
        }
    }

    /// A file that cannot be written.
    pub fn output(path: &std::path::Path, error: &dyn std::fmt::Display) -> Self {
        Self {
            code: 4,
            message: format!("cannot write {}: {error}", path.display()),
        }
    }

    /// Ctrl-C; the message says what is left.
    pub fn interrupted(message: impl Into<String>) -> Self {
        Self {
            code: 130,
            message: message.into(),
        }
    }

    /// A rule that cannot run, with a caret where there is a text.
    pub fn of_update(error: &UpdateError, rule: &Rule, formula: &str) -> Self {
        Self::bad_input(match error {
            UpdateError::Rule(error) => error.render("rule", &rule.text),
            UpdateError::Loss(error) => error.render("loss", formula),
            UpdateError::Setting { name, text, error } => error.render(name, text),
            UpdateError::UnknownSetting { .. } | UpdateError::NotAFlag(_) => error.to_string(),
        })
    }

    /// A race that cannot be set up, with a caret where the rule or the loss is to blame.
    pub fn of_race(error: SimulationError, rule: &Rule, formula: &str) -> Self {
        match error {
            SimulationError::Update(error) => Self::of_update(&error, rule, formula),
            other => other.into(),
        }
    }

    /// A formula that cannot be used, with its caret.
    pub fn of_formula(error: &FormulaError, name: &str, text: &str) -> Self {
        Self::bad_input(error.render(name, text))
    }

    /// Prints the message on stderr.
    pub fn print(&self) {
        // A rendered formula error begins with the word already.
        match self.message.starts_with("error: ") {
            true => eprintln!("{}", self.message),
            false => eprintln!("error: {}", self.message),
        }
    }
}

impl From<GpuError> for Failure {
    fn from(error: GpuError) -> Self {
        let code = match error {
            GpuError::NoAdapter(_) | GpuError::NoDevice { .. } => 3,
            GpuError::Lost(_) | GpuError::Refused(_) => 1,
        };
        Self {
            code,
            message: error.to_string(),
        }
    }
}

impl From<LoadError> for Failure {
    fn from(error: LoadError) -> Self {
        Self::bad_input(error.to_string())
    }
}

impl From<FilmError> for Failure {
    fn from(error: FilmError) -> Self {
        Self {
            code: error.exit_code(),
            message: error.to_string(),
        }
    }
}

impl From<StageError> for Failure {
    fn from(error: StageError) -> Self {
        match error {
            StageError::Plan(error) => Self::bad_input(error.to_string()),
            StageError::Gpu(error) => error.into(),
        }
    }
}

impl From<SimulationError> for Failure {
    fn from(error: SimulationError) -> Self {
        match error {
            SimulationError::Formula(error) => Self::bad_input(error.to_string()),
            SimulationError::Update(error) => Self::bad_input(error.to_string()),
            SimulationError::Gpu(error) => error.into(),
        }
    }
}

impl From<RunError> for Failure {
    fn from(error: RunError) -> Self {
        match error {
            RunError::Gpu(error) => error.into(),
            RunError::Film(error) => error.into(),
        }
    }
}
