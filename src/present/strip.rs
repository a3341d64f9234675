//! The strip 急ぐ, on every board and never rotated away, and the state of the sources in the header.

use jiff::Timestamp;
use maud::{Markup, html};
use unicode_width::UnicodeWidthStr;

use super::figures::StripFigures;
use super::{marks, numbers, words};
use crate::answer::{FreshState, Freshness};
use crate::definitions::indicator::Unit;
use crate::definitions::role::Scale;
use crate::epi::clock::jst;
use crate::measure::names::meaning;

/// Width of the strip's line in half-width characters, at label size and, on two lines, at footnote size.
const ONE_LINE: usize = 74;
const TWO_LINES: usize = 184;

/// The strip. Names only what is not normal.
pub fn strip(figures: &StripFigures) -> Markup {
    let mut items: Vec<(String, Markup)> = Vec::new();
    for urgent in &figures.urgent {
        let number = match meaning(&urgent.column).scale {
            Scale::Like(Unit::Hours) => numbers::hours(urgent.value),
            _ => numbers::figure(&crate::answer::Cell::Float(urgent.value), Unit::Persons),
        };
        let text = format!("{} {number}{}", urgent.text.ja, urgent.unit);
        let key = format!("{}-{}", urgent.indicator, urgent.column);
        let markup = html! {
            span.item.urgent title=(urgent.text.en) {
                (urgent.text.ja) " " b data-n=(key) { (number) } (urgent.unit)
            }
        };
        items.push((text, markup));
    }
    for fault in figures.troubles.iter().chain(&figures.faults) {
        let markup = html! {
            span.item.stopped title=(fault.en) { (marks::shape(FreshState::Stopped)) (fault.ja) }
        };
        items.push((format!("  {}", fault.ja), markup));
    }
    if is_new(figures) {
        // Where nothing ever came, what to do says more than the name of each source.
        let text = "まだ何も届いていません。次にすること: 手引き /manual";
        let en =
            "Nothing has come yet: set ward in hinomi.toml, put files into the sources' folders (/manual)";
        items.push((text.to_owned(), html! { span.item.calm title=(en) { (text) } }));
    }
    let named = figures.systems.iter().filter(|s| s.state != FreshState::Fresh && !is_new(figures));
    for source in named {
        let text = silence(source, figures.at);
        let markup = html! {
            span.item.(marks::class(source.state)) title=(words::state_en(source.state)) {
                (marks::shape(source.state)) (text)
            }
        };
        items.push((format!("  {text}"), markup));
    }
    let width: usize = items.iter().map(|(text, _)| text.width() + 3).sum();
    let left_out = surplus(&items.iter().map(|(text, _)| text.width() + 3).collect::<Vec<_>>());
    let shown = items.len() - left_out;
    html! {
        footer.strip.small[width > ONE_LINE] id="strip" {
            b.name { "急ぐ" }
            span.items {
                @if items.is_empty() { span.item.calm { "ありません" } }
                @for (_, markup) in items.into_iter().take(shown) { (markup) }
                @if left_out > 0 { span.item { "ほか " (left_out) "件" } }
            }
        }
    }
}

/// A server to which nothing has ever come.
fn is_new(figures: &StripFigures) -> bool {
    !figures.systems.is_empty() && figures.systems.iter().all(|s| s.state == FreshState::Never)
}

/// How many items do not fit two lines: they are counted rather than cut.
fn surplus(widths: &[usize]) -> usize {
    let mut used = 0;
    let fit = widths.iter().take_while(|w| {
        used += **w;
        used <= TWO_LINES
    });
    widths.len() - fit.count()
}

/// `発生届 1時間遅れ`, `台帳 停止（最終 11/21 14:05）`.
fn silence(source: &Freshness, now: Timestamp) -> String {
    let today = jst(now).date();
    let last = source.told_until().map(|at| words::time_seen_from(at, today));
    match (source.state, last) {
        (FreshState::Late, last) => match source.expected_by {
            Some(due) => format!("{} {}遅れ", source.title, words::since(now.duration_since(due).as_mins())),
            None => format!("{} 遅れ {}", source.title, last.unwrap_or_default()),
        },
        (FreshState::Stopped, Some(last)) => format!("{} 停止（最終 {last}）", source.title),
        (state, _) => format!("{} {}", source.title, words::state(state)),
    }
}

/// `全6系統` and one mark, or how many of them are not normal.
pub fn systems(figures: &StripFigures) -> Markup {
    let count = figures.systems.len();
    let odd = figures.systems.iter().filter(|s| s.state != FreshState::Fresh).count();
    let worst = marks::worst(&figures.systems).map_or(FreshState::Never, |s| s.state);
    html! {
        span.systems id="systems" {
            @if let Some(trouble) = figures.troubles.first() {
                span.trouble title=(trouble.en) { "サーバー障害 " (marks::mark(FreshState::Stopped, None)) " " }
            }
            @if figures.unknown { "系統 不明" }
            @else if count == 0 { "系統なし" }
            @else if odd == 0 { "全" (count) "系統 " (marks::mark(FreshState::Fresh, None)) }
            @else { (count) "系統のうち" (odd) "系統 " (marks::mark(worst, None)) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::samples;
    use super::*;
    use crate::definitions::mapping::Title;

    #[test]
    fn only_what_is_not_normal_is_named() -> Result<(), jiff::Error> {
        let mut figures = samples::strip();
        assert!(strip(&figures).into_string().contains("ありません"));
        assert!(systems(&figures).into_string().contains("全1系統"));
        figures.troubles.push(Title { ja: "ディスク満杯".into(), en: "Disk full".into() });
        assert!(systems(&figures).into_string().contains("サーバー障害"));
        assert!(strip(&figures).into_string().contains("ディスク満杯"));
        figures.troubles.clear();
        figures.unknown = true;
        assert!(systems(&figures).into_string().contains("系統 不明"));
        figures.unknown = false;
        figures.systems[0].state = FreshState::Late;
        figures.systems[0].expected_by = Some("2026-11-22T03:30:00Z".parse()?);
        let text = strip(&figures).into_string();
        assert!(text.contains("発生届 1時間遅れ"), "{text}");
        assert!(systems(&figures).into_string().contains("1系統のうち1系統"));
        Ok(())
    }

    #[test]
    fn a_server_to_which_nothing_came_says_what_to_do_next() {
        let mut figures = samples::strip();
        figures.systems = vec![samples::source(), samples::source()];
        figures.systems.iter_mut().for_each(|source| source.state = FreshState::Never);
        let text = strip(&figures).into_string();
        assert!(text.contains("次にすること: 手引き /manual") && !text.contains("未受信"), "{text}");
        figures.systems[0].state = FreshState::Fresh;
        let text = strip(&figures).into_string();
        assert!(text.contains("発生届 未受信") && !text.contains("次にすること"), "{text}");
    }

    #[test]
    fn what_does_not_fit_is_counted() {
        assert_eq!(surplus(&[20; 5]), 0);
        assert_eq!(surplus(&[60; 5]), 2);
    }
}
