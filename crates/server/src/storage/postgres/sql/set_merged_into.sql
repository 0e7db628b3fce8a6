UPDATE households SET merged_into = $3::uuid WHERE commune = $1 AND household = $2 AND merged_into IS DISTINCT FROM $3::uuid
