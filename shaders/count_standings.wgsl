// Counts each team's descents by how they stand, and finds its lowest loss. Twin of
// `simulation::standings`.

// Four numbers a team: running, converged, diverged, and the lowest loss as a word whose order is
// that of the numbers.
@group(0) @binding(0) var<uniform> descents: Descents;
@group(0) @binding(1) var<storage, read> heads: array<Head>;
@group(0) @binding(2) var<storage, read_write> standings: array<atomic<u32>>;

const NUMBERS: u32 = 4u;
const NONE: u32 = 0xffffffffu;

// The greater the number, the greater the word; NaN and infinities are no loss.
fn ordered(loss: f32) -> u32 {
    let bits = bitcast<u32>(loss);
    let word = select(bits | N_SIGN_MASK, ~bits, (bits & N_SIGN_MASK) != 0u);
    return select(NONE, word, n_is_finite(loss));
}

fn add(team: u32, counts: vec3u, best: u32) {
    atomicAdd(&standings[NUMBERS * team], counts.x);
    atomicAdd(&standings[NUMBERS * team + 1u], counts.y);
    atomicAdd(&standings[NUMBERS * team + 2u], counts.z);
    atomicMin(&standings[NUMBERS * team + 3u], best);
}

// Each invocation strides over all descents; their teams come in order, so that it has few sums to
// hand on. Sums and minima of integers are the same in any order.
@compute @workgroup_size(64)
fn count_standings(
    @builtin(global_invocation_id) id: vec3u,
    @builtin(num_workgroups) groups: vec3u,
) {
    var team = 0u;
    var counts = vec3u(0u);
    var best = NONE;
    for (var i = id.x; i < descents.count; i += 64u * groups.x) {
        let head = heads[i];
        if head.team != team {
            add(team, counts, best);
            team = head.team;
            counts = vec3u(0u);
            best = NONE;
        }
        counts += vec3u(vec3u(head.status) == vec3u(0u, 1u, 2u));
        best = min(best, ordered(head.loss));
    }
    add(team, counts, best);
}
