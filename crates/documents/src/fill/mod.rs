//! Papers from households, said once for the laptop and for the province: what of a household stands in which, what is said in a title
//! because it is the same for all, which minutes and decisions belong together.
//!
//! Who stands in a paper is `rasoat_casework::papers`'s to say: whoever fills one hands over those alone.

mod interchange;
mod interview;
mod lists;
mod official;

use rasoat_casework::papers::{OnPaper, PaperKind};
use rasoat_casework::procedure::Procedure;
use rasoat_casework::standard::Standard;
use rasoat_casework::{Person, Record};
use rasoat_instrument::{Path, Session, Value};

use crate::interchange::InterchangeMember;
use crate::lists::MeetingRow;
use crate::official::Source;
use crate::table::Head;

pub use interchange::interchange;
pub use interview::{InterviewFacts, filled_interview};
pub use lists::list;
pub use official::{certificates, decisions, minutes};

/// A kind of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    /// For print.
    Pdf,
    /// A workbook.
    Xlsx,
}

/// As which files a paper is made.
pub fn file_kinds(kind: PaperKind) -> &'static [FileKind] {
    match kind {
        PaperKind::Review
        | PaperKind::Meeting
        | PaperKind::Posting
        | PaperKind::Results
        | PaperKind::DetailPoor
        | PaperKind::DetailNearPoor => &[FileKind::Pdf, FileKind::Xlsx],
        PaperKind::Interchange => &[FileKind::Xlsx],
        PaperKind::Minutes
        | PaperKind::Decisions
        | PaperKind::Certificates
        | PaperKind::Interviews
        | PaperKind::Explanations => &[FileKind::Pdf],
    }
}

/// Households of one village that stand in a paper.
#[derive(Debug, Clone, PartialEq)]
pub struct Village {
    /// The commune's code.
    pub commune: String,
    /// Its name with its kind.
    pub commune_name: String,
    /// The village's name.
    pub name: String,
    /// The round's year.
    pub round: u16,
    /// The day on which the paper is made: `2026-11-27`.
    pub made_on: String,
    /// In the order of the heads' names.
    pub households: Vec<Household>,
}

/// What papers say of a household.
#[derive(Debug, Clone, PartialEq)]
pub struct Household {
    /// How far it is.
    pub on_paper: OnPaper,
    /// The province's household code.
    pub code: Option<String>,
    /// The head's name.
    pub head: String,
    /// Address within the village.
    pub address: Option<String>,
    /// Members.
    pub members: u32,
    /// To whom it is assigned.
    pub assigned: Vec<String>,
    /// B1 points, where the income test was made on points.
    pub b1: Option<f64>,
    /// B2 points, where every indicator is answered.
    pub b2: Option<f64>,
    /// What certificates and the interchange list say beside that; nothing for other papers.
    pub details: Details,
}

/// What certificates and the interchange list say of a household.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Details {
    /// Everybody, in the household's order.
    pub people: Vec<InterchangeMember>,
    /// Telephone.
    pub phone: Option<String>,
    /// A household of an ethnic minority.
    pub minority: bool,
    /// Nobody is able to work.
    pub no_labour: bool,
    /// With a person of merit.
    pub merit: bool,
    /// Causes of poverty, in words.
    pub causes: Vec<String>,
}

/// What the form computes of a household as a whole.
const MINORITY: &str = "minority_household";
const NO_LABOUR: &str = "no_worker_household";
const MERIT: &str = "merit_household";
/// The question about causes of poverty, and where the list says them in words.
const CAUSES: &str = "poverty_causes";
const LISTED_CAUSES: &str = "listed_causes";

impl Details {
    /// As the interview says, else as the list did. `people`: whichever of the two names the members; `worded`: the words of a choice of
    /// a question.
    pub fn of(
        people: &Record,
        listed: &Record,
        session: Option<&Session>,
        worded: impl Fn(&str, &str) -> String,
    ) -> Self {
        let [minority, no_labour, merit] = [MINORITY, NO_LABOUR, MERIT].map(|name| {
            let node = Path::field(name).ok().and_then(|path| session?.node(&path));
            node.and_then(|node| node.value).is_some_and(|value| value.to_string() == "yes")
        });
        let causes = match people.get(CAUSES) {
            Some(Value::Choices(chosen)) => chosen.iter().map(|name| worded(CAUSES, name)).collect(),
            Some(_) | None => {
                let listed = listed.text(LISTED_CAUSES).unwrap_or_default();
                listed.split("; ").filter(|cause| !cause.is_empty()).map(str::to_owned).collect()
            }
        };
        Self {
            people: people.members().iter().map(member).collect(),
            phone: people.text("phone").or_else(|| listed.text("phone")),
            minority,
            no_labour,
            merit,
            causes,
        }
    }
}

fn member(person: &Person<'_>) -> InterchangeMember {
    InterchangeMember {
        name: person.text("full_name").unwrap_or_default(),
        relation: person.text("relation"),
        birth: person.text("birth"),
        sex: person.text("sex"),
        citizen_id: person.text("citizen_id"),
        ethnicity: person.text("ethnicity"),
    }
}

impl Village {
    /// Whose its papers are.
    pub fn head(&self) -> Head {
        Head {
            commune: self.commune_name.clone(),
            village: Some(self.name.clone()).filter(|name| !name.is_empty()),
            round: self.round,
            made_on: self.made_on.clone(),
        }
    }
}

impl Household {
    fn result(&self, village: &Village) -> MeetingRow {
        MeetingRow {
            head: self.head.clone(),
            village: village.name.clone(),
            members: self.members,
            previous: self.on_paper.previous.clone(),
            class: self.on_paper.class.clone(),
            provisional: self.on_paper.provisional,
            b1: self.b1,
            b2: self.b2,
        }
    }
}

/// The legal texts that a standard and a procedure name. Titles, numbers and dates stand as they were published; what they say is
/// marked where it is used.
pub fn sources(standard: Option<&Standard>, procedure: Option<&Procedure>) -> Vec<Source> {
    let of_standard = standard.into_iter().flat_map(|standard| &standard.sources);
    let of_procedure = procedure.into_iter().flat_map(|procedure| &procedure.sources);
    let mut found: Vec<Source> = Vec::new();
    for text in of_standard.chain(of_procedure) {
        // Both name some texts, each in its own words behind the number.
        if !found.iter().any(|known| numbered(&known.text) == numbered(text)) {
            found.push(Source { text: text.clone(), verified: true });
        }
    }
    found
}

/// "Thông tư 07/2021/TT-BLĐTBXH" of whatever is said behind it.
fn numbered(text: &str) -> &str {
    let text = text.split(',').next().unwrap_or(text);
    text.split(" ngày ").next().unwrap_or(text)
}
