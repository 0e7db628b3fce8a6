import { render } from '@testing-library/svelte';
import { expect, it } from 'vitest';
import TrendChart from './TrendChart.svelte';

const nobody = { numerator: 0, denominator: 0, value: null };
const half = { numerator: 1, denominator: 2, value: 50 };
const all = { numerator: 2, denominator: 2, value: 100 };

it('has a point for each round with a figure, filled where the target was met, and a dash at what was wanted', () => {
  const trend = [
    { round: 2024, figure: nobody, target: null, met: null },
    { round: 2025, figure: half, target: 85, met: false },
    { round: 2026, figure: all, target: 85, met: true },
  ];
  const { container } = render(TrendChart, { trend, texts: ['không có đối tượng', '50,00 %', '100,00 %'] });
  expect(container.querySelectorAll('circle')).toHaveLength(2);
  expect(container.querySelectorAll('circle.met')).toHaveLength(1);
  expect(container.querySelectorAll('.wanted')).toHaveLength(2);
  const words = [...container.querySelectorAll('text')].map((text) => text.textContent);
  expect(words).toEqual(['2024', '50,00 %', '2025', '100,00 %', '2026']);
  // What is higher stands higher.
  const [low, high] = [...container.querySelectorAll('circle')].map((point) => Number(point.getAttribute('cy')));
  expect(high).toBeLessThan(low ?? 0);
});
