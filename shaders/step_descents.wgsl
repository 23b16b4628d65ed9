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
    // Within it loss and |∇f|² are finite for sure, where that is known.
    sure_reach: array<vec4f, 4>,
}

// A descent between two stretches of steps. While it runs, its loss has a value, except at a start.
struct Live {
    at: Walker,
    status: u32,
    // Once it has ended: where, and how many steps it had taken. What it does after that is not kept.
    end: Walker,
    end_step: u32,
}

// A descent within a stretch, and the worst of what its steps there came to. Below N_INF_BITS all are
// clean: none may end it.
struct Course {
    at: Walker,
    worst: u32,
}

// An invocation's descents: the first, the first two, or all.
struct Lives {
    a: Live,
    b: Live,
    c: Live,
    d: Live,
}

struct Courses {
    a: Course,
    b: Course,
    c: Course,
    d: Course,
}

// What their chances come from; the step is this dispatch's first.
struct Chances {
    a: Chance,
    b: Chance,
    c: Chance,
    d: Chance,
}

const RUNNING = 0u;
const CONVERGED = 1u;
const DIVERGED = 2u;
// No descent: the last invocation may lack some.
const ABSENT = 3u;

// Steps of a stretch at most. Its steps are taken at once, and where one may end a descent, once more,
// one by one.
const STRETCH = 256u;

const NO_TRAIL = 0xffffffffu;

// How many descents an invocation has, one after the other: 1, 2 or 4. One hides the waits of another,
// and all share what is read of the table. And how many steps make a block: 1, 2 or 4, or 0 where the
// rule is so long that each step stands alone.
override descents: u32 = 2u;
override block: u32 = 4u;

// Whether descents end at all; `trace` and `bench steps` end nothing. And whether one can converge.
override ends: bool = true;
override converges: bool = true;

// Whether there are steps between two trail points beside whole blocks. Where there are none, a loop for
// them is left out that a driver in software would go through once to find nothing.
override rests: bool = true;

// Whether there is a reach within which loss and |∇f|² are finite for sure.
override sure: bool = false;

// Which of an invocation's descents may have a trail, bit by bit.
override trail_slots: u32 = 15u;

@group(0) @binding(0) var<uniform> job: Job;
@group(0) @binding(1) var<uniform> table: array<vec4f, 4096>;
// Number k of descent i at k * count + i.
@group(0) @binding(2) var<storage, read_write> numbers: array<f32>;
@group(0) @binding(3) var<storage, read_write> trails: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> heads: array<Head>;
@group(0) @binding(5) var<uniform> plane: Plane;

fn load(i: u32, is_there: bool) -> Live {
    let at = load_walker(i, job.count);
    let head = heads[job.first + i];
    return Live(at, select(ABSENT, head.status, is_there), at, head.end_step);
}

fn store(i: u32, live: Live) {
    if live.status == ABSENT {
        return;
    }
    let runs = live.status == RUNNING;
    let at = walker_select(live.end, live.at, runs);
    let end_step = select(live.end_step, job.steps_before + job.steps, runs);
    store_walker(i, job.count, at);
    let foot = foot_on_plane(walker_shown(at));
    heads[job.first + i] =
        Head(foot.xy, walker_loss(at), live.status, end_step, job.team, foot.z);
}

// The next trail point: at which step of this dispatch, and where in the trail's room.
struct NextPoint {
    step: u32,
    slot: u32,
}

fn point_from(first: u32) -> NextPoint {
    if trail_slots == 0u {
        return NextPoint(job.steps, 0u);
    }
    let since_last = (job.steps_before + first) % job.stride;
    let next = first + select(job.stride - since_last, 0u, since_last == 0u);
    return NextPoint(next, (job.steps_before + next) / job.stride % job.trail_points);
}

// Beyond the last step where that is the nearer: a long stride would not fit 32 bits.
fn point_after(point: NextPoint) -> NextPoint {
    let slot = point.slot + 1u;
    return NextPoint(
        point.step + min(job.stride, job.steps),
        select(slot, 0u, slot == job.trail_points),
    );
}

// Where a descent's trail begins, if it has one.
fn trail_of(i: u32) -> u32 {
    let number = job.first + i;
    let has_one = trail_slots > 0u && number % job.trail_every == 0u;
    return select(NO_TRAIL, number / job.trail_every * job.trail_points, has_one);
}

// Where a descent stands, as a point of its trail.
fn record(trail: u32, at: Walker, point: u32, fixed: Fixed) {
    let loss = walker_loss(at);
    if trail_slots > 0u && trail != NO_TRAIL && n_is_finite(loss) {
        let foot = walker_foot(at, fixed);
        trails[trail + point] = vec4f(foot.xy, loss, foot.z);
    }
}

// Unless a step of the stretch may have ended it.
fn record_course(trail: u32, course: Course, point: u32, fixed: Fixed) {
    record(select(NO_TRAIL, trail, course.worst < N_INF_BITS), course.at, point, fixed);
}

fn record_all(trails_of: vec4u, courses: Courses, point: u32, fixed: Fixed) {
    if (trail_slots & 1u) != 0u {
        record_course(trails_of.x, courses.a, point, fixed);
    }
    if descents >= 2u && (trail_slots & 2u) != 0u {
        record_course(trails_of.y, courses.b, point, fixed);
    }
    if descents >= 4u && (trail_slots & 4u) != 0u {
        record_course(trails_of.z, courses.c, point, fixed);
    }
    if descents >= 4u && (trail_slots & 8u) != 0u {
        record_course(trails_of.w, courses.d, point, fixed);
    }
}

// Step k of this dispatch, counted from 0.
fn step_of(whose: Chance, draws: Draws, at: Walker, k: u32, fixed: Fixed) -> Step {
    return walker_step(at, FIRST_ROW + k * ROW, later(whose, k), draws, fixed);
}

fn later(whose: Chance, k: u32) -> Chance {
    var chance = whose;
    chance.step += k;
    return chance;
}

fn draws_of_all(whose: Chances, k: u32) -> AllDraws {
    if descents == 1u {
        let draws = draws_of(later(whose.a, k));
        return AllDraws(draws, draws, draws, draws);
    }
    let first = later(whose.a, k);
    return draws_of_pairs(first, whose.c, first.step);
}

fn is_at_tolerance(step: Step, fixed: Fixed) -> bool {
    return (step.loss <= fixed.converged_loss)
        | (step.gradient_square <= fixed.converged_gradient_square);
}

// At or above N_INF_BITS where the step may end its descent; `advance` then knows whether it does.
fn worst_of(step: Step, fixed: Fixed) -> u32 {
    var worst = walker_venture(step.next, fixed);
    if !sure {
        // Infinite where either is, and where both are at the end of what 32 bits hold.
        worst = max(worst, bitcast<u32>(abs(step.loss) + step.gradient_square));
    }
    return select(worst, N_INF_BITS, converges & is_at_tolerance(step, fixed));
}

fn walk(whose: Chance, draws: Draws, course: Course, k: u32, fixed: Fixed) -> Course {
    let step = step_of(whose, draws, course.at, k, fixed);
    if !ends {
        return Course(step.next, 0u);
    }
    return Course(step.next, max(course.worst, worst_of(step, fixed)));
}

// All in turns, so that none waits for another's roots and quotients.
fn walk_all(whose: Chances, courses: Courses, k: u32, fixed: Fixed) -> Courses {
    var next = courses;
    let draws = draws_of_all(whose, k);
    next.a = walk(whose.a, draws.a, courses.a, k, fixed);
    if descents >= 2u {
        next.b = walk(whose.b, draws.b, courses.b, k, fixed);
    }
    if descents >= 4u {
        next.c = walk(whose.c, draws.c, courses.c, k, fixed);
        next.d = walk(whose.d, draws.d, courses.d, k, fixed);
    }
    return next;
}

// A block of steps from k on.
fn walk_block(whose: Chances, start: Courses, k: u32, fixed: Fixed) -> Courses {
    var courses = walk_all(whose, start, k, fixed);
    if block >= 2u {
        courses = walk_all(whose, courses, k + 1u, fixed);
    }
    if block >= 4u {
        courses = walk_all(whose, walk_all(whose, courses, k + 2u, fixed), k + 3u, fixed);
    }
    return courses;
}

// What has ended is at its worst.
fn enter(live: Live, fixed: Fixed) -> Course {
    let venture = select(0u, walker_venture(live.at, fixed), sure);
    return Course(live.at, select(0xffffffffu, venture, live.status == RUNNING));
}

// The steps from `first` to `until`, not included, whatever they come to.
fn walk_stretch(
    whose: Chances,
    lives: Lives,
    trails_of: vec4u,
    first: u32,
    until: u32,
    fixed: Fixed,
) -> Courses {
    var courses = Courses(
        enter(lives.a, fixed),
        enter(lives.b, fixed),
        enter(lives.c, fixed),
        enter(lives.d, fixed),
    );
    let length = max(block, 1u);
    var point = point_from(first);
    var least = 1u;
    var k = first;
    if !rests {
        least = length;
        let lead = (point.step - first) % length;
        for (; k < min(first + lead, until); k++) {
            courses = walk_all(whose, courses, k, fixed);
        }
    }
    while k + least <= until {
        if k == point.step {
            record_all(trails_of, courses, point.slot, fixed);
            point = point_after(point);
        }
        let here = min(point.step, until);
        for (; k + length <= here; k += length) {
            courses = walk_block(whose, courses, k, fixed);
        }
        if rests {
            for (; k < here; k++) {
                courses = walk_all(whose, courses, k, fixed);
            }
        }
    }
    if !rests {
        if k == point.step && k < until {
            record_all(trails_of, courses, point.slot, fixed);
        }
        for (; k < until; k++) {
            courses = walk_all(whose, courses, k, fixed);
        }
    }
    return courses;
}

// Whether a stretch may have ended a descent that ran.
fn may_end(live: Live, course: Course) -> bool {
    let has_value = sure || n_is_finite(loss_of(course.at));
    return (live.status == RUNNING) & !((course.worst < N_INF_BITS) & has_value);
}

fn may_any_end(lives: Lives, courses: Courses) -> bool {
    if !ends {
        return false;
    }
    var may = may_end(lives.a, courses.a);
    if descents >= 2u {
        may |= may_end(lives.b, courses.b);
    }
    if descents >= 4u {
        may |= may_end(lives.c, courses.c);
        may |= may_end(lives.d, courses.d);
    }
    return may;
}

fn with_places(lives: Lives, courses: Courses) -> Lives {
    var next = lives;
    next.a.at = courses.a.at;
    next.b.at = courses.b.at;
    next.c.at = courses.c.at;
    next.d.at = courses.d.at;
    return next;
}

// One step, and whether it ends the descent: where the loss has no value, a step before.
fn advance(whose: Chance, live: Live, before: Walker, k: u32, fixed: Fixed) -> Live {
    let step = step_of(whose, draws_of(later(whose, k)), live.at, k, fixed);
    if !ends {
        return Live(step.next, RUNNING, live.end, live.end_step);
    }
    let has_value = n_is_finite(step.loss);
    let has_converged = converges & has_value & is_at_tolerance(step, fixed);
    let goes_on = has_value & n_is_finite(step.gradient_square)
        & (walker_excess(step.next, fixed) < N_INF_BITS);
    let outcome = select(select(DIVERGED, RUNNING, goes_on), CONVERGED, has_converged);
    return Live(step.next, outcome, walker_back(live.at, before, !has_value), taken_to(k, has_value));
}

// Steps taken up to step k; one less where the loss has no value there.
fn taken_to(k: u32, has_value: bool) -> u32 {
    let steps = job.steps_before + k;
    return steps - u32(!has_value && steps > 0u);
}

// The steps of a stretch one by one, until they end the descent.
fn advance_to(
    whose: Chance,
    start: Live,
    trail: u32,
    first: u32,
    until: u32,
    fixed: Fixed,
) -> Live {
    var live = start;
    var before = start.at;
    var point = point_from(first);
    for (var k = first; k < until && live.status == RUNNING; k++) {
        if k == point.step {
            record(trail, live.at, point.slot, fixed);
            point = point_after(point);
        }
        let at = live.at;
        live = advance(whose, live, before, k, fixed);
        before = at;
    }
    if ends && live.status == RUNNING && !n_is_finite(loss_of(live.at)) {
        return Live(live.at, DIVERGED, walker_back(live.at, before, true), taken_to(until, false));
    }
    return live;
}

// The steps of a stretch, with care for those that they may end.
fn advance_all(
    whose: Chances,
    start: Lives,
    trails_of: vec4u,
    first: u32,
    until: u32,
    fixed: Fixed,
) -> Lives {
    var lives = start;
    lives.a = advance_to(whose.a, start.a, trails_of.x, first, until, fixed);
    if descents >= 2u {
        lives.b = advance_to(whose.b, start.b, trails_of.y, first, until, fixed);
    }
    if descents >= 4u {
        lives.c = advance_to(whose.c, start.c, trails_of.z, first, until, fixed);
        lives.d = advance_to(whose.d, start.d, trails_of.w, first, until, fixed);
    }
    return lives;
}

fn is_any_running(lives: Lives) -> bool {
    var runs = lives.a.status == RUNNING;
    if descents >= 2u {
        runs |= lives.b.status == RUNNING;
    }
    if descents >= 4u {
        runs |= (lives.c.status == RUNNING) | (lives.d.status == RUNNING);
    }
    return runs;
}

// Those of the descents from one of the team's on. Where an invocation has more than one, its first
// has an even number.
fn chances_of(first: u32, fixed: Fixed) -> Chances {
    let keys = key_of(first + vec4u(0u, 1u, 2u, 3u));
    let pairs = key_of((first + vec4u(0u, 2u, 0u, 0u)) / 2u).xy;
    let seed = fixed.seed_key;
    let step = fixed.first_step;
    let sums = vec2u(first_of(seed, pairs.x), first_of(seed, pairs.y));
    let is_odd = descents == 1u && first % 2u == 1u;
    return Chances(
        Chance(seed, keys.x, pairs.x, sums.x, is_odd, step),
        Chance(seed, keys.y, pairs.x, sums.x, true, step),
        Chance(seed, keys.z, pairs.y, sums.y, false, step),
        Chance(seed, keys.w, pairs.y, sums.y, true, step),
    );
}

@compute @workgroup_size(64)
fn step_descents(@builtin(global_invocation_id) id: vec3u) {
    let first = id.x * descents;
    if first >= job.count {
        return;
    }
    let wanted = first + vec4u(0u, 1u, 2u, 3u);
    let is_there = wanted < vec4u(job.count);
    let those = select(vec4u(first), wanted, is_there);
    let trails_of = vec4u(
        trail_of(those.x),
        trail_of(those.y),
        trail_of(those.z),
        trail_of(those.w),
    );
    let fixed = load_fixed();
    let whose = chances_of(job.first_of_team + first, fixed);
    var lives = Lives(
        load(those.x, is_there.x),
        load(those.y, is_there.y),
        load(those.z, is_there.z),
        load(those.w, is_there.w),
    );
    let length = select(job.steps, STRETCH, ends);
    for (var k = 0u; k < job.steps && is_any_running(lives); k += length) {
        let until = min(k + length, job.steps);
        if block == 0u {
            lives = advance_all(whose, lives, trails_of, k, until, fixed);
            continue;
        }
        let courses = walk_stretch(whose, lives, trails_of, k, until, fixed);
        if may_any_end(lives, courses) {
            lives = advance_all(whose, lives, trails_of, k, until, fixed);
        } else {
            lives = with_places(lives, courses);
        }
    }
    store(those.x, lives.a);
    if descents >= 2u {
        store(those.y, lives.b);
    }
    if descents >= 4u {
        store(those.z, lives.c);
        store(those.w, lives.d);
    }
}
