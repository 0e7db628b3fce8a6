//! Laptops, enrolled without their files, and what they send: made and signed beforehand, in a file.

use std::fs::File;
use std::io::Write as _;
use std::os::unix::fs::FileExt as _;

use anyhow::{Context as _, Result, anyhow};
use rasoat_casework::{Chain, CommuneCode, DeviceId, EditId, Units, WriterId};
use rasoat_exchange::{
    BundleIdentity, Door, Limits, LinkKey, RequestTag, SigningKey, VerifyKey, decode_response,
};
use rasoat_server::storage::Device;
use uuid::Uuid;

use super::sending::Answer;
use crate::generated::Dice;
use crate::ingest::client::request;
use crate::ingest::form;
use crate::ingest::households::{Interviews, Shape};
use crate::ingest::province::Province;
use crate::ingest::requests::{INTERVIEWS, SEALED_AT, body, instrument_of};

const UNITS: &str = include_str!("../../../../instruments/units/langson_units.csv");
const OLD_TO_NEW: &str = include_str!("../../../../instruments/units/langson_old_to_new.csv");
/// Beyond every household of one laptop: no two have the same.
const APART: usize = 1_000;

/// What all laptops send, request by request.
pub(super) struct Load {
    file: File,
    laptops: Vec<Laptop>,
    server: VerifyKey,
}

struct Laptop {
    link: LinkKey,
    requests: Vec<Request>,
}

/// Where a request lies in the file, and how its answer is told.
struct Request {
    offset: u64,
    length: usize,
    tag: RequestTag,
    edits: Vec<EditId>,
}

impl Load {
    /// Enrols laptops, spread over all communes, and makes requests with so many households.
    pub(super) fn make(province: &Province, count: usize, households: &[usize], seed: u64) -> Result<Self> {
        let units = Units::from_csv("2025-07-01", UNITS, OLD_TO_NEW).map_err(|error| anyhow!("{error}"))?;
        let communes: Vec<CommuneCode> = units.communes.into_keys().collect();
        let enrolled = &province.laptops.first().context("no laptop")?;
        let files = enrolled.enrolment.instruments.first().context("no form")?;
        let interviews = Interviews::lead(form(files)?, INTERVIEWS, &mut Dice::new(seed))?;
        let instrument = instrument_of(enrolled)?;
        let recipient = enrolled.enrolment.bundle_recipient.as_ref().context("no recipient")?;
        let mut load = Self {
            file: tempfile::tempfile()?,
            laptops: Vec::new(),
            server: enrolled.enrolment.server.verify_key,
        };
        let (mut devices, mut offset) = (Vec::new(), 0);
        for number in 0..count {
            let commune = communes.get(number % communes.len()).context("no commune")?;
            let id = DeviceId(Uuid::from_u128(0x0193_5b00_0000_7000_8000_0000_0000_0000 + number as u128));
            let key = SigningKey::from_seed(*blake3::hash(&(seed + number as u64).to_be_bytes()).as_bytes());
            let link = LinkKey::between(&key, recipient)?;
            let mut chain = Chain::new(WriterId(id.0));
            let mut requests = Vec::new();
            let mut household = number * APART;
            for wanted in households {
                let mut edits = Vec::new();
                for _ in 0..*wanted {
                    for draft in interviews.household(household, commune.as_str(), instrument)? {
                        edits.push(chain.seal(draft, SEALED_AT)?);
                    }
                    household += 1;
                }
                let (body, tag) = body(id, &key, &link, &edits, &mut Shape::default())?;
                let bytes = request("POST", Door::Exchange.path(), &[], &body);
                load.file.write_all(&bytes)?;
                let edits = edits.iter().map(|edit| edit.id).collect();
                requests.push(Request { offset, length: bytes.len(), tag, edits });
                offset += bytes.len() as u64;
            }
            load.laptops.push(Laptop { link, requests });
            devices.push(device(id, &key, number, commune)?);
        }
        province.enrol(devices)?;
        Ok(load)
    }

    pub(super) fn laptops(&self) -> usize {
        self.laptops.len()
    }

    /// The bytes of a laptop's request.
    pub(super) fn request(&self, laptop: usize, number: usize) -> Result<Vec<u8>> {
        let request = self.at(laptop, number)?;
        let mut bytes = vec![0; request.length];
        self.file.read_exact_at(&mut bytes, request.offset)?;
        Ok(bytes)
    }

    /// Of a request, on average.
    pub(super) fn bytes_each(&self, number: usize) -> usize {
        let of = |laptop: &Laptop| laptop.requests.get(number).map_or(0, |request| request.length);
        self.laptops.iter().map(of).sum::<usize>() / self.laptops.len().max(1)
    }

    /// Whether an answer has a receipt for every edit of a request.
    pub(super) fn is_whole(&self, laptop: usize, number: usize, body: &[u8]) -> Result<bool> {
        let request = self.at(laptop, number)?;
        let link = &self.laptops.get(laptop).context("no such laptop")?.link;
        let response = decode_response(body, Limits::DEFAULT, request.tag, link)?;
        let receipts = response.receipts.iter().map(|receipt| receipt.open(&self.server));
        let receipts = receipts.collect::<Result<Vec<_>, _>>()?;
        Ok(request.edits.iter().all(|edit| receipts.iter().any(|receipt| receipt.accepts(*edit))))
    }

    /// Households that the answers have receipts for: each is two edits.
    pub(super) fn accepted(&self, number: usize, answers: &[Option<Answer>]) -> Result<u64> {
        let mut households = 0;
        for (laptop, answer) in answers.iter().enumerate() {
            if let Some(answer) = answer
                && self.is_whole(laptop, number, &answer.body)?
            {
                households += self.at(laptop, number)?.edits.len() as u64 / 2;
            }
        }
        Ok(households)
    }

    fn at(&self, laptop: usize, number: usize) -> Result<&Request> {
        self.laptops.get(laptop).and_then(|laptop| laptop.requests.get(number)).context("no such request")
    }
}

fn device(id: DeviceId, key: &SigningKey, number: usize, commune: &CommuneCode) -> Result<Device> {
    Ok(Device {
        id,
        key: key.verify_key(),
        former: Vec::new(),
        name: format!("Máy {number:04}"),
        surveyor: "Người Rà Soát".to_owned(),
        communes: [commune.clone()].into(),
        enrolled_at: SEALED_AT,
        expires_at: SEALED_AT,
        revoked_at: None,
        bundle_recipient: Some(BundleIdentity::of(key).map_err(|error| anyhow!("{error}"))?.recipient()),
    })
}
