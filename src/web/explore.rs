//! `/explore`: a manager chooses an indicator, a period, a breakdown and a moment; chart, table and
//! definition come back. No script; works on a telephone.

use axum::Router;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use maud::{Markup, PreEscaped, html};
use serde::Deserialize;

use super::asked::{Asked, BadQuery};
use super::figures::Block;
use super::{App, chart, errors, gather, marks, numbers, panel, plain, table, words};
use crate::answer::AnswerError;
use crate::catalog::indicator::{Indicator, Shape};
use crate::draw::chart::{Size, Theme};
use crate::epi::clock::jst;

pub fn router() -> Router<App> {
    Router::new().route("/explore", get(explore))
}

#[derive(Clone, Debug, Default, Deserialize)]
struct Form {
    indicator: Option<String>,
    from: Option<String>,
    to: Option<String>,
    by: Option<String>,
    bands: Option<String>,
    against: Option<String>,
    as_of: Option<String>,
}

/// The indicator shown to who has not chosen one.
const FIRST: &str = "new_cases_received";

async fn explore(State(app): State<App>, form: Result<Query<Form>, QueryRejection>) -> Response {
    let Ok(Query(form)) = form else {
        return errors::page(
            StatusCode::BAD_REQUEST,
            "条件が読めません",
            "The conditions can't be read",
            app.hall.notes,
            &app.hall.assets,
        );
    };
    let catalog = &app.parts.catalog;
    let chosen = form.indicator.as_deref().unwrap_or(FIRST);
    let Some(indicator) =
        catalog.indicators.get(chosen).or_else(|| catalog.indicators.values().next()).cloned()
    else {
        let (ja, en) = ("指標がありません", "No indicator is defined");
        return errors::page(StatusCode::NOT_FOUND, ja, en, app.hall.notes, &app.hall.assets);
    };
    let asked = Asked {
        from: form.from.clone(),
        to: form.to.clone(),
        as_of: form.as_of.clone(),
        by: form.by.clone().filter(|by| indicator.by.contains(by)),
        bands: form.bands.clone().filter(|_| indicator.bands.is_some()),
        against: form.against.clone().filter(|_| !indicator.against.is_empty()),
        ..Asked::default()
    };
    let (status, result) = match asked.question(&indicator, &app) {
        Err(BadQuery(why)) => (StatusCode::BAD_REQUEST, wrong("条件が正しくありません", &why)),
        Ok(question) => match app.parts.answers.ask(&question).await {
            Ok(answer) => (StatusCode::OK, shown(&app, gather::block(&answer, catalog), &form).await),
            Err(error) => refused(&question.indicator, &error),
        },
    };
    let content = html! {
        h1 { "調べる" small lang="en" { "Explore" } }
        (choices(&app, &indicator, &form))
        (result)
    };
    (status, plain::page("調べる", &content, app.hall.notes, &app.hall.assets)).into_response()
}

fn wrong(ja: &str, en: &str) -> Markup {
    html! { section.wrong role="alert" { p { (ja) } p lang="en" { (en) } } }
}

/// A question that can't be asked is the asker's to mend; the rest is ours and goes to the log.
fn refused(indicator: &str, error: &AnswerError) -> (StatusCode, Markup) {
    if error.is_asker_s() {
        return (StatusCode::BAD_REQUEST, wrong("条件が正しくありません", &error.to_string()));
    }
    tracing::error!(indicator, %error, "a question could not be answered");
    (StatusCode::SERVICE_UNAVAILABLE, wrong("集計できませんでした", "the figures could not be computed"))
}

fn choices(app: &App, chosen: &Indicator, form: &Form) -> Markup {
    let value = |text: &Option<String>| text.clone().unwrap_or_default();
    let by = form.by.as_deref().or_else(|| chosen.by.first().map(String::as_str));
    html! {
        form.choices action="/explore" method="get" {
            label.wide {
                span { "指標" small lang="en" { "Indicator" } }
                select name="indicator" {
                    @for indicator in app.parts.catalog.indicators.values() {
                        option value=(indicator.id) selected[indicator.id == chosen.id] {
                            (indicator.title_ja) "（" (indicator.basis) "）"
                        }
                    }
                }
            }
            label { span { "から" small lang="en" { "From" } } input type="date" name="from" value=(value(&form.from)); }
            label { span { "まで" small lang="en" { "To" } } input type="date" name="to" value=(value(&form.to)); }
            @if !chosen.by.is_empty() {
                label {
                    span { "区切り" small lang="en" { "By" } }
                    select name="by" {
                        @for one in &chosen.by { option value=(one) selected[by == Some(one)] { (words::by(one)) } }
                    }
                }
            }
            @if chosen.bands.is_some() {
                label {
                    span { "年齢区分" small lang="en" { "Age bands" } }
                    select name="bands" {
                        @for one in app.parts.catalog.bandings_of(chosen) {
                            option value=(one.id) selected[form.bands.as_ref() == Some(&one.id)] { (one.ja) }
                        }
                    }
                }
            }
            @if !chosen.against.is_empty() {
                label {
                    span { "比較" small lang="en" { "Against" } }
                    select name="against" {
                        @for one in &chosen.against {
                            option value=(one.name()) selected[form.against.as_deref() == Some(one.name())] { (one.ja()) }
                        }
                    }
                }
            }
            label {
                span { "いつの時点で" small lang="en" { "As of" } }
                input type="datetime-local" name="as_of" value=(value(&form.as_of));
            }
            button type="submit" { "表示" small lang="en" { "Show" } }
        }
    }
}

async fn shown(app: &App, block: Block, form: &Form) -> Markup {
    let now = app.parts.clock.now();
    let past = form.as_of.as_deref().is_some_and(|t| !t.trim().is_empty());
    let (block, picture) = match tokio::task::spawn_blocking(move || (drawn(&block), block)).await {
        Ok((picture, block)) => (block, picture),
        Err(_) => return wrong("図を描けませんでした", "the chart could not be drawn"),
    };
    let about = &block.about;
    let today = jst(now).date();
    html! {
        section.result {
            h2 { (about.title.ja) small lang="en" { (about.title.en) } }
            p.facts {
                span.basis { (about.basis) }
                span { (block.from) " – " (block.to) }
                @if let Some((against, first, last)) = block.against {
                    span { "比較 " (against.ja_of(block.from, block.to)) " " (first) " – " (last) @if block.unlike { " 比較不可（祝日・年末年始は平日と比べない）" } }
                }
                span.asof.past[past] { (words::moment(block.as_of)) " 時点" @if past { "（過去の時点）" } }
                span { "データ版 " (block.batch.0) }
                @if let Some(found) = block.held_back() { span.past { "取込保留 " (words::held_back(found)) } }
            }
            @if let Some(picture) = picture { div.picture { (picture) } }
            @if about.shape == Shape::Value && block.table.rows.len() == 1 { (single(&block)) }
            @else if block.table.rows.is_empty() { p { "この期間のデータはありません" small lang="en" { "No data in this period" } } }
            @else { (table::full(&block)) }
            (links(&block, form))
            (definition(&block))
            ul.sources {
                @for source in &block.sources {
                    li {
                        (source.title) " " (marks::mark(source.state, None))
                        @if let Some(found) = source.held_back { " 取込保留 " (words::held_back(found)) }
                        @if let Some(at) = source.last_delivery { " 最終受信 " (words::time_seen_from(at, today)) }
                    }
                }
            }
        }
    }
}

fn drawn(block: &Block) -> Option<Markup> {
    if block.table.rows.is_empty() {
        return None;
    }
    let chart = chart::of(chart::natural(block)?, block, None, false)?;
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
                        @if name.ends_with("_hours") { small { "時間" } }
                    }
                }
            }
        }
    }
}

fn links(block: &Block, form: &Form) -> Markup {
    let mut query = String::new();
    let against = block.against.map(|(against, ..)| against.name());
    let fields = [
        ("from", form.from.as_deref()),
        ("to", form.to.as_deref()),
        ("by", block.by.as_deref().filter(|_| form.by.is_some())),
        ("bands", block.bands.as_deref().filter(|_| form.bands.is_some())),
        ("against", against.filter(|_| form.against.is_some())),
        ("as_of", form.as_of.as_deref()),
    ];
    for (name, value) in fields {
        let Some(value) = value.filter(|v| !v.trim().is_empty()) else { continue };
        query += &format!("&{name}={}", encoded(value));
    }
    let path = format!("/api/v1/indicators/{}", block.about.id);
    let pictured = chart::natural(block).is_some();
    html! {
        p.links {
            "ファイル "
            @for (format, name) in [("csv&bom=1", "CSV (Excel)"), ("json", "JSON"), ("arrow", "Arrow"), ("parquet", "Parquet")] {
                a href=(format!("{path}?format={format}{query}")) { (name) } " "
            }
            @if pictured {
                @for kind in ["svg", "png"] { a href=(format!("{path}.{kind}?{}", query.trim_start_matches('&'))) { (kind.to_uppercase()) } " " }
            }
        }
    }
}

/// Percent-encoding for the few characters that dates and times have beyond the plain ones.
fn encoded(text: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_' | b'~' | b':');
    text.bytes().map(|b| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}

fn definition(block: &Block) -> Markup {
    let about = &block.about;
    html! {
        details.definition open {
            summary { "定義" small lang="en" { "Definition" } }
            dl {
                dt { "分子" } dd { (about.numerator) }
                @if let Some(denominator) = &about.denominator { dt { "分母" } dd { (denominator) } }
                dt { "対象" } dd { (about.basis) }
                dt { "日付" } dd { (about.date) }
                dt { "単位" } dd { (words::unit(about.unit)) }
                @if about.lag_days > 0 { dt { "確定まで" } dd { (about.lag_days) "日" } }
                @for reference in &about.reference {
                    dt { "目安" } dd { (reference.label_ja()) " " (numbers::decimal(reference.value, usize::from(reference.value.fract() != 0.0))) (words::unit(about.unit)) }
                }
                dt { "定義の版" } dd.hash { (about.hash.chars().take(12).collect::<String>()) }
            }
            p lang="en" { (panel::definition(block)) }
            p.links {
                a href=(format!("/explain/{}", about.id)) { "算式・出典・集計文" small lang="en" { "Formula, literature, query" } }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_encoded() {
        assert_eq!(encoded("2026-11-21T10:05"), "2026-11-21T10:05");
        assert_eq!(encoded("a&b=<ｘ>"), "a%26b%3D%3C%EF%BD%98%3E");
    }
}
