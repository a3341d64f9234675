//! Receipts: whatever comes, in whatever mode, each row read is counted once, and who counts is who an oracle says.

use std::collections::{BTreeMap, BTreeSet};

use hinomi::intake::aside::Why;
use hinomi::intake::fault::FaultKind;
use hinomi::store::{AsOf, Receipt};
use proptest::prelude::*;

use super::room::{KEYED, KEYLESS, Room};

/// Totals in columns: a row gives one fact for each series that has a value.
const SERIES: &str = r#"
source = "totals"
title = { ja = "集計", en = "Totals" }
table = "aggregate_counts"
mode = "aggregate"
key = ["day"]
rhythm = { every_minutes = 30 }
column = [
  { headings = ["day"], privacy = "keep", field = "day", type = "date", required = true },
  { headings = ["calls"], privacy = "keep", type = "count", series = "calls" },
  { headings = ["tests"], privacy = "keep", type = "count", series = "tests" },
]
"#;

/// A row of a file: which of a few keys, which of a few contents, and is it bad. 1: its day can't be read (in totals the
/// day is the key, and is empty); 2: its key can't be read (in keyless data its day is empty, totals are good). 3 and 4: good, and in data by key its sex
/// can't be read.
#[derive(Clone, Copy, Debug)]
struct Line {
    key: u8,
    first: u8,
    second: u8,
    bad: u8,
}

fn line() -> impl Strategy<Value = Line> {
    (0u8..6, 0u8..3, 0u8..3, 0u8..12).prop_map(|(key, first, second, bad)| Line { key, first, second, bad })
}

/// How a source is laid out and compared.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    Append,
    Upsert,
    Snapshot,
    /// A snapshot of the days in the file's name.
    Windowed,
    Keyless,
    KeylessWindowed,
    Aggregate,
}

const KINDS: [Kind; 7] = [
    Kind::Append,
    Kind::Upsert,
    Kind::Snapshot,
    Kind::Windowed,
    Kind::Keyless,
    Kind::KeylessWindowed,
    Kind::Aggregate,
];

/// The first and last day of a file's window, of the three days that rows are of.
type Window = (u8, u8);

const WINDOWS: [Window; 4] = [(1, 3), (1, 2), (2, 3), (2, 2)];

impl Kind {
    fn mapping(self, on_repeat: &str) -> String {
        let required = r#"field = "reported_day", type = "date", required = true"#;
        let keyed = KEYED.replace(r#"field = "reported_day", type = "date""#, required);
        let text = match self {
            Self::Append => keyed.replace("\"snapshot\"", "\"append\""),
            Self::Upsert => keyed.replace("\"snapshot\"", "\"upsert\""),
            Self::Snapshot | Self::Windowed => keyed,
            Self::Keyless | Self::KeylessWindowed => KEYLESS.to_owned(),
            Self::Aggregate => SERIES.to_owned(),
        };
        let text = text.replace("max_bad_share = 0.5\n", "");
        let column = if self.is_keyless() { "published_day" } else { "reported_day" };
        let window = format!(
            "window = {{ column = \"{column}\", in_name = '^file_([0-9]{{8}})-([0-9]{{8}})' }}\nrhythm"
        );
        let text = if self.is_windowed() { text.replace("rhythm", &window) } else { text };
        text.replace("\nrhythm", &format!("\nmax_bad_share = 1.0\non_repeat = \"{on_repeat}\"\nrhythm"))
    }

    fn is_windowed(self) -> bool {
        matches!(self, Self::Windowed | Self::KeylessWindowed)
    }

    fn is_keyless(self) -> bool {
        matches!(self, Self::Keyless | Self::KeylessWindowed)
    }

    /// Is the row's day outside the file's window?
    fn strays(self, line: Line, (first, last): Window) -> bool {
        let undated = self.is_keyless() && line.bad == 2;
        self.is_windowed() && !undated && !(first..=last).contains(&(line.first + 1))
    }

    fn csv(self, lines: &[Line]) -> String {
        let header = match self {
            Self::Keyless | Self::KeylessWindowed => "sex,day\n",
            Self::Aggregate => "day,calls,tests\n",
            _ => "id,disease,sex,day\n",
        };
        header.to_owned() + &lines.iter().map(|line| self.text(*line)).collect::<String>()
    }

    fn text(self, line: Line) -> String {
        let day = if line.bad == 1 { "あした".to_owned() } else { format!("2022-01-0{}", line.first + 1) };
        let unread = self.is_unread(line);
        let sex = if unread { "謎" } else { ["M", "F", ""][usize::from(line.second)] };
        match self {
            Self::Keyless | Self::KeylessWindowed => {
                format!("{sex},{}\n", if line.bad == 2 { "" } else { &day })
            }
            Self::Aggregate => {
                let day = if line.bad == 1 { String::new() } else { format!("2022-01-0{}", line.key + 1) };
                let cell = |n: u8| if n == 2 { String::new() } else { n.to_string() };
                format!("{day},{},{}\n", cell(line.first), cell(line.second))
            }
            _ if line.bad == 2 => format!("12x,covid,{sex},{day}\n"),
            _ => format!("10000{},covid,{sex},{day}\n", line.key),
        }
    }

    /// A line without any text is no row.
    fn is_blank(self, line: Line) -> bool {
        self.text(line).trim_end().bytes().all(|b| b == b',')
    }

    /// Of a table of totals the last rows, up to three, that have no key and stand below a good one: they are its foot.
    fn foot(self, lines: &[Line]) -> BTreeSet<usize> {
        let rows = || (0..lines.len()).filter(|row| !self.is_blank(lines[*row]));
        let last_good = rows().rfind(|row| !self.is_bad(lines[*row]));
        let Some(last_good) = last_good.filter(|_| self == Self::Aggregate) else { return BTreeSet::new() };
        let below: BTreeSet<usize> = rows().filter(|row| *row > last_good).collect();
        if below.len() > 3 { BTreeSet::new() } else { below }
    }

    fn is_bad(self, line: Line) -> bool {
        match self {
            Self::Aggregate => line.bad == 1,
            _ => matches!(line.bad, 1 | 2),
        }
    }

    /// A cell of the row can't be read: what was known of it stays.
    fn is_unread(self, line: Line) -> bool {
        !self.is_keyless() && self != Self::Aggregate && matches!(line.bad, 3 | 4)
    }

    /// Key and content of each fact of a row.
    fn facts(self, line: Line) -> Vec<(String, String)> {
        let sex = if self.is_unread(line) { UNREAD } else { ["M", "F", "-"][usize::from(line.second)] };
        let content = format!("{sex}|{}", line.first + 1);
        match self {
            Self::Keyless | Self::KeylessWindowed => vec![(content.clone(), content)],
            Self::Aggregate => [("calls", line.first), ("tests", line.second)]
                .into_iter()
                .filter(|(_, value)| *value != 2)
                .map(|(series, value)| (format!("{} {series}", line.key + 1), value.to_string()))
                .collect(),
            _ => vec![(line.key.to_string(), content)],
        }
    }
}

/// The sex that nobody could read and nobody had known.
const UNREAD: &str = "?";

/// What a content makes of what is stored: where its sex can't be read, that which was known stays.
fn kept(content: &str, known: &str) -> String {
    match (content.split_once('|'), known.split_once('|')) {
        (Some((UNREAD, day)), Some((sex @ ("M" | "F"), _))) => format!("{sex}|{day}"),
        _ => content.to_owned(),
    }
}

/// What the row that counts says, with the sex of the nearest other row of its key where its own can't be read.
fn merged(rows: &[(usize, String)], counts: usize) -> String {
    let told = |(_, content): &&(usize, String)| !content.starts_with(UNREAD);
    let before = rows[..counts].iter().rev().find(told);
    let nearest = before.or_else(|| rows[counts..].iter().find(told));
    match (rows[counts].1.split_once('|'), nearest.and_then(|(_, content)| content.split_once('|'))) {
        (Some((UNREAD, day)), Some((sex, _))) => format!("{sex}|{day}"),
        _ => rows[counts].1.clone(),
    }
}

/// Facts that are stored, by key.
type Stored = BTreeMap<String, String>;

/// Of each row what becomes of it, by rank.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Fate {
    /// It is no row of the table.
    None,
    /// It is of the table's foot.
    LeftOut,
    /// It gives no fact.
    NoValue,
    Merged,
    Unchanged,
    New,
    Changed,
    HeldBack,
}

/// What should become of a file's rows; and what should be stored afterwards.
fn expect(
    kind: Kind,
    on_repeat: &str,
    lines: &[Line],
    stored: &Stored,
    (confirmed, window): (bool, Window),
) -> (Vec<Fate>, u64, Stored) {
    let mut fates = vec![Fate::Unchanged; lines.len()];
    // The facts of good rows, by key, in the order of the file.
    let mut arrived: BTreeMap<String, Vec<(usize, String)>> = BTreeMap::new();
    let mut copies: BTreeMap<String, u32> = BTreeMap::new();
    let mut spared = BTreeSet::new();
    let mut unknown = false;
    let mut of_row: Vec<Vec<Fate>> = vec![Vec::new(); lines.len()];
    let foot = kind.foot(lines);
    for (row, line) in lines.iter().enumerate() {
        if kind.is_blank(*line) {
            fates[row] = Fate::None;
            continue;
        }
        if foot.contains(&row) {
            fates[row] = Fate::LeftOut;
            continue;
        }
        if kind.is_bad(*line) || kind.strays(*line, window) {
            fates[row] = Fate::HeldBack;
            // A key that can't be read spares nothing by itself.
            match line.bad {
                2 => unknown = true,
                _ => spared.extend(kind.facts(*line).into_iter().map(|(key, _)| key)),
            }
            continue;
        }
        for (mut key, content) in kind.facts(*line) {
            if kind.is_keyless() {
                let n = copies.entry(key.clone()).or_default();
                *n += 1;
                key = format!("{key} {n}");
            }
            arrived.entry(key).or_default().push((row, content));
        }
    }
    let mut next = stored.clone();
    for (key, rows) in &arrived {
        let contradict = rows.iter().any(|(_, content)| *content != rows[0].1);
        if contradict && on_repeat == "hold" {
            rows.iter().for_each(|(row, _)| fates[*row] = Fate::HeldBack);
            spared.insert(key.clone());
            continue;
        }
        let counts = if on_repeat == "first" { 0 } else { rows.len() - 1 };
        let merged = merged(rows, counts);
        for (at, (row, _)) in rows.iter().enumerate() {
            let fate = match stored.get(key) {
                _ if at != counts => Fate::Merged,
                None => Fate::New,
                Some(known) if *known == kept(&merged, known) => Fate::Unchanged,
                Some(_) if kind == Kind::Append => {
                    fates[*row] = Fate::HeldBack;
                    continue;
                }
                Some(_) => Fate::Changed,
            };
            of_row[*row].push(fate);
            if at == counts {
                let known = stored.get(key).map_or("", String::as_str);
                next.insert(key.clone(), kept(&merged, known));
            }
        }
    }
    for (fate, facts) in fates.iter_mut().zip(of_row) {
        if *fate == Fate::Unchanged {
            *fate = facts.into_iter().max().unwrap_or(Fate::NoValue);
        }
    }
    let mut withdrawn = 0;
    let withdraws = match kind {
        Kind::Keyless | Kind::KeylessWindowed => true,
        Kind::Snapshot | Kind::Windowed => !unknown || confirmed,
        _ => false,
    };
    if withdraws {
        for (key, content) in stored {
            let stays = arrived.contains_key(key) || !kind.is_keyless() && spared.contains(key);
            let day = content.rsplit('|').next().and_then(|day| day.parse::<u8>().ok());
            let told = !kind.is_windowed() || day.is_some_and(|day| (window.0..=window.1).contains(&day));
            if !stays && told {
                withdrawn += 1;
                next.remove(key);
            }
        }
    }
    (fates, withdrawn, next)
}

/// What is stored, as the oracle writes it.
fn contents(kind: Kind, room: &Room) -> Vec<String> {
    let text = match kind {
        Kind::Aggregate => "SELECT CAST(day(day) AS VARCHAR) || ' ' || series, value FROM aggregate_counts",
        Kind::Keyless | Kind::KeylessWindowed => "SELECT COALESCE(sex, '-'), day(published_day) FROM cases",
        _ => "SELECT COALESCE(sex, '-'), day(reported_day) FROM cases",
    };
    let mut rows = room.rows(text, AsOf::Latest);
    rows.sort();
    rows
}

fn sum(receipt: &Receipt) -> u64 {
    let counted = receipt.counted.expect("counted");
    counted.new + counted.changed + receipt.unchanged + counted.merged + receipt.quarantined
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn each_row_is_counted_once(
        kind in 0..KINDS.len(),
        on_repeat in 0usize..3,
        files in prop::collection::vec((prop::collection::vec(line(), 0..12), any::<bool>(), 0..WINDOWS.len()), 1..5),
    ) {
        let (kind, on_repeat) = (KINDS[kind], ["last", "first", "hold"][on_repeat]);
        let mapping = kind.mapping(on_repeat);
        let room = Room::new();
        let mut stored = Stored::new();
        for (lines, confirmed, window) in &files {
            let window = WINDOWS[*window];
            let name = format!("file_2022010{}-2022010{}.csv", window.0, window.1);
            let receipt = room
                .deliver_as(&mapping, &name, &kind.csv(lines), |start| start.confirmed = *confirmed)
                .expect("a receipt");
            let (fates, withdrawn, next) = expect(kind, on_repeat, lines, &stored, (*confirmed, window));
            let count = |fate: Fate| fates.iter().filter(|f| **f == fate).count() as u64;
            let counted = receipt.counted.expect("counted");
            let found = (counted.new, counted.changed, receipt.unchanged, counted.merged, receipt.quarantined);
            let right = (
                count(Fate::New), count(Fate::Changed), count(Fate::Unchanged), count(Fate::Merged),
                count(Fate::HeldBack),
            );
            prop_assert_eq!(found, right, "{:?} {} {:?}", kind, on_repeat, &receipt);
            prop_assert_eq!(counted.withdrawn, withdrawn, "{:?}", &receipt);
            let left_out = count(Fate::LeftOut) + count(Fate::NoValue);
            let read = lines.len() as u64 - count(Fate::None) - left_out;
            prop_assert_eq!((receipt.rows, sum(&receipt)), (read, read));
            prop_assert_eq!(receipt.left_out_counts.iter().map(|count| count.rows).sum::<u64>(), left_out);
            // The header is row 1.
            let why = |fate: &Fate| match fate {
                Fate::LeftOut => Some(Why::Foot),
                Fate::NoValue => Some(Why::NoValue),
                _ => None,
            };
            let right: Vec<(u64, Why)> =
                (2..).zip(&fates).filter_map(|(row, fate)| Some((row, why(fate)?))).collect();
            let named: Vec<(u64, Why)> = receipt.left_out.iter().map(|left| (left.row, left.why)).collect();
            prop_assert_eq!(named, right);
            prop_assert_eq!(receipt.if_taken, !receipt.outcome.is_taken());
            if receipt.outcome.is_taken() {
                stored = next;
            }
            let right: Vec<String> = {
                let mut rows: Vec<String> = stored
                    .iter()
                    .map(|(key, content)| match kind {
                        Kind::Aggregate => format!("{key}|{content}"),
                        _ => content.replace(UNREAD, "-"),
                    })
                    .collect();
                rows.sort();
                rows
            };
            prop_assert_eq!(contents(kind, &room), right);
            // The ledger says the same, and each row merged or held back is named.
            let kept = room.store.delivery(receipt.delivery).expect("read").expect("kept").receipt;
            prop_assert_eq!(&kept, &receipt);
            let held: BTreeSet<u64> = receipt.faults.iter().map(|f| f.row).collect();
            prop_assert_eq!(held.len() as u64, receipt.quarantined);
            prop_assert!(receipt.merged_rows.len() as u64 >= counted.merged);
            let of_kinds: u64 = receipt.fault_counts.iter().map(|c| c.rows).sum();
            prop_assert_eq!(of_kinds, receipt.quarantined);
        }
    }
}

#[test]
fn of_contradicting_rows_the_later_counts_and_both_are_named() {
    let room = Room::new();
    let receipt = room.deliver(KEYED, "id,disease,sex,day\n100001,covid,M,2022-01-01\n100002,covid,M,2022-01-01\n100001,covid,F,2022-01-01\n");
    let counted = receipt.counted.expect("counted");
    assert_eq!((receipt.rows, counted.new, counted.merged, counted.contradicting), (3, 2, 1, 1));
    assert_eq!((receipt.quarantined, receipt.faults.len()), (0, 0));
    let told: Vec<_> = receipt.merged_rows.iter().map(|f| (f.row, f.other, f.kind)).collect();
    assert_eq!(told, [(2, Some(4), FaultKind::ContradictingRows)]);
    assert_eq!(room.rows("SELECT sex FROM cases ORDER BY 1", AsOf::Latest), ["F", "M"]);
}

#[test]
fn identical_rows_count_once_and_are_named() {
    let room = Room::new();
    let row = "100001,covid,M,2022-01-01\n";
    let receipt = room.deliver(KEYED, &format!("id,disease,sex,day\n{row}{row}{row}"));
    let counted = receipt.counted.expect("counted");
    assert_eq!((receipt.rows, counted.new, counted.merged, counted.contradicting), (3, 1, 2, 0));
    let told: Vec<_> = receipt.merged_rows.iter().map(|f| (f.row, f.other, f.kind)).collect();
    assert_eq!(told, [(2, Some(4), FaultKind::IdenticalRows), (3, Some(4), FaultKind::IdenticalRows)]);
}

#[test]
fn held_back_by_the_mapping_both_name_each_other() {
    let room = Room::new();
    let mapping = KEYED.replace("mode = ", "on_repeat = \"hold\"\nmode = ");
    let receipt = room.deliver_as(&mapping, "f.csv", "id,disease,sex,day\n100001,covid,M,2022-01-01\n100001,covid,F,2022-01-01\n100002,covid,F,2022-01-01\n100003,covid,F,2022-01-01\n100004,covid,F,2022-01-01\n", |_| {}).expect("a receipt");
    let told: Vec<_> = receipt.faults.iter().map(|f| (f.row, f.other, f.kind)).collect();
    assert_eq!(told, [(2, Some(3), FaultKind::DuplicateKey), (3, Some(2), FaultKind::DuplicateKey)]);
    assert_eq!(receipt.counted.expect("counted").new, 3);
}

#[test]
fn a_refused_delivery_keeps_its_rows_and_says_what_they_would_have_been() {
    let room = Room::new();
    let receipt = room.deliver(
        KEYED,
        "id,disease,sex,day\nx,covid,M,2022-01-01\ny,covid,F,2022-01-01\n100002,covid,F,2022-01-01\n",
    );
    assert!(receipt.outcome.why().is_some_and(|why| why.contains("2 of 3")), "{receipt:?}");
    let kept = room.store.delivery(receipt.delivery).expect("read").expect("kept");
    assert_eq!(kept.receipt, receipt);
    assert_eq!(kept.receipt.faults.iter().map(|f| f.row).collect::<Vec<_>>(), [2, 3]);
    assert_eq!((sum(&receipt), receipt.opened, receipt.if_taken), (3, 0, true));
    let state = room.store.sources().remove(0);
    assert_eq!((state.delivery, state.taken, state.rows), (receipt.delivery, None, 0));
}

/// Of totals without any value nothing is stored, and nothing says that anything was.
#[test]
fn a_row_without_any_value_is_not_unchanged() {
    let room = Room::new();
    let text = "day,calls,tests\n2022-01-01,5,\n2022-01-02,,\n2022-01-03,不明,x人\n";
    for stored in [false, true] {
        let receipt = room.deliver(SERIES, text);
        let counted = receipt.counted.expect("counted");
        let right = if stored { (1, 0, 1) } else { (1, 1, 0) };
        assert_eq!((receipt.rows, counted.new, receipt.unchanged), right);
        let named: Vec<_> = receipt.left_out.iter().map(|left| (left.row, left.why)).collect();
        assert_eq!(named, [(3, Why::NoValue), (4, Why::NoValue)]);
        let kept = room.store.delivery(receipt.delivery).expect("read").expect("kept").receipt;
        assert_eq!(kept, receipt);
    }
    // Many are counted, and the first thousand named.
    let days =
        (0..1_200).map(|n| format!("20{:02}-{:02}-{:02},,\n", 10 + n / 300, n % 300 / 25 + 1, n % 25 + 1));
    let receipt =
        room.deliver(SERIES, &format!("day,calls,tests\n2022-01-01,6,\n{}", days.collect::<String>()));
    assert_eq!((receipt.rows, receipt.counted.expect("counted").changed), (1, 1));
    assert_eq!((receipt.left_out.len(), receipt.left_out_counts[0].rows), (1_000, 1_200));
}
