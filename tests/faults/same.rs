//! What must not matter does not: the order of sources, a batch in two, a delivery twice, a restart in between.

use hinomi::store::{AsOf, Outcome};
use serde_json::json;

use super::seeds::{Dice, each};
use crate::store::room::{BEDS, KEYLESS, Room};

/// Beds of some facilities.
fn beds(dice: &mut Dice) -> Vec<String> {
    let from = dice.below(5);
    (from..from + 2 + dice.below(9)).map(|n| format!("H{n:02},2022-01-01,{}\n", dice.below(90))).collect()
}

fn csv(head: &str, rows: &[String]) -> String {
    format!("{head}{}", rows.concat())
}

const HEAD: &str = "facility,day,secured\n";

/// Everything as it is known now, but for when it became known.
fn now(room: &Room) -> Vec<Vec<String>> {
    [
        "SELECT facility_id, from_day, secured FROM bed_capacity ORDER BY ALL",
        "SELECT sex, published_day FROM cases ORDER BY ALL",
    ]
    .map(|text| room.rows(text, AsOf::Latest))
    .to_vec()
}

#[test]
fn order_halves_repetition_and_restarts_do_not_matter() {
    each("same", 4, |seed| {
        let mut dice = Dice::of(seed);
        let days: Vec<String> = (0..6)
            .map(|_| format!("{},2022-01-{:02}\n", dice.pick(&["M", "F"]), 1 + dice.below(9)))
            .collect();
        let steps: Vec<Vec<String>> = (0..4).map(|_| beds(&mut dice)).collect();
        let open = csv("sex,day\n", &days);

        let plain = Room::new();
        steps.iter().for_each(|rows| drop(plain.deliver(BEDS, &csv(HEAD, rows))));
        plain.accept(KEYLESS, &open);

        // The other source first.
        let other = Room::new();
        other.accept(KEYLESS, &open);
        steps.iter().for_each(|rows| drop(other.deliver(BEDS, &csv(HEAD, rows))));
        assert_eq!(now(&other), now(&plain), "seed {seed}: order");

        // Each batch in two, each delivery twice, a restart after each.
        let mut pieces = Room::new();
        for rows in &steps {
            let (first, second) = rows.split_at(dice.below(rows.len() as u64 + 1) as usize);
            for part in [first, second].into_iter().filter(|part| !part.is_empty()) {
                pieces.deliver(BEDS, &csv(HEAD, part));
                pieces.reopen();
                let again = pieces.deliver(BEDS, &csv(HEAD, part));
                assert_eq!(again.outcome, Outcome::Unchanged, "seed {seed}");
            }
        }
        pieces.accept(KEYLESS, &open);
        // The rows of a multiset have no order.
        let turned: Vec<String> = days.iter().rev().cloned().collect();
        assert_eq!(
            pieces.deliver(KEYLESS, &csv("sex,day\n", &turned)).outcome,
            Outcome::Unchanged,
            "seed {seed}"
        );
        assert_eq!(now(&pieces), now(&plain), "seed {seed}: halves, repetition, restarts");
        for room in [&plain, &other, &pieces] {
            assert_eq!(room.store.verify(&|_| {}).expect("verified").faults, Vec::<String>::new());
        }
        json!({ "rounds": 1 })
    });
}
