//! One chart of each kind and each awkward case: what BOARDS asks to be seen.

use hinomi::draw::chart::{
    Across, Band, Bars, Caption, Chart, Estimate, Forest, Heat, Incomplete, Interval, Kind, Mark, Pyramid,
    Series, Size, Step, Theme, Timeline,
};
use jiff::civil::{Date, date};

use super::ahead;

pub struct Sample {
    pub name: &'static str,
    pub size: Size,
    pub theme: Theme,
    pub chart: Chart,
}

pub const PANEL: Size = Size { width: 900, height: 420, text: 20.0 };

pub fn sample(name: &'static str, title: &str, unit: &str, kind: Kind) -> Sample {
    let caption = Caption {
        title: title.to_owned(),
        unit: unit.to_owned(),
        footer: "2026-10-26〜11-22 ・ 受理 ・ 11/22 14:05 現在 ・ 出典 HER-SYS".to_owned(),
        ..Caption::default()
    };
    Sample { name, size: PANEL, theme: Theme::Light, chart: Chart { caption, kind } }
}

pub fn run(from: Date, count: usize, step: i64) -> Vec<Date> {
    (0..count as i64).map(|n| from.checked_add(jiff::Span::new().days(n * step)).expect("a day")).collect()
}

pub fn series(label: &str, days: &[Date], value: impl Fn(usize) -> Option<f64>) -> Series {
    Series {
        label: label.to_owned(),
        points: days.iter().enumerate().map(|(n, day)| (*day, value(n))).collect(),
    }
}

pub fn mark(value: f64, label: &str) -> Mark {
    Mark { value, label: label.to_owned() }
}

/// A wave with a weekly rhythm, the same every time.
pub fn wave(n: usize, height: f64) -> f64 {
    let weekday = [0.7, 1.2, 1.1, 1.0, 1.05, 0.95, 0.6][n % 7];
    let swell = 0.35 + 0.65 * ((n as f64) / 17.0).sin().abs();
    (height * weekday * swell).round()
}

pub fn mean7(n: usize, height: f64) -> Option<f64> {
    (n >= 6).then(|| (n - 6..=n).map(|i| wave(i, height)).sum::<f64>() / 7.0)
}

fn epi_curve() -> Timeline {
    let days = run(date(2026, 10, 26), 28, 1);
    Timeline {
        series: vec![series("受理数", &days, |n| Some(wave(n, 60.0)))],
        over: vec![series("7日平均", &days, |n| mean7(n, 60.0))],
        incomplete_from: Some(date(2026, 11, 20)),
        events: vec![(date(2026, 11, 3), "休診日".to_owned())],
        ..Timeline::default()
    }
}

fn places() -> Timeline {
    let days = run(date(2026, 10, 1), 53, 1);
    let names = ["入院", "宿泊療養", "自宅療養", "社会福祉施設等", "療養先調整中", "入院調整中"];
    let heights = [40.0, 30.0, 420.0, 12.0, 25.0, 6.0];
    let one =
        |(name, height): (&&str, f64)| series(name, &days, |n| Some((wave(n / 7, height) + height).round()));
    Timeline { series: names.iter().zip(heights).map(one).collect(), ..Timeline::default() }
}

fn beds() -> Timeline {
    let days = run(date(2026, 9, 1), 83, 1);
    let share = |n: usize| 20.0 + 40.0 * (n as f64 / 20.0).sin().abs();
    Timeline {
        series: vec![series("確保病床使用率", &days, |n| (!(30..=36).contains(&n)).then(|| share(n)))],
        marks: vec![mark(20.0, "20 ステージIII (2021-04-15)"), mark(50.0, "50 ステージIV (2021-04-15)")],
        ..Timeline::default()
    }
}

fn large() -> Timeline {
    let days = run(date(2022, 1, 1), 240, 1);
    Timeline {
        series: vec![
            series("東京都", &days, |n| Some(wave(n / 2, 31_000.0))),
            series("港区", &days, |n| Some(wave(n / 2, 900.0))),
        ],
        events: vec![
            (date(2022, 3, 22), "まん延防止等重点措置 終了".to_owned()),
            (date(2022, 3, 24), "近い出来事".to_owned()),
        ],
        ..Timeline::default()
    }
}

fn by_week() -> Timeline {
    let weeks = run(date(2025, 11, 3), 55, 7);
    Timeline {
        series: vec![series("週", &weeks, |n| Some(wave(n, 700.0)))],
        incomplete_from: Some(date(2026, 11, 15)),
        step: Step::Week,
        ..Timeline::default()
    }
}

fn by_year() -> Timeline {
    let years = [date(2020, 4, 1), date(2021, 4, 1), date(2022, 4, 1)];
    Timeline {
        series: vec![series("年度", &years, |n| Some([4_812.0, 21_090.0, 36_987.0][n]))],
        step: Step::Month,
        ..Timeline::default()
    }
}

fn one_week(label: &str, values: [Option<f64>; 7]) -> Timeline {
    let days = run(date(2026, 11, 16), 7, 1);
    Timeline { series: vec![series(label, &days, |n| values[n])], ..Timeline::default() }
}

fn nobody() -> Timeline {
    let days = run(date(2026, 10, 26), 28, 1);
    Timeline {
        series: vec![series("死亡", &days, |_| Some(0.0))],
        over: vec![series("7日平均", &days, |_| Some(0.0))],
        ..Timeline::default()
    }
}

fn bands() -> Vec<String> {
    ["10歳未満", "10代", "20代", "30代", "40代", "50代", "60代", "70代", "80代", "90歳以上"]
        .map(str::to_owned)
        .to_vec()
}

fn pyramid() -> Pyramid {
    Pyramid {
        bands: bands(),
        male: vec![31.0, 45.0, 1_120.0, 98.0, 80.0, 66.0, 30.0, 18.0, 9.0, 0.0],
        female: vec![28.0, 41.0, 931.0, 90.0, 71.0, 60.0, 33.0, 22.0, 17.0, 8.0],
        unknown: 12.0,
        unknown_before: 0.0,
        not_compared: String::new(),
        counts: true,
        ..Pyramid::default()
    }
}

/// Rates in other bands, with the period that they are compared with.
fn rates() -> Pyramid {
    let names =
        ["0–4歳", "5–9歳", "10–14歳", "15–19歳", "20–29歳", "30–39歳", "40–64歳", "65–74歳", "75歳以上"];
    Pyramid {
        bands: names.map(str::to_owned).to_vec(),
        male: vec![12.4, 31.0, 44.2, 80.1, 160.6, 120.3, 70.9, 30.2, 41.7],
        female: vec![10.1, 28.4, 47.9, 92.3, 148.2, 101.8, 66.6, 28.1, f64::NAN],
        male_before: vec![20.4, 40.0, 39.2, 60.3, 140.2, 131.3, 92.0, 51.2, 60.0],
        female_before: vec![18.0, 35.5, 42.0, 70.8, 171.9, 110.0, 80.2, 44.0, 52.4],
        named: ("直近28日".to_owned(), "前の28日".to_owned()),
        unknown: 12.0,
        unknown_before: 0.0,
        not_compared: String::new(),
        counts: false,
    }
}

fn heat() -> Heat {
    let cell = |b: usize, w: usize| {
        (!(w == 7 && b > 2)).then(|| wave(w * 5 + b, 140.0 / (1.0 + (b as f64 - 2.5).abs())))
    };
    Heat {
        across: Across::Weeks(run(date(2026, 6, 1), 25, 7)),
        bands: bands(),
        values: (0..10).map(|b| (0..25).map(|w| cell(b, w)).collect()).collect(),
        incomplete_from: Some(date(2026, 11, 18)),
        incomplete: Incomplete(vec!["まだ増える週".to_owned()]),
    }
}

fn hospitals(count: usize) -> Bars {
    let names = ["東京都済生会中央病院", "A病院", "虎の門病院", "国際医療福祉大学三田病院附属臨時医療施設"];
    let one = |n: usize| {
        let number = if n < 4 { String::new() } else { n.to_string() };
        (format!("{}{number}", names[n % 4]), (n != 5).then_some(20.0 + ((n * 37) % 81) as f64))
    };
    Bars {
        bars: (0..count).map(one).collect(),
        marks: vec![mark(50.0, "50 ステージIV"), mark(80.0, "80 目安")],
        to: Some(100.0),
    }
}

/// A reproduction number with its limits, a day without.
fn banded() -> Timeline {
    let days = run(date(2026, 10, 26), 28, 1);
    let value = |n: usize| (n != 9).then(|| 1.0 + 0.4 * ((n as f64) / 5.0).sin());
    let limits = |n: usize| value(n).map(|v| (v - 0.9 / (n + 2) as f64, v + 1.6 / (n + 2) as f64));
    Timeline {
        series: vec![series("実効再生産数", &days, value)],
        bands: vec![Band {
            level: 95,
            points: days
                .iter()
                .enumerate()
                .filter_map(|(n, day)| limits(n).map(|(l, u)| (*day, l, u)))
                .collect(),
        }],
        incomplete_from: Some(date(2026, 11, 21)),
        ..Timeline::default()
    }
}

fn districts(ratio: bool) -> Forest {
    let scale = if ratio { 1.0 } else { 240.0 };
    let one = |(name, value, lower, upper): (&str, f64, f64, f64)| {
        let found = Interval { value: value * scale, lower: lower * scale, upper: upper * scale };
        Estimate { name: name.to_owned(), found: Some(found), reason: String::new() }
    };
    let found = [
        ("芝", 1.31, 1.05, 1.62),
        ("麻布", 0.82, 0.31, 1.79),
        ("赤坂", 0.97, 0.88, 1.07),
        ("芝浦港南", 2.4, 1.2, 4.81),
    ];
    let mut rows: Vec<_> = found.into_iter().map(one).collect();
    rows.push(Estimate { name: "高輪".to_owned(), ..Estimate::default() });
    let reason = "発生が5件未満のため推定しない".to_owned();
    rows.push(Estimate { name: "港南".to_owned(), found: None, reason });
    Forest { rows, ratio }
}

fn spark() -> Series {
    series("受理数", &run(date(2025, 11, 23), 365, 1), |n| Some(wave(n, 60.0)))
}

/// As a picture leaves the house when its data are made up.
fn leaving() -> Sample {
    let mut one = sample("leaving", "受理数 28日", "人", Kind::Bars(epi_curve()));
    let caption = &mut one.chart.caption;
    caption.footer =
        "訓練データ　港区　新型コロナウイルス感染症　受理・受理日　2026-10-26–2026-11-22　2026-11-22 14:05 時点".to_owned();
    caption.notes = vec![
        "出典 発生届（HER-SYS） 2026-11-22 14:00".to_owned(),
        "定義の版 0123456789ab・データ更新番号 471・hinomi 0.1.0".to_owned(),
    ];
    caption.name = "訓練データ　港区　新型コロナウイルス感染症 受理数 28日".to_owned();
    caption.stamp = "訓練データ".to_owned();
    caption.metadata = "{\"training\":true}".to_owned();
    one.size = Size::of_picture(1200, 675);
    one
}

pub fn samples() -> Vec<Sample> {
    let few = [Some(12.0), Some(0.0), None, Some(1_234.0), Some(980.0), Some(3.0), Some(40.0)];
    let few = Timeline { incomplete_from: Some(date(2026, 11, 22)), ..one_week("受理", few) };
    let change = one_week("差", [3.0, -2.0, 0.0, 5.0, -12.0, 1.0, 2.0].map(Some));
    let alone = Timeline {
        series: vec![series("入院", &[date(2026, 11, 22)], |_| Some(31.0))],
        ..Timeline::default()
    };
    let mut all = ahead::samples();
    all.push(leaving());
    all.extend([
        sample("epi-curve", "受理数 28日", "人", Kind::Bars(epi_curve())),
        sample("dark", "受理数 28日", "人", Kind::Bars(epi_curve())),
        sample("bare-wall", "受理数 28日", "人", Kind::Bars(epi_curve())),
        sample("bars-week", "週別 新規陽性者", "人", Kind::Bars(by_week())),
        sample("bars-years", "年度別 新規陽性者", "人", Kind::Bars(by_year())),
        sample("bars-few", "1週間の受理数", "人", Kind::Bars(few)),
        sample("negative", "前日との差", "人", Kind::Bars(change)),
        sample("zero", "死亡", "人", Kind::Bars(nobody())),
        sample("empty", "受理数 28日", "人", Kind::Bars(Timeline::default())),
        sample("stacked", "療養中の人数 (療養先別)", "人", Kind::Stacked(places())),
        sample("line-marks-gap", "確保病床使用率", "%", Kind::Line(beds())),
        sample("line-large", "新規陽性者 (公表日)", "人", Kind::Line(large())),
        sample("one-point", "入院患者", "人", Kind::Line(alone)),
        sample("pyramid", "年代・性別", "人", Kind::Pyramid(pyramid())),
        sample("heat", "年代×週 新規陽性者", "人", Kind::Heat(heat())),
        sample("rows", "病院別の使用率", "%", Kind::Marks(hospitals(6))),
        sample("rows-40", "病院別の使用率 (40病院)", "%", Kind::Marks(hospitals(40))),
        sample("rows-90", "病院別の使用率 (90病院)", "%", Kind::Marks(hospitals(90))),
        sample("line-band", "実効再生産数", "倍", Kind::Line(banded())),
        sample("forest", "地区別の罹患率", "人口10万対", Kind::Forest(districts(false))),
        sample("forest-ratio", "地区別の率比", "倍", Kind::Forest(districts(true))),
        sample("pyramid-rates", "年齢階級・性別の罹患率", "人口10万対", Kind::Pyramid(rates())),
        sample("spark", "受理数", "人", Kind::Spark(spark())),
    ]);
    for one in &mut all {
        match one.name {
            name if name.ends_with("dark") => one.theme = Theme::Dark,
            "spark" => one.size = Size { width: 300, height: 120, text: 20.0 },
            "bare-wall" => {
                one.size = Size { width: 1180, height: 400, text: 45.0 };
                one.chart.caption.bare = true;
            }
            _ => {}
        }
    }
    all
}
