//! What goes to the disk: each act to the draft, the draft into an edit, and the household's line along with it.

use std::collections::{BTreeMap, BTreeSet};

use rasoat_casework::Change;
use rasoat_instrument::{Changes, Finding, FindingKind, Path, Value};
use rasoat_store::{HouseholdState, Progress, Tx};

use super::open::{OpenInterview, area_name, overlay};
use crate::error::AppError;
use crate::household::Fields;
use crate::moment::rfc3339;
use crate::paper::{Paper, Verified};
use crate::profile::Profile;
use crate::projection::{self, Record, is_meta};
use crate::refresh;
use crate::review;
use crate::start::count;

/// One act, on the disk. The first of a draft takes along what the form itself put in place when it was opened: defaults
/// and what the list carried over. Says how far the interview is now.
pub(crate) fn commit(
    profile: &Profile,
    tx: &Tx<'_>,
    interview: &OpenInterview,
    changes: &Changes,
    place: &Path,
    now_millis: i64,
) -> Result<Progress, AppError> {
    let subject = &interview.subject;
    if interview.row.withdrawn && !interview.drafted && !interview.second {
        // It is in lists again, and its village may have gone with the list that had brought both.
        let place = (&interview.row.commune, &interview.row.village);
        refresh::know_village(profile, tx, place, &interview.listed)?;
    }
    if !interview.drafted || !interview.moved.is_empty() {
        for path in &interview.moved {
            tx.put_draft(subject, path, None, now_millis)?;
        }
        for (path, value) in interview.session.kept() {
            if interview.sealed.get(path) != Some(value) && !interview.carried.is_withheld(path) {
                tx.put_draft(subject, path, Some(value), now_millis)?;
            }
        }
    }
    for removed in &changes.removed {
        tx.put_draft(subject, removed, None, now_millis)?;
    }
    for (path, value) in &changes.kept {
        let gone = changes.removed.iter().any(|removed| path.is_within(removed));
        if !gone {
            tx.put_draft(subject, path, value.as_ref(), now_millis)?;
        }
    }
    tx.set_cursor(subject, Some(place), now_millis)?;
    let progress = progress(profile, interview, HouseholdState::Started);
    if !interview.second {
        tx.set_progress_later(interview.row.id, &interview.row.progress, &progress)?;
    }
    Ok(progress)
}

/// Seals the draft and brings the household's line up to date. Says how many edits came of it.
pub(crate) fn leave(
    profile: &Profile,
    tx: &Tx<'_>,
    interview: &OpenInterview,
    now_millis: i64,
) -> Result<usize, AppError> {
    let mut fields = meta(profile, interview);
    fields.field("meta_state", Some(Value::Choice("open".to_owned())));
    let author = &profile.author;
    let edits = tx.seal(&interview.subject, fields.0, author, Some(profile.instrument), now_millis)?;
    review::note_answers(profile, tx, interview, &interview.changed(), false, now_millis)?;
    keep_line(profile, tx, interview, interview.session.kept(), HouseholdState::Started)?;
    Ok(edits.len())
}

/// Seals the answers that count with who signed and when; answers to questions that are not asked are taken back. `paper`: what
/// was typed from paper says so.
pub(crate) fn sign_off(
    profile: &Profile,
    tx: &Tx<'_>,
    interview: &OpenInterview,
    paper: Option<&Paper>,
    now_millis: i64,
) -> Result<(), AppError> {
    let author = &profile.author;
    let answers = interview.session.answers();
    let mut fields = meta(profile, interview);
    fields.field("meta_state", Some(Value::Choice("signed".to_owned())));
    fields.field("meta_signed_by", crate::household::text(author));
    fields.field("meta_signed_at", Some(Value::Text(rfc3339(now_millis))));
    fields.field("meta_classes", crate::household::text(&shown_classes(profile, interview)));
    if let Some(paper) = paper {
        paper.note(&mut fields);
        tx.note_paper_typist(interview.row.interview)?;
    }
    let drafted = tx.draft(&interview.subject)?.map(|draft| draft.answers).unwrap_or_default();
    let removed: BTreeSet<&Path> = drafted
        .iter()
        .filter(|(path, change)| path.field_name().is_none() && **change == Change::Removed)
        .map(|(path, _)| path)
        .collect();
    let sealed = Record::of(&interview.sealed);
    let left = interview.session.unplaced();
    for path in
        sealed.0.keys().chain(drafted.keys()).filter(|path| path.field_name().is_some() && !is_meta(path))
    {
        // A removed member takes its answers along. What this version of the form has no place for stays as it is.
        let gone = removed.iter().any(|instance| path.is_within(instance)) || left.contains(path);
        if !gone && !answers.contains_key(path) {
            fields.0.insert(path.clone(), Change::Removed);
        }
    }
    fields.0.extend(answers.iter().map(|(path, value)| (path.clone(), Change::Set(value.clone()))));
    tx.seal(&interview.subject, fields.0, author, Some(profile.instrument), now_millis)?;
    review::note_answers(profile, tx, interview, &interview.changed(), true, now_millis)?;
    keep_line(profile, tx, interview, &answers, HouseholdState::Signed)
}

/// Seals what two entries of a paper came to: the answers as they were decided, and that they were typed twice. `removed`: members
/// who are only in one of them and were decided against.
pub(crate) fn verify(
    profile: &Profile,
    tx: &Tx<'_>,
    interview: &OpenInterview,
    (verified, removed): (&Verified, &[Path]),
    now_millis: i64,
) -> Result<(), AppError> {
    let answers = interview.session.answers();
    let left = interview.session.unplaced();
    let mut after = Record::of(&interview.sealed).without_meta().0;
    let mut fields = Fields::default();
    for path in after.keys() {
        let gone = removed.iter().any(|member| path.is_within(member)) || left.contains(path);
        if !gone && !answers.contains_key(path) {
            fields.0.insert(path.clone(), Change::Removed);
        }
    }
    fields.0.extend(removed.iter().map(|member| (member.clone(), Change::Removed)));
    fields.0.extend(answers.iter().map(|(path, value)| (path.clone(), Change::Set(value.clone()))));
    overlay(&mut after, &fields.0);
    fields.field("meta_classes", crate::household::text(&shown_classes(profile, interview)));
    verified.note(&after, &mut fields);
    let (author, instrument) = (&profile.author, Some(profile.instrument));
    tx.settle(&interview.subject, fields.0, author, instrument, now_millis)?;
    review::note_answers(profile, tx, interview, &interview.changed(), false, now_millis)?;
    keep_line(profile, tx, interview, &answers, HouseholdState::Signed)
}

/// Seals that a signed interview is open again.
pub(crate) fn reopen(
    profile: &Profile,
    tx: &Tx<'_>,
    interview: &OpenInterview,
    now_millis: i64,
) -> Result<(), AppError> {
    let author = &profile.author;
    tx.seal(&interview.subject, opened_again(), author, Some(profile.instrument), now_millis)?;
    let cursor = interview.cursor.as_ref();
    tx.set_cursor(&interview.subject, cursor, now_millis)?;
    tx.set_progress(interview.row.id, &progress(profile, interview, HouseholdState::Started))?;
    refresh::count_conflicts(tx, &interview.row)?;
    Ok(())
}

/// What an edit says by which a signed interview is open again.
pub(crate) fn opened_again() -> BTreeMap<Path, Change> {
    rasoat_casework::reopened().unwrap_or_default()
}

/// What an interview records of the circumstances it was made in.
fn meta(profile: &Profile, interview: &OpenInterview) -> Fields {
    let mut fields = Fields::default();
    fields.field("meta_household", Some(Value::Text(interview.row.id.to_string())));
    fields.field("meta_round", Some(Value::Integer(i64::from(profile.enrolled.round.0))));
    fields.field("meta_area_type", Some(Value::Choice(area_name(interview.area).to_owned())));
    if interview.area_assumed {
        fields.field("meta_area_assumed", Some(Value::Choice("yes".to_owned())));
    }
    fields.field("meta_standards", crate::household::text(&profile.standards_text));
    if let Some(notice) = &interview.notice {
        fields.field("meta_notice_version", crate::household::text(&notice.version.to_string()));
    }
    fields.field("meta_units_version", crate::household::text(&profile.units.version));
    fields
}

/// What the screen showed at sign-off, for the province to compare with its own: `standard=class`, separated by blanks.
fn shown_classes(profile: &Profile, interview: &OpenInterview) -> String {
    let classifications = profile.classify(&interview.session, interview.area);
    let decided = classifications
        .iter()
        .filter_map(|found| found.class.as_ref().map(|class| format!("{}={}", found.standard, class.key)));
    decided.collect::<Vec<_>>().join(" ")
}

fn keep_line(
    profile: &Profile,
    tx: &Tx<'_>,
    interview: &OpenInterview,
    answers: &BTreeMap<Path, Value>,
    state: HouseholdState,
) -> Result<(), AppError> {
    let row = &interview.row;
    let record = Record(answers.clone());
    let line =
        projection::line(profile, (row.id, &row.commune, &row.village), &interview.listed, Some(&record));
    tx.upsert_household(&line)?;
    tx.set_progress(row.id, &progress(profile, interview, state))?;
    refresh::count_conflicts(tx, row)?;
    Ok(())
}

/// How far the interview is, as lists show it.
pub(crate) fn progress(profile: &Profile, interview: &OpenInterview, state: HouseholdState) -> Progress {
    let standard = profile.standard_in_force().and_then(|index| profile.standards.get(index));
    let score = standard.map(|standard| standard.score(&interview.session, interview.area));
    let class = standard.zip(score.as_ref()).and_then(|(standard, score)| standard.class(score));
    let sections = interview.session.progress();
    let findings = interview.session.findings();
    let open_warning = |finding: &&Finding| finding.kind == FindingKind::Warning && finding.reason.is_none();
    Progress {
        state,
        class: class.map(|class| class.key.clone()),
        provisional: class.is_some() && score.is_some_and(|score| score.provisional().next().is_some()),
        findings: count(findings.iter().filter(|finding| finding.blocks()).count()),
        warnings: count(findings.iter().filter(open_warning).count()),
        answered: count(sections.iter().map(|section| section.answered).sum()),
        questions: count(sections.iter().map(|section| section.questions).sum()),
    }
}
