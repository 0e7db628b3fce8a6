/** Places on the earth: `latitude longitude altitude accuracy` in degrees and metres, as text; read from what people type or copy. */

/** A place taken apart; each number as text, so that none loses a digit. */
export interface Place {
  latitude: string;
  longitude: string;
  altitude: string;
  accuracy: string;
}

/** Why two typed numbers are no place. */
export type PlaceProblem = 'number' | 'half' | 'latitude' | 'longitude' | 'swapped';

/** A canonical place; null when the text is none. */
export function placeOf(canonical: string | null): Place | null {
  const [latitude, longitude, altitude = '0', accuracy = '0', ...rest] = (canonical ?? '').trim().split(/\s+/);
  const numbers = [latitude, longitude, altitude, accuracy];
  if (!latitude || !longitude || rest.length > 0 || !numbers.every((n) => Number.isFinite(Number(n)))) return null;
  return { latitude, longitude, altitude, accuracy };
}

/** Degrees as typed: `21.85`, `21,85`, `21.85°`, `21.85 N`, `21,85° Bắc`; south and west are below zero. Empty stays empty. */
export function readDegrees(typed: string): string | null {
  const text = typed.normalize('NFC').trim();
  if (text === '') return '';
  const found = /^([+\-−]?)(\d{1,3}(?:[.,]\d*)?)\s*°?\s*(n|b|bắc|e|đ|đông|s|nam|w|t|tây)?\.?$/iu.exec(text);
  if (!found) return null;
  const below = found[1] === '-' || found[1] === '−' || /^(s|nam|w|t|tây)$/iu.test(found[3] ?? '');
  return String(Number((found[2] ?? '').replace(',', '.')) * (below ? -1 : 1) || 0);
}

/** Both degrees in one text, as a map copies them: `21.85, 106.76`, `21,85; 106,76`, `21.85 106.76`; null when it is not two. */
export function splitDegrees(typed: string): [latitude: string, longitude: string] | null {
  const text = typed.trim();
  const degrees = String.raw`[+\-−]?\d{1,3}(?:[.,]\d+)?\s*°?\s*\p{L}{0,4}`;
  const apart = new RegExp(String.raw`^\(?(${degrees})\s*(?:;\s*|,\s+|\s+)(${degrees})\)?$`, 'u').exec(text);
  const tight = /^([+-]?\d{1,3}\.\d+),([+-]?\d{1,3}\.\d+)$/.exec(text);
  const [, latitude, longitude] = apart ?? tight ?? [];
  return latitude && longitude ? [latitude.trim(), longitude.trim()] : null;
}

/** Puts a place together from two typed numbers, keeping height and accuracy of the place that stood there; both empty clear. */
export function readPlace(
  typed: { latitude: string; longitude: string },
  before: Place | null = null,
): { value: string } | { problem: PlaceProblem } {
  const latitude = readDegrees(typed.latitude);
  const longitude = readDegrees(typed.longitude);
  if (latitude === null || longitude === null) return { problem: 'number' };
  if (latitude === '' && longitude === '') return { value: '' };
  if (latitude === '' || longitude === '') return { problem: 'half' };
  const [north, east] = [Number(latitude), Number(longitude)];
  if (Math.abs(north) > 90) return { problem: Math.abs(north) <= 180 && Math.abs(east) <= 90 ? 'swapped' : 'latitude' };
  if (Math.abs(east) > 180) return { problem: 'longitude' };
  return { value: `${latitude} ${longitude} ${before?.altitude ?? '0'} ${before?.accuracy ?? '0'}` };
}

/** Whether a place lies in or near Viet Nam, its islands and sea included: elsewhere a digit is probably wrong. */
export function nearVietnam(place: Place): boolean {
  const [north, east] = [Number(place.latitude), Number(place.longitude)];
  return north >= 6 && north <= 24 && east >= 102 && east <= 118;
}
