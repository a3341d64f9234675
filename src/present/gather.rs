//! From answers to figures: asks what a board's panels show, and keeps all that stands beside it.

use std::collections::BTreeMap;

use arrow::datatypes::DataType;
use futures_util::future::join_all;
use jiff::civil::Date;
use jiff::{Span, Timestamp, ToSpan};

use super::figures::{
    About, Block, CellKind, Figures, HeadlineFigures, PanelFigures, RowMarks, StripFigures, Table, Urgent,
    word_key,
};
use super::{numbers, words};
use crate::answer::{Answer, AnswerError, Answers, Cell, Freshness, Question, Undated};
use crate::definitions::PanelKind;
use crate::definitions::board::{Board, Panel, StripItem};
use crate::definitions::indicator::{Indicator, Reference, Shape, Unit};
use crate::definitions::mapping::Title;
use crate::definitions::role::{Meaning, Role};
use crate::definitions::{Catalog, Codes};
use crate::draw::font::drawable;
use crate::epi::against::Against;
use crate::epi::clock::{from_jst, jst};
use crate::measure::register::beds_tested::is_better;

/// What gathering needs.
#[derive(Clone)]
pub struct Desk {
    pub answers: Answers,
    pub catalog: std::sync::Arc<Catalog>,
    pub disease: String,
    /// The moment as of which is asked; the latest when absent.
    pub as_of: Option<Timestamp>,
}

/// What a panel leaves to the indicator, and what not.
#[derive(Clone, Copy, Default)]
struct Chosen<'a> {
    by: Option<&'a str>,
    bands: Option<&'a str>,
    against: Option<Against>,
    days: Option<u32>,
}

impl<'a> Chosen<'a> {
    /// For a panel's indicator, and for the one drawn over it.
    fn of(panel: &'a Panel) -> (Self, Self) {
        let drawn_over = Self { by: panel.by.as_deref(), days: panel.days, ..Self::default() };
        (Self { bands: panel.bands.as_deref(), against: panel.against, ..drawn_over }, drawn_over)
    }
}

impl Desk {
    /// All questions that a board asks at a moment, for those who measure them.
    pub fn questions(&self, board: &Board, now: Timestamp) -> Vec<Question> {
        let panels = board.panels.iter().flat_map(|panel| {
            let (chosen, drawn_over) = Chosen::of(panel);
            let over = panel.over.iter().map(move |over| self.question(over, drawn_over, now));
            std::iter::once(self.question(&panel.show, chosen, now)).chain(over)
        });
        let headlines = board.headlines.iter().map(|headline| {
            let chosen = Chosen { by: headline.by.as_deref(), ..Chosen::default() };
            self.question(&headline.show, chosen, now)
        });
        panels.chain(headlines).collect()
    }

    /// The question that a panel asks at a moment.
    fn question(&self, indicator: &str, chosen: Chosen<'_>, now: Timestamp) -> Question {
        let today = jst(now).date();
        let known = self.catalog.indicator(indicator);
        let to = known.map_or(today, |indicator| indicator.last_day(today));
        // A panel's days are those of what takes days: a projection stands over weeks that are past.
        let days = chosen.days.filter(|_| known.is_some_and(|indicator| indicator.takes_period()));
        let from = days.and_then(|days| first_day(to, days));
        Question {
            indicator: indicator.to_owned(),
            from,
            to: from.map(|_| to),
            as_of: self.as_of,
            by: chosen.by.map(str::to_owned),
            bands: chosen.bands.map(str::to_owned),
            against: chosen.against,
            disease: self.disease.clone(),
        }
    }

    async fn block(&self, indicator: &str, chosen: Chosen<'_>, now: Timestamp) -> Result<Block, AnswerError> {
        let answer = self.answers.ask(&self.question(indicator, chosen, now)).await?;
        Ok(block(&answer, &self.catalog))
    }

    /// All figures of a board. A panel that fails keeps what it showed before, and says so.
    pub async fn board(&self, board: &Board, before: Option<&Figures>, now: Timestamp) -> Figures {
        let panels = board.panels.iter().enumerate().map(|(place, panel)| {
            let last = before.and_then(|f| f.panels.get(place)).filter(|p| p.show == panel.show);
            self.panel(panel, last, now)
        });
        let panels = join_all(panels).await;
        let headline = self.headline(board, now).await;
        let batch = panels.iter().filter_map(|p| p.main.as_ref()).map(|b| b.batch).max();
        Figures {
            board: board.id.clone(),
            title: board.title.clone(),
            disease: drawable(self.catalog.disease_of(board, &self.disease)).into_owned(),
            at: now,
            batch: batch.unwrap_or_default(),
            panels,
            headline,
        }
    }

    /// The first sentence of which the rule holds.
    async fn headline(&self, board: &Board, now: Timestamp) -> Option<HeadlineFigures> {
        for headline in &board.headlines {
            let chosen = Chosen { by: headline.by.as_deref(), ..Chosen::default() };
            let Ok(main) = self.block(&headline.show, chosen, now).await else { continue };
            let figures = HeadlineFigures {
                ja: headline.ja.clone(),
                en: headline.en.clone(),
                when: headline.when.clone(),
                main,
            };
            if figures.holds() {
                return Some(figures);
            }
        }
        None
    }

    async fn panel(&self, panel: &Panel, last: Option<&PanelFigures>, now: Timestamp) -> PanelFigures {
        let (chosen, drawn_over) = Chosen::of(panel);
        let main = self.block(&panel.show, chosen, now).await;
        let over = match &panel.over {
            Some(over) => self.block(over, drawn_over, now).await.ok(),
            None => None,
        };
        let (main, failed) = match main {
            Ok(block) => (Some(block), None),
            Err(error) => {
                tracing::error!(indicator = %panel.show, %error, "a panel could not be answered");
                (last.and_then(|p| p.main.clone()), Some("この指標の集計に失敗しました".to_owned()))
            }
        };
        let urgent = main.as_ref().map(|b| self.past_bounds(&panel.show, b, last)).unwrap_or_default();
        let reached = main.as_ref().map(|b| reached(b, last)).unwrap_or_default();
        let trail = match main.as_ref().filter(|_| failed.is_none()) {
            Some(block) => self.trail(panel, block, last, now).await,
            None => Vec::new(),
        };
        let faint = self.is_faint(panel, now).await;
        let week_ago = if failed.is_none() { self.week_ago(panel, main.as_ref(), now).await } else { None };
        PanelFigures {
            show: panel.show.clone(),
            kind: panel.kind,
            title: panel.title.clone(),
            place: panel.at,
            main,
            over,
            urgent,
            bounds: self.bounds(&panel.show),
            reached,
            week_ago,
            trail,
            faint,
            failed,
        }
    }

    /// Whether what lies ahead may not be drawn boldly: past projections were not better than what anyone can reckon.
    async fn is_faint(&self, panel: &Panel, now: Timestamp) -> bool {
        let Some(verdict) = &panel.verdict else { return false };
        let Ok(block) = self.block(verdict, Chosen::default(), now).await else { return true };
        let place = block.place(Role::Verdict);
        let is_better = |row: &Vec<Cell>| place.and_then(|at| row.get(at)?.text()).is_some_and(is_better);
        !block.table.rows.iter().any(is_better)
    }

    /// What a number of this moment was at the end of each of the days before, as it was known then, and is now: the same query,
    /// asked as of then. A day of which nobody had told by then is a gap. What was asked once is not asked again.
    async fn trail(
        &self,
        panel: &Panel,
        block: &Block,
        last: Option<&PanelFigures>,
        now: Timestamp,
    ) -> Vec<(Date, Option<f64>)> {
        if !is_counted(panel, block) || panel.at.height < TALL {
            return Vec::new();
        }
        let today = jst(now).date();
        let same = |panel: &&PanelFigures| {
            panel.main.as_ref().is_some_and(|main| main.about.hash == block.about.hash)
        };
        // The last point is of the day that was not over yet.
        let known: BTreeMap<Date, Option<f64>> = last
            .filter(same)
            .and_then(|panel| panel.trail.split_last())
            .map(|(_, ended)| ended.iter().copied().collect())
            .unwrap_or_default();
        let days = (1..=TRAIL_DAYS).rev().filter_map(|n| today.checked_sub(Span::new().days(n)).ok());
        let past = days.map(|day| {
            let before = known.get(&day).copied();
            async move {
                if let Some(value) = before {
                    return (day, value);
                }
                let end = from_jst(day.saturating_add(1.day()).at(0, 0, 0, 0));
                (day, self.value_as_of(panel, end).await)
            }
        });
        let mut points = join_all(past).await;
        points.push((today, numbers::number(block.first_of(Role::Value))));
        points
    }

    /// What nobody had told of by then is no figure of then.
    async fn value_as_of(&self, panel: &Panel, then: Timestamp) -> Option<f64> {
        let question =
            Question { as_of: Some(then), by: panel.by.clone(), ..Question::of(&panel.show, &self.disease) };
        let answer = match self.answers.ask(&question).await {
            Ok(answer) => answer,
            Err(error) => {
                tracing::warn!(indicator = panel.show, %then, %error, "what a number was can't be told");
                return None;
            }
        };
        if !answer.untold.is_empty() {
            return None;
        }
        numbers::number(&answer.cell_of(0, Role::Value))
    }

    /// What a number of this moment was a week ago, as it was known then: asked once an hour, since it is of the full hour.
    async fn week_ago(&self, panel: &Panel, main: Option<&Block>, now: Timestamp) -> Option<f64> {
        const HOUR: i64 = 3_600;
        const WEEK: i64 = 7 * 24 * HOUR;
        main.filter(|block| is_counted(panel, block))?;
        let then = Timestamp::from_second(now.as_second().div_euclid(HOUR) * HOUR - WEEK).ok()?;
        self.value_as_of(panel, then).await
    }

    fn bounds(&self, indicator: &str) -> BTreeMap<String, f64> {
        let items = self.catalog.strip.items.iter().filter(|item| item.show == indicator && item.above > 0.0);
        items.map(|item| (item.column.clone(), item.above)).collect()
    }

    fn past_bounds(&self, indicator: &str, block: &Block, last: Option<&PanelFigures>) -> Vec<String> {
        let had = |item: &StripItem| last.is_some_and(|panel| panel.urgent.contains(&item.column));
        let items = self.catalog.strip.items.iter().filter(|i| i.show == indicator);
        items.filter(|i| past(i, block, had(i)).is_some()).map(|i| i.column.clone()).collect()
    }

    /// The strip, and the state of all sources. `before`: what it showed last.
    pub async fn strip(
        &self,
        troubles: Vec<Title>,
        before: Option<&StripFigures>,
        now: Timestamp,
    ) -> StripFigures {
        let mut blocks: BTreeMap<&str, Option<Block>> = BTreeMap::new();
        let mut faults = Vec::new();
        for item in &self.catalog.strip.items {
            if !blocks.contains_key(item.show.as_str()) {
                let block = self.block(&item.show, Chosen::default(), now).await;
                if let Err(error) = &block {
                    tracing::error!(indicator = %item.show, %error, "the strip could not be answered");
                    faults.push(Title {
                        ja: format!("{} 集計できません", item.text.ja),
                        en: format!("{}: no figure", item.text.en),
                    });
                }
                blocks.insert(&item.show, block.ok());
            }
        }
        let had = |item: &StripItem| {
            let same = |urgent: &Urgent| urgent.indicator == item.show && urgent.column == item.column;
            before.is_some_and(|strip| strip.urgent.iter().any(same))
        };
        let urgent = self.catalog.strip.items.iter().filter_map(|item| {
            let block = blocks.get(item.show.as_str())?.as_ref()?;
            Some(Urgent {
                indicator: item.show.clone(),
                column: item.column.clone(),
                text: item.text.clone(),
                value: past(item, block, had(item))?,
                unit: item.unit.clone(),
            })
        });
        let urgent = urgent.collect();
        let batch = blocks.values().flatten().map(|b| b.batch).max();
        let told = (self.answers.freshness(None).await, self.answers.waiting().await);
        let (systems, waiting, unknown) = match told {
            (Ok(systems), Ok(waiting)) => (systems, waiting, false),
            (Err(error), _) | (_, Err(error)) => {
                tracing::error!(%error, "the state of the sources could not be read");
                faults.push(Title {
                    ja: "系統の状態 不明".to_owned(),
                    en: "state of the sources unknown".to_owned(),
                });
                (Vec::new(), Vec::new(), true)
            }
        };
        faults.extend(waiting.iter().map(|(mapping, why)| words::waiting(&mapping.title, *why)));
        faults.extend(systems.iter().filter_map(|system| self.short(system)));
        let batch = batch.unwrap_or_default();
        StripFigures { at: now, batch, urgent, systems, unknown, troubles, faults }
    }

    /// What the strip says of a source of which more rows are held back than its limit allows.
    fn short(&self, system: &Freshness) -> Option<Title> {
        let found =
            system.held_back.filter(|found| self.catalog.strip.held_back.is_reached(found.rows, found.of))?;
        Some(Title {
            ja: format!("{} 取込保留 {}", system.title, words::held_back(found)),
            en: format!("{}: {} of {} rows held back", system.source, found.rows, found.of),
        })
    }
}

/// Days before today of which a tall tile shows what its number was, and the height in rows from which it has room for them.
const TRAIL_DAYS: i64 = 27;
const TALL: u8 = 4;

/// Is it a number of one moment, which an earlier moment has too?
fn is_counted(panel: &Panel, block: &Block) -> bool {
    let counted =
        matches!(block.about.unit, Unit::Persons | Unit::Count | Unit::Beds | Unit::Percent | Unit::Per100k);
    let told_beside = block.has(Role::LastWeek) || panel.days.is_some();
    panel.kind == PanelKind::Tile && block.about.shape == Shape::Value && counted && !told_beside
}

fn first_day(to: Date, days: u32) -> Option<Date> {
    to.checked_sub(Span::new().days(i64::from(days.max(1)) - 1)).ok()
}

/// The reference values that a figure has reached; one that it had reached before holds until it has gone back by enough.
fn reached(block: &Block, before: Option<&PanelFigures>) -> Vec<f64> {
    let Some(value) = block.latest() else { return Vec::new() };
    let had = |mark: f64| before.is_some_and(|panel| panel.reached.contains(&mark));
    let marks = block.about.reference.iter().filter(|mark| mark.is_reached(value, had(mark.value)));
    marks.map(|mark| mark.value).collect()
}

/// The figure, if it is above the bound; one that was before, until it has gone back by enough.
fn past(item: &StripItem, block: &Block, had: bool) -> Option<f64> {
    let bound = if had { item.above - item.back } else { item.above };
    numbers::number(block.first(&item.column)).filter(|value| *value > bound)
}

/// An answer with its header and the names of its codes.
pub fn block(answer: &Answer, catalog: &Catalog) -> Block {
    let table = table(answer);
    Block {
        about: About::from(&*answer.indicator),
        from: answer.from,
        to: answer.to,
        by: answer.by.clone(),
        bands: answer.bands.clone(),
        against: answer.against,
        unlike: answer.unlike,
        not_compared: answer.not_compared.as_ref().map(said),
        as_of: answer.as_of,
        judged_at: Some(answer.judged_at).filter(|at| *at > answer.as_of),
        batch: answer.batch,
        names: names(&table, &answer.indicator, catalog),
        marks: marks(&table, &answer.indicator, catalog),
        table,
        sources: answer.sources.clone(),
        undated: answer.undated.iter().map(undated).collect(),
        untold: answer.untold.iter().map(said).collect(),
        caveats: answer.caveats.iter().map(said).collect(),
        settled: Some(answer.settled),
    }
}

fn said(said: &Title) -> Title {
    Title { ja: drawable(&said.ja).into_owned(), en: said.en.clone() }
}

fn undated(found: &Undated) -> Undated {
    let text = |text: &str| drawable(text).into_owned();
    let note = found.note.as_ref().map(|note| Title { ja: text(&note.ja), en: note.en.clone() });
    Undated { title: text(&found.title), note, ..found.clone() }
}

impl From<&Indicator> for About {
    fn from(indicator: &Indicator) -> Self {
        let text = |text: &str| drawable(text).into_owned();
        Self {
            id: indicator.id.clone(),
            title: Title { ja: text(&indicator.title_ja), en: indicator.title_en.clone() },
            unit: indicator.unit,
            shape: indicator.shape,
            bars: indicator.bars,
            basis: text(&indicator.basis),
            date: text(&indicator.date),
            numerator: text(&indicator.numerator),
            denominator: indicator.denominator.as_deref().map(text),
            source: indicator.source.clone(),
            lag_days: indicator.lag_days,
            missing: indicator.missing,
            high_is: indicator.high_is,
            reference: indicator
                .reference
                .iter()
                .map(|r| Reference { label: text(&r.label), ..r.clone() })
                .collect(),
            columns: indicator.columns.iter().map(|(name, label)| (name.clone(), text(label))).collect(),
            meanings: meanings(indicator),
            ranged: indicator.takes_period(),
            hash: indicator.hash.clone(),
        }
    }
}

/// What its measure says of its columns; what no measure made is what its name means.
fn meanings(indicator: &Indicator) -> BTreeMap<String, Meaning> {
    let Some(method) = indicator.method() else { return BTreeMap::new() };
    let known = |(name, _): &(String, String)| Some((name.clone(), method.meaning(name)?));
    indicator.columns.iter().filter_map(known).collect()
}

fn table(answer: &Answer) -> Table {
    let schema = answer.rows.schema();
    let columns: Vec<(String, CellKind)> =
        schema.fields().iter().map(|f| (f.name().clone(), kind(f.data_type()))).collect();
    let row = |row: usize| columns.iter().map(|(name, _)| answer.cell(row, name)).collect();
    Table { rows: (0..answer.rows.num_rows()).map(row).collect(), columns }
}

const fn kind(data: &DataType) -> CellKind {
    match data {
        DataType::Boolean => CellKind::Bool,
        DataType::Date32 | DataType::Date64 => CellKind::Day,
        DataType::Timestamp(..) => CellKind::Instant,
        DataType::Float16 | DataType::Float32 | DataType::Float64 => CellKind::Float,
        DataType::Decimal128(..) => CellKind::Decimal,
        DataType::Int8
        | DataType::Int16
        | DataType::Int32
        | DataType::Int64
        | DataType::UInt8
        | DataType::UInt16
        | DataType::UInt32
        | DataType::UInt64 => CellKind::Int,
        _ => CellKind::Text,
    }
}

/// The marks of the items that the table lists.
fn marks(table: &Table, indicator: &Indicator, catalog: &Catalog) -> BTreeMap<String, RowMarks> {
    let item = table.columns.iter().position(|(name, _)| indicator.meaning(name).role == Role::Item);
    let found = table.rows.iter().filter_map(|row| {
        let code = row.get(item?)?.text()?;
        let (_, held) = catalog.scheme_item(code)?;
        let values = held.marks.iter().map(|mark| mark.value).collect();
        Some((code.to_owned(), RowMarks { comparison: held.comparison, values }))
    });
    found.filter(|(_, marks)| !marks.values.is_empty()).collect()
}

/// Only the codes that the table holds, and words of the glossary that are the centre's own: a kept frame stays small,
/// and reads the same when names change.
fn names(table: &Table, indicator: &Indicator, catalog: &Catalog) -> BTreeMap<String, Title> {
    let changed = catalog.glossary.changed();
    let changed =
        changed.map(|(id, term)| (word_key(id), Title { ja: term.ja.clone(), en: term.en.clone() }));
    let mut found: BTreeMap<String, Title> = changed.collect();
    for (place, (column, _)) in table.columns.iter().enumerate() {
        let role = indicator.meaning(column).role;
        for row in &table.rows {
            let crate::answer::Cell::Text(code) = &row[place] else { continue };
            let name: Option<(&str, &str)> = match role {
                Role::Facility => catalog.facilities.get(code).map(|f| (&*f.ja, &*f.en)),
                Role::Item => catalog.scheme_item(code).map(|(_, item)| (&*item.ja, &*item.en)),
                Role::Area => catalog.areas.get(code).map(|a| (&*a.ja, &*a.en)),
                Role::District => catalog.district(code).map(|d| (&*d.ja, &*d.en)),
                Role::Disease => catalog.disease_name(code).map(|name| (name, catalog.disease_en(code))),
                // What the program itself calls so needs no keeping.
                _ => catalog
                    .codes
                    .get(code)
                    .filter(|name| Codes::own().get(code) != Some(*name))
                    .map(|n| (&*n.ja, &*n.en)),
            };
            if let Some((ja, en)) = name {
                let ja = drawable(ja).into_owned();
                found.entry(code.clone()).or_insert_with(|| Title { ja, en: en.to_owned() });
            }
        }
    }
    found
}
