//! How a laptop is doing, as it says itself with each request: for whoever looks after many of them.

use rasoat_casework::cbor::{CborError, Reader, Writer};

/// The longest name of a version, in bytes.
const MAX_PROGRAM_BYTES: usize = 64;
/// Clock, program, edits, files, free.
const ITEMS: usize = 5;

/// What a laptop says of itself; nothing of any person.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DeviceHealth {
    /// Its clock as it asks, in milliseconds since 1970.
    pub clock_millis: i64,
    /// The version of its program.
    pub program: String,
    /// Edits that wait, beside those that this request brings.
    pub waiting_edits: u32,
    /// Files that wait.
    pub waiting_files: u32,
    /// Free space where its database is, in MiB; `None` where the system does not say.
    pub free_mib: Option<u32>,
}

impl DeviceHealth {
    pub(crate) fn write(&self, out: &mut Writer) {
        let mut program = self.program.as_str();
        while program.len() > MAX_PROGRAM_BYTES {
            program = program.char_indices().next_back().map_or("", |(at, _)| &program[..at]);
        }
        out.array(ITEMS).int(self.clock_millis).text(program);
        out.uint(self.waiting_edits.into()).uint(self.waiting_files.into());
        match self.free_mib {
            Some(free) => out.uint(free.into()),
            None => out.null(),
        };
    }

    pub(crate) fn read(input: &mut Reader<'_>) -> Result<Self, CborError> {
        input.array_of(ITEMS)?;
        let number = |input: &mut Reader<'_>| u32::try_from(input.uint()?).map_err(|_| CborError::Malformed);
        Ok(Self {
            clock_millis: input.int()?,
            program: input.text(MAX_PROGRAM_BYTES)?.to_owned(),
            waiting_edits: number(input)?,
            waiting_files: number(input)?,
            free_mib: input.nullable(number)?,
        })
    }
}
