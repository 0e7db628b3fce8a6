import { describe, expect, it } from 'vitest';
import { isDirection, neighbour, project, RADIUS, radius, type Frame } from './projection';
import { placeLabels } from './labels';

const frame: Frame = { width: 560, height: 440, margin: 24 };

// Four corners of a made-up province and two communes that share one spot.
const places = [
  { lat: 22.4, lon: 106.2, weight: 100 },
  { lat: 22.4, lon: 107.2, weight: 400 },
  { lat: 21.4, lon: 106.2, weight: 50 },
  { lat: 21.4, lon: 107.2, weight: 0 },
  { lat: 21.9, lon: 106.7, weight: 300 },
  { lat: 21.9, lon: 106.7, weight: 300 },
];

function at<T>(list: readonly T[], index: number): T {
  const found = list[index];
  if (found === undefined) throw new Error(`nothing at ${index}`);
  return found;
}

function corners() {
  const circles = project(places, frame);
  return [at(circles, 0), at(circles, 1), at(circles, 2)] as const;
}

describe('the schematic map', () => {
  it('draws north above south and east right of west', () => {
    const [northWest, northEast, southWest] = corners();
    expect(northWest.y).toBeLessThan(southWest.y);
    expect(northWest.x).toBeLessThan(northEast.x);
  });

  it('keeps true proportions: a degree east is shorter than a degree south', () => {
    const [northWest, northEast, southWest] = corners();
    const ratio = (northEast.x - northWest.x) / (southWest.y - northWest.y);
    expect(ratio).toBeCloseTo(Math.cos((21.9 * Math.PI) / 180), 1);
  });

  it('keeps every circle inside the frame', () => {
    for (const circle of project(places, frame)) {
      expect(circle.x - circle.r).toBeGreaterThanOrEqual(0);
      expect(circle.x + circle.r).toBeLessThanOrEqual(frame.width);
      expect(circle.y - circle.r).toBeGreaterThanOrEqual(0);
      expect(circle.y + circle.r).toBeLessThanOrEqual(frame.height);
    }
  });

  it('pushes circles apart that share a spot', () => {
    const circles = project(places, frame);
    const [a, b] = [at(circles, 4), at(circles, 5)];
    expect(Math.hypot(a.x - b.x, a.y - b.y)).toBeGreaterThanOrEqual(a.r + b.r);
  });

  it('draws the same picture each time', () => {
    expect(project(places, frame)).toEqual(project(places, frame));
  });

  it('draws nothing for no place, and one place in the middle', () => {
    expect(project([], frame)).toEqual([]);
    expect(at(project(places.slice(0, 1), frame), 0)).toMatchObject({ x: 280, y: 220 });
  });

  it('lets the area grow with the households', () => {
    expect(radius(0, 400)).toBe(RADIUS.least);
    expect(radius(400, 400)).toBe(RADIUS.most);
    expect(radius(100, 400)).toBe((RADIUS.least + RADIUS.most) / 2);
  });
});

describe('moving over the map by keyboard', () => {
  const circles = project(places.slice(0, 5), frame);

  it('goes to the nearest commune in the arrow’s direction', () => {
    expect(neighbour(circles, 0, 'ArrowRight')).toBe(1);
    expect(neighbour(circles, 4, 'ArrowLeft')).not.toBeNull();
  });

  it('stays at the edge', () => {
    expect(neighbour(circles, 0, 'ArrowUp')).toBeNull();
    expect(neighbour(circles, 0, 'ArrowLeft')).toBeNull();
  });

  it('takes no other key for a direction', () => {
    expect(['ArrowUp', 'Enter', 'a', 'Process'].map(isDirection)).toEqual([true, false, false, false]);
  });
});

describe('names on the map', () => {
  const circles = [
    { x: 100, y: 100, r: 10 },
    { x: 130, y: 100, r: 10 },
    { x: 100, y: 430, r: 9 },
  ];

  it('never cover another name or circle', () => {
    const labels = placeLabels(
      circles.map((_, index) => ({ index, text: 'Quốc Khánh 31 %' })),
      circles,
      frame,
    );
    expect(labels.map((label) => label.index)).toEqual([0, 1, 2]);
    expect(at(labels, 0).y).not.toBe(at(labels, 1).y);
  });

  it('stay inside the frame: at the bottom they go above', () => {
    const label = at(placeLabels([{ index: 2, text: 'Châu Sơn' }], circles, frame), 0);
    expect(label.y).toBeLessThan(430);
  });

  it('are left out when there is no room at all', () => {
    expect(placeLabels([{ index: 0, text: 'x'.repeat(200) }], circles, frame)).toEqual([]);
  });
});
