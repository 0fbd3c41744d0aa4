/* Sites on paper. */
#include "engine/configure_schema.h"
#include "engine/configure_types.h"

#define MEMBER(m) SCHEMA_MEMBER(struct site, m)
#define COUNT(m) .count_offset = offsetof(struct site, m)
#define RANK_MAX 1000
#define DEVICES_MAX 100000000
#define TRANSFER_MAX_B INT64_C(1000000000000)
#define CARBON_MAX_G 5000

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

#define GENERATOR(m) SCHEMA_MEMBER(struct generator, m)

/* The same for sun, wind and water; which one says the list. */
static const struct schema generator_schema[] = {
	{"id", SCHEMA_ID, GENERATOR(id), .required = true, .help = "name of the asset"},
	{"capacity", SCHEMA_POWER, GENERATOR(capacity_w), .required = true, .help = "rated power"},
	{"curtailable", SCHEMA_BOOL, GENERATOR(curtailable), .dflt = "true",
	 .help = "whether it follows a cap"},
	{"curtail_price", SCHEMA_PRICE, GENERATOR(curtail_price_e4), .dflt = "0 CNY/kWh",
	 .help = "what the planner counts for energy not used"},
	{"price", SCHEMA_PRICE, GENERATOR(price_e4), .dflt = "0 CNY/kWh",
	 .help = "paid for energy used, where it is bought; 0 is one's own"},
	{"months", SCHEMA_CUSTOM, GENERATOR(month_ppm), .dflt = "unknown",
	 .custom = &configure_shares_type,
	 .help = "share of the capacity to be had by month, where no forecast says better"},
	{0},
};

#define COOLING(m) SCHEMA_MEMBER(struct cooling, m)

static const struct schema cooling_schema[] = {
	{"id", SCHEMA_ID, COOLING(id), .required = true, .help = "name of the asset"},
	{"power_max", SCHEMA_POWER, COOLING(power_max_w), .required = true,
	 .help = "highest electric power"},
	{"cop", SCHEMA_RATIO, COOLING(cop_ppm), .required = true,
	 .help = "heat moved by electric energy at 20 degrees outdoors and below"},
	{"cop_slope", SCHEMA_RATIO, COOLING(cop_slope_ppm_per_k), .dflt = "0",
	 .help = "what the COP loses with each degree above that"},
	{"heat_capacity", SCHEMA_ENERGY, COOLING(heat_wh_per_k), .required = true,
	 .help = "heat that warms room and water by one degree"},
	{"temp_min", SCHEMA_CUSTOM, COOLING(temp_min_mc), .required = true,
	 .custom = &configure_temperature_type, .help = "lower end of the supply's band"},
	{"temp_max", SCHEMA_CUSTOM, COOLING(temp_max_mc), .required = true,
	 .custom = &configure_temperature_type, .help = "upper end of the supply's band"},
	{"over_temp_price", SCHEMA_MONEY, COOLING(over_temp_price_e4), .dflt = "500 CNY", .min = 0,
	 .max = SCHEMA_PRICE_MAX_E4,
	 .help = "what the planner counts for a degree above the band, for an hour"},
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

static const struct schema_word tiers[] = {
	{"F0", FLEX_F0}, {"F1", FLEX_F1}, {"F2", FLEX_F2}, {"F3", FLEX_F3}, {0}};

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
	{"tier", SCHEMA_ENUM, SCHEMA_MEMBER(struct queue, tier), .dflt = "F3", .words = tiers,
	 .help = "how much it may be slowed down: by nothing, 10 %, 25 %, 50 %"},
	{"curve", SCHEMA_CUSTOM, SCHEMA_MEMBER(struct queue, n_segments), .dflt = "linear",
	 .custom = &configure_curve_type,
	 .help = "power and throughput as shares of full speed, ascending and concave"},
	{"pool", SCHEMA_STRING, SCHEMA_MEMBER(struct queue, pool),
	 .help = "queues of one pool exchange work over links"},
	{"transfer", SCHEMA_INT, SCHEMA_MEMBER(struct queue, transfer_bytes_per_ds), .dflt = "0",
	 .min = 0, .max = TRANSFER_MAX_B, .help = "bytes that move with a device-second of work"},
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

static const struct schema id_item = {.type = SCHEMA_ID, .size = ID_MAX};

static const struct schema feeder_schema[] = {
	{"id", SCHEMA_ID, SCHEMA_MEMBER(struct feeder, id), .required = true,
	 .help = "name of the feeder"},
	{"parent", SCHEMA_STRING, SCHEMA_MEMBER(struct feeder, parent),
	 .help = "feeder that it hangs on; without, the point of common coupling"},
	{"import_max", SCHEMA_POWER, SCHEMA_MEMBER(struct feeder, import_max_w), .required = true,
	 .help = "what it carries to its assets and the feeders below it"},
	{"export_max", SCHEMA_POWER, SCHEMA_MEMBER(struct feeder, export_max_w), .dflt = "same",
	 .word = "same", .word_value = CONFIGURE_UNSET, .min = 0, .max = SCHEMA_POWER_MAX_W,
	 .help = "what it carries from them"},
	{"assets", SCHEMA_LIST, SCHEMA_MEMBER(struct feeder, assets), .item = &id_item,
	 .count_offset = offsetof(struct feeder, n_assets), .max_items = FEEDER_MAX_ASSETS,
	 .help = "ids of what hangs on it"},
	{0},
};

static const struct schema ration_schema[] = {
	{"from", SCHEMA_TIME, SCHEMA_MEMBER(struct ration, from_ms), .required = true,
	 .help = "midnight that begins its first day"},
	{"to", SCHEMA_TIME, SCHEMA_MEMBER(struct ration, to_ms), .required = true,
	 .help = "midnight that ends its last day"},
	{"daily", SCHEMA_ENERGY, SCHEMA_MEMBER(struct ration, daily_wh), .required = true,
	 .help = "energy that may be drawn on each of the days"},
	{0},
};

static const struct schema carbon_schema[] = {
	{"price", SCHEMA_MONEY, SCHEMA_MEMBER(struct carbon, price_e4_per_kg), .dflt = "0 CNY",
	 .min = 0, .max = SCHEMA_PRICE_MAX_E4, .help = "what the planner counts for a kg of CO2"},
	{"factor", SCHEMA_INT, SCHEMA_MEMBER(struct carbon, factor_g_per_kwh), .dflt = "0",
	 .min = 0, .max = CARBON_MAX_G,
	 .help = "g of CO2 per kWh from the grid, where no point says better"},
	{0},
};

static const struct schema generator_item = {
	.type = SCHEMA_STRUCT, .size = sizeof(struct generator), .members = generator_schema};
static const struct schema cooling_item = {
	.type = SCHEMA_STRUCT, .size = sizeof(struct cooling), .members = cooling_schema};
static const struct schema feeder_item = {
	.type = SCHEMA_STRUCT, .size = sizeof(struct feeder), .members = feeder_schema};
static const struct schema ration_item = {
	.type = SCHEMA_STRUCT, .size = sizeof(struct ration), .members = ration_schema};
static const struct schema storage_item = {
	.type = SCHEMA_STRUCT, .size = sizeof(struct storage), .members = storage_schema};
static const struct schema queue_item = {
	.type = SCHEMA_STRUCT, .size = sizeof(struct queue), .members = queue_schema};
static const struct schema binding_item = {
	.type = SCHEMA_STRUCT, .size = sizeof(struct binding), .members = binding_schema};

#define GENERATORS(name, m, count, text)                                                           \
	{                                                                                          \
		name, SCHEMA_LIST, SCHEMA_MEMBER(struct configure_site, m),                        \
			.item = &generator_item,                                                   \
			.count_offset = offsetof(struct configure_site, count),                    \
			.max_items = SITE_MAX_GENERATORS, .help = (text)                           \
	}

_Static_assert(offsetof(struct configure_site, site) == 0, "the tables count from the site");

const struct schema configure_site_schema[] = {
	{"id", SCHEMA_ID, MEMBER(id), .required = true, .help = "name of the site"},
	{"name", SCHEMA_STRING, MEMBER(name), .help = "name for people"},
	{"status", SCHEMA_CUSTOM, MEMBER(status), .dflt = "final", .custom = &configure_status_type,
	 .help = "of the data"},
	{"zone", SCHEMA_STRING, MEMBER(zone_name), .dflt = "Asia/Shanghai",
	 .help = "time zone of the tariff's hours"},
	{"tariff", SCHEMA_LIST, MEMBER(tariff_ids), .required = true, .item = &id_item,
	 COUNT(n_tariffs), .min_items = 1, .max_items = SITE_MAX_TARIFFS, .lone = true,
	 .help = "id of its tariff, or of several that follow one another"},
	{"calendar", SCHEMA_STRING, MEMBER(calendar_id),
	 .help = "id of the calendar that names its holidays"},
	{"pcc", SCHEMA_STRUCT, MEMBER(pcc), .required = true, .members = pcc_schema,
	 .help = "point of common coupling (关口)"},
	{"load", SCHEMA_STRUCT, MEMBER(load), .required = true, .members = load_schema,
	 .help = "IT load that cannot be deferred"},
	GENERATORS("pv", pv, n_pv, "photovoltaic plants"),
	GENERATORS("wind", wind, n_wind, "wind turbines"),
	GENERATORS("hydro", hydro, n_hydro, "hydro power, own or bought"),
	{"storage", SCHEMA_LIST, MEMBER(storage), .item = &storage_item, COUNT(n_storage),
	 .max_items = SITE_MAX_STORAGE, .help = "batteries and UPSs"},
	{"queues", SCHEMA_LIST, MEMBER(queues), .item = &queue_item, COUNT(n_queues),
	 .max_items = SITE_MAX_QUEUES, .help = "classes of computing work that can wait"},
	{"cooling", SCHEMA_LIST, MEMBER(cooling), .item = &cooling_item, COUNT(n_cooling),
	 .max_items = SITE_MAX_COOLING, .help = "plants that move the heat of all IT power"},
	{"feeders", SCHEMA_LIST, MEMBER(feeders), .item = &feeder_item, COUNT(n_feeders),
	 .max_items = SITE_MAX_FEEDERS, .help = "cables and transformers inside the site"},
	{"rations", SCHEMA_LIST, MEMBER(rations), .item = &ration_item, COUNT(n_rations),
	 .max_items = SITE_MAX_RATIONS, .help = "energy allowed per day (日电量上限)"},
	{"carbon", SCHEMA_STRUCT, MEMBER(carbon), .members = carbon_schema,
	 .help = "what carbon counts for"},
	{"bindings", SCHEMA_LIST, MEMBER(bindings), .required = true, .item = &binding_item,
	 COUNT(n_bindings), .max_items = SITE_MAX_BINDINGS, .help = "points by role"},
	{0},
};
