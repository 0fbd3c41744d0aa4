#include "sim/scenario_schema.h"

#include "base/base.h"
#include "sim/scenario.h"

#define M(s, m) SCHEMA_MEMBER(struct s, m)

/* ---- Series -------------------------------------------------------------------------------------- */

static const struct schema_word kinds[] = {
	{"none", SERIES_NONE},	     {"constant", SERIES_CONSTANT}, {"profile", SERIES_PROFILE},
	{"sun", SERIES_SUN},	     {"office", SERIES_OFFICE},	    {"jobs", SERIES_JOBS},
	{"weather", SERIES_WEATHER}, {"csv", SERIES_CSV},	    {0},
};

static const struct schema_word labels[] = {{"start", 0}, {"end", 1}, {0}};

static const struct schema_word foresights[] = {
	{"none", FORESIGHT_NONE},
	{"blurred", FORESIGHT_BLURRED},
	{"known", FORESIGHT_KNOWN},
	{"day-ahead", FORESIGHT_DAY_AHEAD},
	{0},
};

static const struct schema csv_members[] = {
	{"path", SCHEMA_STRING, M(csv_spec, path), .help = "the file, relative to this one"},
	{"time", SCHEMA_STRING, M(csv_spec, time_column), .help = "name of the column of times"},
	{"column", SCHEMA_STRING, M(csv_spec, column), .help = "name of the column of values"},
	{"zone", SCHEMA_STRING, M(csv_spec, zone), .dflt = "UTC",
	 .help = "time zone of times that name none, and of the hours that are mapped"},
	{"label", SCHEMA_ENUM, M(csv_spec, label), .words = labels, .dflt = "start",
	 .help = "which end of its interval a time marks"},
	{"map_from", SCHEMA_STRING, M(csv_spec, map_from),
	 .help = "map local hours to local hours, the first simulated day being this date"},
	{0},
};

static const struct schema forecast_members[] = {
	{"kind", SCHEMA_ENUM, M(foresight_spec, kind), .words = foresights, .dflt = "none",
	 .help = "what is known ahead"},
	{"error", SCHEMA_NUMBER, M(foresight_spec, error), .dflt = "0", .min = 0, .max = 10,
	 .help = "blurred: relative standard deviation half a day ahead"},
	{"publish_hour", SCHEMA_INT, M(foresight_spec, publish_hour), .dflt = "14", .min = 0,
	 .max = 23, .help = "day-ahead: local hour from which tomorrow is known"},
	{0},
};

static const struct schema number_item = {.type = SCHEMA_NUMBER, .size = sizeof(double)};

static const struct schema series_members[] = {
	{"kind", SCHEMA_ENUM, M(series_spec, kind), .words = kinds, .dflt = "none",
	 .help = "how the series is made"},
	{"value", SCHEMA_NUMBER, M(series_spec, value), .dflt = "0", .help = "constant"},
	{"low", SCHEMA_NUMBER, M(series_spec, low), .dflt = "0", .help = "office, weather"},
	{"high", SCHEMA_NUMBER, M(series_spec, high), .dflt = "0", .help = "office, weather"},
	{"mean", SCHEMA_NUMBER, M(series_spec, mean), .dflt = "0", .help = "jobs"},
	{"profile", SCHEMA_LIST, M(series_spec, profile), .item = &number_item,
	 .max_items = SPEC_PROFILE_MAX, .count_offset = offsetof(struct series_spec, n_profile),
	 .help = "values of equal parts of the local day"},
	{"latitude", SCHEMA_NUMBER, M(series_spec, latitude), .dflt = "30", .min = -90, .max = 90,
	 .help = "sun"},
	{"longitude", SCHEMA_NUMBER, M(series_spec, longitude), .dflt = "104", .min = -180,
	 .max = 180, .help = "sun"},
	{"cloudiness", SCHEMA_NUMBER, M(series_spec, cloudiness), .dflt = "0.4", .min = 0, .max = 1,
	 .help = "sun: 0 clear, 1 overcast"},
	{"roughness", SCHEMA_NUMBER, M(series_spec, roughness), .dflt = "0.1", .min = 0, .max = 2,
	 .help = "size of fast random movement"},
	{"csv", SCHEMA_STRUCT, M(series_spec, csv), .members = csv_members, .help = "a file"},
	{"scale", SCHEMA_NUMBER, M(series_spec, scale), .dflt = "1", .help = "values × this …"},
	{"offset", SCHEMA_NUMBER, M(series_spec, offset), .dflt = "0", .help = "… + this …"},
	{"min", SCHEMA_NUMBER, M(series_spec, min), .dflt = "-1000000000000", .help = "… at least"},
	{"max", SCHEMA_NUMBER, M(series_spec, max), .dflt = "1000000000000", .help = "… at most"},
	{"forecast", SCHEMA_STRUCT, M(series_spec, foresight), .members = forecast_members,
	 .help = "what is pushed as its forecast"},
	{0},
};

#define SERIES(s, m) SCHEMA_STRUCT, M(s, m), .members = series_members

/* ---- Plant --------------------------------------------------------------------------------------- */

#define POWER(s, m) SCHEMA_POWER, M(s, m), .min = 0, .max = SCHEMA_POWER_MAX_W
#define ENERGY(s, m) SCHEMA_ENERGY, M(s, m), .min = 0, .max = SCHEMA_ENERGY_MAX_WH

static const struct schema pcc_members[] = {
	{"import_max", POWER(plant_pcc, import_max_w), .required = true, .help = "physical"},
	{"export_max", POWER(plant_pcc, export_max_w), .required = true, .help = "physical"},
	{"contracted_demand", POWER(plant_pcc, contracted_w), .dflt = "0W",
	 .help = "on the mean of a quarter hour; 0W = none"},
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

static const struct schema pv_members[] = {
	{"id", SCHEMA_ID, M(scenario_pv, plant.id), .required = true, .help = "names its point"},
	{"capacity", POWER(scenario_pv, plant.capacity_w), .required = true, .help = "rated"},
	{"available", SERIES(scenario_pv, available), .help = "watts that the sun would give"},
	{0},
};
static const struct schema pv_item = {
	.type = SCHEMA_STRUCT, .size = sizeof(struct scenario_pv), .members = pv_members};

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
	{"arrivals", SERIES(scenario_queue, arrivals), .help = "devices the new work would fill"},
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
	{"pv", SCHEMA_LIST, M(scenario, pv), .item = &pv_item, .max_items = PLANT_MAX,
	 .count_offset = offsetof(struct scenario, n_pv), .help = "photovoltaics"},
	{"storage", SCHEMA_LIST, M(scenario, plant.storage), .item = &storage_item,
	 .max_items = PLANT_MAX, .count_offset = offsetof(struct scenario, plant.n_storage),
	 .help = "batteries and UPS"},
	{"queues", SCHEMA_LIST, M(scenario, queues), .item = &queue_item, .max_items = PLANT_MAX,
	 .count_offset = offsetof(struct scenario, n_queues), .help = "deferrable work"},
	{"prices", SCHEMA_STRUCT, .offset = 0, .size = sizeof(struct scenario), .required = true,
	 .members = price_members, .help = "of energy"},
	{"temperature", SERIES(scenario, temperature), .help = "°C"},
	{"carbon", SERIES(scenario, carbon), .help = "g CO2 per kWh bought"},
	{"telemetry", SCHEMA_STRUCT, M(scenario, telemetry), .members = telemetry_members,
	 .help = "how well meters see"},
	{"curves", SCHEMA_STRUCT, M(scenario, curves), .members = curve_members,
	 .help = "how forecasts are pushed"},
	{0},
};
