//! `/explore`: a manager chooses an indicator, a period, a breakdown, a disease and a moment; chart, table and
//! definition come back. No script needed; works on a telephone.

mod choice;

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use jiff::Timestamp;
use maud::{Markup, PreEscaped, html};

use choice::{Form, carried, encoded, fields, others};

use super::asked::Asked;
use super::explain::no_such_indicator;
use super::hall::Hall;
use super::{App, errors, plain};
use crate::answer::{AnswerError, Crowded, Question, Refusal};
use crate::config::Settings;
use crate::definitions::indicator::{Indicator, Shape, Unit};
use crate::definitions::role::Scale;
use crate::definitions::{Catalog, Word};
use crate::draw::chart::{Size, Theme};
use crate::epi::clock::jst;
use crate::present::facts::Facts;
use crate::present::figures::Block;
use crate::present::{Desk, chart, gather, marks, numbers, table, words};

pub(super) fn router() -> Router<App> {
    Router::new().route("/explore", get(explore))
}

/// The indicator shown to who has not chosen one.
const FIRST: &str = "new_cases_received";

async fn explore(
    State(desk): State<Desk>,
    State(settings): State<Arc<Settings>>,
    State(hall): State<Hall>,
    Asked(form): Asked<Form>,
) -> Response {
    let indicators = &desk.catalog.indicators;
    let chosen = match &form.indicator {
        Some(id) => indicators.get(id),
        None => indicators.get(FIRST).or_else(|| indicators.values().next()),
    };
    let Some(indicator) = chosen.cloned() else { return no_such_indicator(&desk.catalog, &hall) };
    let (status, title, result) = answered(&desk, &settings, hall.clock.now(), &indicator, &form).await;
    let on_record = desk.answers.diseases_on_record().await.ok();
    let content = html! {
        h1 { "調べる" small lang="en" { "Explore" } }
        (others(&desk, &indicator, &form))
        (fields(&desk, &indicator, &form, on_record.as_ref()))
        (result)
    };
    let mut response = (status, plain::page(&title, &content, hall.notes, &hall.assets)).into_response();
    if matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE) {
        response.headers_mut().insert(header::RETRY_AFTER, errors::AGAIN);
    }
    response
}

/// The figures, or why there are none; with the page's title.
async fn answered(
    desk: &Desk,
    settings: &Settings,
    now: Timestamp,
    indicator: &Arc<Indicator>,
    form: &Form,
) -> (StatusCode, String, Markup) {
    let name = words::titled(&indicator.title_ja, &indicator.basis);
    let question = match form.choices.clone().question(indicator, &desk.disease) {
        Ok(question) => question,
        Err(why) => return (StatusCode::BAD_REQUEST, name, refused(&why)),
    };
    match desk.answers.ask(&question).await {
        Ok(answer) => {
            let block = gather::block(&answer, &desk.catalog);
            let disease = disease_of(&desk.catalog, indicator, &question);
            let facts = Facts::of(settings, &desk.catalog, &question.disease, &block);
            let title = format!("{name} {disease} {}", period(&block));
            (StatusCode::OK, title, shown(desk, now, block, facts, &disease, form).await)
        }
        Err(AnswerError::Refused(why)) => (StatusCode::BAD_REQUEST, name, refused(&why)),
        Err(AnswerError::Crowded { why, .. }) => (errors::busy(why), name, busy(why)),
        Err(error) => {
            tracing::error!(indicator = indicator.id, %error, "a question could not be answered");
            let wrong =
                wrong("集計できませんでした", "the figures could not be computed", &Markup::default());
            (StatusCode::SERVICE_UNAVAILABLE, name, wrong)
        }
    }
}

/// The disease of the figures, by name.
fn disease_of(catalog: &Catalog, indicator: &Indicator, question: &Question) -> String {
    if !indicator.takes_disease() {
        return catalog.glossary.ja(Word::AllDiseases).to_owned();
    }
    catalog.disease_ja(&question.disease).to_owned()
}

/// The days that the figures are of; of what is of one moment, that.
fn period(block: &Block) -> String {
    match block.about.ranged {
        true if block.from == block.to => block.from.to_string(),
        true => format!("{} – {}", block.from, block.to),
        false => format!("{} 時点", words::moment(block.as_of)),
    }
}

fn wrong(ja: &str, en: &str, more: &Markup) -> Markup {
    html! { section.wrong role="alert" { p { (ja) } p lang="en" { (en) } (more) } }
}

fn busy(why: Crowded) -> Markup {
    let (ja, en) = why.said();
    wrong(ja, en, &Markup::default())
}

fn refused(why: &Refusal) -> Markup {
    wrong(&why.ja, &why.en, &errors::accepted(why))
}

async fn shown(
    desk: &Desk,
    now: Timestamp,
    block: Block,
    facts: Facts,
    disease: &str,
    form: &Form,
) -> Markup {
    let glossary = &desk.catalog.glossary;
    let turn = match desk.answers.turn("drawing a page").await {
        Ok(turn) => turn,
        Err(AnswerError::Crowded { why, .. }) => return busy(why),
        Err(_) => None,
    };
    let drawing = tokio::task::spawn_blocking(move || {
        let _turn = turn;
        (drawn(&block, &facts), block)
    });
    let Ok((picture, block)) = drawing.await else {
        return wrong("図を描けませんでした", "the chart could not be drawn", &Markup::default());
    };
    let about = &block.about;
    let today = jst(now).date();
    let past = form.as_of.is_some();
    html! {
        section.result {
            h2 { (about.title.ja) " " span.disease { (disease) } small lang="en" { (about.title.en) } }
            p.facts {
                span.basis { (about.basis) }
                @if about.ranged { span { (period(&block)) } }
                @if let Some((against, first, last)) = block.against {
                    span { "比較 " (against.ja_of(block.from, block.to)) " " (first) " – " (last) @if let Some(why) = &block.not_compared { " " (why.ja) " " small lang="en" { (why.en) } } }
                }
                span.asof.past[past] { (words::moment(block.as_of)) " 時点" @if past { "（過去の時点）" } }
                span { (glossary.ja(Word::DataVersion)) " " (block.batch.0) }
                @if let Some(found) = block.held_back() { span.past { (glossary.ja(Word::HeldBack)) " " (words::held_back(found)) } }
                @for said in words::waiting_of(&block.sources) { span.past { (said.ja) " " small lang="en" { (said.en) } } }
                @if !block.untold.is_empty() { span.past { @for said in &block.untold { (said.ja) " " small lang="en" { (said.en) } " " } } }
                @for said in &block.caveats { span.past { (glossary.ja(Word::Caveats)) " " (said.ja) " " small lang="en" { (said.en) } } }
                @if !block.undated.is_empty() { span.past { (glossary.ja(Word::Undated)) " " (words::undated_in_full(&block.undated)) } }
            }
            @if let Some(picture) = &picture { div.picture { (picture) } }
            @if about.shape == Shape::Value && block.table.rows.len() == 1 { (single(&block)) }
            @else if block.table.rows.is_empty() { p { "該当するデータはありません" small lang="en" { "No data" } } }
            @else {
                p.hint { "表: " (about.title.ja) " " (disease) " " (period(&block)) }
                (table::full(&block))
            }
            (links(&block, picture.is_some(), desk, form))
            (definition(&block, &desk.catalog, form))
            ul.sources {
                @for source in &block.sources {
                    li {
                        (source.title) " " (marks::mark(source.state, None))
                        @if let Some(found) = source.held_back { " " (glossary.ja(Word::HeldBack)) " " (words::held_back(found)) }
                        @if let Some(at) = source.last_delivery { " 最終受信 " (words::time_seen_from(at, today)) }
                    }
                }
            }
        }
    }
}

fn drawn(block: &Block, facts: &Facts) -> Option<Markup> {
    if block.table.rows.is_empty() {
        return None;
    }
    let mut chart = chart::of(chart::natural(block)?, block, None, false)?;
    facts.onto(&mut chart.caption);
    let size = Size { width: 1000, height: 520, text: 20.0 };
    match crate::draw::svg(&chart, size, Theme::Light) {
        Ok(svg) => Some(PreEscaped(svg)),
        Err(error) => {
            tracing::error!(indicator = %block.about.id, %error, "unable to draw a chart");
            None
        }
    }
}

/// One row with many columns reads better downwards.
fn single(block: &Block) -> Markup {
    html! {
        dl.single {
            @for (place, (name, _)) in block.table.columns.iter().enumerate() {
                div {
                    dt { (block.label(name)) }
                    dd {
                        (numbers::figure(&block.table.rows[0][place], block.about.unit))
                        @if block.about.meaning(name).scale == Scale::Like(Unit::Hours) { small { (Unit::Hours.ja()) } }
                    }
                }
            }
        }
    }
}

/// The same figures as files, and as a picture where there is one.
fn links(block: &Block, pictured: bool, desk: &Desk, form: &Form) -> Markup {
    let kept = match desk.catalog.indicators.get(&block.about.id) {
        Some(indicator) => carried(desk, indicator, form),
        None => Vec::new(),
    };
    let query: String =
        kept.into_iter().map(|(name, value)| format!("&{name}={}", encoded(&value))).collect();
    let path = format!("/api/v1/indicators/{}", block.about.id);
    html! {
        p.links {
            "ファイル "
            @for (format, name) in [("excel", "CSV (Excel)"), ("csv", "CSV"), ("json", "JSON"), ("arrow", "Arrow"), ("parquet", "Parquet")] {
                a href=(format!("{path}?format={format}{query}")) { (name) } " "
            }
            @if pictured {
                @for kind in ["svg", "png"] {
                    @let said = query.strip_prefix('&').map(|said| format!("?{said}"));
                    a href=(format!("{path}.{kind}{}", said.unwrap_or_default())) { (kind.to_uppercase()) } " "
                }
            }
        }
    }
}

fn definition(block: &Block, catalog: &Catalog, form: &Form) -> Markup {
    let about = &block.about;
    let (ja, en) = (|word| catalog.glossary.ja(word), |word| catalog.glossary.en(word));
    let made = catalog.indicators.get(&about.id).map(|i| (i.formula_ja(), i.formula_en()));
    let disease = form.choices.disease.as_deref().map(|disease| format!("?disease={}", encoded(disease)));
    let explained = format!("/explain/{}{}", about.id, disease.unwrap_or_default());
    html! {
        details.definition open {
            summary { "定義" small lang="en" { "Definition" } }
            dl {
                dt { "分子" } dd { (about.numerator) }
                @if let Some(denominator) = &about.denominator { dt { "分母" } dd { (denominator) } }
                @if let Some((formula_ja, formula_en)) = made {
                    dt { (ja(Word::Formula)) } dd { (formula_ja) br; small lang="en" { (formula_en) } }
                }
                dt { (ja(Word::Basis)) } dd { (about.basis) }
                dt { (ja(Word::DateOf)) } dd { (about.date) }
                @if !about.unit.ja().is_empty() { dt { (ja(Word::Unit)) } dd { (about.unit.ja()) } }
                @if about.lag_days > 0 { dt { "確定まで" } dd { (about.lag_days) "日" } }
                @for reference in &about.reference {
                    dt { "目安" } dd { (reference.label_ja()) " " (numbers::decimal(reference.value, usize::from(reference.value.fract() != 0.0))) (about.unit.ja()) }
                }
                dt { (ja(Word::DefinitionVersion)) } dd.hash { (about.hash.chars().take(12).collect::<String>()) }
            }
            p.links {
                a href=(explained) { (ja(Word::Formula)) "・" (ja(Word::Sources)) "・" (ja(Word::QuerySql)) small lang="en" { (en(Word::Formula)) ", literature, query" } }
            }
        }
    }
}
