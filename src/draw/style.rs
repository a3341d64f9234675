//! The design system: colours with their meaning, sizes of type and spaces. Style sheets have them as custom properties
//! ([`css`]), charts as [`Palette`]; the page `/style` shows them all. No style sheet, board or chart has a colour or a size of
//! its own.

use std::fmt::Write as _;

use super::parts::Theme;
use super::theme::{Palette, Rgb};

/// A colour by its role.
#[derive(Clone, Copy)]
pub struct Colour {
    /// The custom property, without `--`.
    pub name: &'static str,
    pub of: fn(&Palette) -> Rgb,
    pub ja: &'static str,
    pub en: &'static str,
}

/// All colours of pages and walls. Those of categories and of charts alone follow in [`Palette`].
pub const COLOURS: [Colour; 19] = [
    colour("ground", |p| p.ground, "地", "ground"),
    colour("panel", |p| p.ground, "パネルの地", "the ground of a panel"),
    colour("soft", |p| p.soft, "囲みの地", "grounds that set something apart"),
    colour("text", |p| p.text, "文字", "text"),
    colour("muted", |p| p.muted, "単位・注・時点", "units, notes, times"),
    colour("inverse", |p| p.ground, "帯の上の文字", "text on the line of notes"),
    colour("line", |p| p.rule, "罫線", "rules"),
    colour("border", |p| p.axis, "入力欄の枠・軸", "frames of fields, axes"),
    colour("accent", |p| p.series(0), "主な色・リンク", "the accent, links"),
    colour("pale", |p| p.pale, "空き・期待される範囲", "what is not taken, an expected range"),
    colour("good", |p| p.muted, "最新（平常は色を付けない）", "fresh: all well has no colour"),
    colour("late", |p| p.late, "遅れ・目安の一部に該当", "late; some of the limits reached"),
    colour("stop", |p| p.stop, "停止・目安に該当", "stopped; all limits reached"),
    colour("severe", |p| p.series(1), "重症", "severe"),
    colour("changed", |p| p.changed, "変わった数の下線", "under a number that changed"),
    colour("gone", |p| p.gone, "サーバー応答なしの地", "ground: the server does not answer"),
    colour("replayed", |p| p.replayed, "過去の表示の地", "ground: a board of then"),
    colour("on-message", |p| p.on_message, "その上の文字", "text on those two"),
    colour("mark", |p| p.mark, "目安の線", "reference lines"),
];

const fn colour(name: &'static str, of: fn(&Palette) -> Rgb, ja: &'static str, en: &'static str) -> Colour {
    Colour { name, of, ja, en }
}

/// A size of type on a wall, in hundredths of the height of a 16:9 display (`u`).
#[derive(Clone, Copy)]
pub struct Type {
    pub name: &'static str,
    pub u: f64,
    pub ja: &'static str,
    pub en: &'static str,
}

/// Sizes that the layout reckons with.
pub const NOTE: f64 = 3.2;
pub const UNIT: f64 = 3.6;
pub const LABEL: f64 = 4.2;
pub const TITLE: f64 = 5.0;

/// 15 minutes of arc from 5 m on a display of 55 inches are 3.2 u, 20 are 4.2.
pub const TYPE: [Type; 13] = [
    size("t-note", NOTE, "注・単位・時点（視角15分）", "notes, units, times: 15 minutes of arc"),
    size("t-unit", UNIT, "大きな数の単位", "the unit of a large number"),
    size("t-label", LABEL, "見出し・名前（視角20分）", "headings, names: 20 minutes of arc"),
    size("t-title", TITLE, "ボードの題・時計・行の数", "the board's title, the clock, figures of rows"),
    size("t-6", 6.0, "数", "figures"),
    size("t-7", 7.0, "数", "figures"),
    size("t-8", 8.0, "数", "figures"),
    size("t-9", 9.0, "タイルの数", "the figure of a tile"),
    size("t-10", 10.0, "数", "figures"),
    size("t-12", 12.0, "数", "figures"),
    size("t-13", 13.0, "数", "figures"),
    size("t-14", 14.0, "数", "figures"),
    size("t-16", 16.0, "最も大きな数", "the hero"),
];

const fn size(name: &'static str, u: f64, ja: &'static str, en: &'static str) -> Type {
    Type { name, u, ja, en }
}

/// A space between things on a wall, in u.
#[derive(Clone, Copy)]
pub struct Space {
    pub name: &'static str,
    pub u: f64,
    pub ja: &'static str,
    pub en: &'static str,
}

/// Spaces that the layout reckons with.
pub const TIGHT: f64 = 0.6;
pub const CLOSE: f64 = 0.9;
pub const ITEM: f64 = 1.4;
pub const PART: f64 = 2.0;
pub const COLUMN: f64 = 3.0;

pub const SPACES: [Space; 7] = [
    space("g-hair", 0.4, "行と行の間", "between lines that belong together"),
    space("g-tight", TIGHT, "数と単位・印と言葉", "a figure and its unit, a mark and its word"),
    space("g-close", CLOSE, "名前と数・画面の縁", "a name and its figure, the edge of the display"),
    space("g-item", ITEM, "印と印・パネルの内側", "marks beside each other, the inside of a panel"),
    space("g-part", PART, "数と添え書き・項目", "a number and what stands beside it, items"),
    space("g-column", COLUMN, "段と段", "columns"),
    space("g-wide", 6.0, "離れた二つの段", "two columns far apart"),
];

const fn space(name: &'static str, u: f64, ja: &'static str, en: &'static str) -> Space {
    Space { name, u, ja, en }
}

/// Sizes of type on pages, in rem.
pub const PAGE_TYPE: [(&str, f64); 5] =
    [("p-small", 0.85), ("p-text", 1.0), ("p-lead", 1.25), ("p-title", 1.7), ("p-code", 4.0)];

/// The custom properties of every style sheet.
pub fn css() -> String {
    let mut css = String::from(":root {");
    colours(&mut css, Theme::Light);
    for Type { name, u, .. } in TYPE {
        let _ = write!(css, " --{name}: calc({u} * var(--u, 1vh));");
    }
    for Space { name, u, .. } in SPACES {
        let _ = write!(css, " --{name}: calc({u} * var(--u, 1vh));");
    }
    for (name, rem) in PAGE_TYPE {
        let _ = write!(css, " --{name}: {rem}rem;");
    }
    css.push_str(" }\n[data-theme=\"dark\"] {");
    colours(&mut css, Theme::Dark);
    css.push_str(" color-scheme: dark; }\n@media (prefers-color-scheme: dark) { [data-theme=\"auto\"] {");
    colours(&mut css, Theme::Dark);
    css.push_str(" color-scheme: dark; } }\n");
    css
}

fn colours(css: &mut String, theme: Theme) {
    let palette = Palette::of(theme);
    for Colour { name, of, .. } in COLOURS {
        let _ = write!(css, " --{name}: {};", of(palette).hex());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::definitions::Definitions;

    /// Every style sheet and script, by name.
    fn sheets() -> Vec<(String, String)> {
        let definitions = Definitions::embedded();
        let sheets = definitions.iter().filter(|(path, _)| path.ends_with(".css") || path.ends_with(".js"));
        sheets.map(|(path, file)| (path.to_owned(), file.text(path).expect("text").to_owned())).collect()
    }

    #[test]
    fn no_style_sheet_has_a_colour_of_its_own() {
        let own = regex::Regex::new(
            r"#[0-9a-fA-F]{3,8}\b|\b(rgb|rgba|hsl|hsla|oklch|lab|color)\(|:\s*(black|white|red|green|blue|gray|grey|orange|yellow|purple)\b",
        )
        .expect("a pattern");
        let mut wrong = Vec::new();
        for (path, text) in sheets() {
            for (n, line) in text.lines().enumerate() {
                wrong.extend(own.find(line).map(|found| format!("{path}:{}: {}", n + 1, found.as_str())));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    #[test]
    fn every_size_of_type_is_one_of_the_scale() {
        let sized = regex::Regex::new(r"font(?:-size)?:\s*([^;}]*)").expect("a pattern");
        let allowed = regex::Regex::new(r"var\(--(t|p)-[a-z0-9]+\)|\binherit\b|0\.(8|85)em\b|\b16px\b")
            .expect("a pattern");
        let mut wrong = Vec::new();
        for (path, text) in sheets() {
            for (n, line) in text.lines().enumerate() {
                for found in sized.captures_iter(line) {
                    if !allowed.is_match(&found[1]) {
                        wrong.push(format!("{path}:{}: {}", n + 1, &found[0]));
                    }
                }
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    #[test]
    fn every_space_is_one_of_the_scale() {
        let spaced =
            regex::Regex::new(r"\b(?:(?:column-|row-)?gap|(?:margin|padding)(?:-[a-z]+)?):\s*([^;}]*)")
                .expect("a pattern");
        let mut wrong = Vec::new();
        for (path, text) in sheets() {
            for (n, line) in text.lines().enumerate() {
                for found in spaced.captures_iter(line).filter(|found| found[1].contains("var(--u)")) {
                    wrong.push(format!("{path}:{}: {}", n + 1, &found[0]));
                }
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    #[test]
    fn every_name_that_a_style_sheet_uses_is_there_and_every_one_of_the_system_is_used() {
        let used = regex::Regex::new(r"var\(--([a-z0-9-]+)").expect("a pattern");
        let set = regex::Regex::new(r"--([a-z0-9-]+)\s*:").expect("a pattern");
        let all = css();
        let names = |text: &str, pattern: &regex::Regex| -> std::collections::BTreeSet<String> {
            pattern.captures_iter(text).map(|found| found[1].to_owned()).collect()
        };
        let own = names(&all, &set);
        let text: String = sheets().into_iter().map(|(_, text)| text).collect();
        let local = names(&text, &set);
        let wanted = names(&text, &used);
        let lacking: Vec<&String> =
            wanted.iter().filter(|name| !own.contains(*name) && !local.contains(*name)).collect();
        assert!(lacking.is_empty(), "not in the system: {lacking:?}");
        let idle: Vec<&String> = own.iter().filter(|name| !wanted.contains(*name)).collect();
        assert!(idle.is_empty(), "used by no style sheet: {idle:?}");
    }
}
