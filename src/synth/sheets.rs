//! The other systems' files: the ledger of care, the hospitals' reports, the plan of beds, the register of
//! residents, the list of facilities, events.

use super::case::{Case, Place, Severity, Stay, Urgency};
use super::csv::{push_line, push_quoted_line};
use super::disease::Disease;
use super::form::push_number;
use super::identity::{Dice, Identity};
use super::moment::{Day, DayTexts, Minute, Style, era_ja};
use super::ward::{Capacity, DISTRICTS, FACILITIES, FacilityKind, residents};

const CRLF: &str = "\r\n";

pub(super) const LEDGER: [&str; 16] = [
    "No.",
    "HER-SYS ID",
    "療養回",
    "疾病名",
    "氏名",
    "電話",
    "療養区分",
    "施設コード",
    "療養先名称",
    "区内",
    "優先度",
    "重症度",
    "重症度の基準",
    "開始日時",
    "終了日時",
    "備考",
];

/// Writes rows of the ledger as known at one moment.
pub(super) struct Ledger<'a> {
    pub seed: u64,
    pub at: Minute,
    pub diseases: &'static [Disease],
    pub days: &'a DayTexts,
}

impl Ledger<'_> {
    pub(super) fn header(out: &mut String) {
        push_line(out, &LEDGER, CRLF);
    }

    /// `nth`: which of the case's stays it is, from 1.
    pub(super) fn row(&self, out: &mut String, case: &Case, stay: &Stay, nth: u32) {
        let mut dice = Dice::new(self.seed, case.number);
        let person = Identity::of(case, &mut dice);
        let facility = stay.facility.and_then(|f| FACILITIES.get(usize::from(f)));
        let place = match stay.place {
            Place::Undecided => "療養先調整中",
            Place::Awaiting => "入院調整中",
            Place::Hospital if dice.once_in(5) => "入院",
            Place::Hospital => "入院中",
            Place::Hotel if dice.once_in(3) => "ホテル",
            Place::Hotel => "宿泊療養",
            Place::Home if dice.once_in(6) => "自宅",
            Place::Home => "自宅療養",
            Place::Facility => "社会福祉施設等",
        };
        let severity = stay.severity_at(self.at);
        let number = case.number.to_string();
        let (mut from, mut to, mut name) = (String::new(), String::new(), String::new());
        self.days.push_minute(&mut from, stay.from);
        self.days.push_minute(&mut to, stay.to_as_known(self.at));
        name.push_str(person.surname.0);
        name.push_str(person.given.0);
        let cells: [&str; 16] = [
            &number,
            &number,
            &nth.to_string(),
            self.diseases[usize::from(case.disease)].ja,
            &name,
            &person.phone,
            place,
            facility.map_or("", |f| f.id),
            facility.map_or("", |f| f.ja),
            match (stay.place, facility) {
                (_, Some(f)) if f.district.is_some() => "○",
                (_, Some(_)) => "×",
                (Place::Home, None) if case.district.is_none() => "×",
                (Place::Home, None) => "○",
                _ => "",
            },
            match stay.urgency {
                Some(Urgency::Emergency) => "緊急",
                Some(Urgency::Today) => "当日",
                Some(Urgency::Standby) => "待機",
                None => "",
            },
            match severity {
                Severity::Moderate1 if dice.once_in(4) => "中等症I",
                Severity::Moderate2 if dice.once_in(4) => "中等症II",
                severity => severity.ja(),
            },
            match (stay.place, facility) {
                (Place::Hospital, Some(f)) if f.severe_share >= 0.2 => "国",
                (Place::Hospital, _) => "都",
                _ => "診断時",
            },
            &from,
            &to,
            if dice.once_in(9) { "訓練: 本人へ電話済, 資料送付" } else { "" },
        ];
        push_line(out, &cells, CRLF);
    }
}

/// What one hospital says of its beds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct BedReport {
    pub hospital: usize,
    pub at: Minute,
    pub occupied: u32,
    pub secured: u32,
    pub severe: u32,
}

pub(super) fn bed_reports(out: &mut String, disease: &str, days: &DayTexts, reports: &[BedReport]) {
    let heads = [
        "医療機関コード",
        "医療機関名",
        "対象疾病",
        "報告日時",
        "入院者数",
        "うち確保病床",
        "うち重症",
        "重症の基準",
        "報告者",
        "電話",
    ];
    push_quoted_line(out, &heads, CRLF);
    for report in reports {
        let facility = &FACILITIES[report.hospital];
        let mut at = String::new();
        days.push_minute(&mut at, report.at);
        let cells = [
            facility.id,
            facility.ja,
            disease,
            &at,
            &report.occupied.to_string(),
            &report.secured.to_string(),
            &report.severe.to_string(),
            if facility.severe_share >= 0.2 { "国" } else { "都" },
            "訓練　太郎",
            "03-0000-0000",
        ];
        push_quoted_line(out, &cells, CRLF);
    }
}

pub(super) fn capacity(out: &mut String, disease: &str, days: &DayTexts, plan: &[Capacity]) {
    let heads = [
        "医療機関コード",
        "医療機関名",
        "対象疾病",
        "適用開始日",
        "確保病床数",
        "即応病床数",
        "即応病床数（最終フェーズ）",
        "うち重症者用確保病床",
        "うち重症者用即応病床",
    ];
    push_line(out, &heads, CRLF);
    for row in plan {
        let facility = &FACILITIES[row.hospital];
        let cells = [
            facility.id,
            facility.ja,
            disease,
            days.get(row.from, Style::Era),
            &row.secured.to_string(),
            &row.ready.to_string(),
            &row.final_phase.to_string(),
            &row.secured_severe.to_string(),
            &row.ready_severe.to_string(),
        ];
        push_line(out, &cells, CRLF);
    }
}

/// The register on the first of a month.
pub(super) fn population(out: &mut String, month: Day, total: u32) {
    push_line(out, &["市区町村", "基準日", "地区", "性別", "年齢", "人口"], CRLF);
    let date = era_ja(month);
    for row in residents(total) {
        let district = DISTRICTS[row.district].ja;
        push_line(out, &["東京都港区", &date, district, if row.female { "女" } else { "男" }], ",");
        push_number(out, u32::from(row.age));
        out.push_str(if row.age >= 90 { "歳以上," } else { "," });
        push_number(out, row.persons);
        out.push_str(CRLF);
    }
}

pub(super) fn facilities(out: &mut String) {
    push_line(out, &["施設コード", "施設名", "種別", "区内", "地区", "電話"], "\n");
    for facility in &FACILITIES {
        let kind = match facility.kind {
            FacilityKind::Hospital => "病院",
            FacilityKind::Hotel => "宿泊療養施設",
            FacilityKind::CareHome => "高齢者施設",
        };
        let cells = [
            facility.id,
            facility.ja,
            kind,
            if facility.district.is_some() { "○" } else { "×" },
            facility.district.map_or("", |d| DISTRICTS[d].ja),
            "03-0000-0000",
        ];
        push_line(out, &cells, "\n");
    }
}

/// One event: when, what, where (a class of facility).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Event {
    pub day: Day,
    pub what: &'static str,
    pub class: &'static str,
}

pub(super) fn events(out: &mut String, events: &[Event]) {
    push_line(out, &["年月日", "できごと", "施設区分"], CRLF);
    for event in events {
        push_line(out, &[&era_ja(event.day), event.what, event.class], CRLF);
    }
}
