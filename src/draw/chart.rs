//! What can be drawn. Built from an answer by `web::panel`, drawn by `draw::svg`.

use jiff::civil::Date;

/// What stands around every chart.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Caption {
    pub title: String,
    /// 人, 件, ％, 人口10万対 …
    pub unit: String,
    /// Footer line: period, basis, as-of, source.
    pub footer: String,
    /// The text alternative: says what the picture says.
    pub description: String,
    /// The page around the picture says title, unit and footer: draw the plot alone, over the whole
    /// size (`<title>` and `<desc>` stay).
    pub bare: bool,
}

/// Width and height in CSS pixels, and the text size that the display's distance asks for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Size {
    pub width: u32,
    pub height: u32,
    /// Label text size in pixels.
    pub text: f64,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    #[default]
    Light,
    Dark,
}

/// A thin labelled line across the plot.
#[derive(Clone, Debug, PartialEq)]
pub struct Mark {
    pub value: f64,
    pub label: String,
}

/// One named series over days (or the first days of weeks, months). None is a gap, never zero.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    pub label: String,
    pub points: Vec<(Date, Option<f64>)>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Chart {
    pub caption: Caption,
    pub kind: Kind,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    Line(Timeline),
    /// Bars for `series[0]`, lines for `over`.
    Bars(Timeline),
    /// Bars stacked in the order of `series`.
    Stacked(Timeline),
    Pyramid(Pyramid),
    Heat(Heat),
    Spark(Series),
    /// Horizontal bars with reference marks.
    Marks(Bars),
    /// Estimates with their intervals.
    Forest(Forest),
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Timeline {
    pub series: Vec<Series>,
    pub over: Vec<Series>,
    /// Limits around the first series: a band. A day without them is a gap.
    pub band: Vec<(Date, f64, f64)>,
    pub marks: Vec<Mark>,
    /// Days from this one on are not yet complete: hatched.
    pub incomplete_from: Option<Date>,
    /// Labelled ticks on the axis.
    pub events: Vec<(Date, String)>,
    /// Days covered by one bar: 1, 7 (weeks) or 28 and more (months).
    pub step: Step,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Step {
    #[default]
    Day,
    Week,
    Month,
}

/// Age bands from young to old, men to the left, women to the right, on equal scales.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Pyramid {
    pub bands: Vec<String>,
    pub male: Vec<f64>,
    pub female: Vec<f64>,
    /// 性別・年代不明, said in words beside the picture.
    pub unknown: f64,
}

/// Weeks across, age bands upwards.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Heat {
    pub weeks: Vec<Date>,
    pub bands: Vec<String>,
    /// `values[band][week]`; None is a gap.
    pub values: Vec<Vec<Option<f64>>>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Bars {
    pub bars: Vec<(String, Option<f64>)>,
    pub marks: Vec<Mark>,
    /// The right end of the axis, if it should not follow the data (100 for per cent).
    pub to: Option<f64>,
}

/// An estimate and its limits.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    pub value: f64,
    pub lower: f64,
    pub upper: f64,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Forest {
    /// None: there is no estimate.
    pub rows: Vec<(String, Option<Interval>)>,
    /// The estimates are ratios: a logarithmic axis, with a line at 1.
    pub ratio: bool,
}
