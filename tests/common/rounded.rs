//! A rule followed in numbers as narrow as f32's, for those who want to know what rounding alone
//! may make of a path.

use super::narrow::Narrow;
use thalweg::formula::NodeId;
use thalweg::optimizer::Update;
use thalweg::optimizer::random::Chance;
use thalweg::optimizer::update::Input;

pub struct Rounded<'a> {
    update: &'a Update,
    pub numbers: Narrow<'a>,
    shown: Vec<f64>,
}

impl<'a> Rounded<'a> {
    pub fn new(update: &'a Update, start: &[f64], descent: u32, noise_seed: u32) -> Self {
        let chance = Chance {
            seed: update.seed,
            descent,
            step: 0,
        };
        let mut walk = Self {
            update,
            numbers: Narrow::new(&update.graph, update.inputs.len(), chance, noise_seed),
            shown: start.to_vec(),
        };
        walk.numbers.put(&update.parameters, start);
        walk.set_step(1.0);
        let initial: Vec<_> = update.slots.iter().map(|slot| slot.initial).collect();
        let states: Vec<_> = update.slots.iter().map(|slot| slot.now).collect();
        let begun = walk.numbers.evaluate(&initial);
        walk.numbers.put(&states, &begun);
        walk
    }

    pub fn step(&mut self) {
        self.numbers.chance.step += 1;
        self.set_step(f64::from(self.numbers.chance.step));
        let update = self.update;
        let states: Vec<_> = update.slots.iter().map(|slot| slot.now).collect();
        let mut outputs = update.next.clone();
        outputs.extend(&update.shown);
        outputs.extend(update.slots.iter().map(|slot| slot.next));
        let values = self.numbers.evaluate(&outputs);
        let (next, rest) = values.split_at(update.next.len());
        let (shown, state) = rest.split_at(update.shown.len());
        self.numbers.put(&update.parameters, next);
        self.numbers.put(&states, state);
        self.shown = shown.to_vec();
    }

    pub fn parameters(&self) -> Vec<f64> {
        self.numbers.inputs_at(&self.update.parameters)
    }

    pub fn shown(&self) -> &[f64] {
        &self.shown
    }

    fn set_step(&mut self, t: f64) {
        for (index, meaning) in self.update.inputs.iter().enumerate() {
            match meaning {
                Input::Step => self.numbers.share(index, t),
                Input::Hyper(number) => self.numbers.share(index, *number),
                Input::Parameter(_) | Input::State(_) => {}
            }
        }
    }
}
