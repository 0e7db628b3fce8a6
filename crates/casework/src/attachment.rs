//! Files beside the answers: photos, drawings, documents, recordings. An answer names one by the hash of its content, so that the
//! edit binds the content too, and nothing else is signed.

use std::fmt;
use std::str::FromStr;

use rasoat_instrument::{FileName, Value};

use crate::edit::{Change, Edit};
use crate::loose::{LooseEdit, LooseRow};

/// The most bytes of one file: 5 MiB, a photo as a telephone takes it.
pub const MAX_ATTACHMENT_BYTES: u32 = 5 * 1024 * 1024;
/// The answer to a question for a signature that was given on paper: it names no file.
pub const SIGNED_ON_PAPER: &str = "signed_on_paper";
/// How many bytes of a file its type is told by.
const LOOK: usize = 64;

/// BLAKE3 of a file's content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AttachmentHash(pub [u8; 32]);

/// The types of files that are taken. What a file is, its first bytes say, never its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AttachmentType {
    /// A photo.
    Jpeg,
    /// A drawing.
    Png,
    /// A picture.
    Webp,
    /// A document.
    Pdf,
    /// Sound: MPEG layer III.
    Mp3,
    /// Sound in an MPEG-4 file.
    M4a,
    /// Sound, uncompressed.
    Wav,
    /// Sound in an Ogg file.
    Ogg,
    /// Sound as older telephones record it.
    Amr,
    /// Film in an MPEG-4 file.
    Mp4,
    /// Film as older telephones record it.
    ThreeGp,
    /// Film in a WebM file.
    Webm,
}

/// What a file is for whoever shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AttachmentKind {
    /// To be looked at.
    Picture,
    /// To be read.
    Document,
    /// To be listened to.
    Sound,
    /// To be watched.
    Film,
}

/// How an answer names a file: the hash of its content in 64 hexadecimal digits, a dot, and its type (`….jpg`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AttachmentName {
    /// Of the content.
    pub hash: AttachmentHash,
    /// Of the content.
    pub file_type: AttachmentType,
}

/// Why a file is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AttachmentError {
    /// More than [`MAX_ATTACHMENT_BYTES`].
    #[error("too large")]
    TooLarge,
    /// Of no type that is taken, or of another than its name says.
    #[error("not of a type that is taken")]
    Type,
    /// Nothing in it.
    #[error("empty")]
    Empty,
    /// Not the content that its name binds.
    #[error("damaged")]
    Damaged,
    /// The text names no file in this way.
    #[error("not a name of a file")]
    Name,
}

impl AttachmentError {
    /// Stable code for whoever decides what to say.
    pub fn code(self) -> &'static str {
        match self {
            Self::TooLarge => "attachment_too_large",
            Self::Type => "attachment_type",
            Self::Empty => "attachment_empty",
            Self::Damaged => "attachment_damaged",
            Self::Name => "attachment_unknown",
        }
    }
}

impl AttachmentHash {
    /// Of a content.
    pub fn of(content: &[u8]) -> Self {
        Self(*blake3::hash(content).as_bytes())
    }
}

impl AttachmentType {
    /// Every type, each at its number.
    pub const ALL: [Self; 12] = [
        Self::Jpeg,
        Self::Png,
        Self::Webp,
        Self::Pdf,
        Self::Mp3,
        Self::M4a,
        Self::Wav,
        Self::Ogg,
        Self::Amr,
        Self::Mp4,
        Self::ThreeGp,
        Self::Webm,
    ];

    /// The type of a content, by its first bytes.
    pub fn of(content: &[u8]) -> Option<Self> {
        let head = &content[..content.len().min(LOOK)];
        let at = |place: usize, bytes: &[u8]| head.get(place..).is_some_and(|rest| rest.starts_with(bytes));
        let in_riff = |kind: &[u8]| at(0, b"RIFF") && at(8, kind);
        // An MPEG-4 file names its brand behind the length of its first box.
        let brand = |brands: &[&[u8]]| at(4, b"ftyp") && brands.iter().any(|brand| at(8, brand));
        // Layer III without a tag: eleven bits of synchronisation, then version and layer.
        let is_mpeg_frame = head.len() > 1 && head[0] == 0xff && matches!(head[1], 0xfa | 0xfb | 0xf2 | 0xf3);
        Some(match () {
            () if at(0, &[0xff, 0xd8, 0xff]) => Self::Jpeg,
            () if at(0, b"\x89PNG\r\n\x1a\n") => Self::Png,
            () if in_riff(b"WEBP") => Self::Webp,
            () if at(0, b"%PDF-") => Self::Pdf,
            () if at(0, b"ID3") || is_mpeg_frame => Self::Mp3,
            () if brand(&[b"M4A ", b"M4B "]) => Self::M4a,
            () if in_riff(b"WAVE") => Self::Wav,
            () if at(0, b"OggS") => Self::Ogg,
            () if at(0, b"#!AMR") => Self::Amr,
            () if brand(&[b"isom", b"iso2", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"M4V "]) => {
                Self::Mp4
            }
            () if brand(&[b"3gp"]) => Self::ThreeGp,
            () if at(0, &[0x1a, 0x45, 0xdf, 0xa3]) && head.windows(4).any(|part| part == b"webm") => {
                Self::Webm
            }
            () => return None,
        })
    }

    /// Its number in messages.
    pub fn number(self) -> u8 {
        match self {
            Self::Jpeg => 0,
            Self::Png => 1,
            Self::Webp => 2,
            Self::Pdf => 3,
            Self::Mp3 => 4,
            Self::M4a => 5,
            Self::Wav => 6,
            Self::Ogg => 7,
            Self::Amr => 8,
            Self::Mp4 => 9,
            Self::ThreeGp => 10,
            Self::Webm => 11,
        }
    }

    /// The type of a number.
    pub fn from_number(number: u64) -> Option<Self> {
        Self::ALL.get(usize::try_from(number).ok()?).copied()
    }

    /// What a name of such a file ends with, behind the dot.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Png => "png",
            Self::Webp => "webp",
            Self::Pdf => "pdf",
            Self::Mp3 => "mp3",
            Self::M4a => "m4a",
            Self::Wav => "wav",
            Self::Ogg => "ogg",
            Self::Amr => "amr",
            Self::Mp4 => "mp4",
            Self::ThreeGp => "3gp",
            Self::Webm => "webm",
        }
    }

    /// How HTTP calls it.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Webp => "image/webp",
            Self::Pdf => "application/pdf",
            Self::Mp3 => "audio/mpeg",
            Self::M4a => "audio/mp4",
            Self::Wav => "audio/wav",
            Self::Ogg => "audio/ogg",
            Self::Amr => "audio/amr",
            Self::Mp4 => "video/mp4",
            Self::ThreeGp => "video/3gpp",
            Self::Webm => "video/webm",
        }
    }

    /// What it is for whoever shows it.
    pub fn kind(self) -> AttachmentKind {
        match self {
            Self::Jpeg | Self::Png | Self::Webp => AttachmentKind::Picture,
            Self::Pdf => AttachmentKind::Document,
            Self::Mp3 | Self::M4a | Self::Wav | Self::Ogg | Self::Amr => AttachmentKind::Sound,
            Self::Mp4 | Self::ThreeGp | Self::Webm => AttachmentKind::Film,
        }
    }
}

impl AttachmentName {
    /// Names a content that is taken.
    ///
    /// # Errors
    /// When it is empty, too large, or of no type that is taken.
    pub fn of(content: &[u8]) -> Result<Self, AttachmentError> {
        if content.is_empty() {
            return Err(AttachmentError::Empty);
        }
        if content.len() > MAX_ATTACHMENT_BYTES as usize {
            return Err(AttachmentError::TooLarge);
        }
        let file_type = AttachmentType::of(content).ok_or(AttachmentError::Type)?;
        Ok(Self { hash: AttachmentHash::of(content), file_type })
    }

    /// Whether a content is what this names.
    ///
    /// # Errors
    /// When it is not, or is not taken.
    pub fn check(self, content: &[u8]) -> Result<(), AttachmentError> {
        let named = Self::of(content)?;
        match named.hash == self.hash {
            false => Err(AttachmentError::Damaged),
            true if named.file_type != self.file_type => Err(AttachmentError::Type),
            true => Ok(()),
        }
    }

    /// The file that an answer names; `None` for other answers, and for names that bind no content.
    pub fn in_value(value: &Value) -> Option<Self> {
        let Value::File(name) = value else { return None };
        name.as_str().parse().ok()
    }

    /// The files that an edit names, each once.
    pub fn in_edit(edit: &Edit) -> Vec<Self> {
        Self::among(edit.changes.values().filter_map(|change| match change {
            Change::Set(value) => Some(value),
            Change::Removed => None,
        }))
    }

    /// The same of an edit that was just unpacked.
    pub fn in_loose(edit: &LooseEdit) -> Vec<Self> {
        Self::among(edit.rows().iter().flat_map(LooseRow::changes).filter_map(|(_, change)| match change {
            Change::Set(value) => Some(value),
            Change::Removed => None,
        }))
    }

    fn among<'v>(values: impl Iterator<Item = &'v Value>) -> Vec<Self> {
        let mut names: Vec<Self> = values.filter_map(Self::in_value).collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// As an answer.
    pub fn to_value(self) -> Option<Value> {
        self.to_string().parse::<FileName>().ok().map(Value::File)
    }
}

impl fmt::Display for AttachmentName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for byte in self.hash.0 {
            write!(f, "{byte:02x}")?;
        }
        write!(f, ".{}", self.file_type.extension())
    }
}

impl FromStr for AttachmentName {
    type Err = AttachmentError;

    fn from_str(text: &str) -> Result<Self, AttachmentError> {
        let (digits, extension) = text.split_once('.').ok_or(AttachmentError::Name)?;
        let mut types = AttachmentType::ALL.into_iter();
        let file_type =
            types.find(|file_type| file_type.extension() == extension).ok_or(AttachmentError::Name)?;
        // One name for one content: small letters only.
        let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        if digits.len() != 64 || !digits.bytes().all(is_digit) {
            return Err(AttachmentError::Name);
        }
        let mut hash = [0; 32];
        for (byte, pair) in hash.iter_mut().zip(digits.as_bytes().chunks_exact(2)) {
            let pair = std::str::from_utf8(pair).map_err(|_| AttachmentError::Name)?;
            *byte = u8::from_str_radix(pair, 16).map_err(|_| AttachmentError::Name)?;
        }
        Ok(Self { hash: AttachmentHash(hash), file_type })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_is_told_by_the_first_bytes() {
        let told = |bytes: &[u8]| AttachmentType::of(bytes);
        for (bytes, file_type) in [
            (&b"\xff\xd8\xff\xe0\x00\x10JFIF"[..], AttachmentType::Jpeg),
            (b"\x89PNG\r\n\x1a\n\0\0", AttachmentType::Png),
            (b"RIFF\x10\0\0\0WEBPVP8 ", AttachmentType::Webp),
            (b"%PDF-1.7", AttachmentType::Pdf),
            (b"ID3\x03", AttachmentType::Mp3),
            (b"\xff\xfb\x90", AttachmentType::Mp3),
            (b"\0\0\0\x20ftypM4A \0", AttachmentType::M4a),
            (b"RIFF\x10\0\0\0WAVEfmt ", AttachmentType::Wav),
            (b"OggS\0", AttachmentType::Ogg),
            (b"#!AMR\n", AttachmentType::Amr),
            (b"\0\0\0\x20ftypisom\0", AttachmentType::Mp4),
            (b"\0\0\0\x20ftyp3gp5\0", AttachmentType::ThreeGp),
            (b"\x1a\x45\xdf\xa3\x9fB\x86\x81\x01B\xf7\x81\x01B\x82\x84webm", AttachmentType::Webm),
        ] {
            assert_eq!(told(bytes), Some(file_type), "{bytes:?}");
        }
        for other in [&b""[..], b"MZ\x90", b"PK\x03\x04", b"<svg", b"<html>", b"\xff\xd8", b"GIF89a"] {
            assert_eq!(told(other), None, "{other:?}");
        }
        assert_eq!(told(b"\0\0\0\x20ftypheic\0"), None);
        assert_eq!(told(b"\x1a\x45\xdf\xa3 matroska"), None);
    }

    #[test]
    fn numbers_and_extensions_are_each_of_one_type() {
        for (place, file_type) in AttachmentType::ALL.into_iter().enumerate() {
            assert_eq!(usize::from(file_type.number()), place);
            assert_eq!(AttachmentType::from_number(place as u64), Some(file_type));
            let name = AttachmentName { hash: AttachmentHash([7; 32]), file_type };
            assert_eq!(name.to_string().parse(), Ok(name));
            assert!(name.to_value().is_some_and(|value| AttachmentName::in_value(&value) == Some(name)));
        }
        assert_eq!(AttachmentType::from_number(12), None);
    }

    #[test]
    fn a_name_binds_one_content_and_is_written_in_one_way() {
        let photo = b"\xff\xd8\xff\xe0 a photo";
        let name = AttachmentName::of(photo).unwrap();
        assert_eq!(name.check(photo), Ok(()));
        assert_eq!(name.check(b"\xff\xd8\xff\xe0 another"), Err(AttachmentError::Damaged));
        let other = AttachmentName { file_type: AttachmentType::Png, ..name };
        assert_eq!(other.check(photo), Err(AttachmentError::Type));
        let text = name.to_string();
        for refused in
            [text.to_uppercase(), text.replace(".jpg", ".exe"), format!("{text}.jpg"), text[1..].to_owned()]
        {
            assert_eq!(refused.parse::<AttachmentName>(), Err(AttachmentError::Name), "{refused}");
        }
        assert_eq!(AttachmentName::of(b""), Err(AttachmentError::Empty));
        assert_eq!(AttachmentName::of(b"#!/bin/sh"), Err(AttachmentError::Type));
        let large = [photo.to_vec(), vec![0; MAX_ATTACHMENT_BYTES as usize]].concat();
        assert_eq!(AttachmentName::of(&large), Err(AttachmentError::TooLarge));
    }
}
