//! The requests that are posted, made and signed beforehand. The one place here that knows how households travel.

use anyhow::{Context as _, Result, anyhow, ensure};
use rasoat_casework::{Chain, DeviceId, Edit, InstrumentHash, WriterId};
use rasoat_exchange::{
    Batch, Cursor, DeviceHealth, Dictionary, Door, LinkKey, PROTOCOL_MAX, RequestHead, RequestTag,
    SignedBatch, SigningKey, SyncRequest, encode_request,
};
use rasoat_sync::{Pace, Unsent, plan};
use uuid::Uuid;

use super::client::request;
use super::households::{Interviews, Shape, form};
use super::province::{Laptop, Province};
use crate::generated::Dice;

/// Interviews that households are made after.
pub(crate) const INTERVIEWS: usize = 40;
/// The moment at which everything was sealed: 2026-11-23.
pub(crate) const SEALED_AT: i64 = 1_795_392_000_000;

/// What one laptop posts, request by request: head and body.
pub(super) struct Load {
    pub(super) requests: Vec<Vec<u8>>,
}

/// Makes the load of each laptop, at the same time.
pub(super) fn prepare(
    province: &Province,
    requests: usize,
    households: usize,
    seed: u64,
) -> Result<(Vec<Load>, Shape)> {
    let first = province.laptops.first().context("no laptop")?;
    let files = first.enrolment.instruments.first().context("no form")?;
    let interviews = Interviews::lead(form(files)?, INTERVIEWS, &mut Dice::new(seed))?;
    let loads = std::thread::scope(|scope| -> Result<Vec<(Load, Shape)>> {
        let makers: Vec<_> = province
            .laptops
            .iter()
            .enumerate()
            .map(|(number, laptop)| {
                scope.spawn({
                    let interviews = &interviews;
                    move || load(laptop, number, interviews, requests, households)
                })
            })
            .collect();
        makers.into_iter().map(|maker| maker.join().map_err(|_| anyhow!("a load was not made"))?).collect()
    })?;
    let shape = loads.iter().fold(Shape::default(), |sum, (_, shape)| sum.and(*shape));
    Ok((loads.into_iter().map(|(load, _)| load).collect(), shape))
}

fn load(
    laptop: &Laptop,
    number: usize,
    interviews: &Interviews,
    requests: usize,
    households: usize,
) -> Result<(Load, Shape)> {
    let instrument = instrument_of(laptop)?;
    let mut chain =
        Chain::new(WriterId(Uuid::from_u128(0x0193_5a00_0000_7000_8000_0000_0000_0000 + number as u128)));
    let mut shape = Shape::default();
    let mut made = Vec::new();
    for index in 0..requests {
        let mut edits = Vec::new();
        for household in index * households..(index + 1) * households {
            let drafts = interviews.household(household, laptop.commune, instrument)?;
            shape.add(&drafts);
            for draft in drafts {
                edits.push(chain.seal(draft, SEALED_AT)?);
            }
        }
        let province = laptop.enrolment.bundle_recipient.as_ref().context("no recipient")?;
        let link = LinkKey::between(&laptop.key, province)?;
        let (body, _) = body(laptop.enrolment.device, &laptop.key, &link, &edits, &mut shape)?;
        shape.request_bytes += body.len();
        made.push(request("POST", Door::Exchange.path(), &[], &body));
    }
    Ok((Load { requests: made }, shape))
}

/// A laptop's request with edits, and the tag that its answer is known by.
pub(crate) fn body(
    device: DeviceId,
    key: &SigningKey,
    link: &LinkKey,
    edits: &[Edit],
    shape: &mut Shape,
) -> Result<(Vec<u8>, RequestTag)> {
    let dictionary = Dictionary::of(Dictionary::NEWEST);
    let unsent: Vec<Unsent> =
        edits.iter().map(|edit| Unsent { id: edit.id, bytes: edit.to_bytes().len() }).collect();
    shape.bytes += unsent.iter().map(|edit| edit.bytes).sum::<usize>();
    let mut rest = edits;
    let mut batches = Vec::new();
    // As a laptop divides them.
    for batch in plan(&unsent, &Pace::default()) {
        let (now, later) = rest.split_at_checked(batch.len()).context("more planned than there is")?;
        rest = later;
        batches.push(SignedBatch::sign(&Batch::build(now, device)?, key, dictionary));
    }
    ensure!(rest.is_empty(), "not all fits one request");
    let head = RequestHead {
        protocol: PROTOCOL_MAX,
        device,
        nonce: 0,
        dictionary: Dictionary::NEWEST,
        cursor: Cursor::default(),
        catalogue: None,
        room: 0,
        asked: Vec::new(),
        health: Some(DeviceHealth { program: "0.1.0".to_owned(), ..DeviceHealth::default() }),
    };
    Ok(encode_request(&SyncRequest { head, batches }, link, dictionary)?)
}

pub(crate) fn instrument_of(laptop: &Laptop) -> Result<InstrumentHash> {
    let hash = &laptop.enrolment.instruments.first().context("no form")?.hash;
    let mut bytes = [0; 32];
    for (at, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(hash.get(2 * at..2 * at + 2).context("no hash")?, 16)?;
    }
    Ok(InstrumentHash(bytes))
}
