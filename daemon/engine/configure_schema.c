/* The root tables: settings, access, and the lists of tariffs and sites. */
#include "engine/configure_schema.h"

#include <string.h>

#include "config/quantity.h"

#define MEMBER(m) SCHEMA_MEMBER(struct settings, m)
#define PRICE_LIMITS .min = 1, .max = SCHEMA_PRICE_MAX_E4

/* ---- a ratio in permille ---- */

static const struct quantity_unit permille_units[] = {{"%", 10}, {"", 1000}, {0}};

static bool parse_permille(const char *text, void *ret)
{
	int64_t x;

	if (quantity_parse(text, permille_units, &x) || x < 0 || x > 1000)
		return false;
	memcpy(ret, &x, sizeof(x));
	return true;
}

static void format_permille(const void *value, struct buf *out)
{
	static const struct quantity_unit percent[] = {{"%", 10}, {0}};
	char text[32];
	int64_t x;

	memcpy(&x, value, sizeof(x));
	buf_printf(out, "%s", quantity_format(x, percent, "", text, sizeof(text)));
}

static const struct schema_custom permille_type = {"ratio", "0% to 100%, in steps of 0.1%",
						   parse_permille, format_permille};

/* ---- settings ---- */

static const struct schema store_schema[] = {
	{"path", SCHEMA_STRING, MEMBER(store.path), .dflt = "/var/lib/suandian",
	 .help = "folder of the store, from the folder of the main file"},
	{"retention", SCHEMA_DURATION, MEMBER(store.retention_ms), .dflt = "forever",
	 .min = MS_PER_DAY, .max = SCHEMA_DURATION_MAX_MS, .word = "forever", .word_value = 0,
	 .help = "how long samples are kept"},
	{0},
};

static const struct schema plan_schema[] = {
	{"period", SCHEMA_DURATION, MEMBER(plan.period_ms), .dflt = "15min", .min = SLOT_MS,
	 .max = MS_PER_DAY, .help = "a plan is made so often, at starts of slots"},
	{"horizon", SCHEMA_DURATION, MEMBER(plan.horizon_ms), .dflt = "36h", .min = MS_PER_H,
	 .max = 7 * MS_PER_DAY, .help = "how far a plan looks"},
	{"fine", SCHEMA_DURATION, MEMBER(plan.fine_ms), .dflt = "6h", .min = SLOT_MS,
	 .max = 7 * MS_PER_DAY, .help = "in steps of 15 min for so long"},
	{"middle", SCHEMA_DURATION, MEMBER(plan.middle_ms), .dflt = "6h", .min = 0,
	 .max = 7 * MS_PER_DAY, .help = "then of 30 min for so long, of an hour after that"},
	{"long_view", SCHEMA_DURATION, MEMBER(plan.long_ms), .dflt = "7d", .word = "none",
	 .word_value = 0, .min = MS_PER_DAY, .max = 14 * MS_PER_DAY,
	 .help = "beyond the horizon in steps of 3 h up to here, where a site needs it"},
	{"adopt_threshold", SCHEMA_MONEY, MEMBER(plan.adopt_threshold_e4), .dflt = "10 CNY",
	 .min = 0, .max = SCHEMA_PRICE_MAX_E4,
	 .help = "a new plan must save more than this to replace a sound one"},
	{"solver_deadline", SCHEMA_DURATION, MEMBER(plan.solver_deadline_ms), .dflt = "10s",
	 .min = 10, .max = 10 * MS_PER_MIN, .help = "for one plan, on the wall clock"},
	{"solver_iterations", SCHEMA_INT, MEMBER(plan.solver_iterations), .dflt = "200000",
	 .min = 100, .max = 100000000, .help = "for one plan, when the clock is driven"},
	{"tie_break_price", SCHEMA_PRICE, MEMBER(plan.tie_break_price_e4), .dflt = "0.001 CNY/kWh",
	 PRICE_LIMITS, .help = "of waiting: earlier is better"},
	{"reserve_price", SCHEMA_PRICE, MEMBER(plan.reserve_price_e4), .dflt = "40 CNY/kWh",
	 PRICE_LIMITS, .help = "of a battery's reserve, for each hour below it"},
	{"overload_price", SCHEMA_PRICE, MEMBER(plan.overload_price_e4), .dflt = "60 CNY/kWh",
	 PRICE_LIMITS, .help = "of power beyond the limits of the connection"},
	{"ups_reserve_price", SCHEMA_PRICE, MEMBER(plan.ups_reserve_price_e4),
	 .dflt = "300 CNY/kWh", PRICE_LIMITS, .help = "of the reserve of a UPS, for each hour"},
	{"unserved_price", SCHEMA_PRICE, MEMBER(plan.unserved_price_e4), .dflt = "400 CNY/kWh",
	 PRICE_LIMITS, .help = "of load that cannot be served"},
	{0},
};

static const struct schema decision_schema[] = {
	{"lease_grace", SCHEMA_DURATION, MEMBER(decision.lease_grace_ms), .dflt = "10min", .min = 0,
	 .max = MS_PER_DAY, .help = "a decision outlives its slot by so much"},
	{"resend", SCHEMA_DURATION, MEMBER(decision.resend_ms), .dflt = "2s", .min = 100,
	 .max = 10 * MS_PER_MIN, .help = "a decision without an answer is sent again after it"},
	{0},
};

static const struct schema event_schema[] = {
	{"band", SCHEMA_CUSTOM, MEMBER(event.band_permille), .dflt = "20%",
	 .custom = &permille_type, .help = "how far beyond its target delivery counts as met"},
	{"penalty_price", SCHEMA_PRICE, MEMBER(event.penalty_price_e4), .dflt = "5 CNY/kWh",
	 PRICE_LIMITS, .help = "of falling short, where the event names none"},
	{"surplus_price", SCHEMA_PRICE, MEMBER(event.surplus_price_e4), .dflt = "0.5 CNY/kWh",
	 PRICE_LIMITS, .help = "of going beyond the band"},
	{0},
};

static const struct schema override_schema[] = {
	{"max", SCHEMA_DURATION, MEMBER(override.max_ms), .dflt = "24h", .min = MS_PER_MIN,
	 .max = 30 * MS_PER_DAY, .help = "no override and no outage is asked for longer"},
	{0},
};

static const struct schema_word verb_words[] = {{"override", APPROVAL_OVERRIDE},
						{"availability", APPROVAL_AVAILABILITY},
						{"mode", APPROVAL_MODE},
						{"event", APPROVAL_EVENT},
						{0}};
static const struct schema verb_item = {
	.type = SCHEMA_ENUM, .size = sizeof(enum approval_verb), .words = verb_words};

static const struct schema approval_schema[] = {
	{"above", SCHEMA_POWER, MEMBER(approval.above_w), .dflt = "0 W", .min = 0,
	 .max = INT64_C(1000000000000), .help = "what is larger waits for a second person"},
	{"verbs", SCHEMA_LIST, MEMBER(approval.verbs), .item = &verb_item,
	 .count_offset = offsetof(struct settings, approval.n_verbs), .max_items = APPROVAL_VERBS,
	 .help = "what this is about; nothing: no second person is ever needed"},
	{"term", SCHEMA_DURATION, MEMBER(approval.term_ms), .dflt = "1h", .min = MS_PER_MIN,
	 .max = 7 * MS_PER_DAY, .help = "what is not decided for so long lapses"},
	{0},
};

static const struct schema jobs_schema[] = {
	{"dwell", SCHEMA_DURATION, MEMBER(jobs.dwell_ms), .dflt = "30min", .min = 0,
	 .max = MS_PER_DAY, .help = "a started job is not stopped sooner for the plan's sake"},
	{"keep", SCHEMA_DURATION, MEMBER(jobs.keep_ms), .dflt = "1d", .min = MS_PER_MIN,
	 .max = 366 * MS_PER_DAY, .help = "jobs that are over are kept so long for questions"},
	{0},
};

static const struct schema limits_schema[] = {
	{"sessions", SCHEMA_INT, MEMBER(limits.sessions), .dflt = "2000", .min = 4, .max = 100000,
	 .help = "connections at the same time"},
	{"points", SCHEMA_INT, MEMBER(limits.points), .dflt = "100000", .min = 16, .max = 10000000,
	 .help = "points ever declared"},
	{"jobs", SCHEMA_INT, MEMBER(limits.jobs), .dflt = "100000", .min = 16,
	 .max = CONFIGURATION_JOBS_MAX,
	 .help = "live jobs at the same time, and as many that are over"},
	{0},
};

/* ---- access ---- */

static const struct schema_word role_words[] = {{"observe", ROLE_OBSERVE},
						{"operate", ROLE_OPERATE},
						{"admin", ROLE_ADMIN},
						{"adapter", ROLE_ADAPTER},
						{"approve", ROLE_APPROVE},
						{"audit", ROLE_AUDIT},
						{0}};
static const struct schema role_item = {
	.type = SCHEMA_ENUM, .size = sizeof(enum access_role), .words = role_words};
static const struct schema adapter_item = {.type = SCHEMA_ID, .size = ID_MAX};

static const struct schema access_schema[] = {
	{"self", SCHEMA_BOOL, SCHEMA_MEMBER(struct configure_rule, self), .dflt = "false",
	 .help = "the rule is for the user that the daemon runs as"},
	{"user", SCHEMA_STRING, SCHEMA_MEMBER(struct configure_rule, user),
	 .help = "the rule is for this user"},
	{"group", SCHEMA_STRING, SCHEMA_MEMBER(struct configure_rule, group),
	 .help = "the rule is for members of this group"},
	{"roles", SCHEMA_LIST, SCHEMA_MEMBER(struct configure_rule, roles), .required = true,
	 .item = &role_item, .count_offset = offsetof(struct configure_rule, n_roles),
	 .min_items = 1, .max_items = ROLES, .help = "what they may do"},
	{"adapters", SCHEMA_LIST, SCHEMA_MEMBER(struct configure_rule, adapters),
	 .item = &adapter_item, .count_offset = offsetof(struct configure_rule, n_adapters),
	 .max_items = ACCESS_MAX_ADAPTERS,
	 .help = "names of sources that the role adapter may speak for; any: all"},
	{0},
};

/* ---- roots ---- */

static const struct schema include_item = {.type = SCHEMA_STRING, .size = CONFIGURATION_PATH_B};
static const struct schema rule_item = {
	.type = SCHEMA_STRUCT, .size = sizeof(struct configure_rule), .members = access_schema};
static const struct schema tariff_item = {
	.type = SCHEMA_STRUCT, .size = sizeof(struct tariff), .members = configure_tariff_schema};
static const struct schema calendar_item = {.type = SCHEMA_STRUCT,
					    .size = sizeof(struct calendar),
					    .members = configure_calendar_schema};
static const struct schema site_item = {.type = SCHEMA_STRUCT,
					.size = sizeof(struct configure_site),
					.members = configure_site_schema};

/* Members of struct settings count from its own start. */
#define SECTION(name, table, text)                                                                 \
	{                                                                                          \
		name, SCHEMA_STRUCT, .offset = offsetof(struct configure_file, settings),          \
				     .members = (table), .help = (text)                            \
	}

#define ITEMS(name, m, row, max, text)                                                             \
	{                                                                                          \
		name, SCHEMA_VECTOR, SCHEMA_ITEMS(struct configure_file, m, n_##m),                \
			.item = &(row), .max_items = (max), .help = (text)                         \
	}

#define STORE SECTION("store", store_schema, "where data stay")
#define PLAN SECTION("plan", plan_schema, "how plans are made")
#define DECISION SECTION("decision", decision_schema, "how decisions reach the plant")
#define EVENT SECTION("event", event_schema, "demand response where the event is silent")
#define OVERRIDE SECTION("override", override_schema, "what operators may hold")
#define APPROVAL SECTION("approval", approval_schema, "what needs a second person")
#define JOBS SECTION("jobs", jobs_schema, "computing jobs")
#define LIMITS SECTION("limits", limits_schema, "of the daemon")
#define INCLUDE                                                                                    \
	ITEMS("include", includes, include_item, CONFIGURE_INCLUDES_MAX,                           \
	      "more files, * and ? in their names allowed")
#define ACCESS ITEMS("access", rules, rule_item, CONFIGURE_RULES_MAX, "who may do what")
#define TARIFFS ITEMS("tariffs", tariffs, tariff_item, CONFIGURE_TARIFFS_MAX, "time-of-use tariffs")
#define CALENDARS                                                                                  \
	ITEMS("calendars", calendars, calendar_item, CONFIGURE_CALENDARS_MAX,                      \
	      "holidays, and weekends worked for them")
#define SITES ITEMS("sites", sites, site_item, CONFIGURE_SITES_MAX, "what is planned")
#define NETWORK                                                                                    \
	{                                                                                          \
		"network", SCHEMA_STRUCT, .offset = offsetof(struct configure_file, network),      \
					  .members = configure_network_schema,                     \
					  .help = "what joins sites"                               \
	}

const struct schema configure_main_schema[] = {STORE,	 PLAN,	    DECISION, EVENT,   OVERRIDE,
					       APPROVAL, JOBS,	    LIMITS,   INCLUDE, ACCESS,
					       TARIFFS,	 CALENDARS, SITES,    NETWORK, {0}};
const struct schema configure_part_schema[] = {ACCESS, TARIFFS, CALENDARS, SITES, NETWORK, {0}};
const struct schema configure_canonical_schema[] = {STORE,     PLAN,  DECISION, EVENT,	OVERRIDE,
						    APPROVAL,  JOBS,  LIMITS,	ACCESS, TARIFFS,
						    CALENDARS, SITES, NETWORK,	{0}};
