//! Asking.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};

use super::cache::{Computed, Failure, Key, Moment};
use super::compared::{not_compared, recorded_since};
use super::error::AnswerError;
use super::given::{self, Chosen, Known, Texts};
use super::handle::{Answers, Result, USUAL_CLOSING, failed, unmade};
use super::lacks::{blank_rows, moves_back};
use super::memory::LedgerView;
use super::named::named;
use super::overlaps::{self, overlapping};
use super::peopled::{Lacks, lacking};
use super::question::{Answer, FreshState, Freshness, Question};
use super::range::{Asked, resolve};
use super::settled::{last_settled, settle};
use super::to_date::whole_minute;
use super::undated::days_of;
use super::untold;
use crate::definitions::Catalog;
use crate::definitions::given::POPULATION_LACKS;
use crate::definitions::indicator::Indicator;
use crate::definitions::mapping::{Mapping, Title};
use crate::epi::clock::{from_jst, jst};
use crate::epi::reason::Reason;
use crate::measure;
use crate::measure::method::{Beside, Days, Making};
use crate::store::{AsOf, BatchId, Param, Query, Store, StoreError};

impl Answers {
    /// Answers one question. `as_of` none: the latest; what lies in the future is refused. Before the first batch: no facts.
    pub async fn ask(&self, question: &Question) -> Result<Arc<Answer>, AnswerError> {
        self.ask_at(question, self.0.clock.now(), self.0.store.latest()).await
    }

    /// Answers as of one "now" and one data version: the parts of a composite answer agree with each other.
    pub(super) fn ask_at<'a>(
        &'a self,
        question: &'a Question,
        now: Timestamp,
        latest: BatchId,
    ) -> BoxFuture<'a, Result<Arc<Answer>>> {
        self.answer(question, now, latest).boxed()
    }

    async fn answer(&self, question: &Question, now: Timestamp, latest: BatchId) -> Result<Arc<Answer>> {
        let indicator = self.indicator(question)?;
        let mut asked = resolve(&self.0.catalog, indicator, question, now)?;
        // How fresh the sources are is judged at the moment asked for, whatever the figures are as of.
        let (told_at, told_now) = (asked.as_of, asked.as_of >= now);
        let ledger = self.ledger_at(&indicator.id, told_at, told_now).await?;
        let extent = self.extent(indicator, &question.disease, &ledger, told_at);
        let batch_at = if told_now { latest } else { self.known_at(&indicator.id, told_at, latest)? };
        let mut lacks = self.parts_lacking(indicator, question, &ledger, &extent, batch_at).await?;
        // What is of today so far ends where its sources ended today.
        let of_today =
            |until: &Timestamp| indicator.names("like_day") && jst(*until).date() == jst(told_at).date();
        let moves = |until: &Timestamp| moves_back(&self.0.catalog, indicator) || of_today(until);
        if let Some(until) = extent.ended().filter(moves) {
            // Of the time after, nobody has told: the figures are as of the moment up to which they have.
            let then = Question { as_of: Some(until), ..question.clone() };
            match resolve(&self.0.catalog, indicator, &then, now) {
                Ok(then) => asked = then,
                Err(_) => lacks.nothing = true,
            }
        }
        if !indicator.lists_items() {
            // Of a total of all time whatever part of it.
            let first = if indicator.takes_period() { asked.from } else { Date::MIN };
            lacks.in_part = extent.gap_notes(first, asked.to.min(asked.as_of_day));
        }
        asked.mute.clone_from(&extent.mute);
        if indicator.is_of_last_night() {
            asked.as_of = from_jst(asked.as_of_day.at(0, 0, 0, 0));
        }
        let is_now = asked.as_of >= now;
        let batch = if asked.as_of >= told_at || extent.ended().is_some() && !indicator.is_of_last_night() {
            batch_at
        } else {
            self.known_at(&indicator.id, asked.as_of, latest)?
        };
        if is_now && matches!(indicator.making(), Some(Making::Stretches)) {
            asked.as_of = whole_minute(asked.as_of);
        }
        let computed = self.computed(indicator, question, &asked, batch, is_now).await?;
        let asked_of = (question.disease.as_str(), asked.by.as_deref());
        let own_sources = self.sources_of(indicator, asked_of, told_at, &ledger);
        let told = self.has_records_of(indicator, &question.disease, batch).await?;
        let days = days_of(indicator, &computed.rows, (asked.from, asked.to));
        let by = (asked.bands.as_deref(), &*ledger);
        let mut caveats_of_parts = Vec::new();
        let mut left_out = self.left_out(indicator, &question.disease, batch, days, by).await?;
        let (rows, sources) = match indicator.making() {
            Some(Making::Items) => {
                let (rows, sources, of_parts) = self.against(&computed.rows, question, now, latest).await?;
                left_out.undated = of_parts.undated;
                caveats_of_parts = of_parts.caveats;
                (rows, sources)
            }
            Some(Making::Stretches) => {
                let rows = self.to_date(indicator, question, &asked, batch, &extent).await?;
                (if told { rows } else { rows.slice(0, 0) }, own_sources)
            }
            _ if !told || lacks.nothing || !extent.is_told() => {
                (blank_rows(indicator, &computed.rows), own_sources)
            }
            _ => (computed.rows.clone(), own_sources),
        };
        let rows = named(rows, indicator, self.catalog()).map_err(|why| unmade(&indicator.id, &why))?;
        let rows = self
            .emptied(rows, indicator, &asked, question, &extent, &lacks)
            .map_err(|why| unmade(&indicator.id, &why))?;
        let end = |first| self.end_of(&asked, &question.disease, first);
        let rows = self.nobody_known(rows, indicator, &left_out, end);
        let rows = rows.and_then(|rows| self.nobody_dated(rows, indicator, &left_out));
        let rows = rows.map_err(|why| unmade(&indicator.id, &why))?;
        let rows = untold::limited(&rows, indicator).map_err(|why| unmade(&indicator.id, &why))?;
        let mut caveats = self.caveats(indicator, &question.disease, batch, &extent, days).await?;
        caveats.extend(overlaps::note(computed.overlapping).into_iter().chain(caveats_of_parts));
        let mut of_people: Vec<(Date, Date)> =
            asked.against.iter().map(|(_, first, last)| (*first, *last)).collect();
        of_people.push(if indicator.takes_period() {
            (asked.from, asked.to)
        } else {
            (asked.as_of_day, asked.as_of_day)
        });
        let rows = match computed.lacks.of_days(&of_people) {
            Some(lacks) => {
                let rows = untold::instead(
                    &rows,
                    indicator,
                    |said| said.starts_with(Reason::NoPopulation.ja()),
                    &lacks.ja,
                );
                caveats.push(lacks);
                rows.map_err(|why| unmade(&indicator.id, &why))?
            }
            None => rows,
        };
        let named_instant = indicator.names("as_of_at");
        let as_of = if named_instant { computed.as_of } else { asked.as_of };
        // Spans so far end there too.
        let of_spans = extent.ended().filter(|_| matches!(indicator.making(), Some(Making::Stretches)));
        let as_of = of_spans.map_or(as_of, |until| as_of.min(until));
        let closing = self.0.closing.get().copied().unwrap_or(USUAL_CLOSING);
        // A figure that is of an earlier moment was told when its sources spoke.
        let told_by = if asked.as_of < told_at && !indicator.is_of_last_night() { told_at } else { as_of };
        let ended = extent.ended().filter(|_| !indicator.lists_items());
        let seen = ended.and_then(|_| extent.said()).map_or(as_of, |said| told_by.min(said));
        let settled = last_settled(indicator.lag_days, seen, closing);
        let whole = extent.whole_day().filter(|_| !indicator.lists_items());
        let settled = whole.map_or(settled, |whole| settled.min(whole));
        let rows = settle(rows, indicator, asked.by.as_deref(), settled)
            .map_err(|why| unmade(&indicator.id, &why))?;
        let mut untold: Vec<Title> = lacks.notes.into_iter().chain(lacks.in_part).collect();
        if untold.is_empty() {
            untold.extend(self.unsaid(indicator, &rows, &ledger, asked.by.as_deref()));
        }
        let not_compared = not_compared(indicator, &asked, computed.since, &extent);
        let yesterday = asked.as_of_day.saturating_sub(1.day());
        let open = indicator.names("like_day") && settled < yesterday;
        let rows = if open { untold::not_closed(&rows) } else { Ok(rows) };
        let rows = rows.map_err(|why| unmade(&indicator.id, &why))?;
        Ok(Arc::new(Answer {
            indicator: indicator.held_for(&question.disease),
            from: asked.from,
            to: asked.to,
            by: asked.by,
            bands: asked.bands,
            against: asked.against,
            unlike: asked.unlike,
            not_compared,
            as_of,
            judged_at: told_at,
            batch,
            rows,
            sources,
            undated: left_out.undated,
            caveats,
            settled,
            untold,
        }))
    }

    /// The last batch that was known at an instant, none after `latest`.
    pub(super) fn known_at(&self, indicator: &str, at: Timestamp, latest: BatchId) -> Result<BatchId> {
        let batch = self.0.store.batch_at(at);
        let batch = batch.map_err(|error| failed(indicator, Failure::Store(Arc::new(error))))?;
        Ok(batch.min(latest))
    }

    /// May this be asked now? Nothing is worked out.
    pub fn check(&self, question: &Question) -> Result<(), AnswerError> {
        let indicator = self.indicator(question)?;
        resolve(&self.0.catalog, indicator, question, self.now())?;
        Ok(())
    }

    /// The query that a question comes to now, for those who measure or explain it.
    pub fn query(&self, question: &Question) -> Result<Query, AnswerError> {
        let indicator = self.indicator(question)?;
        let asked = resolve(&self.0.catalog, indicator, question, self.0.clock.now())?;
        let at = (&self.0.store, self.0.store.latest(), self.deadline());
        let known = self.0.worked_out.of(&self.0.catalog, indicator, at);
        let known = known.map_err(|error| failed(&indicator.id, Failure::Store(error)))?;
        query(&self.0.catalog, &self.0.texts, indicator, question, &asked, &known)
            .map_err(|error| failed(&indicator.id, Failure::Store(Arc::new(error))))
    }

    fn indicator(&self, question: &Question) -> Result<&Arc<Indicator>, AnswerError> {
        let none = || AnswerError::NoIndicator { indicator: question.indicator.chars().take(80).collect() };
        self.0.catalog.indicator(&question.indicator).ok_or_else(none)
    }

    /// How fresh each source of the catalog was at an instant, or is now.
    pub async fn freshness(&self, at: Option<Timestamp>) -> Result<Vec<Freshness>, AnswerError> {
        let now = self.0.clock.now();
        let at = at.unwrap_or(now).min(now);
        let ledger = self.ledger_at("freshness", at, at >= now).await?;
        let taken = self.0.catalog.mappings.values().filter(|m| self.takes(m));
        let all: Vec<Freshness> = taken.map(|m| self.judged(m, &ledger, at)).collect();
        // A ward that has not said which sources it takes is not reminded of those that it may not have.
        let unsaid = self.0.taken.get().is_none() && all.iter().any(|f| f.state != FreshState::Never);
        // One whose files were all refused or wait has spoken too, though nothing was taken.
        let came = |f: &Freshness| {
            f.state != FreshState::Never
                || ledger.states.iter().any(|s| s.source == f.source)
                || f.waiting.is_some()
        };
        Ok(all.into_iter().filter(|f| !unsaid || came(f)).collect())
    }

    /// How many queries went to the store: a question answered from memory adds none.
    pub fn queries_run(&self) -> u64 {
        self.0.ran.load(Ordering::Relaxed)
    }

    pub(super) async fn computed(
        &self,
        indicator: &Arc<Indicator>,
        question: &Question,
        asked: &Asked,
        batch: BatchId,
        is_now: bool,
    ) -> Result<Arc<Computed>, AnswerError> {
        let key = key(indicator, question, asked, batch, is_now);
        let work = async {
            let (question, asked, as_of) = (question.clone(), asked.clone(), asked.as_of);
            self.0.ran.fetch_add(1, Ordering::Relaxed);
            let inner = Arc::clone(&self.0);
            let days = Days { from: asked.from, to: asked.to, view: asked.as_of_day };
            let indicator = Arc::clone(indicator);
            let what = kind(&indicator.id, &asked, batch < self.0.store.latest());
            let run = move |store: &Store| {
                let (catalog, deadline) = (&inner.catalog, inner.limits.deadline);
                let known = inner.worked_out.of(catalog, &indicator, (store, batch, deadline))?;
                let query = query(catalog, &inner.texts, &indicator, &question, &asked, &known)?;
                let rows = store.query(&query, AsOf::Batch(batch), deadline)?;
                let since = recorded_since(&indicator, &known, &asked.mute);
                let overlapping = overlapping(&indicator, &known, &question.disease, &asked);
                let beside = Beside { catalog, disease: &question.disease, days };
                let made = measure::apply(&indicator, rows, &beside);
                let lacks = if indicator.reads(POPULATION_LACKS) {
                    lacking(catalog, &known)
                } else {
                    Lacks::default()
                };
                let made = made.map_err(|why| StoreError::Query { query: query.id, why: why.to_string() });
                Ok((made?, lacks, since, overlapping))
            };
            let (rows, lacks, since, overlapping) = self.in_turn(&what, run).await?;
            Ok(Arc::new(Computed { rows, as_of, lacks, since, overlapping }))
        };
        let computed = self.0.cache.get_or_work(self.1, key, work).await;
        computed.map_err(|failure| failed(&indicator.id, failure))
    }

    /// How fresh each source behind an indicator was at an instant by what its mapping promises.
    pub(super) async fn freshness_behind(
        &self,
        indicator: &Indicator,
        at: Timestamp,
    ) -> Result<Vec<Freshness>> {
        let ledger = self.ledger_at(&indicator.id, at, at >= self.now()).await?;
        Ok(self.behind(indicator).map(|m| self.promised(m, &ledger, at)).collect())
    }

    pub(super) async fn ledger_at(
        &self,
        indicator: &str,
        at: Timestamp,
        is_now: bool,
    ) -> Result<Arc<LedgerView>> {
        self.view_at(at, is_now).await.map_err(|failure| failed(indicator, failure))
    }

    /// The sources behind an indicator that the ward takes.
    fn behind(&self, indicator: &Indicator) -> impl Iterator<Item = &Arc<Mapping>> {
        self.0.catalog.sources_of(indicator).into_iter().filter(move |m| self.takes(m))
    }

    /// The sources behind an indicator that had spoken by then; all of them when none had. Where none of those had that it
    /// counts, what the others say makes nothing up to date: they stand there too.
    fn sources_of(
        &self,
        indicator: &Indicator,
        (disease, by): (&str, Option<&str>),
        at: Timestamp,
        ledger: &LedgerView,
    ) -> Vec<Freshness> {
        let judged = |m: &Arc<Mapping>| {
            let mut own = self.judged(m, ledger, at);
            // What was held back of a source is said only beside what it could change.
            if !self.catalog().is_touched(indicator, m, disease, by) {
                own.held_back = None;
            }
            (indicator.counts_of(m), own)
        };
        let all: Vec<(bool, Freshness)> = self.behind(indicator).map(judged).collect();
        let never = |(_, source): &(bool, Freshness)| source.state == FreshState::Never;
        let silent = all.iter().all(never);
        let untold = all.iter().filter(|(counted, _)| *counted).all(never);
        let waits = |of: &(bool, Freshness)| of.1.waiting.is_some();
        let shown = all.into_iter().filter(|of| silent || !never(of) || untold && of.0 || waits(of));
        shown.map(|(_, source)| source).collect()
    }

    pub(super) fn takes(&self, mapping: &Mapping) -> bool {
        self.0.taken.get().is_none_or(|taken| taken.contains(&mapping.source))
    }

    /// Do the settings name the sources that the ward takes?
    pub(super) fn takes_named(&self) -> bool {
        self.0.taken.get().is_some()
    }
}

/// Questions that cost about the same: one figure, broken down alike, over as many days by order of magnitude, now or in
/// the past.
fn kind(indicator: &str, asked: &Asked, past: bool) -> String {
    let days = (asked.to - asked.from).get_days().max(1).ilog2();
    let by = asked.by.as_deref().unwrap_or_default();
    let past = if past { " past" } else { "" };
    format!("{indicator} {by} 2^{days}{past}")
}

fn key(indicator: &Indicator, question: &Question, asked: &Asked, batch: BatchId, is_now: bool) -> Key {
    let moment = if indicator.names("as_of_at") {
        if is_now {
            Moment::Minute(asked.as_of.as_second().div_euclid(60))
        } else {
            Moment::Instant(asked.as_of)
        }
    } else if indicator.names("as_of_day") || indicator.names("like_day") {
        Moment::Day(asked.as_of_day)
    } else {
        Moment::None
    };
    Key {
        indicator: indicator.id.clone(),
        definition: indicator.hash.clone(),
        batch,
        from: asked.from,
        to: asked.to,
        by: asked.by.clone(),
        bands: asked.bands.clone(),
        against: asked.against.map(|(against, ..)| against),
        disease: question.disease.clone(),
        moment,
        mute: asked.mute.clone(),
    }
}

fn query(
    catalog: &Catalog,
    texts: &Texts,
    indicator: &Indicator,
    question: &Question,
    asked: &Asked,
    known: &Known,
) -> Result<Query, StoreError> {
    let day = |day: Option<_>| day.map_or(Param::Null, Param::Day);
    let compared = asked.against.filter(|_| !asked.unlike);
    let params = [
        ("from", Param::Day(asked.from)),
        ("to", Param::Day(asked.to)),
        ("disease", Param::Text(question.disease.clone())),
        ("as_of_day", Param::Day(asked.as_of_day)),
        ("as_of_at", Param::Instant(asked.as_of)),
        ("like_day", day(asked.like_day)),
        ("by", asked.by.clone().map_or(Param::Null, Param::Text)),
        ("bands", asked.bands.clone().map_or(Param::Null, Param::Text)),
        ("before_from", day(compared.map(|(_, first, _)| first))),
        ("before_to", day(compared.map(|(_, _, last)| last))),
    ];
    let chosen = Chosen {
        by: asked.by.as_deref(),
        bands: asked.bands.as_deref(),
        against: asked.against.map(|(against, ..)| against),
        disease: &question.disease,
        from: asked.from,
        to: asked.to,
        mute: &asked.mute,
    };
    let named = params.into_iter().filter(|(name, _)| indicator.names(name));
    let tables = given::tables(catalog, indicator, &chosen, known);
    let tables =
        tables.map_err(|why| StoreError::Query { query: indicator.id.clone(), why: why.to_string() })?;
    let params = named.map(|(name, value)| (name.to_owned(), value));
    Ok(Query::new(&*indicator.id, texts.get(indicator), params).given(tables))
}
