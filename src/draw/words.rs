//! Words in a given width: wrapped, made smaller within limits, or shortened; a number is never cut, and a reason never
//! shortened.

use crate::draw::font::{Weight, width};

/// Text that fits: the lines and the size they are written in.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Fitted {
    pub lines: Vec<String>,
    pub size: f64,
}

/// Fits `text` into `room` pixels and at most `lines` lines: whole if it can be, else down to `smallest`
/// times the size, else a little smaller still; shortened where nothing else will do.
pub(super) fn fit(text: &str, room: f64, size: f64, weight: Weight, lines: usize, smallest: f64) -> Fitted {
    if lines == 0 || room <= 0.0 {
        return Fitted { lines: Vec::new(), size };
    }
    // A little smaller is better than one line more; one line more is better than much smaller.
    let tries = (1..=lines).flat_map(|n| [1.0, 0.92, 0.86].map(|share| (n, share)));
    let last_tries = [0.8, 0.72, 0.65].map(|share| (lines, share));
    for (most, share) in tries.chain(last_tries).filter(|(_, share)| *share >= smallest) {
        let broken = wrap(text, room, size * share, weight, LONGEST);
        if broken.len() <= most && broken.iter().all(|l| width(l, size * share, weight) <= room) {
            return Fitted { lines: broken, size: size * share };
        }
    }
    let held = (room, lines as f64 * size * smallest * LINE);
    if let Some(small) = within(text, held, size * smallest, weight, 0.72) {
        return small;
    }
    let size = size * smallest;
    let mut broken = wrap(text, room, size, weight, LONGEST);
    if broken.len() > lines {
        let rest = broken.split_off(lines - 1).concat();
        broken.push(rest);
    }
    let lines = broken.iter().map(|l| shorten(l, room, size, weight)).filter(|l| !l.is_empty()).collect();
    Fitted { lines, size }
}

/// Heights of the lines that stand in one room, in text sizes.
pub(super) const LINE: f64 = 1.05;

/// The text whole in a room of a width and a height, as large as it can be: on more lines where there is height for them,
/// and no smaller than `smallest` times the size. None where that does not hold it.
pub(super) fn within(
    text: &str,
    (room, height): (f64, f64),
    size: f64,
    weight: Weight,
    smallest: f64,
) -> Option<Fitted> {
    const SHARES: [f64; 8] = [1.0, 0.92, 0.86, 0.8, 0.72, 0.65, 0.6, 0.5];
    for size in SHARES.into_iter().filter(|share| *share >= smallest).map(|share| size * share) {
        let most = ((height / (size * LINE) + 1e-9) as usize).max(1);
        // Between any two characters only where no better place to break will do.
        for longest in [LONGEST, 1] {
            let lines = wrap(text, room, size, weight, longest);
            if lines.len() <= most && lines.iter().all(|line| width(line, size, weight) <= room) {
                return Some(Fitted { lines, size });
            }
        }
    }
    None
}

/// A name in its room: whole if that can be, else smaller, else as much of its beginning as fits.
pub(super) fn name(text: &str, room: (f64, f64), size: f64, weight: Weight) -> Fitted {
    const SMALLEST: f64 = 0.5;
    within(text, room, size, weight, SMALLEST).unwrap_or_else(|| {
        let size = size * SMALLEST;
        Fitted { lines: vec![shorten(text, room.0, size, weight)], size }
    })
}

/// The text, or as much of its beginning as fits followed by …; empty if not even a character does.
/// A number is either whole or gone.
pub(super) fn shorten(text: &str, room: f64, size: f64, weight: Weight) -> String {
    if width(text, size, weight) <= room {
        return text.to_owned();
    }
    let characters: Vec<char> = text.chars().collect();
    for kept in (1..characters.len()).rev() {
        if of_a_number(characters[kept - 1]) && of_a_number(characters[kept]) {
            continue;
        }
        let mut shorter: String = characters[..kept].iter().collect();
        shorter.truncate(shorter.trim_end().len());
        shorter.push('…');
        if kept > 1 && width(&shorter, size, weight) <= room {
            return shorter;
        }
    }
    String::new()
}

fn of_a_number(c: char) -> bool {
    c.is_ascii_digit() || matches!(c, '.' | ',' | '−' | '%' | '/' | ':' | '-')
}

fn wrap(text: &str, room: f64, size: f64, weight: Weight, longest: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut line = String::new();
    for piece in pieces(text, longest) {
        let joined = format!("{line}{piece}");
        if !line.is_empty() && width(joined.trim_end(), size, weight) > room {
            lines.push(line.trim_end().to_owned());
            line = piece.trim_start().to_owned();
        } else {
            line = joined;
        }
    }
    if !line.trim().is_empty() {
        lines.push(line.trim_end().to_owned());
    }
    lines
}

/// Characters without a place to break, from which on any will do.
const LONGEST: usize = 12;

/// Splits where a line may break: after a space or a Japanese mark; between two Japanese characters
/// only where the text has no such place for `longest` characters.
fn pieces(text: &str, longest: usize) -> Vec<String> {
    let characters: Vec<char> = text.chars().collect();
    let mut found = Vec::new();
    let mut piece = String::new();
    let mut length = 0;
    for (i, c) in characters.iter().enumerate() {
        piece.push(*c);
        length += 1;
        let next = characters.get(i + 1).copied();
        let soft = matches!(c, ' ' | '\u{3000}' | '・' | '、' | '。' | '／' | '|' | ')' | '）' | '〜');
        let hard = length >= longest && !c.is_ascii() && next.is_some_and(|n| !n.is_ascii());
        if (soft || hard) && next.is_none_or(may_begin_a_line) {
            found.push(std::mem::take(&mut piece));
            length = 0;
        }
    }
    if !piece.is_empty() {
        found.push(piece);
    }
    found
}

fn may_begin_a_line(c: char) -> bool {
    !matches!(c, '、' | '。' | '・' | ')' | '）' | '」' | 'ー' | '々' | ',' | '.' | '〜' | '%')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fits_is_left_alone() {
        let fitted = fit("受理数 28日", 400.0, 20.0, Weight::Text, 1, 0.8);
        assert_eq!(fitted, Fitted { lines: vec!["受理数 28日".to_owned()], size: 20.0 });
    }

    #[test]
    fn long_text_wraps_then_shrinks_then_is_shortened() {
        let long = "集計期間 2026-10-26〜2026-11-22 ・ 受理ベース ・ 11月22日 14:05 現在 ・ 出典 HER-SYS";
        let fitted = fit(long, 400.0, 16.0, Weight::Text, 3, 0.7);
        assert!(fitted.lines.len() > 1);
        for line in &fitted.lines {
            assert!(width(line, fitted.size, Weight::Text) <= 400.0, "{line}");
        }
        assert_eq!(fitted.lines.concat().replace(' ', ""), long.replace(' ', ""));
        let fitted = fit(long, 200.0, 16.0, Weight::Text, 1, 0.8);
        assert_eq!(fitted.lines.len(), 1);
        assert!(fitted.lines[0].ends_with('…'));
    }

    #[test]
    fn what_must_be_read_whole_is_smaller_or_on_more_lines() {
        let text = "当時のデータ未着のため比較不可";
        for room in [60.0, 90.0, 140.0, 200.0, 400.0] {
            let Some(fitted) = within(text, (room, 60.0), 20.0, Weight::Text, 0.5) else {
                assert!(room < 90.0, "there is room at {room}");
                continue;
            };
            assert_eq!(fitted.lines.concat(), text);
            assert!(fitted.lines.iter().all(|line| width(line, fitted.size, Weight::Text) <= room), "{room}");
            assert!(fitted.lines.len() as f64 * fitted.size * LINE <= 60.0, "{room}: {fitted:?}");
        }
        assert_eq!(within(text, (400.0, 20.0), 20.0, Weight::Text, 0.5).map(|f| f.size), Some(20.0));
        assert_eq!(within(text, (60.0, 20.0), 20.0, Weight::Text, 0.5), None);
        assert_eq!(
            name("国際医療福祉大学三田病院", (120.0, 23.0), 20.0, Weight::Text).lines.concat(),
            "国際医療福祉大学三田病院"
        );
        assert!(name("国際医療福祉大学三田病院", (40.0, 10.0), 20.0, Weight::Text).lines[0].ends_with('…'));
    }

    #[test]
    fn a_number_is_whole_or_gone() {
        for room in 1..200 {
            let short = shorten("病床 12,345 床のうち 678", f64::from(room), 10.0, Weight::Text);
            assert!(width(&short, 10.0, Weight::Text) <= f64::from(room));
            let cut = short.trim_end_matches('…');
            assert!(!cut.ends_with("12") && !cut.ends_with("12,34") && !cut.ends_with("67"), "{short}");
        }
    }
}
