//! Words beside spots of the landscape, and the room that each finds on the image.

use super::OverlayColors;
use super::text::regular;
use egui::{Color32, Galley, Painter, Pos2, Rect, Stroke, Vec2};
use std::sync::Arc;

/// The height of the words' face, in points.
pub const WORDS_SIZE: f32 = 24.0;

/// From the spot to the words, and around them.
const GAP: f32 = 9.0;
const PADDING: Vec2 = Vec2::new(7.0, 1.0);
/// Between two boxes.
const CLEARANCE: f32 = 3.0;
/// From the image's border.
const BORDER: f32 = 10.0;
/// How far words may move from where they would stand best, and in steps of how much.
const FARTHEST: f32 = 260.0;
const STEP: f32 = 10.0;
/// Directions that are tried at each distance.
const DIRECTIONS: u16 = 24;
/// Between the boxes along an arrow, and how many there are at most.
const BEAD: f32 = 12.0;
const MOST_BEADS: f32 = 100.0;
const CORNER: f32 = 6.0;
const LEADER_WIDTH: f32 = 1.5;
/// Words that had to move farther than this have a line to their spot.
const LEADER_FROM: f32 = 26.0;

/// Words with their spot on the image, in points.
#[derive(Debug, Clone, PartialEq)]
pub struct Pointer {
    /// The spot.
    pub at: Pos2,
    /// Where the arrow to the spot begins, which no words may cover; the spot itself for none.
    pub tail: Pos2,
    /// Of length one, towards where the words stand; zero for above.
    pub towards: Vec2,
    /// The words.
    pub text: String,
    /// Red, green and blue as displayed.
    pub color: [u8; 3],
}

/// Where words stand.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Room {
    /// The words with their padding.
    pub area: Rect,
    /// A line from the spot, where they stand far from it.
    pub leader: Option<[Pos2; 2]>,
}

/// Finds room for each within `free`, clear of the boxes `taken` and of each other; `None` where
/// there is none. The first ones choose first.
///
/// `measure` says how wide and high a text of [`WORDS_SIZE`] is.
pub fn place_words(
    pointers: &[Pointer],
    free: Rect,
    taken: &[Rect],
    measure: &mut dyn FnMut(&str) -> Vec2,
) -> Vec<Option<Room>> {
    let mut taken = taken.to_vec();
    taken.extend(pointers.iter().flat_map(beads));
    let free = free.shrink(BORDER);
    let place = |pointer: &Pointer| {
        let size = measure(&pointer.text) + 2.0 * PADDING;
        let room = room_for(pointer, size, free, &taken)?;
        taken.push(room.area);
        Some(room)
    };
    pointers.iter().map(place).collect()
}

/// Small boxes along a pointer's arrow.
fn beads(pointer: &Pointer) -> impl Iterator<Item = Rect> {
    let (tail, tip) = (pointer.tail, pointer.at);
    let count = (tail.distance(tip) / BEAD).ceil().clamp(1.0, MOST_BEADS);
    (0..=count as u16).map(move |bead| {
        let at = tail.lerp(tip, f32::from(bead) / count);
        Rect::from_center_size(at, Vec2::splat(0.5 * BEAD))
    })
}

fn room_for(pointer: &Pointer, size: Vec2, free: Rect, taken: &[Rect]) -> Option<Room> {
    let towards = match pointer.towards == Vec2::ZERO {
        true => Vec2::UP,
        false => pointer.towards,
    };
    let reach = 0.5 * (towards.x.abs() * size.x + towards.y.abs() * size.y);
    let best = pointer.at + towards * (GAP + reach);
    if !free.expand(FARTHEST).contains(pointer.at) || size.x > free.width() {
        return None;
    }
    let best = inside(Rect::from_center_size(best, size), free);
    let is_free = |area: &Rect| {
        let is_clear = |other: &Rect| !other.expand(CLEARANCE).intersects(*area);
        free.contains_rect(*area) && taken.iter().all(is_clear)
    };
    let area = ways(towards).map(|way| best.translate(way)).find(is_free)?;
    let moved = area.center().distance(best.center());
    let leader = (moved > LEADER_FROM).then(|| [pointer.at, nearest_of(area, pointer.at)]);
    Some(Room { area, leader })
}

/// Where words may move, the nearest first, and of those as near the ones straight on.
fn ways(towards: Vec2) -> impl Iterator<Item = Vec2> {
    let steps = (FARTHEST / STEP) as u16;
    let around = move |step: u16| {
        (0..DIRECTIONS).map(move |k| {
            let turns = f32::from(k.div_ceil(2)) * if k % 2 == 0 { 1.0 } else { -1.0 };
            let angle = towards.angle() + turns * std::f32::consts::TAU / f32::from(DIRECTIONS);
            STEP * f32::from(step) * Vec2::angled(angle)
        })
    };
    std::iter::once(Vec2::ZERO).chain((1..=steps).flat_map(around))
}

/// The box moved as little as puts it inside.
fn inside(area: Rect, free: Rect) -> Rect {
    let low = (free.min - area.min).max(Vec2::ZERO);
    let high = (free.max - area.max).min(Vec2::ZERO);
    area.translate(low + high)
}

fn nearest_of(area: Rect, point: Pos2) -> Pos2 {
    Pos2::new(
        point.x.clamp(area.min.x, area.max.x),
        point.y.clamp(area.min.y, area.max.y),
    )
}

/// Finds room for words, as [`place_words`].
pub(super) fn lay_out(
    painter: &Painter,
    pointers: &[Pointer],
    free: Rect,
    taken: &[Rect],
) -> Vec<Option<Room>> {
    place_words(pointers, free, taken, &mut |text| {
        galley(painter, text).size()
    })
}

fn galley(painter: &Painter, text: &str) -> Arc<Galley> {
    let font = regular(WORDS_SIZE);
    painter.layout_no_wrap(text.to_owned(), font, Color32::PLACEHOLDER)
}

/// Paints words in their rooms, all moved by `origin`.
pub(super) fn paint(
    painter: &Painter,
    origin: Vec2,
    pointers: &[Pointer],
    rooms: &[Option<Room>],
    colors: &OverlayColors,
) {
    for (pointer, room) in pointers.iter().zip(rooms) {
        let Some(room) = room else { continue };
        let [red, green, blue] = pointer.color;
        let color = Color32::from_rgb(red, green, blue);
        if let Some(leader) = room.leader {
            let stroke = Stroke::new(LEADER_WIDTH, color.gamma_multiply(0.8));
            painter.line_segment(leader.map(|end| end + origin), stroke);
        }
        let area = room.area.translate(origin);
        painter.rect_filled(area, CORNER, colors.panel());
        let text = galley(painter, &pointer.text);
        painter.galley_with_override_text_color(area.min + PADDING, text, color);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const IMAGE: Rect = Rect {
        min: Pos2::ZERO,
        max: Pos2::new(1920.0, 1080.0),
    };

    fn pointer(x: f32, y: f32, towards: Vec2) -> Pointer {
        Pointer {
            at: Pos2::new(x, y),
            tail: Pos2::new(x, y),
            towards,
            text: "∂f/∂x = 4.00".to_owned(),
            color: [255; 3],
        }
    }

    fn measure(text: &str) -> Vec2 {
        Vec2::new(12.0 * text.chars().count() as f32, 26.0)
    }

    fn placed(pointers: &[Pointer], taken: &[Rect]) -> Vec<Option<Room>> {
        place_words(pointers, IMAGE, taken, &mut measure)
    }

    #[test]
    fn words_stand_beyond_the_tip_that_they_belong_to() {
        for towards in [Vec2::RIGHT, Vec2::UP, Vec2::DOWN, Vec2::angled(2.4)] {
            let rooms = placed(&[pointer(900.0, 500.0, towards)], &[]);
            let room = rooms[0].expect("room");
            let off = room.area.center() - Pos2::new(900.0, 500.0);
            assert!(off.normalized().dot(towards) > 0.999, "{towards}: {off}");
            assert!(!room.area.contains(Pos2::new(900.0, 500.0)));
            assert_eq!(room.leader, None);
        }
    }

    /// A swarm of spots, many of them at one place, around furniture and at the border.
    #[test]
    fn no_words_overlap_anything_and_all_are_on_the_image() {
        let furniture = [Rect::from_min_size(
            Pos2::new(400.0, 300.0),
            Vec2::new(500.0, 120.0),
        )];
        let mut seed = 7_u32;
        let mut roll = |limit: f32| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            limit * (seed >> 8) as f32 / (1 << 24) as f32
        };
        for _ in 0..200 {
            let spots: Vec<_> = (0..9)
                .map(|i| {
                    let spread = if i % 3 == 0 { 1920.0 } else { 60.0 };
                    let x = 450.0 + roll(spread) - 0.3 * spread;
                    pointer(x, roll(1080.0), Vec2::angled(roll(6.3)))
                })
                .collect();
            let rooms: Vec<_> = placed(&spots, &furniture).into_iter().flatten().collect();
            assert!(rooms.len() >= 8, "{} of 9 found room", rooms.len());
            for (i, room) in rooms.iter().enumerate() {
                assert!(IMAGE.contains_rect(room.area));
                assert!(!furniture[0].intersects(room.area));
                assert!(
                    rooms[..i]
                        .iter()
                        .all(|other| !other.area.intersects(room.area))
                );
            }
        }
    }

    #[test]
    fn words_that_must_move_far_have_a_line_to_their_spot() {
        let wide = Rect::from_center_size(Pos2::new(900.0, 480.0), Vec2::new(400.0, 200.0));
        let rooms = placed(&[pointer(900.0, 500.0, Vec2::UP)], &[wide]);
        let room = rooms[0].expect("room");
        let [from, to] = room.leader.expect("a line");
        assert_eq!(from, Pos2::new(900.0, 500.0));
        assert!(room.area.expand(0.1).contains(to) && !wide.intersects(room.area));
    }

    #[test]
    fn no_words_cover_another_arrow() {
        let arrow = Pointer {
            tail: Pos2::new(900.0, 480.0),
            ..pointer(1100.0, 480.0, Vec2::RIGHT)
        };
        let rooms = placed(&[pointer(1000.0, 500.0, Vec2::UP), arrow], &[]);
        let [first, second] = [rooms[0].expect("room"), rooms[1].expect("room")];
        let shaft = Rect::from_two_pos(Pos2::new(900.0, 479.0), Pos2::new(1100.0, 481.0));
        assert!(!first.area.intersects(shaft) && !second.area.intersects(shaft));
    }

    #[test]
    fn a_spot_far_off_the_image_has_no_words() {
        assert_eq!(placed(&[pointer(-900.0, 500.0, Vec2::UP)], &[]), [None]);
    }
}
