//! What the province's administration has for people here: the notice to read out, who does which village, and announcements.

use std::collections::{BTreeMap, BTreeSet};

use rasoat_casework::{CommuneCode, VillageId};
use rasoat_exchange::{Announcement, Announcements, Assignments, PrivacyNotice};
use rasoat_instrument::Text;
use rasoat_store::{Op, Reader, StoreError, Tx};

use crate::app::App;
use crate::error::AppError;
use crate::moment::moment;
use crate::view::AnnouncementView;

/// The notice, as it came.
const NOTICE: &str = "privacy_notice";
/// Who does which village, by commune.
const ASSIGNMENTS: &str = "village_assignments";
/// What people are to know, as it came.
const ANNOUNCEMENTS: &str = "announcements";
/// Ids of those that somebody has read.
const DISMISSED: &str = "announcements_dismissed";
/// The question of the form in whose place it is shown.
pub(crate) const NOTICE_QUESTION: &str = "notice";

/// The notice that is shown in place of the form's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ShownNotice {
    /// Recorded with the interview.
    pub(crate) version: u64,
    /// What it says.
    pub(crate) text: Text,
}

/// Keeps the province's notice in place of the one before.
pub(crate) fn keep_notice(tx: &Tx<'_>, notice: &PrivacyNotice) -> Result<(), StoreError> {
    tx.set_setting(NOTICE, notice)
}

/// The province's notice; `None` where the form's own holds.
pub(crate) fn notice(reader: &Reader<'_>) -> Result<Option<ShownNotice>, StoreError> {
    let notice: Option<PrivacyNotice> = reader.setting(NOTICE)?;
    let notice = notice.filter(|notice| !notice.vi.is_empty());
    Ok(notice.map(|PrivacyNotice { version, vi, en }| {
        let words = [("vi", vi), ("en", en)].map(|(language, words)| (language.to_owned(), words));
        let said = words.into_iter().filter(|(_, words)| !words.is_empty());
        ShownNotice { version, text: Text(said.collect()) }
    }))
}

/// Who does which village.
#[derive(Debug, Default)]
pub(crate) struct Assigned(BTreeMap<String, Assignments>);

impl Assigned {
    /// What the province has said.
    pub(crate) fn read(reader: &Reader<'_>) -> Result<Self, StoreError> {
        Ok(Self(reader.setting(ASSIGNMENTS)?.unwrap_or_default()))
    }

    /// People or laptops that a village is assigned to.
    pub(crate) fn to(&self, commune: &CommuneCode, village: &VillageId) -> &[String] {
        let commune = self.0.get(commune.as_str());
        commune.and_then(|commune| commune.villages.get(village.as_str())).map_or(&[], Vec::as_slice)
    }
}

/// Keeps who does which village of a commune in place of what was said before.
pub(crate) fn keep_assignments(tx: &Tx<'_>, commune: &str, said: Assignments) -> Result<(), StoreError> {
    let Assigned(mut all) = Assigned::read(tx)?;
    all.insert(commune.to_owned(), said);
    tx.set_setting(ASSIGNMENTS, &all)
}

/// Keeps what people are to know in place of what was said before.
pub(crate) fn keep_announcements(tx: &Tx<'_>, said: &Announcements) -> Result<(), StoreError> {
    let ids: BTreeSet<&String> = said.all.iter().map(|announcement| &announcement.id).collect();
    let mut read = dismissed(tx)?;
    read.retain(|id| ids.contains(id));
    tx.set_setting(DISMISSED, &read)?;
    tx.set_setting(ANNOUNCEMENTS, said)
}

/// What is shown on this day and nobody has put away.
pub(crate) fn announcements(
    reader: &Reader<'_>,
    now_millis: i64,
) -> Result<Vec<AnnouncementView>, StoreError> {
    let said: Announcements = reader.setting(ANNOUNCEMENTS)?.unwrap_or_default();
    let (today, dismissed) = (moment(now_millis).date().to_string(), dismissed(reader)?);
    let is_shown =
        |one: &Announcement| one.from <= today && today <= one.until && !dismissed.contains(&one.id);
    let shown = said.all.into_iter().filter(is_shown);
    Ok(shown.map(|Announcement { id, text, until, .. }| AnnouncementView { id, text, until }).collect())
}

fn dismissed(reader: &Reader<'_>) -> Result<BTreeSet<String>, StoreError> {
    Ok(reader.setting(DISMISSED)?.unwrap_or_default())
}

impl App {
    /// Somebody has read an announcement: it is not shown here any more.
    pub fn dismiss_announcement(&self, id: &str) -> Result<(), AppError> {
        let opened = self.need_own()?;
        opened.store.transact(Op::Settings, |tx| {
            let mut read = dismissed(tx)?;
            read.insert(id.to_owned());
            tx.set_setting(DISMISSED, &read)
        })?;
        Ok(())
    }
}
