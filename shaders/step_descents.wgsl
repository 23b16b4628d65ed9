// Takes many steps of a tile of one team's descents, some an invocation, and records their
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

// A descent within a block, and the worst of what its steps there came to. Below N_INF_BITS all are
// clean: none may end it.
struct Course {
    at: Walker,
    before: Walker,
    worst: u32,
}

// An invocation's descents: the first, the first two, or all.
struct Runs {
    a: Run,
    b: Run,
    c: Run,
    d: Run,
}

struct Courses {
    a: Course,
    b: Course,
    c: Course,
    d: Course,
}

const RUNNING = 0u;
const CONVERGED = 1u;
const DIVERGED = 2u;

// Taken by a descent that had ended before: no step of any dispatch.
const ENDED = 0xffffffffu;

const NO_TRAIL = 0xffffffffu;

// How many descents an invocation has: 1, 2 or 4. One hides the waits of another, and all share what
// is read of the table. And how many steps make a block: 1, 2 or 4, or 0 where the rule is so long
// that each step stands alone.
override descents: u32 = 2u;
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

fn record(trail: u32, at: Walker, point: u32, fixed: Fixed) {
    let loss = walker_loss(at);
    if trail != NO_TRAIL && n_is_finite(loss) {
        let foot = walker_foot(at, fixed);
        trails[trail + point] = vec4f(foot.xy, loss, foot.z);
    }
}

// Where its run stands, unless that has stopped before step k.
fn record_run(trail: u32, run: Run, k: u32, point: u32, fixed: Fixed) {
    record(select(NO_TRAIL, trail, run.taken == k), run.at, point, fixed);
}

fn record_runs(trails_of: vec4u, runs: Runs, k: u32, point: u32, fixed: Fixed) {
    record_run(trails_of.x, runs.a, k, point, fixed);
    if descents >= 2u {
        record_run(trails_of.y, runs.b, k, point, fixed);
    }
    if descents >= 4u {
        record_run(trails_of.z, runs.c, k, point, fixed);
        record_run(trails_of.w, runs.d, k, point, fixed);
    }
}

// Step k of this dispatch, counted from 0, of the descent of that key.
fn step_of(key: u32, at: Walker, k: u32, fixed: Fixed) -> Step {
    let chance = vec3u(fixed.seed_key, key, fixed.first_step + k);
    return walker_step(at, FIRST_ROW + k * ROW, chance, fixed);
}

fn is_at_tolerance(step: Step, fixed: Fixed) -> bool {
    return (step.loss <= fixed.converged_loss)
        | (step.gradient_square <= fixed.converged_gradient_square);
}

// At or above N_INF_BITS where the step may end its descent; `advance` then knows whether it does.
fn worst_of(step: Step, fixed: Fixed) -> u32 {
    // Infinite where either is, and where both are at the end of what 32 bits hold.
    let size = bitcast<u32>(abs(step.loss) + step.gradient_square);
    let worst = max(size, walker_excess(step.next, fixed));
    return select(worst, N_INF_BITS, converges & is_at_tolerance(step, fixed));
}

fn walk(key: u32, course: Course, k: u32, fixed: Fixed) -> Course {
    let step = step_of(key, course.at, k, fixed);
    if !ends {
        return Course(step.next, course.at, 0u);
    }
    return Course(step.next, course.at, max(course.worst, worst_of(step, fixed)));
}

// All in turns, so that none waits for another's roots and quotients.
fn walk_all(keys: vec4u, courses: Courses, k: u32, fixed: Fixed) -> Courses {
    var next = courses;
    next.a = walk(keys.x, courses.a, k, fixed);
    if descents >= 2u {
        next.b = walk(keys.y, courses.b, k, fixed);
    }
    if descents >= 4u {
        next.c = walk(keys.z, courses.c, k, fixed);
        next.d = walk(keys.w, courses.d, k, fixed);
    }
    return next;
}

fn enter(run: Run) -> Course {
    return Course(run.at, run.before, 0u);
}

// The run through a block from step k on, all of it or nothing.
fn leave(run: Run, course: Course, k: u32, length: u32) -> Run {
    if !ends {
        return Run(course.at, course.before, run.taken + length);
    }
    let goes_on = (run.taken == k) & (course.worst < N_INF_BITS);
    return Run(
        walker_select(run.at, course.at, goes_on),
        walker_select(run.before, course.before, goes_on),
        run.taken + select(0u, length, goes_on),
    );
}

// So many steps from k on, of each descent all or none.
fn take_block(keys: vec4u, runs: Runs, k: u32, length: u32, fixed: Fixed) -> Runs {
    var courses = Courses(enter(runs.a), enter(runs.b), enter(runs.c), enter(runs.d));
    courses = walk_all(keys, courses, k, fixed);
    if length >= 2u {
        courses = walk_all(keys, courses, k + 1u, fixed);
    }
    if length >= 4u {
        courses = walk_all(keys, walk_all(keys, courses, k + 2u, fixed), k + 3u, fixed);
    }
    return Runs(
        leave(runs.a, courses.a, k, length),
        leave(runs.b, courses.b, k, length),
        leave(runs.c, courses.c, k, length),
        leave(runs.d, courses.d, k, length),
    );
}

// One step, and whether it ends the descent.
fn advance(key: u32, live: Live, k: u32, fixed: Fixed) -> Live {
    let step = step_of(key, live.at, k, fixed);
    if !ends {
        return Live(step.next, live.at, RUNNING, live.end_step + 1u);
    }
    let has_value = n_is_finite(step.loss);
    let has_converged = converges & has_value & is_at_tolerance(step, fixed);
    let goes_on = has_value & n_is_finite(step.gradient_square)
        & (walker_excess(step.next, fixed) < N_INF_BITS);
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
fn finish(i: u32, trail: u32, key: u32, start: Live, run: Run, fixed: Fixed) {
    let taken = select(run.taken, 0u, run.taken == ENDED);
    var live = Live(run.at, run.before, start.status, start.end_step + taken);
    for (var k = taken; k < job.steps && live.status == RUNNING; k++) {
        let step = job.steps_before + k;
        // A block has recorded where it began.
        if job.trail_points > 0u && step % job.stride == 0u && (k > taken || block == 0u) {
            record(trail, live.at, step / job.stride % job.trail_points, fixed);
        }
        live = advance(key, live, k, fixed);
    }
    store(i, live);
}

fn run_of(start: Live) -> Run {
    return Run(start.at, start.at, select(ENDED, 0u, start.status == RUNNING));
}

@compute @workgroup_size(64)
fn step_descents(@builtin(global_invocation_id) id: vec3u) {
    let invocations = (job.count + descents - 1u) / descents;
    if id.x >= invocations {
        return;
    }
    // The last invocations may lack a descent: they step their first in its place, and store it once.
    let wanted = id.x + vec4u(0u, 1u, 2u, 3u) * invocations;
    let those = select(vec4u(id.x), wanted, wanted < vec4u(job.count));
    let trails_of = vec4u(
        trail_of(those.x),
        trail_of(those.y),
        trail_of(those.z),
        trail_of(those.w),
    );
    let keys = key_of(job.first_of_team + those);
    let fixed = load_fixed();
    let a = load(those.x);
    let b = load(those.y);
    let c = load(those.z);
    let d = load(those.w);
    var runs = Runs(run_of(a), run_of(b), run_of(c), run_of(d));
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
            record_runs(trails_of, runs, k, point, fixed);
            // Beyond the last step where that is the nearer: a long stride would not fit 32 bits.
            next_point += min(job.stride, job.steps);
            point = select(point + 1u, 0u, point + 1u == job.trail_points);
        }
        let until = min(next_point, job.steps);
        if block > 1u {
            for (; k + block <= until; k += block) {
                runs = take_block(keys, runs, k, block, fixed);
            }
        }
        for (; k < until; k++) {
            runs = take_block(keys, runs, k, 1u, fixed);
        }
    }
    finish(those.x, trails_of.x, keys.x, a, runs.a, fixed);
    if descents >= 2u && those.y != those.x {
        finish(those.y, trails_of.y, keys.y, b, runs.b, fixed);
    }
    if descents >= 4u && those.z != those.x {
        finish(those.z, trails_of.z, keys.z, c, runs.c, fixed);
    }
    if descents >= 4u && those.w != those.x {
        finish(those.w, trails_of.w, keys.w, d, runs.d, fixed);
    }
}
