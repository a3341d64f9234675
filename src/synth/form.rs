//! Notifications as the HER-SYS export writes them: 60 columns, one row a case, with the drifting words of those
//! who typed them.

use super::case::{Case, Channel, Class, Correction, Place, Severity, Sex, Stay, sign};
use super::disease::Disease;
use super::identity::{Dice, Identity};
use super::moment::{Day, DayTexts, Minute, NEVER, NO_DAY, Style, day_in};

pub(super) const HEADINGS: [&str; 60] = [
    "HER-SYS ID",
    "疾病名",
    "当該者の類型",
    "届出経路",
    "管轄区分",
    "区民",
    "氏名",
    "フリガナ",
    "性別",
    "生年月日",
    "年齢",
    "職業",
    "住所",
    "所在地",
    "電話番号",
    "保護者氏名",
    "保護者電話",
    "発熱",
    "咳",
    "肺炎像",
    "全身倦怠感",
    "頭痛",
    "下痢",
    "嗅覚・味覚障害",
    "その他の症状",
    "高血圧",
    "糖尿病",
    "喫煙歴",
    "妊娠",
    "免疫機能低下",
    "酸素飽和度（室内気）",
    "重症度",
    "入院の必要性",
    "届出時点の入院",
    "入院年月日",
    "ワクチン1回目",
    "ワクチン2回目",
    "ワクチン3回目",
    "初診年月日",
    "診断年月日",
    "感染推定年月日",
    "発病年月日",
    "死亡年月日",
    "報告年月日",
    "検査方法",
    "検体採取日",
    "感染経路",
    "感染経路の詳細",
    "感染地域",
    "医師氏名",
    "医療機関名称",
    "医療機関所在地",
    "医療機関電話",
    "受理日時",
    "入力日時",
    "初回連絡日時",
    "公表年月日",
    "死亡公表年月日",
    "療養状況",
    "備考",
];

/// One row being written.
struct Row<'a> {
    out: &'a mut String,
    first: bool,
}

impl Row<'_> {
    fn cell(&mut self, text: &str) {
        self.next();
        super::csv::push_cell(self.out, text);
    }

    /// For texts that never need quotes.
    fn plain(&mut self, text: &str) {
        self.next();
        self.out.push_str(text);
    }

    fn with(&mut self, write: impl FnOnce(&mut String)) {
        self.next();
        write(self.out);
    }

    fn next(&mut self) {
        if !self.first {
            self.out.push(',');
        }
        self.first = false;
    }
}

/// Writes rows of the export as known at one moment.
pub(super) struct Form<'a> {
    pub seed: u64,
    pub at: Minute,
    pub diseases: &'static [Disease],
    pub days: &'a DayTexts,
}

impl Form<'_> {
    pub(super) fn header(out: &mut String) {
        out.push_str(&HEADINGS.join(","));
        out.push_str("\r\n");
    }

    /// The row of one case. `otherwise`: the row says 入院中, whatever the stays say.
    pub(super) fn row(&self, out: &mut String, case: &Case, stays: &[Stay], otherwise: bool) {
        let mut dice = Dice::new(self.seed, case.number);
        let person = Identity::of(case, &mut dice);
        let wrong = case.still_wrong(self.at);
        let typed = case.channel == Channel::Fax;
        let style = match dice.below(10) {
            0..4 if typed => Style::Short,
            4..7 if typed => Style::Era,
            _ => Style::Slash,
        };
        let disease = &self.diseases[usize::from(case.disease)];
        let mut row = Row { out, first: true };
        row.with(|out| push_number(out, case.number));
        row.plain(disease.ja);
        self.what_and_whose(&mut row, case, wrong);
        self.person(&mut row, case, &person, wrong, typed, &mut dice);
        self.illness(&mut row, case, typed);
        self.dates(&mut row, case, wrong, style, typed);
        self.diagnosis(&mut row, case, disease, style, &person);
        self.desk(&mut row, case, stays, otherwise);
        row.cell(person.remarks);
        row.out.push_str("\r\n");
    }

    fn what_and_whose(&self, row: &mut Row<'_>, case: &Case, wrong: Option<Correction>) {
        row.plain(match case.class {
            _ if wrong == Some(Correction::Class) => "疑似症患者",
            Class::Confirmed => "患者（確定例）",
            Class::Asymptomatic => "無症状病原体保有者",
            Class::Suspected => "疑似症患者",
            Class::Died => "感染症死亡者の死体",
        });
        row.plain(match case.channel {
            Channel::HerSys => "HER-SYS",
            Channel::Fax => "FAX（入力代行）",
            Channel::Nesid => "NESID",
        });
        row.plain(match case {
            c if c.moved_out <= self.at => "他保健所へ移管",
            c if c.moved_in => "他保健所から移管",
            _ => "管内",
        });
        row.plain(if case.district.is_some() { "○" } else { "×" });
    }

    fn person(
        &self,
        row: &mut Row<'_>,
        case: &Case,
        person: &Identity,
        wrong: Option<Correction>,
        typed: bool,
        dice: &mut Dice,
    ) {
        row.with(|out| push_all(out, &[person.surname.0, "　", person.given.0]));
        row.with(|out| push_all(out, &[person.surname.1, "　", person.given.1]));
        row.plain(match case.sex {
            Sex::Male if typed => "男性",
            Sex::Male => "男",
            Sex::Female if typed => "女性",
            Sex::Female => "女",
            Sex::Other => "その他",
            Sex::Unknown => "不明",
        });
        row.with(|out| {
            let (year, month, day) = person.born;
            push_number(out, year as u32);
            out.push('/');
            push_number(out, u32::from(month));
            out.push('/');
            push_number(out, u32::from(day));
        });
        let off = if let Some(Correction::Age(by)) = wrong { by } else { 0 };
        let age = (i16::from(case.age) + i16::from(off)).clamp(0, 110) as u8;
        row.with(|out| push_age(out, age, typed, dice));
        row.plain(person.job);
        row.plain(if wrong == Some(Correction::District) { "調査中" } else { &person.address });
        row.plain(if dice.once_in(15) { &person.clinic_address } else { "" });
        row.plain(&person.phone);
        let (name, phone) = person.guardian.as_ref().map_or(("", ""), |(name, phone)| (*name, phone));
        row.with(|out| push_all(out, &[if name.is_empty() { "" } else { person.surname.0 }, name]));
        row.plain(phone);
    }

    fn illness(&self, row: &mut Row<'_>, case: &Case, typed: bool) {
        let (yes, no) = if typed { ("○", "") } else { ("有り", "無し") };
        let has = |bit: u16| if case.signs & bit != 0 { yes } else { no };
        for bit in [
            sign::FEVER,
            sign::COUGH,
            sign::PNEUMONIA,
            sign::MALAISE,
            sign::HEADACHE,
            sign::DIARRHOEA,
            sign::TASTE,
            sign::OTHER,
            sign::HYPERTENSION,
            sign::DIABETES,
            sign::SMOKER,
        ] {
            row.plain(has(bit));
        }
        row.plain(if case.sex == Sex::Male { "" } else { has(sign::PREGNANT) });
        row.plain(has(sign::IMMUNE));
        match case.spo2 {
            0 => row.plain(""),
            spo2 => row.with(|out| push_number(out, u32::from(spo2))),
        }
        row.plain(match case.severity {
            Severity::Moderate1 if typed => "中等症1",
            Severity::Moderate2 if typed => "中等症2",
            severity => severity.ja(),
        });
        row.plain(if case.needs_bed { yes } else { no });
        row.plain(if case.in_bed_at_report { yes } else { no });
        let admitted = if case.admitted <= self.at { day_in(case.admitted) } else { NO_DAY };
        row.plain(self.days.get(admitted, Style::Slash));
        for dose in 1..=3 {
            row.plain(match case.vaccinations {
                taken if taken >= dose => "有り",
                _ if typed => "不明",
                _ => "無し",
            });
        }
    }

    fn dates(&self, row: &mut Row<'_>, case: &Case, wrong: Option<Correction>, style: Style, typed: bool) {
        let day = |day: Day| if day == NO_DAY { "" } else { self.days.get(day, style) };
        row.plain(day(case.first_visit));
        row.plain(day(case.diagnosed));
        row.plain(match case.infected {
            NO_DAY if typed => "不明",
            infected => day(infected),
        });
        row.plain(if wrong == Some(Correction::Onset) { "調査中" } else { day(case.onset) });
        let died = if case.death_known <= self.at { day_in(case.died) } else { NO_DAY };
        row.plain(day(died));
        row.plain(day(case.reported));
    }

    fn diagnosis(&self, row: &mut Row<'_>, case: &Case, disease: &Disease, style: Style, person: &Identity) {
        row.plain(case.method.and_then(|m| disease.methods.get(usize::from(m))).map_or("臨床診断", |m| m.0));
        row.plain(self.days.get(case.sampled, style));
        row.plain(["不明", "推定", "確定"][usize::from(case.route.min(2))]);
        row.plain(if case.route == 2 { "訓練: 同居家族から" } else { "" });
        row.plain("東京都");
        row.with(|out| push_all(out, &[person.doctor.0, "　", person.doctor.1]));
        row.plain(person.clinic);
        row.plain(&person.clinic_address);
        row.plain(&person.clinic_phone);
    }

    fn desk(&self, row: &mut Row<'_>, case: &Case, stays: &[Stay], otherwise: bool) {
        row.with(|out| self.days.push_minute(out, case.received));
        row.with(|out| self.days.push_minute(out, case.entered));
        let contact = if case.first_contact <= self.at { case.first_contact } else { NEVER };
        row.with(|out| self.days.push_minute(out, contact));
        row.plain(self.days.get(case.published(self.at).unwrap_or(NO_DAY), Style::Slash));
        let told = if case.death_known == NEVER { NO_DAY } else { day_in(case.death_known) + 1 };
        row.plain(if told != NO_DAY && told <= day_in(self.at) {
            self.days.get(told, Style::Slash)
        } else {
            ""
        });
        row.plain(if otherwise { "入院中" } else { self.status(case, stays) });
    }

    fn status(&self, case: &Case, stays: &[Stay]) -> &'static str {
        if case.death_known <= self.at {
            return "死亡";
        }
        let Some(now) = stays.iter().rev().find(|s| s.from_known <= self.at) else { return "" };
        if now.to_known <= self.at {
            return "療養解除";
        }
        match now.place {
            Place::Hospital if now.severity_at(self.at) == Severity::Severe => "入院中(重症)",
            Place::Hospital => "入院中",
            Place::Hotel => "宿泊療養中",
            Place::Home | Place::Awaiting => "自宅療養中",
            Place::Undecided | Place::Facility => "不明",
        }
    }
}

fn push_all(out: &mut String, texts: &[&str]) {
    for text in texts {
        out.push_str(text);
    }
}

pub(super) fn push_number(out: &mut String, number: u32) {
    let mut digits = [0u8; 10];
    let (mut left, mut at) = (number, digits.len());
    loop {
        at -= 1;
        digits[at] = b'0' + (left % 10) as u8;
        left /= 10;
        if left == 0 {
            break;
        }
    }
    out.extend(digits[at..].iter().map(|d| char::from(*d)));
}

/// Ages as people type them: 35, ３５, 8か月, 100歳以上; now and then only the band.
fn push_age(out: &mut String, age: u8, typed: bool, dice: &mut Dice) {
    let whim = dice.below(100);
    match age {
        0 if whim < 80 => {
            push_number(out, 1 + dice.below(11) as u32);
            out.push_str("か月");
        }
        _ if typed && whim < 12 => {
            let mut digits = String::new();
            push_number(&mut digits, u32::from(age));
            out.extend(digits.chars().map(|c| char::from_u32(u32::from(c) + 0xfee0).unwrap_or(c)));
        }
        10.. if typed && whim < 14 => {
            push_number(out, u32::from(age / 10 * 10).min(90));
            out.push_str(if age >= 90 { "歳以上" } else { "代" });
        }
        0..10 if typed && whim < 14 => out.push_str("10歳未満"),
        _ => push_number(out, u32::from(age)),
    }
}
