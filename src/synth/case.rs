//! One notification, with all that is ever known of it and when each part becomes known.

use super::moment::{DAY, Day, Minute, NEVER, day_in};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    Confirmed,
    Asymptomatic,
    Suspected,
    Died,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Channel {
    HerSys,
    Fax,
    Nesid,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Severity {
    None,
    Mild,
    Moderate1,
    Moderate2,
    Severe,
}

impl Severity {
    pub(super) fn ja(self) -> &'static str {
        match self {
            Self::None => "無症状",
            Self::Mild => "軽症",
            Self::Moderate1 => "中等症Ⅰ",
            Self::Moderate2 => "中等症Ⅱ",
            Self::Severe => "重症",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sex {
    Male,
    Female,
    Other,
    Unknown,
}

/// What was wrong or unknown at first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Correction {
    /// The onset was 調査中.
    Onset,
    /// The age was off by so many years.
    Age(i8),
    /// The address was not known.
    District,
    /// First notified as 疑似症.
    Class,
}

pub(super) mod sign {
    pub(crate) const FEVER: u16 = 1;
    pub(crate) const COUGH: u16 = 1 << 1;
    pub(crate) const PNEUMONIA: u16 = 1 << 2;
    pub(crate) const MALAISE: u16 = 1 << 3;
    pub(crate) const HEADACHE: u16 = 1 << 4;
    pub(crate) const DIARRHOEA: u16 = 1 << 5;
    pub(crate) const TASTE: u16 = 1 << 6;
    pub(crate) const OTHER: u16 = 1 << 7;
    pub(crate) const HYPERTENSION: u16 = 1 << 8;
    pub(crate) const DIABETES: u16 = 1 << 9;
    pub(crate) const SMOKER: u16 = 1 << 10;
    pub(crate) const PREGNANT: u16 = 1 << 11;
    pub(crate) const IMMUNE: u16 = 1 << 12;
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Case {
    /// The HER-SYS id.
    pub number: u32,
    /// Place in the scenario's list of diseases.
    pub disease: u8,
    pub class: Class,
    pub channel: Channel,
    /// None: lives outside the ward.
    pub district: Option<u8>,
    pub sex: Sex,
    pub age: u8,
    pub infected: Day,
    pub onset: Day,
    pub first_visit: Day,
    pub sampled: Day,
    pub diagnosed: Day,
    pub reported: Day,
    pub received: Minute,
    pub entered: Minute,
    pub first_contact: Minute,
    pub severity: Severity,
    /// 0: not measured.
    pub spo2: u8,
    /// Bits of [`sign`].
    pub signs: u16,
    pub vaccinations: u8,
    /// Place in the disease's list of methods; none: 臨床診断.
    pub method: Option<u8>,
    /// 0 不明, 1 推定, 2 確定.
    pub route: u8,
    pub needs_bed: bool,
    pub in_bed_at_report: bool,
    /// Admission, where there was one.
    pub admitted: Minute,
    pub died: Minute,
    pub death_known: Minute,
    /// Came from another centre.
    pub moved_in: bool,
    /// Goes to another centre.
    pub moved_out: Minute,
    /// A second notification of the same person, found and withdrawn.
    pub withdrawn: Minute,
    pub corrected: Option<(Minute, Correction)>,
    /// First of its stays and how many there are.
    pub stays: (u32, u8),
}

impl Case {
    /// When the export first has it.
    pub(super) fn visible(&self) -> Minute {
        self.received.max(self.entered)
    }

    pub(super) fn is_in_export(&self, at: Minute) -> bool {
        self.visible() <= at && at < self.withdrawn
    }

    /// The correction that is still to come at `at`.
    pub(super) fn still_wrong(&self, at: Minute) -> Option<Correction> {
        self.corrected.filter(|(when, _)| *when > at).map(|(_, what)| what)
    }

    /// The day after it was received, from the afternoon on.
    pub(super) fn published(&self, at: Minute) -> Option<Day> {
        let day = day_in(self.visible()) + 1;
        (day * DAY + 15 * 60 <= at).then_some(day)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Undecided,
    Awaiting,
    Hospital,
    Hotel,
    Home,
    Facility,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Urgency {
    Emergency,
    Today,
    Standby,
}

/// One stay of one case, half-open in time.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Stay {
    /// Place of the case in the ward's list.
    pub case: u32,
    pub place: Place,
    /// Place in [`super::ward::FACILITIES`].
    pub facility: Option<u8>,
    pub urgency: Option<Urgency>,
    pub severity: Severity,
    /// When it becomes worse, and how bad.
    pub turn: (Minute, Severity),
    pub from: Minute,
    pub to: Minute,
    /// When the ledger says so.
    pub from_known: Minute,
    pub to_known: Minute,
}

impl Stay {
    /// As the ledger has it at `at`.
    pub(super) fn severity_at(&self, at: Minute) -> Severity {
        if self.turn.0 <= at { self.turn.1 } else { self.severity }
    }

    /// Did the ledger's row change after `since`, up to `at`?
    pub(super) fn changed_within(&self, since: Minute, at: Minute) -> bool {
        let within = |when: Minute| since < when && when <= at;
        self.from_known <= at && (within(self.from_known) || within(self.to_known) || within(self.turn.0))
    }

    pub(super) fn to_as_known(&self, at: Minute) -> Minute {
        if self.to_known <= at { self.to } else { NEVER }
    }
}
