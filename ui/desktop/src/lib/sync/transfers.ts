/** What went when and how, in words. */
import { formatMoment } from '@rasoat/shared/format/dates';
import type { MovedHouseholdView, TransferView } from '@rasoat/shared/ipc';
import { problemSentences } from '@rasoat/shared/problems';
import type { Tone } from '@rasoat/shared/kit/tone';
import { m } from '$messages';

/** Of a household in an exchange: "2 thay đổi · tỉnh đã nhận 2". */
export function movedWords({ edits, confirmed, refused }: MovedHouseholdView): string {
  const parts = [m.usb_row_edits({ count: String(edits) })];
  if (confirmed > 0) parts.push(m.moved_confirmed({ count: String(confirmed) }));
  if (refused > 0) parts.push(m.moved_refused({ count: String(refused) }));
  if (confirmed + refused < edits) parts.push(m.moved_waiting({ count: String(edits - confirmed - refused) }));
  return parts.join(' · ');
}

/** One line of a household's sending: what it was, how it stands out, and what there is to know of it. */
export function transferWords(line: TransferView): { what: string; tone: Tone; detail: string } {
  const count = String(line.edits);
  const names = line.parties.filter((name) => name !== '').join(', ');
  switch (line.way) {
    case 'network':
      return line.problem
        ? { what: m.transfer_network_failed({ count }), tone: 'warn', detail: problemSentences(line.problem).what }
        : { what: m.transfer_network({ count }), tone: 'neutral', detail: '' };
    case 'stick_out':
      return { what: m.transfer_stick_out({ count, to: names }), tone: 'neutral', detail: line.name };
    case 'stick_in':
      return {
        what: m.transfer_stick_in({ count, from: names || m.usb_batches_unknown_device() }),
        tone: 'neutral',
        detail: '',
      };
    case 'receipt':
      return {
        what: m.transfer_receipt({ count }),
        tone: 'good',
        detail: m.transfer_receipt_of({ number: line.receipt ?? '', time: formatMoment(line.server_time) }),
      };
    case 'refused':
      return {
        what: m.transfer_refused({ count }),
        tone: 'bad',
        detail: line.problem ? problemSentences(line.problem).what : '',
      };
  }
}
