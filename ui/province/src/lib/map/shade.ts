/** How far a commune is, as one of six shades from near the ground to far from it (`app.css`); `null` without households. */
export type Shade = 0 | 1 | 2 | 3 | 4 | 5;

/** Fills from nothing signed to everything signed. The last is kept for communes that are done. */
export const SHADES = [0, 1, 2, 3, 4, 5].map((step) => `var(--shade-${step})`);

/** The shade of a share; `null` where nothing is known yet. */
export function shade(signed: number, households: number): Shade | null {
  if (households <= 0) return null;
  if (signed <= 0) return 0;
  if (signed >= households) return 5;
  return (1 + Math.min(3, Math.floor((signed / households) * 4))) as Shade;
}
