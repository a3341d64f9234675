//! What a source can tell of: a fact that it has no column for is not known to be absent.

use super::types::Mapping;

impl Mapping {
    /// Does the source tell of this disease? One that says neither which it tells of nor of which each row is may tell of all.
    pub fn tells_of(&self, disease: &str) -> bool {
        if let Some(constant) = self.constants.get("disease") {
            return constant == disease;
        }
        let mut named =
            self.columns.iter().filter(|column| column.field.as_deref() == Some("disease")).peekable();
        named.peek().is_none()
            || named.any(|column| column.codes.is_empty() || column.codes.contains_key(disease))
    }

    /// Does the source feed this column of its table?
    pub fn feeds(&self, column: &str) -> bool {
        self.constants.contains_key(column)
            || self.columns.iter().any(|own| own.feeds().iter().any(|fed| fed == column))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mapping(text: &str) -> Mapping {
        let head = "source = \"calls\"\ntitle = { ja = \"a\", en = \"a\" }\ntable = \"cases\"\nmode = \"snapshot\"\n\
            rhythm = { by = \"10:00\" }\n";
        toml::from_str(&format!("{head}{text}")).expect("reads")
    }

    #[test]
    fn a_source_tells_of_the_diseases_that_it_has_words_for() {
        let one = mapping("constants = { disease = \"covid-19\" }\ncolumn = []\n");
        assert!(one.tells_of("covid-19") && !one.tells_of("measles"));
        let some = mapping(
            "column = [{ headings = [\"病\"], privacy = \"keep\", field = \"disease\", type = \"code\", codes = { measles = [\"麻しん\"] } }]\n",
        );
        assert!(some.tells_of("measles") && !some.tells_of("covid-19"));
        assert!(mapping("column = []\n").tells_of("measles"));
    }

    #[test]
    fn a_time_feeds_a_day_and_a_dropped_column_nothing() {
        let times = mapping(
            "column = [\n{ headings = [\"受理\"], privacy = \"keep\", field = \"received\", type = \"datetime\" },\n\
             { headings = [\"死亡\"], field = \"death_day\", type = \"date\" },\n\
             { headings = [\"年齢\"], privacy = \"coarsen\", field = \"age\", type = \"age\" },\n]\n",
        );
        for (column, fed) in [
            ("received_at", true),
            ("received_day", true),
            ("received", false),
            ("death_day", false),
            ("age", true),
            ("age_decade", true),
            ("sex", false),
        ] {
            assert_eq!(times.feeds(column), fed, "{column}");
        }
    }
}
