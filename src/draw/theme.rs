//! The one theme: colours for light and dark. A chart never sets its own colour.
//!
//! Categories come in a fixed order: blue, vermilion, green, purple, then their tints; each has a
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
}

const LIGHT: Palette = Palette {
    ground: Rgb(0xFF, 0xFF, 0xFF),
    text: Rgb(0x1A, 0x1A, 0x1C),
    muted: Rgb(0x55, 0x55, 0x5C),
    grid: Rgb(0xE4, 0xE4, 0xE8),
    axis: Rgb(0x8C, 0x8C, 0x93),
    mark: Rgb(0x3A, 0x3A, 0x40),
    series: [
        Rgb(0x1F, 0x5F, 0xBF),
        Rgb(0xC8, 0x40, 0x1A),
        Rgb(0x1B, 0x7F, 0x4B),
        Rgb(0x7B, 0x3F, 0xA0),
        Rgb(0x5A, 0x90, 0xDB),
        Rgb(0xE0, 0x73, 0x50),
        Rgb(0x45, 0x9F, 0x70),
        Rgb(0xA9, 0x7C, 0xC6),
    ],
    male: Rgb(0x1B, 0x7F, 0x4B),
    female: Rgb(0x7B, 0x4F, 0xA8),
    few: Rgb(0xEC, 0xF2, 0xFB),
    many: Rgb(0x0B, 0x36, 0x7A),
};

const DARK: Palette = Palette {
    ground: Rgb(0x1A, 0x1A, 0x1C),
    text: Rgb(0xFF, 0xFF, 0xFF),
    muted: Rgb(0xB8, 0xB8, 0xC0),
    grid: Rgb(0x38, 0x38, 0x3D),
    axis: Rgb(0x80, 0x80, 0x88),
    mark: Rgb(0xD8, 0xD8, 0xDE),
    series: [
        Rgb(0x6F, 0xA8, 0xFF),
        Rgb(0xFF, 0x8A, 0x65),
        Rgb(0x5C, 0xC9, 0x8F),
        Rgb(0xC5, 0x9B, 0xEB),
        Rgb(0x45, 0x7D, 0xCC),
        Rgb(0xC9, 0x62, 0x40),
        Rgb(0x32, 0x95, 0x66),
        Rgb(0x98, 0x6C, 0xBE),
    ],
    male: Rgb(0x5C, 0xC9, 0x8F),
    female: Rgb(0xC5, 0x9B, 0xEB),
    few: Rgb(0x26, 0x2E, 0x3C),
    many: Rgb(0xB4, 0xD3, 0xFF),
};

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
            for sex in [palette.male, palette.female] {
                assert!(contrast(sex, palette.ground) >= 4.5);
            }
            for text in [palette.text, palette.muted, palette.mark] {
                assert!(contrast(text, palette.ground) >= 4.5);
            }
        }
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
