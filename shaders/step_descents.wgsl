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

struct Live {
    at: Walker,
    // Where it was a step ago, which is where it ends when it steps to where the loss has no value.
    before: Walker,
    status: u32,
    // Steps that it has taken: the step of its end once it has ended.
    end_step: u32,
}

const RUNNING = 0u;
const CONVERGED = 1u;
const DIVERGED = 2u;

const NO_TRAIL = 0xffffffffu;

// Whether an invocation has two descents, which hides the waits of one behind the other, and
// whether a turn of the loop takes two steps; neither where the rule is long.
override pairs: bool = true;
override unrolled: bool = true;

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

fn record(trail: u32, live: Live, point: u32) {
    let loss = walker_loss(live.at);
    if trail != NO_TRAIL && live.status == RUNNING && n_is_finite(loss) {
        let foot = foot_on_plane(walker_shown(live.at));
        trails[trail + point] = vec4f(foot.xy, loss, foot.z);
    }
}

fn advance(i: u32, live: Live, k: u32) -> Live {
    let chance = vec3u(job.seed, job.first_of_team + i, job.steps_before + k + 1u);
    let step = walker_step(live.at, k * ROW, chance);
    if !ends {
        return Live(step.next, live.at, RUNNING, live.end_step + 1u);
    }
    let has_value = n_is_finite(step.loss);
    let has_converged = converges && has_value && (step.loss <= job.converged_loss
        || step.gradient_square <= job.converged_gradient_square);
    let goes_on = has_value && n_is_finite(step.gradient_square) && walker_within(step.next);
    var outcome = select(DIVERGED, RUNNING, goes_on);
    outcome = select(outcome, CONVERGED, has_converged);
    let was_running = live.status == RUNNING;
    let moves = was_running && outcome == RUNNING;
    let is_lost = was_running && !has_value;
    let stays = walker_back(live.at, live.before, is_lost);
    return Live(
        walker_select(stays, step.next, moves),
        live.at,
        select(live.status, outcome, was_running),
        live.end_step + u32(moves) - u32(is_lost && live.end_step > 0u),
    );
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
    var a = load(i);
    var b = load(j);
    // The step of the next trail point, counted from this dispatch's first.
    let since_last = job.steps_before % job.stride;
    var next_point = select(job.stride - since_last, 0u, since_last == 0u);
    var point = (job.steps_before + next_point) / job.stride % max(job.trail_points, 1u);
    if job.trail_points == 0u {
        next_point = job.steps;
    }
    var k = 0u;
    while k < job.steps {
        if k == next_point {
            record(trails_of.x, a, point);
            if pairs {
                record(trails_of.y, b, point);
            }
            // Beyond the last step where that is the nearer: a long stride would not fit 32 bits.
            next_point += min(job.stride, job.steps);
            point = select(point + 1u, 0u, point + 1u == job.trail_points);
        }
        let until = min(next_point, job.steps);
        if unrolled {
            for (; k + 1u < until; k += 2u) {
                a = advance(i, advance(i, a, k), k + 1u);
                if pairs {
                    b = advance(j, advance(j, b, k), k + 1u);
                }
            }
        }
        for (; k < until; k++) {
            a = advance(i, a, k);
            if pairs {
                b = advance(j, b, k);
            }
        }
    }
    store(i, a);
    if j != i {
        store(j, b);
    }
}
