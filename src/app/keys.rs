//! The keys of the window.

use winit::event::{ElementState, KeyEvent};
use winit::keyboard::{Key, NamedKey};

/// What a key or a button of the panel asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command {
    /// Pauses the race, or lets it run on.
    Toggle,
    /// Takes one step of the optimizers and pauses.
    Step,
    /// Goes to the next stop of a lesson; without stops pauses the race, or lets it run on.
    Forward,
    /// Goes to the next stop.
    NextStop,
    /// Goes to the stop before.
    PreviousStop,
    /// Explains the next step's next statement, and the step after it after the last.
    NextStatement,
    /// Explains the statement before.
    PreviousStatement,
    /// Starts the race again; in a lesson, the present stop.
    Restart,
    /// Gives the camera back to the scene.
    ResetView,
    /// Shows or hides the panel.
    TogglePanel,
    /// Goes to full screen or back.
    ToggleFullScreen,
    /// Leaves full screen, otherwise closes the window.
    Leave,
    /// Closes the window.
    Close,
}

/// Each key beside what it does, for the panel.
pub const HELP: [(&str, &str); 11] = [
    ("Space", "pause, run; next stop"),
    ("← →, Page", "stop before, next stop"),
    (".", "one step"),
    ("N, B", "explain: next, back"),
    ("R", "restart"),
    ("Drag", "turn; right or Shift: move"),
    ("Wheel", "zoom at the pointer"),
    ("Home", "the scene's own view"),
    ("H, Tab", "hide this panel"),
    ("F11", "full screen"),
    ("Esc", "close"),
];

/// The command of a key's event; a key that is held down only steps and explains again and again.
pub fn command_of(event: &KeyEvent, control: bool) -> Option<Command> {
    if event.state == ElementState::Released {
        return None;
    }
    let command = command(&event.logical_key, control)?;
    let repeats = [
        Command::Step,
        Command::NextStatement,
        Command::PreviousStatement,
    ];
    (!event.repeat || repeats.contains(&command)).then_some(command)
}

fn command(key: &Key, control: bool) -> Option<Command> {
    match key {
        Key::Named(NamedKey::Space) => Some(Command::Forward),
        Key::Named(NamedKey::ArrowRight | NamedKey::ArrowDown | NamedKey::PageDown) => {
            Some(Command::NextStop)
        }
        Key::Named(NamedKey::ArrowLeft | NamedKey::ArrowUp | NamedKey::PageUp) => {
            Some(Command::PreviousStop)
        }
        Key::Named(NamedKey::Home) => Some(Command::ResetView),
        Key::Named(NamedKey::Tab) => Some(Command::TogglePanel),
        Key::Named(NamedKey::F11) => Some(Command::ToggleFullScreen),
        Key::Named(NamedKey::Escape) => Some(Command::Leave),
        Key::Character(text) => match (text.to_lowercase().as_str(), control) {
            ("q", true) => Some(Command::Close),
            (".", false) => Some(Command::Step),
            ("n", false) => Some(Command::NextStatement),
            ("b", false) => Some(Command::PreviousStatement),
            ("r", false) => Some(Command::Restart),
            ("h", false) => Some(Command::TogglePanel),
            _ => None,
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_keys_do_what_the_help_says() {
        let character = |text: &str, control| command(&Key::Character(text.into()), control);
        assert_eq!(character(".", false), Some(Command::Step));
        assert_eq!(character("r", false), Some(Command::Restart));
        assert_eq!(character("R", false), Some(Command::Restart));
        assert_eq!(character("r", true), None);
        assert_eq!(character("q", true), Some(Command::Close));
        assert_eq!(character("q", false), None);
        assert_eq!(character("h", false), Some(Command::TogglePanel));
        let named = |key| command(&Key::Named(key), false);
        assert_eq!(named(NamedKey::Space), Some(Command::Forward));
        for key in [
            NamedKey::ArrowRight,
            NamedKey::ArrowDown,
            NamedKey::PageDown,
        ] {
            assert_eq!(named(key), Some(Command::NextStop));
        }
        for key in [NamedKey::ArrowLeft, NamedKey::ArrowUp, NamedKey::PageUp] {
            assert_eq!(named(key), Some(Command::PreviousStop));
        }
        assert_eq!(character("n", false), Some(Command::NextStatement));
        assert_eq!(character("B", false), Some(Command::PreviousStatement));
        assert_eq!(named(NamedKey::Home), Some(Command::ResetView));
        assert_eq!(named(NamedKey::Escape), Some(Command::Leave));
    }
}
