-- The age recipient that replies to a device are sealed to; NULL for those enrolled before there were bundles.
ALTER TABLE devices ADD COLUMN bundle_recipient TEXT;
CREATE INDEX batches_by_device ON batches (device, received_at);
