//! Of whom a population should be told and is not. A rate over people of whom some are missing would be too high: it is none, and
//! says who is missing.
//!
//! What there should be: all districts that the ward has, both sexes, the ages up to 90 and over, as far as a month is told by
//! them. Nobody of an age is a row that says 0. Single years are missed up to 79, where any other group has them; older people
//! may be nobody of one year. A population all of ten years of age is told by no ages.

use std::collections::{BTreeMap, BTreeSet};

use arrow::array::RecordBatch;
use jiff::civil::Date;

use super::cells::cell_of;
use super::question::Cell;
use crate::definitions::Catalog;
use crate::definitions::given::POPULATION_TOLD;
use crate::definitions::mapping::Title;

/// From here on a single year may have nobody.
const OLD: i64 = 80;
/// Ages from here on are one.
const TOP: i64 = 90;
/// So many groups are named one by one.
const NAMED: usize = 3;

/// Who is missing, of all months that are told.
#[derive(Clone, Debug, Default)]
pub(super) struct Lacks {
    months: Vec<Date>,
    /// In words, of the months that lack somebody.
    said: BTreeMap<Date, Title>,
    pub missing: Vec<Missing>,
}

/// Somebody of whom the population is not told: a single year of age where there are such, else ten years.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Missing {
    pub month: Date,
    pub district: Option<String>,
    pub sex: Option<String>,
    pub decade: Option<i64>,
    pub age: Option<i64>,
}

/// District and sex.
type Group = (Option<String>, Option<String>);

/// Of each group its tens of years, and the single years within them as binary digits.
type Told = BTreeMap<Group, BTreeMap<Option<i64>, Option<i64>>>;

/// What a group lacks of ten years: all of them, or single ones.
struct Short {
    group: Group,
    decade: Option<i64>,
    whole: bool,
    ages: Vec<Option<i64>>,
}

/// Who is missing, by what the facts and the definitions say.
pub(super) fn lacking(catalog: &Catalog, known: &BTreeMap<String, RecordBatch>) -> Lacks {
    known.get(POPULATION_TOLD).map_or_else(Lacks::default, |rows| missing(rows, catalog))
}

fn missing(rows: &RecordBatch, catalog: &Catalog) -> Lacks {
    let cell = |name: &str, row: usize| rows.column_by_name(name).map_or(Cell::Null, |c| cell_of(c, row));
    let text = |name: &str, row: usize| cell(name, row).text().map(str::to_owned);
    let mut months: BTreeMap<Date, Told> = BTreeMap::new();
    let mut years: BTreeMap<Option<i64>, i64> = BTreeMap::new();
    for row in 0..rows.num_rows() {
        let Some(month) = cell("month", row).day() else { continue };
        let (decade, own) = (cell("age_decade", row).int(), cell("years", row).int());
        let group = (text("district", row), text("sex", row));
        *years.entry(decade).or_default() |= own.unwrap_or_default();
        months.entry(month).or_default().entry(group).or_default().insert(decade, own);
    }
    let mut districts: BTreeSet<String> =
        months.values().flat_map(BTreeMap::keys).filter_map(|(district, _)| district.clone()).collect();
    districts.extend(catalog.domains.districts.all().iter().map(|district| district.code.clone()));
    let mut lacks = Lacks { months: months.keys().copied().collect(), ..Lacks::default() };
    for (month, told) in &months {
        let groups = expected(told, &districts);
        let short = short(told, &groups, &years);
        if !short.is_empty() {
            lacks.said.insert(*month, in_words(&short, told, &groups, catalog));
        }
        for of in short {
            lacks.missing.extend(of.ages.into_iter().map(|age| Missing {
                month: *month,
                district: of.group.0.clone(),
                sex: of.group.1.clone(),
                decade: of.decade,
                age,
            }));
        }
    }
    lacks
}

/// What the groups of a month lack. `years`: the single years that any group of any month has.
fn short(told: &Told, groups: &[Group], years: &BTreeMap<Option<i64>, i64>) -> Vec<Short> {
    let seen: Vec<i64> = years.keys().copied().flatten().collect();
    let by_age = seen.len() > 1;
    let ages: Vec<_> = told.values().flatten().filter(|(decade, _)| decade.is_some()).collect();
    let by_year = ages.iter().any(|(_, years)| years.is_some());
    let tens: Vec<Option<i64>> = match (ages.is_empty(), by_age) {
        (true, _) => vec![None],
        (false, true) => (0..=TOP).step_by(10).map(Some).collect(),
        (false, false) => seen.into_iter().map(Some).collect(),
    };
    let mut short = Vec::new();
    for (group, decade) in groups.iter().flat_map(|group| tens.iter().map(move |decade| (group, *decade))) {
        let had = told.get(group).and_then(|own| own.get(&decade));
        let usual = years.get(&decade).copied().unwrap_or_default();
        let ages = match (had, decade.filter(|_| by_year)) {
            (None, None) => vec![None],
            (None, Some(first)) => single(first, if by_age { all(first) } else { usual }),
            (Some(Some(own)), Some(first)) if first < OLD => single(first, usual & !own),
            _ => continue,
        };
        if !ages.is_empty() {
            short.push(Short { group: group.clone(), decade, whole: had.is_none(), ages });
        }
    }
    short
}

/// The groups that a month should have, by what it is told by.
fn expected(told: &Told, districts: &BTreeSet<String>) -> Vec<Group> {
    let by_district = told.keys().any(|(district, _)| district.is_some());
    let by_sex = told.keys().any(|(_, sex)| sex.is_some());
    let districts: Vec<Option<String>> =
        if by_district { districts.iter().cloned().map(Some).collect() } else { vec![None] };
    let sexes: Vec<Option<String>> =
        if by_sex { ["M", "F"].map(|sex| Some(sex.to_owned())).to_vec() } else { vec![None] };
    let pairs = districts.iter().flat_map(|district| sexes.iter().map(move |sex| (district, sex)));
    pairs.map(|(district, sex)| (district.clone(), sex.clone())).collect()
}

/// Each year of these ten, as binary digits.
fn all(first: i64) -> i64 {
    if first >= TOP { 1 } else { (1 << 10) - 1 }
}

fn single(first: i64, digits: i64) -> Vec<Option<i64>> {
    (0..10).filter(|place| digits & (1 << place) != 0).map(|place| Some(first + place)).collect()
}

/// Whole districts, whole sexes and whole tens of years first, then the others.
fn in_words(short: &[Short], told: &Told, groups: &[Group], catalog: &Catalog) -> Title {
    let absent = |group: &&Group| !told.contains_key(*group);
    // Of all groups alike in one thing none is there.
    let gone = |of: fn(&Group) -> &Option<String>| -> BTreeSet<String> {
        let there: BTreeSet<&String> =
            groups.iter().filter(|group| !absent(group)).filter_map(|g| of(g).as_ref()).collect();
        let all = groups.iter().filter_map(|group| of(group).as_ref());
        all.filter(|one| !there.contains(one)).cloned().collect()
    };
    let (districts, sexes) = (gone(|group| &group.0), gone(|group| &group.1));
    let is_gone = |group: &Group| {
        group.0.as_ref().is_some_and(|one| districts.contains(one))
            || group.1.as_ref().is_some_and(|one| sexes.contains(one))
    };
    let left = groups.iter().filter(|group| !is_gone(group)).count();
    let mut by_ten: BTreeMap<i64, usize> = BTreeMap::new();
    for of in short.iter().filter(|of| of.whole && !is_gone(&of.group)) {
        *by_ten.entry(of.decade.unwrap_or(-1)).or_default() += 1;
    }
    let tens: BTreeSet<i64> =
        by_ten.into_iter().filter(|(ten, groups)| *ten >= 0 && *groups == left).map(|(ten, _)| ten).collect();
    let district = |code: &String| match catalog.district(code) {
        Some(district) => Title { ja: district.ja.clone(), en: district.en.clone() },
        None => Title { ja: code.clone(), en: code.clone() },
    };
    let mut said: Vec<Title> = districts.iter().map(district).collect();
    said.extend(sexes.iter().map(|sex| sex_of(sex)));
    said.extend(tens.iter().map(|ten| ten_of(*ten)));
    let mut others: Vec<Title> = Vec::new();
    for of in
        short.iter().filter(|of| !is_gone(&of.group) && of.decade.is_none_or(|ten| !tens.contains(&ten)))
    {
        let group = of.group.0.as_ref().map(district).into_iter().chain(of.group.1.as_deref().map(sex_of));
        let (ja, en): (Vec<String>, Vec<String>) = group.map(|title| (title.ja, title.en)).unzip();
        let age = match (of.whole, &of.ages[..], of.decade) {
            (false, [Some(age)], _) => Title { ja: format!("{age}歳"), en: format!("age {age}") },
            (false, _, Some(ten)) => {
                let ten = ten_of(ten);
                Title { ja: format!("{}の一部", ten.ja), en: format!("some of {}", ten.en) }
            }
            (_, _, Some(ten)) if told.contains_key(&of.group) => ten_of(ten),
            // Nobody of the group is there.
            _ => Title { ja: String::new(), en: String::new() },
        };
        let of_group = if ja.is_empty() || age.ja.is_empty() { "" } else { "の" };
        others.push(Title {
            ja: format!("{}{of_group}{}", ja.join("・"), age.ja),
            en: format!("{} {}", en.join(" "), age.en).trim().to_owned(),
        });
    }
    others.dedup();
    let more = others.len().saturating_sub(NAMED);
    said.extend(others.into_iter().take(NAMED));
    let line =
        |part: fn(&Title) -> &str, between: &str| said.iter().map(part).collect::<Vec<_>>().join(between);
    let (ja, en) = (line(|title| &title.ja, "、"), line(|title| &title.en, ", "));
    match more {
        0 => Title { ja, en },
        n => Title { ja: format!("{ja}、ほか{n}区分"), en: format!("{en} and {n} other groups") },
    }
}

fn sex_of(code: &str) -> Title {
    let (ja, en) = if code == "M" { ("男", "men") } else { ("女", "women") };
    Title { ja: ja.to_owned(), en: en.to_owned() }
}

fn ten_of(first: i64) -> Title {
    match first {
        0 => Title { ja: "10歳未満".into(), en: "under 10".into() },
        TOP => Title { ja: "90歳以上".into(), en: "90 and over".into() },
        ten => Title { ja: format!("{ten}代"), en: format!("{ten}s") },
    }
}

impl Lacks {
    /// What the population of these days lacks, in words: each day has that of the month last told, the first month also the days
    /// before it.
    pub(super) fn of_days(&self, days: &[(Date, Date)]) -> Option<Title> {
        let is_of = |(at, month): (usize, &Date)| {
            let next = self.months.get(at + 1);
            days.iter()
                .any(|(first, last)| (at == 0 || month <= last) && next.is_none_or(|next| next > first))
        };
        let months = self.months.iter().enumerate();
        let short: Vec<(&Date, &Title)> =
            months.filter(|of| is_of(*of)).filter_map(|(_, month)| self.said.get_key_value(month)).collect();
        let (month, said) = short.last()?;
        let (others, others_en) = match short.len() - 1 {
            0 => (String::new(), String::new()),
            n => (format!("、ほか{n}か月"), format!(", and in {n} other months")),
        };
        Some(Title {
            ja: format!("人口に欠け（{}の人口に{}がない{others}）", month.strftime("%Y年%-m月"), said.ja),
            en: format!("the population of {} lacks {}{others_en}", month.strftime("%Y-%m"), said.en),
        })
    }
}

#[cfg(test)]
mod tests;
