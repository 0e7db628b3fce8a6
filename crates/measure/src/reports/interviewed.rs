//! A province whose households were all interviewed: edits as an exchange leaves them. Seeded.

use std::sync::Arc;

use anyhow::{Context as _, Result, anyhow};
use rasoat_casework::{Chain, CommuneCode, DeviceId, Edit, Units, WriterId};
use rasoat_exchange::{BatchHash, Receipt, Signature, SignedReceipt, SigningKey};
use rasoat_server::storage::{Arrival, Arriving, SignReceipt};
use uuid::Uuid;

use crate::generated::Dice;
use crate::ingest::households::{Interviews, form};
use crate::ingest::province::Province;
use crate::ingest::requests::instrument_of;

const UNITS: &str = include_str!("../../../../instruments/units/langson_units.csv");
const OLD_TO_NEW: &str = include_str!("../../../../instruments/units/langson_old_to_new.csv");
/// Different interviews.
const MODELS: usize = 60;
/// Households that come at once.
const AT_ONCE: usize = 250;
/// 2026-11-27.
const NOW: i64 = 1_795_737_600_000;

/// Fills a province's storage with households spread over all communes.
pub(super) fn fill(province: &Province, households: usize, seed: u64) -> Result<()> {
    let units = Units::from_csv("2025-07-01", UNITS, OLD_TO_NEW).map_err(|error| anyhow!("{error}"))?;
    let communes: Vec<CommuneCode> = units.communes.into_keys().collect();
    let laptop = province.laptops.first().context("no laptop")?;
    let files = laptop.enrolment.instruments.first().context("no form")?;
    let interviews = Interviews::lead(form(files)?, MODELS, &mut Dice::new(seed))?;
    let instrument = instrument_of(laptop)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(async {
        let storage = province.storage().await?;
        for (at, commune) in communes.iter().enumerate() {
            let mut chain = Chain::new(WriterId(Uuid::from_u128(1 + at as u128)));
            let numbers: Vec<usize> =
                (0..households).filter(|number| number % communes.len() == at).collect();
            for step in numbers.chunks(AT_ONCE) {
                let mut edits = Vec::new();
                for number in step {
                    for draft in interviews.household(*number, commune.as_str(), instrument)? {
                        edits.push(chain.seal(draft, NOW).map_err(|error| anyhow!("{error}"))?);
                    }
                }
                let batch = BatchHash(*blake3::hash(&edits[0].to_bytes()).as_bytes());
                storage.accept(arrival(batch, laptop.enrolment.device, &edits), signer(batch)).await?;
            }
        }
        Ok(())
    })
}

fn arrival(batch: BatchHash, device: DeviceId, edits: &[Edit]) -> Arrival {
    Arrival {
        batch,
        bytes: Vec::new(),
        device,
        signature: Signature::from_bytes([7; 64]),
        received_at: NOW,
        edits: edits.iter().map(|edit| Arriving::new(edit, false, false)).collect(),
        lines: Vec::new(),
        health: None,
    }
}

fn signer(batch: BatchHash) -> SignReceipt {
    Arc::new(move |outcome| {
        let receipt = Receipt {
            batch,
            accepted: outcome.receipted(),
            verdicts: outcome.verdicts.clone(),
            server_time_millis: NOW,
        };
        SignedReceipt::sign(&receipt, &SigningKey::from_seed([7; 32]))
    })
}
