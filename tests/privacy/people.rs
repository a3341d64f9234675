//! People who don't exist, with everything that identifies a person, as rows of a HER-SYS export.

use std::fmt::Write as _;

use hinomi::definitions::mapping::{Kind, Mapping};
use hinomi::privacy::check_digit_fits;
use proptest::prelude::*;
use proptest::sample::select;

/// No word of the program or of a form is written with these.
const FAMILY: [&str; 8] = ["鷲尾", "鵜沼", "蛯名", "蓑毛", "鯨岡", "狐塚", "鴫原", "蜷川"];
const GIVEN: [&str; 8] = ["燕次郎", "雀子", "鷹彦", "鳩江", "鶴松", "鴎太", "鶯乃", "鷺香"];
const FAMILY_KANA: [&str; 8] =
    ["ワシオ", "ウヌマ", "エビナ", "ミノゲ", "クジラオカ", "キツネヅカ", "シギハラ", "ニナガワ"];
const GIVEN_KANA: [&str; 8] =
    ["ツバメジロウ", "スズメコ", "タカヒコ", "ハトエ", "ツルマツ", "カモメタ", "ウグイスノ", "サギカ"];
const TOWNS: [&str; 6] = ["芝公園", "六本木", "南青山", "白金台", "港南", "浜松町"];

/// One person, and the sentence that a clerk wrote about them.
#[derive(Clone, Debug)]
pub struct Person {
    pub id: String,
    pub name: String,
    pub kana: String,
    pub phone: String,
    pub email: String,
    pub postal: String,
    pub address: String,
    pub number: String,
    pub birth: String,
    /// The same date in ISO form, as a date column would hold it.
    pub birth_iso: String,
    pub memo: String,
}

/// Any person; `serial` keeps ids apart.
pub fn person(serial: usize) -> impl Strategy<Value = Person> {
    let who = (0usize..8, 0usize..8, select(vec![" ", "　", ""]));
    let phone =
        (select(vec!["090", "080", "070", "050", "03"]), 1_000u32..10_000, 1_000u32..10_000, 0usize..4);
    let home = (select(TOWNS.to_vec()), 1u32..6, 1u32..30, 1u32..30, 100u32..2_000);
    let born = (1926i16..2016, 1i8..=12, 1i8..=28, 0usize..3);
    let numbers = (10_000_000_000u64..99_999_999_999, 1_000u32..10_000);
    (who, phone, home, born, numbers).prop_map(
        move |((family, given, gap), phone, home, born, (number, nonce))| {
            let name = format!("{}{gap}{}", FAMILY[family], GIVEN[given]);
            let kana = format!("{} {}", FAMILY_KANA[family], GIVEN_KANA[given]);
            let phone = phone_of(phone);
            let email = format!("tori{nonce}.{serial}@example{family}.ne.jp");
            let (town, block, lot, house, room) = home;
            let address = format!("東京都港区{town}{block}-{lot}-{house} 鳥籠ハイツ{room}号室");
            let number = with_check_digit(number);
            let (year, month, day, form) = born;
            let birth_iso = format!("{year}-{month:02}-{day:02}");
            let birth = match form {
                0 => birth_iso.clone(),
                1 => format!("{year}/{month}/{day}"),
                _ => format!("{year}年{month}月{day}日"),
            };
            let id = format!("{}", 3_000_000 + serial * 7_919 + nonce as usize % 7_000);
            let postal = format!("1{:02}-{:04}", lot + 50, 9_000 + house * 31);
            let memo =
                format!("{name}（{kana}）さん宅へ電話{phone}、個人番号{number}、鍵は{nonce}番の植木鉢の下");
            Person { id, name, kana, phone, email, postal, address, number, birth, birth_iso, memo }
        },
    )
}

fn phone_of((area, middle, last, form): (&str, u32, u32, usize)) -> String {
    let plain = format!("{area}-{middle}-{last}");
    match form {
        0 => plain,
        1 => plain.replace('-', ""),
        2 => plain.replace('-', "－"),
        _ => plain.chars().map(wide).collect(),
    }
}

fn wide(c: char) -> char {
    match c {
        '0'..='9' => char::from_u32(c as u32 - '0' as u32 + '０' as u32).unwrap_or(c),
        '-' => '‐',
        c => c,
    }
}

fn with_check_digit(body: u64) -> String {
    let digits: Vec<u8> = body.to_string().bytes().map(|b| b - b'0').collect();
    let mut all = [0; 12];
    all[..11].copy_from_slice(&digits);
    for last in 0..10 {
        all[11] = last;
        if check_digit_fits(&all) {
            break;
        }
    }
    all.iter().map(|d| char::from(b'0' + d)).collect()
}

impl Person {
    /// Everything that must not be found anywhere, in the forms that it may have taken on the way.
    pub fn traces(&self) -> Vec<String> {
        let digits =
            |t: &str| -> String { t.chars().filter(|c| !"-－‐".contains(*c)).map(narrow).collect() };
        let mut traces = vec![
            self.id.clone(),
            self.name.clone(),
            self.name.replace([' ', '　'], ""),
            self.kana.clone(),
            self.kana.replace(' ', ""),
            self.phone.clone(),
            digits(&self.phone),
            self.phone.chars().map(narrow).collect(),
            self.email.clone(),
            self.postal.clone(),
            digits(&self.postal),
            self.address.clone(),
            self.address.rsplit(' ').next().unwrap_or_default().to_owned(),
            self.address["東京都港区".len()..].split(' ').next().unwrap_or_default().to_owned(),
            self.number.clone(),
            self.birth.clone(),
            self.birth_iso.clone(),
            self.birth_iso.replace('-', ""),
            self.memo.clone(),
            "植木鉢".to_owned(),
        ];
        traces.sort();
        traces.dedup();
        traces
    }

    /// One of the identifiers, to be put where it doesn't belong.
    pub fn any(&self, which: usize) -> &str {
        let all = [
            &self.name,
            &self.kana,
            &self.phone,
            &self.email,
            &self.number,
            &self.address,
            &self.memo,
            &self.id,
        ];
        all[which % all.len()]
    }

    /// The row of this person in a form: known fields have their own values, every other column has identifiers.
    pub fn row(&self, mapping: &Mapping, serial: usize) -> Vec<String> {
        mapping
            .columns
            .iter()
            .enumerate()
            .map(|(at, column)| {
                let Some(field) = column.field.as_deref() else {
                    return self.dropped(&column.headings[0], at);
                };
                let day = 1 + (serial + at) % 28;
                match column.kind {
                    _ if field == "subject" => self.id.clone(),
                    Some(Kind::Date) => format!("2021-08-{day:02}"),
                    Some(Kind::Datetime) => format!("2021-08-{day:02} {:02}:{:02}", serial % 24, at % 60),
                    Some(Kind::Code) => {
                        let texts: Vec<_> = column.codes.values().flatten().collect();
                        texts[(serial + at) % texts.len()].clone()
                    }
                    Some(Kind::Flag) => ["有り", "無し", "不明"][(serial + at) % 3].to_owned(),
                    Some(Kind::Age) => (serial % 105).to_string(),
                    Some(Kind::District) => self.address.clone(),
                    _ => (90 + serial % 10).to_string(),
                }
            })
            .collect()
    }

    fn dropped(&self, heading: &str, at: usize) -> String {
        let has = |word: &str| heading.contains(word);
        match heading {
            _ if has("氏名") => self.name.clone(),
            _ if has("フリガナ") => self.kana.clone(),
            _ if has("生年月日") => self.birth.clone(),
            _ if has("電話") => self.phone.clone(),
            _ if has("メール") => self.email.clone(),
            _ if has("郵便") => self.postal.clone(),
            _ if has("住所") || has("所在地") => self.address.clone(),
            _ if has("備考") => self.memo.clone(),
            _ => self.any(at).to_owned(),
        }
    }
}

fn narrow(c: char) -> char {
    match c {
        '０'..='９' => char::from_u32(c as u32 - '０' as u32 + '0' as u32).unwrap_or(c),
        '－' | '‐' => '-',
        c => c,
    }
}

/// Rows as a CSV text, every cell quoted, with one column more than the mapping lists.
pub fn csv(mapping: &Mapping, rows: &[Vec<String>], memos: &[&str]) -> String {
    let mut text = String::new();
    let header = mapping.columns.iter().map(|c| c.headings[0].as_str()).chain(["聞き取りの記録"]);
    line(&mut text, header);
    for (row, memo) in rows.iter().zip(memos) {
        line(&mut text, row.iter().map(String::as_str).chain([*memo]));
    }
    text
}

fn line<'a>(text: &mut String, cells: impl Iterator<Item = &'a str>) {
    for (n, cell) in cells.enumerate() {
        let comma = if n == 0 { "" } else { "," };
        let _ = write!(text, "{comma}\"{}\"", cell.replace('"', "\"\""));
    }
    text.push_str("\r\n");
}
