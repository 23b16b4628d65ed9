//! The race: all teams' descents, advanced to a step.

use super::SimulationError;
use super::descents::{Descents, DescentsUniform, Head};
use super::plane::Plane;
use super::team::Team;
use crate::gpu::{BufferReadback, Gpu};
use crate::optimizer::Update;

/// Operations of one dispatch at most, so that none runs long on any adapter: about 50 ms on the
/// slowest of `facts` (25 operations a nanosecond on two cores in software).
pub(super) const OPERATIONS_A_DISPATCH: u64 = 1 << 30;

/// One team: a rule joined with the loss, and where its descents start.
#[derive(Debug, Clone)]
pub struct TeamPlan {
    /// The rule on the race's loss.
    pub update: Update,
    /// A point for each descent; every parameter is given.
    pub starts: Vec<Vec<f32>>,
}

/// When descents end.
#[derive(Debug, Clone, PartialEq)]
pub struct Ends {
    /// |∇f| at or below which a descent has converged.
    pub converged_gradient: Option<f64>,
    /// f at or below which a descent has converged.
    pub converged_loss: Option<f64>,
    /// The domain's centre, a number for each parameter.
    pub centre: Vec<f64>,
    /// How far from the centre a descent may go before it has diverged.
    pub reach: Vec<f64>,
}

/// What holds for all teams.
#[derive(Debug, Clone, PartialEq)]
pub struct RacePlan {
    /// Room for points in each trail; 0 records none.
    pub trail_points: u32,
    /// Steps from one trail point to the next; at least 1.
    pub stride: u32,
    /// The landscape's plane, on which heads and trail points are placed.
    pub plane: Plane,
    /// When descents end; `None`: never, as for `trace` and `bench steps`.
    pub ends: Option<Ends>,
    /// Steps of one dispatch at most, for those who want to know that it changes nothing.
    pub steps_a_dispatch: Option<u32>,
}

impl RacePlan {
    /// For a race of which the numbers alone are wanted: no trails, no end, and a plane that nobody
    /// looks at.
    pub fn of_numbers(parameters: usize) -> Self {
        Self {
            trail_points: 0,
            stride: 1,
            plane: match parameters {
                1 => Plane::of_one_parameter([-1.0, 1.0]),
                _ => Plane::of_axes([0, 1], &vec![0.0; parameters], [[-1.0, 1.0]; 2]),
            },
            ends: None,
            steps_a_dispatch: None,
        }
    }
}

/// All teams' descents on the GPU.
#[derive(Debug)]
pub struct Race {
    /// What the passes read.
    pub descents: Descents,
    teams: Vec<Team>,
    plan: RacePlan,
    step: u32,
}

impl Race {
    /// Teams at their start points.
    ///
    /// # Errors
    /// A rule that the GPU cannot hold, or a device that refuses.
    pub fn new(gpu: &Gpu, teams: &[TeamPlan], plan: RacePlan) -> Result<Self, SimulationError> {
        let count: usize = teams.iter().map(|team| team.starts.len()).sum();
        let count = u32::try_from(count).expect("a scene bounds its descents");
        let descents = Descents::new(gpu, count, plan.trail_points);
        let mut built = Vec::new();
        let mut first = 0;
        for (number, team) in teams.iter().enumerate() {
            let number = u32::try_from(number).expect("a scene bounds its teams");
            built.push(Team::new(gpu, team, number, first, &descents, &plan)?);
            first += u32::try_from(team.starts.len()).expect("counted above");
        }
        let mut race = Self {
            descents,
            teams: built,
            plan,
            step: 0,
        };
        race.reset(gpu);
        Ok(race)
    }

    /// The step that the heads stand at.
    pub fn step(&self) -> u32 {
        self.step
    }

    /// Steps from one trail point to the next.
    pub fn stride(&self) -> u32 {
        self.plan.stride
    }

    /// Bounds the steps of one dispatch from now on.
    pub fn limit_steps_a_dispatch(&mut self, steps: u32) {
        self.plan.steps_a_dispatch = Some(steps);
    }

    /// Brings every descent back to its start.
    pub fn reset(&mut self, gpu: &Gpu) {
        self.step = 0;
        for team in &self.teams {
            team.reset(gpu, &self.descents);
        }
        self.dispatch(gpu, 0);
    }

    /// Brings every descent to `step`: onwards, or from the start where `step` is behind.
    pub fn advance_to(&mut self, gpu: &Gpu, step: u32) {
        if step < self.step {
            self.reset(gpu);
        }
        while self.step < step {
            let steps = (step - self.step).min(self.steps_a_dispatch());
            self.dispatch(gpu, steps);
        }
    }

    /// Asks for a team's numbers, `count` of each: its parameters first.
    pub fn request_numbers(&self, gpu: &Gpu, team: usize) -> BufferReadback {
        let numbers = &self.teams[team].numbers;
        BufferReadback::request(gpu, numbers, numbers.size())
    }

    /// The point that is drawn of each of a team's descents, from its numbers' bytes.
    pub fn positions_from_bytes(&self, team: usize, bytes: &[u8]) -> Vec<Vec<f32>> {
        self.teams[team].positions_from_bytes(bytes)
    }

    /// Bytes of state that a team keeps for each descent, its parameters included.
    pub fn bytes_a_descent(&self, team: usize) -> usize {
        self.teams[team].bytes_a_descent()
    }

    /// Asks for every descent's [`Head`].
    pub fn request_heads(&self, gpu: &Gpu) -> BufferReadback {
        let size = u64::from(self.descents.count) * size_of::<Head>() as u64;
        BufferReadback::request(gpu, &self.descents.heads, size)
    }

    fn dispatch(&mut self, gpu: &Gpu, steps: u32) {
        for team in &mut self.teams {
            team.step(gpu, &self.plan, self.step, steps);
        }
        self.step += steps;
        gpu.write(
            &self.descents.uniform,
            &[DescentsUniform {
                count: self.descents.count,
                trail_points: self.descents.trail_points,
                stride: self.plan.stride,
                step: self.step,
            }],
        );
    }

    /// Chosen from the room in the table and the count of operations, never from timing.
    fn steps_a_dispatch(&self) -> u32 {
        let operations: u64 = self.teams.iter().map(Team::operations_a_step).sum();
        let by_work = (OPERATIONS_A_DISPATCH / operations.max(1)).clamp(1, 4096) as u32;
        let by_table = self.teams.iter().map(Team::most_steps).min();
        let most = by_work.min(by_table.unwrap_or(1));
        most.min(self.plan.steps_a_dispatch.unwrap_or(u32::MAX))
            .max(1)
    }
}
