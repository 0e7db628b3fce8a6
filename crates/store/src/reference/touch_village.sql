-- Lists look at the village's households again.
UPDATE households SET village = village WHERE commune = ?1 AND village = ?2;
