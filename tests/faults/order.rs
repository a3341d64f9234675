//! Files of one source in any order, with restarts in between: of each day the newest file that tells of it is right, and
//! none of the past turns it back. What is known after each file is counted here without the store.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use hinomi::store::{AsOf, BatchId, Outcome};
use jiff::SignedDuration;
use serde_json::json;

use super::seeds::{Dice, each};
use super::tally::quiet;
use crate::store::older::WINDOWED;
use crate::store::room::{KEYED, Room, start_of_time};

/// Days of December that files tell of.
const DAYS: u64 = 12;
const FILES: i64 = 8;

/// Rows of one day: ids, and what is said of them.
type Rows = Vec<(u64, &'static str)>;

struct File {
    hour: i64,
    days: BTreeMap<u64, Rows>,
}

impl File {
    /// Of some days, or of all.
    fn of(dice: &mut Dice, hour: i64, windowed: bool) -> Self {
        let from = if windowed { 1 + dice.below(DAYS - 3) } else { 1 };
        let to = if windowed { from + dice.below(DAYS - from + 1) } else { DAYS };
        let mut rows = |day: u64| -> Rows {
            let mut there = |n: &u64| (day == from && *n == 0) || dice.below(3) > 0;
            let ids: Vec<u64> = (0..3).filter(|n| there(n)).map(|n| day * 10 + n).collect();
            ids.into_iter().map(|id| (id, *dice.pick(&["M", "F"]))).collect()
        };
        Self { hour, days: (from..=to).map(|day| (day, rows(day))).collect() }
    }

    fn name(&self) -> String {
        let (from, to) = (self.days.keys().min().expect("a day"), self.days.keys().max().expect("a day"));
        format!("x_202112{from:02}-202112{to:02}_{}.csv", self.hour)
    }

    fn csv(&self, windowed: bool) -> String {
        let mut csv = if windowed { "id,sex,day\n" } else { "id,disease,sex,day\n" }.to_owned();
        for (day, rows) in &self.days {
            for (id, sex) in rows {
                let disease = if windowed { "" } else { "covid," };
                writeln!(csv, "{},{disease}{sex},2021-12-{day:02}", 100_000 + id).expect("a line");
            }
        }
        csv
    }
}

/// Of each day the hour of the newest file that told of it, and what it said.
#[derive(Default)]
struct Told(BTreeMap<u64, (i64, Rows)>);

impl Told {
    fn hear(&mut self, file: &File) {
        for (day, rows) in &file.days {
            let newest = self.0.get(day).is_none_or(|(hour, _)| *hour < file.hour);
            if newest {
                self.0.insert(*day, (file.hour, rows.clone()));
            }
        }
    }

    fn lines(&self) -> Vec<String> {
        let of_day = |(day, (_, rows)): (&u64, &(i64, Rows))| -> Vec<String> {
            rows.iter().map(|(_, sex)| format!("2021-12-{day:02}|{sex}")).collect()
        };
        let mut lines: Vec<String> = self.0.iter().flat_map(of_day).collect();
        lines.sort();
        lines
    }
}

#[test]
fn no_file_of_the_past_turns_anything_back() {
    each("order", 4, |seed| {
        let mut dice = Dice::of(seed);
        let windowed = seed.is_multiple_of(2);
        let mapping = if windowed { WINDOWED } else { KEYED };
        let mut files: Vec<File> = (1..=FILES).map(|hour| File::of(&mut dice, hour, windowed)).collect();
        let (mut room, mut told, mut known) = (Room::new(), Told::default(), vec![Vec::new()]);
        let mut late = 0_u64;
        while !files.is_empty() {
            let file = files.remove(dice.below(files.len() as u64) as usize);
            let receipt = room
                .deliver_as(mapping, &file.name(), &file.csv(windowed), |start| {
                    start.stamp = Some(start_of_time() + SignedDuration::from_hours(file.hour - 48));
                    // It is the order that is tried, not what is held because it looks odd.
                    start.confirmed = true;
                })
                .expect("a receipt");
            let how = format!("seed {seed}, file {}: {receipt:?}", file.hour);
            assert!(matches!(receipt.outcome, Outcome::Accepted | Outcome::Unchanged), "{how}");
            assert_eq!(receipt.stale, told.0.values().any(|(hour, _)| *hour > file.hour), "{how}");
            late += u64::from(receipt.stale);
            told.hear(&file);
            if receipt.outcome == Outcome::Accepted {
                known.push(told.lines());
            }
            if dice.below(3) == 0 {
                room.reopen();
            }
            let shown = room.rows("SELECT reported_day, sex FROM cases ORDER BY ALL", AsOf::Latest);
            assert_eq!(shown, told.lines(), "{how}");
        }
        for (batch, lines) in (0..).zip(&known) {
            let as_of = AsOf::Batch(BatchId(batch));
            let shown = room.rows("SELECT reported_day, sex FROM cases ORDER BY ALL", as_of);
            assert_eq!(shown, *lines, "seed {seed}: as of batch {batch}");
        }
        assert_eq!(room.store.verify(&quiet).expect("verified").faults, Vec::<String>::new(), "seed {seed}");
        json!({ "orders": 1, "files": FILES, "late": late })
    });
}
