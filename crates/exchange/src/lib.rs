//! What travels: edit batches, receipts, news, sync messages, bundles and enrolment files; encoded, compressed, signed.
//!
//! Bytes in, bytes out: this crate knows no file, socket, clock or randomness. Keys, salts, nonces and times are passed in;
//! only the envelope of a bundle gets its ephemeral key within the age library ([`Bundle::seal`]).
//! The bytes are described in `docs/protocol.md`.

mod attachment;
mod batch;
mod blob;
mod bundle;
mod catalogue;
mod compress;
mod device_health;
mod enrol_request;
pub mod enrolment;
mod feed_cursor;
mod guidance;
mod keys;
mod link;
mod news;
mod pack;
mod parcel;
mod problem;
mod protocol;
mod receipt;
mod recipient;
mod recovery;
mod retention;
mod round;
mod snapshot;
mod succession;
mod sync_message;
mod wire;

pub use attachment::{
    Attachment, AttachmentAct, AttachmentAnswer, AttachmentMessageError, AttachmentRefusal,
    AttachmentRequest, AttachmentState, AttachmentTag, MAX_ATTACHMENT_REQUEST_BYTES, MAX_FILES_ASKED,
    MAX_PIECE, TaggedAttachmentRequest,
};
pub use batch::{
    Batch, BatchError, BatchHash, LooseBatch, MAX_BATCH_BYTES, MAX_EDITS, SignedBatch, UnreadableEdit,
};
pub use blob::{BlobAnswer, BlobError, BlobRequest, MAX_BLOB_REQUEST_BYTES, MAX_RANGE, SignedBlobRequest};
pub use bundle::{
    BUNDLE_PART_BYTES, Bundle, BundleError, BundlePart, Content, Entry, MAX_BUNDLE_ENTRIES, MAX_BUNDLE_FILES,
    MAX_BUNDLE_NEWS, MAX_BUNDLE_RECIPIENTS, Manifest, Reply,
};
pub use catalogue::{
    Catalogue, CatalogueEntry, CatalogueError, CatalogueKind, MAX_CATALOGUE_ENTRIES, Neighbours, from_blob,
    to_blob,
};
pub use device_health::DeviceHealth;
pub use enrol_request::{EnrolRequest, MAX_ENROL_REQUEST_BYTES};
pub use enrolment::{Enrolment, EnrolmentError, EnrolmentFile};
pub use feed_cursor::{FeedCursor, MAX_CURSOR_BYTES, Positions, Reached};
pub use guidance::{Announcement, Announcements, Assignments, PrivacyNotice};
pub use keys::{KeyError, ServerId, Signature, SigningKey, VerifyKey};
pub use link::{LinkError, LinkKey};
pub use news::{Guidance, News, NewsError, RevokedDevice, SignedNews};
pub use pack::{Dictionary, DictionaryError};
pub use problem::{Problem, ProblemCode};
pub use protocol::{
    CONTENT_TYPE, CarrierError, Door, PROBLEM_CONTENT_TYPE, PROTOCOL_MAX, PROTOCOL_MIN, SyncProtocol,
};
pub use receipt::{Accepted, AcceptedRange, Receipt, ReceiptError, SignedReceipt, Verdict, VerdictCode};
pub use recipient::{BundleIdentity, BundleRecipient, RecipientError};
pub use recovery::{MAX_RECOVERY_BYTES, RecoveryAnswer, RecoveryFileError, RecoveryRequest};
pub use retention::{MOST_RETENTION_DAYS, Retention};
pub use round::OpenRound;
pub use snapshot::{MAX_SNAPSHOT_BYTES, Snapshot};
pub use succession::{MAX_FORMER_KEYS, MAX_SUCCESSION_BYTES, SignedSuccession, Succession, SuccessionError};
pub use sync_message::{
    CatalogueDigest, Cursor, Limits, MAX_BATCHES, MAX_CHANGES_DOWN, MessageError, RequestHead, RequestPart,
    RequestReader, RequestTag, SyncRequest, SyncResponse, TaggedHead, decode_response, encode_request,
    encode_response,
};
