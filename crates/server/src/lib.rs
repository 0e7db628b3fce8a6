//! The province: receives batches, re-scores them, shows what came in. One binary.
