//! Beginning with an address and a one-time code in place of a file: the enrolment file is fetched from the province, piece by
//! piece, and then used like any other. The code itself does not travel; the file is locked by it, so that nobody but the province
//! can answer with one that opens.

use std::fs;
use std::io::Write as _;
use std::path::PathBuf;
use std::sync::Arc;

use rasoat_exchange::enrolment::EnrolmentLookup;
use rasoat_exchange::{BlobAnswer, Door, EnrolRequest, EnrolmentFile};
use rasoat_sync::HttpCarrier;

use crate::app::{App, Carrier};
use crate::error::AppError;
use crate::start::LONGEST_ENROLMENT;
use crate::view::{FetchForm, FetchedView};

/// Bytes asked for at once: what a cut costs.
const RANGE: u32 = 16 * 1024;
/// What came so far, after the 16 bytes that say of which code.
const PART: &str = "enrolment.part";
/// The whole file.
const WHOLE: &str = "fetched.rasoat-enrolment";

impl App {
    /// Fetches an enrolment file by address and code; what came before a cut is not asked for again. What it says is to be shown
    /// before [`App::enrol`] is called with its path.
    ///
    /// # Errors
    /// When nothing comes, or what came is not locked by this code.
    pub async fn fetch_enrolment(&self, form: FetchForm) -> Result<FetchedView, AppError> {
        let lookup = EnrolmentLookup::of(&form.code).ok_or_else(|| AppError::new("wrong_code"))?;
        let carrier: Arc<dyn Carrier> = match &self.options().carrier {
            Some(carrier) => Arc::clone(carrier),
            None => Arc::new(HttpCarrier::new([address_of(&form.address)])?),
        };
        let mut file = self.part_of(lookup);
        loop {
            let offset = file.len() as u64;
            let request = EnrolRequest { lookup, offset, length: RANGE };
            let answer = carrier.carry(Door::Enrolment, request.encode()).await?;
            let answer = BlobAnswer::decode(&answer).map_err(|_| AppError::new("answer_unreadable"))?;
            let reached = offset.saturating_add(answer.bytes.len() as u64);
            if answer.total > LONGEST_ENROLMENT || reached > answer.total {
                self.forget_part();
                return Err(AppError::new("answer_unreadable"));
            }
            file.extend_from_slice(&answer.bytes);
            if reached == answer.total {
                break;
            }
            if answer.bytes.is_empty() {
                return Err(AppError::new("answer_unreadable"));
            }
            self.keep_part(lookup, &answer.bytes, offset == 0)?;
        }
        self.forget_part();
        // Only what this code opens is shown: anybody could have answered.
        EnrolmentFile::read(&file)?.open_seed(&form.code)?;
        let path = self.data_dir().join(WHOLE);
        fs::write(&path, &file)?;
        let path = path.to_str().ok_or_else(|| AppError::new("file_not_readable"))?.to_owned();
        tracing::info!(bytes = file.len(), "fetched an enrolment");
        Ok(FetchedView { enrolment: self.inspect_enrolment(&path)?, path })
    }

    /// Forgets a fetched file once it was used.
    pub(crate) fn forget_fetched(&self) {
        // It is locked; one that stays does no harm.
        drop(fs::remove_file(self.data_dir().join(WHOLE)));
    }

    fn part(&self) -> PathBuf {
        self.data_dir().join(PART)
    }

    fn part_of(&self, lookup: EnrolmentLookup) -> Vec<u8> {
        let kept = fs::read(self.part()).unwrap_or_default();
        kept.strip_prefix(&lookup.0).map(<[u8]>::to_vec).unwrap_or_default()
    }

    fn keep_part(&self, lookup: EnrolmentLookup, piece: &[u8], first: bool) -> Result<(), AppError> {
        if first {
            fs::write(self.part(), [&lookup.0, piece].concat())?;
            return Ok(());
        }
        Ok(fs::OpenOptions::new().append(true).open(self.part())?.write_all(piece)?)
    }

    fn forget_part(&self) {
        drop(fs::remove_file(self.part()));
    }
}

/// As it is typed: the scheme may be left out.
fn address_of(typed: &str) -> String {
    let typed = typed.trim();
    if typed.contains("://") { typed.to_owned() } else { format!("https://{typed}") }
}
