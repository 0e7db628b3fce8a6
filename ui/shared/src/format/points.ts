/**
 * A canonical place (`21.85 106.76 250 5`) as "21.85, 106.76": with points in every language, as maps and telephones write it, so
 * that the comma parts the two. Anything else as it is.
 */
export function formatPoint(canonical: string | null): string {
  const [latitude, longitude] = (canonical ?? '').trim().split(/\s+/);
  return latitude && longitude ? `${latitude}, ${longitude}` : (canonical ?? '');
}
