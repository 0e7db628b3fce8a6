-- Lists look at the commune's households again.
UPDATE households SET commune = commune WHERE commune = ?1;
