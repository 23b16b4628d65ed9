//! The teams' colours: bright and far apart, to be read on every colour map and by colour-blind
//! eyes; the first eight follow Okabe and Ito's set, made lighter where a trail needs it.

/// Display-encoded colours, for team after team; a thirteenth team begins again.
const PALETTE: [[u8; 3]; 12] = [
    [0xff, 0xa2, 0x1f],
    [0x6c, 0xc8, 0xff],
    [0xff, 0x6f, 0xb5],
    [0xff, 0xf0, 0x5a],
    [0xff, 0xff, 0xff],
    [0xff, 0x5a, 0x36],
    [0x3f, 0xe0, 0xa8],
    [0x4d, 0x8d, 0xff],
    [0xd9, 0xb3, 0xff],
    [0xb9, 0xff, 0x5e],
    [0xc9, 0x8a, 0x5a],
    [0xb4, 0xb8, 0xc0],
];

/// The colour of team `number` (from 0) where the scene names none.
pub fn team_colour(number: usize) -> [u8; 3] {
    PALETTE[number % PALETTE.len()]
}
