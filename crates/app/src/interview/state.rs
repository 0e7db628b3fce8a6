//! An open interview as screens draw it.

use std::collections::BTreeMap;

use rasoat_casework::standard::Classification;
use rasoat_instrument::{Changes, Facet, Finding, NodeState, Path, SectionProgress, Segment, Text, Value};

use super::open::OpenInterview;
use crate::guidance::NOTICE_QUESTION;
use crate::moment::rfc3339;
use crate::profile::Profile;
use crate::projection::MEMBERS;
use crate::review;
use crate::start::count;
use crate::view::{
    FindingView, InterviewChangeView, InterviewView, LeftView, NodeView, PeopleView, ProgressView,
    SummaryChangeView, SummaryView,
};

/// The question about a member's sex.
const SEX: &str = "sex";
/// Where the form counts who is dependent.
const DEPENDANTS: &str = "dependents_count";

/// What the screen was last told of findings and classes.
#[derive(Default)]
pub(crate) struct Told {
    findings: Vec<FindingView>,
    classifications: Vec<Classification>,
}

/// Takes what is now in the place of what was told; what it is, where it is something else.
fn news<T: Clone + PartialEq>(told: &mut Vec<T>, now: Vec<T>, everything: bool) -> Option<Vec<T>> {
    if !everything && *told == now {
        return None;
    }
    told.clone_from(&now);
    Some(now)
}

impl OpenInterview {
    /// Everything, for the screen that goes on with it.
    pub(crate) fn opened_view(&mut self, profile: &Profile) -> InterviewView {
        let view = self.view(profile);
        self.told = Told {
            findings: view.summary.findings.clone(),
            classifications: view.summary.classifications.clone(),
        };
        view
    }

    /// Everything.
    pub(crate) fn view(&self, profile: &Profile) -> InterviewView {
        let findings = self.session.findings();
        let nodes = self.session.nodes();
        InterviewView {
            household: self.id.to_string(),
            head_name: self.row.head_name.clone(),
            village_name: self.row.village_name.clone(),
            commune_name: profile.commune_name(&self.row.commune),
            area: self.area,
            round: profile.enrolled.round.0,
            signed: self.signed,
            nodes: nodes.iter().map(|node| self.node_view(profile, node, &findings)).collect(),
            instances: profile
                .form
                .repeats()
                .map(|repeat| (repeat.to_owned(), self.instances(repeat)))
                .collect(),
            summary: self.summary(profile, &findings),
            resume_at: self.cursor.as_ref().map(|path| path.base().to_string()),
            left: self.left(),
            remarks: review::remark_views(self),
        }
    }

    /// What one act changed; everything, where the screen may not know what was here before the act.
    pub(crate) fn change_view(
        &mut self,
        profile: &Profile,
        changes: &Changes,
        everything: bool,
    ) -> InterviewChangeView {
        let findings = self.session.findings();
        let mut nodes: BTreeMap<Path, NodeState> = BTreeMap::new();
        for node in &changes.nodes {
            nodes.insert(node.path.clone(), node.clone());
        }
        // Words with references follow other answers: these few are sent again with every act.
        for node in self.session.nodes() {
            let wording = node.path.field_name().and_then(|name| profile.form.wording(name));
            if everything || wording.is_some_and(|wording| wording.filled) {
                nodes.insert(node.path.clone(), node);
            }
        }
        let touched = |path: &Path| !matches!(path.segments().next(), Some(Segment::Field(_)));
        let reshaped = changes.added.iter().chain(&changes.removed).chain(&changes.uncounted);
        let instances = if everything || reshaped.into_iter().any(touched) {
            profile.form.repeats().map(|repeat| (repeat.to_owned(), self.instances(repeat))).collect()
        } else {
            BTreeMap::new()
        };
        let summary = self.summary(profile, &findings);
        InterviewChangeView {
            nodes: nodes.values().map(|node| self.node_view(profile, node, &findings)).collect(),
            removed: changes.removed.iter().map(Path::to_string).collect(),
            instances,
            summary: SummaryChangeView {
                people: summary.people,
                sections: summary.sections,
                answered: summary.answered,
                questions: summary.questions,
                findings: news(&mut self.told.findings, summary.findings, everything),
                classifications: news(&mut self.told.classifications, summary.classifications, everything),
                saved_at: summary.saved_at,
            },
            remarks: review::remark_views(self),
        }
    }

    pub(crate) fn finding_view(&self, finding: &Finding) -> FindingView {
        FindingView {
            kind: finding.kind,
            path: finding.path.to_string(),
            message: self.session.fill(&finding.message, Some(&finding.path)),
            reason: finding.reason.clone(),
            blocks: finding.blocks(),
            completion: finding.completion,
        }
    }

    fn left(&self) -> Vec<LeftView> {
        let kept = self.session.kept();
        let left = self.session.unplaced().into_iter();
        let left = left.filter(|path| !path.is_hidden());
        left.filter_map(|path| Some(LeftView { value: kept.get(&path)?.to_string(), path: path.to_string() }))
            .collect()
    }

    fn instances(&self, repeat: &str) -> Vec<String> {
        self.session.instances(repeat).iter().map(Path::to_string).collect()
    }

    fn node_view(&self, profile: &Profile, node: &NodeState, findings: &[Finding]) -> NodeView {
        let wording = node.path.field_name().and_then(|name| profile.form.wording(name));
        let filled = wording.filter(|wording| wording.filled);
        let value = node.value.as_ref().map(ToString::to_string);
        let previous = self.carried.before.get(&node.path).map(ToString::to_string);
        let note = self.session.kept().get(&node.path.with_facet(Facet::Note)).map(ToString::to_string);
        let here = findings.iter().filter(|finding| finding.path.base() == node.path);
        NodeView {
            path: node.path.to_string(),
            relevant: node.relevant,
            required: node.required,
            read_only: node.read_only || self.signed,
            offered: node.offered.clone(),
            carried: value.is_some() && self.carried.is_unconfirmed(&node.path),
            previous: previous.filter(|previous| value.as_ref() != Some(previous)),
            value,
            label: self
                .notice_at(node)
                .or_else(|| filled.map(|wording| self.session.fill(&wording.label, Some(&node.path)))),
            hint: filled
                .filter(|wording| !wording.hint.is_empty())
                .map(|wording| self.session.fill(&wording.hint, Some(&node.path))),
            note,
            findings: here.map(|finding| self.finding_view(finding)).collect(),
        }
    }

    /// What is said in place of the form's own notice.
    fn notice_at(&self, node: &NodeState) -> Option<Text> {
        let is_notice = node.path.field_name() == Some(NOTICE_QUESTION);
        self.notice.as_ref().filter(|_| is_notice).map(|notice| notice.text.clone())
    }

    fn people(&self) -> PeopleView {
        let members = self.session.instances(MEMBERS);
        let is_woman = |member: &&Path| {
            let sex = member.child(SEX).ok().and_then(|path| self.session.kept().get(&path));
            matches!(sex, Some(Value::Choice(sex)) if sex == "female")
        };
        let counted = Path::field(DEPENDANTS).ok().and_then(|path| self.session.node(&path)?.value);
        PeopleView {
            members: count(members.len()),
            women: count(members.iter().filter(is_woman).count()),
            dependants: counted.and_then(|counted| counted.to_string().parse().ok()),
        }
    }

    fn summary(&self, profile: &Profile, findings: &[Finding]) -> SummaryView {
        let progress = self.session.progress();
        SummaryView {
            people: self.people(),
            answered: total(&progress, |section| section.answered),
            questions: total(&progress, |section| section.questions),
            sections: progress.into_iter().map(section_view).collect(),
            findings: findings.iter().map(|finding| self.finding_view(finding)).collect(),
            classifications: profile.classify(&self.session, self.area),
            saved_at: self.saved_at.map(rfc3339),
        }
    }
}

fn total(sections: &[SectionProgress], of: fn(&SectionProgress) -> usize) -> u32 {
    count(sections.iter().map(of).sum())
}

fn section_view(section: SectionProgress) -> ProgressView {
    ProgressView {
        name: section.name,
        relevant: section.relevant,
        questions: count(section.questions),
        answered: count(section.answered),
        errors: count(section.errors),
        unanswered: count(section.unanswered),
        warnings: count(section.warnings),
    }
}
