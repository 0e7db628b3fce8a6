//! One exchange, from edits in batches to a verified answer.

use rasoat_casework::{DeviceId, Edit};
use rasoat_exchange::{
    BatchHash, CarrierError, Cursor, Limits, MessageError, PROTOCOL_MAX, Receipt, ServerId, SignedBatch,
    SignedReceipt, SigningKey, SyncProtocol, SyncRequest, VerifyKey, decode_response, encode_request,
};

/// Who speaks, and to whom: as pinned at enrolment.
#[derive(Debug, Clone)]
pub struct Party {
    /// This laptop.
    pub device: DeviceId,
    /// Its key.
    pub key: SigningKey,
    /// The province.
    pub server: ServerId,
    /// Its key.
    pub server_key: VerifyKey,
}

/// What a verified answer says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exchanged {
    /// The receipts, one for each batch sent, verified, each with the bytes to keep as proof.
    pub receipts: Vec<(SignedReceipt, Receipt)>,
    /// Edits of others.
    pub changes: Vec<Edit>,
    /// To be kept with the changes.
    pub cursor: Cursor,
    /// Whether to ask again at once.
    pub more: bool,
    /// The server's clock minus this laptop's, in milliseconds, taken in the middle of the exchange.
    pub clock_offset_millis: i64,
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

/// Sends signed batches (none, to ask only) and takes the answer. `clock` gives this laptop's time in milliseconds since
/// 1970; it is asked before and after. Posting the same batches again is harmless.
pub async fn exchange<C: SyncProtocol>(
    carrier: &C,
    party: &Party,
    cursor: Cursor,
    batches: Vec<SignedBatch>,
    clock: impl Fn() -> i64,
) -> Result<Exchanged, ExchangeError> {
    let sent: Vec<BatchHash> = batches.iter().map(SignedBatch::batch_hash).collect();
    let sent_at_millis = clock();
    let request =
        SyncRequest { protocol: PROTOCOL_MAX, device: party.device, cursor, batches, sent_at_millis };
    let (bytes, hash) = encode_request(&request, &party.key).map_err(|_| ExchangeError::TooMuch)?;
    let answer = carrier.exchange(bytes).await?;
    let received_at_millis = clock();
    let response =
        decode_response(&answer, Limits::DEFAULT, hash, &party.server_key).map_err(ExchangeError::Answer)?;

    let receipts = response
        .receipts
        .into_iter()
        .map(|signed| match signed.open(&party.server_key) {
            Ok(receipt) if receipt.server == party.server && sent.contains(&receipt.batch) => {
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
        cursor: response.cursor,
        more: response.more,
        clock_offset_millis: offset(response.server_time_millis, sent_at_millis, received_at_millis),
    })
}

/// The server looked at its clock some time between; the middle is the best guess.
fn offset(server_millis: i64, sent_millis: i64, received_millis: i64) -> i64 {
    let middle = (i128::from(sent_millis) + i128::from(received_millis)) / 2;
    let offset = i128::from(server_millis) - middle;
    i64::try_from(offset).unwrap_or(if offset < 0 { i64::MIN } else { i64::MAX })
}
