//! What a panel's heading says of the sources behind it: how fresh the worst of them is, and how many rows are held back.
//! As much of it as has room beside the title; the number held back is never left out.

use maud::{Markup, html};

use super::figures::Block;
use super::layout::{FOOTNOTE, ITEM, TIGHT};
use super::{marks, numbers, words};
use crate::answer::{FreshState, Freshness, HeldBack};
use crate::draw::font::{self, Weight};

/// The shape of a mark, in u.
const SHAPE: f64 = 2.7;
/// Padding and border of the frame around what is held back.
const FRAME: f64 = 2.0 * (TIGHT + 0.25);

/// How much of it is said.
#[derive(Clone, Copy)]
struct Detail {
    since: bool,
    word: bool,
    share: bool,
    short: bool,
}

/// From all of it to the least.
const DETAILS: [Detail; 5] = [
    Detail { since: true, word: true, share: true, short: false },
    Detail { since: true, word: true, share: false, short: false },
    Detail { since: false, word: true, share: false, short: false },
    Detail { since: false, word: false, share: false, short: false },
    Detail { since: false, word: false, share: false, short: true },
];

/// What a panel's sources have to say.
struct Standing {
    state: FreshState,
    since: Option<String>,
    held_back: Option<HeldBack>,
}

impl Standing {
    fn of(block: &Block, over: Option<&Block>) -> Option<Self> {
        let source = marks::worst(&block.sources)?;
        let old = matches!(source.state, FreshState::Late | FreshState::Stopped);
        let since = source.told_until().filter(|_| old);
        let since = since.map(|at| words::day_or_time(at, block.today()));
        Some(Self { state: block.state()?, since, held_back: held_back(block, over) })
    }

    fn since(&self, detail: Detail) -> Option<&str> {
        self.since.as_deref().filter(|_| detail.since)
    }

    fn width(&self, detail: Detail) -> f64 {
        let word = if detail.word { TIGHT + strong(words::state(self.state)) } else { 0.0 };
        let since = self.since(detail).map_or(0.0, |since| TIGHT + strong(since));
        let held_back = self.held_back.map_or(0.0, |found| ITEM + FRAME + strong(&text(found, detail)));
        SHAPE + word + since + held_back
    }
}

/// What a heading has to leave, in u: all of a mark, or what is held back in its shortest form.
pub fn wanted(block: &Block, over: Option<&Block>) -> f64 {
    let Some(shown) = Standing::of(block, over) else { return 0.0 };
    shown.width(if shown.held_back.is_some() { DETAILS[DETAILS.len() - 1] } else { DETAILS[0] })
}

/// The marks of a panel, within a width in u. `over`: what is drawn over its figures, whose sources count too.
pub fn standing(block: &Block, over: Option<&Block>, room: f64) -> Markup {
    let Some(shown) = Standing::of(block, over) else { return Markup::default() };
    let detail =
        DETAILS.into_iter().find(|detail| shown.width(*detail) <= room).unwrap_or(DETAILS[DETAILS.len() - 1]);
    let mark = match detail.word {
        true => marks::mark(shown.state, shown.since(detail)),
        false => marks::bare(shown.state),
    };
    let Some(found) = shown.held_back else { return mark };
    html! {
        span.marks {
            (mark)
            span.held-back title=(english(found)) { (text(found, detail)) }
        }
    }
}

fn strong(text: &str) -> f64 {
    font::width(text, FOOTNOTE, Weight::Strong)
}

fn text(found: HeldBack, detail: Detail) -> String {
    let rows = numbers::whole(i64::try_from(found.rows).unwrap_or(i64::MAX));
    match detail {
        Detail { short: true, .. } => format!("保留{rows}"),
        Detail { share: true, .. } => format!("{rows}件 取込保留 {}", words::percent(found)),
        _ => format!("{rows}件 取込保留"),
    }
}

fn english(found: HeldBack) -> String {
    format!("{} of {} rows delivered are held back and not in these figures", found.rows, found.of)
}

/// Rows held back of all sources of a panel, each once.
fn held_back(block: &Block, over: Option<&Block>) -> Option<HeldBack> {
    let mut sources: Vec<&Freshness> = block.sources.iter().collect();
    for source in over.iter().flat_map(|over| &over.sources) {
        if !sources.iter().any(|known| known.source == source.source) {
            sources.push(source);
        }
    }
    HeldBack::sum(sources.into_iter().filter_map(|source| source.held_back))
}

#[cfg(test)]
mod tests {
    use super::super::samples;
    use super::*;

    fn short(rows: u64) -> Block {
        let mut block = samples::block("new_cases_received");
        block.sources[0].held_back = Some(HeldBack { rows, of: 21 });
        block
    }

    #[test]
    fn what_is_held_back_is_said_with_its_share_where_there_is_room() {
        let detail = |room: f64| standing(&short(1), None, room).into_string();
        assert!(
            detail(80.0).contains("1件 取込保留 4.8%") && detail(80.0).contains("最新"),
            "{}",
            detail(80.0)
        );
        assert!(detail(30.0).contains("1件 取込保留<") && !detail(30.0).contains('%'), "{}", detail(30.0));
        assert!(detail(1.0).contains("保留1"), "{}", detail(1.0));
    }

    #[test]
    fn nothing_is_said_where_nothing_is_held_back() {
        let detail = standing(&samples::block("deaths"), None, 80.0).into_string();
        assert!(detail.contains("最新") && !detail.contains("保留"), "{detail}");
    }

    #[test]
    fn what_is_late_since_yesterday_says_its_day() -> Result<(), jiff::Error> {
        let mut block = samples::block("alerts_by_district");
        let ended = "2026-11-21T14:59:59Z".parse()?;
        block.sources[0].state = FreshState::Late;
        (block.sources[0].last_delivery, block.sources[0].source_time) = (Some(ended), Some(ended));
        (block.as_of, block.judged_at) = (ended, Some("2026-11-22T05:05:00Z".parse()?));
        let said = standing(&block, None, 80.0).into_string();
        assert!(said.contains("11/21") && !said.contains("23:59"), "{said}");
        let footer = super::super::chart::footer(&block);
        assert!(footer.contains("11/21 23:59 時点"), "{footer}");
        Ok(())
    }

    #[test]
    fn nothing_is_up_to_date_of_which_nobody_has_told() {
        use super::super::figures::{CellKind, Table};
        use crate::answer::Cell;
        use crate::definitions::mapping::Title;
        let mut block = samples::block("under_care");
        let table =
            |cell: Cell| Table { columns: vec![("value".into(), CellKind::Int)], rows: vec![vec![cell]] };
        block.table = table(Cell::Null);
        block.untold =
            vec![Title { ja: "未着（台帳が届いていません）".into(), en: "not told".into() }];
        let said = standing(&block, None, 80.0).into_string();
        assert!(said.contains("未受信") && !said.contains("最新"), "{said}");
        block.table = table(Cell::Int(3));
        assert!(standing(&block, None, 80.0).into_string().contains("最新"), "some of it was told");
    }

    #[test]
    fn a_source_that_stands_behind_both_counts_once() {
        let (main, mut over) = (short(2), short(2));
        assert_eq!(held_back(&main, Some(&over)), Some(HeldBack { rows: 2, of: 21 }));
        over.sources[0].source = "other".into();
        assert_eq!(held_back(&main, Some(&over)), Some(HeldBack { rows: 4, of: 42 }));
    }
}
