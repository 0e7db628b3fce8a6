import { m } from '$lib/words';

/** Whose household it is, as lists say it: of one that is processed no further, that and no name. */
export function headName({ head_name, restricted }: { head_name: string; restricted: boolean }): string {
  return head_name || (restricted ? m.restricted_name() : m.no_name());
}
