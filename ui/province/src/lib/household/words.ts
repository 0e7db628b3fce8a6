import { m } from '$lib/words';

const ACTS: Record<string, () => string> = {
  meeting: m.act_meeting,
  posting: m.act_posting,
  complaint: m.act_complaint,
  finding: m.act_finding,
  recognition: m.act_recognition,
  refusal: m.act_refusal,
  certificate: m.act_certificate,
  correction: m.act_correction,
};

/** What was done with a household on its way, in words. */
export function procedureAct(kind: string): string {
  return ACTS[kind]?.() ?? kind;
}
