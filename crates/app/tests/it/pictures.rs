//! Pictures as answers: what a camera writes beside them goes nowhere, they stand upright, and what would burst is not opened.

use std::io::Cursor;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use rasoat_app::view::{AnswerForm, AttachForm, InterviewChangeView};
use rasoat_app::{App, AppError};
use rasoat_testkit::province::Province;
use rasoat_testkit::{demo, laptop};
use tempfile::TempDir;

/// What a telephone writes beside a photo, and nobody may find in what is kept.
const MAKER: &[u8] = b"NGUOI CHUP ANH";
const DAY: &[u8] = b"2026:11:26";

struct Desk {
    app: App,
    household: String,
    _folder: TempDir,
    _province: Province,
}

impl Desk {
    async fn new() -> Self {
        let province = Province::start_with_form(demo::form_with_files().unwrap()).await.unwrap();
        let handover = province.enrol("Máy 07").await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let app = laptop::start_with(folder.path(), province.clock.reader(), None).unwrap();
        laptop::enrol(&app, &handover).unwrap();
        laptop::import(&app, &demo::list_workbook(2026)).unwrap();
        let household = laptop::households(&app, "").unwrap().remove(0).id;
        Self { app, household, _folder: folder, _province: province }
    }

    fn attach(&self, path: &str, content: &[u8]) -> Result<String, AppError> {
        let form = AttachForm {
            household: self.household.clone(),
            path: path.to_owned(),
            content: BASE64.encode(content),
        };
        self.app.attach(form).map(|change| value(&change, path).unwrap())
    }

    fn answer(&self, path: &str, value: &str) -> Result<InterviewChangeView, AppError> {
        let (household, path, value) = (self.household.clone(), path.to_owned(), value.to_owned());
        self.app.answer(AnswerForm { household, path, value })
    }

    fn kept(&self, name: &str) -> Vec<u8> {
        BASE64.decode(self.app.attachment(name).unwrap().content.unwrap()).unwrap()
    }

    fn holds(&self, path: &str) -> Option<String> {
        let view = self.app.open_interview(&self.household).unwrap();
        view.nodes.into_iter().find(|node| node.path == path).and_then(|node| node.value)
    }
}

fn value(change: &InterviewChangeView, path: &str) -> Option<String> {
    change.nodes.iter().find(|node| node.path == path).and_then(|node| node.value.clone())
}

/// Red at the left, blue at the right.
fn two_halves(width: u32, height: u32) -> DynamicImage {
    let half = width / 2;
    let at = |x: u32| if x < half { Rgb([220, 20, 20]) } else { Rgb([20, 20, 220]) };
    DynamicImage::ImageRgb8(RgbImage::from_fn(width, height, |x, _| at(x)))
}

fn encoded(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

/// A JPEG as a telephone writes it: its maker, how it was held, and where and on which day it was taken.
fn as_a_telephone_writes(jpeg: &[u8], orientation: u16) -> Vec<u8> {
    let mut tiff = b"II*\0\x08\0\0\0".to_vec();
    let entry = |tag: u16, kind: u16, count: u32, value: [u8; 4]| {
        [&tag.to_le_bytes()[..], &kind.to_le_bytes(), &count.to_le_bytes(), &value].concat()
    };
    // The first directory ends at 8 + 2 + 3 × 12 + 4; behind it the maker, then the directory of places.
    let maker_at: u32 = 50;
    let places_at = maker_at + u32::try_from(MAKER.len()).unwrap();
    let day_at = places_at + 2 + 12 + 4;
    tiff.extend(3_u16.to_le_bytes());
    tiff.extend(entry(0x010f, 2, u32::try_from(MAKER.len()).unwrap(), maker_at.to_le_bytes()));
    tiff.extend(entry(0x0112, 3, 1, u32::from(orientation).to_le_bytes()));
    tiff.extend(entry(0x8825, 4, 1, places_at.to_le_bytes()));
    tiff.extend([0; 4]);
    tiff.extend(MAKER);
    tiff.extend(1_u16.to_le_bytes());
    tiff.extend(entry(0x001d, 2, u32::try_from(DAY.len()).unwrap(), day_at.to_le_bytes()));
    tiff.extend([0; 4]);
    tiff.extend(DAY);
    let payload = [b"Exif\0\0".as_slice(), &tiff].concat();
    let length = u16::try_from(payload.len() + 2).unwrap();
    [&jpeg[..2], &[0xff, 0xe1], &length.to_be_bytes(), &payload, &jpeg[2..]].concat()
}

fn is_in(bytes: &[u8], wanted: &[u8]) -> bool {
    bytes.windows(wanted.len()).any(|part| part == wanted)
}

#[tokio::test(flavor = "multi_thread")]
async fn of_what_a_telephone_writes_beside_a_photo_nothing_is_kept_and_the_photo_stands_upright() {
    let desk = Desk::new().await;
    let jpeg = encoded(&two_halves(80, 40), ImageFormat::Jpeg);
    // Held on its side: its left is what was above.
    let taken = as_a_telephone_writes(&jpeg, 6);
    assert!(is_in(&taken, MAKER) && is_in(&taken, DAY) && is_in(&taken, b"Exif"));
    let name = desk.attach("house_photo", &taken).unwrap();
    let kept = desk.kept(&name);
    for trace in [MAKER, DAY, b"Exif", &[0xff, 0xe1]] {
        assert!(!is_in(&kept, trace), "{:?}", String::from_utf8_lossy(trace));
    }
    let seen = image::load_from_memory(&kept).unwrap().to_rgb8();
    assert_eq!((seen.width(), seen.height()), (40, 80));
    let (above, below) = (seen.get_pixel(20, 10).0, seen.get_pixel(20, 70).0);
    assert!(above[0] > 150 && above[2] < 100, "{above:?}");
    assert!(below[2] > 150 && below[0] < 100, "{below:?}");
    // Whoever attaches it as a paper leaves no more in it.
    let name = desk.attach("paper", &taken).unwrap();
    assert!(!is_in(&desk.kept(&name), MAKER));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_photo_is_brought_to_the_longest_side_that_is_kept_and_never_made_larger() {
    let desk = Desk::new().await;
    let size = |name: &str| {
        let seen = image::load_from_memory(&desk.kept(name)).unwrap();
        (seen.width(), seen.height())
    };
    let large = desk.attach("house_photo", &encoded(&two_halves(3200, 1000), ImageFormat::Jpeg)).unwrap();
    assert_eq!(size(&large), (1600, 500));
    let small = desk.attach("house_photo", &encoded(&two_halves(64, 48), ImageFormat::Png)).unwrap();
    assert_eq!((size(&small), small.ends_with(".png")), ((64, 48), true));
}

/// Checksum of a PNG's chunk.
fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |crc, byte| {
        (0..8).fold(
            crc ^ u32::from(*byte),
            |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 },
        )
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_that_would_burst_or_is_broken_is_refused_and_the_answer_before_stays() {
    let desk = Desk::new().await;
    let good = desk.attach("house_photo", &encoded(&two_halves(64, 48), ImageFormat::Jpeg)).unwrap();
    let refusal = |content: &[u8]| desk.attach("house_photo", content).unwrap_err();

    let mut png = encoded(&two_halves(64, 48), ImageFormat::Png);
    png[16..24].copy_from_slice(&[60_000_u32.to_be_bytes(), 60_000_u32.to_be_bytes()].concat());
    let sum = crc(&png[12..29]);
    png[29..33].copy_from_slice(&sum.to_be_bytes());
    let error = refusal(&png);
    assert_eq!((error.code.as_str(), error.params["most"].as_str()), ("picture_too_many_pixels", "40"));

    let mut jpeg = encoded(&two_halves(64, 48), ImageFormat::Jpeg);
    let frame = jpeg.windows(2).position(|marker| marker == [0xff, 0xc0]).unwrap();
    jpeg[frame + 5..frame + 9].copy_from_slice(&[0xff, 0x00, 0xff, 0x00]);
    assert_eq!(refusal(&jpeg).code, "picture_too_many_pixels");

    let cut = encoded(&two_halves(64, 48), ImageFormat::Png);
    assert_eq!(refusal(&cut[..cut.len() / 2]).code, "picture_not_readable");
    assert_eq!(refusal(b"\xff\xd8\xff\xe0 not much of a photo").code, "picture_not_readable");
    assert_eq!(refusal(b"RIFF\x08\0\0\0WEBPVP8 ").code, "picture_not_readable");
    assert_eq!(desk.holds("house_photo"), Some(good));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signature_may_stand_on_paper_and_what_was_drawn_is_there_again_when_that_is_taken_back() {
    let desk = Desk::new().await;
    let drawn = desk.attach("head_signature", &encoded(&two_halves(112, 36), ImageFormat::Png)).unwrap();
    desk.answer("head_signature", "signed_on_paper").unwrap();
    assert_eq!(desk.holds("head_signature").as_deref(), Some("signed_on_paper"));
    desk.answer("head_signature", &drawn).unwrap();
    assert_eq!(desk.holds("head_signature"), Some(drawn));
    // A photo stands on no paper.
    assert_eq!(desk.answer("house_photo", "signed_on_paper").unwrap_err().code, "attachment_unknown");
    desk.answer("head_signature", "signed_on_paper").unwrap();
    desk.app.leave_interview(&desk.household).unwrap();
    assert_eq!(desk.holds("head_signature").as_deref(), Some("signed_on_paper"));
}
