//! The second entry of a paper: begun by somebody else, compared when it is done, and decided place by place.

use std::collections::BTreeMap;

use rasoat_casework::{Subject, second_entry_id};
use rasoat_instrument::{Facet, FindingKind, Path};
use rasoat_store::{HouseholdRow, HouseholdState, Op, OperatorCounts, Reader, SecondEntry};

use super::compare::{self, Comparison, Difference, What};
use super::has_typed;
use super::state::{self, Verified};
use crate::app::{App, Opened};
use crate::error::AppError;
use crate::household::{interview_subject, need_row, parse_id};
use crate::interview::{self, OpenInterview};
use crate::moment::rfc3339;
use crate::projection::Record;
use crate::rounds::is_second_of;
use crate::start::count;
use crate::view::{
    ComparisonView, DifferenceForm, DifferenceKind, DifferenceView, FindingView, PaperStanding,
    SettleEntriesForm, SettledEntriesView,
};

/// Both entries, and where they differ.
struct Entries {
    row: HouseholdRow,
    first_by: String,
    first: OpenInterview,
    second: OpenInterview,
    comparison: Comparison,
}

impl App {
    /// Begins the second entry of a household's paper, or goes on with one's own. Says the id by which it is opened.
    ///
    /// # Errors
    /// `not_signed`; `not_from_paper`; `already_verified`; `same_person`: who typed the first.
    pub fn begin_second_entry(&self, household: &str) -> Result<String, AppError> {
        let opened = self.need_open()?;
        let household = parse_id(household)?;
        let now = self.now();
        let (id, _) = opened.store.transact(Op::Paper, |tx| {
            let row = need_row(tx, household)?;
            may_verify(&opened, tx, &row)?;
            let (id, user) = (second_entry_id(row.interview, tx.user().0), tx.user());
            tx.begin_second_entry(&SecondEntry { id, household, user }, now)?;
            Ok::<_, AppError>(id)
        })?;
        tracing::info!("began a second entry");
        Ok(id.to_string())
    }

    /// Where a second entry differs from the first.
    ///
    /// # Errors
    /// `unknown_entry`, and those of beginning it.
    pub fn compare_entries(&self, entry: &str) -> Result<ComparisonView, AppError> {
        let opened = self.need_open()?;
        let id = parse_id(entry)?;
        let now = self.now();
        opened.store.read(|reader| {
            let entries = Entries::read(&opened, reader, id, now)?;
            let differences = entries.comparison.differences.iter();
            Ok(ComparisonView {
                household: entries.row.id.to_string(),
                head_name: entries.row.head_name.clone(),
                village_name: entries.row.village_name.clone(),
                first_by: entries.first_by.clone(),
                compared: count(entries.comparison.compared),
                differences: differences.map(|difference| entries.view(difference)).collect(),
            })
        })
    }

    /// Seals what a comparison came to as one edit of the interview, unless findings block it.
    ///
    /// # Errors
    /// `differences_left`: something that differs was not decided; and those of comparing.
    pub fn settle_entries(&self, form: &SettleEntriesForm) -> Result<SettledEntriesView, AppError> {
        let opened = self.need_open()?;
        let id = parse_id(&form.entry)?;
        let now = self.now();
        let mut open = opened.interviews.lock();
        let (outcome, _) = opened.store.transact(Op::Paper, |tx| {
            let mut entries = Entries::read(&opened, tx, id, now)?;
            let removed = entries.apply(form)?;
            let findings = entries.first.session.findings();
            let blocking = findings.iter().filter(|finding| finding.blocks());
            let blocking: Vec<FindingView> =
                blocking.map(|finding| entries.first.finding_view(finding)).collect();
            if !blocking.is_empty() {
                return Ok(Err(blocking));
            }
            let verified = Verified {
                by: opened.profile.author.clone(),
                at: rfc3339(now),
                compared: entries.comparison.compared,
                differing: entries.comparison.differences.len(),
            };
            interview::verify(&opened.profile, tx, &entries.first, (&verified, &removed), now)?;
            for other in tx.second_entries_of(entries.row.id)? {
                tx.end_second_entry(&Subject { id: other, ..interview_subject(&entries.row) })?;
            }
            let typists = tx.paper_typists(entries.row.interview)?;
            Ok::<_, AppError>(Ok((verified, typists)))
        })?;
        let (verified, typists) = match outcome {
            Ok(sealed) => sealed,
            Err(blocking) => return Ok(SettledEntriesView { sealed: false, blocking }),
        };
        open.clear();
        drop(open);
        let mistakes = |wrong: fn(&DifferenceForm) -> bool| {
            count(form.decisions.values().filter(|decision| wrong(decision)).count())
        };
        let own = OperatorCounts {
            forms: 1,
            compared: count(verified.compared),
            differing: count(verified.differing),
            mistakes: mistakes(|decision| !matches!(decision, DifferenceForm::Second)),
            ..OperatorCounts::default()
        };
        opened.tally.add(now, own);
        for typist in typists {
            let mistakes = mistakes(|decision| !matches!(decision, DifferenceForm::First));
            opened.tally.add_of(typist, now, OperatorCounts { mistakes, ..OperatorCounts::default() });
        }
        self.keep_tally(&opened);
        tracing::info!(compared = verified.compared, differing = verified.differing, "compared two entries");
        self.wake().notify_waiters();
        Ok(SettledEntriesView { sealed: true, blocking: Vec::new() })
    }
}

/// Whether who is in may type a household's paper a second time. Says who typed it first.
fn may_verify(opened: &Opened, reader: &Reader<'_>, row: &HouseholdRow) -> Result<String, AppError> {
    if row.progress.state != HouseholdState::Signed {
        return Err(AppError::new("not_signed"));
    }
    let record = Record::of(&reader.document(&interview_subject(row))?);
    let paper = state::state(&record).ok_or_else(|| AppError::new("not_from_paper"))?;
    if paper.standing == PaperStanding::Verified {
        return Err(AppError::new("already_verified"));
    }
    if has_typed(reader, &opened.profile.author, row)? {
        return Err(AppError::new("same_person"));
    }
    Ok(paper.typed_by)
}

/// Whether a second entry is by who is in, of the interview in this round.
pub(crate) fn is_own_second(reader: &Reader<'_>, entry: &SecondEntry) -> Result<bool, AppError> {
    let is_own = entry.user == reader.user();
    Ok(is_own && is_second_of(&need_row(reader, entry.household)?, entry.id, entry.user.0))
}

impl Entries {
    fn read(opened: &Opened, reader: &Reader<'_>, id: uuid::Uuid, now: i64) -> Result<Self, AppError> {
        let entry = reader.second_entry(id)?.ok_or_else(|| AppError::new("unknown_entry"))?;
        if !is_own_second(reader, &entry)? {
            return Err(AppError::new("unknown_entry"));
        }
        let row = need_row(reader, entry.household)?;
        let first_by = may_verify(opened, reader, &row)?;
        let first = OpenInterview::open(&opened.profile, reader, entry.household, now)?;
        let second = OpenInterview::second(&opened.profile, reader, &entry, now)?;
        let comparison = compare::compare(&opened.profile.form, &first.session, &second.session);
        Ok(Self { row, first_by, first, second, comparison })
    }

    fn view(&self, difference: &Difference) -> DifferenceView {
        let path = &difference.path;
        let text = |value: &Option<rasoat_instrument::Value>| value.as_ref().map(ToString::to_string);
        let (kind, session, first, second) = match &difference.what {
            What::Answer { first, second } => {
                (DifferenceKind::Answer, &self.first.session, text(first), text(second))
            }
            What::OnlyFirst => {
                let name = compare::name_of(&self.first.session, path).unwrap_or_default();
                (DifferenceKind::OnlyFirst, &self.first.session, Some(name), None)
            }
            What::OnlySecond => {
                let name = compare::name_of(&self.second.session, path).unwrap_or_default();
                (DifferenceKind::OnlySecond, &self.second.session, None, Some(name))
            }
        };
        let member =
            if kind == DifferenceKind::Answer { path.enclosing_instance() } else { Some(path.clone()) };
        let line = member.as_ref().and_then(|member| {
            let lines = session.instances(compare::repeat_of(member));
            lines.iter().position(|line| line == member).map(|index| count(index) + 1)
        });
        let name = member.and_then(|member| compare::name_of(session, &member));
        DifferenceView { path: path.to_string(), kind, line, name, first, second }
    }

    /// Brings the first entry to what was decided. Says which of its members went.
    fn apply(&mut self, form: &SettleEntriesForm) -> Result<Vec<Path>, AppError> {
        let mut removed = Vec::new();
        let decisions: &BTreeMap<String, DifferenceForm> = &form.decisions;
        for Difference { path, what } in &self.comparison.differences {
            let decision = decisions.get(path.as_str()).ok_or_else(|| AppError::new("differences_left"))?;
            match (what, decision) {
                (_, DifferenceForm::First) => {}
                (What::Answer { second, .. }, DifferenceForm::Second) => {
                    let text = second.as_ref().map(ToString::to_string).unwrap_or_default();
                    self.first.session.set_text(path, &text)?;
                }
                (What::Answer { .. }, DifferenceForm::Other(text)) => {
                    self.first.session.set_text(path, text)?;
                }
                (What::OnlyFirst, DifferenceForm::Second) => {
                    self.first.session.remove_instance(path)?;
                    removed.push(path.clone());
                }
                (What::OnlySecond, DifferenceForm::Second) => {
                    let id = path.instance_id().ok_or_else(|| AppError::new("unknown_path"))?;
                    self.first.session.add_instance(compare::repeat_of(path), &id)?;
                    for (place, value) in self.second.session.answers() {
                        if place.is_within(path) && !place.is_hidden() && place != *path {
                            self.first.session.set(&place, Some(value))?;
                        }
                    }
                }
                (What::OnlyFirst | What::OnlySecond, DifferenceForm::Other(_)) => {
                    return Err(AppError::new("unknown_choice"));
                }
            }
        }
        for (question, reason) in &form.reasons {
            let path: Path = question.parse().map_err(|_| AppError::new("unknown_path"))?;
            self.first.session.set_text(&path.with_facet(Facet::Reason), reason)?;
        }
        self.bring_reasons()?;
        Ok(removed)
    }

    /// What is odd in the answers as they were decided, and has a reason in the second entry, has that.
    fn bring_reasons(&mut self) -> Result<(), AppError> {
        for finding in self.first.session.findings() {
            if finding.kind != FindingKind::Warning || finding.reason.is_some() {
                continue;
            }
            let place = self.comparison.other(&finding.path).unwrap_or_else(|| finding.path.clone());
            if let Some(reason) = self.second.session.kept().get(&place.with_facet(Facet::Reason)) {
                self.first.session.set(&finding.path.with_facet(Facet::Reason), Some(reason.clone()))?;
            }
        }
        Ok(())
    }
}
