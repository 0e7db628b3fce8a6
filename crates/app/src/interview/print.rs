//! A household's interview and result for paper. What is looked at before is masked; what goes to the printer is accounted for.

use rasoat_instrument::Path;
use rasoat_store::{Act, HouseholdState, Op};

use super::open::OpenInterview;
use crate::app::App;
use crate::error::AppError;
use crate::household::parse_id;
use crate::moment::rfc3339;
use crate::profile::Profile;
use crate::projection::Record;
use crate::sittings::{is_citizen_id, masked};
use crate::view::{NodeView, PrintForm, PrintView};

impl App {
    /// What would stand on paper, citizen IDs masked.
    ///
    /// # Errors
    /// `print_not_begun`: nothing was asked yet.
    pub fn print_preview(&self, household: &str) -> Result<PrintView, AppError> {
        self.to_print(household, false)
    }

    /// What goes to the printer. That it does, and with which citizen IDs, is accounted for before it is given out.
    ///
    /// # Errors
    /// `print_not_begun`: nothing was asked yet.
    pub fn print(&self, form: &PrintForm) -> Result<PrintView, AppError> {
        let view = self.to_print(&form.household, form.for_signature)?;
        let opened = self.need_desk()?;
        let (household, now) = (&view.interview.household, self.now());
        opened.store.transact(Op::Audit, |tx| {
            let ids = if form.for_signature { "full" } else { "masked" };
            let details = [("household", household.clone()), ("citizen_ids", ids.to_owned())];
            tx.audit(Act::Print, &details, now)?;
            if form.for_signature {
                tx.audit(Act::Unmask, &[("household", household.clone())], now)?;
            }
            Ok::<_, AppError>(())
        })?;
        tracing::info!("gave an interview to be printed");
        Ok(view)
    }

    fn to_print(&self, household: &str, full_ids: bool) -> Result<PrintView, AppError> {
        let opened = self.need_desk()?;
        let id = parse_id(household)?;
        let mut open = opened.interviews.lock();
        let interview = self.interview(&opened, &mut open, id)?;
        if interview.row.progress.state == HouseholdState::Listed {
            return Err(AppError::new("print_not_begun"));
        }
        Ok(on_paper(&opened.profile, interview, full_ids, self.now()))
    }
}

/// An interview as it stands on paper.
fn on_paper(profile: &Profile, interview: &OpenInterview, full_ids: bool, now_millis: i64) -> PrintView {
    let mut view = interview.view(profile);
    let ids = if full_ids { Vec::new() } else { citizen_ids(&view.nodes) };
    for node in &mut view.nodes {
        plain(node, &ids);
    }
    view.summary.findings.clear();
    view.remarks.clear();
    view.left.clear();
    let signed = Record::of(&interview.sealed);
    let of_signing = |name: &str| interview.signed.then(|| signed.text(name)).flatten();
    PrintView {
        interview: view,
        code: interview.row.code.clone(),
        address: interview.row.address.clone(),
        signed_by: of_signing("meta_signed_by"),
        signed_at: of_signing("meta_signed_at"),
        full_ids,
        made_at: rfc3339(now_millis),
        made_by: profile.author.clone(),
        device_name: profile.enrolled.device_name.clone(),
    }
}

/// Every citizen ID that was given.
fn citizen_ids(nodes: &[NodeView]) -> Vec<String> {
    let given = nodes.iter().filter(|node| node.path.parse::<Path>().is_ok_and(|path| is_citizen_id(&path)));
    given.filter_map(|node| node.value.clone()).collect()
}

/// What of a node is for paper. The `hidden` IDs are masked wherever they stand: computed values hold them too.
fn plain(node: &mut NodeView, hidden: &[String]) {
    node.findings.clear();
    node.note = None;
    node.previous = None;
    let words = node.label.iter_mut().chain(&mut node.hint).flat_map(|text| text.0.values_mut());
    for text in words.chain(&mut node.value) {
        for id in hidden.iter().filter(|id| !id.is_empty()) {
            if text.contains(id.as_str()) {
                *text = text.replace(id.as_str(), &masked(id));
            }
        }
    }
}
