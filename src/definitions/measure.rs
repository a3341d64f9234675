//! What a header asks of statistics: `-- measure: rt(window=7)` is a call, a name with its arguments.
//!
//! Which measures there are, and what each takes, the register of the room `measure` knows alone.

use std::collections::BTreeMap;
use std::fmt;

/// The word of a header whose rows stand as the query gives them.
pub const NONE: &str = "none";

/// A measure by its name, with its arguments as they are written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MeasureCall {
    pub name: String,
    pub arguments: BTreeMap<String, String>,
}

impl MeasureCall {
    /// Reads the header's words; none for `none`. The error says what is wrong with them.
    pub fn parse(text: &str) -> Result<Option<Self>, String> {
        let (name, rest) = text.split_once('(').unwrap_or((text, ")"));
        let inner = rest.strip_suffix(')').ok_or("the bracket is not closed")?;
        let mut arguments = BTreeMap::new();
        for part in inner.split(',').map(str::trim).filter(|p| !p.is_empty()) {
            let (key, value) = part.split_once('=').ok_or_else(|| format!("`{part}` is not name=value"))?;
            let key = key.trim();
            if arguments.insert(key.to_owned(), value.trim().to_owned()).is_some() {
                return Err(format!("`{key}` for the second time"));
            }
        }
        match (name.trim(), arguments.keys().next()) {
            (NONE, None) => Ok(None),
            (NONE, Some(key)) => Err(format!("`{key}` means nothing to {NONE}")),
            (name, _) => Ok(Some(Self { name: name.to_owned(), arguments })),
        }
    }

    /// An argument as it is written.
    pub fn argument(&self, name: &str) -> Option<&str> {
        self.arguments.get(name).map(String::as_str)
    }
}

/// As a header writes it.
impl fmt::Display for MeasureCall {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let arguments: Vec<String> =
            self.arguments.iter().map(|(name, value)| format!("{name}={value}")).collect();
        write!(to, "{}({})", self.name, arguments.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_is_read_and_written() {
        assert_eq!(MeasureCall::parse("none"), Ok(None));
        let call = MeasureCall::parse(" rate ( limits=exact, per = 100000 )".trim()).unwrap().unwrap();
        assert_eq!((call.name.as_str(), call.argument("per")), ("rate", Some("100000")));
        assert_eq!(call.to_string(), "rate(limits=exact, per=100000)");
        assert_eq!(MeasureCall::parse(&call.to_string()), Ok(Some(call)));
        assert_eq!(MeasureCall::parse("share()"), MeasureCall::parse("share"));
    }

    #[test]
    fn what_is_no_call_is_refused() {
        for (text, why) in [
            ("rate(per=1, per=2)", "second time"),
            ("rate(per=1", "not closed"),
            ("rate(per)", "not name=value"),
            ("none(per=1)", "means nothing to none"),
        ] {
            let error = MeasureCall::parse(text).expect_err(text);
            assert!(error.contains(why), "{text}: {error}");
        }
    }
}
