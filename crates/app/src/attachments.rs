//! Files beside the answers: put here in answering, sent when everything else is done, fetched when somebody wants to look.
//!
//! An answer names a file by the hash of its content, so that what was answered cannot be exchanged for something else. The file
//! goes to the disk in one transaction with the answer. To the province it goes piece by piece, after all edits: what arrived is
//! never sent again, and an edit that comes up meanwhile goes first.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use rasoat_casework::{AttachmentKind, AttachmentName, MAX_ATTACHMENT_BYTES, SIGNED_ON_PAPER};
use rasoat_exchange::{
    Attachment, AttachmentAct, AttachmentAnswer, AttachmentMessageError, AttachmentRequest, AttachmentState,
    CarrierError, Door,
};
use rasoat_instrument::{Media, Path};
use rasoat_store::{
    AttachmentOrigin, Exchange, MovingAttachment, Op, Reader, StoreError, StoredAttachment, Tx,
};
use rasoat_sync::{ExchangeError, Failure, Party, Pieces};

use crate::app::{App, Carrier, Opened};
use crate::error::AppError;
use crate::form::FilesAsked;
use crate::pictures;
use crate::start::count;
use crate::sync::{SyncState, nonce};
use crate::view::{AttachForm, AttachmentView, FilesView, InterviewChangeView};

/// Files asked after at once: what a question costs on a link that breaks.
const ASKED_AT_ONCE: usize = 16;
/// Bytes of files that the province has and that are kept here to be looked at.
const KEPT_BYTES: u64 = 128 * 1024 * 1024;

/// How files go, in memory.
#[derive(Default)]
pub(crate) struct FileState {
    pieces: Pieces,
    /// Whether all that could go went: what is left waits for something else.
    idle: bool,
}

impl FileState {
    /// Somebody wanted an exchange to end: for ten minutes nothing goes by itself.
    pub(crate) fn pause(&mut self) {
        self.pieces.failed(Failure::Refused);
        self.idle = false;
    }

    /// Somebody asks for it now.
    pub(crate) fn wake(&mut self) {
        self.pieces.wake();
        self.idle = false;
    }
}

impl SyncState {
    pub(crate) fn files(&self) -> MutexGuard<'_, FileState> {
        Mutex::lock(&self.files).unwrap_or_else(PoisonError::into_inner)
    }
}

/// Why files do not go on.
enum Stop {
    /// The way to the province, or what came back on it.
    Way(ExchangeError),
    /// This laptop.
    Here(AppError),
}

impl From<AppError> for Stop {
    fn from(error: AppError) -> Self {
        Self::Here(error)
    }
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        Self::Here(error.into())
    }
}

impl From<AttachmentMessageError> for Stop {
    fn from(_: AttachmentMessageError) -> Self {
        // Whatever answered, it was not the province that knows this laptop.
        Self::Way(ExchangeError::Answer(rasoat_exchange::MessageError::BadSignature))
    }
}

impl App {
    /// Answers a question with a file; both are on the disk when this returns, or neither is and the answer before stays. Of a
    /// picture only what is seen is kept.
    pub fn attach(&self, form: AttachForm) -> Result<InterviewChangeView, AppError> {
        self.need_room()?;
        // Four digits for three bytes: what is longer is not decoded.
        if form.content.len() / 4 * 3 > MAX_ATTACHMENT_BYTES as usize + 3 {
            return Err(AppError::new("attachment_too_large").with("bytes", MAX_ATTACHMENT_BYTES));
        }
        let content = BASE64.decode(&form.content).map_err(|_| AppError::new("attachment_damaged"))?;
        let name = AttachmentName::of(&content)
            .map_err(|error| AppError::new(error.code()).with("bytes", MAX_ATTACHMENT_BYTES))?;
        let path: Path = form.path.parse().map_err(|_| AppError::new("unknown_path"))?;
        let asked = may_answer(&*self.need_desk()?, &path, name)?;
        // What is kept is what comes of it, and that is what is named.
        let content = pictures::made_plain(content, name.file_type, asked.max_pixels)?;
        let name = AttachmentName::of(&content)
            .map_err(|error| AppError::new(error.code()).with("bytes", MAX_ATTACHMENT_BYTES))?;
        self.act_along(
            &form.household,
            |interview, opened| {
                may_answer(opened, &path, name)?;
                Ok((interview.session.set_text(&path, &name.to_string())?, path.clone()))
            },
            |tx, now| tx.put_attachment(name, &content, AttachmentOrigin::Own, now),
        )
    }

    /// A file that an answer names, as far as it is here.
    pub fn attachment(&self, name: &str) -> Result<AttachmentView, AppError> {
        let opened = self.need_desk()?;
        let name = parse(name)?;
        opened.store.read(|reader| {
            let stored = reader.attachment(name)?;
            let content = reader.attachment_content(name)?;
            Ok(view(name, stored.as_ref(), content))
        })
    }

    /// Asks for a file that is not here: it comes with the next exchange, once the province has it.
    pub fn want_attachment(&self, name: &str) -> Result<AttachmentView, AppError> {
        let opened = self.need_open()?;
        let name = parse(name)?;
        let now = self.now();
        opened.store.transact(Op::Attachments, |tx| tx.want_attachment(name, now))?;
        opened.sync.files().idle = false;
        self.wake().notify_waiters();
        self.attachment(&name.to_string())
    }

    /// How long files wait for their next try; `None` while none waits that could go.
    pub(crate) fn next_wait_for_files(&self, opened: &Opened, chance: f64) -> Option<Duration> {
        let (wait, idle) = {
            let files = opened.sync.files();
            (files.pieces.wait_millis(chance), files.idle)
        };
        let waiting = opened.store.read(|reader| {
            let to_go = reader.attachment_counts()?.files > 0;
            Ok::<_, StoreError>(to_go || !reader.attachments_wanted()?.is_empty())
        });
        (!idle && waiting.unwrap_or_default()).then(|| Duration::from_millis(wait))
    }

    /// Brings files to the province and those that are wanted here. Says whether this is all for the moment: `false` when an
    /// edit came up, which goes first. Failures on the way are recorded, not returned.
    pub(crate) async fn exchange_files(
        &self,
        opened: &Opened,
        carrier: &dyn Carrier,
        party: &Party,
    ) -> Result<bool, AppError> {
        let mut mover = Mover { opened, carrier, party, up: 0, down: 0 };
        let began_at = self.now();
        let outcome = mover.move_all().await;
        let bytes = (mover.up, mover.down);
        match outcome {
            Ok(done) => {
                opened.sync.files().idle = done;
                if bytes != (0, 0) {
                    let (bytes_up, bytes_down) = bytes;
                    let exchange =
                        Exchange { began_at, sent: 0, confirmed: 0, bytes_up, bytes_down, problem: None };
                    opened
                        .store
                        .transact(Op::Attachments, |tx| tx.record_exchange(&exchange, std::iter::empty()))?;
                    tracing::info!(up = bytes_up, down = bytes_down, "moved files");
                }
                Ok(done)
            }
            Err(Stop::Way(error)) => {
                {
                    let mut files = opened.sync.files();
                    files.pieces.failed(Failure::of(&error));
                    files.idle = false;
                }
                self.record(opened, began_at, &[], bytes, &error)?;
                Ok(true)
            }
            Err(Stop::Here(error)) => Err(error),
        }
    }
}

/// Files on their way, both ways.
struct Mover<'a> {
    opened: &'a Opened,
    carrier: &'a dyn Carrier,
    party: &'a Party,
    up: u32,
    down: u32,
}

impl Mover<'_> {
    /// `false`: an edit came up.
    async fn move_all(&mut self) -> Result<bool, Stop> {
        // What the province does not take now is not asked after again in this exchange.
        let mut passed_over = BTreeSet::new();
        loop {
            let mut waiting = self.opened.store.read(|reader| reader.attachments_waiting(false))?;
            waiting.retain(|file| !passed_over.contains(&file.name));
            waiting.truncate(ASKED_AT_ONCE);
            if waiting.is_empty() {
                break;
            }
            let asked: Vec<Attachment> = waiting.iter().map(attachment).collect();
            let states = self.states(AttachmentAct::Ask(asked), waiting.len()).await?;
            for (file, state) in waiting.iter().zip(states) {
                let mut state = state;
                loop {
                    self.note(file, state, &mut passed_over)?;
                    let AttachmentState::Part(have) = state else { break };
                    if self.edits_wait()? {
                        return Ok(false);
                    }
                    if have == 0 && !self.is_sound(file)? {
                        passed_over.insert(file.name);
                        break;
                    }
                    let next = self.put(file, have).await?;
                    if next == state {
                        // It says nothing of what it was sent: not now.
                        passed_over.insert(file.name);
                        break;
                    }
                    state = next;
                }
            }
        }
        self.fetch_wanted().await
    }

    fn edits_wait(&self) -> Result<bool, Stop> {
        Ok(self.opened.store.read(|reader| reader.unsent_count())? > 0)
    }

    /// Whether a file is still what its name says: what is not would be sent again and again.
    fn is_sound(&self, file: &MovingAttachment) -> Result<bool, Stop> {
        let content = self.opened.store.read(|reader| reader.attachment_content(file.name))?;
        let Err(error) = file.name.check(&content.unwrap_or_default()) else { return Ok(true) };
        tracing::error!(code = error.code(), "a file is not what its name says");
        self.transact(|tx| tx.refuse_attachment(file.name, error.code()))?;
        Ok(false)
    }

    /// Sends the piece that begins where what the province has ends.
    async fn put(&mut self, file: &MovingAttachment, have: u32) -> Result<AttachmentState, Stop> {
        let length = self.opened.sync.files().pieces.bytes();
        let bytes = self.opened.store.read(|reader| reader.attachment_range(file.name, have, length))?;
        let act = AttachmentAct::Put { file: attachment(file), offset: have, bytes };
        let states = self.states(act, 1).await?;
        self.opened.sync.files().pieces.succeeded();
        Ok(states.first().copied().unwrap_or(AttachmentState::Part(have)))
    }

    /// Keeps what the province said of a file.
    fn note(
        &self,
        file: &MovingAttachment,
        state: AttachmentState,
        passed_over: &mut BTreeSet<AttachmentName>,
    ) -> Result<(), Stop> {
        let name = file.name;
        match state {
            AttachmentState::Part(have) if have == file.done => {}
            AttachmentState::Part(have) => {
                self.transact(|tx| tx.note_attachment_arrived(name, have.min(file.size)))?;
            }
            AttachmentState::Whole => {
                self.transact(|tx| {
                    tx.confirm_attachment(name)?;
                    tx.make_room_for_attachments(KEPT_BYTES)
                })?;
            }
            // Its edit is not there, perhaps on a stick on its way: the file waits.
            AttachmentState::Unnamed => {
                passed_over.insert(name);
            }
            AttachmentState::Refused(refusal) => {
                tracing::warn!(code = refusal.code(), "a file is not taken");
                self.transact(|tx| tx.refuse_attachment(name, refusal.code()))?;
                passed_over.insert(name);
            }
        }
        Ok(())
    }

    /// Fetches what is wanted here. What came is on the disk before more is asked for.
    async fn fetch_wanted(&mut self) -> Result<bool, Stop> {
        for wanted in self.opened.store.read(|reader| reader.attachments_wanted())? {
            let name = wanted.name;
            let (mut have, mut size) = (wanted.done, wanted.size);
            while size == 0 || have < size {
                if self.edits_wait()? {
                    return Ok(false);
                }
                let length = self.opened.sync.files().pieces.bytes();
                let answer = self.carry(AttachmentAct::Get { name, offset: have, length }).await?;
                let AttachmentAnswer::Piece { total, bytes } = answer else {
                    return Err(AttachmentMessageError::Unreadable.into());
                };
                // Not there yet: another laptop has it to bring.
                if total == 0 || bytes.is_empty() || total > MAX_ATTACHMENT_BYTES {
                    break;
                }
                self.opened.sync.files().pieces.succeeded();
                let next = have.saturating_add(count(bytes.len()));
                if next > total || (size != 0 && size != total) {
                    self.transact(|tx| tx.forget_attachment(name))?;
                    break;
                }
                self.transact(|tx| tx.put_attachment_piece(name, total, have, &bytes))?;
                (have, size) = (next, total);
            }
            if size > 0 && have == size {
                self.check_fetched(name)?;
            }
        }
        Ok(true)
    }

    /// What came must be what its name says.
    fn check_fetched(&self, name: AttachmentName) -> Result<(), Stop> {
        let content = self.opened.store.read(|reader| reader.attachment_content(name))?.unwrap_or_default();
        if let Err(error) = name.check(&content) {
            tracing::warn!(code = error.code(), "what came is not the file");
            self.transact(|tx| tx.forget_attachment(name))?;
            return Ok(());
        }
        self.transact(|tx| {
            tx.confirm_attachment(name)?;
            tx.make_room_for_attachments(KEPT_BYTES)
        })?;
        self.opened.sync.news.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        Ok(())
    }

    async fn states(&mut self, act: AttachmentAct, expected: usize) -> Result<Vec<AttachmentState>, Stop> {
        match self.carry(act).await? {
            AttachmentAnswer::States(states) if states.len() == expected => Ok(states),
            AttachmentAnswer::States(_) | AttachmentAnswer::Piece { .. } => {
                Err(AttachmentMessageError::Unreadable.into())
            }
        }
    }

    async fn carry(&mut self, act: AttachmentAct) -> Result<AttachmentAnswer, Stop> {
        let request = AttachmentRequest { device: self.party.device, nonce: nonce(), act };
        let (message, tag) = request.encode(&self.party.link);
        self.up = self.up.saturating_add(count(message.len()));
        let way = |error: CarrierError| Stop::Way(ExchangeError::Carrier(error));
        let answer = self.carrier.carry(Door::Attachment, message).await.map_err(way)?;
        self.down = self.down.saturating_add(count(answer.len()));
        Ok(AttachmentAnswer::decode(&answer, tag, &self.party.link)?)
    }

    fn transact(&self, act: impl FnOnce(&Tx<'_>) -> Result<(), StoreError>) -> Result<(), Stop> {
        self.opened.store.transact(Op::Attachments, act)?;
        Ok(())
    }
}

/// A file is taken only where one is asked for, and only of the kind that is.
fn may_answer(opened: &Opened, path: &Path, name: AttachmentName) -> Result<FilesAsked, AppError> {
    let asked = asked(opened, path).ok_or_else(|| AppError::new("unknown_path"))?;
    match (asked.media, name.file_type.kind()) {
        (None, _)
        | (Some(Media::Picture), AttachmentKind::Picture)
        | (Some(Media::Sound), AttachmentKind::Sound)
        | (Some(Media::Film), AttachmentKind::Film) => Ok(asked),
        (Some(Media::Picture), _) => Err(AppError::new("attachment_not_a_picture")),
        (Some(Media::Sound), _) => Err(AppError::new("attachment_not_a_sound")),
        (Some(Media::Film), _) => Err(AppError::new("attachment_not_a_film")),
    }
}

/// What files a question takes, if it takes any.
fn asked(opened: &Opened, path: &Path) -> Option<FilesAsked> {
    let field = path.field_name().filter(|_| path.facet().is_none());
    field.and_then(|field| opened.profile.form.takes_files(field))
}

/// A question for files is answered by typing only with a file that is here: an edit must not name what nobody has. Of a
/// signature it can be said that it stands on paper.
pub(crate) fn must_be_here(opened: &Opened, path: &Path, value: &str) -> Result<(), AppError> {
    let Some(asked) = asked(opened, path) else { return Ok(()) };
    if value.trim().is_empty() || (asked.signature && value == SIGNED_ON_PAPER) {
        return Ok(());
    }
    let name = parse(value.trim())?;
    may_answer(opened, path, name)?;
    let stored = opened.store.read(|reader| reader.attachment(name))?;
    match stored.is_some_and(|stored| stored.is_whole()) {
        true => Ok(()),
        false => Err(AppError::new("attachment_not_here")),
    }
}

/// What waits, for the screen.
pub(crate) fn files_view(reader: &Reader<'_>) -> Result<FilesView, StoreError> {
    let counts = reader.attachment_counts()?;
    let kilobytes = |bytes: u64| u32::try_from(bytes.div_ceil(1024)).unwrap_or(u32::MAX);
    Ok(FilesView {
        waiting: counts.files,
        kilobytes: kilobytes(counts.bytes),
        arrived_kilobytes: kilobytes(counts.arrived),
        refused: reader.attachment_refusals()?,
    })
}

fn view(name: AttachmentName, stored: Option<&StoredAttachment>, content: Option<Vec<u8>>) -> AttachmentView {
    AttachmentView {
        media_type: name.file_type.media_type().to_owned(),
        size: stored.map_or(0, |stored| stored.size),
        content: content.map(|content| BASE64.encode(content)),
        confirmed: stored.is_some_and(|stored| stored.confirmed),
        wanted: stored.is_some_and(|stored| stored.origin == AttachmentOrigin::Wanted && !stored.is_whole()),
    }
}

pub(crate) fn attachment(file: &MovingAttachment) -> Attachment {
    Attachment { name: file.name, size: file.size }
}

fn parse(name: &str) -> Result<AttachmentName, AppError> {
    name.parse().map_err(|_| AppError::new("attachment_unknown"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_stopped_stays_so_until_somebody_asks() {
        let mut files = FileState { idle: true, ..FileState::default() };
        files.pause();
        assert_eq!((files.pieces.wait_millis(1.0), files.idle), (600_000, false));
        files.wake();
        assert_eq!(files.pieces.wait_millis(1.0), 0);
    }
}
