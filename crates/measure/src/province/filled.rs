//! A province with many households: as an exchange leaves them, made without one. Seeded.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::{Context as _, Result, anyhow};
use jiff::civil::date;
use rand::seq::IndexedRandom as _;
use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use rasoat_casework::{
    Chain, Change, CommuneCode, DeviceId, Draft, Subject, SubjectKind, Units, VersionVector, WriterId,
};
use rasoat_exchange::{BatchHash, Receipt, Signature, SignedReceipt, SigningKey};
use rasoat_instrument::{Path, Text, Value};
use rasoat_server::storage::facts::{Facts, Person};
use rasoat_server::storage::{
    Arrival, Arriving, HouseholdKeyRef, HouseholdRow, SignReceipt, State, StoredClass,
};
use rasoat_server::view::{Check, ProcedureStage};
use uuid::Uuid;

use crate::ingest::province::Province;

const UNITS: &str = include_str!("../../../../instruments/units/langson_units.csv");
const OLD_TO_NEW: &str = include_str!("../../../../instruments/units/langson_old_to_new.csv");
/// Households that come at once.
const AT_ONCE: usize = 500;
/// Households of a village.
const OF_VILLAGE: usize = 110;
/// 2026-11-27.
const NOW: i64 = 1_795_737_600_000;
const DAY: i64 = 24 * 60 * 60 * 1000;
const LAST: [&str; 9] = ["Nông", "Hoàng", "Nguyễn", "Lý", "Triệu", "Vi", "Lương", "Đàm", "Hứa"];
const MIDDLE: [&str; 6] = ["Văn", "Thị", "Đức", "Minh", "Thu", "Ngọc"];
const FIRST: [&str; 12] =
    ["An", "Ánh", "Bình", "Đào", "Hoa", "Hùng", "Lan", "Mai", "Phúc", "Sơn", "Thành", "Yến"];
const STAGES: [ProcedureStage; 6] = [
    ProcedureStage::Interviewed,
    ProcedureStage::Accepted,
    ProcedureStage::MeetingAgreed,
    ProcedureStage::Posted,
    ProcedureStage::Recognised,
    ProcedureStage::Certified,
];

/// Fills a province's storage; the codes of its communes.
pub(super) fn fill(province: &Province, households: usize, seed: u64) -> Result<Vec<String>> {
    let units = Units::from_csv("2025-07-01", UNITS, OLD_TO_NEW).map_err(|error| anyhow!("{error}"))?;
    let communes: Vec<CommuneCode> = units.communes.into_keys().collect();
    let device = province.laptops.first().context("no laptop")?.enrolment.device;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(async {
        let storage = province.storage().await?;
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let of_commune = households / communes.len();
        let mut made = 0;
        for (at, commune) in communes.iter().enumerate() {
            let last = at + 1 == communes.len();
            let count = if last { households - made } else { of_commune };
            made += count;
            let mut chain = Chain::new(WriterId(Uuid::from_u128(1 + at as u128)));
            let mut left = (0..count).collect::<Vec<usize>>();
            while !left.is_empty() {
                let some: Vec<usize> = left.drain(..left.len().min(AT_ONCE)).collect();
                let arrival = arrival(&mut chain, &mut random, commune, device, &some)?;
                let hash = arrival.batch;
                storage.accept(arrival, signer(hash)).await?;
            }
        }
        // What reads makes the rest of what waits.
        storage.commune_counts().await?;
        while storage.index_some(1_000).await? > 0 {}
        Ok::<(), anyhow::Error>(())
    })?;
    Ok(communes.iter().map(|commune| commune.as_str().to_owned()).collect())
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

fn arrival(
    chain: &mut Chain,
    random: &mut ChaCha8Rng,
    commune: &CommuneCode,
    device: DeviceId,
    numbers: &[usize],
) -> Result<Arrival> {
    let (mut edits, mut lines) = (Vec::new(), Vec::new());
    for number in numbers {
        let row = row(random, commune, *number);
        let set =
            |field: &str, text: &str| Ok((Path::field(field)?, Change::Set(Value::Text(text.to_owned()))));
        let draft = Draft {
            subject: Subject {
                commune: commune.clone(),
                kind: SubjectKind::Household,
                id: row.key.household,
            },
            seen: VersionVector::default(),
            author: "Người Rà Soát".to_owned(),
            instrument: None,
            changes: [set("village_name", &row.village_name), set("head_name", &row.head_name)]
                .into_iter()
                .collect::<Result<BTreeMap<_, _>>>()?,
        };
        let edit = chain.seal(draft, row.last_received_at).map_err(|error| anyhow!("{error}"))?;
        edits.push(Arriving::new(&edit, false, false));
        lines.push(row);
    }
    let mut hash = [0; 32];
    random.fill(&mut hash);
    Ok(Arrival {
        batch: BatchHash(hash),
        bytes: Vec::new(),
        device,
        signature: Signature::from_bytes([7; 64]),
        received_at: NOW,
        edits,
        lines,
        health: None,
    })
}

fn row(random: &mut ChaCha8Rng, commune: &CommuneCode, number: usize) -> HouseholdRow {
    let name = |random: &mut ChaCha8Rng| {
        let pick = |random: &mut ChaCha8Rng, names: &[&'static str]| *names.choose(random).unwrap_or(&"");
        let (last, middle, first) = (pick(random, &LAST), pick(random, &MIDDLE), pick(random, &FIRST));
        format!("{last} {middle} {first}")
    };
    let head_name = name(random);
    let members = random.random_range(1..6_u32);
    let persons = (0..members).map(|member| Person {
        member: format!("m{member}"),
        is_head: member == 0,
        name: if member == 0 { head_name.clone() } else { name(random) },
        birth: Some(format!("{}-{:02}-15", random.random_range(1930..2024), random.random_range(1..13))),
        citizen_id: Some(format!("020{:09}", random.random_range(1_u32..400_000_000))),
    });
    let persons: Vec<Person> = persons.collect();
    let (key, label) = match random.random_range(0..100) {
        0..12 => ("poor", "Hộ nghèo"),
        12..25 => ("near_poor", "Hộ cận nghèo"),
        _ => ("not_poor", "Hộ không nghèo"),
    };
    let state = match random.random_range(0..10) {
        0..2 => State::Listed,
        2..3 => State::Started,
        _ => State::Signed,
    };
    let signed = state == State::Signed;
    let label: BTreeMap<_, _> = [("vi".to_owned(), label.to_owned())].into();
    let label: Text = serde_json::from_value(serde_json::json!(label)).unwrap_or_default();
    let class = StoredClass { key: key.to_owned(), label, provisional: true };
    let stage = match state {
        State::Listed => ProcedureStage::Listed,
        State::Started => ProcedureStage::Interviewed,
        State::Signed if random.random_bool(0.002) => ProcedureStage::Complaint,
        State::Signed => *STAGES.choose(random).unwrap_or(&ProcedureStage::Interviewed),
    };
    let days: i8 = random.random_range(0..30);
    let at = NOW - i64::from(days) * DAY;
    HouseholdRow {
        key: HouseholdKeyRef::new(commune.clone(), Uuid::from_u128(random.random())),
        head_name,
        code: Some(format!("{commune}-{number:05}")),
        village_name: format!("Thôn {}", number / OF_VILLAGE + 1),
        members,
        citizen_id: Some("020 •••• 0000".to_owned()),
        state,
        class_2022: signed.then(|| class.clone()),
        class_2027: signed.then_some(class),
        unscored: None,
        conflicts: u32::from(random.random_bool(0.003)),
        edits: 1,
        last_received_at: at,
        merged_into: None,
        withdrawn: false,
        facts: Facts {
            stage,
            returned: random.random_bool(0.01),
            checks: if random.random_bool(0.02) { [Check::NoCitizenId].into() } else { [].into() },
            began_on: (state != State::Listed).then(|| date(2026, 10, days + 1)),
            form: None,
            late: [].into(),
        },
        persons,
    }
}
