//! What is drawn by lot: the same for the same filled form, instance and place in the form, however often it is computed.

use super::{Evaluator, Frame, Val};
use crate::lots;
use crate::plan::Code;

/// Longer ones nobody needs.
const LONGEST: f64 = 1000.0;

impl<'a> Evaluator<'a> {
    /// From 0 up to 1, 1 not included.
    pub(super) fn random(&self, place: u64, frame: &Frame<'_, 'a>) -> Val<'a> {
        Val::Number(lots::share(self.drawn(place, frame)))
    }

    /// A random identifier of version 4 (RFC 9562), or of so many letters and digits.
    pub(super) fn uuid(&self, place: u64, length: Option<&'a Code>, frame: &Frame<'_, 'a>) -> Val<'a> {
        let mut lot = self.drawn(place, frame);
        let Some(length) = length else {
            let (high, low) = (lots::next(&mut lot), lots::next(&mut lot));
            let high = (high & !0xf000) | 0x4000;
            let low = (low & !(0b11 << 62)) | (0b10 << 62);
            let [first, second, third] = [high >> 32, high >> 16 & 0xffff, high & 0xffff];
            let (fourth, fifth) = (low >> 48, low & 0xffff_ffff_ffff);
            return Val::Text(
                format!("{first:08x}-{second:04x}-{third:04x}-{fourth:04x}-{fifth:012x}").into(),
            );
        };
        const SIGNS: &[u8; 36] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
        let length = self.eval(length, frame).number().clamp(0.0, LONGEST);
        // NaN becomes 0.
        let signs = (0..length as usize).map(|_| {
            let sign = lots::next(&mut lot) % SIGNS.len() as u64;
            SIGNS.get(sign as usize).copied().map_or('0', char::from)
        });
        Val::Text(signs.collect::<String>().into())
    }

    /// A shuffled set's order follows from its seed.
    pub(crate) fn seed(&self, code: &'a Code, frame: &Frame<'_, 'a>) -> u64 {
        let seed = self.eval(code, frame);
        match seed.number() {
            number if number.is_nan() => lots::of_text(&seed.text()),
            number => number.to_bits(),
        }
    }

    /// Rows that a filter looks at draw lots of their own, as instances do.
    fn drawn(&self, place: u64, frame: &Frame<'_, 'a>) -> u64 {
        let row = frame.row.map_or(0, |(_, row)| u64::from(row) + 1);
        self.lot(frame.instance, place ^ row.rotate_left(40))
    }
}
