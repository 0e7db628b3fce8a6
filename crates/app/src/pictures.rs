//! Pictures made plain before they are kept: upright, no larger than the form asks for, and with nothing in them but what is seen.
//!
//! What a camera writes beside a picture (where it was taken, when, with what) is personal data that nobody asked for. A picture is
//! therefore painted anew from its pixels, here and not in the page that brought it. Where none of it can be read, it is not taken.

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits};
use rasoat_casework::{AttachmentKind, AttachmentType, MAX_ATTACHMENT_BYTES};

use crate::error::AppError;

/// Longest side where the form does not say, in pixels: what is written on a paper can be read in it, and it is some 300 KB.
const LONGEST_SIDE: u32 = 1600;
/// Pixels of the largest picture that is opened: a laptop of 4 GB opens it, and few cameras make larger ones.
const MOST_PIXELS: u64 = 40_000_000;
/// Bytes that opening one may take.
const MOST_MEMORY: u64 = 320 * 1024 * 1024;
/// Of the JPEG that comes of it, from 1 to 100.
const QUALITY: u8 = 85;

/// A picture as it is kept; of any other file the content itself. `longest`: the side that the form allows, in pixels.
pub(crate) fn made_plain(
    content: Vec<u8>,
    file_type: AttachmentType,
    longest: Option<u32>,
) -> Result<Vec<u8>, AppError> {
    if file_type.kind() != AttachmentKind::Picture {
        return Ok(content);
    }
    let format = match file_type {
        AttachmentType::Jpeg => ImageFormat::Jpeg,
        AttachmentType::Png => ImageFormat::Png,
        // The page makes others into one of these; what it could not read is not read here either.
        AttachmentType::Webp
        | AttachmentType::Pdf
        | AttachmentType::Mp3
        | AttachmentType::M4a
        | AttachmentType::Wav
        | AttachmentType::Ogg
        | AttachmentType::Amr
        | AttachmentType::Mp4
        | AttachmentType::ThreeGp
        | AttachmentType::Webm => return Err(not_readable()),
    };
    let seen = opened(&content, format)?;
    let longest = longest.unwrap_or(LONGEST_SIDE);
    let seen = if seen.width().max(seen.height()) > longest {
        seen.resize(longest, longest, FilterType::Triangle)
    } else {
        seen
    };
    painted(&seen, format)
}

/// The pixels, upright. How many there are is asked before any of them is read.
fn opened(content: &[u8], format: ImageFormat) -> Result<DynamicImage, AppError> {
    let mut reader = ImageReader::with_format(Cursor::new(content), format);
    let mut limits = Limits::default();
    limits.max_alloc = Some(MOST_MEMORY);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(|_| not_readable())?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > MOST_PIXELS {
        return Err(AppError::new("picture_too_many_pixels").with("most", MOST_PIXELS / 1_000_000));
    }
    let orientation = decoder.orientation().map_err(|_| not_readable())?;
    let mut seen = DynamicImage::from_decoder(decoder).map_err(|_| not_readable())?;
    seen.apply_orientation(orientation);
    Ok(seen)
}

/// A drawing stays a PNG, a photo a JPEG; so does a PNG that would be too large to be kept.
fn painted(seen: &DynamicImage, format: ImageFormat) -> Result<Vec<u8>, AppError> {
    let mut bytes = Cursor::new(Vec::new());
    if format == ImageFormat::Png {
        let plain = match (seen.color().has_color(), seen.color().has_alpha()) {
            (false, false) => DynamicImage::ImageLuma8(seen.to_luma8()),
            (true, false) => DynamicImage::ImageRgb8(seen.to_rgb8()),
            (_, true) => DynamicImage::ImageRgba8(seen.to_rgba8()),
        };
        plain.write_to(&mut bytes, ImageFormat::Png).map_err(|_| not_readable())?;
        if bytes.get_ref().len() <= MAX_ATTACHMENT_BYTES as usize {
            return Ok(bytes.into_inner());
        }
        bytes = Cursor::new(Vec::new());
    }
    let photo = DynamicImage::ImageRgb8(seen.to_rgb8());
    photo
        .write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, QUALITY))
        .map_err(|_| not_readable())?;
    Ok(bytes.into_inner())
}

fn not_readable() -> AppError {
    AppError::new("picture_not_readable")
}
