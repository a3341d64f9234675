//! Words for units, places, codes, days and times, Japanese first.

pub use super::times::{day_or_time, day_seen_from, days_seen_from, moment, short_day, time, time_seen_from};

use super::numbers;
use crate::answer::{FreshState, Freshness, HeldBack, Undated, Waiting};
use crate::definitions::indicator::Unit;
use crate::definitions::mapping::Title;
use crate::definitions::role::Role;

/// `1件（21件中、4.8%）`: rows held back, of how many.
pub fn held_back(found: HeldBack) -> String {
    let whole = |n: u64| numbers::whole(i64::try_from(n).unwrap_or(i64::MAX));
    format!("{}件（{}件中、{}）", whole(found.rows), whole(found.of), percent(found))
}

/// What somebody has to look at of a source: deliveries that wait, or one that was refused.
pub fn waiting(title: &Title, why: Waiting) -> Title {
    let (ja, en) = match why {
        Waiting::Held(1) => {
            ("配信 保留中: 確認が必要".to_owned(), "a delivery waits for a person".to_owned())
        }
        Waiting::Held(files) => {
            (format!("配信{files}件 保留中: 確認が必要"), format!("{files} deliveries wait for a person"))
        }
        Waiting::Refused => {
            ("配信 受入拒否: 確認が必要".to_owned(), "the last delivery was refused".to_owned())
        }
    };
    Title { ja: format!("{} {ja}", title.ja), en: format!("{}: {en}", title.en) }
}

/// The same of each source behind a figure.
pub fn waiting_of(sources: &[Freshness]) -> Vec<Title> {
    let one = |source: &Freshness| {
        let title = Title { ja: source.title.clone(), en: source.source.clone() };
        Some(waiting(&title, source.waiting?))
    };
    sources.iter().filter_map(one).collect()
}

/// `4.8%`; never 0 where there is something.
pub fn percent(found: HeldBack) -> String {
    let percent = found.percent();
    if percent < 0.1 { "0.1%未満".to_owned() } else { format!("{}%", numbers::decimal(percent, 1)) }
}

/// `発病日なし・不明 12人・受理日不明 1人`: rows that have no day to be counted by.
pub fn undated(found: &[Undated]) -> String {
    let whole = |n: u64| numbers::whole(i64::try_from(n).unwrap_or(i64::MAX));
    let one = |of: &Undated| format!("{} {}{}", of.title, whole(of.rows), of.unit.ja());
    found.iter().map(one).collect::<Vec<_>>().join("・")
}

/// The same in English, with what becomes of them.
pub fn undated_en(found: &[Undated]) -> String {
    let one = |of: &Undated| {
        let what = match (of.unit == Unit::Persons, of.rows) {
            (true, 1) => "person",
            (true, _) => "persons",
            (false, 1) => "row",
            (false, _) => "rows",
        };
        format!("{} {what} without {}", of.rows, of.date)
    };
    let all: Vec<String> = found.iter().map(one).collect();
    let note = found.iter().find_map(|of| of.note.as_ref());
    format!("{}: {}", all.join(", "), note.map_or("not in these figures", |note| &note.en))
}

/// `発病日なし・不明 12人（集計に入っていない）`: with what becomes of them.
pub fn undated_in_full(found: &[Undated]) -> String {
    let note = found.iter().find_map(|of| of.note.as_ref());
    format!("{}（{}）", undated(found), note.map_or("集計に入っていない", |note| &note.ja))
}

/// `受理・受理日`: basis and date without what the header explains in brackets, and the same words once.
pub fn basis_and_date(basis: &str, date: &str) -> String {
    let word = |text: &str| text.split('（').next().unwrap_or_default().to_owned();
    let mut parts = vec![word(basis), word(date)];
    parts.dedup();
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("・")
}

/// A length of time in its largest whole unit: `40分`, `3時間`, `2日`.
pub fn since(minutes: i64) -> String {
    match minutes {
        ..60 => format!("{}分", minutes.max(0)),
        60..2880 => format!("{}時間", minutes / 60),
        _ => format!("{}日", minutes / 1440),
    }
}

/// The word that stands beside the mark.
pub const fn state(state: FreshState) -> &'static str {
    match state {
        FreshState::Fresh => "最新",
        FreshState::Late => "遅れ",
        FreshState::Stopped => "停止",
        FreshState::Maintenance => "保守中",
        FreshState::Never => "未受信",
    }
}

pub const fn state_en(state: FreshState) -> &'static str {
    match state {
        FreshState::Fresh => "up to date",
        FreshState::Late => "late",
        FreshState::Stopped => "stopped",
        FreshState::Maintenance => "under maintenance",
        FreshState::Never => "never received",
    }
}

/// The basis, where a title does not say it already: `確保病床使用率（区内病院）` does.
pub fn basis_beside<'a>(title: &str, basis: &'a str) -> Option<&'a str> {
    Some(basis).filter(|basis| !title.contains(basis))
}

/// A title with its basis in brackets, said once.
pub fn titled(title: &str, basis: &str) -> String {
    basis_beside(title, basis).map_or_else(|| title.to_owned(), |basis| format!("{title}（{basis}）"))
}

/// What heads a column with a role where its header does not name it.
pub const fn role(role: Role) -> Option<&'static str> {
    Some(match role {
        Role::Period => "日",
        Role::Band => "年齢",
        Role::Sex => "性別",
        Role::District => "地区",
        Role::Area => "自治体",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_never_none_where_something_is_held_back() {
        assert_eq!(held_back(HeldBack { rows: 1, of: 21 }), "1件（21件中、4.8%）");
        assert_eq!(percent(HeldBack { rows: 1, of: 1_000_000 }), "0.1%未満");
    }

    #[test]
    fn a_title_says_its_basis_once() {
        assert_eq!(titled("新規受理数", "区民"), "新規受理数（区民）");
        assert_eq!(titled("確保病床使用率（区内病院）", "区内病院"), "確保病床使用率（区内病院）");
        let twice = "確保病床使用率（確保病床に入院している者、区内病院）";
        assert_eq!(titled(twice, "区内病院"), twice);
    }

    #[test]
    fn the_same_words_stand_once() {
        assert_eq!(basis_and_date("受理", "受理日（初日から）"), "受理・受理日");
        assert_eq!(basis_and_date("項目ごと（各指標）", "項目ごと（推移）"), "項目ごと");
        assert_eq!([basis_and_date("受理", ""), basis_and_date("", "")], ["受理", ""]);
    }

    #[test]
    fn one_person_is_one_person() {
        let said = |unit, rows| {
            undated_en(&[Undated {
                date: "death_day".into(),
                title: "死亡日不明".into(),
                rows,
                unit,
                note: None,
            }])
        };
        assert!(said(Unit::Persons, 1).starts_with("1 person without"));
        assert!(said(Unit::Persons, 2).starts_with("2 persons without"));
        assert!(said(Unit::Count, 1).starts_with("1 row without"));
        assert!(said(Unit::Count, 0).starts_with("0 rows without"));
    }

    #[test]
    fn a_length_of_time_is_said_in_its_largest_unit() {
        assert_eq!(since(-3), "0分");
        assert_eq!(since(59), "59分");
        assert_eq!(since(119), "1時間");
        assert_eq!(since(2880), "2日");
    }
}
