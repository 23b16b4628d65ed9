// Takes many steps of one team's descents, one or two an invocation, and records their trails
// on the way. `Walker`, `Step` and the functions on them are written by the optimizer room.

struct Job {
    // Descents of the team, and where they begin among all.
    count: u32,
    first: u32,
    // Steps taken before this dispatch, and by it.
    steps_before: u32,
    steps: u32,
    // Room for points in each trail, and steps between two of them; no trails where 0.
    trail_points: u32,
    stride: u32,
    team: u32,
    // |∇f|² and f at or below which a descent has converged; negative and -inf: never.
    converged_gradient_square: f32,
    converged_loss: f32,
    // Of every random number.
    seed: u32,
    // The descents that this dispatch steps, `end` not included.
    begin: u32,
    end: u32,
    // Outside centre ± reach a descent has diverged.
    centre: array<vec4f, 4>,
    reach: array<vec4f, 4>,
}

struct Live {
    at: Walker,
    status: u32,
    end_step: u32,
}

const RUNNING = 0u;
const CONVERGED = 1u;
const DIVERGED = 2u;

// Whether an invocation has two descents, which hides the waits of one behind the other; one where
// the rule is long.
override pairs: bool = true;

// Whether descents end at all; `trace` and `bench steps` end nothing.
override ends: bool = true;

@group(0) @binding(0) var<uniform> job: Job;
@group(0) @binding(1) var<uniform> table: array<vec4f, 4096>;
// Number k of descent i at k * count + i.
@group(0) @binding(2) var<storage, read_write> numbers: array<f32>;
@group(0) @binding(3) var<storage, read_write> trails: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> heads: array<Head>;
@group(0) @binding(5) var<uniform> plane: Plane;

fn load(i: u32) -> Live {
    let head = heads[job.first + i];
    return Live(load_walker(i, job.count), head.status, head.end_step);
}

fn store(i: u32, live: Live) {
    store_walker(i, job.count, live.at);
    let end_step = select(live.end_step, job.steps_before + job.steps, live.status == RUNNING);
    let foot = foot_on_plane(walker_shown(live.at));
    heads[job.first + i] =
        Head(foot.xy, walker_loss(live.at), live.status, end_step, job.team, foot.z);
}

fn record(i: u32, live: Live, point: u32) {
    if live.status == RUNNING {
        let foot = foot_on_plane(walker_shown(live.at));
        trails[(job.first + i) * job.trail_points + point] =
            vec4f(foot.xy, walker_loss(live.at), foot.z);
    }
}

fn advance(i: u32, live: Live, steps_taken: u32, row: u32) -> Live {
    let step = walker_step(live.at, row, vec3u(job.seed, i, steps_taken + 1u));
    if !ends {
        return Live(step.next, live.status, live.end_step);
    }
    if live.status != RUNNING {
        return live;
    }
    if step.gradient_square <= job.converged_gradient_square || step.loss <= job.converged_loss {
        return Live(live.at, CONVERGED, steps_taken);
    }
    if !walker_within(step.next, job.centre, job.reach) {
        return Live(live.at, DIVERGED, steps_taken);
    }
    return Live(step.next, RUNNING, 0u);
}

@compute @workgroup_size(64)
fn step_descents(@builtin(global_invocation_id) id: vec3u) {
    let count = job.end - job.begin;
    let invocations = select(count, (count + 1u) / 2u, pairs);
    if id.x >= invocations {
        return;
    }
    let i = job.begin + id.x;
    // The last invocation of an odd count has one descent: it steps that twice and stores it once.
    let j = select(i, i + invocations, i + invocations < job.end);
    var a = load(i);
    var b = load(j);
    for (var k = 0u; k < job.steps; k++) {
        let steps_taken = job.steps_before + k;
        if job.trail_points > 0u && steps_taken % job.stride == 0u {
            let point = min(steps_taken / job.stride, job.trail_points - 1u);
            record(i, a, point);
            if pairs {
                record(j, b, point);
            }
        }
        a = advance(i, a, steps_taken, k * ROW);
        if pairs {
            b = advance(j, b, steps_taken, k * ROW);
        }
    }
    store(i, a);
    if j != i {
        store(j, b);
    }
}
