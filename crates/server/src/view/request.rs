//! Requests of people whose data are held, and what is given out of one person.

use rasoat_instrument::{Provenance, Text};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{ActView, AnswerView, AuditLineView, ClassView, CommuneRefView, HeldReason, RemarkView};

/// As whom somebody asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Asker {
    /// For themselves.
    Oneself,
    /// As parent or guardian.
    Guardian,
    /// With a mandate.
    Representative,
}

/// How a request stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RequestState {
    /// To be answered.
    Open,
    /// What was asked for was done.
    Done,
    /// It was refused, with a reason.
    Refused,
}

impl RequestState {
    /// Stable code.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Done => "done",
            Self::Refused => "refused",
        }
    }
}

/// Within what time something is done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct TermRuleView {
    /// Days after the one on which the request came.
    pub days: u8,
    /// Whether working days alone are counted.
    pub working: bool,
    /// Who says so.
    pub provenance: Provenance,
}

/// A right.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RightView {
    /// `see`, `correct`, `restrict` or `erase`.
    pub key: String,
    /// Its name.
    pub label: Text,
    /// Within what time it is answered.
    pub term: TermRuleView,
}

/// Which requests to list.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct RequestsForm {
    /// Those that were answered, the latest first; else those that are open.
    #[serde(default)]
    pub closed: bool,
    /// About the household of this id alone, whether open or not.
    pub household: Option<String>,
}

/// The register.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RequestsView {
    /// What may be asked for.
    pub rights: Vec<RightView>,
    /// Within what time it is said that a request was received.
    pub acknowledge: TermRuleView,
    /// The legal texts.
    pub sources: Vec<String>,
    /// How many are open.
    pub open: u32,
    /// Of them, those whose last day is over.
    pub overdue: u32,
    /// Those that are to be answered first, first; at most 500.
    pub requests: Vec<RequestView>,
}

/// A request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RequestView {
    /// Its id.
    pub id: String,
    /// Its number in the register.
    pub number: u64,
    /// The household's commune.
    pub commune: CommuneRefView,
    /// The household's id.
    pub household: String,
    /// Its code, if any.
    pub code: Option<String>,
    /// Its village; empty while not known.
    pub village_name: String,
    /// Whether the household is processed no further, because of this request or another.
    pub restricted: bool,
    /// By which right: `see`, `correct`, `restrict` or `erase`.
    pub right: String,
    /// Who asks.
    pub asker: String,
    /// As whom.
    pub capacity: Asker,
    /// The member that it is about, as `members.m0`; none for the household as such.
    pub member: Option<String>,
    /// That member's name when the request came.
    pub member_name: String,
    /// What is asked for, in words.
    pub text: String,
    /// The day on which it came.
    pub came_on: String,
    /// The last day on which to say that it was received.
    pub acknowledge_by: String,
    /// When that was said (RFC 3339).
    pub acknowledged_at: Option<String>,
    /// The last day on which to answer it.
    pub due_on: Option<String>,
    /// By which term.
    pub term: Option<TermRuleView>,
    /// How it stands.
    pub state: RequestState,
    /// Open, and its last day is over.
    pub overdue: bool,
    /// Whether what is held is processed no further because of it.
    pub restricts: bool,
    /// How many acts there are: sent back with the next.
    pub over: u32,
    /// What was done about it, in order.
    pub acts: Vec<RequestActView>,
}

/// Something that was done about a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RequestActView {
    /// `request_registered`, `request_acknowledged`, `person_account_given`, `correction_asked`, `processing_restricted`,
    /// `restriction_lifted`, `request_done`, `request_refused`.
    pub act: String,
    /// By whom.
    pub by: String,
    /// When (RFC 3339).
    pub at: String,
    /// Why, or what was asked of the commune; empty where nothing was said.
    pub text: String,
    /// What became of a correction.
    pub correction: Option<CorrectionView>,
}

/// What became of a correction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CorrectionView {
    /// The question, as a path.
    pub question: String,
    /// Whether the interview was returned for it; else it is up to the commune to open it again.
    pub returned: bool,
    /// How far the remark is: `open`, `answered` or `closed`; `None` where there is none any more.
    pub remark: Option<String>,
    /// Whether another answer stands there than did then; `None` in a list.
    pub changed_since: Option<bool>,
}

/// Registers a request.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct NewRequestForm {
    /// The household's commune.
    pub commune: String,
    /// The household.
    pub household: String,
    /// The member that it is about, as `members.m0`; none for the household as such.
    pub member: Option<String>,
    /// That member's name.
    #[serde(default)]
    pub member_name: String,
    /// By which right.
    pub right: String,
    /// Who asks.
    pub asker: String,
    /// As whom.
    pub capacity: Asker,
    /// The day on which it came, not after today.
    pub came_on: String,
    /// What is asked for, in words.
    #[serde(default)]
    pub text: String,
}

/// What can be done about a request with a word alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RequestStep {
    /// Whoever asked was told that it was received.
    Acknowledge,
    /// What is held is processed no further.
    Restrict,
    /// It is again.
    Lift,
    /// It is answered: what was asked for was done.
    Done,
    /// It is answered: refused, with a reason.
    Refuse,
}

/// Does something about a request.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct RequestActForm {
    /// What.
    pub step: RequestStep,
    /// Why; needed to restrict, to lift and to refuse.
    #[serde(default)]
    pub reason: String,
    /// `over` of the request that was looked at.
    pub over: u32,
}

/// Asks the commune to look at an answer.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct CorrectionForm {
    /// The question, as a path.
    pub question: String,
    /// What is asked; stands on the laptop.
    pub text: String,
    /// `over` of the request that was looked at.
    pub over: u32,
}

/// Gives out what is held.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
pub struct PersonAccountForm {
    /// `over` of the request that was looked at.
    pub over: u32,
}

/// Whom an answer is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum HeldAbout {
    /// The person.
    Person,
    /// The household that they live in.
    Household,
}

/// Where an answer comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum HeldSource {
    /// The official list.
    List,
    /// The interview.
    Interview,
}

/// One word on one place: what stands, or stood.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct HeldValueView {
    /// The place.
    pub path: String,
    /// The question; empty when the form does not name it.
    pub label: Text,
    /// Whom it is about.
    pub about: HeldAbout,
    /// Where it comes from.
    pub source: HeldSource,
    /// The value; `None` where it was removed.
    pub value: Option<AnswerView>,
    /// Who wrote it.
    pub by: String,
    /// On which laptop.
    pub device_name: String,
    /// When, on the laptop's clock (RFC 3339).
    pub made_at: String,
    /// When it came in (RFC 3339).
    pub received_at: String,
    /// Whether it holds; else it was replaced.
    pub stands: bool,
}

/// What concerns others and was left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct LeftOutView {
    /// Other members.
    pub members: u32,
    /// Free texts of the household, which may be about anybody.
    pub texts: u32,
    /// Remarks.
    pub remarks: u32,
}

/// A laptop that holds the household, or may hold it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct HolderView {
    /// Its name.
    pub device_name: String,
    /// Whose it is.
    pub surveyor: String,
    /// Why.
    pub by: HeldReason,
    /// When it was last heard of (RFC 3339).
    pub last_seen_at: Option<String>,
}

/// All that is held of a person, or of a household as such.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct PersonAccountView {
    /// The request that it answers, as it stands with this.
    pub request: RequestView,
    /// That right.
    pub right: Text,
    /// Who gives it out.
    pub server_name: String,
    /// Under which account.
    pub made_by: String,
    /// When (RFC 3339).
    pub made_at: String,
    /// The round's year.
    pub round: u16,
    /// Every word on every place, those that stand no longer too.
    pub values: Vec<HeldValueView>,
    /// The household's class under the standard in force.
    pub class_2022: Option<ClassView>,
    /// Under the coming one.
    pub class_2027: Option<ClassView>,
    /// What was done with the household in the procedure.
    pub procedure: Vec<ActView>,
    /// What supervisors asked.
    pub remarks: Vec<RemarkView>,
    /// The laptops that hold it or may hold it.
    pub laptops: Vec<HolderView>,
    /// Who saw it or gave it out at the province, newest first; at most 500.
    pub seen: Vec<AuditLineView>,
    /// What concerns others and was left out.
    pub left_out: LeftOutView,
}
