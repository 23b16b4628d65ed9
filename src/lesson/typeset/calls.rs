//! Functions as mathematics writes them: roots, norms, inner products, inverses.

use super::piece::{ATOM, PRODUCT, Piece};
use super::{Math, Reading, branches, name_piece};
use crate::optimizer::lines::draw;

/// A call of `name`; a count of arguments that it does not take is left as it stands.
pub fn call(name: &str, arguments: Vec<Piece>, read: &dyn Fn(&str) -> Option<Reading>) -> Piece {
    match <[Piece; 1]>::try_from(arguments) {
        Ok([x]) => of_one(name, x, read),
        Err(arguments) => match <[Piece; 2]>::try_from(arguments) {
            Ok([a, b]) => of_two(name, a, b),
            Err(arguments) => match <[Piece; 3]>::try_from(arguments) {
                Ok([a, b, c]) => of_three(name, a, b, c),
                Err(arguments) => Piece::function(name, arguments),
            },
        },
    }
}

fn of_one(name: &str, x: Piece, read: &dyn Fn(&str) -> Option<Reading>) -> Piece {
    match name {
        "sqrt" => x.root(),
        "abs" => Piece::between("|", x, "|"),
        "norm" => Piece::between("‖", x, "‖"),
        "loss_at" => Piece::function("f", vec![x]),
        "grad_at" => Piece::function("∇f", vec![x]),
        "hvp" => Piece::of_sign(Math::text("H")).times(x),
        "eigmin" => Piece::function("λmin", vec![x]),
        "normal" => normal(x, read),
        _ => Piece::function(name, vec![x]),
    }
}

/// A draw: ξ, with an index beyond the first.
fn normal(k: Piece, read: &dyn Fn(&str) -> Option<Reading>) -> Piece {
    let Some(k) = k.known else {
        return Piece::of_sign(Math::text("ξ"));
    };
    let sign = match k {
        0.0 => Math::text("ξ"),
        k => Math::lowered(Math::text("ξ"), &k.to_string()),
    };
    let name = draw(k);
    let drawn = read(&name).map(|reading| name_piece(&name, Some(reading)).into_sides());
    match drawn {
        Some([_, numbers]) => Piece::new([sign, numbers], [ATOM; 2], None),
        None => Piece::of_sign(sign),
    }
}

fn of_two(name: &str, a: Piece, b: Piece) -> Piece {
    match name {
        "dot" => dot(a, b),
        "pow" => a.power(b),
        "outer" => {
            let [symbols, numbers] = b.bracketed(ATOM);
            let turned = [symbols, numbers].map(|side| Math::raised(side, Math::text("ᵀ")));
            a.times(Piece::new(turned, [ATOM; 2], None))
        }
        "matvec" => a.times(b),
        "solve" => inverse(a).times(b),
        _ => Piece::function(name, vec![a, b]),
    }
}

fn of_three(name: &str, a: Piece, b: Piece, c: Piece) -> Piece {
    match name {
        "if" => branches(a, b, c),
        "solve" => {
            let shift = c.times(Piece::of_sign(Math::text("I")));
            inverse(a.plus(shift, " + ")).times(b)
        }
        _ => Piece::function(name, vec![a, b, c]),
    }
}

fn inverse(matrix: Piece) -> Piece {
    let sides = matrix.bracketed(ATOM);
    let sides = sides.map(|side| Math::raised(side, Math::text("−1")));
    Piece::new(sides, [ATOM; 2], None)
}

/// `⟨a, b⟩`, and `‖a‖²` of two alike.
fn dot(a: Piece, b: Piece) -> Piece {
    let (first, second) = (a.clone().into_sides(), b.clone().into_sides());
    if first[0] == second[0] {
        let norm = Piece::between("‖", a, "‖");
        return norm.power(Piece::of_number(2.0, false));
    }
    let mut second = second.into_iter();
    let sides = first.map(|first| {
        Math::Row(vec![
            Math::text("⟨"),
            first,
            Math::text(", "),
            second.next().expect("two sides"),
            Math::text("⟩"),
        ])
    });
    Piece::new(sides, [PRODUCT + 2; 2], None)
}
