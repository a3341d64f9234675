//! The parameters of a measure: each with its type, its limits, and what it is when a header says nothing.

use crate::definitions::measure::MeasureCall;

/// One parameter, for those who list and check them.
pub trait Parameter: Sync {
    fn name(&self) -> &'static str;

    /// Why what the call says of it can't be.
    fn fault(&self, call: &MeasureCall) -> Option<String>;

    /// Values that it may have: of words each.
    fn examples(&self) -> Vec<String>;
}

/// A number above zero; a header says it.
pub struct Number(pub &'static str);

/// A whole number from 1 to `most`; a header says it.
pub struct Whole {
    pub name: &'static str,
    pub most: usize,
}

/// One of some words; the first when a header says nothing.
pub struct Word<T: 'static> {
    pub name: &'static str,
    pub words: &'static [(&'static str, T)],
}

/// A name of the reference data; a header says it.
pub struct Name(pub &'static str);

impl Number {
    pub fn of(&self, call: &MeasureCall) -> Result<f64, String> {
        number(self.0, call)
    }
}

impl Whole {
    pub fn of(&self, call: &MeasureCall) -> Result<usize, String> {
        let value = number(self.name, call)?;
        if value.fract() != 0.0 || value > self.most as f64 {
            return Err(format!("{} is not a whole number up to {}", self.name, self.most));
        }
        Ok(value as usize)
    }
}

impl<T: Copy> Word<T> {
    pub fn of(&self, call: &MeasureCall) -> Result<T, String> {
        let first = || self.words.first().map(|(_, meant)| *meant);
        let found = match call.argument(self.name) {
            None => first(),
            Some(text) => self.words.iter().find(|(word, _)| *word == text).map(|(_, meant)| *meant),
        };
        found.ok_or_else(|| {
            let all: Vec<&str> = self.words.iter().map(|(word, _)| *word).collect();
            let argument = call.argument(self.name).unwrap_or_default();
            format!("{}: `{argument}` is none of {}", self.name, all.join(", "))
        })
    }
}

impl Name {
    pub fn of<'a>(&self, call: &'a MeasureCall) -> Result<&'a str, String> {
        argument(self.0, call)
    }
}

impl Parameter for Number {
    fn name(&self) -> &'static str {
        self.0
    }

    fn fault(&self, call: &MeasureCall) -> Option<String> {
        self.of(call).err()
    }

    fn examples(&self) -> Vec<String> {
        vec!["1000".to_owned(), "0.5".to_owned()]
    }
}

impl Parameter for Whole {
    fn name(&self) -> &'static str {
        self.name
    }

    fn fault(&self, call: &MeasureCall) -> Option<String> {
        self.of(call).err()
    }

    fn examples(&self) -> Vec<String> {
        vec!["1".to_owned(), self.most.to_string()]
    }
}

impl<T: Copy + Sync> Parameter for Word<T> {
    fn name(&self) -> &'static str {
        self.name
    }

    fn fault(&self, call: &MeasureCall) -> Option<String> {
        self.of(call).err()
    }

    fn examples(&self) -> Vec<String> {
        self.words.iter().map(|(word, _)| (*word).to_owned()).collect()
    }
}

impl Parameter for Name {
    fn name(&self) -> &'static str {
        self.0
    }

    fn fault(&self, call: &MeasureCall) -> Option<String> {
        self.of(call).err()
    }

    fn examples(&self) -> Vec<String> {
        vec!["a_name".to_owned()]
    }
}

fn argument<'a>(name: &str, call: &'a MeasureCall) -> Result<&'a str, String> {
    call.argument(name).ok_or_else(|| format!("it does not say {name}"))
}

fn number(name: &str, call: &MeasureCall) -> Result<f64, String> {
    let text = argument(name, call)?;
    let value = text.parse().ok().filter(|v: &f64| v.is_finite() && *v > 0.0);
    value.ok_or_else(|| format!("{name}: `{text}` is not a number above zero"))
}
