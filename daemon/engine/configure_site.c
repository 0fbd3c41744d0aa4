/* Sites on paper. */
#include "engine/configure_schema.h"

#define MEMBER(m) SCHEMA_MEMBER(struct site, m)
#define COUNT(m) .count_offset = offsetof(struct site, m)
#define RANK_MAX 1000
#define DEVICES_MAX 100000000

static const struct schema pcc_schema[] = {
	{"import_max", SCHEMA_POWER, SCHEMA_MEMBER(struct pcc, import_max_w), .required = true,
	 .help = "what the connection carries from the grid"},
	{"export_max", SCHEMA_POWER, SCHEMA_MEMBER(struct pcc, export_max_w), .dflt = "0W",
	 .help = "what may flow into the grid"},
	{"contracted_demand", SCHEMA_POWER, SCHEMA_MEMBER(struct pcc, contracted_demand_w),
	 .dflt = "none", .word = "none", .word_value = 0,
	 .help = "demand that the contract allows (合同需量)"},
	{"over_demand_price", SCHEMA_PRICE, SCHEMA_MEMBER(struct pcc, over_demand_price_e4),
	 .dflt = "25 CNY/kWh", .help = "what the planner counts for energy above it"},
	{0},
};

static const struct schema load_schema[] = {
	{"id", SCHEMA_ID, SCHEMA_MEMBER(struct it_load, id), .dflt = "it",
	 .help = "name of the asset"},
	{"capacity", SCHEMA_POWER, SCHEMA_MEMBER(struct it_load, capacity_w), .required = true,
	 .help = "IT power that load and queues together stay below"},
	{"floor", SCHEMA_POWER, SCHEMA_MEMBER(struct it_load, floor_w), .required = true,
	 .help = "IT power that nothing goes below (保安负荷)"},
	{"pue", SCHEMA_RATIO, SCHEMA_MEMBER(struct it_load, pue_ppm), .required = true,
	 .help = "power at the meter by IT power"},
	{0},
};

static const struct schema pv_schema[] = {
	{"id", SCHEMA_ID, SCHEMA_MEMBER(struct generator, id), .required = true,
	 .help = "name of the asset"},
	{"capacity", SCHEMA_POWER, SCHEMA_MEMBER(struct generator, capacity_w), .required = true,
	 .help = "rated power"},
	{"curtailable", SCHEMA_BOOL, SCHEMA_MEMBER(struct generator, curtailable), .dflt = "true",
	 .help = "whether it follows a cap"},
	{"curtail_price", SCHEMA_PRICE, SCHEMA_MEMBER(struct generator, curtail_price_e4),
	 .dflt = "0 CNY/kWh", .help = "what the planner counts for energy not used"},
	{0},
};

static const struct schema_word storage_kinds[] = {
	{"battery", ASSET_BATTERY}, {"ups", ASSET_UPS}, {0}};

static const struct schema storage_schema[] = {
	{"id", SCHEMA_ID, SCHEMA_MEMBER(struct storage, id), .required = true,
	 .help = "name of the asset"},
	{"kind", SCHEMA_ENUM, SCHEMA_MEMBER(struct storage, kind), .required = true,
	 .words = storage_kinds, .help = "a UPS guards its reserve at a higher price"},
	{"energy", SCHEMA_ENERGY, SCHEMA_MEMBER(struct storage, energy_wh), .required = true,
	 .help = "usable capacity: 100 % of the state of charge"},
	{"charge_max", SCHEMA_POWER, SCHEMA_MEMBER(struct storage, charge_max_w), .required = true,
	 .help = "at the side of the grid"},
	{"discharge_max", SCHEMA_POWER, SCHEMA_MEMBER(struct storage, discharge_max_w),
	 .required = true, .help = "at the side of the grid"},
	{"eta_charge", SCHEMA_RATIO, SCHEMA_MEMBER(struct storage, eta_charge_ppm),
	 .required = true, .help = "share that arrives in the store"},
	{"eta_discharge", SCHEMA_RATIO, SCHEMA_MEMBER(struct storage, eta_discharge_ppm),
	 .required = true, .help = "share that arrives at the grid"},
	{"retention", SCHEMA_RATIO, SCHEMA_MEMBER(struct storage, retention_ppm_per_h), .dflt = "1",
	 .help = "share of the energy kept over an hour"},
	{"soc_min", SCHEMA_ENERGY, SCHEMA_MEMBER(struct storage, soc_min_wh), .dflt = "0Wh",
	 .help = "never planned below"},
	{"soc_max", SCHEMA_ENERGY, SCHEMA_MEMBER(struct storage, soc_max_wh), .dflt = "full",
	 .word = "full", .word_value = CONFIGURE_UNSET, .help = "never planned above"},
	{"reserve", SCHEMA_ENERGY, SCHEMA_MEMBER(struct storage, reserve_wh), .dflt = "none",
	 .word = "none", .word_value = CONFIGURE_UNSET,
	 .help = "kept for emergencies: going below has its price (plan.reserve_price)"},
	{"wear_price", SCHEMA_PRICE, SCHEMA_MEMBER(struct storage, wear_price_e4),
	 .dflt = "0.05 CNY/kWh", .help = "ageing, per kWh discharged; never 0"},
	{"terminal_price", SCHEMA_PRICE, SCHEMA_MEMBER(struct storage, terminal_price_e4),
	 .dflt = "auto", .word = "auto", .word_value = -1, .min = 0, .max = SCHEMA_PRICE_MAX_E4,
	 .help = "worth of a kWh left at the end of the plan; auto: the mean price to buy"},
	{0},
};

static const struct schema queue_schema[] = {
	{"id", SCHEMA_ID, SCHEMA_MEMBER(struct queue, id), .required = true,
	 .help = "name of the asset"},
	{"devices", SCHEMA_INT, SCHEMA_MEMBER(struct queue, devices), .required = true, .min = 1,
	 .max = DEVICES_MAX, .help = "reference devices that it may use"},
	{"device_power", SCHEMA_POWER, SCHEMA_MEMBER(struct queue, device_power_w),
	 .required = true, .help = "IT power of one device at full speed"},
	{"power_min", SCHEMA_POWER, SCHEMA_MEMBER(struct queue, power_min_w), .dflt = "0W",
	 .help = "IT power kept while there is work"},
	{"slack", SCHEMA_DURATION, SCHEMA_MEMBER(struct queue, slack_ms), .required = true,
	 .help = "work is due so long after it came"},
	{"late_price", SCHEMA_PRICE, SCHEMA_MEMBER(struct queue, late_price_e4),
	 .dflt = "2 CNY/kWh", .help = "per kWh of late work and hour of lateness"},
	{0},
};

static const struct schema binding_schema[] = {
	{"role", SCHEMA_STRING, SCHEMA_MEMBER(struct binding, role), .required = true,
	 .help = "what the point stands for"},
	{"point", SCHEMA_STRING, SCHEMA_MEMBER(struct binding, point), .required = true,
	 .help = "name of the point, as its adapter declares it"},
	{"rank", SCHEMA_INT, SCHEMA_MEMBER(struct binding, rank), .dflt = "0", .min = 0,
	 .max = RANK_MAX, .help = "among sources of the same value at the same time; 0 is best"},
	{0},
};

static const struct schema pv_item = {
	.type = SCHEMA_STRUCT, .size = sizeof(struct generator), .members = pv_schema};
static const struct schema storage_item = {
	.type = SCHEMA_STRUCT, .size = sizeof(struct storage), .members = storage_schema};
static const struct schema queue_item = {
	.type = SCHEMA_STRUCT, .size = sizeof(struct queue), .members = queue_schema};
static const struct schema binding_item = {
	.type = SCHEMA_STRUCT, .size = sizeof(struct binding), .members = binding_schema};

const struct schema configure_site_schema[] = {
	{"id", SCHEMA_ID, MEMBER(id), .required = true, .help = "name of the site"},
	{"name", SCHEMA_STRING, MEMBER(name), .help = "name for people"},
	{"status", SCHEMA_CUSTOM, MEMBER(status), .dflt = "final", .custom = &configure_status_type,
	 .help = "of the data"},
	{"zone", SCHEMA_STRING, MEMBER(zone_name), .dflt = "Asia/Shanghai",
	 .help = "time zone of the tariff's hours"},
	{"tariff", SCHEMA_ID, MEMBER(tariff_id), .required = true, .help = "id of its tariff"},
	{"pcc", SCHEMA_STRUCT, MEMBER(pcc), .required = true, .members = pcc_schema,
	 .help = "point of common coupling (关口)"},
	{"load", SCHEMA_STRUCT, MEMBER(load), .required = true, .members = load_schema,
	 .help = "IT load that cannot be deferred"},
	{"pv", SCHEMA_LIST, MEMBER(generators), .item = &pv_item, COUNT(n_generators),
	 .max_items = SITE_MAX_GENERATORS, .help = "photovoltaic plants"},
	{"storage", SCHEMA_LIST, MEMBER(storage), .item = &storage_item, COUNT(n_storage),
	 .max_items = SITE_MAX_STORAGE, .help = "batteries and UPSs"},
	{"queues", SCHEMA_LIST, MEMBER(queues), .item = &queue_item, COUNT(n_queues),
	 .max_items = SITE_MAX_QUEUES, .help = "classes of computing work that can wait"},
	{"bindings", SCHEMA_LIST, MEMBER(bindings), .required = true, .item = &binding_item,
	 COUNT(n_bindings), .max_items = SITE_MAX_BINDINGS, .help = "points by role"},
	{0},
};
