//! Runs an R script of this folder on a table and gives the table it makes.

use std::collections::HashMap;
use std::fs;
use std::path::Path;
use std::process::Command;

/// A column-named table of numbers; `None` is R's NA.
pub struct Table {
    columns: HashMap<String, usize>,
    rows: Vec<Vec<Option<f64>>>,
}

impl Table {
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    pub fn get(&self, row: usize, column: &str) -> Option<f64> {
        self.rows[row][self.columns[column]]
    }

    pub fn number(&self, row: usize, column: &str) -> f64 {
        self.get(row, column).unwrap_or_else(|| panic!("row {row}: {column} is NA"))
    }

    /// The rows whose `column` is `value`.
    pub fn rows_with(&self, column: &str, value: f64) -> Vec<usize> {
        (0..self.len()).filter(|&row| self.get(row, column) == Some(value)).collect()
    }

    fn parse(text: &str) -> Self {
        let mut lines = text.lines();
        let header = lines.next().unwrap_or_default();
        let columns = header.split(',').enumerate().map(|(i, name)| (name.to_string(), i)).collect();
        let cell = |cell: &str| match cell {
            "NA" | "NaN" => None,
            number => Some(number.trim().parse().unwrap_or_else(|_| panic!("not a number: {number}"))),
        };
        Self { columns, rows: lines.map(|line| line.split(',').map(cell).collect()).collect() }
    }
}

/// Gives `header` and `rows` to `script` as a CSV file and reads the CSV file it writes. `None`: R is not there.
pub fn run_r(script: &str, header: &str, rows: &[Vec<f64>]) -> Option<Table> {
    let line = |row: &Vec<f64>| row.iter().map(|value| format!("{value:?}")).collect::<Vec<_>>().join(",");
    let body: Vec<_> = rows.iter().map(line).collect();
    run(script, &format!("{header}\n{}\n", body.join("\n"))).map(|text| Table::parse(&text))
}

/// The same with texts of CSV files on both sides.
pub fn run(script: &str, input: &str) -> Option<String> {
    if Command::new("Rscript").arg("--version").output().is_err() {
        println!("skipped: Rscript is not installed ({script})");
        return None;
    }
    let room = tempfile::tempdir().expect("a folder");
    let (from, to) = (room.path().join("in.csv"), room.path().join("out.csv"));
    fs::write(&from, input).expect("written");
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oracle").join(script);
    // TZ: without it R asks systemd for the time zone and warns.
    let mut command = Command::new("Rscript");
    let done = command.env("TZ", "UTC").arg("--vanilla").arg(path).arg(&from).arg(&to).output();
    let done = done.expect("R runs");
    assert!(done.status.success(), "{script}: {}", String::from_utf8_lossy(&done.stderr));
    Some(fs::read_to_string(&to).expect("the script's answer"))
}

/// Keeps the largest difference seen and where, and holds it to a tolerance (relative where the value is over 1).
#[derive(Default)]
pub struct Largest {
    difference: f64,
    compared: usize,
}

impl Largest {
    pub fn compare(&mut self, ours: f64, theirs: f64, tolerance: f64, what: &str) {
        let difference = (ours - theirs).abs() / theirs.abs().max(1.0);
        assert!(difference <= tolerance, "{what}: {ours} against {theirs}");
        self.difference = self.difference.max(difference);
        self.compared += 1;
    }

    pub fn report(&self, what: &str) {
        println!("{what}: {} values, largest difference {:.1e}", self.compared, self.difference);
        assert!(self.compared > 0, "{what}: nothing was compared");
    }
}
