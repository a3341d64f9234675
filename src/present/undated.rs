//! What a panel says of rows that belong to its figures and lack the day, or what else places them: in the footer of a chart or a table, beside
//! the heading of a number, which has no footer.

use maud::{Markup, html};

use super::figures::Block;
use super::layout::{FOOTNOTE, ITEM, TIGHT};
use super::{numbers, words};
use crate::answer::Undated;
use crate::definitions::indicator::Unit;
use crate::definitions::mapping::Title;
use crate::draw::font::{self, Weight};

/// Padding and border of the frame in a heading, in u.
const FRAME: f64 = 2.0 * (TIGHT + 0.25);

/// That one person may be told of twice, as short as it can be said.
const TWICE: &str = "重複がありうる";

/// Rows without a day, in words: all of it, and as short as it can be said.
pub struct MissingRows {
    long: String,
    short: String,
    english: String,
}

impl MissingRows {
    /// Of a panel's figures and what is drawn over them; people who are missing from both are said once.
    pub fn of(block: &Block, over: Option<&Block>) -> Option<Self> {
        let mut all: Vec<Undated> = block.undated.clone();
        for one in over.iter().flat_map(|over| &over.undated) {
            match all.iter_mut().find(|known| known.title == one.title) {
                Some(known) => known.rows = known.rows.max(one.rows),
                None => all.push(one.clone()),
            }
        }
        let mut caveats: Vec<&Title> = block.caveats.iter().collect();
        caveats.extend(over.iter().flat_map(|over| &over.caveats).filter(|one| !block.caveats.contains(one)));
        if all.is_empty() && caveats.is_empty() {
            return None;
        }
        let rows: u64 = all.iter().map(|one| one.rows).sum();
        let unit = match all.iter().all(|one| one.unit == Unit::Persons) {
            true => Unit::Persons,
            false => Unit::Count,
        };
        let (mut long, mut short, mut english) = (Vec::new(), Vec::new(), Vec::new());
        if !all.is_empty() {
            let rows = numbers::whole(i64::try_from(rows).unwrap_or(i64::MAX));
            long.push(words::undated(&all));
            short.push(format!("不明 {rows}{}", unit.ja()));
            english.push(words::undated_en(&all));
        }
        if !caveats.is_empty() {
            long.extend(caveats.iter().map(|one| one.ja.clone()));
            short.push(TWICE.to_owned());
            english.extend(caveats.iter().map(|one| one.en.clone()));
        }
        Some(Self { long: long.join("・"), short: short.join("・"), english: english.join("; ") })
    }

    fn within(&self, room: f64) -> &str {
        if font::width(&self.long, FOOTNOTE, Weight::Strong) <= room { &self.long } else { &self.short }
    }

    /// In a footer of a width (u), and how much of it that takes.
    pub fn in_footer(&self, room: f64) -> (Markup, f64) {
        let text = self.within(room);
        let taken = font::width(text, FOOTNOTE, Weight::Strong) + ITEM;
        (html! { b.undated title=(self.english) { (text) } " " }, taken)
    }

    /// The least that a heading has to leave for it, in u.
    pub fn wanted(&self) -> f64 {
        ITEM + FRAME + font::width(&self.short, FOOTNOTE, Weight::Strong)
    }

    /// Beside a heading, within a width (u), and how much of it that takes.
    pub fn in_heading(&self, room: f64) -> (Markup, f64) {
        let text = self.within(room - ITEM - FRAME);
        let taken = ITEM + FRAME + font::width(text, FOOTNOTE, Weight::Strong);
        (html! { span.held-back.undated title=(self.english) { (text) } }, taken)
    }
}

#[cfg(test)]
mod tests {
    use super::super::samples;
    use super::*;

    fn lacking(title: &str, rows: u64) -> Undated {
        Undated { date: "received_day".into(), title: title.into(), rows, unit: Unit::Persons, note: None }
    }

    #[test]
    fn nothing_is_said_where_every_day_is_known() {
        assert!(MissingRows::of(&samples::block("deaths"), None).is_none());
    }

    #[test]
    fn who_has_no_day_is_said_at_length_where_there_is_room() {
        let mut block = samples::block("new_cases_onset");
        block.undated = vec![lacking("発病日なし・不明", 1_234), lacking("受理日不明", 2)];
        let said = MissingRows::of(&block, None).expect("something");
        let long = said.in_footer(90.0).0.into_string();
        assert!(long.contains("発病日なし・不明 1,234人・受理日不明 2人"), "{long}");
        let short = said.in_footer(20.0).0.into_string();
        assert!(short.contains("不明 1,236人"), "{short}");
        let (heading, taken) = said.in_heading(0.0);
        assert!(heading.into_string().contains("不明 1,236人") && taken > said.wanted() - 0.01);
    }

    #[test]
    fn a_sum_of_several_sources_says_so() {
        let mut block = samples::block("new_cases_published");
        block.caveats =
            vec![Title { ja: "2つの系統の合計。重複がありうる".into(), en: "twice".into() }];
        let said = MissingRows::of(&block, None).expect("something");
        assert!(said.in_footer(90.0).0.into_string().contains("2つの系統の合計。重複がありうる"));
        block.undated = vec![lacking("公表日不明", 2)];
        let said = MissingRows::of(&block, None).expect("something");
        assert!(said.in_heading(0.0).0.into_string().contains("不明 2人・重複がありうる"));
    }

    #[test]
    fn who_is_missing_from_both_is_said_once() {
        let (mut main, mut over) = (samples::block("new_cases_received"), samples::block("new_cases_mean7"));
        main.undated = vec![lacking("受理日不明", 2)];
        over.undated = vec![lacking("受理日不明", 2), lacking("公表日不明", 1)];
        let said = MissingRows::of(&main, Some(&over)).expect("something").in_footer(90.0).0.into_string();
        assert!(said.contains("受理日不明 2人・公表日不明 1人"), "{said}");
    }
}
