//! Linear algebra as nodes, for the few numbers of an update rule.

use super::{Binary, Graph, NodeId, Unary};

/// Sweeps of Jacobi's method at most: it converges quadratically, 16 parameters take about 8.
const MAX_SWEEPS: u32 = 16;

/// The side of a square matrix of `count` numbers.
pub fn side(count: usize) -> usize {
    count.isqrt()
}

/// The product of a matrix, row by row, and a vector.
pub fn product(graph: &mut Graph, matrix: &[NodeId], vector: &[NodeId]) -> Vec<NodeId> {
    matrix
        .chunks(vector.len())
        .map(|row| dot(graph, row, vector))
        .collect()
}

/// Σ aᵢ bᵢ.
pub fn dot(graph: &mut Graph, a: &[NodeId], b: &[NodeId]) -> NodeId {
    let zero = graph.constant(0.0);
    a.iter().zip(b).fold(zero, |sum, (a, b)| {
        let product = graph.mul(*a, *b);
        graph.add(sum, product)
    })
}

/// The matrix of all aᵢ bⱼ, row by row.
pub fn outer(graph: &mut Graph, a: &[NodeId], b: &[NodeId]) -> Vec<NodeId> {
    let pairs = a.iter().flat_map(|a| b.iter().map(move |b| (*a, *b)));
    pairs.map(|(a, b)| graph.mul(a, b)).collect()
}

/// The matrix with ones on its diagonal.
pub fn identity(graph: &mut Graph, side: usize) -> Vec<NodeId> {
    let (zero, one) = (graph.constant(0.0), graph.constant(1.0));
    let places = (0..side * side).map(|i| if i % (side + 1) == 0 { one } else { zero });
    places.collect()
}

/// The solution x of `matrix` x = `right`, by elimination with partial pivoting.
pub fn solve(graph: &mut Graph, matrix: &[NodeId], right: &[NodeId]) -> Vec<NodeId> {
    let side = right.len();
    let mut rows: Vec<Vec<NodeId>> = matrix
        .chunks(side)
        .zip(right)
        .map(|(row, right)| [row, &[*right]].concat())
        .collect();
    for k in 0..side {
        for r in k + 1..side {
            lift_larger(graph, &mut rows, k, r);
        }
        for r in k + 1..side {
            let (above, below) = rows.split_at_mut(r);
            let (pivot, row) = (&above[k], &mut below[0]);
            let factor = graph.div(row[k], pivot[k]);
            for (number, above) in row.iter_mut().zip(pivot).skip(k + 1) {
                let share = graph.mul(factor, *above);
                *number = graph.sub(*number, share);
            }
        }
    }
    let mut solution = vec![right[0]; side];
    for k in (0..side).rev() {
        let known = dot(graph, &rows[k][k + 1..side], &solution[k + 1..]);
        let rest = graph.sub(rows[k][side], known);
        solution[k] = graph.div(rest, rows[k][k]);
    }
    solution
}

/// Exchanges row `r` with row `k` where its number in column `k` is the larger one.
fn lift_larger(graph: &mut Graph, rows: &mut [Vec<NodeId>], k: usize, r: usize) {
    let above = graph.unary(Unary::Abs, rows[k][k]);
    let below = graph.unary(Unary::Abs, rows[r][k]);
    let larger = graph.binary(Binary::Greater, below, above);
    for c in k..rows[k].len() {
        let (up, down) = (rows[r][c], rows[k][c]);
        rows[k][c] = graph.select(larger, up, down);
        rows[r][c] = graph.select(larger, down, up);
    }
}

/// The smallest eigenvalue of a symmetric matrix, whose upper half is read.
pub fn smallest_eigenvalue(graph: &mut Graph, matrix: &[NodeId]) -> NodeId {
    match matrix {
        [only] => *only,
        [a, b, _, d] => {
            let half = graph.constant(0.5);
            let (sum, difference) = (graph.add(*a, *d), graph.sub(*a, *d));
            let (mean, reach) = (graph.mul(half, sum), graph.mul(half, difference));
            let radius = graph.binary(Binary::Hypot, reach, *b);
            graph.sub(mean, radius)
        }
        _ => {
            let rotated = jacobi(graph, matrix);
            let side = side(matrix.len());
            let diagonal = (0..side).map(|i| rotated[i * side + i]);
            diagonal
                .reduce(|a, b| graph.binary(Binary::Min, a, b))
                .expect("a matrix has numbers")
        }
    }
}

/// Jacobi's method (Golub and Van Loan, Matrix Computations, section 8.5): sweeps of rotations,
/// each of which makes one number beside the diagonal 0.
fn jacobi(graph: &mut Graph, matrix: &[NodeId]) -> Vec<NodeId> {
    let side = side(matrix.len());
    let places: Vec<_> = (0..side)
        .flat_map(|i| (i..side).map(move |j| (i, j)))
        .collect();
    let spread = |upper: &[NodeId]| -> Vec<NodeId> {
        let place = |i: usize, j: usize| (i.min(j), i.max(j));
        let all = (0..side * side).map(|at| place(at / side, at % side));
        let number = |wanted| {
            upper[places
                .iter()
                .position(|at| *at == wanted)
                .expect("all are there")]
        };
        all.map(number).collect()
    };
    let initial: Vec<_> = places.iter().map(|(i, j)| matrix[i * side + j]).collect();
    let carried: Vec<_> = places.iter().map(|_| graph.variable()).collect();
    let mut turned = spread(&carried);
    let condition = is_far_from_diagonal(graph, &turned, side);
    for (p, q) in places.iter().filter(|(p, q)| p != q) {
        rotate(graph, &mut turned, side, [*p, *q]);
    }
    let next = places.iter().map(|(i, j)| turned[i * side + j]).collect();
    let after = graph.repeat(MAX_SWEEPS, [carried, initial, next], condition);
    spread(&after)
}

fn is_far_from_diagonal(graph: &mut Graph, matrix: &[NodeId], side: usize) -> NodeId {
    let zero = graph.constant(0.0);
    let mut sums = [zero; 2];
    for (at, number) in matrix.iter().enumerate() {
        let size = graph.unary(Unary::Abs, *number);
        let sum = &mut sums[usize::from(at % (side + 1) == 0)];
        *sum = graph.add(*sum, size);
    }
    let tiny = graph.constant(1e-17);
    let bound = graph.mul(tiny, sums[1]);
    graph.binary(Binary::Greater, sums[0], bound)
}

/// Turns axes p and q so that the number at (p, q) becomes 0.
fn rotate(graph: &mut Graph, matrix: &mut [NodeId], side: usize, [p, q]: [usize; 2]) {
    let at = |i: usize, j: usize| i * side + j;
    let (first, last, between) = (matrix[at(p, p)], matrix[at(q, q)], matrix[at(p, q)]);
    let (zero, one, two) = (
        graph.constant(0.0),
        graph.constant(1.0),
        graph.constant(2.0),
    );
    // tan = sign(d) 2b / (|d| + sqrt(d² + 4b²)), d = last - first: the smaller of two angles.
    let d = graph.sub(last, first);
    let twice = graph.mul(two, between);
    let radius = graph.binary(Binary::Hypot, d, twice);
    let size = graph.unary(Unary::Abs, d);
    let below = graph.add(size, radius);
    let inverse = graph.unary(Unary::InverseOrZero, below);
    let minus = graph.unary(Unary::Neg, twice);
    let is_positive = graph.binary(Binary::GreaterEqual, d, zero);
    let above = graph.select(is_positive, twice, minus);
    let tan = graph.mul(above, inverse);
    let square = graph.square(tan);
    let sum = graph.add(one, square);
    let root = graph.unary(Unary::Sqrt, sum);
    let cos = graph.div(one, root);
    let sin = graph.mul(tan, cos);
    let shift = graph.mul(tan, between);
    matrix[at(p, p)] = graph.sub(first, shift);
    matrix[at(q, q)] = graph.add(last, shift);
    matrix[at(p, q)] = zero;
    matrix[at(q, p)] = zero;
    for r in (0..side).filter(|r| *r != p && *r != q) {
        let (a, b) = (matrix[at(r, p)], matrix[at(r, q)]);
        let (ca, sb) = (graph.mul(cos, a), graph.mul(sin, b));
        let (sa, cb) = (graph.mul(sin, a), graph.mul(cos, b));
        let (left, right) = (graph.sub(ca, sb), graph.add(sa, cb));
        matrix[at(r, p)] = left;
        matrix[at(p, r)] = left;
        matrix[at(r, q)] = right;
        matrix[at(q, r)] = right;
    }
}
