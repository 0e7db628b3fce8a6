//! What travels: edit batches, receipts, sync messages and enrolment files; encoded, compressed, signed.
