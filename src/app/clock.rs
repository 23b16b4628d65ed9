//! The clock: from the time on the wall to the film's. Pure: it is told what time it is.

/// More wall-clock time than this between two ticks is a pause of the machine, not of the race.
const LONGEST_TICK_S: f64 = 1.0;

/// Where the film stands, and whether and how fast it runs.
#[derive(Debug, Clone, PartialEq)]
pub struct Clock {
    /// Film seconds a wall-clock second, positive.
    pub speed: f64,
    seconds: f64,
    running: bool,
    /// The wall clock at the last tick since it runs, in seconds.
    last_tick_s: Option<f64>,
}

impl Clock {
    /// At the film's beginning, running at its own speed.
    pub fn new() -> Self {
        Self {
            speed: 1.0,
            seconds: 0.0,
            running: true,
            last_tick_s: None,
        }
    }

    /// Seconds of the film.
    pub fn seconds(&self) -> f64 {
        self.seconds
    }

    /// Whether time passes.
    pub fn is_running(&self) -> bool {
        self.running
    }

    /// Hears the time on the wall; the film stays at its end, `end_s`.
    pub fn tick(&mut self, now_s: f64, end_s: f64) {
        if self.running {
            let last = self.last_tick_s.replace(now_s).unwrap_or(now_s);
            let passed = (now_s - last).clamp(0.0, LONGEST_TICK_S);
            self.seconds += passed * self.speed;
        }
        self.seconds = self.seconds.min(end_s);
        self.running &= self.seconds < end_s;
    }

    /// Pauses, or runs on; at the film's end nothing is left to run.
    pub fn toggle(&mut self) {
        self.running = !self.running;
        self.last_tick_s = None;
    }

    /// Lets no time pass.
    pub fn pause(&mut self) {
        self.running = false;
    }

    /// Runs from the film's beginning.
    pub fn restart(&mut self) {
        self.seconds = 0.0;
        self.running = true;
        self.last_tick_s = None;
    }

    /// Another race begins: at the film's beginning, and running unless the user had paused it.
    pub fn begin_again(&mut self, end_s: f64) {
        let paused = !self.running && self.seconds < end_s;
        self.restart();
        self.running = !paused;
    }

    /// Goes to a moment of the film and runs on from there.
    pub fn run_from(&mut self, seconds: f64) {
        self.seconds = seconds.max(0.0);
        self.running = true;
        self.last_tick_s = None;
    }

    /// Goes to a moment of the film and stays there.
    pub fn seek(&mut self, seconds: f64) {
        self.seconds = seconds.max(0.0);
        self.pause();
    }

    /// Goes to the moment at which the race, `steps_at` (which never falls) of a moment, has taken
    /// one step more, and stays there; where no step is left until `end_s`, it only pauses.
    pub fn step(&mut self, end_s: f64, steps_at: impl Fn(f64) -> u64) {
        self.pause();
        let now = steps_at(self.seconds);
        if steps_at(end_s) <= now {
            return;
        }
        let (mut before, mut after) = (self.seconds, end_s);
        // An f64 has 52 bits to halve.
        for _ in 0..60 {
            let middle = 0.5 * (before + after);
            match steps_at(middle) > now {
                true => after = middle,
                false => before = middle,
            }
        }
        self.seconds = after;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const END_S: f64 = 10.0;

    fn twenty_five_a_second(seconds: f64) -> u64 {
        (seconds.min(9.0) * 25.0 + 1e-9).floor() as u64
    }

    #[test]
    fn film_time_is_wall_clock_time_times_the_speed() {
        let mut clock = Clock::new();
        clock.tick(100.0, END_S);
        assert_eq!(clock.seconds(), 0.0, "the first tick only sets the hands");
        clock.tick(100.5, END_S);
        clock.speed = 2.0;
        clock.tick(101.0, END_S);
        assert!((clock.seconds() - 1.5).abs() < 1e-12);
    }

    #[test]
    fn a_pause_takes_no_time_however_long_it_is() {
        let mut clock = Clock::new();
        clock.tick(0.0, END_S);
        clock.tick(0.5, END_S);
        clock.toggle();
        clock.tick(400.0, END_S);
        clock.toggle();
        clock.tick(900.0, END_S);
        clock.tick(900.25, END_S);
        assert!((clock.seconds() - 0.75).abs() < 1e-12, "{clock:?}");
    }

    #[test]
    fn a_machine_that_slept_does_not_jump_to_the_end() {
        let mut clock = Clock::new();
        clock.tick(0.0, END_S);
        clock.tick(3600.0, END_S);
        assert_eq!(clock.seconds(), LONGEST_TICK_S);
    }

    #[test]
    fn the_film_ends_at_its_end_and_a_restart_runs_it_again() {
        let mut clock = Clock::new();
        for tick in 0..30 {
            clock.tick(f64::from(tick) * 0.5, END_S);
        }
        assert_eq!((clock.seconds(), clock.is_running()), (END_S, false));
        clock.toggle();
        clock.tick(50.0, END_S);
        assert_eq!((clock.seconds(), clock.is_running()), (END_S, false));
        clock.restart();
        assert_eq!((clock.seconds(), clock.is_running()), (0.0, true));
    }

    #[test]
    fn another_race_runs_unless_the_user_had_paused_the_one_before() {
        let mut clock = Clock::new();
        clock.seek(END_S);
        clock.begin_again(END_S);
        assert_eq!((clock.seconds(), clock.is_running()), (0.0, true));
        clock.seek(3.0);
        clock.begin_again(END_S);
        assert_eq!((clock.seconds(), clock.is_running()), (0.0, false));
    }

    #[test]
    fn a_step_is_one_step_of_the_race_and_pauses() {
        let mut clock = Clock::new();
        for step in 1..=225 {
            clock.step(END_S, twenty_five_a_second);
            assert_eq!(twenty_five_a_second(clock.seconds()), step);
            assert!(!clock.is_running());
        }
        let last = clock.seconds();
        assert!((last - 9.0).abs() < 1e-6, "no later than the step itself");
        clock.step(END_S, twenty_five_a_second);
        assert_eq!(clock.seconds(), last, "no step is left");
    }
}
