/* What joins sites, on paper. */
#include "engine/configure_schema.h"
#include "engine/configure_types.h"

#define LIMIT(m) SCHEMA_MEMBER(struct shared_limit, m)
#define LINK(m) SCHEMA_MEMBER(struct link, m)

static const struct schema_word limit_kinds[] = {
	{"feeder", LIMIT_FEEDER}, {"section", LIMIT_SECTION}, {"vpp", LIMIT_VPP}, {0}};

static const struct schema site_id_item = {.type = SCHEMA_ID, .size = ID_MAX};

static const struct schema limit_schema[] = {
	{"id", SCHEMA_ID, LIMIT(id), .required = true, .help = "name of the limit"},
	{"kind", SCHEMA_ENUM, LIMIT(kind), .required = true, .words = limit_kinds,
	 .help = "a line or transformer, a section of the grid (断面), a virtual power plant"},
	{"import_max", SCHEMA_POWER, LIMIT(import_max_w), .required = true,
	 .help = "what its sites and all others on it may draw together"},
	{"export_max", SCHEMA_POWER, LIMIT(export_max_w), .dflt = "none", .word = "none",
	 .word_value = INT64_MAX, .min = 0, .max = SCHEMA_POWER_MAX_W,
	 .help = "what they may feed in together"},
	{"margin", SCHEMA_POWER, LIMIT(margin_w), .dflt = "0W",
	 .help = "what plans leave free of both, for what a slot brings is not known before"},
	{"overload_price", SCHEMA_PRICE, LIMIT(overload_price_e4), .dflt = "plan", .word = "plan",
	 .word_value = 0, .min = 1, .max = SCHEMA_PRICE_MAX_E4,
	 .help = "what the planner counts for energy beyond it; plan: plan.overload_price"},
	{"sites", SCHEMA_LIST, LIMIT(sites), .required = true, .item = &site_id_item,
	 .count_offset = offsetof(struct shared_limit, n_sites), .min_items = 1,
	 .max_items = LIMIT_MAX_SITES, .help = "ids of the sites that load it"},
	{"background", SCHEMA_STRING, LIMIT(background_point),
	 .help = "point with the load of all others on it"},
	{"background_assumed", SCHEMA_POWER, LIMIT(background_assumed_w), .dflt = "0W",
	 .help = "their load where the point does not tell"},
	{0},
};

static const struct schema link_schema[] = {
	{"id", SCHEMA_ID, LINK(id), .required = true, .help = "name of the link"},
	{"from", SCHEMA_ID, LINK(from), .required = true, .help = "site that sends work"},
	{"to", SCHEMA_ID, LINK(to), .required = true, .help = "site that takes it"},
	{"rate", SCHEMA_CUSTOM, LINK(bits_per_s), .required = true,
	 .custom = &configure_bitrate_type, .help = "data that it carries"},
	{"delay", SCHEMA_DURATION, LINK(delay_ms), .dflt = "0s", .min = 0, .max = MS_PER_DAY,
	 .help = "until what moved runs again: set-up, checkpoint, restart"},
	{"price", SCHEMA_MONEY, LINK(price_e4_per_gb), .dflt = "0 CNY", .min = 0,
	 .max = SCHEMA_PRICE_MAX_E4, .help = "per GB that is moved"},
	{"energy", SCHEMA_ENERGY, LINK(energy_wh_per_gb), .dflt = "0Wh",
	 .help = "used per GB, at the site that sends"},
	{0},
};

static const struct schema limit_item = {
	.type = SCHEMA_STRUCT, .size = sizeof(struct shared_limit), .members = limit_schema};
static const struct schema link_item = {
	.type = SCHEMA_STRUCT, .size = sizeof(struct link), .members = link_schema};

const struct schema configure_network_schema[] = {
	{"limits", SCHEMA_LIST, SCHEMA_MEMBER(struct network, limits), .item = &limit_item,
	 .count_offset = offsetof(struct network, n_limits), .max_items = NETWORK_MAX_LIMITS,
	 .help = "limits that sites share"},
	{"links", SCHEMA_LIST, SCHEMA_MEMBER(struct network, links), .item = &link_item,
	 .count_offset = offsetof(struct network, n_links), .max_items = NETWORK_MAX_LINKS,
	 .help = "ways for computing work between sites"},
	{0},
};
