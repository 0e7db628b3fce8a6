// An invented household of five, answer by answer, and what has changed with it a year later.

const notLooking = { need_training: 'no', need_job: 'no' };
const well = { health_insurance: 'yes', insurance_type: 'HN', premium_support: 'yes', ill: 'no', disability: 'none', monthly_allowance: 'no' };
const works = { labour_capacity: 'able_willing', work_status: 'self', ...notLooking };

/** By the order of the lines; what is not here is passed by. */
const members = [
	{
		full_name: 'Nông Văn Thành', relation: 'head', birth: '12031984', sex: 'male', ethnicity: '02', citizen_id: '020084004417',
		highest_education: 'lower_secondary', ...works, ...well, insurance_number: 'HN2202021234567', insurance_expiry: '31122026', receives_pension: 'no', internet_use: 'yes'
	},
	{
		full_name: 'Hoàng Thị Nhung', relation: 'wife', birth: '1987', sex: 'female', ethnicity: '02', citizen_id: '020187000936',
		highest_education: 'primary', ...works, ...well, insurance_number: 'HN2202021234568', insurance_expiry: '31122026', internet_use: 'yes'
	},
	{
		full_name: 'Nông Văn Hải', relation: 'child', birth: '05092007', sex: 'male', ethnicity: '02', citizen_id: '020207007720',
		studying: 'no', highest_education: 'lower_secondary', enterprise_training: 'no', ...works, need_training: 'yes', got_training: 'no',
		need_job: 'yes', got_job: 'no', ...well, insurance_number: 'HN2202021234569', insurance_expiry: '31122026',
		internet_use: 'yes'
	},
	{
		full_name: 'Nông Thị Lan', relation: 'child', birth: '17112014', sex: 'female', ethnicity: '02', citizen_id: '020314001258',
		studying: 'yes', study_level: 'primary', school_grade: '5', ...well, insurance_number: 'HN2202021234570', insurance_expiry: '31122026', child_nutrition: 'normal',
		nutrition_basis: 'certificate', internet_use: 'no'
	},
	{
		full_name: 'Lương Thị Én', relation: 'mother', birth: '1951', sex: 'female', ethnicity: '02', citizen_id: '020151006604',
		highest_education: 'below_primary', labour_capacity: 'past_age', work_status: 'self', ...well, insurance_number: 'HN2202021234571', insurance_expiry: '31122026',
		ill: 'yes', used_facility: 'yes', care_support: 'yes', receives_pension: 'no', internet_use: 'no'
	}
];

const household = {
	address: 'Xóm Nà Pàn', phone: '0912345678', review_basis: 'applied', respondent: 'head', notice_given: 'OK', roster_complete: 'OK',
	dwelling_tenure: 'own', wall_material: 'brick_stone', wall_solid: 'yes', column_material: 'wood', column_solid: 'yes', roof_material: 'tile',
	roof_solid: 'yes', floor_area: '62', water_source: 'protected_spring', toilet: 'double_vault', waste_handling: 'burned',
	devices: 'tv smartphone', internet_connection: 'mobile', digital_services: 'messages', land_types: 'rice annual_crops garden forest', land_rice: '1440',
	land_annual_crops: '720',
	land_garden: '300', land_forest: '8000', livestock_types: 'cattle pigs poultry', livestock_cattle: '1', livestock_pigs: '2', livestock_poultry: '35',
	assets: 'motorbike fridge', motorbike_count: '1', electricity_source: 'grid', electricity_kwh: '60', income_method: 'worksheet',
	income_sources: 'crops livestock forestry', income_forestry: '6000000', income_crops: '48000000', income_livestock: '36000000', cost_production: '21000000',
	income_allowance: '0', poverty_causes: 'capital skills', main_cause: 'capital', support_needs: 'credit training', main_need: 'credit', support_received: 'insurance', respondent_agrees: 'yes',
	respondent_name: 'Nông Văn Thành', respondent_relation: 'head',
	surveyor_remark: 'Nhà ở xa đường'
};

export const lastYear = { members, household };

/** About a tenth of the answers differ. */
const changedMembers = [
	{ work_status: 'wage', labour_contract: 'no', employer: 'household' },
	{ ill: 'yes', used_facility: 'yes', care_support: 'yes' },
	{ work_status: 'wage', labour_contract: 'no', employer: 'company' },
	{ study_level: 'lower_secondary', school_grade: '6' },
	{ disability: 'severe', monthly_allowance: 'yes', allowance_group: 'disabled' }
];
const changedHousehold = {
	floor_area: '58', devices: 'tv smartphone radio', livestock_pigs: '4', income_sources: 'crops livestock forestry wages', income_crops: '45000000',
	income_wages: '30000000', electricity_kwh: '75'
};

export const thisYear = {
	members: members.map((answers, line) => ({ ...answers, ...changedMembers[line] })),
	household: { ...household, ...changedHousehold }
};

/** Whether an answer is another one than last year. */
export function isChanged(line, name) {
	return line === null ? name in changedHousehold : name in (changedMembers[line] ?? {});
}
