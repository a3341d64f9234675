//! The parts that charts are put together of.

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
    /// What is ahead of `now` may not be drawn boldly.
    pub faint: bool,
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
