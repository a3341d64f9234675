//! What can be drawn. Built from an answer by `web::panel`, drawn by `draw::svg`.

use jiff::civil::Date;

use crate::definitions::{Glossary, Word};

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
    /// What is said beside the title to those who do not see the picture; the title alone when empty.
    pub name: String,
    /// Further lines below the footer, as far as there is room. A picture that has them leaves the house: its footer
    /// is written whole, however small it is.
    pub notes: Vec<String>,
    /// Written across the picture, again and again: 訓練データ.
    pub stamp: String,
    /// For programs, inside the document and not seen.
    pub metadata: String,
}

/// Width and height in CSS pixels, and the text size that the display's distance asks for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Size {
    pub width: u32,
    pub height: u32,
    /// Label text size in pixels.
    pub text: f64,
}

impl Size {
    /// Of a picture that is looked at by itself: its text follows its size, and can be read in the smallest.
    pub fn of_picture(width: u32, height: u32) -> Self {
        const SMALLEST: f64 = 10.0;
        Self { width, height, text: (f64::from(width.min(height * 16 / 9)) / 55.0).max(SMALLEST) }
    }
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
    /// The share still in, by days since admission.
    Survival(Survival),
    /// A figure a day, in weeks.
    Calendar(Calendar),
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Timeline {
    pub series: Vec<Series>,
    pub over: Vec<Series>,
    /// Limits around the first series, drawn within each other. A day without them is a gap.
    pub bands: Vec<Band>,
    pub marks: Vec<Mark>,
    /// A mark that has a value of its own each day (secured beds): drawn in steps.
    pub limit: Option<Series>,
    /// Days from this one on are not yet complete: hatched.
    pub incomplete_from: Option<Date>,
    pub incomplete: Incomplete,
    /// The day of the as-of, where days after it are shown: a line between what is known and what is
    /// projected. Days after it are not hatched.
    pub now: Option<Date>,
    /// Labelled ticks on the axis.
    pub events: Vec<(Date, String)>,
    /// Days covered by one bar: 1, 7 (weeks) or 28 and more (months).
    pub step: Step,
}

/// What is said over what is not complete, the longest words first; those that have no room are left out.
#[derive(Clone, Debug, PartialEq)]
pub struct Incomplete(pub Vec<String>);

impl Incomplete {
    pub fn longest(&self) -> &str {
        self.0.first().map_or("", String::as_str)
    }
}

impl Default for Incomplete {
    fn default() -> Self {
        let words = [Word::GrowingDays, Word::ProvisionalShort];
        Self(words.map(|word| Glossary::own().ja(word).to_owned()).into())
    }
}

/// Where the true value lies with a given certainty: day, lower limit, upper limit.
#[derive(Clone, Debug, PartialEq)]
pub struct Band {
    /// 50, 80 or 95 per cent.
    pub level: u8,
    pub points: Vec<(Date, f64, f64)>,
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
    /// The period that it is compared with, as an outline; empty without one.
    pub male_before: Vec<f64>,
    pub female_before: Vec<f64>,
    /// What the period is called, and the one that it is compared with.
    pub named: (String, String),
    /// The values are counts, which have a sum; rates have none.
    pub counts: bool,
    /// How many of 性別・年代不明, said in words beside the picture.
    pub unknown: f64,
}

/// Weeks across, age bands upwards.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Heat {
    pub weeks: Vec<Date>,
    pub bands: Vec<String>,
    /// `values[band][week]`; None is a gap.
    pub values: Vec<Vec<Option<f64>>>,
    /// Weeks with this day or a later one still grow.
    pub incomplete_from: Option<Date>,
    pub incomplete: Incomplete,
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

/// One row of a forest.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Estimate {
    pub name: String,
    /// None: there is no estimate.
    pub found: Option<Interval>,
    /// Why there is none.
    pub reason: String,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Forest {
    pub rows: Vec<Estimate>,
    /// The estimates are ratios: a logarithmic axis, with a line at 1.
    pub ratio: bool,
}

/// Step functions from 100 per cent at day 0.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Survival {
    pub curves: Vec<Curve>,
    /// What the days are counted from: 入院.
    pub from: String,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Curve {
    /// Empty for one curve alone.
    pub label: String,
    /// What the other curves are parts of.
    pub whole: bool,
    pub stays: Vec<Stay>,
}

/// From this day on, so many per cent are still in.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Stay {
    pub day: f64,
    pub value: Option<f64>,
    pub limits: Option<(f64, f64)>,
    pub at_risk: Option<f64>,
}

/// A column a week, Monday first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Calendar {
    /// None is a gap, never zero.
    pub days: Vec<(Date, Option<f64>)>,
    /// Days from this one on are not yet complete: hatched.
    pub incomplete_from: Option<Date>,
}
