/** What figures do not say by themselves: how much of them is not final. */
import type { components } from '@rasoat/shared/api/index';
import { say } from '@rasoat/shared/i18n.svelte';
import { count } from '$lib/format';
import { m } from '$lib/words';

type Schemas = components['schemas'];

/** A sentence for each thing that is to be known. */
export function doubtsOf(doubts: Schemas['ReportDoubtsView'], standard: Schemas['ReportStandardView']): string[] {
  const figures: [number, (params: { count: string }) => string][] = [
    [doubts.provisional, m.report_doubt_provisional],
    [doubts.open, m.report_doubt_open],
    [doubts.unreviewed, m.report_doubt_unreviewed],
    [doubts.unknown_villages, m.report_doubt_unknown_total],
  ];
  return [
    ...(standard.confidence === 'unverified' ? [m.report_standard_provisional({ standard: say(standard.title) })] : []),
    ...figures.filter(([figure]) => figure > 0).map(([figure, sentence]) => sentence({ count: count(figure) })),
  ];
}
