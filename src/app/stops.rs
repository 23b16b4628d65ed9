//! A lesson in the window: which stop is shown, and what its user has touched there. Pure.
//!
//! A touch is a patch too: it lies over the stop's own scene, and is gone when the stop is left.

use crate::scene::{Scene, Timeline};

/// A lesson's stops.
#[derive(Debug)]
pub struct Stops {
    timeline: Timeline,
    present: usize,
    /// The scene of the present stop, once all has eased in.
    settled: Scene,
}

/// What the user has changed at the present stop.
#[derive(Debug, Clone, PartialEq)]
pub struct Touch {
    /// The stop's scene as it was found,
    pub settled: Scene,
    /// and as it was made.
    pub draft: Scene,
    /// Steps taken beyond those of the stop.
    pub steps: u32,
}

impl Stops {
    /// The stops of a scene; `None` for a scene without.
    pub fn of(scene: &Scene) -> Option<Self> {
        let timeline = Timeline::new(scene);
        (timeline.stop_count() > 0).then(|| Self {
            settled: settled(&timeline, 0),
            timeline,
            present: 0,
        })
    }

    /// The present stop's number, from 0, and how many there are.
    pub fn place(&self) -> (usize, usize) {
        (self.present, self.timeline.stop_count())
    }

    /// The scene of the present stop, once all has eased in.
    pub fn settled(&self) -> &Scene {
        &self.settled
    }

    /// Goes along with the film; whether another stop is shown at `seconds` than before.
    pub fn follow(&mut self, seconds: f64) -> bool {
        let stop = self.timeline.stop_at(seconds).unwrap_or(0);
        let is_another = stop != self.present;
        if is_another {
            self.present = stop;
            self.settled = settled(&self.timeline, stop);
        }
        is_another
    }

    /// The moment at which the present stop comes to its rest.
    pub fn rest_s(&self) -> f64 {
        rest_s(&self.timeline, self.present)
    }

    /// When the present stop begins.
    pub fn begin_s(&self) -> f64 {
        self.timeline.stop_seconds(self.present).start
    }

    /// When the next stop begins; `None` at the last one.
    pub fn next_begin_s(&self) -> Option<f64> {
        let next = self.present + 1;
        (next < self.timeline.stop_count()).then(|| self.timeline.stop_seconds(next).start)
    }

    /// The moment at which the stop before comes to its rest; `None` at the first one.
    pub fn previous_rest_s(&self) -> Option<f64> {
        let previous = self.present.checked_sub(1)?;
        Some(rest_s(&self.timeline, previous))
    }
}

fn settled(timeline: &Timeline, stop: usize) -> Scene {
    timeline.scene_at(rest_s(timeline, stop))
}

fn rest_s(timeline: &Timeline, stop: usize) -> f64 {
    timeline.time_of_frame(timeline.last_frame_of_stop(stop))
}

impl Touch {
    /// A moment's scene with what was touched laid over it, part by part: what was left alone goes
    /// on as the lesson has it.
    pub fn over(&self, mut scene: Scene) -> Scene {
        let (before, after) = (&self.settled, &self.draft);
        macro_rules! lay {
            ($part:ident) => {
                if before.$part != after.$part {
                    scene.$part = after.$part.clone();
                }
            };
        }
        lay!(title);
        lay!(loss);
        lay!(height);
        lay!(teams);
        lay!(ends);
        lay!(show);
        scene
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lesson() -> Stops {
        let text = "film.fps = 10\nloss.at = { x = 1, y = 0 }\n\
                    [[stop]]\nseconds = 2\n\
                    [[stop]]\nseconds = 3\nset.loss.at.x = 2\n\
                    [[stop]]\nseconds = 1\nset.show.contours = 7";
        let scene = Scene::from_toml(text, "test").expect("a scene");
        Stops::of(&scene).expect("stops")
    }

    #[test]
    fn one_goes_from_stop_to_stop_and_back() {
        let mut stops = lesson();
        assert_eq!(stops.place(), (0, 3));
        assert_eq!((stops.rest_s(), stops.previous_rest_s()), (1.9, None));
        let next = stops.next_begin_s().expect("a second stop");
        assert!(stops.follow(next) && !stops.follow(next + 2.9));
        assert_eq!(
            (stops.place().0, stops.begin_s(), stops.rest_s()),
            (1, 2.0, 4.9)
        );
        assert_eq!(stops.previous_rest_s(), Some(1.9));
        let at = |stops: &Stops| stops.settled().loss.at.as_ref().expect("a point")["x"];
        assert_eq!(at(&stops), 2.0);
        assert!(stops.follow(1.9));
        assert_eq!(at(&stops), 1.0);
        assert!(stops.follow(99.0));
        assert_eq!((stops.place().0, stops.next_begin_s()), (2, None));
    }

    #[test]
    fn a_touch_lies_over_what_was_touched_alone() {
        let stops = lesson();
        let mut draft = stops.settled().clone();
        draft.show.contours = 3;
        let touch = Touch {
            settled: stops.settled().clone(),
            draft,
            steps: 0,
        };
        let mut moment = stops.settled().clone();
        let at = moment.loss.at.as_mut().expect("a point");
        at.insert("x".to_owned(), 9.0);
        let shown = touch.over(moment.clone());
        assert_eq!((shown.show.contours, shown.loss), (3, moment.loss));
    }

    #[test]
    fn a_scene_without_stops_has_none() {
        assert!(Stops::of(&Scene::default()).is_none());
    }
}
