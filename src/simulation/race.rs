//! The race: all teams' descents, advanced to a step.

use super::SimulationError;
use super::descents::{Descents, DescentsUniform, Head, trail_every};
use super::ends::Ends;
use super::plane::Plane;
use super::team::Team;
use crate::gpu::{Batch, BufferReadback, Gpu, Pace};
use crate::optimizer::Update;
use crate::shader;

/// Points of all trails together at most: 4,096 trails have 512 each, and the 65,536 of a crowd, which
/// no eye follows one by one, 32. A point is stored at the price of many steps.
const MAX_TRAIL_POINTS: u64 = 1 << 21;

/// Steps of the longest block, see [`crate::optimizer::Kernel::copies`].
const BLOCK: u64 = 4;

/// One team: a rule joined with the loss, and where its descents start.
#[derive(Debug, Clone)]
pub struct TeamPlan {
    /// The rule on the race's loss.
    pub update: Update,
    /// A point for each descent; every parameter is given.
    pub starts: Vec<Vec<f32>>,
}

/// What holds for all teams.
#[derive(Debug, Clone, PartialEq)]
pub struct RacePlan {
    /// Room for points in each trail, of which the newest are kept; 0 records none.
    pub trail_points: u32,
    /// Steps from one trail point to the next; at least 1.
    pub stride: u32,
    /// The landscape's plane, on which heads and trail points are placed.
    pub plane: Plane,
    /// When descents end; `None`: never, as for `trace` and `bench steps`.
    pub ends: Option<Ends>,
    /// Bounds on a dispatch beside those of the adapter.
    pub grouping: Grouping,
}

/// How much one dispatch takes at most, and how, for those who want to know that it changes nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Grouping {
    /// Steps; `None`: as many as the adapter does in its time.
    pub steps: Option<u32>,
    /// Descents; likewise.
    pub descents: Option<u32>,
    /// Descents of an invocation and steps of a block, as [`crate::optimizer::Kernel::copies`] has
    /// them; `None`: as suits the rule and the adapter.
    pub copies: Option<[u32; 2]>,
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
            grouping: Grouping::default(),
        }
    }

    /// The same with trails of up to `points` points, none where that is 0: room for all of `steps`
    /// steps of so many descents.
    pub fn with_trails(self, descents: usize, points: u32, steps: u64) -> Self {
        let trails = (descents as u64).div_ceil(trail_every(descents as u32).into());
        let room = MAX_TRAIL_POINTS / trails.max(1);
        let most = u64::from(points).min(room).max(2);
        let stride = match steps.div_ceil(most).max(1) {
            // So far apart that no eye sees whether they are one step more, points are whole blocks
            // of steps from each other, which the kernel takes at once.
            far @ 9.. => far.next_multiple_of(BLOCK),
            near => near,
        };
        let needed = steps.div_ceil(stride).clamp(1, most) as u32;
        Self {
            trail_points: if points > 0 { needed } else { 0 },
            stride: u32::try_from(stride).unwrap_or(u32::MAX),
            ..self
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
    pace: Pace,
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
            let count = u32::try_from(team.starts.len()).expect("counted above");
            let number = u32::try_from(number).expect("a scene bounds its teams");
            let place = [number, first];
            built.push(Team::new(gpu, team, place, &descents, &plan)?);
            first += count;
        }
        let mut race = Self {
            descents,
            teams: built,
            plan,
            pace: gpu.pace(&shader::measure_pace())?,
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
        self.plan.grouping.steps = Some(steps);
    }

    /// Brings every descent back to its start.
    pub fn reset(&mut self, gpu: &Gpu) {
        self.step = 0;
        for team in &mut self.teams {
            team.reset(gpu, &self.descents, &self.plan.plane);
        }
        self.round(gpu, 0);
        self.write_step(gpu);
    }

    /// Brings every descent to `step`: onwards, or from the start where `step` is behind.
    pub fn advance_to(&mut self, gpu: &Gpu, step: u32) {
        if step < self.step {
            self.reset(gpu);
        }
        while self.teams.iter().any(|team| team.step() < step) {
            self.round(gpu, step);
        }
        self.step = step;
        self.write_step(gpu);
    }

    /// Asks for all numbers that a team keeps of its descents: where one tile holds them all,
    /// number k of descent i at k · count + i.
    pub fn request_numbers(&self, gpu: &Gpu, team: usize) -> BufferReadback {
        self.teams[team].request_numbers(gpu)
    }

    /// Asks for the point that is drawn of each of a team's descents.
    pub fn request_positions(&self, gpu: &Gpu, team: usize) -> BufferReadback {
        self.teams[team].request_positions(gpu)
    }

    /// The answer to [`Race::request_positions`]: every parameter of each.
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

    /// A dispatch of each team that is behind `step`; at step 0, of every team.
    fn round(&mut self, gpu: &Gpu, step: u32) {
        let mut batch = Batch::new(gpu, self.pace.operations);
        for team in &mut self.teams {
            if team.step() < step || step == 0 {
                team.advance(gpu, &mut batch, &self.plan, step);
            }
        }
        batch.submit();
    }

    fn write_step(&self, gpu: &Gpu) {
        gpu.write(
            &self.descents.uniform,
            &[DescentsUniform {
                count: self.descents.count,
                trail_points: self.descents.trail_points,
                stride: self.plan.stride,
                step: self.step,
                trail_every: self.descents.trail_every,
                padding: [0; 3],
            }],
        );
    }
}
