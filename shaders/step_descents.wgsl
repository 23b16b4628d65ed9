// Takes many steps of a tile of one team's descents, one or two an invocation, and records their
// trails on the way. `Walker`, `Step` and the functions on them are written by the optimizer room.

struct Job {
    // Descents of the tile, and where they begin among all and among those of their team.
    count: u32,
    first: u32,
    first_of_team: u32,
    // Steps taken before this dispatch, and by it.
    steps_before: u32,
    steps: u32,
    // Room for points in each trail, and steps between two of them; no trails where 0.
    trail_points: u32,
    stride: u32,
    // One descent of so many, of all teams together, has a trail.
    trail_every: u32,
    team: u32,
    // |∇f|² and f at or below which a descent has converged; negative and -inf: never.
    converged_gradient_square: f32,
    converged_loss: f32,
    // Of every random number.
    seed: u32,
    // Outside centre ± reach a descent has diverged.
    centre: array<vec4f, 4>,
    reach: array<vec4f, 4>,
}

// A descent between two steps.
struct Live {
    at: Walker,
    // Where it was a step ago, which is where it ends when it steps to where the loss has no value.
    before: Walker,
    status: u32,
    // Steps that it has taken: the step of its end once it has ended.
    end_step: u32,
}

// A descent between two blocks of steps. It has taken all steps so far until a block comes in which
// something may end it: before that it stops, and what is left of the dispatch is done step by step.
struct Run {
    at: Walker,
    before: Walker,
    // Steps of this dispatch.
    taken: u32,
}

// A descent within a block, and whether all its steps there are clean: none may end it.
struct Course {
    at: Walker,
    before: Walker,
    clean: bool,
}

// An invocation's descents; without `pairs`, the first alone.
struct Runs {
    a: Run,
    b: Run,
}

struct Courses {
    a: Course,
    b: Course,
}

const RUNNING = 0u;
const CONVERGED = 1u;
const DIVERGED = 2u;

// Taken by a descent that had ended before: no step of any dispatch.
const ENDED = 0xffffffffu;

const NO_TRAIL = 0xffffffffu;

// Whether an invocation has two descents, which hides the waits of one behind the other, and how
// many steps make a block: 1, 2 or 4, or 0 where the rule is so long that each step stands alone.
override pairs: bool = true;
override block: u32 = 4u;

// Whether descents end at all; `trace` and `bench steps` end nothing. And whether one can converge.
override ends: bool = true;
override converges: bool = true;

@group(0) @binding(0) var<uniform> job: Job;
@group(0) @binding(1) var<uniform> table: array<vec4f, 4096>;
// Number k of descent i at k * count + i.
@group(0) @binding(2) var<storage, read_write> numbers: array<f32>;
@group(0) @binding(3) var<storage, read_write> trails: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> heads: array<Head>;
@group(0) @binding(5) var<uniform> plane: Plane;

fn load(i: u32) -> Live {
    let at = load_walker(i, job.count);
    let head = heads[job.first + i];
    let is_running = head.status == RUNNING;
    return Live(at, at, head.status, select(head.end_step, job.steps_before, is_running));
}

fn store(i: u32, last: Live) {
    var live = last;
    if ends && live.status == RUNNING && !n_is_finite(loss_of(live.at)) {
        live = lost(live);
    }
    store_walker(i, job.count, live.at);
    let foot = foot_on_plane(walker_shown(live.at));
    let loss = walker_loss(live.at);
    heads[job.first + i] = Head(foot.xy, loss, live.status, live.end_step, job.team, foot.z);
}

// Back from where the loss has no value; a start without one is left where it is.
fn lost(live: Live) -> Live {
    let at = walker_back(live.at, live.before, true);
    return Live(at, at, DIVERGED, max(live.end_step, 1u) - 1u);
}

// Where a descent's trail begins, if it has one.
fn trail_of(i: u32) -> u32 {
    let number = job.first + i;
    let has_one = job.trail_points > 0u && number % job.trail_every == 0u;
    return select(NO_TRAIL, number / job.trail_every * job.trail_points, has_one);
}

fn record(trail: u32, at: Walker, point: u32) {
    let loss = walker_loss(at);
    if trail != NO_TRAIL && n_is_finite(loss) {
        let foot = foot_on_plane(walker_shown(at));
        // Number by number, since a driver may store lane by lane.
        trails[trail + point].x = foot.x;
        trails[trail + point].y = foot.y;
        trails[trail + point].z = loss;
        if PARAMETERS > 2u {
            // Else 0, as the buffer is made.
            trails[trail + point].w = foot.z;
        }
    }
}

// Step k of this dispatch, counted from 0.
fn step_of(i: u32, at: Walker, k: u32, fixed: Fixed) -> Step {
    let chance = vec3u(job.seed, job.first_of_team + i, job.steps_before + k + 1u);
    return walker_step(at, FIRST_ROW + k * ROW, chance, fixed);
}

// False where the step may end its descent; `advance` then knows whether it does.
fn goes_on(step: Step, fixed: Fixed) -> bool {
    // Infinite where either is, and where both are at the end of what 32 bits hold.
    let finite = n_is_finite(abs(step.loss) + step.gradient_square);
    let converged = converges && (step.loss <= job.converged_loss
        || step.gradient_square <= job.converged_gradient_square);
    return finite && !converged && walker_within(step.next, fixed);
}

fn walk(i: u32, course: Course, k: u32, fixed: Fixed) -> Course {
    let step = step_of(i, course.at, k, fixed);
    return Course(step.next, course.at, course.clean && (!ends || goes_on(step, fixed)));
}

// Both in turns, so that the one does not wait for the other's roots and quotients.
fn walk_both(ij: vec2u, courses: Courses, k: u32, fixed: Fixed) -> Courses {
    if pairs {
        return Courses(walk(ij.x, courses.a, k, fixed), walk(ij.y, courses.b, k, fixed));
    }
    return Courses(walk(ij.x, courses.a, k, fixed), courses.b);
}

// The course through a block that begins at step k.
fn enter(run: Run, k: u32) -> Course {
    return Course(run.at, run.before, run.taken == k);
}

fn leave(run: Run, course: Course, length: u32) -> Run {
    if !ends {
        return Run(course.at, course.before, run.taken + length);
    }
    return Run(
        walker_select(run.at, course.at, course.clean),
        walker_select(run.before, course.before, course.clean),
        run.taken + select(0u, length, course.clean),
    );
}

// So many steps from k on, of each descent all or none.
fn take_block(ij: vec2u, runs: Runs, k: u32, length: u32, fixed: Fixed) -> Runs {
    var courses = Courses(enter(runs.a, k), enter(runs.b, k));
    courses = walk_both(ij, courses, k, fixed);
    if length >= 2u {
        courses = walk_both(ij, courses, k + 1u, fixed);
    }
    if length >= 4u {
        courses = walk_both(ij, walk_both(ij, courses, k + 2u, fixed), k + 3u, fixed);
    }
    return Runs(leave(runs.a, courses.a, length), leave(runs.b, courses.b, length));
}

// One step, and whether it ends the descent.
fn advance(i: u32, live: Live, k: u32, fixed: Fixed) -> Live {
    let step = step_of(i, live.at, k, fixed);
    if !ends {
        return Live(step.next, live.at, RUNNING, live.end_step + 1u);
    }
    let has_value = n_is_finite(step.loss);
    let has_converged = converges && has_value && (step.loss <= job.converged_loss
        || step.gradient_square <= job.converged_gradient_square);
    let goes_on = has_value && n_is_finite(step.gradient_square) && walker_within(step.next, fixed);
    var outcome = select(DIVERGED, RUNNING, goes_on);
    outcome = select(outcome, CONVERGED, has_converged);
    let moves = outcome == RUNNING;
    return Live(
        walker_select(walker_back(live.at, live.before, !has_value), step.next, moves),
        live.at,
        outcome,
        live.end_step + u32(moves) - u32(!has_value && live.end_step > 0u),
    );
}

// What is left of the dispatch, step by step.
fn finish(i: u32, trail: u32, start: Live, run: Run, fixed: Fixed) {
    let taken = select(run.taken, 0u, run.taken == ENDED);
    var live = Live(run.at, run.before, start.status, start.end_step + taken);
    for (var k = taken; k < job.steps && live.status == RUNNING; k++) {
        let step = job.steps_before + k;
        // A block has recorded where it began.
        if job.trail_points > 0u && step % job.stride == 0u && (k > taken || block == 0u) {
            record(trail, live.at, step / job.stride % job.trail_points);
        }
        live = advance(i, live, k, fixed);
    }
    store(i, live);
}

@compute @workgroup_size(64)
fn step_descents(@builtin(global_invocation_id) id: vec3u) {
    let invocations = select(job.count, (job.count + 1u) / 2u, pairs);
    if id.x >= invocations {
        return;
    }
    let i = id.x;
    // The last invocation of an odd count has one descent: it steps that twice and stores it once.
    let j = select(i, i + invocations, i + invocations < job.count);
    let trails_of = vec2u(trail_of(i), trail_of(j));
    let fixed = load_fixed();
    let first = load(i);
    let second = load(j);
    var runs = Runs(
        Run(first.at, first.at, select(ENDED, 0u, first.status == RUNNING)),
        Run(second.at, second.at, select(ENDED, 0u, second.status == RUNNING)),
    );
    // The step of the next trail point, counted from this dispatch's first.
    let since_last = job.steps_before % job.stride;
    var next_point = select(job.stride - since_last, 0u, since_last == 0u);
    var point = (job.steps_before + next_point) / job.stride % max(job.trail_points, 1u);
    if job.trail_points == 0u {
        next_point = job.steps;
    }
    var k = select(0u, job.steps, block == 0u);
    while k < job.steps {
        if k == next_point {
            record(select(NO_TRAIL, trails_of.x, runs.a.taken == k), runs.a.at, point);
            if pairs {
                record(select(NO_TRAIL, trails_of.y, runs.b.taken == k), runs.b.at, point);
            }
            // Beyond the last step where that is the nearer: a long stride would not fit 32 bits.
            next_point += min(job.stride, job.steps);
            point = select(point + 1u, 0u, point + 1u == job.trail_points);
        }
        let until = min(next_point, job.steps);
        if block > 1u {
            for (; k + block <= until; k += block) {
                runs = take_block(vec2u(i, j), runs, k, block, fixed);
            }
        }
        for (; k < until; k++) {
            runs = take_block(vec2u(i, j), runs, k, 1u, fixed);
        }
    }
    finish(i, trails_of.x, first, runs.a, fixed);
    if pairs && j != i {
        finish(j, trails_of.y, second, runs.b, fixed);
    }
}
