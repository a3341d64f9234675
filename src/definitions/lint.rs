//! What a query's text may not contain, so that every engine means the same by it.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::Regex;

/// The parameters that a query may name.
pub const PARAMETERS: [&str; 10] =
    ["from", "to", "before_from", "before_to", "disease", "as_of_day", "as_of_at", "like_day", "by", "bands"];

static FORBIDDEN: LazyLock<Vec<(Regex, &'static str)>> = LazyLock::new(|| {
    let rules = [
        (r"//", "`//`: integer division differs between engines; divide DOUBLEs and floor"),
        (r"(?i)\border\s+by\s+all\b", "ORDER BY ALL"),
        (r"(?i)\b(un)?pivot\b", "PIVOT"),
        (r"(?i)\barg_?(max|min)\b|\b(max|min)_by\b", "arg_max: use QUALIFY row_number()"),
        (r"(?i)\b(strftime|strptime|to_char)\b", "strftime: days and instants leave a query as they are"),
        (r"->|(?i)\blambda\b", "a lambda"),
        (
            r"(?i)\b(now|today|get_current_timestamp|transaction_timestamp|random|uuid)\s*\(",
            "a call that differs each time: time is a parameter",
        ),
        (
            r"(?i)\b(current_date|current_time|current_timestamp|localtime|localtimestamp)\b",
            "the current time: it is a parameter",
        ),
        (
            r"(?i)\bselect\s+(distinct\s+)?(\w+\.)?\*|,\s*(\w+\.)?\*\s*(,|\bfrom\b)",
            "SELECT *: name the columns",
        ),
        (r"(?i)\bpercentile_(cont|disc)\b", "percentile_cont: use window ranks"),
        (
            r"(?i)\b(at\s+time\s+zone|timestamptz|with\s+time\s+zone)\b",
            "a time zone: times are UTC, days are JST",
        ),
        (
            r"(?i)\b(read_csv|read_csv_auto|read_parquet|read_json|read_json_auto|read_text|read_blob|glob|parquet_scan)\b",
            "a file",
        ),
        (
            r"(?i)\b(insert|update|delete|create|drop|alter|attach|detach|copy|install|load|pragma|set|call|export|import)\s+\w",
            "a statement other than SELECT",
        ),
        (
            r"(?i)\b\w+_(current|closed)\b|\bknown_(from|to)\b|\bgetvariable\b",
            "the store's own tables: read plain names, never as-of",
        ),
        (r"\?|\$\d", "an unnamed parameter"),
    ];
    rules.iter().filter_map(|(pattern, why)| Regex::new(pattern).ok().map(|found| (found, *why))).collect()
});

static PARAMETER: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"\$([A-Za-z_]\w*)").ok());

/// The parameters that a text names.
pub fn parameters(sql: &str) -> BTreeSet<String> {
    let bare = without_comments(sql);
    PARAMETER.as_ref().map_or_else(BTreeSet::new, |parameter| {
        parameter.captures_iter(&bare).map(|found| found[1].to_owned()).collect()
    })
}

/// All words of a text.
pub fn words(sql: &str) -> BTreeSet<String> {
    let bare = without_comments(sql);
    bare.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').map(str::to_owned).collect()
}

/// What is wrong with a text: (line within the text, what).
pub fn faults(sql: &str) -> Vec<(usize, String)> {
    let bare = without_comments(sql);
    let line_of = |at: usize| bare.get(..at).map_or(0, |before| before.matches('\n').count()) + 1;
    let mut found: Vec<(usize, String)> = FORBIDDEN
        .iter()
        .filter_map(|(pattern, why)| pattern.find(&bare).map(|at| (line_of(at.start()), (*why).to_owned())))
        .collect();
    if let Some(at) = bare.trim_end().trim_end_matches(';').find(';') {
        found.push((line_of(at), "a second statement".to_owned()));
    }
    let named = parameters(sql);
    for name in named.iter().filter(|name| !PARAMETERS.contains(&name.as_str())) {
        found.push((0, format!("unknown parameter ${name}; known: {}", PARAMETERS.join(", "))));
    }
    found
}

/// The text with comments and the insides of text literals blanked, line ends kept.
fn without_comments(sql: &str) -> String {
    let mut bare = String::with_capacity(sql.len());
    let mut rest = sql.chars().peekable();
    while let Some(here) = rest.next() {
        match (here, rest.peek()) {
            ('-', Some('-')) => while rest.next_if(|c| *c != '\n').is_some() {},
            ('/', Some('*')) => {
                let mut before = ' ';
                for c in rest.by_ref() {
                    if c == '\n' {
                        bare.push('\n');
                    }
                    if before == '*' && c == '/' {
                        break;
                    }
                    before = c;
                }
            }
            ('\'', _) => {
                bare.push('\'');
                for c in rest.by_ref() {
                    if c == '\n' {
                        bare.push('\n');
                    }
                    if c == '\'' {
                        break;
                    }
                }
                bare.push('\'');
            }
            _ => bare.push(here),
        }
    }
    bare
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_trap_is_found() {
        let traps = [
            "SELECT 1 // 2",
            "SELECT a FROM t ORDER BY ALL",
            "PIVOT t ON a",
            "SELECT arg_max(a, b) FROM t",
            "SELECT strftime(day, '%Y') FROM t",
            "SELECT list_transform(a, x -> x + 1) FROM t",
            "SELECT list_transform(a, lambda x: x + 1) FROM t",
            "SELECT now()",
            "SELECT current_date",
            "SELECT * FROM t",
            "SELECT t.* FROM t",
            "SELECT a, * FROM t",
            "SELECT a FROM cases_current",
            "SELECT a FROM t WHERE day > $since",
            "SELECT a FROM t WHERE day > ?",
            "SELECT 1; SELECT 2",
            "SELECT a FROM read_csv('x')",
            "DELETE FROM cases",
        ];
        for trap in traps {
            assert!(!faults(trap).is_empty(), "{trap}");
        }
    }

    #[test]
    fn plain_queries_pass() {
        let plain = "\
-- SELECT * in a comment, a // too
SELECT day, count(*) AS value, 1.0 / 2 AS half, 'a -> b; now()' AS text /* PIVOT */
FROM cases WHERE day BETWEEN $from AND $to GROUP BY day;";
        assert_eq!(faults(plain), []);
        assert_eq!(parameters(plain).into_iter().collect::<Vec<_>>(), ["from", "to"]);
        assert_eq!(parameters("SELECT 1 -- $by"), BTreeSet::new());
    }

    #[test]
    fn the_line_is_named() {
        assert_eq!(faults("SELECT 1,\n 3 // 2")[0].0, 2);
    }
}
