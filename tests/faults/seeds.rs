//! The seeds of a campaign. The short form runs a few; the long form a range, which goes on where it was left off.
//!
//! ```sh
//! HINOMI_FAULTS=0..200 HINOMI_FAULTS_LOG=/var/tmp/faults.jsonl tests/run faults::
//! ```
//! Each seed that was gone through is a line of the log (campaign, seed, what was done); those that stand there and were
//! right are left out by the next run, so that the figures of several runs add up.

use std::collections::BTreeSet;
use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};

use serde_json::{Value, json};

/// Goes through the seeds of a campaign; `few` of them in the short form. What each one says is counted.
pub fn each(campaign: &str, few: u64, mut run: impl FnMut(u64) -> Value) {
    let range = std::env::var("HINOMI_FAULTS").ok().map(|text| {
        let (from, to) = text.split_once("..").expect("HINOMI_FAULTS is FROM..TO");
        from.parse::<u64>().expect("a number")..to.parse::<u64>().expect("a number")
    });
    let log = std::env::var_os("HINOMI_FAULTS_LOG");
    let lines = log.as_ref().and_then(|log| fs::read_to_string(log).ok()).unwrap_or_default();
    let done: BTreeSet<u64> = lines
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter(|line| line["campaign"] == campaign && line["said"]["wrong"].is_null())
        .filter_map(|line| line["seed"].as_u64())
        .collect();
    let mut sum = std::collections::BTreeMap::<String, u64>::new();
    let mut wrong = Vec::new();
    for seed in range.unwrap_or(0..few).filter(|seed| !done.contains(seed)) {
        // The other seeds are gone through all the same. What is wrong was told where it was found.
        let said = catch_unwind(AssertUnwindSafe(|| run(seed))).unwrap_or_else(|_| {
            wrong.push(seed);
            json!({ "wrong": 1 })
        });
        for (name, count) in said.as_object().expect("counts") {
            *sum.entry(name.clone()).or_default() += count.as_u64().expect("a count");
        }
        if let Some(log) = &log {
            let mut file = OpenOptions::new().create(true).append(true).open(log).expect("the log");
            writeln!(file, "{}", json!({ "campaign": campaign, "seed": seed, "said": said }))
                .expect("written");
        }
    }
    println!("{campaign}: {sum:?}");
    assert!(wrong.is_empty(), "{campaign}: wrong with the seeds {wrong:?}");
}

/// Numbers that follow from a seed (splitmix64).
pub struct Dice(u64);

impl Dice {
    pub fn of(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x5851_f42d_4c95_7f2d)
    }

    pub fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % end.max(1)
    }

    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[usize::try_from(self.below(from.len() as u64)).expect("a place")]
    }
}
