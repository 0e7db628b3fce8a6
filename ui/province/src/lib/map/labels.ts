import type { Circle, Frame } from './projection';

/** A name wanted beside a circle; earlier ones are placed first. */
export interface Wanted {
  /** Index of the circle. */
  index: number;
  text: string;
}

/** A name that found room. `x` is its middle, `y` its baseline. */
export interface Label extends Wanted {
  x: number;
  y: number;
}

/** Width of a letter and height of a line at the labels' size, in units of the picture. */
const LETTER = 7.6;
const LINE = 17;

interface Box {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

/** Places names below, above, right or left of their circles; one that would cover another name or circle is left out. */
export function placeLabels(wanted: readonly Wanted[], circles: readonly Circle[], frame: Frame): Label[] {
  const taken: Box[] = [];
  const placed: Label[] = [];
  for (const want of wanted) {
    const circle = circles[want.index];
    if (!circle) continue;
    const half = (want.text.length * LETTER) / 2;
    const spots = [
      { x: circle.x, y: circle.y + circle.r + LINE - 2 },
      { x: circle.x, y: circle.y - circle.r - 5 },
      { x: circle.x + circle.r + half + 4, y: circle.y + 4 },
      { x: circle.x - circle.r - half - 4, y: circle.y + 4 },
    ];
    const spot = spots.find(({ x, y }) => {
      const box = { left: x - half, right: x + half, top: y - LINE + 4, bottom: y + 3 };
      return (
        box.left >= 0 &&
        box.right <= frame.width &&
        box.top >= 0 &&
        box.bottom <= frame.height &&
        !taken.some((other) => meet(box, other)) &&
        !circles.some((other, index) => index !== want.index && covers(box, other))
      );
    });
    if (!spot) continue;
    taken.push({ left: spot.x - half, right: spot.x + half, top: spot.y - LINE + 4, bottom: spot.y + 3 });
    placed.push({ ...want, ...spot });
  }
  return placed;
}

function meet(a: Box, b: Box): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

function covers(box: Box, circle: Circle): boolean {
  const x = Math.max(box.left, Math.min(circle.x, box.right));
  const y = Math.max(box.top, Math.min(circle.y, box.bottom));
  return Math.hypot(circle.x - x, circle.y - y) < circle.r;
}
