//! Everything that this laptop holds of one household, written out for whoever asks by right: a page to read and print, and the
//! same for machines. The law's duty is in `docs/decisions/0024-who-did-what.md`.

mod page;

use std::path::Path as FilePath;

use rasoat_casework::standard::Classification;
use rasoat_casework::{Round, Subject, SubjectKind, interview_id};
use rasoat_instrument::{Path, Text};
use rasoat_store::{
    Act, Direction, HouseholdRow, HouseholdState, LEAST_PASSPHRASE_CHARS, Op, Reader, StoreError,
};
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;

use crate::app::{App, Opened};
use crate::error::AppError;
use crate::files;
use crate::household::{household_subject, need_row, parse_id};
use crate::interview::OpenInterview;
use crate::moment::rfc3339;
use crate::projection::is_meta;
use crate::rounds::ROUNDS_BACK;
use crate::sittings::{self, Places, Said, all_said, is_citizen_id, label, masked, shown_in_full, what};
use crate::start::count;
use crate::view::{
    AccessForm, AccessView, ConflictDocument, HistoryChangeView, HistoryWhat, Passphrase, SittingView,
};

/// What is held, as the file for machines has it.
#[derive(Serialize)]
struct Held {
    format: u32,
    made_at: String,
    made_by: String,
    device: String,
    server: String,
    household: Household,
    values: Vec<HeldValue>,
    classes: Vec<Classification>,
    files: Vec<HeldFile>,
    given_to: Vec<Given>,
    history: Vec<HeldSitting>,
    /// Whether citizen IDs are written in full.
    full_ids: bool,
}

#[derive(Serialize)]
struct Household {
    id: String,
    head_name: String,
    code: Option<String>,
    village: String,
    commune: String,
    round: u16,
    state: &'static str,
    merged_into: Option<String>,
}

/// One value that stands.
#[derive(Serialize)]
struct HeldValue {
    document: ConflictDocument,
    round: Option<u16>,
    path: String,
    what: HistoryWhat,
    label: Text,
    member: Option<String>,
    value: String,
    shown: Text,
    /// Whether it was answered and not sealed yet.
    draft: bool,
}

#[derive(Serialize)]
struct HeldFile {
    name: String,
    size: u32,
    here: bool,
}

/// To whom it went, or from whom it came.
#[derive(Serialize)]
struct Given {
    /// `province`, `file_out`, `file_in`, `printed`.
    how: &'static str,
    at: String,
    parties: Vec<String>,
    edits: u32,
}

#[derive(Serialize)]
struct HeldSitting {
    sitting: SittingView,
    changes: Vec<HistoryChangeView>,
}

impl App {
    /// Writes out everything that is held of a household. That it was done is accounted for before the files are there.
    pub fn access_export(&self, form: &AccessForm) -> Result<AccessView, AppError> {
        let opened = self.need_open()?;
        let id = parse_id(&form.household)?;
        let passphrase = form.passphrase.as_ref().map(checked).transpose()?;
        let now = self.now();
        let (held, _) = opened.store.transact(Op::Audit, |tx| {
            let row = need_row(tx, id)?;
            let ids = if form.full_ids { "full" } else { "masked" };
            let encrypted = if passphrase.is_some() { "yes" } else { "no" };
            let details = [
                ("household", id.to_string()),
                ("citizen_ids", ids.to_owned()),
                ("encrypted", encrypted.to_owned()),
            ];
            tx.audit(Act::AccessExport, &details, now)?;
            if form.full_ids {
                tx.audit(Act::Unmask, &[("household", id.to_string())], now)?;
            }
            held(&opened, tx, &row, form.full_ids, now)
        })?;
        let json = serde_json::to_vec_pretty(&held).map_err(|_| AppError::new("damaged"))?;
        let html = page::page(&held, &form.language, &form.words);
        let folder = FilePath::new(&form.folder);
        let kind = format!("household-{}", &id.simple().to_string()[..8]);
        let mut files = Vec::new();
        for (ending, bytes) in [("html", html.into_bytes()), ("json", json)] {
            let (ending, bytes) = match passphrase.as_ref() {
                Some(passphrase) => (format!("{ending}.age"), encrypt(passphrase, &bytes)?),
                None => (ending.to_owned(), bytes),
            };
            files.push(files::write_new(folder, &kind, &ending, &bytes, now)?);
        }
        tracing::info!(values = held.values.len(), "wrote out what is held of a household");
        Ok(AccessView { files, values: count(held.values.len()) })
    }
}

fn checked(passphrase: &Passphrase) -> Result<SecretString, AppError> {
    let secret = passphrase.secret();
    let long_enough = secret.expose_secret().chars().count() >= LEAST_PASSPHRASE_CHARS as usize;
    let weak = StoreError::WeakPassphrase { least_chars: LEAST_PASSPHRASE_CHARS };
    if long_enough { Ok(secret.clone()) } else { Err(weak.into()) }
}

/// As the stock `age` tool opens it.
fn encrypt(passphrase: &SecretString, bytes: &[u8]) -> Result<Vec<u8>, AppError> {
    let recipient = age::scrypt::Recipient::new(passphrase.clone());
    age::encrypt(&recipient, bytes).map_err(|_| AppError::new("no_randomness"))
}

fn held(
    opened: &Opened,
    reader: &Reader<'_>,
    row: &HouseholdRow,
    full_ids: bool,
    now_millis: i64,
) -> Result<Held, AppError> {
    let enrolled = &opened.profile.enrolled;
    Ok(Held {
        format: 1,
        made_at: rfc3339(now_millis),
        made_by: opened.profile.author.clone(),
        device: enrolled.device_name.clone(),
        server: enrolled.server.name.clone(),
        household: Household {
            id: row.id.to_string(),
            head_name: row.head_name.clone(),
            code: row.code.clone(),
            village: row.village_name.clone(),
            commune: opened.profile.commune_name(&row.commune),
            round: enrolled.round.0,
            state: match row.progress.state {
                HouseholdState::Listed => "listed",
                HouseholdState::Started => "started",
                HouseholdState::Signed => "signed",
            },
            merged_into: row.merged_into.map(|kept| kept.to_string()),
        },
        values: values(opened, reader, row, full_ids)?,
        classes: classes(opened, reader, row, now_millis)?,
        files: reader
            .attachments_of(row.id, row.interview)?
            .into_iter()
            .map(|file| HeldFile {
                name: file.name.to_string(),
                size: file.size,
                here: file.size > 0 && file.done == file.size,
            })
            .collect(),
        given_to: given_to(reader, row)?,
        history: history(opened, reader, row)?,
        full_ids,
    })
}

/// What stands in the line of the list, in the interview with its draft, and in those of earlier rounds.
fn values(
    opened: &Opened,
    reader: &Reader<'_>,
    row: &HouseholdRow,
    full_ids: bool,
) -> Result<Vec<HeldValue>, AppError> {
    let mut values = Vec::new();
    let mut take = |said: &Said, round: Option<u16>, drafted: &dyn Fn(&Path) -> bool| {
        for (path, value) in said.record.0.iter().filter(|(path, _)| !is_meta(path) && !path.is_hidden()) {
            let hides = is_citizen_id(path) && !full_ids;
            let text = value.to_string();
            let plain = if hides { masked(&text) } else { text };
            let shown = if hides {
                Text([("vi".to_owned(), plain.clone())].into())
            } else {
                shown_in_full(&opened.profile, path, value)
            };
            values.push(HeldValue {
                document: said.document,
                round,
                path: path.to_string(),
                what: what(path),
                label: label(&opened.profile, path),
                member: said.member_name(path),
                value: plain,
                shown,
                draft: drafted(path),
            });
        }
    };
    let now = opened.profile.enrolled.round.0;
    let listed = Said::of(reader, &household_subject(row), ConflictDocument::Household, None)?;
    take(&listed, None, &|_| false);
    for round in (now.saturating_sub(ROUNDS_BACK)..=now).rev() {
        let id = interview_id(row.id, Round(round));
        let subject = Subject { commune: row.commune.clone(), kind: SubjectKind::Interview, id };
        let mut said = Said::of(reader, &subject, ConflictDocument::Interview, None)?;
        let draft = reader.draft(&subject)?.map(|draft| draft.answers).unwrap_or_default();
        crate::interview::overlay(&mut said.record.0, &draft);
        take(&said, Some(round), &|path| draft.contains_key(path));
    }
    Ok(values)
}

/// What every standard makes of the interview, if one was begun.
fn classes(
    opened: &Opened,
    reader: &Reader<'_>,
    row: &HouseholdRow,
    now_millis: i64,
) -> Result<Vec<Classification>, AppError> {
    if row.progress.state == HouseholdState::Listed {
        return Ok(Vec::new());
    }
    let interview = OpenInterview::open(&opened.profile, reader, row.id, now_millis)?;
    Ok(opened.profile.classify(&interview.session, interview.area))
}

fn given_to(reader: &Reader<'_>, row: &HouseholdRow) -> Result<Vec<Given>, StoreError> {
    let mut given: Vec<(i64, Given)> = Vec::new();
    for (at, edits) in reader.confirmations_of(row.id, row.interview)? {
        let parties = Vec::new();
        given.push((at, Given { how: "province", at: rfc3339(at), parties, edits }));
    }
    for record in reader.bundles_of(row.id, row.interview)? {
        let how = match record.direction {
            Direction::Out => "file_out",
            Direction::In => "file_in",
        };
        let (at, parties, edits) = (rfc3339(record.at), record.parties, record.edits);
        given.push((record.at, Given { how, at, parties, edits }));
    }
    for at in reader.prints_of(row.id)? {
        given.push((
            at,
            Given { how: "printed", at: rfc3339(at), parties: vec![row.head_name.clone()], edits: 0 },
        ));
    }
    given.sort_by_key(|(at, _)| *at);
    Ok(given.into_iter().map(|(_, given)| given).collect())
}

fn history(opened: &Opened, reader: &Reader<'_>, row: &HouseholdRow) -> Result<Vec<HeldSitting>, AppError> {
    let said = all_said(reader, row)?;
    let places = Places::of(reader)?;
    let sittings = sittings::sittings(&said);
    let held = sittings.iter().map(|sitting| {
        Ok(HeldSitting {
            sitting: sittings::view(opened, &places, sitting)?,
            changes: sittings::changes(&opened.profile, sitting),
        })
    });
    held.collect()
}
