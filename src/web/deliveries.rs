//! What was delivered, on `/admin`: the ledger, and row by row what was held back of a delivery, with column and reason.
//! Never a value.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use jiff::civil::Date;
use maud::{Markup, html};

use super::asked::{Asked, Named, Pairs, QueryString};
use super::hall::Hall;
use super::{errors, plain};
use crate::answer::Refusal;
use crate::definitions::{Catalog, Word};
use crate::epi::clock::jst;
use crate::intake::fault::{Fault, FaultKind, Unread};
use crate::present::{numbers, reasons, words};
use crate::store::{DeliveryEntry, Outcome, Receipt, Store, StoreError};

/// Rows of a delivery on the status page, and on a page of its own.
const FEW: usize = 20;
const PAGE: usize = 100;
/// Deliveries whose rows the status page names.
const NAMED: usize = 10;

/// The latest deliveries of which rows were held back, or cells could not be read, with the first of those. Blocks.
pub(super) fn short(store: &Store, entries: &[DeliveryEntry]) -> Result<Vec<DeliveryEntry>, StoreError> {
    let mut found = Vec::new();
    for entry in entries {
        let Some(whole) = store.delivery(entry.receipt.delivery)? else { continue };
        let receipt = &whole.receipt;
        if receipt.quarantined > 0 || !receipt.unread.is_empty() || !receipt.left_out.is_empty() {
            found.push(whole);
        }
        if found.len() == NAMED {
            break;
        }
    }
    Ok(found)
}

/// The rows held back of the latest deliveries, and the cells that could not be read.
pub(super) fn held_back(found: &[DeliveryEntry], catalog: &Catalog, today: Date) -> Markup {
    html! {
        @if found.is_empty() { p { "最近の受信にはありません " small lang="en" { "None in the latest deliveries" } } }
        @for entry in found {
            @let receipt = &entry.receipt;
            h3 {
                (words::time_seen_from(entry.received_at, today)) " " (title(catalog, &entry.source)) " "
                small { (entry.name) }
            }
            p {
                (count(receipt.rows)) "行中 " b { (count(receipt.quarantined)) "行" } " 取込保留・" (outcome(&receipt.outcome))
            }
            @let shown = &receipt.faults[..receipt.faults.len().min(FEW)];
            (rows(shown))
            (unread(&receipt.unread))
            (left_out(receipt))
            (more(receipt.delivery, shown.len(), receipt.quarantined))
        }
    }
}

/// Cells that count as unknown, by column and reason.
fn unread(cells: &[Unread]) -> Markup {
    html! {
        @if !cells.is_empty() {
            ul.told {
                @for one in cells {
                    @if one.kind == FaultKind::NoLineEnd {
                        li { (one.kind.ja()) "（" (row_numbers(one)) "）" }
                    } @else {
                        li {
                            (one.column) ": " b { (count(one.cells)) "件" }
                            @if !one.kind.keeps_value() { " 読めず「不明」とした" }
                            "（" (one.kind.ja()) "。記入" (count(one.filled)) "件中" @if !one.rows.is_empty() { "、" (row_numbers(one)) } "）"
                        }
                    }
                }
            }
        }
    }
}

/// Rows of the file that are not counted, by the reason.
fn left_out(receipt: &Receipt) -> Markup {
    html! {
        @if !receipt.absent.is_empty() {
            p { "ファイルにない列（その列による数は出しません）: " (receipt.absent.join("・")) }
        }
        @for one in &receipt.left_out_counts {
            @let of = receipt.left_out.iter().filter(|left| left.why == one.why);
            @let named: Vec<String> = of.take(FEW).map(|left| count(left.row)).collect();
            @let more = one.rows.saturating_sub(named.len() as u64);
            p {
                "数えずに除いた行（" (one.why.ja()) "）: " (count(one.rows)) "行（行 " (named.join("・"))
                @if more > 0 { " ほか" (count(more)) "行" }
                "）"
            }
        }
    }
}

/// The rows of the first cells: `行 3・9・12 ほか`.
fn row_numbers(one: &Unread) -> String {
    let named: Vec<String> = one.rows.iter().map(|row| count(*row)).collect();
    let more = if one.cells > one.rows.len() as u64 { " ほか" } else { "" };
    format!("行 {}{more}", named.join("・"))
}

fn more(delivery: u64, shown: usize, all: u64) -> Markup {
    let left = all.saturating_sub(shown as u64);
    html! {
        p.links { a href=(format!("/admin/deliveries/{delivery}")) {
            @if left > 0 { "ほか" (count(left)) "行: " }
            "この受信を詳しく見る" small lang="en" { "The whole delivery" }
        } }
    }
}

/// Row, column, reason.
fn rows(faults: &[Fault]) -> Markup {
    html! {
        @if !faults.is_empty() {
            div.wide { table {
                thead { tr { th.number { "行" } th { "列" } th { "理由" } } }
                tbody {
                    @for fault in faults {
                        tr {
                            td.number { (count(fault.row)) }
                            td { @if fault.column.is_empty() { "（行全体）" } @else { (fault.column) } }
                            td {
                                (fault.kind.ja())
                                @if let Some(other) = fault.other { "（" (count(other)) "行目）" }
                                " " small lang="en" { (fault.kind.reason()) }
                            }
                        }
                    }
                }
            } }
        }
    }
}

/// The ledger.
pub(super) fn ledger(entries: &[DeliveryEntry], catalog: &Catalog, today: Date) -> Markup {
    html! {
        @if entries.is_empty() { p { "まだ何も届いていません " small lang="en" { "Nothing has been delivered yet" } } }
        @else {
            div.wide { table {
                thead { tr {
                    th { "受信" } th { "系統" } th { "名前" } th { "結果" } th.number { "行" } th.number { "取込保留" }
                    th.number { "追加" } th.number { "終了" }
                } }
                tbody {
                    @for entry in entries {
                        @let receipt = &entry.receipt;
                        tr {
                            td { a href=(format!("/admin/deliveries/{}", receipt.delivery)) { (words::time_seen_from(entry.received_at, today)) } }
                            td { (title(catalog, &entry.source)) " " small { (entry.source) } }
                            td.words { (entry.name) }
                            td.words { (outcome(&receipt.outcome)) }
                            td.number { (count(receipt.rows)) }
                            td.number { @if receipt.quarantined > 0 { b { (count(receipt.quarantined)) } } @else { "0" } }
                            td.number { (count(receipt.opened)) }
                            td.number { (count(receipt.closed)) }
                        }
                    }
                }
            } }
        }
    }
}

/// The page of a long list.
pub(super) struct Turned(usize);

impl QueryString for Turned {
    const NAMES: &'static [&'static str] = &["page"];

    fn read(said: &Pairs, _: &Hall) -> Result<Self, Refusal> {
        Ok(Self(said.number("page", 1..=1_000_000)?.unwrap_or(1) as usize))
    }
}

/// `/admin/deliveries/{number}`: all rows that were held back, a hundred a page.
pub(super) async fn delivery(
    State(catalog): State<Arc<Catalog>>,
    State(store): State<Store>,
    State(hall): State<Hall>,
    Named(number): Named,
    Asked(Turned(page)): Asked<Turned>,
) -> Response {
    let (notes, assets) = (hall.notes, &hall.assets);
    let none =
        || errors::page(StatusCode::NOT_FOUND, "この受信はありません", "No such delivery", notes, assets);
    let Ok(number) = number.parse::<u64>() else { return none() };
    let read = move || -> Result<Option<(DeliveryEntry, Vec<Fault>)>, StoreError> {
        let Some(entry) = store.delivery(number)? else { return Ok(None) };
        Ok(Some((entry, store.faults_after(number, (page - 1) * PAGE, PAGE)?)))
    };
    let Ok(found) = tokio::task::spawn_blocking(read).await else { return errors::broken(notes, assets) };
    match found {
        Ok(Some((entry, faults))) if page == 1 || !faults.is_empty() => {
            let today = jst(hall.clock.now()).date();
            let content = whole(&catalog, &entry, &faults, page, today);
            plain::page("受信の記録", &content, notes, assets).into_response()
        }
        Ok(Some(_)) => {
            let (ja, en) = ("このページ（page）はありません", "There is no such page of the list");
            errors::page(StatusCode::NOT_FOUND, ja, en, notes, assets)
        }
        Ok(None) => none(),
        Err(error) => {
            tracing::error!(%error, "the ledger could not be read");
            errors::broken(notes, assets)
        }
    }
}

fn whole(catalog: &Catalog, entry: &DeliveryEntry, faults: &[Fault], page: usize, today: Date) -> Markup {
    let receipt = &entry.receipt;
    let pages = (usize::try_from(receipt.quarantined).unwrap_or(usize::MAX)).div_ceil(PAGE).max(1);
    let link = |to: usize| format!("/admin/deliveries/{}?page={to}", receipt.delivery);
    html! {
        h1 { (title(catalog, &entry.source)) small { (entry.name) } }
        p.facts {
            span { (words::time_seen_from(entry.received_at, today)) " 受信" }
            span { (outcome(&receipt.outcome)) }
            span { (count(receipt.rows)) "行" }
            @if receipt.if_taken && receipt.rows > 0 {
                span { b { "何も取り込んでいません" } " " small lang="en" { "Nothing was taken" } }
                span { "受け取れば: " small lang="en" { "If it were taken:" } }
            }
            @match &receipt.counted {
                Some(counted) => {
                    span { "新規 " (count(counted.new)) } span { "更新 " (count(counted.changed)) }
                    span { "変更なし " (count(receipt.unchanged)) } span { "まとめた行 " (count(counted.merged)) }
                    span { "取下げ " (count(counted.withdrawn)) }
                }
                None => {
                    span { "追加 " (count(receipt.opened)) } span { "終了 " (count(receipt.closed)) }
                    span { "変更なし " (count(receipt.unchanged)) }
                }
            }
            span.past[receipt.quarantined > 0] { "取込保留 " (count(receipt.quarantined)) }
            @if receipt.held > 0 { span { "取り下げを見合わせた行 " (count(receipt.held)) } }
        }
        h2 { (catalog.glossary.ja(Word::HeldRows)) small lang="en" { "Rows held back" } }
        @if faults.is_empty() { p { "ありません" } } @else { (rows(faults)) }
        @if !receipt.fault_counts.is_empty() {
            ul.told {
                @for one in &receipt.fault_counts {
                    li {
                        @if one.column.is_empty() { "行全体" } @else { (one.column) } ": " (one.kind.ja()) " " b { (count(one.rows)) "行" }
                    }
                }
            }
        }
        @if pages > 1 {
            p.links {
                (page) " / " (pages) "ページ "
                @if page > 1 { a href=(link(page - 1)) rel="prev" { "前へ" } " " }
                @if page < pages { a href=(link(page + 1)) rel="next" { "次へ" } }
            }
        }
        @if !receipt.unread.is_empty() {
            h2 { "読めず「不明」とした項目・補った項目" small lang="en" { "Cells that count as unknown, or were mended" } }
            (unread(&receipt.unread))
        }
        (left_out(receipt))
        @if !receipt.merged_rows.is_empty() {
            h2 { "ほかの行にまとめた行" small lang="en" { "Rows merged into another" } }
            (rows(&receipt.merged_rows[..receipt.merged_rows.len().min(PAGE)]))
            @if receipt.merged_rows.len() > PAGE { p { "ほか" (count((receipt.merged_rows.len() - PAGE) as u64)) "行以上" } }
        }
        p.links { a href="/admin" { "状態へ" } }
    }
}

/// A source's name, or its id where the mapping is gone.
pub(super) fn title<'a>(catalog: &'a Catalog, source: &'a str) -> &'a str {
    catalog.mappings.get(source).map_or(source, |mapping| mapping.title.ja.as_str())
}

pub(super) fn outcome(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Accepted => "受入れ".to_owned(),
        Outcome::Unchanged => "変更なし".to_owned(),
        Outcome::Refused(why) => format!("受入拒否: {}", reasons::ja(why)),
        Outcome::Held(why) => format!("保留（確認待ち）: {}", reasons::ja(why)),
    }
}

pub(super) fn count(number: u64) -> String {
    numbers::whole(i64::try_from(number).unwrap_or(i64::MAX))
}
