//! People who don't exist, for the columns that the gate drops: names from words like 見本 and 演習, telephone
//! numbers in blocks that nobody has, addresses that end in a 訓練 building. Realistic in form, never in fact.

use super::case::{Case, Sex};
use super::moment::{Day, NO_DAY, date_of};
use super::ward::DISTRICTS;

const SURNAMES: [(&str, &str); 24] = [
    ("見本", "ミホン"),
    ("演習", "エンシュウ"),
    ("訓練", "クンレン"),
    ("試験", "シケン"),
    ("例題", "レイダイ"),
    ("模擬", "モギ"),
    ("架空", "カクウ"),
    ("仮野", "カリノ"),
    ("練習", "レンシュウ"),
    ("試作", "シサク"),
    ("見本田", "ミホンダ"),
    ("演習川", "エンシュウガワ"),
    ("訓練山", "クンレンヤマ"),
    ("試験沢", "シケンザワ"),
    ("例題原", "レイダイハラ"),
    ("模擬島", "モギシマ"),
    ("架空橋", "カクウバシ"),
    ("仮野井", "カリノイ"),
    ("練習本", "レンシュウモト"),
    ("試作谷", "シサクダニ"),
    ("見本髙", "ミホンタカ"),
    ("演習﨑", "エンシュウサキ"),
    ("訓練濱", "クンレンハマ"),
    ("例題邊", "レイダイベ"),
];

const MEN: [(&str, &str); 12] = [
    ("太郎", "タロウ"),
    ("一郎", "イチロウ"),
    ("次郎", "ジロウ"),
    ("三郎", "サブロウ"),
    ("健", "ケン"),
    ("大輔", "ダイスケ"),
    ("翔太", "ショウタ"),
    ("誠", "マコト"),
    ("蓮", "レン"),
    ("陽翔", "ハルト"),
    ("正雄", "マサオ"),
    ("進", "ススム"),
];

const WOMEN: [(&str, &str); 12] = [
    ("花子", "ハナコ"),
    ("和子", "カズコ"),
    ("幸子", "サチコ"),
    ("陽子", "ヨウコ"),
    ("美咲", "ミサキ"),
    ("さくら", "サクラ"),
    ("葵", "アオイ"),
    ("結衣", "ユイ"),
    ("恵", "メグミ"),
    ("久美子", "クミコ"),
    ("千代", "チヨ"),
    ("愛", "アイ"),
];

const JOBS: [&str; 12] = [
    "会社員",
    "自営業",
    "飲食店勤務",
    "医療従事者（看護師）",
    "保育士",
    "公務員",
    "無職",
    "主婦",
    "教員",
    "運転手",
    "会社役員",
    "アルバイト",
];

const CLINICS: [&str; 10] = [
    "訓練内科クリニック",
    "見本医院",
    "演習こどもクリニック",
    "みなと訓練診療所",
    "架空耳鼻咽喉科",
    "模擬総合病院",
    "芝訓練総合病院",
    "麻布訓練病院",
    "例題ファミリークリニック",
    "発熱外来訓練センター",
];

const OUTSIDE: [&str; 5] = [
    "東京都品川区訓練町",
    "東京都大田区見本町",
    "神奈川県川崎市演習区",
    "千葉県浦安市模擬",
    "埼玉県川口市例題",
];

const REMARKS: [&str; 8] = [
    "訓練データ",
    "訓練: 電話するも不在、折り返し待ち",
    "訓練: 同居家族3名,うち1名発熱あり",
    "訓練: 「自宅療養希望」とのこと。\"かかりつけ\"あり",
    "訓練: 英語対応要 ﾂｳﾔｸ手配済",
    "訓練: 酸素濃縮器 手配\n翌日 再架電",
    "訓練: 職場でクラスターの可能性、濃厚接触者調査中",
    "訓練: パルスオキシメータ送付済",
];

/// A stream of small numbers that depends on the seed and the case alone.
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn new(seed: u64, number: u32) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ u64::from(number) << 20)
    }

    /// `SplitMix64`.
    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(super) fn below(&mut self, n: u64) -> u64 {
        ((self.next() >> 32) * n) >> 32
    }

    pub(super) fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len() as u64) as usize]
    }

    /// True once in `n` times.
    pub(super) fn once_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }
}

/// One made-up person and the doctor who notified.
pub(super) struct Identity {
    pub surname: (&'static str, &'static str),
    pub given: (&'static str, &'static str),
    pub born: (i16, u8, u8),
    pub job: &'static str,
    pub address: String,
    pub phone: String,
    /// For those under 16.
    pub guardian: Option<(&'static str, String)>,
    pub doctor: (&'static str, &'static str),
    pub clinic: &'static str,
    pub clinic_address: String,
    pub clinic_phone: String,
    pub remarks: &'static str,
}

impl Identity {
    pub(super) fn of(case: &Case, dice: &mut Dice) -> Self {
        let given = match case.sex {
            Sex::Female => dice.pick(&WOMEN),
            _ => dice.pick(&MEN),
        };
        let age = case.age;
        Self {
            surname: dice.pick(&SURNAMES),
            given,
            born: born(case.diagnosed, age, dice),
            job: match age {
                0..=5 => "未就学児",
                6..=17 => "学生（訓練学園）",
                70.. => "無職",
                _ => dice.pick(&JOBS),
            },
            address: address(case.district, dice),
            phone: mobile(dice),
            guardian: (age < 16).then(|| (dice.pick(&WOMEN).0, mobile(dice))),
            doctor: (dice.pick(&SURNAMES).0, dice.pick(&MEN).0),
            clinic: dice.pick(&CLINICS),
            clinic_address: address(Some(dice.below(DISTRICTS.len() as u64) as u8), dice),
            clinic_phone: fixed(dice),
            remarks: if dice.once_in(3) { dice.pick(&REMARKS) } else { "" },
        }
    }
}

fn born(diagnosed: Day, age: u8, dice: &mut Dice) -> (i16, u8, u8) {
    let then = if diagnosed == NO_DAY { date_of(0) } else { date_of(diagnosed) };
    let (month, day) = (1 + dice.below(12) as i8, 1 + dice.below(28) as i8);
    let had_birthday = (month, day) <= (then.month(), then.day());
    let year = then.year() - i16::from(age) - i16::from(!had_birthday);
    (year, month as u8, day as u8)
}

/// 丁目 without any real house number behind it.
fn address(district: Option<u8>, dice: &mut Dice) -> String {
    let (block, room) = (901 + dice.below(99), 9001 + dice.below(900));
    match district.and_then(|d| DISTRICTS.get(usize::from(d))) {
        Some(district) => {
            let town = dice.pick(district.towns);
            if dice.once_in(2) {
                format!("東京都港区{town}{block}番地 訓練マンション{room}号")
            } else {
                format!("港区{town}{block}－{room}")
            }
        }
        None => format!("{}{block}番地 訓練ハイツ{room}", dice.pick(&OUTSIDE)),
    }
}

/// A mobile number in the block 0000, which is given to nobody.
fn mobile(dice: &mut Dice) -> String {
    let prefix = dice.pick(&["090", "080", "070"]);
    let last = dice.below(10_000);
    if dice.once_in(12) { format!("{prefix}0000{last:04}") } else { format!("{prefix}-0000-{last:04}") }
}

fn fixed(dice: &mut Dice) -> String {
    format!("03-0000-{:04}", dice.below(10_000))
}
