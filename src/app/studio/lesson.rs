//! The studio's part in a lesson: from stop to stop, and through the statements of a step.

use super::Studio;
use crate::app::draft::Draft;
use crate::app::picture::{Eye, Picture};
use crate::app::stops::Stops;
use crate::scene::ALL_STATEMENTS;

impl Studio {
    /// The next stop begins; the last one stays.
    pub(super) fn next_stop(&mut self) {
        let next = self.stops.as_ref().and_then(Stops::next_begin_s);
        if let Some(begin_s) = next {
            self.clock.run_from(begin_s);
        }
    }

    /// Back to the stop before, as it was left.
    pub(super) fn previous_stop(&mut self) {
        let previous = self.stops.as_ref().and_then(Stops::previous_rest_s);
        if let Some(rest_s) = previous {
            self.clock.seek(rest_s);
        }
    }

    /// The race from its start; in a lesson, the present stop from its beginning.
    pub(super) fn restart(&mut self) {
        match &self.stops {
            Some(stops) => {
                let begin_s = stops.begin_s();
                self.enter_stop();
                self.clock.run_from(begin_s);
            }
            None => self.clock.restart(),
        }
    }

    /// Gives back what was touched at the stop that is left.
    pub(super) fn enter_stop(&mut self) {
        let Some(stops) = &self.stops else { return };
        let (present, count) = stops.place();
        log::debug!("stop {} of {count}", present + 1);
        self.draft = Draft::new(stops.settled().clone());
        self.steps_beyond = 0;
        self.eye = Eye::Path;
    }

    /// One step of the race; at a stop, beyond those that the stop takes.
    pub(super) fn step(&mut self) {
        let Some(picture) = &self.picture else { return };
        if self.stops.is_some() {
            self.clock.pause();
            self.steps_beyond = self.steps_beyond.saturating_add(1);
            return;
        }
        let timeline = picture.timeline();
        self.clock
            .step(timeline.seconds(), |seconds| timeline.steps_at(seconds));
    }

    /// How many statements are explained, and how many the step has.
    pub(super) fn statements(&self) -> (usize, usize) {
        let all = self.picture.as_ref().map_or(0, Picture::statements);
        let shown = self.draft.scene.show.explain;
        let shown = match shown >= ALL_STATEMENTS {
            true => all,
            false => (shown.ceil() as usize).min(all.max(1)),
        };
        (shown, all)
    }

    /// The next statement; after the last one the step is taken, and the first of the next is
    /// explained.
    pub(super) fn next_statement(&mut self) {
        let (shown, all) = self.statements();
        self.clock.pause();
        if shown > 0 && shown >= all {
            self.step();
            self.explain(1);
        } else {
            self.explain(shown + 1);
        }
    }

    /// The statement before; before the first one nothing is explained.
    pub(super) fn previous_statement(&mut self) {
        let (shown, _) = self.statements();
        self.clock.pause();
        self.explain(shown.saturating_sub(1));
    }

    fn explain(&mut self, statements: usize) {
        self.draft.scene.show.explain = statements as f64;
    }
}
