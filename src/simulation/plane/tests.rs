//! Planes and feet against their definitions.

use super::*;

/// Random planes in 3 to 7 dimensions, of directions that are neither square nor of length one.
fn planes() -> impl Iterator<Item = (Plane, Vec<f64>)> {
    let mut state = 1_u64;
    let mut next = move || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (state >> 11) as f64 / (1_u64 << 53) as f64 * 4.0 - 2.0
    };
    (0..200).map(move |i| {
        let count = 3 + i % 5;
        let mut vector = || (0..count).map(|_| next()).collect::<Vec<_>>();
        let (origin, u, v, w) = (vector(), vector(), vector(), vector());
        let plane = Plane::along(origin, u, v, [[-1.0, 1.0]; 2]).expect("a random plane");
        (plane, w)
    })
}

fn distance(a: &[f64], b: &[f64]) -> f64 {
    let parts = a.iter().zip(b).map(|(a, b)| (a - b).powi(2));
    parts.sum::<f64>().sqrt()
}

/// By definition, without the formula: the foot is nearer than the points around it, and as far as
/// it says.
#[test]
fn the_foot_is_the_nearest_point_of_the_plane() {
    for (plane, w) in planes() {
        let foot = plane.foot_of(&w);
        let [a, b] = foot.place;
        let nearest = distance(&plane.point_at([a, b]), &w);
        assert!((nearest - foot.distance).abs() < 1e-12 * (1.0 + nearest));
        for i in 0..12 {
            let (sin, cos) = (f64::from(i) * std::f64::consts::FRAC_PI_6).sin_cos();
            for step in [1e-3, 0.1, 3.0] {
                let beside = plane.point_at([a + step * cos, b + step * sin]);
                assert!(distance(&beside, &w) > nearest, "{plane:?}");
            }
        }
    }
}

#[test]
fn a_point_of_the_plane_is_its_own_foot() {
    for (plane, _) in planes() {
        let foot = plane.foot_of(&plane.point_at([0.7, -1.9]));
        assert!((foot.place[0] - 0.7).abs() < 1e-9 && (foot.place[1] + 1.9).abs() < 1e-9);
        assert!(foot.distance < 1e-9, "{foot:?}");
    }
}

#[test]
fn the_frame_is_square_and_spans_the_plane() {
    for (plane, _) in planes() {
        let [first, second] = plane.frame();
        assert!((dot(&first, &first) - 1.0).abs() < 1e-12);
        assert!((dot(&second, &second) - 1.0).abs() < 1e-12);
        assert!(dot(&first, &second).abs() < 1e-12);
        for direction in [first, second] {
            let point: Vec<_> = plane
                .origin
                .iter()
                .zip(&direction)
                .map(|(o, d)| o + d)
                .collect();
            assert!(plane.foot_of(&point).distance < 1e-9);
        }
    }
}

#[test]
fn a_plane_of_axes_holds_the_others() {
    let plane = Plane::of_axes([2, 0], &[9.0, 5.0, 9.0, -6.0], [[0.0, 1.0]; 2]);
    assert_eq!(plane.point_at([0.25, 0.5]), [0.5, 5.0, 0.25, -6.0]);
    let foot = plane.foot_of(&[1.0, 8.0, 2.0, -2.0]);
    assert_eq!((foot.place, foot.distance), ([2.0, 1.0], 5.0));
}

/// Bits of the parameters go through unchanged where the plane is the parameters' own.
#[test]
fn the_plane_of_two_parameters_and_the_line_of_one_change_nothing() {
    let w = [0.1 + 0.2, -1e-300];
    let foot = Plane::of_two_parameters([[-1.0, 1.0]; 2]).foot_of(&w);
    assert_eq!((foot.place, foot.distance), (w, 0.0));
    let line = Plane::of_one_parameter([-4.0, 4.0]);
    let foot = line.foot_of(&w[..1]);
    assert_eq!((foot.place, foot.distance), ([w[0], 0.0], 0.0));
    assert_eq!(line.point_at([w[0], 0.0]), w[..1]);
}

#[test]
fn directions_that_span_no_plane_are_refused() {
    let along = |u: [f64; 3], v: [f64; 3]| {
        Plane::along(vec![0.0; 3], u.to_vec(), v.to_vec(), [[-1.0, 1.0]; 2])
    };
    let x = [1.0, 0.0, 0.0];
    assert_eq!(along([0.0; 3], x), Err(Degenerate::NoDirection("u")));
    assert_eq!(along(x, [0.0; 3]), Err(Degenerate::NoDirection("v")));
    assert_eq!(along(x, [-5.0, 0.0, 0.0]), Err(Degenerate::OneLine));
    assert_eq!(along(x, [1e9, 1e5, 0.0]), Err(Degenerate::OneLine));
    assert!(along(x, [1e9, 1e7, 0.0]).is_ok());
    let skew = along([2.0, 0.0, 0.0], [3.0, 3.0, 0.0]).expect("a plane");
    assert!((skew.angle_deg() - 45.0).abs() < 1e-9);
    assert_eq!(skew.lengths(), [2.0, 18.0_f64.sqrt()]);
}
