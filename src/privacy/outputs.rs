//! The columns that leave the gate: their shapes, the values of one row, the hashes over them, and the frame.

use polars::prelude::*;
use polars_arrow::array::{BooleanArray, MutableBinaryViewArray};
use polars_arrow::bitmap::{Bitmap, MutableBitmap};
use sha2::{Digest, Sha256};

/// Stands before the tag of a column whose cell could not be read: that is another content than a null.
const UNREAD: [u8; 4] = *b"?un?";
/// The same for a column whose cell named a time and no day.
const VAGUE: [u8; 4] = *b"?va?";
/// Stands before the name of such a column in `unread__`.
const VAGUE_MARK: &str = "~";

/// The encoding below; another number gives every row another hash, which would look like a correction of each.
const ENCODING: u8 = 1;

/// What a column of the table holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// Days since 1970-01-01.
    Day,
    /// Microseconds since 1970-01-01T00:00Z.
    Instant,
    Whole,
    /// A whole number, or the text of one with decimals: the digits as they were written.
    Decimal,
    Flag,
    /// One of the column's codes.
    Code,
    /// An id.
    Text,
}

/// One value of one row. A `Text` lies in the row's arena.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) enum Value {
    #[default]
    Null,
    /// A day, an instant or a whole number, by the column's shape.
    Whole(i64),
    Flag(bool),
    Code(u16),
    Text(u32, u32),
}

/// One column of the table that the mapping feeds.
#[derive(Clone, Debug)]
pub(super) struct Output {
    pub name: String,
    pub shape: Shape,
    /// The codes, in the order of their numbers.
    pub codes: Vec<String>,
    /// The heading that faults of this column name.
    pub heading: String,
    /// The value in each row where no cell gives one (constants).
    pub standing: Value,
    tag: [u8; 4],
}

impl Output {
    pub(super) fn new(name: &str, shape: Shape, heading: &str) -> Self {
        let mut tag = [0; 4];
        tag.copy_from_slice(&Sha256::digest(name.as_bytes())[..4]);
        Self {
            name: name.to_owned(),
            shape,
            codes: Vec::new(),
            heading: heading.to_owned(),
            standing: Value::Null,
            tag,
        }
    }

    /// The number of a code, added if it is new.
    pub(super) fn code(&mut self, code: &str) -> u16 {
        let at = self.codes.iter().position(|c| c == code).unwrap_or_else(|| {
            self.codes.push(code.to_owned());
            self.codes.len() - 1
        });
        at as u16
    }

    /// Appends a value: the column's tag (four bytes of its name's SHA-256) and the value, big-endian; texts with
    /// their length. Null is nothing, so that a new column without values changes no hash.
    fn encode(&self, value: Value, arena: &str, into: &mut Vec<u8>) {
        if value == Value::Null {
            return;
        }
        into.extend_from_slice(&self.tag);
        match (value, self.shape) {
            (Value::Null, _) => {}
            (Value::Whole(day), Shape::Day) => into.extend_from_slice(&(day as i32).to_be_bytes()),
            (Value::Whole(number), _) => into.extend_from_slice(&number.to_be_bytes()),
            (Value::Flag(flag), _) => into.push(u8::from(flag)),
            (Value::Code(code), _) => encode_text(&self.codes[usize::from(code)], into),
            (Value::Text(from, to), _) => encode_text(&arena[from as usize..to as usize], into),
        }
    }
}

fn encode_text(text: &str, into: &mut Vec<u8>) {
    into.extend_from_slice(&(text.len() as u16).to_be_bytes());
    into.extend_from_slice(text.as_bytes());
}

/// Hashes rows: the first eight bytes of SHA-256 over the encoded values.
#[derive(Debug, Default)]
pub(super) struct Hasher {
    buffer: Vec<u8>,
}

impl Hasher {
    /// Over all the row's values, in the order of the columns' names, and then the columns that could not be read, or
    /// whose day is vague: a word for "unknown" that follows is then seen as a change.
    pub(super) fn content(
        &mut self,
        outputs: &[Output],
        values: &[Value],
        arena: &str,
        unread: &[usize],
        vague: &[usize],
    ) -> u64 {
        self.buffer.clear();
        self.buffer.push(ENCODING);
        for (output, value) in outputs.iter().zip(values) {
            output.encode(*value, arena, &mut self.buffer);
        }
        for (mark, places) in [(UNREAD, unread), (VAGUE, vague)] {
            for at in places {
                self.buffer.extend_from_slice(&mark);
                self.buffer.extend_from_slice(&outputs[*at].tag);
            }
        }
        self.finish()
    }

    /// Over the key's values, in the mapping's order; 0 without a key.
    pub(super) fn key(&mut self, key: &[usize], outputs: &[Output], values: &[Value], arena: &str) -> u64 {
        if key.is_empty() {
            return 0;
        }
        self.buffer.clear();
        self.buffer.push(ENCODING);
        for at in key {
            outputs[*at].encode(values[*at], arena, &mut self.buffer);
        }
        self.finish()
    }

    fn finish(&self) -> u64 {
        let digest = Sha256::digest(&self.buffer);
        let mut first = [0; 8];
        first.copy_from_slice(&digest[..8]);
        u64::from_be_bytes(first)
    }
}

/// A column being filled.
#[derive(Debug)]
struct Filling {
    values: Values,
    valid: MutableBitmap,
}

#[derive(Debug)]
enum Values {
    Day(Vec<i32>),
    Whole(Vec<i64>),
    Instant(Vec<i64>),
    Decimal(MutableBinaryViewArray<str>),
    Flag(MutableBitmap),
    Text(MutableBinaryViewArray<str>),
}

/// The frame being filled, row by row.
#[derive(Debug)]
pub(super) struct Frame {
    columns: Vec<Filling>,
    row: Vec<u64>,
    subject: Option<(Vec<u64>, Vec<u64>)>,
    key: Vec<u64>,
    content: Vec<u64>,
    /// Names of the row's columns that could not be read, and of days that are vague: `,age,age_decade,~onset_day,`.
    unread: MutableBinaryViewArray<str>,
    has_unread: MutableBitmap,
}

impl Frame {
    pub(super) fn new(outputs: &[Output], rows: usize, with_subject: bool) -> Self {
        let column = |output: &Output| Filling {
            values: match output.shape {
                Shape::Day => Values::Day(Vec::with_capacity(rows)),
                Shape::Instant => Values::Instant(Vec::with_capacity(rows)),
                Shape::Whole => Values::Whole(Vec::with_capacity(rows)),
                Shape::Decimal => Values::Decimal(MutableBinaryViewArray::with_capacity(rows)),
                Shape::Flag => Values::Flag(MutableBitmap::with_capacity(rows)),
                Shape::Code | Shape::Text => Values::Text(MutableBinaryViewArray::with_capacity(rows)),
            },
            valid: MutableBitmap::with_capacity(rows),
        };
        Self {
            columns: outputs.iter().map(column).collect(),
            row: Vec::with_capacity(rows),
            subject: with_subject.then(|| (Vec::with_capacity(rows), Vec::with_capacity(rows))),
            key: Vec::with_capacity(rows),
            content: Vec::with_capacity(rows),
            unread: MutableBinaryViewArray::with_capacity(rows),
            has_unread: MutableBitmap::with_capacity(rows),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.row.len()
    }

    pub(super) fn push(&mut self, outputs: &[Output], values: &[Value], arena: &str, ledger: Ledger<'_>) {
        for ((column, output), value) in self.columns.iter_mut().zip(outputs).zip(values) {
            column.push(output, *value, arena);
        }
        self.row.push(ledger.row);
        if let (Some((hi, lo)), Some(subject)) = (&mut self.subject, ledger.subject) {
            hi.push(subject.0);
            lo.push(subject.1);
        }
        self.key.push(ledger.key);
        self.content.push(ledger.content);
        let named = |mark: &str, at: &usize| format!("{mark}{},", outputs[*at].name);
        let unread = ledger.unread.iter().map(|at| named("", at));
        let names: String = unread.chain(ledger.vague.iter().map(|at| named(VAGUE_MARK, at))).collect();
        self.has_unread.push(!names.is_empty());
        self.unread.push_value_ignore_validity(match names.is_empty() {
            true => names,
            false => format!(",{names}"),
        });
    }

    pub(super) fn finish(self, outputs: &[Output]) -> PolarsResult<DataFrame> {
        let height = self.row.len();
        let mut columns = Vec::with_capacity(self.columns.len() + 6);
        for (filling, output) in self.columns.into_iter().zip(outputs) {
            columns.push(filling.finish(output.name.as_str().into()));
        }
        let numbers = |name: &'static str, values| UInt64Chunked::from_vec(name.into(), values).into_column();
        columns.push(numbers("row__", self.row));
        let (hi, lo) = if let Some((hi, lo)) = self.subject {
            (numbers("subject_hi__", hi), numbers("subject_lo__", lo))
        } else {
            let nulls = |name: &'static str| UInt64Chunked::full_null(name.into(), height).into_column();
            (nulls("subject_hi__"), nulls("subject_lo__"))
        };
        columns.extend([hi, lo, numbers("key__", self.key), numbers("content__", self.content)]);
        let unread = self.unread.freeze().with_validity(some_null(self.has_unread));
        columns.push(StringChunked::with_chunk("unread__".into(), unread).into_column());
        DataFrame::new(height, columns)
    }
}

/// What goes beside a row's values.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ledger<'a> {
    pub row: u64,
    pub subject: Option<(u64, u64)>,
    pub key: u64,
    pub content: u64,
    /// Outputs of which a cell could not be read, in order.
    pub unread: &'a [usize],
    /// Outputs of which a cell named a time and no day, in order.
    pub vague: &'a [usize],
}

/// Which values are there, where not all are.
fn some_null(valid: MutableBitmap) -> Option<Bitmap> {
    let valid: Bitmap = valid.into();
    (valid.unset_bits() > 0).then_some(valid)
}

impl Filling {
    #[inline]
    fn push(&mut self, output: &Output, value: Value, arena: &str) {
        self.valid.push(value != Value::Null);
        match (&mut self.values, value) {
            (Values::Day(column), Value::Whole(day)) => column.push(day as i32),
            (Values::Day(column), _) => column.push(0),
            (Values::Whole(column) | Values::Instant(column), Value::Whole(number)) => column.push(number),
            (Values::Whole(column) | Values::Instant(column), _) => column.push(0),
            (Values::Decimal(column), Value::Whole(number)) => {
                column.push_value_ignore_validity(number.to_string().as_str());
            }
            (Values::Flag(column), value) => column.push(value == Value::Flag(true)),
            (Values::Text(column), Value::Code(code)) => {
                column.push_value_ignore_validity(output.codes[usize::from(code)].as_str());
            }
            (Values::Text(column) | Values::Decimal(column), Value::Text(from, to)) => {
                column.push_value_ignore_validity(&arena[from as usize..to as usize]);
            }
            (Values::Text(column) | Values::Decimal(column), _) => column.push_value_ignore_validity(""),
        }
    }

    fn finish(self, name: PlSmallStr) -> Column {
        let valid = some_null(self.valid);
        match self.values {
            Values::Day(v) => Int32Chunked::from_vec_validity(name, v, valid).into_date().into_column(),
            Values::Instant(v) => Int64Chunked::from_vec_validity(name, v, valid)
                .into_datetime(TimeUnit::Microseconds, None)
                .into_column(),
            Values::Whole(v) => Int64Chunked::from_vec_validity(name, v, valid).into_column(),
            Values::Flag(v) => {
                let array =
                    BooleanArray::new(polars_arrow::datatypes::ArrowDataType::Boolean, v.into(), valid);
                BooleanChunked::with_chunk(name, array).into_column()
            }
            Values::Text(v) | Values::Decimal(v) => {
                StringChunked::with_chunk(name, v.freeze().with_validity(valid)).into_column()
            }
        }
    }
}
