//! Every indicator gives the same rows on a second engine, Apache DataFusion over the archive alone. `tests/fusion/run` runs
//! these; the limits of DataFusion that are met are listed.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::sync::Arc;
use std::time::Duration;

use arrow::array::RecordBatch;
use hinomi::answer::{Answers, Question};
use hinomi::epi::clock::Clock;
use hinomi::store::{AsOf, BatchId, Queries, Query};
use hinomi::synth::{Plan, Scenario};

use super::expected;
use super::ward::{NOW, Ward, time};
use crate::store::fusion::Fusion;
use crate::store::room::lines;

const DEADLINE: Duration = Duration::from_mins(2);

/// Indicators of which the last digits of a fraction may differ, each with the limit of DataFusion that is why. At most five.
const LIMITS: [(&str, &str); 2] = [("rate_by_district", LANES), ("rate_ratio_by_district", LANES)];

/// `sum(population) OVER ()` of fractions.
const LANES: &str = "its sum of floats adds in lanes of the processor, not one row after another";

/// Digits of a fraction that agree all the same.
const DIGITS: usize = 12;

/// What two engines say of the same queries.
struct Compared<'a> {
    ward: &'a Ward,
    other: Fusion,
    /// Queries asked, by the indicator's id.
    asked: BTreeMap<String, u32>,
    /// Rows that came from the first engine: nothing is compared on emptiness unseen.
    rows: BTreeMap<String, usize>,
    differ: BTreeMap<String, Vec<String>>,
    /// Those that differed in the last digits alone, for the limits listed.
    limited: BTreeSet<String>,
}

impl<'a> Compared<'a> {
    fn of(ward: &'a Ward) -> Self {
        let other = Fusion::open(ward.data());
        let (asked, rows) = (BTreeMap::new(), BTreeMap::new());
        Self { ward, other, asked, rows, differ: BTreeMap::new(), limited: BTreeSet::new() }
    }

    fn ask(&mut self, what: &str, query: &Query, as_of: AsOf) {
        *self.asked.entry(query.id.clone()).or_default() += 1;
        let ours = self.ward.store.query(query, as_of, DEADLINE);
        let ours = ours.unwrap_or_else(|error| panic!("{}: {what}: {error}", query.id));
        *self.rows.entry(query.id.clone()).or_default() += ours.num_rows();
        let (ours, theirs) = match self.other.query(query, as_of, DEADLINE) {
            Ok(theirs) if told(&ours) == told(&theirs) => return,
            Ok(theirs)
                if LIMITS.iter().any(|(id, _)| *id == query.id) && nearly(&ours) == nearly(&theirs) =>
            {
                self.limited.insert(query.id.clone());
                return;
            }
            Ok(theirs) => (told(&ours), told(&theirs)),
            Err(error) => (told(&ours), vec![error.to_string()]),
        };
        let at = ours.iter().zip(&theirs).position(|(ours, theirs)| ours != theirs);
        let at = at.unwrap_or(ours.len().min(theirs.len()));
        let line = |lines: &[String]| lines.get(at).cloned().unwrap_or_default();
        self.differ.entry(query.id.clone()).or_default().push(format!(
            "{what} {as_of:?}: {} and {} lines, first in {at}:\n  {}\n  {}",
            ours.len(),
            theirs.len(),
            line(&ours),
            line(&theirs)
        ));
    }

    fn settle(&self) {
        let (asked, queries) = (self.asked.len(), self.asked.values().sum::<u32>());
        let exactly = asked - self.differ.len() - self.limited.len();
        println!("{exactly} of {asked} agree to the last digit in all of {queries} queries");
        let differ = self.differ.iter();
        let differ =
            differ.map(|(id, all)| format!("{id}: {} of {} differ\n{}", all.len(), self.asked[id], all[0]));
        assert!(self.differ.is_empty(), "{}", differ.collect::<Vec<_>>().join("\n"));
    }
}

/// Columns with their types, and then the rows.
fn told(rows: &RecordBatch) -> Vec<String> {
    let schema = rows.schema();
    let columns: Vec<String> =
        schema.fields().iter().map(|field| format!("{} {}", field.name(), field.data_type())).collect();
    std::iter::once(columns.join(", ")).chain(lines(rows)).collect()
}

/// The same with so many digits of each fraction.
fn nearly(rows: &RecordBatch) -> Vec<String> {
    let rounded = |word: &str| match word.parse::<f64>() {
        Ok(number) if word.contains('.') => format!("{number:.DIGITS$e}"),
        _ => word.to_owned(),
    };
    told(rows).iter().map(|line| line.split('|').map(rounded).collect::<Vec<_>>().join("|")).collect()
}

/// The shared queries that stand alone: what they give is given to the indicators.
fn shared(ward: &Ward) -> Vec<Query> {
    let all = &ward.catalog.shared;
    let alone = all.iter().filter(|(_, shared)| shared.stands_alone(all));
    alone.map(|(name, shared)| Query::new(name.as_str(), Arc::clone(&shared.sql), [])).collect()
}

fn moment(ward: &Ward, question: &Question) -> AsOf {
    question.as_of.map_or(AsOf::Latest, |at| AsOf::Batch(ward.store.batch_at(at).expect("a batch")))
}

#[test]
#[ignore = "needs tests/fusion/run"]
fn each_question_with_expected_rows_is_answered_alike() {
    let ward = Ward::told();
    let (answers, _) = ward.answers();
    let mut compared = Compared::of(&ward);
    for (indicator, path) in expected::files() {
        let text = fs::read_to_string(path).expect("readable");
        for line in text.lines().filter(|line| line.starts_with("ask")) {
            let question = expected::question(&indicator, line);
            let query = answers.query(&question).expect("a query");
            compared.ask(line, &query, moment(&ward, &question));
        }
    }
    for query in shared(&ward) {
        compared.ask("shared", &query, AsOf::Latest);
    }
    compared.settle();
}

#[test]
#[ignore = "needs tests/fusion/run"]
fn each_indicator_of_a_demo_is_answered_alike_now_and_as_of_a_batch() {
    let end = NOW.parse().expect("a time");
    let plan = Plan { cases: 3_000, days: 200, ..Plan::of(Scenario::Pandemic, end) };
    let disease = hinomi::synth::main_disease(plan.scenario);
    let ward = Ward::synthetic(plan, 30);
    let latest = ward.store.latest();
    let moments = [AsOf::Latest, AsOf::Batch(BatchId(latest.0 * 2 / 3)), AsOf::Batch(BatchId(latest.0 / 3))];
    let answers = Answers::new(ward.store.clone(), Arc::clone(&ward.catalog), Clock::fixed(time(NOW)));
    let mut compared = Compared::of(&ward);
    for query in shared(&ward) {
        moments.iter().for_each(|as_of| compared.ask("shared", &query, *as_of));
    }
    for indicator in ward.catalog.indicators.values() {
        let choices: Vec<Option<String>> = match indicator.by.as_slice() {
            [] => vec![None],
            all => all.iter().cloned().map(Some).collect(),
        };
        for by in choices {
            let question = Question { by, ..Question::of(&indicator.id, disease) };
            let query = answers.query(&question).expect("a query");
            let what = question.by.as_deref().unwrap_or("-");
            moments.iter().for_each(|as_of| compared.ask(what, &query, *as_of));
        }
    }
    let empty: Vec<&String> =
        compared.rows.iter().filter(|(_, rows)| **rows == 0).map(|(id, _)| id).collect();
    println!("without any row: {empty:?}");
    compared.settle();
    for (id, limit) in LIMITS {
        assert!(compared.limited.contains(id), "{id} agrees to the last digit: it is not limited ({limit})");
    }
}
