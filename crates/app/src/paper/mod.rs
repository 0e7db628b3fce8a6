//! Interviews that were held on paper and are typed at the commune: signing them, typing them a second time, how people type.
//!
//! A paper is typed in the interview as any answers are, and signed with who held it and when. The second entry is a draft of its
//! own, under an id of its own, which screens name instead of the household: none of the first is seen in it (decision 0029).

mod compare;
mod days;
mod second;
mod state;

use rasoat_store::{OperatorCounts, Reader, StoreError};
use uuid::Uuid;

use crate::app::{App, Opened};
use crate::error::AppError;
use crate::household::parse_id;
use crate::moment::moment;
use crate::users;
use crate::view::{AnswerForm, InterviewView, PaperDeskView, SignOffView, SignPaperForm};

pub(crate) use days::Tally;
pub(crate) use second::is_own_second;
pub(crate) use state::{Paper, Verified, says_verified, state};

/// The question about the day of the interview: on paper, that is the paper's date.
const INTERVIEW_DATE: &str = "interview_date";

impl App {
    /// What the desk begins with.
    pub fn paper_desk(&self) -> Result<PaperDeskView, AppError> {
        let opened = self.need_desk()?;
        self.keep_tally(&opened);
        let today = days::day_of(self.now());
        let own = opened.store.user();
        let kept = opened.store.read(|reader| reader.operator_days())?;
        let mine = kept.iter().find(|one| one.user == own && one.day == today);
        Ok(PaperDeskView {
            date_question: opened.profile.form.asks(INTERVIEW_DATE).then(|| INTERVIEW_DATE.to_owned()),
            today: mine.map_or(0, |one| one.counts.forms),
            days: days::views(&self.operators(&opened), kept),
        })
    }

    /// Opens an interview, or a second entry by its id, to be typed from paper.
    pub fn open_paper(&self, id: &str) -> Result<InterviewView, AppError> {
        let view = self.open_interview(id)?;
        self.need_desk()?.tally.begin(parse_id(id)?);
        Ok(view)
    }

    /// Lays a paper aside, or ends a second entry: what was typed stays. `keys`: pressed since it was opened.
    pub fn leave_paper(&self, id: &str, keys: u32) -> Result<(), AppError> {
        let opened = self.need_desk()?;
        self.leave_interview(id)?;
        self.end_paper(&opened, parse_id(id)?, keys, OperatorCounts::default());
        Ok(())
    }

    /// Signs off an interview that was typed from paper, unless findings block it.
    ///
    /// # Errors
    /// `paper_interviewer_missing`, `paper_date_unreadable`, `paper_date_ahead`, and those of signing.
    pub fn sign_paper(&self, form: &SignPaperForm) -> Result<SignOffView, AppError> {
        let opened = self.need_desk()?;
        let by = users::tidy(&form.by);
        if by.is_empty() {
            return Err(AppError::new("paper_interviewer_missing"));
        }
        let on: jiff::civil::Date = form.on.parse().map_err(|_| AppError::new("paper_date_unreadable"))?;
        if on > moment(self.now()).date() {
            return Err(AppError::new("paper_date_ahead"));
        }
        if opened.profile.form.asks(INTERVIEW_DATE) {
            let known = self.open_interview(&form.household)?;
            let date = known.nodes.iter().find(|node| node.path == INTERVIEW_DATE);
            if !known.signed && date.is_some_and(|node| node.value.as_deref() != Some(form.on.as_str())) {
                let (household, path) = (form.household.clone(), INTERVIEW_DATE.to_owned());
                self.answer(AnswerForm { household, path, value: form.on.clone() })?;
            }
        }
        let outcome = self.sign(&form.household, Some(&Paper { by, on: form.on.clone() }))?;
        if outcome.signed {
            let forms = OperatorCounts { forms: 1, ..OperatorCounts::default() };
            self.end_paper(&opened, parse_id(&form.household)?, form.keys, forms);
        }
        Ok(outcome)
    }

    /// Ends counting of a paper, and keeps what was counted.
    fn end_paper(&self, opened: &Opened, id: Uuid, keys: u32, counts: OperatorCounts) {
        let now = self.now();
        opened.tally.add(now, OperatorCounts { keystrokes: keys, ..counts });
        opened.tally.end(id);
        self.keep_tally(opened);
    }
}

/// Whether who opened the database typed an interview, by their account or by the name under which edits of it stand.
fn has_typed(
    reader: &Reader<'_>,
    author: &str,
    row: &rasoat_store::HouseholdRow,
) -> Result<bool, StoreError> {
    if reader.paper_typists(row.interview)?.contains(&reader.user()) {
        return Ok(true);
    }
    let edits = reader.edits_of(&crate::household::interview_subject(row))?;
    let answers = |edit: &rasoat_casework::Edit| edit.changes.keys().any(crate::history::is_answer);
    Ok(edits.iter().any(|stored| stored.edit.author == author && answers(&stored.edit)))
}
