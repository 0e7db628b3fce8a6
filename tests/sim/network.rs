//! The way to the province: what it loses, doubles, delays, cuts, spoils and forges.

use std::sync::Mutex;

use rand::Rng;
use rand_chacha::ChaCha8Rng;
use rasoat_exchange::{
    BundleIdentity, CarrierError, Cursor, Door, Limits, LinkKey, Receipt, RequestPart, RequestReader,
    SignedReceipt, SigningKey, SyncProtocol, SyncResponse, encode_response,
};

use crate::province::Province;

/// What happens to one exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    None,
    /// Nobody there.
    Unreachable,
    /// A page of a network that wants a sign-in.
    Portal,
    /// Nothing of the request arrives.
    LostThere,
    /// The request arrives, its answer does not.
    LostBack,
    /// The request arrives twice.
    Twice,
    /// The request arrives some time later; nobody waits for the answer then.
    Late,
    /// A part of the request arrives.
    CutThere,
    /// The province is at work when the line goes dead.
    CutAtWork,
    /// A part of the answer arrives.
    CutBack,
    /// One bit of the answer is another.
    Flipped,
    /// The answer to an earlier request comes instead.
    Replayed,
    /// Somebody else answers that all is well.
    Forged,
    /// The answer is of a protocol to come.
    TooNew,
}

pub(crate) const FAULTS: [Fault; 13] = [
    Fault::Unreachable,
    Fault::Portal,
    Fault::LostThere,
    Fault::LostBack,
    Fault::Twice,
    Fault::Late,
    Fault::CutThere,
    Fault::CutAtWork,
    Fault::CutBack,
    Fault::Flipped,
    Fault::Replayed,
    Fault::Forged,
    Fault::TooNew,
];

/// What is still in the air.
#[derive(Default)]
pub(crate) struct Air {
    /// Requests that arrive later.
    pub(crate) late: Vec<Vec<u8>>,
    /// The last whole answer that anybody got.
    answer: Vec<u8>,
}

/// One exchange's way.
pub(crate) struct Link<'a> {
    pub(crate) province: &'a Province,
    /// What laptop and province have in common.
    pub(crate) key: &'a LinkKey,
    pub(crate) fault: Fault,
    pub(crate) random: Mutex<&'a mut ChaCha8Rng>,
    pub(crate) air: Mutex<&'a mut Air>,
}

impl Link<'_> {
    fn below(&self, end: usize) -> usize {
        self.random.lock().expect("a lock").random_range(0..end.max(1))
    }

    /// An answer to this very request by somebody without the key.
    fn forged(&self, request: &[u8], protocol: u16) -> Vec<u8> {
        let parts = RequestReader::new(Limits::DEFAULT).feed(request).expect("a request");
        let Some(RequestPart::Head(head)) = parts.first() else { panic!("a head comes first") };
        let (_, tag) = head.open(self.key).expect("of this laptop");
        let province = BundleIdentity::of(&forger()).expect("an identity").recipient();
        let key = LinkKey::between(&forger(), &province).expect("a key");
        let response = SyncResponse {
            protocol,
            receipts: Vec::new(),
            changes: Vec::new(),
            unread: Vec::new(),
            cursor: Cursor::default(),
            more: false,
            server_time_millis: 0,
            dictionary: 0,
            catalogue: None,
        };
        encode_response(&response, tag, &key, None).expect("an answer")
    }
}

impl SyncProtocol for Link<'_> {
    async fn post(&self, _: Door, request: Vec<u8>) -> Result<Vec<u8>, CarrierError> {
        match self.fault {
            Fault::Unreachable => return Err(CarrierError::Unreachable),
            Fault::Portal => return Err(CarrierError::NotTheProvince { status: 200, html: true }),
            Fault::LostThere => return Err(CarrierError::Stalled),
            Fault::Late => {
                self.air.lock().expect("a lock").late.push(request);
                return Err(CarrierError::Stalled);
            }
            Fault::CutThere => {
                let part = request[..self.below(request.len())].to_vec();
                drop(self.province.exchange(part, None).await);
                return Err(CarrierError::CutOff);
            }
            Fault::CutAtWork => {
                let polls = u32::try_from(self.below(12)).expect("few");
                drop(self.province.exchange(request, Some(polls)).await);
                return Err(CarrierError::CutOff);
            }
            Fault::Forged => return Ok(self.forged(&request, 1)),
            Fault::TooNew => return Ok(self.forged(&request, 99)),
            Fault::Twice => drop(self.province.exchange(request.clone(), None).await),
            Fault::None | Fault::LostBack | Fault::CutBack | Fault::Flipped | Fault::Replayed => {}
        }
        let mut answer = self.province.exchange(request, None).await?;
        let before = std::mem::replace(&mut self.air.lock().expect("a lock").answer, answer.clone());
        match self.fault {
            Fault::LostBack => Err(CarrierError::CutOff),
            Fault::CutBack => {
                answer.truncate(self.below(answer.len()));
                Ok(answer)
            }
            Fault::Flipped => {
                let bit = self.below(answer.len() * 8);
                answer[bit / 8] ^= 1 << (bit % 8);
                Ok(answer)
            }
            Fault::Replayed => Ok(before),
            Fault::None
            | Fault::Twice
            | Fault::Unreachable
            | Fault::Portal
            | Fault::LostThere
            | Fault::Late
            | Fault::CutThere
            | Fault::CutAtWork
            | Fault::Forged
            | Fault::TooNew => Ok(answer),
        }
    }
}

/// Somebody without the province's key.
pub(crate) fn forger() -> SigningKey {
    SigningKey::from_seed([0xee; 32])
}

/// A receipt by somebody without the province's key, for a batch of theirs.
pub(crate) fn forged_receipt(receipt: &Receipt) -> SignedReceipt {
    SignedReceipt::sign(receipt, &forger())
}
