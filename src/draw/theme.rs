//! The one theme: colours for light and dark, of charts, boards and pages ([`crate::draw::style`] gives them to the style sheets).
//! A chart never sets its own colour.
//!
//! Categories come in a fixed order: blue, vermilion, green, purple, then a lighter or darker one of each; each has a
//! contrast of at least 3:1 to the ground. The text colours have at least 4.5:1.

use crate::draw::parts::Theme;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rgb(pub u8, pub u8, pub u8);

#[derive(Debug)]
pub struct Palette {
    pub ground: Rgb,
    pub text: Rgb,
    /// Units, footers, ticks.
    pub muted: Rgb,
    pub grid: Rgb,
    pub axis: Rgb,
    /// Reference marks and events.
    pub mark: Rgb,
    series: [Rgb; 8],
    /// Two hues of equal weight, neither pink nor blue.
    pub male: Rgb,
    pub female: Rgb,
    /// The ends of the single-hue scale of a heat map: few and many.
    few: Rgb,
    many: Rgb,
    /// Rules between rows, tracks of bars.
    pub rule: Rgb,
    /// Grounds that set something apart.
    pub soft: Rgb,
    /// A part that is not taken: free beds, an expected range.
    pub pale: Rgb,
    /// States, and nothing else: a source that is late or a limit that is near; one that stopped or a limit that is reached.
    pub late: Rgb,
    pub stop: Rgb,
    /// Under a number that changed.
    pub changed: Rgb,
    /// The grounds of the two messages over a board, which are the same in both themes: nothing new comes; a board of then.
    pub gone: Rgb,
    pub replayed: Rgb,
    /// What is written on those.
    pub on_message: Rgb,
}

const LIGHT: Palette = Palette {
    ground: Rgb(0xFF, 0xFF, 0xFF),
    text: Rgb(0x1A, 0x1A, 0x1C),
    muted: Rgb(0x55, 0x55, 0x5C),
    grid: Rgb(0xE4, 0xE4, 0xE8),
    axis: Rgb(0x8C, 0x8C, 0x93),
    mark: Rgb(0x3A, 0x3A, 0x40),
    series: [
        Rgb(0x1E, 0x4A, 0xCA),
        Rgb(0xC8, 0x40, 0x1A),
        Rgb(0x3E, 0x7D, 0x45),
        Rgb(0x7B, 0x3F, 0x9E),
        Rgb(0x4C, 0x79, 0xE1),
        Rgb(0xDB, 0x7B, 0x27),
        Rgb(0x4C, 0xA1, 0x73),
        Rgb(0xA8, 0x7E, 0xC2),
    ],
    male: Rgb(0x3E, 0x7D, 0x45),
    female: Rgb(0x7B, 0x4F, 0xA8),
    few: Rgb(0xEC, 0xF2, 0xFB),
    many: Rgb(0x0B, 0x36, 0x7A),
    rule: Rgb(0xC9, 0xC9, 0xCF),
    soft: Rgb(0xF4, 0xF5, 0xF7),
    pale: Rgb(0xD3, 0xDF, 0xF2),
    late: Rgb(0x8A, 0x57, 0x00),
    stop: Rgb(0xB0, 0x0B, 0x3C),
    changed: Rgb(0xD9, 0x8E, 0x00),
    gone: Rgb(0x8C, 0x1D, 0x18),
    replayed: Rgb(0x7B, 0x3F, 0xA0),
    on_message: Rgb(0xFF, 0xFF, 0xFF),
};

const DARK: Palette = Palette {
    ground: Rgb(0x1A, 0x1A, 0x1C),
    text: Rgb(0xFF, 0xFF, 0xFF),
    muted: Rgb(0xB8, 0xB8, 0xC0),
    grid: Rgb(0x38, 0x38, 0x3D),
    axis: Rgb(0x80, 0x80, 0x88),
    mark: Rgb(0xD8, 0xD8, 0xDE),
    series: [
        Rgb(0x6A, 0x9D, 0xFC),
        Rgb(0xFC, 0x92, 0x63),
        Rgb(0x5C, 0xC9, 0x8F),
        Rgb(0xCB, 0xA0, 0xDC),
        Rgb(0x4B, 0x65, 0xD7),
        Rgb(0xC9, 0x62, 0x3E),
        Rgb(0x32, 0x95, 0x66),
        Rgb(0x97, 0x6E, 0xBF),
    ],
    male: Rgb(0x5C, 0xC9, 0x8F),
    female: Rgb(0xCB, 0xA0, 0xDC),
    few: Rgb(0x26, 0x2E, 0x3C),
    many: Rgb(0xB4, 0xD3, 0xFF),
    rule: Rgb(0x4A, 0x4A, 0x52),
    soft: Rgb(0x2A, 0x2A, 0x30),
    pale: Rgb(0x33, 0x44, 0x5E),
    late: Rgb(0xFF, 0xC4, 0x6B),
    stop: Rgb(0xFF, 0x7F, 0x9C),
    changed: Rgb(0xF0, 0xB8, 0x40),
    gone: LIGHT.gone,
    replayed: LIGHT.replayed,
    on_message: LIGHT.on_message,
};

/// Categories that have the same colour on every board: where somebody is looked after; what was seen, what is reckoned, what it
/// is compared with. Of those that stand in one picture no two have the same.
pub const CATEGORIES: [(&str, usize); 16] = [
    ("入院", 0),
    ("宿泊", 1),
    ("自宅", 2),
    ("社会福祉施設等", 3),
    ("療養先調整中", 4),
    ("入院調整中", 5),
    ("退院", 6),
    ("入院患者", 0),
    ("実績", 0),
    ("新規発病数", 0),
    ("新規報告数", 0),
    ("受理数", 0),
    ("7日平均", 1),
    ("推計", 3),
    ("中央値", 3),
    ("前年同期", 1),
];

impl Palette {
    pub fn of(theme: Theme) -> &'static Palette {
        match theme {
            Theme::Light => &LIGHT,
            Theme::Dark => &DARK,
        }
    }

    /// The colour of the n-th category; the order never changes.
    pub fn series(&self, n: usize) -> Rgb {
        self.series[n % self.series.len()]
    }

    /// The colours of categories by name: each that has a colour of its own has it on every board, the others take those that
    /// are left in order.
    pub fn of_names(&self, names: &[&str], first: usize) -> Vec<Rgb> {
        let fixed: Vec<Option<usize>> = names
            .iter()
            .map(|name| CATEGORIES.iter().find(|(known, _)| known == name).map(|(_, place)| *place))
            .collect();
        let mut taken: Vec<usize> = fixed.iter().flatten().copied().collect();
        let mut next = first;
        let mut of = |place: Option<usize>| {
            let place = place.unwrap_or_else(|| {
                while taken.contains(&next) && next < self.series.len() {
                    next += 1;
                }
                taken.push(next);
                next
            });
            self.series(place)
        };
        fixed.into_iter().map(&mut of).collect()
    }

    /// A pale version of a colour, for areas and incomplete bars.
    pub fn pale(&self, colour: Rgb) -> Rgb {
        blend(self.ground, colour, 0.2)
    }

    /// The tint of the n-th of `count` bands within each other, from the widest (palest) inwards. A line
    /// in the colour itself keeps 3:1 to the innermost.
    pub fn band(&self, colour: Rgb, n: usize, count: usize) -> Rgb {
        if count < 2 {
            return self.pale(colour);
        }
        blend(self.ground, colour, 0.15 + 0.29 * n as f64 / (count - 1) as f64)
    }

    /// Where `share` (0 to 1) lies on the scale from few to many: evenly spaced to the eye.
    pub fn heat(&self, share: f64) -> Rgb {
        blend(self.few, self.many, share)
    }

    /// The text colour that reads best on `under`.
    pub fn text_on(&self, under: Rgb) -> Rgb {
        if contrast(self.text, under) >= contrast(self.ground, under) { self.text } else { self.ground }
    }
}

impl Rgb {
    pub fn hex(self) -> String {
        format!("#{:02X}{:02X}{:02X}", self.0, self.1, self.2)
    }

    fn linear(self) -> [f64; 3] {
        [self.0, self.1, self.2].map(|c| {
            let c = f64::from(c) / 255.0;
            if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
        })
    }

    fn luminance(self) -> f64 {
        let [r, g, b] = self.linear();
        0.2126 * r + 0.7152 * g + 0.0722 * b
    }
}

/// Contrast as in WCAG 2: 1 to 21.
pub fn contrast(a: Rgb, b: Rgb) -> f64 {
    let (a, b) = (a.luminance(), b.luminance());
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

/// From `a` (0) to `b` (1) in `OKLab` (Ottosson 2020), where equal steps look equal.
pub fn blend(a: Rgb, b: Rgb, share: f64) -> Rgb {
    let share = if share.is_finite() { share.clamp(0.0, 1.0) } else { 0.0 };
    let (from, to) = (oklab(a), oklab(b));
    let mixed: [f64; 3] = std::array::from_fn(|i| from[i] + (to[i] - from[i]) * share);
    from_oklab(mixed)
}

fn oklab(colour: Rgb) -> [f64; 3] {
    let [r, g, b] = colour.linear();
    let l = (0.412_221_470_8 * r + 0.536_332_536_3 * g + 0.051_445_992_9 * b).cbrt();
    let m = (0.211_903_498_2 * r + 0.680_699_545_1 * g + 0.107_396_956_6 * b).cbrt();
    let s = (0.088_302_461_9 * r + 0.281_718_837_6 * g + 0.629_978_700_5 * b).cbrt();
    [
        0.210_454_255_3 * l + 0.793_617_785_0 * m - 0.004_072_046_8 * s,
        1.977_998_495_1 * l - 2.428_592_205_0 * m + 0.450_593_709_9 * s,
        0.025_904_037_1 * l + 0.782_771_766_2 * m - 0.808_675_766_0 * s,
    ]
}

fn from_oklab([lightness, a, b]: [f64; 3]) -> Rgb {
    let l = (lightness + 0.396_337_777_4 * a + 0.215_803_757_3 * b).powi(3);
    let m = (lightness - 0.105_561_345_8 * a - 0.063_854_172_8 * b).powi(3);
    let s = (lightness - 0.089_484_177_5 * a - 1.291_485_548_0 * b).powi(3);
    let byte = |c: f64| {
        let c = if c <= 0.003_130_8 { c * 12.92 } else { 1.055 * c.powf(1.0 / 2.4) - 0.055 };
        (c.clamp(0.0, 1.0) * 255.0).round() as u8
    };
    Rgb(
        byte(4.076_741_662_1 * l - 3.307_711_591_3 * m + 0.230_969_929_2 * s),
        byte(-1.268_438_004_6 * l + 2.609_757_401_1 * m - 0.341_319_396_5 * s),
        byte(-0.004_196_086_3 * l - 0.703_418_614_7 * m + 1.707_614_701_0 * s),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contrasts_hold_in_both_themes() {
        for palette in [&LIGHT, &DARK] {
            for n in 0..8 {
                let c = contrast(palette.series(n), palette.ground);
                assert!(c >= 3.0, "series {n} has {c:.2}");
            }
            // What is read on the ground, and on grounds that set something apart: 4.5 (WCAG 2.2, 1.4.3).
            let texts = [
                ("text", palette.text),
                ("muted", palette.muted),
                ("mark", palette.mark),
                ("male", palette.male),
                ("female", palette.female),
                ("late", palette.late),
                ("stop", palette.stop),
                ("accent", palette.series(0)),
                ("severe", palette.series(1)),
            ];
            for (name, text) in texts {
                for under in [palette.ground, palette.soft] {
                    let c = contrast(text, under);
                    assert!(c >= 4.5, "{name} on {} has {c:.2}", under.hex());
                }
            }
            for under in [palette.gone, palette.replayed] {
                assert!(contrast(palette.on_message, under) >= 4.5);
            }
            // Ground on a button, and the note line: the theme the other way round.
            assert!(contrast(palette.ground, palette.series(0)) >= 4.5);
            // What is seen beside what is not taken: 3 (1.4.11).
            assert!(contrast(palette.series(0), palette.pale) >= 3.0);
        }
    }

    /// What two colours are to people who lack one kind of cone (Viénot, Brettel and Mollon 1999, and for blue Brettel 1997 in its
    /// one-plane form), on linear light.
    fn seen_without(kind: usize, colour: Rgb) -> Rgb {
        const KINDS: [[[f64; 3]; 3]; 3] = [
            [[0.112_38, 0.887_62, 0.0], [0.112_38, 0.887_62, 0.0], [0.004_01, -0.004_01, 1.0]],
            [[0.292_75, 0.707_25, 0.0], [0.292_75, 0.707_25, 0.0], [-0.022_34, 0.022_34, 1.0]],
            [[1.0, 0.144_61, -0.144_61], [0.0, 0.859_24, 0.140_76], [0.0, 0.859_24, 0.140_76]],
        ];
        let linear = colour.linear();
        let mixed = KINDS[kind].map(|row| (0..3).map(|n| row[n] * linear[n]).sum::<f64>().clamp(0.0, 1.0));
        let byte = |c: f64| {
            let c = if c <= 0.003_130_8 { c * 12.92 } else { 1.055 * c.powf(1.0 / 2.4) - 0.055 };
            (c * 255.0).round() as u8
        };
        Rgb(byte(mixed[0]), byte(mixed[1]), byte(mixed[2]))
    }

    /// In `OKLab`, where 0.02 is about what is just seen side by side.
    fn apart(a: Rgb, b: Rgb) -> f64 {
        let (a, b) = (oklab(a), oklab(b));
        (0..3).map(|n| (a[n] - b[n]).powi(2)).sum::<f64>().sqrt()
    }

    /// The least distance of two categories side by side, for everybody.
    const TOLD_APART: f64 = 0.065;

    #[test]
    fn every_pair_of_categories_is_told_apart_by_the_colour_blind() {
        let mut wrong = Vec::new();
        for (theme, palette) in [("light", &LIGHT), ("dark", &DARK)] {
            for a in 0..8 {
                for b in 0..a {
                    for (kind, name) in ["protan", "deutan", "tritan"].into_iter().enumerate() {
                        let seen = [a, b].map(|n| seen_without(kind, palette.series(n)));
                        let apart = apart(seen[0], seen[1]);
                        if apart < TOLD_APART {
                            wrong.push(format!("{theme} {name}: {b} and {a} are {apart:.3} apart"));
                        }
                    }
                }
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    #[test]
    fn a_category_has_its_colour_wherever_it_stands() {
        let palette = &LIGHT;
        assert_eq!(palette.of_names(&["入院"], 0), [palette.series(0)]);
        assert_eq!(palette.of_names(&["推計", "新規発病数"], 0), [palette.series(3), palette.series(0)]);
        let all = palette.of_names(&["港区", "入院", "退院", "東京都"], 0);
        assert_eq!(all, [1, 0, 6, 2].map(|n| palette.series(n)), "the others take what is left");
    }

    #[test]
    fn the_sexes_have_equal_weight() {
        for palette in [&LIGHT, &DARK] {
            assert!(contrast(palette.male, palette.female) < 1.5);
        }
    }

    #[test]
    fn bands_are_told_apart_and_lines_on_them_seen() {
        for palette in [&LIGHT, &DARK] {
            let line = palette.series(0);
            let tints: Vec<Rgb> = (0..3).map(|n| palette.band(line, n, 3)).collect();
            assert!(contrast(tints[0], palette.ground) >= 1.2);
            assert!(tints.windows(2).all(|w| contrast(w[0], w[1]) >= 1.2), "{tints:?}");
            assert!(contrast(tints[2], line) >= 3.0);
            assert!(contrast(tints[2], palette.text) >= 4.5);
        }
    }

    #[test]
    fn the_heat_scale_is_ordered() {
        for palette in [&LIGHT, &DARK] {
            let steps: Vec<f64> =
                (0..=10).map(|i| contrast(palette.heat(f64::from(i) / 10.0), palette.ground)).collect();
            assert!(steps.windows(2).all(|w| w[0] < w[1]), "{steps:?}");
        }
    }

    #[test]
    fn numbers_on_the_heat_scale_can_be_read() {
        for palette in [&LIGHT, &DARK] {
            for i in 0..=20 {
                let under = palette.heat(f64::from(i) / 20.0);
                assert!(contrast(palette.text_on(under), under) >= 4.0, "step {i}");
            }
        }
    }
}
