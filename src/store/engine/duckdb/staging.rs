//! The rows of one delivery, in temporary tables of a connection of its own.

use std::collections::BTreeSet;
use std::path::Path;

use arrow::array::{Array, RecordBatch};
use arrow::datatypes::DataType;
use jiff::civil::Date;

use super::super::super::error::StoreError;
use super::super::super::schema::{NOTE, input_from};
use super::super::super::sql;
use super::super::super::types::BatchId;
use super::super::batches::{Batches, End, Ends, Facts, Lost, OWN, Part, Staging, Target, UNREAD};
use super::super::value::{Value, batch as batch_value, day, number, text};
use super::cells::Row;
use super::readers::Readers;
use super::session::{Place, Session, append, append_rows, count, streamed, system, system_rows};
use crate::privacy::HeldKey;

impl Batches for Readers {
    fn stage(&self, target: Target) -> Result<Box<dyn Staging + Send>, StoreError> {
        let window = match &target.window {
            Some((column, ..)) => sql::render("accept.in_window", &[("column", &sql::name(column))])?,
            None => sql::render("accept.everywhere", &[])?,
        };
        let conn = self.connect()?;
        for section in
            ["accept.seen", "accept.spared", "accept.held_keys", "accept.merged", "accept.held_rows"]
        {
            system(&conn, section, &[], &[])?;
        }
        Ok(Box::new(Staged {
            conn,
            target,
            window,
            columns: None,
            present: BTreeSet::new(),
            has_unread: false,
            lacking: Vec::new(),
        }))
    }
}

struct Staged {
    conn: Session,
    target: Target,
    /// The condition that a stored row is within the window.
    window: String,
    /// The staging table's columns, once there is one.
    columns: Option<Vec<(String, DataType)>>,
    /// Their names.
    present: BTreeSet<String>,
    /// A staged row has a cell that could not be read.
    has_unread: bool,
    /// Columns that the mapping feeds and the file lacks.
    lacking: Vec<String>,
}

impl Staged {
    /// What the statements' places stand for: the table, the window.
    fn places(&self) -> [(&str, &str); 2] {
        [("table", &self.target.table.name), ("window", &self.window)]
    }

    /// Values that the statements may name.
    fn params(&self) -> Vec<(&'static str, Value)> {
        let mut params = vec![("source", text(&self.target.source))];
        if let Some((_, from, to)) = &self.target.window {
            params.push(("from", day(*from)));
            params.push(("to", day(*to)));
        }
        params
    }

    fn do_all(&self, sections: &[&str]) -> Result<(), StoreError> {
        sections.iter().try_for_each(|section| system(&self.conn, section, &[], &[]).map(drop))
    }

    fn each(&self, section: &str, each: &mut dyn FnMut(&RecordBatch)) -> Result<(), StoreError> {
        streamed(&self.conn, section, &self.places(), &self.params(), |batch| each(&batch))
    }

    /// The SELECT of a part of the batch.
    fn part(&self, part: Part) -> Result<String, StoreError> {
        let table = &self.target.table;
        sql::render(section(part), &[("table", table.name.as_str()), ("columns", table.public().as_str())])
    }

    /// The staging table, with the columns of the first batch.
    fn make_table(&mut self, columns: Vec<(String, DataType)>) -> Result<(), StoreError> {
        let table = &self.target.table;
        let mut parts = Vec::with_capacity(columns.len());
        for (name, kind) in &columns {
            if name != UNREAD && !OWN.contains(&name.as_str()) && !table.inputs.contains(name) {
                return Err(StoreError::NoColumn { table: table.name.clone(), column: name.clone() });
            }
            parts.push(format!("{} {}", sql::name(name), sql_type(name, kind)?));
        }
        for own in OWN {
            if !columns.iter().any(|(n, _)| n == own) {
                return Err(StoreError::Inconsistent(format!("a safe batch without {own}")));
            }
        }
        system(&self.conn, "accept.rows", &[("columns", &parts.join(", "))], &[])?;
        self.present = columns.iter().map(|(n, _)| n.clone()).collect();
        self.columns = Some(columns);
        Ok(())
    }

    /// Expressions for the day of a stored row and of a staged one.
    fn days(&self) -> (String, String) {
        let of = |table: &str, known: bool| match &self.target.day {
            Some(column) if known => format!("CAST({table}.{} AS DATE)", sql::name(column)),
            _ => "CAST(NULL AS DATE)".to_owned(),
        };
        let day = self.target.day.as_ref();
        let stored = day.is_some_and(|column| self.target.table.has_column(column));
        let staged = day.is_some_and(|column| self.present.contains(column));
        (of("c", stored), of("s", staged))
    }

    /// Rows of a section that names the days of stored and staged rows.
    fn by_day<T>(
        &self,
        section: &str,
        read: impl Fn(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        let (stored, staged) = self.days();
        let mut places = self.places().to_vec();
        places.extend([("stored_day", stored.as_str()), ("staged_day", staged.as_str())]);
        system_rows(&self.conn, section, &places, &self.params(), read)
    }

    /// The whole numbers of a section's one row.
    fn numbers<const N: usize>(&self, section: &str) -> Result<[u64; N], StoreError> {
        let found = system_rows(&self.conn, section, &[], &[], |row| {
            let mut numbers = [0; N];
            for (at, number) in numbers.iter_mut().enumerate() {
                *number = row.get::<i64>(at)?.unsigned_abs();
            }
            Ok(numbers)
        })?;
        Ok(found.into_iter().next().unwrap_or([0; N]))
    }

    /// As [`Table::inputs_from`](super::super::super::schema::Table::inputs_from) of the staged rows, with the note of what
    /// could not be read.
    fn staged_inputs(&self) -> Result<String, StoreError> {
        let one = |input: &String| match self.is_note(input) {
            true => sql::render("accept.noted", &[]),
            false => Ok(input_from(input, &self.present, "s")),
        };
        Ok(self.target.table.inputs.iter().map(one).collect::<Result<Vec<_>, _>>()?.join(", "))
    }

    /// Is this the column that notes which cells of a row gave no value?
    fn is_note(&self, input: &str) -> bool {
        input == NOTE && self.present.contains(UNREAD)
    }

    /// Where a cell of the row that counts could not be read, the nearest merged row that tells of it stands in.
    fn fill_from_merged(&self) -> Result<(), StoreError> {
        let read = |row: &Row<'_>| row.get::<String>(0);
        let unread = system_rows(&self.conn, "accept.unread_of_repeated", &[], &[], read)?;
        let names = unread.iter().flat_map(|names| names.split(','));
        let names: BTreeSet<&str> = names.filter(|name| self.present.contains(*name)).collect();
        for name in names {
            let column = sql::name(name);
            let places = [("name", name), ("column", column.as_str())];
            for section in ["accept.told_beside", "accept.fill_told"] {
                system(&self.conn, section, &places, &[])?;
            }
            self.do_all(&["accept.mix_told"])?;
        }
        Ok(())
    }

    /// As `staged_inputs`, with the earlier value where a cell could not be read: what was known stays known.
    fn kept_inputs(&self) -> Result<String, StoreError> {
        let table = &self.target.table;
        let mut inputs = Vec::with_capacity(table.inputs.len());
        for input in &table.inputs {
            if self.is_note(input) {
                let fed = table.columns.iter().filter(|(name, _)| self.present.contains(name));
                let one = |(name, _): &(String, String)| {
                    sql::render("accept.kept_name", &[("name", name), ("column", &sql::name(name))])
                };
                let lacking =
                    self.lacking.iter().map(|name| sql::render("accept.lacking_name", &[("name", name)]));
                let names = fed.map(one).chain(lacking).collect::<Result<Vec<_>, _>>()?.join(", ");
                inputs.push(sql::render("accept.kept_noted", &[("names", &names)])?);
                continue;
            }
            if self.lacking.contains(input) && table.has_column(input) {
                inputs.push(sql::render("accept.lacking_input", &[("column", &sql::name(input))])?);
                continue;
            }
            let kept = table.columns.iter().find(|(name, _)| name == input && self.present.contains(name));
            inputs.push(match kept {
                Some((name, kind)) => {
                    // A constant is staged as text, whatever the table's column is.
                    let places =
                        [("name", name.as_str()), ("column", &sql::name(name)), ("type", kind.as_str())];
                    sql::render("accept.kept_input", &places)?
                }
                None => input_from(input, &self.present, "s"),
            });
        }
        Ok(inputs.join(", "))
    }
}

impl Staged {
    /// The rows of `from`, with no end before its beginning.
    fn in_spans(&self, from: String) -> Result<String, StoreError> {
        let table = &self.target.table;
        if table.spans.is_empty() || !self.has_unread && self.lacking.is_empty() {
            return Ok(from);
        }
        let mut ends = Vec::new();
        for span in &table.spans {
            let before = |(begin, end): &(String, String)| {
                let places = [("begin", sql::name(begin)), ("end", sql::name(end))];
                sql::render("accept.ends_before", &places.each_ref().map(|(n, v)| (*n, v.as_str())))
                    .map(|text| text.trim().to_owned())
            };
            let before = span.iter().map(before).collect::<Result<Vec<_>, _>>()?.join(" OR ");
            let names = span.iter().map(|(_, end)| end.as_str()).collect::<Vec<_>>();
            for end in &names {
                let places = [("before", before.as_str()), ("column", &sql::name(end))];
                ends.push(sql::render("accept.end_of_span", &places)?.trim().to_owned());
            }
            if table.has_column(NOTE) && self.present.contains(UNREAD) {
                let places = [("before", before.as_str()), ("names", &names.join(","))];
                ends.push(sql::render("accept.noted_ends", &places)?.trim().to_owned());
            }
        }
        sql::render("accept.spans", &[("ends", &ends.join(", ")), ("from", from.trim())])
    }
}

impl Staging for Staged {
    fn keep_lacking(&mut self, columns: Vec<String>) {
        self.lacking = columns;
    }

    fn add(&mut self, rows: RecordBatch) -> Result<(), StoreError> {
        let schema = rows.schema();
        let columns: Vec<(String, DataType)> =
            schema.fields().iter().map(|f| (f.name().clone(), f.data_type().clone())).collect();
        match &self.columns {
            None => self.make_table(columns)?,
            Some(first) if *first != columns => {
                return Err(StoreError::Inconsistent(
                    "the safe batches of one delivery differ in their columns".into(),
                ));
            }
            Some(_) => {}
        }
        let names = rows.column_by_name(UNREAD);
        self.has_unread |= names.is_some_and(|names| names.null_count() < names.len());
        append(&self.conn, "staging rows", (Place::Temporary, "delivery_rows"), rows)
    }

    fn add_seen(&mut self, rows: RecordBatch) -> Result<(), StoreError> {
        append(&self.conn, "staging rows", (Place::Temporary, "delivery_seen"), rows)
    }

    fn stored(&self) -> Result<u64, StoreError> {
        count(&self.conn, "accept.count_scope", &self.places(), &self.params())
    }

    fn stored_rows(&self, each: &mut dyn FnMut(&RecordBatch)) -> Result<(), StoreError> {
        self.each("accept.known_rows", each)
    }

    fn stored_contents(&self, each: &mut dyn FnMut(&RecordBatch)) -> Result<(), StoreError> {
        self.each("accept.known_contents", each)
    }

    fn staged_contents(&self, each: &mut dyn FnMut(&RecordBatch)) -> Result<(), StoreError> {
        self.each("accept.staged_contents", each)
    }

    fn begin(&mut self) -> Result<(), StoreError> {
        if self.columns.is_none() {
            self.make_table(OWN.map(|n| (n.to_owned(), DataType::UInt64)).to_vec())?;
        }
        self.do_all(&["accept.begin"])
    }

    fn identify(&mut self, batch: BatchId) -> Result<u64, StoreError> {
        let mut new = 0;
        if self.target.table.subject {
            let last = count(&self.conn, "accept.last_case", &[], &[])?;
            let params = [
                ("batch", batch_value(batch)),
                ("namespace", self.target.namespace.as_deref().into()),
                ("last", Value::Int(i64::try_from(last).unwrap_or(i64::MAX))),
            ];
            system(&self.conn, "accept.newcomers", &[], &params)?;
            new = system(&self.conn, "accept.add_newcomers", &[], &params)? as u64;
        }
        let key = if self.target.keyed { "key__" } else { "content__" };
        system(&self.conn, "accept.arrived", &[("key", key)], &[])?;
        Ok(new)
    }

    fn number_copies(&mut self) -> Result<(), StoreError> {
        self.do_all(&["accept.number_copies"])
    }

    fn repeated(&mut self, first_counts: bool) -> Result<u64, StoreError> {
        let which = if first_counts { "min" } else { "max" };
        system(&self.conn, "accept.repeated", &[("which", which)], &[])?;
        count(&self.conn, "accept.count_repeated", &[], &[])
    }

    fn conflicts(&self) -> Result<Vec<(u64, u64)>, StoreError> {
        system_rows(&self.conn, "accept.conflicts", &[], &[], |row| Ok((row.get(0)?, row.get(1)?)))
    }

    fn hold_conflicts(&mut self) -> Result<(), StoreError> {
        self.do_all(&["accept.spare_conflicts", "accept.hold_conflicts", "accept.drop_conflicts"])
    }

    fn merge(&mut self) -> Result<(), StoreError> {
        self.do_all(&["accept.merge"])?;
        if self.has_unread {
            self.fill_from_merged()?;
        }
        self.do_all(&["accept.drop_merged"])
    }

    fn merged(&self, contradicting: bool, most: usize) -> Result<Vec<(u64, u64)>, StoreError> {
        let values = [("contradicts", contradicting.into()), ("n", number(most as u64))];
        system_rows(&self.conn, "accept.merged_rows", &[], &values, |row| Ok((row.get(0)?, row.get(1)?)))
    }

    fn contradicting(&self) -> Result<u64, StoreError> {
        count(&self.conn, "accept.count_contradicting", &[], &[])
    }

    fn is_new_source(&self) -> Result<bool, StoreError> {
        Ok(count(&self.conn, "accept.has_rows", &self.places(), &self.params())? == 0)
    }

    fn compare(&mut self, first: bool, snapshot: bool) -> Result<(), StoreError> {
        if first {
            return self.do_all(&["accept.first_change"]);
        }
        let [table, window] = self.places();
        let side = if snapshot { "FULL" } else { "LEFT" };
        system(&self.conn, "accept.compare", &[table, window, ("side", side)], &self.params()).map(drop)
    }

    fn drop_kept(&mut self) -> Result<(), StoreError> {
        let table = &self.target.table;
        let inputs = match self.present.contains(UNREAD) {
            true => self.kept_inputs()?,
            false => self.staged_inputs()?,
        };
        let places = [("inputs", inputs), ("table", table.name.clone())];
        let from = sql::render("accept.kept_from", &places.each_ref().map(|(n, v)| (*n, v.as_str())))?;
        let lift = table.lift(self.in_spans(from)?.trim(), sql::text("accept.kept_own")?.trim())?;
        let one = |(name, _): &(String, String)| {
            sql::render("accept.equal", &[("column", &sql::name(name))]).map(|text| text.trim().to_owned())
        };
        let equal = table.columns.iter().map(one).collect::<Result<Vec<_>, _>>()?.join(" AND ");
        let places = [("lift", lift.as_str()), ("table", table.name.as_str()), ("equal", equal.as_str())];
        system(&self.conn, "accept.drop_kept", &places, &[]).map(drop)
    }

    fn keep_days(&mut self, free: &[(Date, Date)]) -> Result<Vec<u64>, StoreError> {
        let (stored, staged) = self.days();
        let within = |day: &str| -> Result<String, StoreError> {
            let one = |(from, to): &(Date, Date)| {
                let (from, to) = (from.to_string(), to.to_string());
                let text = sql::render("accept.free_days", &[("day", day), ("from", &from), ("to", &to)])?;
                Ok(text.trim().to_owned())
            };
            let days = free.iter().map(one).collect::<Result<Vec<String>, StoreError>>()?;
            Ok(if days.is_empty() { "false".to_owned() } else { format!("({})", days.join(" OR ")) })
        };
        let [table, _] = self.places();
        let (stored, staged) = (within(&stored)?, within(&staged)?);
        let places = [table, ("stored_free", stored.as_str()), ("staged_free", staged.as_str())];
        system(&self.conn, "accept.overtaken", &places, &[])?;
        self.do_all(&["accept.drop_overtaken"])?;
        system_rows(&self.conn, "accept.overtaken_rows", &[], &[], |row| row.get(0))
    }

    fn changed_rows(&self) -> Result<Vec<u64>, StoreError> {
        system_rows(&self.conn, "accept.changed_rows", &[], &[], |row| row.get(0))
    }

    fn hold_changed(&mut self) -> Result<(), StoreError> {
        self.do_all(&["accept.hold_changed", "accept.drop_changed_arrived", "accept.drop_changed"])
    }

    fn spare(&mut self, keys: &[HeldKey]) -> Result<u64, StoreError> {
        if !keys.is_empty() {
            let rows = keys.iter().map(|key| {
                let (hi, lo) = key.subject.unzip();
                [hi.into(), lo.into(), key.key.into()]
            });
            append_rows(&self.conn, "holding keys", (Place::Temporary, "held_keys"), rows)?;
            self.do_all(&["accept.spare_held"])?;
        }
        Ok(system(&self.conn, "accept.drop_spared", &[], &[])? as u64)
    }

    fn spare_all(&mut self) -> Result<u64, StoreError> {
        Ok(system(&self.conn, "accept.drop_absent", &[], &[])? as u64)
    }

    fn counted(&self) -> Result<Facts, StoreError> {
        let [opened, closed, lacking, new, withdrawn] = self.numbers("accept.count_change")?;
        let [arrived] = self.numbers("accept.count_arrived")?;
        Ok(Facts { arrived, opened, closed, new, withdrawn, lacking })
    }

    fn counted_rows(&self) -> Result<(u64, u64, u64), StoreError> {
        let [new, changed, merged] = self.numbers("accept.count_rows")?;
        Ok((new, changed, merged))
    }

    fn count_merged(&self) -> Result<u64, StoreError> {
        let [merged] = self.numbers("accept.count_merged")?;
        Ok(merged)
    }

    fn ends(&self) -> Result<Ends, StoreError> {
        let found = self.by_day("accept.ends", |row| {
            let lost = |rows: usize, first: usize| -> Result<Lost, StoreError> {
                let days = row.get::<Option<Date>>(first)?.zip(row.get::<Option<Date>>(first + 1)?);
                Ok(Lost { rows: row.get::<i64>(rows)?.unsigned_abs(), days })
            };
            let by_place = lost(1, 4)?;
            let dated = row.get::<i64>(3)? == 0;
            Ok(Ends {
                last_day: row.get(0)?,
                by_place: Lost { days: by_place.days.filter(|_| dated), ..by_place },
                first_row: row.get::<Option<u64>>(2)?.unwrap_or_default(),
                by_day: lost(6, 7)?,
                newest_first: lost(9, 10)?,
            })
        })?;
        let missing = || StoreError::Inconsistent("a delivery without ends".into());
        found.into_iter().next().ok_or_else(missing)
    }

    fn first_last(&self) -> Result<Option<(End, End)>, StoreError> {
        let found = self.by_day("accept.first_last", |row| {
            Ok(End { row: row.get(0)?, new: row.get(1)?, day: row.get(2)? })
        })?;
        Ok(found.first().copied().zip(found.last().copied()))
    }

    fn behind(&self, column: &str, last: Date) -> Result<(u64, u64), StoreError> {
        let column = sql::name(column);
        let [table, window] = self.places();
        let mut params = self.params();
        params.push(("last_day", day(last)));
        let places = [table, window, ("column", column.as_str())];
        let found = system_rows(&self.conn, "accept.lost_days", &places, &params, |row| {
            Ok((row.get::<i64>(0)?.unsigned_abs(), row.get::<i64>(1)?.unsigned_abs()))
        })?;
        Ok(found.first().copied().unwrap_or_default())
    }

    fn write(&mut self, batch: BatchId, opened: u64, closed: u64) -> Result<(), StoreError> {
        let table = &self.target.table;
        let public = table.public();
        let places = [("table", table.name.as_str()), ("columns", public.as_str())];
        let params = [("batch", batch_value(batch)), ("source", text(&self.target.source))];
        if closed > 0 {
            system(&self.conn, "accept.close", &places, &params)?;
            system(&self.conn, "accept.remove", &places, &params)?;
        }
        if opened > 0 {
            let from = if (self.has_unread || !self.lacking.is_empty()) && closed > 0 {
                let inputs = self.kept_inputs()?;
                sql::render("accept.open_from_kept", &[("inputs", &inputs), ("table", &table.name)])?
            } else {
                let inputs = self.staged_inputs()?;
                sql::render("accept.open_from", &[("inputs", &inputs)])?
            };
            let lift = table.lift(self.in_spans(from)?.trim(), sql::text("accept.open_own")?.trim())?;
            system(&self.conn, "accept.open", &[("table", &table.name), ("lift", &lift)], &params)?;
        }
        Ok(())
    }

    fn archive(&self, batch: BatchId, part: Part, file: &Path) -> Result<u64, StoreError> {
        let rows = self.part(part)?;
        let params = [("batch", batch_value(batch)), ("file", text(&file.to_string_lossy()))];
        Ok(system(&self.conn, "seal.copy", &[("rows", &rows)], &params)? as u64)
    }

    fn archived(
        &self,
        batch: BatchId,
        part: Part,
        each: &mut dyn FnMut(RecordBatch),
    ) -> Result<(), StoreError> {
        let public = self.target.table.public();
        let places = [("table", self.target.table.name.as_str()), ("columns", public.as_str())];
        streamed(&self.conn, section(part), &places, &[("batch", batch_value(batch))], each)
    }

    fn ledger(&self) -> &Session {
        &self.conn
    }

    fn commit(&mut self) -> Result<(), StoreError> {
        self.do_all(&["accept.commit"])
    }

    fn roll_back(&mut self) -> Result<(), StoreError> {
        self.do_all(&["accept.rollback"])
    }
}

const fn section(part: Part) -> &'static str {
    match part {
        Part::Opened => "accept.opened_rows",
        Part::Closed => "accept.closed_rows",
        Part::Identities => "accept.identity_rows",
    }
}

fn sql_type(column: &str, kind: &DataType) -> Result<&'static str, StoreError> {
    Ok(match kind {
        DataType::Boolean => "BOOLEAN",
        DataType::Int8 => "TINYINT",
        DataType::Int16 => "SMALLINT",
        DataType::Int32 => "INTEGER",
        DataType::Int64 => "BIGINT",
        DataType::UInt32 => "UINTEGER",
        DataType::UInt64 => "UBIGINT",
        DataType::Float64 => "DOUBLE",
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => "VARCHAR",
        DataType::Date32 => "DATE",
        DataType::Timestamp(_, None) => "TIMESTAMP",
        other => return Err(StoreError::ColumnType { column: column.to_owned(), kind: other.to_string() }),
    })
}
