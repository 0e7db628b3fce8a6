//! Trains the exchange's dictionary on generated households: `rasoat-dictionary FOLDER`.
//!
//! The same form gives the same file. A dictionary that was given out is never made anew: a new form gets the next number.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use rasoat_casework::{DeviceId, Edit, InstrumentHash};
use rasoat_exchange::{Batch, Dictionary, SignedBatch, SigningKey};
use rasoat_instrument::Definition;
use rasoat_testkit::reviewed::Reviewer;
use uuid::Uuid;

/// The number of the dictionary that is made.
const NUMBER: u32 = 1;
/// Surveyors whose work is looked at.
const SURVEYORS: u64 = 16;
const TEXTS_BYTES: usize = 8 * 1024;
/// Where zstd's dictionaries have their number.
const NUMBER_AT: std::ops::Range<usize> = 4..8;

fn main() -> Result<()> {
    let folder = PathBuf::from(std::env::args_os().nth(1).context("which folder?")?);
    let files = rasoat_server::shipped_form().context("no form ships")?;
    let definition = rasoat_xlsform::read_csv(&files.survey, &files.choices, &files.settings)
        .map_err(|problems| anyhow::anyhow!("the form cannot be read: {:?}", problems.first()))?;
    let definition = Arc::new(definition);
    let samples = samples(&definition, hash_of(&files.hash)?);
    let mut texts = zstd::dict::from_samples(&beginnings(&samples)?, TEXTS_BYTES)?;
    texts.get_mut(NUMBER_AT).context("a dictionary's head")?.copy_from_slice(&NUMBER.to_le_bytes());
    let dictionary = Dictionary::train(NUMBER.into(), &definition, &samples, texts);
    std::fs::create_dir_all(&folder)?;
    std::fs::write(folder.join(format!("{NUMBER}.dictionary")), dictionary.to_bytes()?)?;
    Ok(())
}

/// Edits that travel together: one interview, some, many; with the lines of the list or without; one answer corrected.
fn samples(definition: &Arc<Definition>, instrument: InstrumentHash) -> Vec<Vec<Edit>> {
    let mut samples = Vec::new();
    for seed in 0..SURVEYORS {
        let mut reviewer = Reviewer::new(1000 + seed, Arc::clone(definition), instrument);
        for (count, lines) in [(1, true), (1, false), (1, false), (10, true), (10, false), (4, false)] {
            let mut together = Vec::new();
            for _ in 0..count {
                let (line, interview) = reviewer.household();
                together.extend(Some(line).filter(|_| lines));
                together.push(interview);
            }
            samples.extend(together.last().map(|last| vec![reviewer.correction(last)]));
            samples.push(together);
        }
    }
    samples
}

/// What of the samples' batches compresses as text.
fn beginnings(samples: &[Vec<Edit>]) -> Result<Vec<Vec<u8>>> {
    let key = SigningKey::from_seed([3; 32]);
    samples
        .iter()
        .zip(0_u128..)
        .map(|(edits, number)| {
            let batch = Batch::build(edits, DeviceId(Uuid::from_u128(number << 64 | number)))?;
            Ok(SignedBatch::sign(&batch, &key, None).parts().0.to_vec())
        })
        .collect()
}

fn hash_of(hex: &str) -> Result<InstrumentHash> {
    let mut hash = [0; 32];
    for (at, byte) in hash.iter_mut().enumerate() {
        *byte = u8::from_str_radix(hex.get(2 * at..2 * at + 2).context("a form's hash")?, 16)?;
    }
    Ok(InstrumentHash(hash))
}
