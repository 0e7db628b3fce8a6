//! One exchange, from edits in batches to a verified answer.

use rasoat_casework::{DeviceId, Edit};
use rasoat_exchange::{
    BatchHash, CarrierError, CatalogueDigest, Cursor, DeviceHealth, Dictionary, Door, Limits, LinkKey,
    MessageError, PROTOCOL_MAX, Receipt, RequestHead, SignedBatch, SignedReceipt, SyncProtocol, SyncRequest,
    UnreadableEdit, VerifyKey, decode_response, encode_request,
};

/// Who speaks, and to whom: as pinned at enrolment.
#[derive(Debug, Clone)]
pub struct Party {
    /// This laptop.
    pub device: DeviceId,
    /// What it has in common with the province.
    pub link: LinkKey,
    /// The province's key.
    pub server_key: VerifyKey,
}

/// What is asked, and what is brought.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Question {
    /// The protocol to speak: one that the province said it knows. `None`: the newest.
    pub protocol: Option<u16>,
    /// Different each time.
    pub nonce: u32,
    /// From where on to send changes.
    pub cursor: Cursor,
    /// Of the catalogue that is here; `None` to be told none.
    pub catalogue: Option<CatalogueDigest>,
    /// About how many kilobytes of changes to send at once; 0 for none.
    pub room: u32,
    /// The newest dictionary that the province said it knows.
    pub dictionary: u64,
    /// Batches of which it is not known whether they arrived.
    pub asked: Vec<BatchHash>,
    /// How this laptop is doing.
    pub health: Option<DeviceHealth>,
    /// Batches to send; none to ask only.
    pub batches: Vec<SignedBatch>,
}

/// What a verified answer says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exchanged {
    /// The receipts, one for each batch sent and for each asked for that had arrived, verified, each with the bytes to keep as
    /// proof.
    pub receipts: Vec<(SignedReceipt, Receipt)>,
    /// Edits of others.
    pub changes: Vec<Edit>,
    /// Edits of others in a newer format than is known here.
    pub unread: Vec<UnreadableEdit>,
    /// To be kept with the changes.
    pub cursor: Cursor,
    /// Whether to ask again at once.
    pub more: bool,
    /// The server's clock minus this laptop's, in milliseconds, taken in the middle of the exchange.
    pub clock_offset_millis: i64,
    /// The newest dictionary the province knows.
    pub dictionary: u64,
    /// The catalogue of what should be here, where it differs from the one that was named.
    pub catalogue: Option<Vec<u8>>,
}

/// An exchange did not come to a verified answer. Nothing may be taken as sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ExchangeError {
    /// The carrier failed.
    #[error(transparent)]
    Carrier(#[from] CarrierError),
    /// What came back is not the pinned province's answer to this request.
    #[error("answer not verified: {0}")]
    Answer(MessageError),
    /// A receipt is not the pinned server's, or not for a batch that was sent.
    #[error("foreign receipt")]
    ForeignReceipt,
    /// The province answered, but has no receipt for one of the batches.
    #[error("a batch has no receipt")]
    Unanswered,
    /// More than one request may hold; nothing was sent.
    #[error("too much for one request")]
    TooMuch,
}

impl ExchangeError {
    /// Stable code for whoever decides what to say.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Carrier(error) => error.code(),
            Self::Answer(MessageError::ProtocolTooNew(_)) => "answer_too_new",
            Self::Answer(MessageError::BadSignature) => "answer_not_verified",
            Self::Answer(_) => "answer_unreadable",
            Self::ForeignReceipt => "receipt_not_verified",
            Self::Unanswered => "unanswered",
            Self::TooMuch => "too_much",
        }
    }
}

/// Sends what is brought and takes the answer. `clock` gives this laptop's time in milliseconds since 1970; it is asked before
/// and after. Posting the same batches again is harmless.
pub async fn exchange<C: SyncProtocol>(
    carrier: &C,
    party: &Party,
    question: Question,
    clock: impl Fn() -> i64,
) -> Result<Exchanged, ExchangeError> {
    let sent: Vec<BatchHash> = question.batches.iter().map(SignedBatch::batch_hash).collect();
    let asked = question.asked.clone();
    let sent_at_millis = clock();
    let request = SyncRequest {
        head: RequestHead {
            protocol: question.protocol.unwrap_or(PROTOCOL_MAX),
            device: party.device,
            nonce: question.nonce,
            dictionary: Dictionary::NEWEST,
            cursor: question.cursor,
            catalogue: question.catalogue,
            room: question.room,
            asked: question.asked,
            health: question.health,
        },
        batches: question.batches,
    };
    let shared = Dictionary::shared(question.dictionary);
    let (bytes, tag) = encode_request(&request, &party.link, shared).map_err(|_| ExchangeError::TooMuch)?;
    let answer = carrier.post(Door::Exchange, bytes).await?;
    let received_at_millis = clock();
    let response =
        decode_response(&answer, Limits::DEFAULT, tag, &party.link).map_err(ExchangeError::Answer)?;

    let receipts = response
        .receipts
        .into_iter()
        .map(|signed| match signed.open(&party.server_key) {
            Ok(receipt) if sent.contains(&receipt.batch) || asked.contains(&receipt.batch) => {
                Ok((signed, receipt))
            }
            Ok(_) | Err(_) => Err(ExchangeError::ForeignReceipt),
        })
        .collect::<Result<Vec<_>, _>>()?;
    if sent.iter().any(|batch| !receipts.iter().any(|(_, receipt)| receipt.batch == *batch)) {
        return Err(ExchangeError::Unanswered);
    }
    Ok(Exchanged {
        receipts,
        changes: response.changes,
        unread: response.unread,
        cursor: response.cursor,
        more: response.more,
        clock_offset_millis: offset(response.server_time_millis, sent_at_millis, received_at_millis),
        dictionary: response.dictionary,
        catalogue: response.catalogue,
    })
}

/// The server looked at its clock some time between; the middle is the best guess.
fn offset(server_millis: i64, sent_millis: i64, received_millis: i64) -> i64 {
    let middle = (i128::from(sent_millis) + i128::from(received_millis)) / 2;
    let offset = i128::from(server_millis) - middle;
    i64::try_from(offset).unwrap_or(if offset < 0 { i64::MIN } else { i64::MAX })
}
