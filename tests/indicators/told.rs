//! No zero for what was never told: a column that no file had, and the days after the last file's stamp.

use hinomi::answer::{Answer, Answers, Cell, Question};
use hinomi::definitions::indicator::Indicator;
use hinomi::definitions::role::Role;
use jiff::civil::{Date, date};

use super::figures::{beside, by_period, samples};
use super::ward::{Ward, time};

/// The table without one of its columns.
fn without(text: &str, heading: &str) -> String {
    let place = text.lines().next().expect("a heading").split(',').position(|own| own == heading);
    let place = place.unwrap_or_else(|| panic!("no column {heading}"));
    let line = |line: &str| {
        let cells = line.split(',').enumerate().filter(|(at, _)| *at != place);
        cells.map(|(_, cell)| cell).collect::<Vec<_>>().join(",") + "\n"
    };
    text.lines().map(line).collect()
}

/// The ward whose systems have all spoken a few minutes before the moment asked for.
fn told(change: impl Fn(&str, String) -> String) -> Ward {
    let ward = Ward::empty();
    for (minute, (name, text)) in samples().into_iter().enumerate() {
        let text = change(&name, text);
        ward.told_at(&name, &text, &format!("2022-02-16T13:{:02}", 40 + minute));
    }
    ward
}

const NOW: &str = "2022-02-16T14:00";

async fn ask(answers: &Answers, indicator: &Indicator, by: Option<&String>) -> Answer {
    let question = Question { by: by.cloned(), ..Question::of(&indicator.id, "covid-19") };
    let answer = answers.ask(&question).await.unwrap_or_else(|e| panic!("{}: {e}", indicator.id));
    Answer::clone(&answer)
}

/// All that it may be asked by.
fn choices(indicator: &Indicator) -> Vec<Option<&String>> {
    if indicator.by.is_empty() { vec![None] } else { indicator.by.iter().map(Some).collect() }
}

/// The figures of an answer: what its row is of, the column, the number.
fn figures(answer: &Answer) -> Vec<(String, String, Option<f64>)> {
    let names = answer.column_names();
    let role = |name: &str| answer.indicator.meaning(name).role;
    let mut found = Vec::new();
    for row in 0..answer.len() {
        let cells = answer.row(row);
        let of: Vec<String> = cells
            .iter()
            .filter(|cell| matches!(cell, Cell::Text(_) | Cell::Day(_)))
            .map(ToString::to_string)
            .filter(|text| !text.starts_with("未着") && !text.starts_with("記録なし"))
            .collect();
        for (name, cell) in names.iter().zip(&cells) {
            let counts = matches!(cell, Cell::Int(_) | Cell::Float(_) | Cell::Null);
            if counts && !beside(role(name)) && role(name) != Role::Reason {
                found.push((of.join(" "), name.clone(), cell.number()));
            }
        }
    }
    found
}

/// The columns that a file of a source may lack and that the sample has: file, heading, columns of the table.
fn optional(ward: &Ward) -> Vec<(String, String, Vec<String>)> {
    let mut found = Vec::new();
    for (name, text) in samples() {
        let takers = ward.catalog.mappings.values().filter(|mapping| mapping.takes_file(&name));
        let mapping = takers.max_by_key(|mapping| mapping.files.len()).expect("a source");
        for heading in text.lines().next().expect("a heading").split(',') {
            let own = mapping.columns.iter().find(|column| column.headings.iter().any(|own| own == heading));
            if let Some(own) = own.filter(|own| !own.expected && !own.required && !own.feeds().is_empty()) {
                let fed = own.feeds().into_iter().map(|column| format!("{}.{column}", mapping.table));
                found.push((name.clone(), heading.to_owned(), fed.collect()));
            }
        }
    }
    found
}

/// For every column that a file may lack and every indicator: no figure becomes a zero, or everybody, and one that the header
/// says needs the column is none, with the reason.
#[tokio::test]
async fn a_column_that_no_file_had_makes_no_figure() {
    let whole = told(|_, text| text);
    let optional = optional(&whole);
    assert!(optional.len() > 15, "{optional:?}");
    let whole_answers = whole.answers_at(NOW);
    let mut wrong = Vec::new();
    let mut tried = 0;
    for (file, heading, fed) in &optional {
        let lacking = told(|name, text| if name == file { without(&text, heading) } else { text });
        let answers = lacking.answers_at(NOW);
        for indicator in lacking.catalog.indicators.values() {
            let counted = indicator.source.first().expect("a source");
            let is_fed = |need: &String| {
                let need = if need.contains('.') { need.clone() } else { format!("{counted}.{need}") };
                fed.contains(&need)
            };
            let any = |needs: &[String]| needs.iter().any(is_fed);
            let needs = any(&indicator.told_by)
                || indicator.parts_told_by.iter().any(|part| part.needs.iter().all(is_fed));
            for by in choices(indicator) {
                let (before, after) =
                    (ask(&whole_answers, indicator, by).await, ask(&answers, indicator, by).await);
                let known = figures(&before);
                limits_have_a_figure(&after);
                // The reason is the column, and not that there are few.
                let why = (0..after.len()).filter_map(|row| match after.cell_of(row, Role::Value) {
                    Cell::Null => after.cell_of(row, Role::Reason).text().map(str::to_owned),
                    _ => None,
                });
                for why in why.filter(|_| any(&indicator.told_by)) {
                    if !why.contains(heading.as_str()) {
                        wrong.push(format!("{} without {heading}: {why}", indicator.id));
                    }
                }
                let what = format!("{} {} without {heading}", indicator.id, by.map_or("", String::as_str));
                if needs {
                    tried += 1;
                    if !after.untold.iter().any(|why| why.ja.contains(heading.as_str()) && !why.en.is_empty())
                    {
                        wrong.push(format!("{what}: no reason ({:?})", after.untold));
                    }
                }
                for (of, name, now) in figures(&after) {
                    let then = known.iter().find(|(row, column, _)| (row, column) == (&of, &name));
                    let same = then.is_some_and(|(.., then)| *then == now);
                    let meant = any(&indicator.told_without) || indicator.lists_items();
                    // Who has no such column stands in a row of those of whom it is not known.
                    let unknown = (then.is_none() || of.is_empty()) && now != Some(0.0) && !needs;
                    if now.is_some() && !same && !meant && !unknown {
                        wrong.push(format!("{what}: {name} of {of} is {now:?}, was {then:?}"));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(tried > 40, "{tried}");
}

/// No limit of a figure that is not there.
fn limits_have_a_figure(answer: &Answer) {
    let names = answer.column_names();
    let role = |name: &str| answer.indicator.meaning(name).role;
    for row in 0..answer.len() {
        let mut before = Cell::Int(0);
        for name in &names {
            let figure = match role(name) {
                Role::Lower(_) | Role::Upper(_) => answer.cell_of(row, Role::Value),
                Role::PartLower | Role::PartUpper => before.clone(),
                _ => {
                    before = answer.cell(row, name);
                    continue;
                }
            };
            let limit = answer.cell(row, name);
            assert!(figure != Cell::Null || limit == Cell::Null, "{} {name}: {limit}", answer.indicator.id);
        }
    }
}

const HEAD: &str = "HER-SYS ID,疾病名,当該者の類型,管轄区分,年齢,報告年月日,受理日時";
const DEATH: &str = "死亡年月日";

fn row(number: u32, at: &str) -> String {
    let day = at.split(' ').next().unwrap_or(at);
    format!("{number},新型コロナウイルス感染症,患者（確定例）,管内,40,{day},{at}")
}

/// A file of these rows, with the day of death or without that column.
fn file(rows: &[(u32, &str, &str)], deaths: bool) -> String {
    let head = if deaths { format!("{HEAD},{DEATH}\n") } else { format!("{HEAD}\n") };
    let one = |(number, at, died): &(u32, &str, &str)| {
        let row = row(*number, at);
        if deaths { format!("{row},{died}\n") } else { format!("{row}\n") }
    };
    head + &rows.iter().map(one).collect::<String>()
}

async fn one(answers: &Answers, indicator: &str) -> Answer {
    let answer = answers.ask(&Question::of(indicator, "covid-19")).await.expect("answers");
    Answer::clone(&answer)
}

const ROWS: [(u32, &str, &str); 3] = [
    (7_000_001, "2026/11/02 09:00", "2026/11/10"),
    (7_000_002, "2026/11/09 10:00", ""),
    (7_000_003, "2026/11/20 11:00", ""),
];

#[tokio::test]
async fn without_the_column_nobody_has_died_and_nobody_is_pending() {
    let ward = Ward::empty();
    ward.told_at("hersys_20261101-20261121.csv", &file(&ROWS, false), "2026-11-21T06:00");
    let answers = ward.answers_at("2026-11-21T06:10");
    let deaths = by_period(&answers, "deaths", "day", date(2026, 11, 9), date(2026, 11, 11)).await;
    assert_eq!(deaths, ["—×未着（死亡年月日の列が届いていません）"; 3]);
    let pending = one(&answers, "first_contact_pending").await;
    assert_eq!(pending.cell(0, "value"), Cell::Null);
    assert_eq!(pending.untold[0].ja, "未着（初回連絡日時の列が届いていません）");
    assert_eq!(pending.untold[0].en, "not told: no file had the column 初回連絡日時");
    let cases =
        by_period(&answers, "new_cases_received", "day", date(2026, 11, 19), date(2026, 11, 20)).await;
    assert_eq!(cases, ["0○", "1×"], "the figures that need it not are there");
}

#[tokio::test]
async fn a_column_that_came_and_stopped_is_told_up_to_its_last_file() {
    let ward = Ward::empty();
    ward.told_at("hersys_20261101-20261130.csv", &file(&ROWS[..2], true), "2026-11-12T06:00");
    ward.told_at("hersys_20261101-20261130.csv", &file(&ROWS, false), "2026-11-21T06:00");
    let asked = async |ward: &Ward, at: &str, from, to| {
        by_period(&ward.answers_at(at), "deaths", "day", date(2026, 11, from), date(2026, 11, to)).await
    };
    let told = asked(&ward, "2026-11-21T06:10", 10, 13).await;
    let stopped = "—×未着（死亡年月日の列は11月12日 06:00まで）";
    assert_eq!(told, ["1×", "0×", "0×", stopped], "what was known of the dead stays known");
    assert_eq!(asked(&ward, "2026-11-12T07:00", 10, 12).await, ["1×", "0×", "0×"], "as of then");
    // The column is there again, and the file says all of its window anew.
    ward.told_at("hersys_20261101-20261130.csv", &file(&ROWS, true), "2026-11-22T06:00");
    assert_eq!(asked(&ward, "2026-11-22T06:10", 10, 14).await, ["1×", "0×", "0×", "0×", "0×"]);
}

#[tokio::test]
async fn a_column_that_came_late_tells_of_its_window() {
    let ward = Ward::empty();
    ward.told_at("hersys_20261101-20261112.csv", &file(&ROWS[..2], false), "2026-11-12T06:00");
    ward.told_at("hersys_20261111-20261130.csv", &file(&ROWS[2..], true), "2026-11-21T06:00");
    let answers = ward.answers_at("2026-11-21T06:10");
    let told = by_period(&answers, "deaths", "day", date(2026, 11, 9), date(2026, 11, 12)).await;
    let none = "—×未着（死亡年月日の列が届いていません）";
    assert_eq!(told, [none, none, "0×", "0×"]);
}

/// A column that was away for a while: of these days nobody has said anything, and each figure over them says so.
#[tokio::test]
async fn a_column_that_was_away_leaves_days_that_are_named() {
    let ward = Ward::empty();
    ward.told_at("hersys_20261101-20261110.csv", &file(&ROWS[..2], true), "2026-11-10T18:00");
    ward.told_at(
        "hersys_20261111-20261115.csv",
        &file(&[(7_000_004, "2026/11/12 09:00", "")], false),
        "2026-11-15T18:00",
    );
    ward.told_at("hersys_20261116-20261121.csv", &file(&ROWS[2..], true), "2026-11-21T06:00");
    let answers = ward.answers_at("2026-11-21T06:10");
    let days = by_period(&answers, "deaths", "day", date(2026, 11, 10), date(2026, 11, 16)).await;
    let none = "—×未着（死亡年月日の列が届いていません）";
    assert_eq!(days, ["1×", none, none, none, none, none, "0×"]);
    let part = "一部未着（11月11日–11月15日は死亡年月日の列が届いていません）";
    let weeks = by_period(&answers, "deaths", "week", date(2026, 11, 2), date(2026, 11, 21)).await;
    assert_eq!(weeks, ["0×".to_owned(), format!("1×{part}"), "0×".to_owned()]);
    let total = one(&answers, "deaths_total").await;
    assert_eq!((total.cell(0, "value").int(), total.cell(0, "reason").text()), (Some(1), Some(part)));
    assert_eq!(total.untold[0].ja, part);
    assert_eq!(
        total.untold[0].en,
        "not told in part: no file had the column 死亡年月日 for 2026-11-11 to 2026-11-15"
    );
    let cases = one(&answers, "new_cases_received").await;
    assert!(cases.untold.is_empty(), "that needs no such column: {:?}", cases.untold);

    // Every figure that needs the column and is of days that were not told of in part says which.
    let mut tried = 0;
    for indicator in
        ward.catalog.indicators.values().filter(|own| own.told_by.iter().any(|by| by == "death_day"))
    {
        for by in choices(indicator) {
            let answer = ask(&answers, indicator, by).await;
            assert!(answer.untold.iter().any(|why| why.ja.contains("11月11日–11月15日")), "{}", indicator.id);
            tried += 1;
        }
    }
    assert!(tried > 3, "{tried}");
}

/// A day that no file had a column for is nobody's missing day.
#[tokio::test]
async fn where_no_file_had_the_column_nobody_is_undated() {
    let ward = Ward::empty();
    ward.told_at("hersys_20261101-20261121.csv", &file(&ROWS, false), "2026-11-21T06:00");
    let answers = ward.answers_at("2026-11-21T06:10");
    for id in ["new_cases_onset", "nowcast_onset"] {
        let onset = one(&answers, id).await;
        assert_eq!(onset.undated, [], "{id}");
        assert_eq!(onset.untold[0].ja, "未着（発病年月日の列が届いていません）", "{id}");
    }
    // Once it came, who has none is counted as before.
    let onset = |row: &str| if row.contains("7000001") { "2026/11/01" } else { "" };
    let lines = ROWS.iter().map(|(number, at, _)| row(*number, at));
    let with =
        lines.fold(format!("{HEAD},発病年月日\n"), |text, row| format!("{text}{row},{}\n", onset(&row)));
    ward.told_at("hersys_20261101-20261121.csv", &with, "2026-11-21T06:20");
    let answers = ward.answers_at("2026-11-21T06:30");
    let onset = one(&answers, "new_cases_onset").await;
    assert_eq!(onset.undated.iter().map(|of| of.rows).sum::<u64>(), 2, "{:?}", onset.undated);
}

/// The last day of a file's window is settled by that very file, where it was made after the morning's closing. Of the days
/// after the window it tells nothing, however late it came; that is all it promised to tell, so it is up to date.
#[tokio::test]
async fn the_last_day_of_a_window_is_settled_by_its_own_file() {
    let ward = Ward::empty();
    let tell = |ward: &Ward, stamp: &str| {
        ward.told_of("hersys_20261101-20261114.csv", &file(&ROWS[..2], true), Some(stamp), stamp);
    };
    let days = async |ward: &Ward| {
        let answers = ward.answers_at("2026-11-20T10:00");
        by_period(&answers, "new_cases_received", "day", date(2026, 11, 13), date(2026, 11, 15)).await
    };
    let after = "—×未着（11月15日 00:00までのデータ）";
    tell(&ward, "2026-11-15T08:00");
    assert_eq!(days(&ward).await, ["0○", "0×", after], "the closing of 11-15 was still to come");
    tell(&ward, "2026-11-15T10:00");
    assert_eq!(days(&ward).await, ["0○", "0○", after]);
    let answers = ward.answers_at("2026-11-15T10:10");
    let today = one(&answers, "received_today").await;
    assert_eq!(today.cell(0, "value"), Cell::Null, "its window has no today");
    let heard = answers.freshness(None).await.expect("read").remove(0);
    assert_eq!(heard.source_time, Some(time("2026-11-15T00:00")));
    assert_eq!(heard.state, hinomi::answer::FreshState::Fresh, "it has told all that it promised to");
    let before = ward.store.sources();
    assert_eq!(ward.store.sources_at(time("2026-11-22T00:00")).expect("the ledger"), before);
    // A window that holds today tells of it up to the stamp.
    ward.told_at("hersys_20261101-20261130.csv", &file(&ROWS[..2], true), "2026-11-15T10:05");
    let answers = ward.answers_at("2026-11-15T10:10");
    assert_eq!(one(&answers, "received_today").await.cell(0, "value"), Cell::Int(0));
}

/// Seven days that are not yet on record make no share of seven days.
#[tokio::test]
async fn a_share_of_seven_days_waits_for_seven_days() {
    let ward = Ward::empty();
    let head = format!("{HEAD},感染経路\n");
    let text = format!("{head}{},不明\n", row(7_000_001, "2026/11/02 09:00"));
    ward.told_at("hersys_20261101-20261130.csv", &text, "2026-11-12T10:00");
    let answers = ward.answers_at("2026-11-12T10:10");
    let share = one(&answers, "unlinked_share").await;
    let figures: Vec<_> = (0..share.len())
        .filter_map(|row| Some((share.cell(row, "day").day()?.day(), share.cell(row, "value").number()?)))
        .collect();
    assert_eq!(figures, [(8, 100.0)], "of 11-02 to 11-08; later there is nobody");
}

#[tokio::test]
async fn what_was_told_is_the_same_after_a_rebuild() {
    let ward = Ward::empty();
    ward.told_at("hersys_20261101-20261130.csv", &file(&ROWS[..2], true), "2026-11-12T06:00");
    ward.told_at("hersys_20261101-20261130.csv", &file(&ROWS, false), "2026-11-21T06:00");
    let before = ward.store.sources();
    assert_eq!(before[0].told.len(), 2, "two kinds of files");
    assert_eq!(ward.store.sources_at(time("2026-11-22T00:00")).expect("the ledger"), before);
    let then = ward.store.sources_at(time("2026-11-13T00:00")).expect("the ledger");
    assert_eq!(then[0].told, before[0].told[..1]);
    ward.store.rebuild(&|_| {}).expect("made again");
    assert_eq!(ward.store.sources_at(time("2026-11-22T00:00")).expect("the ledger"), before);
    let receipt = ward.store.deliveries(1).expect("the ledger").remove(0).receipt;
    assert!(receipt.absent.contains(&DEATH.to_owned()), "{:?}", receipt.absent);
}

#[tokio::test]
async fn days_after_the_stamp_are_no_zero_and_never_complete() {
    let ward = Ward::empty();
    let name = "hersys_20261101-20261130.csv";
    ward.told_of(name, &file(&ROWS, true), Some("2026-11-21T06:00"), "2026-11-28T09:30");
    let answers = ward.answers_at("2026-11-28T10:00");
    let days = by_period(&answers, "new_cases_received", "day", date(2026, 11, 19), date(2026, 11, 23)).await;
    let after = "—×未着（11月21日 06:00までのデータ）";
    assert_eq!(days, ["0○", "1×", "0×", after, after]);
    let weeks =
        by_period(&answers, "new_cases_received", "week", date(2026, 11, 9), date(2026, 11, 28)).await;
    assert_eq!(weeks, ["1○", "1×", after]);
    let ratio = one(&answers, "week_ratio").await;
    assert_eq!(ratio.as_of, time("2026-11-21T06:00"), "it is of the moment up to which was told");
    assert_eq!(ratio.settled, date(2026, 11, 19), "the morning's closing was not told of");
    let today = one(&answers, "received_today").await;
    assert_eq!(today.cell(0, "value"), Cell::Null);
    assert!(today.untold[0].ja.starts_with("未着"), "{:?}", today.untold);
    let so_far = one(&answers, "to_date").await;
    let spans: Vec<_> = (0..so_far.len()).map(|row| so_far.cell(row, "value").int()).collect();
    assert_eq!(spans[..2], [None, None], "today and this week");
}

#[tokio::test]
async fn a_record_that_began_within_the_period_is_a_part_of_it() {
    let ward = Ward::empty();
    ward.told_at("hersys_20261101-20261130.csv", &file(&ROWS, true), "2026-11-21T06:00");
    let answer = one(&ward.answers_at("2026-11-21T06:10"), "to_date").await;
    let year = (0..answer.len()).find(|row| answer.cell(*row, "span").text() == Some("this_fiscal_year"));
    let codes: Vec<_> = (0..answer.len()).map(|row| answer.cell(row, "span").to_string()).collect();
    let year = year.unwrap_or_else(|| panic!("{codes:?}"));
    assert_eq!(answer.cell(year, "value"), Cell::Int(3));
    assert_eq!(answer.cell(year, "reason").text(), Some("一部記録（11月2日から）"));
}

/// Days on which a row's period begins after all that was told.
fn later(answer: &Answer, row: usize, last: Date) -> bool {
    answer.cell_of(row, Role::Period).day().is_some_and(|day| day > last)
}

/// For every indicator and all that it may be asked by, some days after the last word of every source.
#[tokio::test]
async fn some_days_later_nothing_is_zero_or_complete() {
    let ward = told(|_, text| text);
    let last = date(2022, 2, 16);
    let answers = ward.answers_at("2022-02-23T12:00");
    let until = time("2022-02-16T14:00");
    let mut wrong = Vec::new();
    for indicator in ward.catalog.indicators.values() {
        for by in choices(indicator) {
            let answer = ask(&answers, indicator, by).await;
            let what = format!("{} {}", indicator.id, by.map_or("", String::as_str));
            let counted = ward.catalog.table(indicator.source.first().expect("a source"));
            let of_people = counted.is_some_and(|table| table.subject) && !indicator.lists_items();
            for row in (0..answer.len()).filter(|row| later(&answer, *row, last)) {
                if answer.cell_of(row, Role::Complete) == Cell::Bool(true) {
                    wrong.push(format!("{what}: row {row} is complete"));
                }
                for (name, cell) in answer.column_names().iter().zip(answer.row(row)) {
                    // That of the hospitals none has reported is known.
                    let role = indicator.meaning(name).role;
                    if cell.number() == Some(0.0) && !beside(role) && role != Role::Reported {
                        wrong.push(format!("{what}: {name} of row {row} is 0"));
                    }
                }
            }
            let by_row = indicator.column_of(Role::Period).is_some();
            let told = figures(&answer).iter().any(|(.., number)| number.is_some());
            if of_people && !by_row && told && answer.as_of > until && indicator.id != "to_date" {
                wrong.push(format!("{what}: figures as of {}", answer.as_of));
            }
            if of_people && told && answer.settled > last {
                wrong.push(format!("{what}: settled up to {}", answer.settled));
            }
            if of_people && answer.untold.is_empty() {
                wrong.push(format!("{what}: no word of what was not told"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn a_source_in_its_rhythm_tells_of_today() {
    let ward = Ward::empty();
    ward.told_at("hersys_20261101-20261130.csv", &file(&ROWS, true), "2026-11-20T23:50");
    let answers = ward.answers_at("2026-11-21T00:05");
    let days = by_period(&answers, "new_cases_received", "day", date(2026, 11, 20), date(2026, 11, 21)).await;
    assert_eq!(days, ["1×", "0×"], "today has just begun");
    let today = one(&answers, "received_today").await;
    assert_eq!((today.cell(0, "value"), today.untold.len()), (Cell::Int(0), 0));
}

#[tokio::test]
async fn a_daily_source_in_its_rhythm_has_not_told_of_today() {
    let ward = Ward::empty();
    let text = "公表_年月日,発症_年月日,患者_居住地,患者_年代,患者_性別\n2021-04-02,,都内,20代,女性\n";
    ward.told_at("tokyo_patients.csv", text, "2021-04-02T22:00");
    let answers = ward.answers_at("2021-04-03T12:00");
    let days = by_period(&answers, "new_cases_published", "day", date(2021, 4, 2), date(2021, 4, 3)).await;
    assert_eq!(days, ["1×", "—×未着（4月2日 22:00までのデータ）"]);
}

/// A file that was refused, or never came, is no day without cases.
#[tokio::test]
async fn days_of_a_file_that_was_not_taken_are_told_by_none() {
    let ward = Ward::empty();
    let received = |from: u32, day: &str| {
        let rows: Vec<_> = (0..3).map(|n| row(from + n, &format!("{day} 10:00"))).collect();
        format!("{HEAD}\n{}\n", rows.join("\n"))
    };
    ward.told_at("hersys_20261116-20261122.csv", &received(7_100_000, "2026/11/16"), "2026-11-23T06:00");
    let bad =
        format!("{HEAD}\n#N/A,新型コロナウイルス感染症,患者（確定例）,管内,40,2026/11/23,2026/11/23 09:00\n");
    ward.refused_at("hersys_20261123-20261124.csv", &bad, "2026-11-25T06:00");
    ward.told_at("hersys_20261125-20261127.csv", &received(7_200_000, "2026/11/26"), "2026-11-28T10:30");
    let answers = ward.answers_at("2026-11-28T10:40");
    let days = by_period(&answers, "new_cases_received", "day", date(2026, 11, 22), date(2026, 11, 26)).await;
    let none = "—×未着（届いていません）";
    assert_eq!(days, ["0○", none, none, "0○", "3○"]);
    let weeks =
        by_period(&answers, "new_cases_received", "week", date(2026, 11, 16), date(2026, 11, 27)).await;
    assert_eq!(weeks, ["3○", "3×一部未着（11月23日–11月24日の分が届いていません）"]);
    let part = "一部未着（11月23日–11月24日の分が届いていません）";
    for figure in ["new_cases_mean7", "week_ratio", "cumulative_cases", "median_age"] {
        let answer = one(&answers, figure).await;
        assert!(answer.untold.iter().any(|note| note.ja == part), "{figure}: {:?}", answer.untold);
    }
    for (figure, window) in [("new_cases_mean7", 7), ("week_ratio", 14), ("reproduction_number", 14)] {
        let question = Question { from: Some(date(2026, 11, 20)), ..Question::of(figure, "covid-19") };
        let answer = answers.ask(&question).await.expect("answers");
        for row in 0..answer.len() {
            let day = answer.cell_of(row, Role::Period).day().expect("a day");
            let reason = answer.cell_of(row, Role::Reason).to_string();
            let touches =
                day >= date(2026, 11, 23) && day < date(2026, 11, 25) + jiff::Span::new().days(window);
            assert_eq!(touches, reason.contains("未着"), "{figure} of {day}: {reason}");
            assert!(!touches || answer.cell_of(row, Role::Value) == Cell::Null, "{figure} of {day}");
        }
        assert!(answer.len() > 5, "{figure}");
    }
    let before = ward.store.sources();
    assert_eq!(ward.store.sources_at(time("2026-11-29T00:00")).expect("the ledger"), before);

    // It comes after all.
    ward.told_of(
        "hersys_20261123-20261124.csv",
        &received(7_300_000, "2026/11/24"),
        Some("2026-11-25T06:00"),
        "2026-11-28T10:45",
    );
    let answers = ward.answers_at("2026-11-28T10:50");
    let days = by_period(&answers, "new_cases_received", "day", date(2026, 11, 22), date(2026, 11, 26)).await;
    assert_eq!(days, ["0○", "0○", "3○", "0○", "3○"]);
    let notes = one(&answers, "new_cases_mean7").await.untold;
    assert!(notes.iter().all(|note| !note.ja.starts_with("一部")), "{notes:?}");
    let before = ward.store.sources();
    assert_eq!(ward.store.sources_at(time("2026-11-29T00:00")).expect("the ledger"), before);
}

/// Late since the morning: what is of today ends there, so does the day a week ago, and yesterday is not closed before its closing was told of.
#[tokio::test]
async fn today_ends_where_its_source_ended() {
    let ward = Ward::empty();
    let rows = [
        (7_000_001, "2026/11/14 05:00", ""),
        (7_000_002, "2026/11/14 08:00", ""),
        (7_000_003, "2026/11/20 11:00", ""),
        (7_000_004, "2026/11/21 05:30", ""),
    ];
    ward.told_at("hersys_20261101-20261130.csv", &file(&rows, true), "2026-11-21T06:00");
    let today = one(&ward.answers_at("2026-11-21T10:57"), "received_today").await;
    assert_eq!(today.as_of, time("2026-11-21T06:00"));
    let cells = ["value", "same_hour_last_week", "yesterday", "closed"].map(|name| today.cell(0, name));
    assert_eq!(cells, [Cell::Int(1), Cell::Int(1), Cell::Int(1), Cell::Bool(false)]);
    assert_eq!(today.untold[0].ja, "未着（11月21日 06:00までのデータ）");
    let spans = one(&ward.answers_at("2026-11-21T10:57"), "to_date").await;
    assert_eq!(spans.as_of, time("2026-11-21T06:00"));
}

/// Days of which nobody has told lie within the last seven, within this week, month and year, and within the period that another is
/// compared with: a sum over them is none, and says why.
#[tokio::test]
async fn a_sum_over_a_day_that_was_not_told_is_none() {
    let ward = Ward::empty();
    let rows: Vec<(u32, String)> =
        (0..).zip(1..=15).map(|(n, day)| (7_000_000 + n, format!("2026/11/{day:02} 09:00"))).collect();
    let rows: Vec<(u32, &str, &str)> = rows.iter().map(|(n, at)| (*n, at.as_str(), "")).collect();
    let file = |rows: &[(u32, &str, &str)], deaths: bool| {
        let text = file(rows, deaths);
        let lines = text.lines().enumerate();
        lines.map(|(n, line)| format!("{line},{}\n", if n == 0 { "性別" } else { "女" })).collect::<String>()
    };
    ward.told_at("hersys_20261001-20261115.csv", &file(&rows, true), "2026-11-16T06:00");
    // The file of the 16th and 17th never came.
    let later = [(7_000_101, "2026/11/18 09:00", ""), (7_000_102, "2026/11/19 09:00", "2026/11/19")];
    ward.told_at("hersys_20261118-20261120.csv", &file(&later, true), "2026-11-21T06:00");
    let answers = ward.answers_at("2026-11-21T06:10");
    let part = "一部未着（11月16日–11月17日の分が届いていません）";
    let total = one(&answers, "deaths_total").await;
    assert_eq!((total.cell(0, "value"), total.cell(0, "last7")), (Cell::Int(1), Cell::Null));
    assert_eq!(total.cell(0, "reason").text(), Some(part));
    let spans = one(&answers, "to_date").await;
    for span in ["this_week", "this_month", "this_quarter", "this_fiscal_year", "this_year"] {
        let row = (0..spans.len()).find(|row| spans.cell(*row, "span").text() == Some(span));
        let Some(row) = row else { continue };
        assert_eq!(
            (spans.cell(row, "value"), spans.cell(row, "reason").text()),
            (Cell::Null, Some(part)),
            "{span}"
        );
    }
    let asked = async |id: &str, from: Date, to: Date| {
        let question = Question { from: Some(from), to: Some(to), ..Question::of(id, "covid-19") };
        Answer::clone(&*answers.ask(&question).await.unwrap_or_else(|e| panic!("{id}: {e}")))
    };
    // Two days against the two before them, which were not told of.
    let pyramid = asked("age_sex", date(2026, 11, 18), date(2026, 11, 19)).await;
    let sum = |name: &str| (0..pyramid.len()).filter_map(|row| pyramid.number(row, name)).sum::<f64>();
    assert_eq!(sum("male") + sum("female") + sum("other"), 2.0);
    assert!((0..pyramid.len()).all(|row| pyramid.cell(row, "male_before") == Cell::Null));
    // The week with those days, and the week after it.
    let against = Question {
        by: Some("day".to_owned()),
        from: Some(date(2026, 11, 18)),
        to: Some(date(2026, 11, 20)),
        against: Some(hinomi::epi::against::Against::Previous),
        ..Question::of("cases_against", "covid-19")
    };
    let days = answers.ask(&against).await.expect("answers");
    assert!((0..days.len()).all(|row| days.number(row, "before").is_some()), "the week before was told of");
    let weeks = Question { by: Some("week".to_owned()), from: Some(date(2026, 11, 2)), ..against };
    let weeks = answers.ask(&weeks).await.expect("answers");
    let last = weeks.len() - 1;
    assert_eq!((weeks.number(last, "value"), weeks.cell(last, "ratio")), (Some(2.0), Cell::Null));
    assert!(weeks.cell(last, "reason").text().is_some_and(|why| why.contains("一部未着")));

    // A week after, today's like day is one of those.
    let quiet = [(7_000_103, "2026/11/24 09:00", "")];
    ward.told_at("hersys_20261121-20261124.csv", &file(&quiet, true), "2026-11-24T13:50");
    let today = one(&ward.answers_at("2026-11-24T14:00"), "received_today").await;
    assert_eq!(today.cell(0, "same_hour_last_week"), Cell::Null);
}

/// A source of which all was refused is a source of the ward: the strip counts it, and not those that never came.
#[tokio::test]
async fn a_source_that_was_only_refused_is_counted() {
    let ward = Ward::empty();
    for (name, text) in samples() {
        if name.starts_with("facilities") {
            ward.told_at(&name, &text, "2022-02-16T13:00");
        } else if name.starts_with("hersys") {
            let header = "HER-SYS ID,疾病名,当該者の類型,年齢,報告年月日,受理日時";
            let rows = (0..6).map(|n| {
                format!("100000{n},新型コロナウイルス感染症,患者（確定例）,45,きのう,2022-02-10 10:00\n")
            });
            ward.refused_at(&name, &format!("{header}\n{}", rows.collect::<String>()), "2022-02-16T13:10");
        }
    }
    let named = |fresh: Vec<hinomi::answer::Freshness>| -> Vec<String> {
        fresh.into_iter().map(|of| of.source).collect()
    };
    let answers = ward.answers_at(NOW);
    let all = named(answers.freshness(None).await.expect("told"));
    assert_eq!(all, ["facilities", "her-sys-cases"]);
    let before = named(answers.freshness(Some(time("2022-02-16T13:05"))).await.expect("told"));
    assert_eq!(before, ["facilities"]);
}
