/**
 * The province as a schematic: a circle for each commune at its place, sized by households. Not a map with borders;
 * circles that would hide each other are pushed apart so that each can be seen and reached.
 */

/** A place to draw. Degrees. */
export interface Place {
  lat: number;
  lon: number;
  /** Weight of the circle's area: households. */
  weight: number;
}

/** A drawn circle, in units of the picture. */
export interface Circle {
  x: number;
  y: number;
  r: number;
}

/** The picture's size and the room kept free at its edges. */
export interface Frame {
  width: number;
  height: number;
  margin: number;
}

/** Smallest and largest radius. */
export const RADIUS = { least: 7, most: 18 } as const;

/** Circles for places, in their order: north up, one scale both ways, centred in the frame. */
export function project(places: readonly Place[], frame: Frame): Circle[] {
  const lats = places.map((place) => place.lat);
  const middle = (Math.min(...lats) + Math.max(...lats)) / 2;
  // A degree of longitude is shorter than one of latitude by the cosine of where we are.
  const squeeze = Math.cos((middle * Math.PI) / 180);
  const flat = places.map((place) => ({ x: place.lon * squeeze, y: -place.lat, weight: place.weight }));
  const [left, right] = ends(flat.map((place) => place.x));
  const [top, bottom] = ends(flat.map((place) => place.y));
  const scale = Math.min(
    (frame.width - 2 * frame.margin) / (right - left || 1),
    (frame.height - 2 * frame.margin) / (bottom - top || 1),
  );
  const heaviest = Math.max(...places.map((place) => place.weight));
  const circles = flat.map((place) => ({
    x: frame.width / 2 + (place.x - (left + right) / 2) * scale,
    y: frame.height / 2 + (place.y - (top + bottom) / 2) * scale,
    r: radius(place.weight, heaviest),
  }));
  return spread(circles, frame);
}

function ends(values: readonly number[]): [number, number] {
  return [Math.min(...values), Math.max(...values)];
}

/** A radius whose area grows with the weight. */
export function radius(weight: number, heaviest: number): number {
  if (weight <= 0 || heaviest <= 0) return RADIUS.least;
  return RADIUS.least + (RADIUS.most - RADIUS.least) * Math.sqrt(Math.min(1, weight / heaviest));
}

const GAP = 2;
const ROUNDS = 200;

/** Pushes overlapping circles apart, a little at a time and always in the same way, and keeps them in the frame. */
function spread(circles: Circle[], frame: Frame): Circle[] {
  for (let round = 0; round < ROUNDS; round += 1) {
    let touched = false;
    circles.forEach((circle, index) => {
      for (const other of circles.slice(index + 1)) touched = part(circle, other, index) || touched;
    });
    for (const circle of circles) {
      circle.x = Math.min(frame.width - circle.r, Math.max(circle.r, circle.x));
      circle.y = Math.min(frame.height - circle.r, Math.max(circle.r, circle.y));
    }
    if (!touched) break;
  }
  return circles;
}

/** Moves two circles half of what they overlap each; `seed` turns two on the very same spot in a fixed direction. */
function part(a: Circle, b: Circle, seed: number): boolean {
  const dx = b.x - a.x;
  const dy = b.y - a.y;
  const distance = Math.hypot(dx, dy);
  const overlap = a.r + b.r + GAP - distance;
  if (overlap <= 0.01) return false;
  const [ux, uy] = distance > 0.001 ? [dx / distance, dy / distance] : [Math.cos(seed), Math.sin(seed)];
  a.x -= (ux * overlap) / 2;
  a.y -= (uy * overlap) / 2;
  b.x += (ux * overlap) / 2;
  b.y += (uy * overlap) / 2;
  return true;
}

/** Where the arrow keys lead: the nearest circle in that direction, a sideways step costing more; `null` at the edge. */
export function neighbour(circles: readonly Circle[], from: number, direction: Direction): number | null {
  const here = circles[from];
  if (!here) return null;
  let best: number | null = null;
  let least = Infinity;
  for (const [index, there] of circles.entries()) {
    if (index === from) continue;
    const [ahead, aside] = turned(there.x - here.x, there.y - here.y, direction);
    const cost = ahead + Math.abs(aside) * 1.5;
    if (ahead <= 0.5 || Math.abs(aside) > ahead * 2 || cost >= least) continue;
    best = index;
    least = cost;
  }
  return best;
}

/** A step as seen when looking in a direction: how far ahead, how far aside. */
function turned(dx: number, dy: number, direction: Direction): [ahead: number, aside: number] {
  switch (direction) {
    case 'ArrowRight':
      return [dx, dy];
    case 'ArrowLeft':
      return [-dx, dy];
    case 'ArrowDown':
      return [dy, dx];
    case 'ArrowUp':
      return [-dy, dx];
  }
}

/** A direction, named as the key that gives it. */
export type Direction = 'ArrowUp' | 'ArrowDown' | 'ArrowLeft' | 'ArrowRight';

/** Whether a key is one of the four. */
export function isDirection(key: string): key is Direction {
  return key === 'ArrowUp' || key === 'ArrowDown' || key === 'ArrowLeft' || key === 'ArrowRight';
}
