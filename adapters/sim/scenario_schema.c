#include "sim/scenario_schema.h"

#include "base/base.h"
#include "sim/scenario.h"

#define M(s, m) SCHEMA_MEMBER(struct s, m)

static const struct schema number_item = {.type = SCHEMA_NUMBER, .size = sizeof(double)};

#define SERIES(s, m) SCHEMA_STRUCT, M(s, m), .members = series_members

/* ---- Plant --------------------------------------------------------------------------------------- */

#define POWER(s, m) SCHEMA_POWER, M(s, m), .min = 0, .max = SCHEMA_POWER_MAX_W
#define ENERGY(s, m) SCHEMA_ENERGY, M(s, m), .min = 0, .max = SCHEMA_ENERGY_MAX_WH

static const struct schema pcc_members[] = {
	{"import_max", POWER(plant_pcc, import_max_w), .required = true, .help = "physical"},
	{"export_max", POWER(plant_pcc, export_max_w), .required = true, .help = "physical"},
	{"contracted_demand", POWER(plant_pcc, contracted_w), .dflt = "0W",
	 .help = "on the mean of a quarter hour; 0W = none"},
	{"demand_price", SCHEMA_DEMAND_PRICE, M(plant_pcc, demand_price_e4), .dflt = "0 CNY/kW",
	 .min = 0, .max = SCHEMA_PRICE_MAX_E4,
	 .help = "of the highest quarter hour, for the month"},
	{"over_demand_price", SCHEMA_PRICE, M(plant_pcc, over_price_e4), .dflt = "0 CNY/kWh",
	 .min = 0, .max = SCHEMA_PRICE_MAX_E4, .help = "of energy above the contract"},
	{0},
};

static const struct schema load_members[] = {
	{"id", SCHEMA_ID, M(scenario, plant.load.id), .required = true, .help = "names its point"},
	{"capacity", POWER(scenario, plant.load.capacity_w), .required = true,
	 .help = "IT power of load and queues together"},
	{"floor", POWER(scenario, plant.load.floor_w), .dflt = "0W",
	 .help = "IT power that is never cut"},
	{"pue", SCHEMA_RATIO, M(scenario, plant.load.pue_ppm), .dflt = "1.25", .min = 1000000,
	 .max = 10000000, .help = "power at the PCC per IT power"},
	{"demand", SERIES(scenario, load), .help = "IT watts that are not deferrable"},
	{0},
};

static const struct schema gen_members[] = {
	{"id", SCHEMA_ID, M(scenario_gen, plant.id), .required = true, .help = "names its point"},
	{"capacity", POWER(scenario_gen, plant.capacity_w), .required = true, .help = "rated"},
	{"price", SCHEMA_PRICE, M(scenario_gen, plant.price_e4), .dflt = "0 CNY/kWh", .min = 0,
	 .max = SCHEMA_PRICE_MAX_E4, .help = "per kWh taken: a purchase; 0 = own"},
	{"available", SERIES(scenario_gen, available),
	 .help = "watts that sun, wind or river would give"},
	{0},
};
static const struct schema gen_item = {
	.type = SCHEMA_STRUCT, .size = sizeof(struct scenario_gen), .members = gen_members};

static const struct schema id_item = {.type = SCHEMA_ID, .size = PLANT_ID_MAX};

static const struct schema cooling_members[] = {
	{"id", SCHEMA_ID, M(plant_cooling, id), .required = true, .help = "names its points"},
	{"power_max", POWER(plant_cooling, power_max_w), .required = true, .help = "electric"},
	{"cop", SCHEMA_RATIO, M(plant_cooling, cop_ppm), .dflt = "5", .min = 1000000,
	 .max = 30000000, .help = "heat moved per electric energy at 20 °C outdoors and below"},
	{"cop_slope", SCHEMA_RATIO, M(plant_cooling, cop_slope_ppm_per_k), .dflt = "0.08", .min = 0,
	 .max = 1000000, .help = "less of it per K outdoors above 20 °C"},
	{"heat_capacity", SCHEMA_ENERGY, M(plant_cooling, heat_wh_per_k), .required = true,
	 .min = 1, .max = SCHEMA_ENERGY_MAX_WH, .help = "per K"},
	{"temp_min", SCHEMA_NUMBER, M(plant_cooling, temp_min_c), .dflt = "18", .help = "°C"},
	{"temp_max", SCHEMA_NUMBER, M(plant_cooling, temp_max_c), .dflt = "27", .help = "°C"},
	{"temp_set", SCHEMA_NUMBER, M(plant_cooling, temp_set_c), .dflt = "22",
	 .help = "°C, of its own thermostat"},
	{0},
};
static const struct schema cooling_item = {
	.type = SCHEMA_STRUCT, .size = sizeof(struct plant_cooling), .members = cooling_members};

static const struct schema feeder_members[] = {
	{"id", SCHEMA_ID, M(plant_feeder, id), .required = true, .help = "its name"},
	{"parent", SCHEMA_STRING, M(plant_feeder, parent),
	 .help = "the feeder it hangs on; none: the PCC"},
	{"import_max", POWER(plant_feeder, import_max_w), .required = true, .help = "physical"},
	{"export_max", POWER(plant_feeder, export_max_w), .required = true, .help = "physical"},
	{"assets", SCHEMA_LIST, M(plant_feeder, assets), .item = &id_item,
	 .max_items = PLANT_FEEDER_ASSETS, .count_offset = offsetof(struct plant_feeder, n_assets),
	 .help = "ids of what hangs on it"},
	{0},
};
static const struct schema feeder_item = {
	.type = SCHEMA_STRUCT, .size = sizeof(struct plant_feeder), .members = feeder_members};

static const struct schema storage_members[] = {
	{"id", SCHEMA_ID, M(plant_storage, id), .required = true, .help = "names its points"},
	{"energy", ENERGY(plant_storage, energy_wh), .required = true, .help = "usable capacity"},
	{"charge_max", SCHEMA_POWER, M(plant_storage, charge_max_w), .required = true, .min = 0,
	 .max = SCHEMA_POWER_MAX_W, .help = "at the grid side"},
	{"discharge_max", POWER(plant_storage, discharge_max_w), .required = true,
	 .help = "at the grid side"},
	{"eta_charge", SCHEMA_RATIO, M(plant_storage, eta_charge_ppm), .dflt = "0.95",
	 .min = 100000, .max = 1000000, .help = "into the cells per watt from the grid"},
	{"eta_discharge", SCHEMA_RATIO, M(plant_storage, eta_discharge_ppm), .dflt = "0.95",
	 .min = 100000, .max = 1000000, .help = "to the grid per watt from the cells"},
	{"retention", SCHEMA_RATIO, M(plant_storage, retention_ppm_per_h), .dflt = "1",
	 .min = 500000, .max = 1000000, .help = "share kept per hour"},
	{"soc_min", ENERGY(plant_storage, soc_min_wh), .dflt = "0Wh", .help = "never below"},
	{"soc_max", ENERGY(plant_storage, soc_max_wh), .required = true, .help = "never above"},
	{"soc_start", ENERGY(plant_storage, soc_start_wh), .required = true, .help = "at first"},
	{"wear_price", SCHEMA_PRICE, M(plant_storage, wear_price_e4), .dflt = "0 CNY/kWh", .min = 0,
	 .max = SCHEMA_PRICE_MAX_E4, .help = "per kWh discharged"},
	{"idle", SCHEMA_BOOL, M(plant_storage, idle), .dflt = "false",
	 .help = "left alone by the price-threshold policy (a UPS)"},
	{0},
};
static const struct schema storage_item = {
	.type = SCHEMA_STRUCT, .size = sizeof(struct plant_storage), .members = storage_members};

static const struct schema_word jobs_kinds[] = {
	{"none", JOBS_NONE}, {"random", JOBS_RANDOM}, {"csv", JOBS_CSV}, {0}};

static const struct schema jobs_members[] = {
	{"kind", SCHEMA_ENUM, M(jobs_spec, kind), .words = jobs_kinds, .dflt = "none",
	 .help = "where named jobs come from"},
	{"path", SCHEMA_STRING, M(jobs_spec, path),
	 .help = "csv: columns arrival_s, duration_s, units"},
	{"start", SCHEMA_DURATION, M(jobs_spec, start_ms), .dflt = "0s", .min = 0,
	 .max = SCHEMA_DURATION_MAX_MS, .help = "csv: how far into the trace the run begins"},
	{"cycle", SCHEMA_DURATION, M(jobs_spec, cycle_ms), .dflt = "0s", .min = 0,
	 .max = SCHEMA_DURATION_MAX_MS,
	 .help = "csv: the trace begins again after so long; 0s = never"},
	{"spread", SCHEMA_DURATION, M(jobs_spec, spread_ms), .dflt = "0s", .min = 0,
	 .max = MS_PER_DAY, .help = "arrivals move by up to so much, by the seed"},
	{"slack", SCHEMA_DURATION, M(jobs_spec, slack_ms), .dflt = "0s", .min = 0,
	 .max = 30 * MS_PER_DAY, .help = "beyond the duration; 0s = the queue's"},
	{"devices_per_unit", SCHEMA_NUMBER, M(jobs_spec, devices_per_unit), .dflt = "1", .min = 0,
	 .max = 100000, .help = "csv: devices of the queue for a unit of the trace"},
	{"devices_max", SCHEMA_INT, M(jobs_spec, devices_max), .dflt = "1000000", .min = 1,
	 .max = 10000000, .help = "of a job"},
	{"duration_min", SCHEMA_DURATION, M(jobs_spec, duration_min_ms), .dflt = "1min",
	 .min = 1000, .max = 30 * MS_PER_DAY, .help = "shorter ones are made so long"},
	{"duration_max", SCHEMA_DURATION, M(jobs_spec, duration_max_ms), .dflt = "7d", .min = 1000,
	 .max = 30 * MS_PER_DAY, .help = "longer ones are cut to this"},
	{"per_hour", SCHEMA_NUMBER, M(jobs_spec, per_hour), .dflt = "4", .min = 0, .max = 1000,
	 .help = "random: how many come in a busy hour"},
	{"duration_h", SCHEMA_NUMBER, M(jobs_spec, duration_h), .dflt = "1.5", .min = 0, .max = 100,
	 .help = "random: median, in hours"},
	{"devices", SCHEMA_NUMBER, M(jobs_spec, devices), .dflt = "64", .min = 1, .max = 1000000,
	 .help = "random: median"},
	{"tiers", SCHEMA_LIST, M(jobs_spec, share), .item = &number_item, .max_items = JOBS_TIERS,
	 .count_offset = offsetof(struct jobs_spec, n_share), .help = "shares of F0, F1, F2, F3"},
	{0},
};

static const struct schema segment_members[] = {
	{"power", SCHEMA_RATIO, M(plant_segment, power_ppm), .required = true, .min = 1,
	 .max = 1000000, .help = "share of full power"},
	{"work", SCHEMA_RATIO, M(plant_segment, work_ppm), .required = true, .min = 1,
	 .max = 1000000, .help = "share of full speed"},
	{0},
};
static const struct schema segment_item = {
	.type = SCHEMA_STRUCT, .size = sizeof(struct plant_segment), .members = segment_members};

static const struct schema queue_members[] = {
	{"id", SCHEMA_ID, M(scenario_queue, plant.id), .required = true,
	 .help = "names its points"},
	{"devices", SCHEMA_INT, M(scenario_queue, plant.devices), .required = true, .min = 1,
	 .max = 10000000, .help = "it may use"},
	{"device_power", SCHEMA_POWER, M(scenario_queue, plant.device_power_w), .required = true,
	 .min = 1, .max = 100000, .help = "IT watts of one at full speed"},
	{"power_min", POWER(scenario_queue, plant.power_min_w), .dflt = "0W",
	 .help = "IT watts it keeps while there is work"},
	{"slack", SCHEMA_DURATION, M(scenario_queue, plant.slack_ms), .required = true,
	 .min = 60000, .max = 30 * MS_PER_DAY, .help = "from arrival to due"},
	{"late_price", SCHEMA_PRICE, M(scenario_queue, plant.late_price_e4), .dflt = "0 CNY/kWh",
	 .min = 0, .max = SCHEMA_PRICE_MAX_E4, .help = "per kWh-equivalent and hour late"},
	{"transfer_bytes", SCHEMA_INT, M(scenario_queue, plant.transfer_bytes_per_ds), .dflt = "0",
	 .min = 0, .max = INT64_C(1000000000000), .help = "that move with a device-second of work"},
	{"curve", SCHEMA_LIST, M(scenario_queue, plant.segments), .item = &segment_item,
	 .max_items = PLANT_MAX_SEGMENTS,
	 .count_offset = offsetof(struct scenario_queue, plant.n_segments),
	 .help = "power and throughput, concave, the last (1, 1)"},
	{"checkpoint_every", SCHEMA_DURATION, M(scenario_queue, plant.checkpoint_every_ms),
	 .dflt = "0s", .min = 0, .max = 7 * MS_PER_DAY, .help = "of running; 0s = never"},
	{"checkpoint_time", SCHEMA_DURATION, M(scenario_queue, plant.checkpoint_ms), .dflt = "1min",
	 .min = 1000, .max = MS_PER_H, .help = "that writing one takes"},
	{"checkpoint_power", SCHEMA_RATIO, M(scenario_queue, plant.checkpoint_power_ppm),
	 .dflt = "0.4", .min = 0, .max = 1000000, .help = "share of full power meanwhile"},
	{"pause_hard", SCHEMA_BOOL, M(scenario_queue, plant.pause_hard), .dflt = "false",
	 .help = "a pause loses what was done since the last checkpoint"},
	{"arrivals", SERIES(scenario_queue, arrivals), .help = "devices the new work would fill"},
	{"jobs", SCHEMA_STRUCT, M(scenario_queue, jobs), .members = jobs_members,
	 .help = "work with names"},
	{0},
};
static const struct schema queue_item = {
	.type = SCHEMA_STRUCT, .size = sizeof(struct scenario_queue), .members = queue_members};

/* ---- The rest ------------------------------------------------------------------------------------ */

static const struct schema price_members[] = {
	{"buy", SERIES(scenario, buy), .help = "1e-4 CNY per kWh"},
	{"sell", SERIES(scenario, sell), .help = "1e-4 CNY per kWh"},
	{0},
};

static const struct schema telemetry_members[] = {
	{"power_noise", SCHEMA_NUMBER, M(telemetry, power_noise), .dflt = "0.002", .min = 0,
	 .max = 1, .help = "relative standard deviation of meters"},
	{"soc_noise", SCHEMA_NUMBER, M(telemetry, soc_noise), .dflt = "0.001", .min = 0, .max = 1,
	 .help = "standard deviation, of the capacity"},
	{0},
};

static const struct schema curve_members[] = {
	{"step", SCHEMA_DURATION, M(curves, step_ms), .dflt = "15min", .min = 60000, .max = 3600000,
	 .help = "of pushed forecasts"},
	{"horizon", SCHEMA_DURATION, M(curves, horizon_ms), .dflt = "48h", .min = 3600000,
	 .max = 7 * MS_PER_DAY, .help = "how far they reach"},
	{"period", SCHEMA_DURATION, M(curves, period_ms), .dflt = "1h", .min = 300000,
	 .max = MS_PER_DAY, .help = "how often they are renewed"},
	{0},
};

static const struct schema_word fault_kinds[] = {{"frozen", FAULT_FROZEN},
						 {"stale", FAULT_STALE},
						 {"wrong", FAULT_WRONG},
						 {"adapter", FAULT_ADAPTER},
						 {0}};

static const struct schema fault_members[] = {
	{"kind", SCHEMA_ENUM, M(scenario_fault, kind), .words = fault_kinds, .required = true,
	 .help = "what fails"},
	{"point", SCHEMA_STRING, M(scenario_fault, point),
	 .help = "which meter, without the site: pcc.power"},
	{"after", SCHEMA_DURATION, M(scenario_fault, after_ms), .required = true, .min = 0,
	 .max = SCHEMA_DURATION_MAX_MS, .help = "from the beginning of the run"},
	{"for", SCHEMA_DURATION, M(scenario_fault, for_ms), .required = true, .min = 1000,
	 .max = SCHEMA_DURATION_MAX_MS, .help = "how long"},
	{"size", SCHEMA_NUMBER, M(scenario_fault, size), .dflt = "0.1",
	 .help = "wrong: relative error"},
	{0},
};
static const struct schema fault_item = {
	.type = SCHEMA_STRUCT, .size = sizeof(struct scenario_fault), .members = fault_members};

const struct schema scenario_schema[] = {
	{"site", SCHEMA_ID, M(scenario, plant.site), .required = true,
	 .help = "the site of the daemon that the plant is"},
	{"zone", SCHEMA_STRING, M(scenario, zone_name), .dflt = "Asia/Shanghai",
	 .help = "time zone of days and profiles"},
	{"pcc", SCHEMA_STRUCT, M(scenario, plant.pcc), .required = true, .members = pcc_members,
	 .help = "the connection to the grid"},
	/* Members from several places: the table's offsets are those of the whole. */
	{"load", SCHEMA_STRUCT, .offset = 0, .size = sizeof(struct scenario), .required = true,
	 .members = load_members, .help = "IT load"},
	{"pv", SCHEMA_LIST, M(scenario, pv), .item = &gen_item, .max_items = PLANT_MAX,
	 .count_offset = offsetof(struct scenario, n_pv), .help = "photovoltaics"},
	{"wind", SCHEMA_LIST, M(scenario, wind), .item = &gen_item, .max_items = PLANT_MAX,
	 .count_offset = offsetof(struct scenario, n_wind), .help = "wind farms"},
	{"hydro", SCHEMA_LIST, M(scenario, hydro), .item = &gen_item, .max_items = PLANT_MAX,
	 .count_offset = offsetof(struct scenario, n_hydro), .help = "hydro power, own or bought"},
	{"storage", SCHEMA_LIST, M(scenario, plant.storage), .item = &storage_item,
	 .max_items = PLANT_MAX, .count_offset = offsetof(struct scenario, plant.n_storage),
	 .help = "batteries and UPS"},
	{"queues", SCHEMA_LIST, M(scenario, queues), .item = &queue_item, .max_items = PLANT_MAX,
	 .count_offset = offsetof(struct scenario, n_queues), .help = "deferrable work"},
	{"cooling", SCHEMA_LIST, M(scenario, plant.cooling), .item = &cooling_item,
	 .max_items = PLANT_MAX, .count_offset = offsetof(struct scenario, plant.n_cooling),
	 .help = "cooling plants"},
	{"feeders", SCHEMA_LIST, M(scenario, plant.feeders), .item = &feeder_item,
	 .max_items = PLANT_MAX, .count_offset = offsetof(struct scenario, plant.n_feeders),
	 .help = "cables and transformers inside"},
	{"prices", SCHEMA_STRUCT, .offset = 0, .size = sizeof(struct scenario), .required = true,
	 .members = price_members, .help = "of energy"},
	{"temperature", SERIES(scenario, temperature), .help = "°C"},
	{"carbon", SERIES(scenario, carbon), .help = "g CO2 per kWh bought"},
	{"carbon_point", SCHEMA_STRING, M(scenario, carbon_point),
	 .help = "its full name, where sites share one; none: the site's own"},
	{"telemetry", SCHEMA_STRUCT, M(scenario, telemetry), .members = telemetry_members,
	 .help = "how well meters see"},
	{"curves", SCHEMA_STRUCT, M(scenario, curves), .members = curve_members,
	 .help = "how forecasts are pushed"},
	{"faults", SCHEMA_LIST, M(scenario, faults), .item = &fault_item,
	 .max_items = SCENARIO_FAULTS_MAX, .count_offset = offsetof(struct scenario, n_faults),
	 .help = "what fails, and when"},
	{0},
};

/* ---- Several sites ------------------------------------------------------------------------------- */

static const struct schema site_item = {
	.type = SCHEMA_STRUCT, .size = sizeof(struct scenario), .members = scenario_schema};

static const struct schema section_members[] = {
	{"id", SCHEMA_ID, M(scenario_section, id), .required = true, .help = "its name"},
	{"import_max", POWER(scenario_section, import_max_w), .required = true,
	 .help = "of the sites and the others together"},
	{"over_price", SCHEMA_PRICE, M(scenario_section, over_price_e4), .dflt = "0 CNY/kWh",
	 .min = 0, .max = SCHEMA_PRICE_MAX_E4, .help = "of energy above it, in the region's costs"},
	{"sites", SCHEMA_LIST, M(scenario_section, sites), .item = &id_item,
	 .max_items = SCENARIO_SITES_MAX,
	 .count_offset = offsetof(struct scenario_section, n_sites),
	 .help = "whose imports load it"},
	{"point", SCHEMA_STRING, M(scenario_section, point),
	 .help = "full name of the point of the others' load"},
	{"background", SERIES(scenario_section, background), .help = "watts of the others"},
	{0},
};
static const struct schema section_item = {
	.type = SCHEMA_STRUCT, .size = sizeof(struct scenario_section), .members = section_members};

static const struct schema link_members[] = {
	{"id", SCHEMA_ID, M(scenario_link, id), .required = true, .help = "its name"},
	{"from", SCHEMA_ID, M(scenario_link, from), .required = true, .help = "a site"},
	{"to", SCHEMA_ID, M(scenario_link, to), .required = true, .help = "a site"},
	{"gbit_per_s", SCHEMA_NUMBER, M(scenario_link, gbit_per_s), .dflt = "10", .min = 0,
	 .max = 100000, .help = "its rate"},
	{"delay", SCHEMA_DURATION, M(scenario_link, delay_ms), .dflt = "5min", .min = 0,
	 .max = MS_PER_DAY, .help = "of set-up, checkpoint and restart"},
	{"price_per_gb", SCHEMA_MONEY, M(scenario_link, price_e4_per_gb), .dflt = "0 CNY", .min = 0,
	 .max = SCHEMA_PRICE_MAX_E4, .help = "of 1e9 bytes"},
	{"energy_per_gb", ENERGY(scenario_link, energy_wh_per_gb), .dflt = "0Wh",
	 .help = "of 1e9 bytes, drawn at the sending site"},
	{0},
};
static const struct schema link_item = {
	.type = SCHEMA_STRUCT, .size = sizeof(struct scenario_link), .members = link_members};

const struct schema scenario_set_schema[] = {
	{"sites", SCHEMA_LIST, M(scenario_set, sites), .item = &site_item,
	 .max_items = SCENARIO_SITES_MAX, .min_items = 1,
	 .count_offset = offsetof(struct scenario_set, n_sites), .help = "plants, as above each"},
	{"sections", SCHEMA_LIST, M(scenario_set, sections), .item = &section_item,
	 .max_items = SCENARIO_SECTIONS_MAX,
	 .count_offset = offsetof(struct scenario_set, n_sections),
	 .help = "limits that sites share with others"},
	{"links", SCHEMA_LIST, M(scenario_set, links), .item = &link_item,
	 .max_items = SCENARIO_LINKS_MAX, .count_offset = offsetof(struct scenario_set, n_links),
	 .help = "that carry work between sites"},
	{0},
};
