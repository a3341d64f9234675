//! Made-up figures for the boards as they are defined, in every state that has to be seen.

use std::sync::Arc;

use jiff::civil::{Date, date};
use jiff::{Timestamp, ToSpan};

use hinomi::answer::{Cell, FreshState, Freshness, HeldBack};
use hinomi::definitions::board::Board;
use hinomi::definitions::indicator::{Indicator, Shape};
use hinomi::definitions::mapping::Title;
use hinomi::definitions::{Catalog, Definitions};
use hinomi::present::figures::{
    About, Block, CellKind, Figures, HeadlineFigures, PanelFigures, StripFigures, Table, Urgent,
};
use hinomi::store::BatchId;

/// What a ward's day is like.
#[derive(Clone, Debug)]
pub struct Day {
    /// Multiplies all counts; 0 is a quiet ward.
    pub scale: f64,
    pub hospitals: usize,
    pub long_names: bool,
    pub state: FreshState,
    /// Rows of the first source that are held back, of two thousand.
    pub held_back: u64,
    /// Sources have delivered something at all.
    pub data: bool,
    pub masked: bool,
    /// Yesterday's series went down by this day's correction.
    pub corrected: bool,
    /// A bed count of two hospitals can't be read.
    pub unread: bool,
    /// Why no figure can be given, where none can; else what figures lack.
    pub untold: Option<&'static str>,
    pub lacking: Option<&'static str>,
    /// The index of a panel that can't be answered.
    pub failed: Option<usize>,
    pub urgent: usize,
    pub now: Timestamp,
    /// Moves some numbers.
    pub turn: i64,
}

impl Default for Day {
    fn default() -> Self {
        Self {
            scale: 1.0,
            hospitals: 6,
            long_names: false,
            state: FreshState::Fresh,
            held_back: 0,
            data: true,
            masked: false,
            corrected: false,
            unread: false,
            untold: None,
            lacking: None,
            failed: None,
            urgent: 1,
            now: "2026-11-22T05:05:00Z".parse().expect("a moment"),
            turn: 0,
        }
    }
}

pub fn catalog() -> Arc<Catalog> {
    Arc::new(Catalog::load(&Definitions::embedded()).expect("the catalog"))
}

fn title(ja: &str, en: &str) -> Title {
    Title { ja: ja.into(), en: en.into() }
}

impl Day {
    pub fn board(&self, board: &Board, catalog: &Catalog) -> Figures {
        let panels = board.panels.iter().enumerate().map(|(place, panel)| {
            let failed = self.failed == Some(place);
            let block = |id: &str| {
                let indicator = catalog.indicator(id)?;
                Some(self.block(indicator, panel.by.as_deref(), panel.days))
            };
            let main = if failed { None } else { block(&panel.show) };
            let latest = main.as_ref().and_then(Block::latest);
            let marks = main.iter().flat_map(|main| &main.about.reference);
            let reached = marks.filter(|mark| latest.is_some_and(|value| mark.is_reached(value, false)));
            let number = panel.kind == hinomi::definitions::PanelKind::Tile;
            let waits = catalog.strip.items.iter().filter(|item| item.show == panel.show && item.above > 0.0);
            PanelFigures {
                reached: reached.map(|mark| mark.value).collect(),
                week_ago: latest.filter(|_| number).map(|value| value * 1.25 + 1.0),
                trail: if number && panel.at.height > 3 { self.trail(latest) } else { Vec::new() },
                faint: panel.verdict.is_some(),
                bounds: waits.map(|item| (item.column.clone(), item.above)).collect(),
                show: panel.show.clone(),
                kind: panel.kind,
                title: panel.title.clone(),
                place: panel.at,
                main,
                over: panel.over.as_deref().and_then(block),
                urgent: if self.urgent > 0 { vec!["emergency".to_owned()] } else { Vec::new() },
                failed: failed.then(|| "この指標の集計に失敗しました".to_owned()),
            }
        });
        let headline = board.headlines.iter().find_map(|h| {
            let main = self.block(catalog.indicator(&h.show)?, None, None);
            let said = HeadlineFigures { ja: h.ja.clone(), en: h.en.clone(), when: h.when.clone(), main };
            said.holds().then_some(said)
        });
        Figures {
            board: board.id.clone(),
            title: board.title.clone(),
            disease: "新型コロナウイルス感染症".into(),
            at: self.now,
            batch: BatchId(7),
            panels: panels.collect(),
            headline,
        }
    }

    /// The way that a number has come, with a day of which nobody had told.
    fn trail(&self, latest: Option<f64>) -> Vec<(jiff::civil::Date, Option<f64>)> {
        let Some(latest) = latest else { return Vec::new() };
        let day = |n: i64| date(2026, 11, 22).checked_sub((27 - n).days()).expect("a day");
        (0..28).map(|n| (day(n), (n != 9).then_some(latest * (0.4 + 0.6 * n as f64 / 27.0)))).collect()
    }

    pub fn strip(&self) -> StripFigures {
        let texts = [
            title("入院調整 緊急", "emergency"),
            title("入院調整 最長待ち", "longest wait"),
            title("初回連絡未了 最長", "first contact"),
        ];
        let urgent = texts.into_iter().cycle().take(self.urgent).map(|text| Urgent {
            indicator: "awaiting_admission".into(),
            column: "emergency".into(),
            text,
            value: 1.0 + self.scale.floor(),
            unit: "人".into(),
        });
        let systems =
            ["発生届（HER-SYS）", "感染者管理台帳", "病床報告", "確保病床", "施設一覧", "住民基本台帳"];
        let systems = systems.iter().enumerate().map(|(place, name)| {
            let state = if place < 3 { self.state } else { self.calm() };
            self.source(name, state)
        });
        StripFigures {
            at: self.now,
            batch: BatchId(7),
            urgent: urgent.collect(),
            systems: systems.collect(),
            unknown: false,
            troubles: Vec::new(),
            faults: (self.held_back > 0)
                .then(|| title("発生届（HER-SYS） 取込保留 12件（2,000件中、0.6%）", "rows held back"))
                .into_iter()
                .collect(),
        }
    }

    const fn calm(&self) -> FreshState {
        if self.data { FreshState::Fresh } else { FreshState::Never }
    }

    fn source(&self, name: &str, state: FreshState) -> Freshness {
        let ago = if state == FreshState::Fresh { 5.minutes() } else { 150.minutes() };
        let last = self.now.checked_sub(ago).ok().filter(|_| state != FreshState::Never);
        Freshness {
            source: name.to_owned(),
            title: name.to_owned(),
            last_delivery: last,
            source_time: last,
            expected_by: self.now.checked_sub(90.minutes()).ok(),
            state,
            held_back: Some(HeldBack { rows: self.held_back, of: 2_000 })
                .filter(|held| held.rows > 0 && name.starts_with("発生届")),
            waiting: None,
        }
    }

    fn block(&self, indicator: &Indicator, by: Option<&str>, days: Option<u32>) -> Block {
        let to = date(2026, 11, 22);
        let days = i64::from(days.unwrap_or(indicator.days)) - 1;
        let from = to.checked_sub(days.days()).expect("a day");
        let there = self.data && self.untold.is_none();
        let table = if there { self.table(indicator, by, from, to) } else { empty(indicator) };
        let said = self.untold.or(self.lacking).filter(|_| !indicator.lists_items());
        Block {
            about: About::from(indicator),
            from,
            to,
            by: by.map(str::to_owned).or_else(|| indicator.by.first().cloned()),
            bands: indicator.bands.clone(),
            against: None,
            unlike: false,
            not_compared: None,
            as_of: self.now,
            batch: BatchId(7),
            table,
            undated: Vec::new(),
            untold: said.map(|said| title(said, "not told")).into_iter().collect(),
            caveats: Vec::new(),
            settled: None,
            judged_at: None,
            sources: vec![
                self.source("発生届（HER-SYS）", if self.data { self.state } else { FreshState::Never }),
            ],
            names: self.names(),
            marks: std::collections::BTreeMap::new(),
        }
    }

    fn names(&self) -> std::collections::BTreeMap<String, Title> {
        let mut names = std::collections::BTreeMap::new();
        for n in 0..self.hospitals {
            let name = if self.long_names {
                format!("東京訓練大学医学部附属第{}総合医療センター", n + 1)
            } else {
                format!("訓練{}病院", n + 1)
            };
            names.insert(format!("H{n:03}"), title(&name, "hospital"));
        }
        let areas = ["千代田区", "中央区", "港区", "新宿区", "文京区", "台東区", "墨田区", "江東区"];
        for (code, name) in AREAS.iter().zip(areas) {
            names.insert((*code).to_owned(), title(name, code));
        }
        let districts = ["芝", "麻布", "赤坂", "高輪", "芝浦港南"];
        for (code, name) in ["shiba", "azabu", "akasaka", "takanawa", "shibaura"].iter().zip(districts) {
            names.insert((*code).to_owned(), title(name, code));
        }
        names
    }

    fn count(&self, n: f64) -> Cell {
        if self.masked && n < 10.0 {
            return Cell::Text("*".to_owned());
        }
        Cell::Int((n * self.scale).round() as i64)
    }

    fn table(&self, indicator: &Indicator, by: Option<&str>, from: Date, to: Date) -> Table {
        match indicator.shape {
            Shape::Value => self.value(indicator),
            Shape::Series => self.series(indicator, by, from, to),
            Shape::Breakdown => self.breakdown(indicator),
            Shape::Pyramid => self.pyramid(),
            Shape::Heat => self.heat(),
            Shape::Table => self.rows(indicator),
        }
    }

    fn value(&self, indicator: &Indicator) -> Table {
        let bases = [42.0, 31.0, 18.0, 402.0, 6.0, 9.0, 3.0, 12.0];
        let percent = indicator.id.starts_with("bed_occupancy");
        let mut columns = Vec::new();
        let mut row = Vec::new();
        for (place, (name, _)) in indicator.columns.iter().enumerate() {
            let cell = match name.as_str() {
                "value" if percent && self.scale == 0.0 => Cell::Float(0.0),
                "value" if percent => Cell::Float(78.3),
                "value" if indicator.id == "under_care" => self.count(466.0),
                "value" if indicator.id == "awaiting_admission" => self.count(3.0),
                "value" => self.count(bases[0] + self.turn as f64),
                "today" => self.count(2.0),
                "standby" => self.count(1.0),
                "emergency" => Cell::Int((self.scale.ceil()) as i64),
                "closed" => Cell::Bool(true),
                "reason" if self.unread && percent => Cell::Text(LEFT_OUT.into()),
                // A figure has no reason for not being there.
                "reason" => self.lacking.map_or(Cell::Null, |why| Cell::Text(why.into())),
                "reported_from" => Cell::Day(date(2026, 11, if self.unread { 20 } else { 22 })),
                "reported_to" => Cell::Day(date(2026, 11, 22)),
                "middle" | "earliest" | "latest" => Cell::Day(date(2026, 12, 3)),
                "needed_share" => Cell::Float(123.4),
                "same_hour_last_week" => self.count(55.0),
                "yesterday" => self.count(61.0),
                "reported" => Cell::Int(self.hospitals as i64 - 1),
                "hospitals" => Cell::Int(self.hospitals as i64),
                hours if hours.ends_with("_hours") => Cell::Float(12.4 * self.scale.min(9.0)),
                _ => self.count(bases[place % bases.len()]),
            };
            columns.push((name.clone(), kind(&cell)));
            row.push(cell);
        }
        Table { columns, rows: vec![row] }
    }

    fn series(&self, indicator: &Indicator, by: Option<&str>, from: Date, to: Date) -> Table {
        let numbers: Vec<String> =
            indicator.columns.iter().map(|c| c.0.clone()).filter(|c| !BESIDE.contains(&c.as_str())).collect();
        let step = if by == Some("week") { 7 } else { 1 };
        let small = !matches!(indicator.unit, hinomi::definitions::indicator::Unit::Persons);
        let mut columns = vec![("day".to_owned(), CellKind::Day)];
        columns
            .extend(numbers.iter().map(|n| (n.clone(), if small { CellKind::Float } else { CellKind::Int })));
        let mut rows = Vec::new();
        for (n, day) in from.series(step.days()).take_while(|d| *d <= to).enumerate() {
            let x = n as f64;
            let wave = 40.0 + 30.0 * (x / 9.0).sin() + 6.0 * (x * 2.4).cos();
            let wave = if self.corrected && day == to.yesterday().expect("a day") { -2.0 } else { wave };
            let mut row = vec![Cell::Day(day)];
            for (place, name) in numbers.iter().enumerate() {
                if matches!(name.as_str(), "reported" | "hospitals") {
                    let late = i64::from(name == "reported" && day == to);
                    row.push(Cell::Int(self.hospitals as i64 - late));
                    continue;
                }
                let value = (wave / (1.0 + place as f64)) * self.scale;
                row.push(if small {
                    Cell::Float(value.clamp(-2.0, 98.0))
                } else {
                    Cell::Int(value.round() as i64)
                });
            }
            rows.push(row);
        }
        Table { columns, rows }
    }

    fn breakdown(&self, indicator: &Indicator) -> Table {
        let codes: &[&str] = if indicator.id.contains("district") {
            &["shiba", "azabu", "akasaka", "takanawa", "shibaura", ""]
        } else {
            &["none", "mild", "moderate1", "moderate2", "severe"]
        };
        let rows = codes.iter().enumerate().map(|(n, code)| {
            let code = if code.is_empty() { Cell::Null } else { Cell::Text((*code).to_owned()) };
            vec![code, Cell::Int((self.scale * (140.0 - 21.0 * n as f64)) as i64)]
        });
        let name = indicator.columns.first().map_or("code", |c| c.0.as_str());
        Table {
            rows: rows.collect(),
            columns: vec![(name.to_owned(), CellKind::Text), ("value".into(), CellKind::Int)],
        }
    }

    fn pyramid(&self) -> Table {
        let number = |n: i64, k: f64| Cell::Int((self.scale * k * (90.0 - (n - 30).abs() as f64)) as i64);
        let row = |decade: i64| vec![band(decade), number(decade, 1.0), number(decade, 0.9), Cell::Int(0)];
        let mut rows: Vec<Vec<Cell>> = (0..10).map(|n| row(n * 10)).collect();
        rows.push(vec![Cell::Null, Cell::Int(1), Cell::Int(2), Cell::Int(0)]);
        let kind = |name: &str| if name == "band" { CellKind::Text } else { CellKind::Int };
        let names = ["band", "male", "female", "other"];
        Table { columns: names.iter().map(|n| ((*n).to_owned(), kind(n))).collect(), rows }
    }

    fn heat(&self) -> Table {
        let mut rows = Vec::new();
        for week in 0..12_i64 {
            let day = date(2026, 8, 31).checked_add((7 * week).days()).expect("a day");
            for decade in 0..10_i64 {
                let value = self.scale * (20.0 + 18.0 * ((week + decade) as f64 / 3.0).sin());
                rows.push(vec![Cell::Day(day), band(decade * 10), Cell::Int(value as i64)]);
            }
        }
        let columns = vec![
            ("week".into(), CellKind::Day),
            ("band".into(), CellKind::Text),
            ("value".into(), CellKind::Int),
        ];
        Table { columns, rows }
    }

    fn rows(&self, indicator: &Indicator) -> Table {
        match indicator.id.as_str() {
            "hospital_beds" => self.hospital_rows(indicator),
            "cases_by_district_and_age" => self.district_rows(),
            _ => self.area_rows(indicator),
        }
    }

    fn hospital_rows(&self, indicator: &Indicator) -> Table {
        let mut columns: Vec<(String, CellKind)> = Vec::new();
        for (name, _) in &indicator.columns {
            let kind = match name.as_str() {
                "facility_id" | "severity_basis" | "reason" => CellKind::Text,
                "reported_at" => CellKind::Instant,
                "in_ward" => CellKind::Bool,
                _ => CellKind::Int,
            };
            columns.push((name.clone(), kind));
        }
        let row = |n: usize| {
            let secured = 10 + (n * 7 % 30) as i64;
            let occupied = (secured as f64 * self.scale.min(1.2) * (0.5 + 0.1 * (n % 6) as f64)) as i64;
            let cell = |name: &str| match name {
                "facility_id" => Cell::Text(format!("H{n:03}")),
                "occupied" if self.unread && n == 2 => Cell::Null,
                "secured" if self.unread && n == 1 => Cell::Null,
                "reason" => Cell::Null,
                "occupied" => Cell::Int(occupied),
                "secured" | "ready" => Cell::Int(secured),
                "severe" => {
                    Cell::Int(if n.is_multiple_of(3) { ((self.scale * 2.0) as i64).min(occupied) } else { 0 })
                }
                "secured_severe" => Cell::Int(4),
                "reported_at" if n % 5 == 4 => {
                    Cell::Instant(self.now.checked_sub(30.hours()).expect("a moment"))
                }
                "reported_at" => Cell::Instant(self.now),
                "in_ward" => Cell::Bool(n % 7 != 6),
                _ => Cell::Text("tokyo".into()),
            };
            indicator.columns.iter().map(|(name, _)| cell(name)).collect()
        };
        Table { rows: (0..self.hospitals).map(row).collect(), columns }
    }

    fn district_rows(&self) -> Table {
        let mut rows = Vec::new();
        let districts =
            ["shiba", "azabu", "akasaka", "takanawa", "shibaura"].map(|code| Cell::Text(code.into()));
        for (n, district) in districts.into_iter().chain([Cell::Null]).enumerate() {
            for decade in 0..10_i64 {
                let value = (self.scale * (12 + decade + n as i64) as f64) as i64;
                rows.push(vec![district.clone(), band(decade * 10), Cell::Int(value)]);
            }
        }
        let columns = vec![
            ("district".into(), CellKind::Text),
            ("band".into(), CellKind::Text),
            ("value".into(), CellKind::Int),
        ];
        Table { columns, rows }
    }

    fn area_rows(&self, indicator: &Indicator) -> Table {
        let mut columns: Vec<(String, CellKind)> = Vec::new();
        for (name, _) in &indicator.columns {
            let kind = match name.as_str() {
                "day" | "judged_from" | "judged_to" => CellKind::Day,
                "value" => CellKind::Int,
                name if BOUNDS.contains(&name) => CellKind::Float,
                name if FIGURES.contains(&name) => CellKind::Float,
                _ => CellKind::Text,
            };
            columns.push((name.clone(), kind));
        }
        let mut rows = Vec::new();
        // A back-test has three horizons, lengths of stay three bands of age and all together.
        let some =
            if matches!(indicator.id.as_str(), "bed_backtest" | "length_of_stay") { 1 } else { AREAS.len() };
        for (n, area) in AREAS.iter().take(some).enumerate() {
            for back in 0..4_i64 {
                let day = date(2026, 11, 22).checked_sub(back.days()).expect("a day");
                let cell = |name: &str| match name {
                    "day" => Cell::Day(day),
                    "value" => Cell::Int((self.scale * 1_000.0 * (n as f64 + 1.0)) as i64 - back),
                    "area" => Cell::Text((*area).to_owned()),
                    "last_value" | "week_mean" => Cell::Float(self.scale * 123.4),
                    "judged_from" => Cell::Day(date(2026, 11, 16)),
                    "judged_to" => Cell::Day(date(2026, 11, 22)),
                    name if BOUNDS.contains(&name) => Cell::Float(self.scale * 47.1),
                    "mase" => Cell::Float(1.05),
                    "ahead" | "forecasts" => Cell::Float(42.0),
                    name if FIGURES.contains(&name) => Cell::Float(100.0),
                    "verdict" if self.scale < 2.0 => {
                        Cell::Text("週平均との優劣は判定できない（中央値は前日値に劣る）".into())
                    }
                    "alarm" => Cell::Text(
                        if indicator.label("years_upper").is_some() { "C1 C2 C3 例年" } else { "C1 C2 C3" }
                            .into(),
                    ),
                    // A row with a value has no reason for having none.
                    "reason" => Cell::Null,
                    _ => Cell::Text("municipality".into()),
                };
                rows.push(indicator.columns.iter().map(|(name, _)| cell(name)).collect());
            }
        }
        Table { columns, rows }
    }
}

/// What a back-test puts beside its value.
const FIGURES: [&str; 8] =
    ["ahead", "last_value", "week_mean", "mase", "held50", "held80", "held95", "forecasts"];
/// What a week is compared with, and differences of forecasts.
const BOUNDS: [&str; 13] = [
    "expected",
    "lower",
    "upper",
    "c1_upper",
    "c3_upper",
    "years_expected",
    "years_upper",
    "than_last",
    "than_last_lower",
    "than_last_upper",
    "than_week",
    "than_week_lower",
    "than_week_upper",
];
/// Hospitals that are in neither part of a share.
const LEFT_OUT: &str = "訓練2病院・訓練3病院を除く（読めない値か空欄）、訓練5病院を除く（3日以内の報告なし）";
/// What stands beside the figures of a period.
const BESIDE: [&str; 4] = ["day", "label", "complete", "reason"];
const AREAS: [&str; 8] = ["131016", "131024", "131032", "131041", "131059", "131067", "131075", "131083"];

fn empty(indicator: &Indicator) -> Table {
    let columns: Vec<(String, CellKind)> =
        indicator.columns.iter().map(|(name, _)| (name.clone(), CellKind::Int)).collect();
    // A question for one row always has its row.
    let rows = match indicator.shape {
        Shape::Value => vec![vec![Cell::Null; columns.len()]],
        _ => Vec::new(),
    };
    Table { columns, rows }
}

/// A masked figure stands in a column of numbers.
const fn kind(cell: &Cell) -> CellKind {
    match cell {
        Cell::Float(_) => CellKind::Float,
        Cell::Bool(_) => CellKind::Bool,
        Cell::Day(_) => CellKind::Day,
        Cell::Null => CellKind::Text,
        _ => CellKind::Int,
    }
}

/// A band of ten years as the catalog names it.
fn band(decade: i64) -> Cell {
    Cell::Text(match decade {
        0 => "10歳未満".to_owned(),
        90 => "90歳以上".to_owned(),
        other => format!("{other}代"),
    })
}
