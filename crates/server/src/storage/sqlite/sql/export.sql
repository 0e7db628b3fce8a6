-- instruments
SELECT hash, id, version, survey, choices, settings, files, imported_at FROM instruments ORDER BY imported_at, rowid;

-- standards
SELECT hash, id, toml, imported_at FROM standards ORDER BY imported_at, rowid;

-- units
SELECT version, units_csv, old_to_new_csv, imported_at FROM units;

-- villages
SELECT commune, id, name, area_type, households FROM villages;

-- devices
SELECT id, verify_key, name, surveyor, enrolled_at, expires_at, revoked_at, last_seen_at, edits, bundle_recipient, health FROM devices;

-- former_keys
SELECT device, number, verify_key, succeeded_at FROM former_keys;

-- device_communes
SELECT commune, device FROM device_communes;

-- device_reach
SELECT device, commune, offered, held FROM device_reach;

-- set_aside
SELECT hash, device, signature, bytes, edits, received_at, refused_at FROM set_aside;

-- enrolment_files
SELECT lookup, device, expires_at, bytes FROM enrolment_files;

-- batches
SELECT id, hash, device, signature, received_at, edits, outcome, refused, receipt, receipt_signature, bytes FROM batches;

-- edits
SELECT commune, number, writer, seq, kind, subject, device, received_at, batch, place, bytes FROM edits;

-- links
SELECT writer, seq, hash FROM edits;

-- refusals
SELECT writer, seq, hash, code, device, received_at FROM refusals;

-- cursors
SELECT hash, positions FROM cursors;

-- snapshots
SELECT commune, number, hash, size FROM snapshots;

-- snapshot_pieces
WITH RECURSIVE piece (commune, number, place) AS (
    SELECT commune, number, 0 FROM snapshots WHERE size > 0
    UNION ALL
    SELECT p.commune, p.number, p.place + 262144
    FROM piece AS p JOIN snapshots AS s ON s.commune = p.commune AND s.number = p.number
    WHERE p.place + 262144 < s.size
)
SELECT p.commune, p.number, p.place, substr(s.bytes, p.place + 1, 262144)
FROM piece AS p JOIN snapshots AS s ON s.commune = p.commune AND s.number = p.number;

-- household_edits
SELECT h.commune, h.household, e.number FROM household_edits AS h JOIN edits AS e ON e.id = h.edit;

-- interviews
SELECT commune, interview, household FROM interviews;

-- ownerless_edits
SELECT o.commune, o.interview, e.number FROM ownerless_edits AS o JOIN edits AS e ON e.id = o.edit;

-- stale_households
SELECT commune, household FROM stale_households;

-- households
SELECT commune, household, head_name, search, code, village_name, members, citizen_id, state, class_2022, class_2027, unscored, conflicts, edits, last_received_at, merged_into, withdrawn, name_order, marks FROM households;

-- commune_counts
SELECT commune, mark, households FROM commune_counts;

-- village_counts
SELECT commune, village_name, mark, households FROM village_counts;

-- commune_received
SELECT commune, last_at FROM commune_received;

-- not_same
SELECT first, second, said_by, said_at FROM not_same;

-- merge_marks
SELECT commune, household, kept FROM merge_marks;

-- attachment_names
SELECT commune, name FROM attachment_names;

-- attachments
SELECT name, commune, device, size, have, whole, begun_at FROM attachments;

-- attachment_pieces
SELECT name, place, bytes FROM attachment_pieces;

-- users
SELECT name, role, communes, password_hash, must_change, created_at, last_login_at, disabled_at FROM users;

-- login_failures
SELECT name, failures, last_at FROM login_failures;

-- sessions
SELECT token_hash, user, csrf, browser, opened_at, used_at FROM sessions;

-- audit
SELECT number, at, actor, act, object, hash FROM audit;

-- library_items
SELECT kind, hash, id, version, state, content, made_at, made_by, published_at, published_by, place, retired_at, retired_by FROM library_items;

-- library_number
SELECT one, number FROM library_number;

-- audit_head
SELECT one, number, hash FROM audit_head;

-- directives
SELECT number, kind, key, content, said_by, said_at FROM directives;

-- round_snapshots
SELECT number, round, made_at, households, marks, hash FROM round_snapshots;

-- round_snapshot_lines
SELECT number, commune, household, code, village_name, marks FROM round_snapshot_lines;

-- second_factors
SELECT user, secret, confirmed_at, last_step FROM second_factors;

-- recovery_codes
SELECT user, hash FROM recovery_codes;

-- tokens
SELECT id, name, token_hash, tables, communes, citizen_ids, made_by, made_at, expires_at, revoked_at, last_used_at FROM tokens;

-- token_days
SELECT token, day, uses FROM token_days;

-- data_request_acts
SELECT number, commune, household, request, step, act, content, done_by, done_at FROM data_request_acts;

-- report_cases
SELECT commune, number, basis, feed_end, made_at, cases FROM report_cases;
