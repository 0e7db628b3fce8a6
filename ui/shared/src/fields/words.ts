/** Answers and typed text in words. */
import { formatPoint } from '../format/points';
import { m } from '../messages';
import type { Unreadable } from './canonical';
import { fileKind, signedOnPaper, type FileKind } from './files';
import { placeOf } from './points';

const expected: Record<Unreadable, () => string> = {
  number: m.field_not_a_number,
  date: m.field_not_a_date,
  partial_date: m.field_not_a_partial_date,
  time: m.field_not_a_time,
  date_time: m.field_not_a_date_time,
  point: m.field_not_a_point,
};

/** What to say of text that could not be read: what is expected, with an example. */
export function unreadableWords(kind: Unreadable): string {
  return expected[kind]();
}

/** A canonical place as it is read aloud: "vĩ độ 21.85, kinh độ 106.76"; what is none, as it is. */
export function placeWords(canonical: string): string {
  const place = placeOf(canonical);
  return place ? m.value_point({ latitude: place.latitude, longitude: place.longitude }) : formatPoint(canonical);
}

const files: Record<FileKind, () => string> = {
  picture: m.field_file_picture,
  document: m.field_file_document,
  sound: m.field_file_sound,
  film: m.field_file_film,
};

/** What a file is, by its name; the name itself says nothing to people. */
export function fileWords(name: string): string {
  if (name === signedOnPaper) return m.field_signed_on_paper();
  const kind = fileKind(name);
  return kind === null ? m.field_file_other() : files[kind]();
}

/** Labels in their order: "1. Thiếu đất, 2. Thiếu vốn". */
export function orderWords(labels: string[]): string {
  return labels.map((choice, index) => m.field_rank_row({ place: String(index + 1), choice })).join(', ');
}
