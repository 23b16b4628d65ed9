//! A step taken apart, on a ground of its own at the left: the statements that have run, the
//! present one with its symbols, its numbers and its value.

use super::maths::Formula;
use super::text::{line_of_text, title};
use super::{MARGIN, OverlayColors};
use crate::lesson::Math;
use egui::{Color32, Galley, Painter, Pos2, Rect, Vec2, vec2};
use std::sync::Arc;

const HEADING_SIZE: f32 = 27.0;
/// Signs of the present statement, and of the others.
const PRESENT_SIZE: f32 = 35.0;
const OTHER_SIZE: f32 = 27.0;
const PADDING: Vec2 = vec2(22.0, 16.0);
const CORNER: f32 = 10.0;
/// Between statements, and between the lines of the present one.
const STATEMENT_GAP: f32 = 11.0;
const LINE_GAP: f32 = 7.0;
/// The widest and the highest panel, in parts of the image.
const WIDEST: f32 = 0.4;
const HIGHEST: f32 = 0.7;
/// Room for the title above.
const BELOW_TITLE: f32 = 64.0;
/// The bar beside the present statement.
const BAR_WIDTH: f32 = 4.0;
const BAR_GAP: f32 = 12.0;

/// What the panel shows.
#[derive(Debug, Clone, PartialEq)]
pub struct ExplanationContent {
    /// Whose step it is, and which.
    pub heading: String,
    /// The statements that are shown, in order; the last one is the present one.
    pub statements: Vec<StatementContent>,
    /// How far the present one has appeared, 0 to 1.
    pub appeared: f32,
}

/// A statement of the panel.
#[derive(Debug, Clone, PartialEq)]
pub struct StatementContent {
    /// What is assigned; absent for a test.
    pub target: Option<Math>,
    /// With its symbols.
    pub symbols: Math,
    /// With its numbers; absent where they say nothing more.
    pub numbers: Option<Math>,
    /// What came of it.
    pub value: Math,
    /// The colour of its arrow on the surface, red, green and blue as displayed.
    pub color: Option<[u8; 3]>,
}

/// The panel with its place.
pub(super) struct Explanation {
    pub(super) area: Rect,
    heading: Arc<Galley>,
    rows: Vec<Row>,
}

/// Formulas beside one another, `down` below the panel's upper edge.
struct Row {
    down: f32,
    formulas: Vec<(f32, Formula, Color32)>,
    /// Its upper end below the panel's, its height, and its colour.
    bar: Option<(f32, f32, Color32)>,
}

impl Explanation {
    /// Finds room on an image of `size` points; nothing without statements.
    pub(super) fn lay_out(
        painter: &Painter,
        size: Vec2,
        content: &ExplanationContent,
        colors: &OverlayColors,
    ) -> Option<Self> {
        let (present, before) = content.statements.split_last()?;
        let widest = WIDEST * size.x - 2.0 * PADDING.x;
        let heading = line_of_text(
            painter,
            &content.heading,
            title(HEADING_SIZE),
            colors.ink(),
            widest,
        );
        let mut setter = Setter {
            painter,
            colors,
            widest: widest - BAR_GAP - BAR_WIDTH,
        };
        let present = setter.present(present, content.appeared);
        let room = HIGHEST * size.y - heading.size().y - 2.0 * PADDING.y - height_of(&present);
        let before = setter.fitting(before, room);
        let mut rows: Vec<Row> = Vec::new();
        let mut down = PADDING.y + heading.size().y;
        for block in before.into_iter().chain([present]) {
            down += STATEMENT_GAP;
            for (number, line) in block.into_iter().enumerate() {
                down += if number > 0 { LINE_GAP } else { 0.0 };
                down += line.height();
                rows.push(line.placed(down));
            }
        }
        let width = rows.iter().map(Row::width).fold(heading.size().x, f32::max);
        let area = Rect::from_min_size(
            Pos2::new(MARGIN, MARGIN + BELOW_TITLE),
            vec2(width, down + PADDING.y) + vec2(2.0 * PADDING.x, 0.0),
        );
        Some(Self {
            area,
            heading,
            rows,
        })
    }

    /// Paints the ground and what stands on it.
    pub(super) fn paint(&self, painter: &Painter, colors: &OverlayColors) {
        painter.rect_filled(self.area, CORNER, colors.panel());
        let corner = self.area.min + PADDING;
        painter.galley(corner, Arc::clone(&self.heading), Color32::PLACEHOLDER);
        let left = self.area.min.x + PADDING.x;
        for row in &self.rows {
            let axis = self.area.min.y + row.down;
            if let Some((top, height, color)) = row.bar {
                // Up to the line above: the lines of a statement have one bar.
                let corner = Pos2::new(left, self.area.min.y + top - LINE_GAP);
                let bar = Rect::from_min_size(corner, vec2(BAR_WIDTH, height + LINE_GAP));
                painter.rect_filled(bar, 0.5 * BAR_WIDTH, color);
            }
            for (x, formula, color) in &row.formulas {
                formula.paint(painter, Pos2::new(left + x, axis), *color);
            }
        }
    }
}

impl Row {
    fn width(&self) -> f32 {
        let ends = self
            .formulas
            .iter()
            .map(|(x, formula, _)| x + formula.width);
        ends.fold(0.0, f32::max)
    }
}

/// A line before it has its place.
struct Line {
    formulas: Vec<(f32, Formula, Color32)>,
    bar: Option<Color32>,
}

impl Line {
    fn above(&self) -> f32 {
        let above = self.formulas.iter().map(|(_, formula, _)| formula.above);
        above.fold(0.0, f32::max)
    }

    fn below(&self) -> f32 {
        let below = self.formulas.iter().map(|(_, formula, _)| formula.below);
        below.fold(0.0, f32::max)
    }

    fn height(&self) -> f32 {
        self.above() + self.below()
    }

    /// With its foot `down` below the panel's upper edge.
    fn placed(self, down: f32) -> Row {
        let (height, axis) = (self.height(), down - self.below());
        Row {
            down: axis,
            bar: self.bar.map(|color| (down - height, height, color)),
            formulas: self.formulas,
        }
    }
}

type Block = Vec<Line>;

fn height_of(block: &Block) -> f32 {
    let lines: f32 = block.iter().map(Line::height).sum();
    STATEMENT_GAP + lines + LINE_GAP * block.len().saturating_sub(1) as f32
}

/// Sets statements into lines no wider than there is room.
struct Setter<'a> {
    painter: &'a Painter,
    colors: &'a OverlayColors,
    widest: f32,
}

impl Setter<'_> {
    /// `m = …` with symbols, then with numbers, then the value, a line each.
    fn present(&mut self, statement: &StatementContent, appeared: f32) -> Block {
        let fade = |color: Color32| color.gamma_multiply(appeared);
        let accent = statement
            .color
            .map_or(self.colors.ink(), |[red, green, blue]| {
                Color32::from_rgb(red, green, blue)
            });
        let (ink, muted) = (fade(self.colors.ink()), fade(self.colors.muted()));
        let equals = Math::text(" = ");
        let mut lines = Vec::new();
        let head = match &statement.target {
            Some(target) => vec![(target.clone(), fade(accent)), (equals.clone(), ink)],
            None => vec![(Math::text("while "), muted)],
        };
        let indent: f32 = match &statement.target {
            Some(target) => {
                let equals = Formula::set(self.painter, &equals, PRESENT_SIZE);
                Formula::set(self.painter, target, PRESENT_SIZE).width + equals.width
            }
            None => 0.0,
        };
        let first = head.into_iter().chain([(statement.symbols.clone(), ink)]);
        lines.push(self.line(first.collect(), PRESENT_SIZE, 0.0));
        let hang = Formula::set(self.painter, &equals, PRESENT_SIZE).width;
        let behind = (indent - hang).max(0.0);
        let sign = match statement.target {
            Some(_) => equals,
            None => Math::text(""),
        };
        if let Some(numbers) = &statement.numbers {
            let row = vec![(sign.clone(), ink), (numbers.clone(), muted)];
            lines.push(self.line(row, PRESENT_SIZE, behind));
        }
        let sign = match statement.target {
            Some(_) => sign,
            None => Math::text("→ "),
        };
        let row = vec![(sign, ink), (statement.value.clone(), fade(accent))];
        lines.push(self.line(row, PRESENT_SIZE, behind));
        for line in &mut lines {
            line.bar = Some(fade(accent));
        }
        lines
    }

    /// `m = … = value` in one line.
    fn other(&mut self, statement: &StatementContent) -> Line {
        let muted = self.colors.muted();
        let color = statement
            .color
            .map_or(self.colors.ink(), |[red, green, blue]| {
                Color32::from_rgb(red, green, blue)
            });
        let mut row = match &statement.target {
            Some(target) => vec![(target.clone(), color), (Math::text(" = "), muted)],
            None => vec![(Math::text("while "), muted)],
        };
        let sign = if statement.target.is_some() {
            " = "
        } else {
            "  → "
        };
        row.push((statement.symbols.clone(), muted));
        row.push((Math::text(sign), muted));
        row.push((statement.value.clone(), self.colors.ink()));
        self.line(row, OTHER_SIZE, 0.0)
    }

    /// The last of `statements` that fit into `room`; dots stand for those that do not.
    fn fitting(&mut self, statements: &[StatementContent], mut room: f32) -> Vec<Block> {
        let mut blocks = Vec::new();
        let dots = Line {
            formulas: vec![(
                BAR_WIDTH + BAR_GAP,
                Formula::set(self.painter, &Math::text("…"), OTHER_SIZE),
                self.colors.muted(),
            )],
            bar: None,
        };
        for (left, statement) in statements.iter().enumerate().rev() {
            let block = vec![self.other(statement)];
            // Room for dots is kept until the first one is reached.
            let kept = if left > 0 {
                dots.height() + STATEMENT_GAP
            } else {
                0.0
            };
            room -= height_of(&block);
            if room < kept {
                blocks.push(vec![dots]);
                break;
            }
            blocks.push(block);
        }
        blocks.reverse();
        blocks
    }

    /// Formulas in a row, smaller where they would be too wide.
    fn line(&mut self, parts: Vec<(Math, Color32)>, size: f32, indent: f32) -> Line {
        let set = |size: f32| -> Vec<_> {
            let mut x = BAR_WIDTH + BAR_GAP + indent;
            let formulas = parts.iter().map(|(math, color)| {
                let formula = Formula::set(self.painter, math, size);
                let place = x;
                x += formula.width;
                (place, formula, *color)
            });
            formulas.collect()
        };
        let mut formulas = set(size);
        let width: f32 = formulas.iter().map(|(_, formula, _)| formula.width).sum();
        let room = self.widest - indent;
        if width > room {
            formulas = set(size * room / width);
        }
        Line {
            formulas,
            bar: None,
        }
    }
}
