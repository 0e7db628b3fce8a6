//! Households that may be one: listed with reasons, said not to be the same, merged and parted again.
//!
//! Every word on it is an edit of a household's document, so that all laptops and the province come to know it. A merged
//! household keeps its documents: it only leaves lists and counts.

mod members;

use std::collections::{BTreeMap, BTreeSet};

use rasoat_casework::{
    Agreement, Birth, Change, CitizenId, DuplicatePair, KnownPerson, MERGED_INTO, SharedMember, Subject,
    duplicates, duplicates_of, fold_name, household_pair,
};
use rasoat_instrument::{InstanceId, Path, Segment, Value};
use rasoat_store::{Act, HouseholdRow, Op, Reader, Tx};
use uuid::Uuid;

use crate::app::{App, Opened};
use crate::error::AppError;
use crate::household::{household_subject, members_of, need_row, parse_id, parse_village, row_view};
use crate::profile::Profile;
use crate::projection::Record;
use crate::refresh;
use crate::start::count;
use crate::view::{
    DuplicateReason, DuplicateReasonView, DuplicateSideView, DuplicateView, DuplicatesView,
    LikelyHouseholdView, MergeForm, NewHouseholdForm, NotSameForm,
};
use members::{give_back, take_over};

/// Beside members that were taken over: the id of the household they were taken from.
pub(crate) const TAKEN_FROM: &str = "meta_taken_from";
/// Of the household with the smaller id of a pair, in an instance named by the other's id: they are two.
const NOT_SAME: (&str, &str) = ("not_same", "meta_not_same");
/// Pairs in one page, at most.
const MOST_PAIRS: u32 = 50;

impl App {
    /// A page of the pairs of households that may be one, the likeliest first.
    pub fn duplicates_list(&self, offset: u32, limit: u32) -> Result<DuplicatesView, AppError> {
        let opened = self.need_desk()?;
        opened.store.read(|reader| {
            let found = duplicates(&reader.persons()?, &reader.not_same()?);
            let page = found.iter().skip(offset as usize).take(limit.min(MOST_PAIRS) as usize);
            let pairs = page.map(|pair| view(&opened.profile, reader, pair)).collect::<Result<_, _>>()?;
            Ok(DuplicatesView { total: count(found.len()), pairs })
        })
    }

    /// The households that may be one with this one, the likeliest first; it is the first of each pair.
    pub fn duplicates_of(&self, household: &str) -> Result<Vec<DuplicateView>, AppError> {
        let opened = self.need_desk()?;
        let id = parse_id(household)?;
        opened.store.read(|reader| {
            need_row(reader, id)?;
            let near = reader.persons_near(&reader.persons_of(id)?)?;
            let found = duplicates_of(id, &near, &reader.not_same()?);
            let pairs = found.into_iter().take(MOST_PAIRS as usize).map(|pair| seen_from(id, pair));
            pairs.map(|pair| view(&opened.profile, reader, &pair)).collect()
        })
    }

    /// The households on the list that may be the one being added, while it is entered.
    pub fn duplicates_of_new(&self, form: &NewHouseholdForm) -> Result<Vec<LikelyHouseholdView>, AppError> {
        let opened = self.need_desk()?;
        let head: InstanceId = "new".parse().map_err(|_| AppError::new("unknown_path"))?;
        let new = KnownPerson {
            household: Uuid::nil(),
            place: parse_village(&form.village)?,
            member: head.clone(),
            is_head: true,
            name: fold_name(&form.head_name),
            birth: form.birth.trim().parse::<Birth>().ok(),
            citizen_id: form.citizen_id.trim().parse::<CitizenId>().ok(),
        };
        opened.store.read(|reader| {
            let mut near = reader.persons_near(std::slice::from_ref(&new))?;
            near.push(new.clone());
            let found = duplicates_of(Uuid::nil(), &near, &BTreeSet::new());
            let pairs = found.into_iter().take(MOST_PAIRS as usize).map(turned);
            let likely = pairs.map(|pair| {
                let row = need_row(reader, pair.first)?;
                let members = members_of(&opened.profile, reader, &row)?;
                let name = |member: &InstanceId| {
                    let found = members.iter().find(|known| known.id == member.as_str());
                    found.map(|known| known.full_name.clone()).unwrap_or_default()
                };
                Ok(LikelyHouseholdView { row: row_view(row), reasons: reasons(&pair, name) })
            });
            likely.collect()
        })
    }

    /// Notes that two households are two, or takes that back.
    pub fn duplicate_not_same(&self, form: &NotSameForm) -> Result<(), AppError> {
        let opened = self.need_desk()?;
        let pair = household_pair(parse_id(&form.first)?, parse_id(&form.second)?);
        let (first, second) = pair.ok_or_else(|| AppError::new("same_household"))?;
        let (repeat, field) = NOT_SAME;
        let place = instance_of(repeat, second)?.child(field).map_err(|_| AppError::new("unknown_path"))?;
        let said = Value::Choice("yes".to_owned());
        let change = if form.not_same { Change::Set(said) } else { Change::Removed };
        self.change(&opened, |tx, now| {
            let row = need_row(tx, first)?;
            need_row(tx, second)?;
            seal(&opened.profile, tx, &household_subject(&row), BTreeMap::from([(place, change)]), now)?;
            let pair = [("household", first.to_string()), ("other", second.to_string())];
            tx.audit(Act::NotSame, &pair, now)?;
            refresh::household(&opened.profile, tx, (&row.commune, first), now)
        })
    }

    /// Merges one household into another; members may be taken over. What of either was not sealed is sealed before.
    pub fn households_merge(&self, form: &MergeForm) -> Result<(), AppError> {
        let opened = self.need_desk()?;
        let (kept, merged) = (parse_id(&form.kept)?, parse_id(&form.merged)?);
        household_pair(kept, merged).ok_or_else(|| AppError::new("same_household"))?;
        for household in [&form.kept, &form.merged] {
            self.leave_interview(household)?;
        }
        self.change(&opened, |tx, now| {
            let (kept, merged) = (need_row(tx, kept)?, need_row(tx, merged)?);
            if kept.merged_into.is_some() || merged.merged_into.is_some() {
                return Err(AppError::new("household_merged"));
            }
            let profile = &opened.profile;
            take_over(profile, tx, (&kept, &merged), &form.take_over, now)?;
            // A mark of the one that stands, left from a merge the other way, would wait for this one to be undone.
            let unmark = BTreeMap::from([(meta(MERGED_INTO)?, Change::Removed)]);
            seal(profile, tx, &household_subject(&kept), unmark, now)?;
            let mark = Change::Set(Value::Text(kept.id.to_string()));
            let mark = BTreeMap::from([(meta(MERGED_INTO)?, mark)]);
            seal(profile, tx, &household_subject(&merged), mark, now)?;
            let pair = [("household", kept.id.to_string()), ("other", merged.id.to_string())];
            tx.audit(Act::Merge, &pair, now)?;
            refresh_both(profile, tx, (&kept, &merged), now)
        })?;
        tracing::info!(taken_over = form.take_over.len(), "merged two households");
        Ok(())
    }

    /// Parts a merged household from the one that stands for it. Members that were taken over go back, with what was answered
    /// of them since. What of the household that stands was not sealed is sealed before.
    ///
    /// # Errors
    /// `not_merged`; `signed_off` where the interview with the members taken over is signed.
    pub fn merge_undo(&self, merged: &str) -> Result<(), AppError> {
        let opened = self.need_desk()?;
        let merged = parse_id(merged)?;
        let kept = opened.store.read(|reader| need_row(reader, merged))?.merged_into;
        let kept = kept.ok_or_else(|| AppError::new("not_merged"))?;
        self.leave_interview(&kept.to_string())?;
        self.change(&opened, |tx, now| {
            let merged = need_row(tx, merged)?;
            let kept = merged.merged_into.ok_or_else(|| AppError::new("not_merged"))?;
            let kept = need_row(tx, kept)?;
            give_back(&opened.profile, tx, (&kept, &merged), now)?;
            for row in [&merged, &kept] {
                let unmark = BTreeMap::from([(meta(MERGED_INTO)?, Change::Removed)]);
                seal(&opened.profile, tx, &household_subject(row), unmark, now)?;
            }
            let pair = [("household", kept.id.to_string()), ("other", merged.id.to_string())];
            tx.audit(Act::MergeUndone, &pair, now)?;
            refresh_both(&opened.profile, tx, (&kept, &merged), now)
        })?;
        tracing::info!("parted two merged households");
        Ok(())
    }

    /// One change in one transaction; interviews open in memory are opened anew after it.
    fn change(
        &self,
        opened: &Opened,
        act: impl FnOnce(&Tx<'_>, i64) -> Result<(), AppError>,
    ) -> Result<(), AppError> {
        let now = self.now();
        let mut open = opened.interviews.lock();
        opened.store.transact(Op::Duplicates, |tx| act(tx, now))?;
        open.clear();
        drop(open);
        self.wake().notify_waiters();
        Ok(())
    }
}

/// The household that the document of one says it was merged into.
pub(crate) fn merge_mark(listed: &Record) -> Option<Uuid> {
    listed.text(MERGED_INTO).and_then(|id| id.parse().ok())
}

/// The households that the document of one says are others.
pub(crate) fn not_same(listed: &Record) -> BTreeSet<Uuid> {
    let others = listed.0.keys().filter_map(|path| match path.segments().next() {
        Some(Segment::Instance(repeat, id))
            if (repeat, path.field_name()) == (NOT_SAME.0, Some(NOT_SAME.1)) =>
        {
            id.parse().ok()
        }
        Some(Segment::Instance(..) | Segment::Field(_)) | None => None,
    });
    others.collect()
}

/// What an edit of a household says of duplicates, if it says anything.
pub(crate) fn history_kind(changes: &BTreeMap<Path, Change>) -> Option<&'static str> {
    changes.iter().find_map(|(path, change)| match (path.field_name()?, change) {
        (MERGED_INTO, Change::Set(_)) => Some("merged"),
        (MERGED_INTO, Change::Removed) => Some("merge_undone"),
        (TAKEN_FROM, Change::Set(_)) => Some("members_taken"),
        (TAKEN_FROM, Change::Removed) => Some("members_given_back"),
        (name, Change::Set(_)) if name == NOT_SAME.1 => Some("not_same"),
        (name, Change::Removed) if name == NOT_SAME.1 => Some("not_same_undone"),
        _ => None,
    })
}

fn meta(name: &str) -> Result<Path, AppError> {
    Path::field(name).map_err(|_| AppError::new("unknown_path"))
}

/// The instance of a repeat that is named by a household.
fn instance_of(repeat: &str, household: Uuid) -> Result<Path, AppError> {
    let id: InstanceId = household.to_string().parse().map_err(|_| AppError::new("unknown_path"))?;
    Path::instance(repeat, &id).map_err(|_| AppError::new("unknown_path"))
}

fn seal(
    profile: &Profile,
    tx: &Tx<'_>,
    subject: &Subject,
    changes: BTreeMap<Path, Change>,
    now_millis: i64,
) -> Result<(), AppError> {
    tx.settle(subject, changes, &profile.author, None, now_millis)?;
    Ok(())
}

fn refresh_both(
    profile: &Profile,
    tx: &Tx<'_>,
    (kept, merged): (&HouseholdRow, &HouseholdRow),
    now_millis: i64,
) -> Result<(), AppError> {
    for row in [kept, merged] {
        refresh::household(profile, tx, (&row.commune, row.id), now_millis)?;
    }
    Ok(())
}

/// The same pair with that household first.
fn seen_from(household: Uuid, pair: DuplicatePair) -> DuplicatePair {
    if pair.first == household { pair } else { turned(pair) }
}

fn turned(pair: DuplicatePair) -> DuplicatePair {
    let turn = |shared: SharedMember| SharedMember { first: shared.second, second: shared.first, ..shared };
    DuplicatePair {
        first: pair.second,
        second: pair.first,
        shared: pair.shared.into_iter().map(turn).collect(),
        ..pair
    }
}

fn view(profile: &Profile, reader: &Reader<'_>, pair: &DuplicatePair) -> Result<DuplicateView, AppError> {
    let (first, second) = (side(profile, reader, pair.first)?, side(profile, reader, pair.second)?);
    let name = |member: &InstanceId| {
        let found = first.members.iter().find(|known| known.id == member.as_str());
        found.map(|known| known.full_name.clone()).unwrap_or_default()
    };
    let reasons = reasons(pair, name);
    Ok(DuplicateView { first, second, score: pair.score, reasons })
}

fn side(profile: &Profile, reader: &Reader<'_>, id: Uuid) -> Result<DuplicateSideView, AppError> {
    let row = need_row(reader, id)?;
    let members = members_of(profile, reader, &row)?;
    Ok(DuplicateSideView { row: row_view(row), members })
}

/// `name` is of a member of the first household.
fn reasons(pair: &DuplicatePair, name: impl Fn(&InstanceId) -> String) -> Vec<DuplicateReasonView> {
    let shared_members = count(pair.shared.len());
    let of_pair =
        |code| DuplicateReasonView { code, members: None, name: String::new(), count: shared_members };
    let mut reasons = Vec::new();
    if pair.shared.len() > 1 {
        reasons.push(of_pair(DuplicateReason::SeveralMembers));
    }
    for shared in &pair.shared {
        let of_member = |code| DuplicateReasonView {
            code,
            members: Some((shared.first.to_string(), shared.second.to_string())),
            name: name(&shared.first),
            count: shared_members,
        };
        reasons.push(of_member(match shared.agreement {
            Agreement::CitizenId => DuplicateReason::SameCitizenId,
            Agreement::NameAndDate => DuplicateReason::SameNameAndDate,
            Agreement::NameAndYear => DuplicateReason::SameNameAndYear,
            Agreement::NameAndNearYear => DuplicateReason::SameNameAndNearYear,
        }));
        if shared.ids_differ {
            reasons.push(of_member(DuplicateReason::CitizenIdsDiffer));
        }
    }
    if pair.both_heads {
        reasons.push(of_pair(DuplicateReason::BothHeads));
    }
    reasons.push(of_pair(if pair.same_village {
        DuplicateReason::SameVillage
    } else {
        DuplicateReason::OtherVillage
    }));
    reasons
}
