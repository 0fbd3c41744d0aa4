/* Tariffs and calendars on paper. */
#include "engine/configure_schema.h"
#include "engine/configure_types.h"

#define MEMBER(m) SCHEMA_MEMBER(struct tariff, m)

static const struct schema span_item = {
	.type = SCHEMA_CUSTOM, .size = sizeof(struct tou_span), .custom = &configure_span_type};

static const struct schema season_schema[] = {
	{"months", SCHEMA_CUSTOM, SCHEMA_MEMBER(struct tou_season, months), .required = true,
	 .custom = &configure_months_type, .help = "months in which the season holds"},
	{"overlay", SCHEMA_BOOL, SCHEMA_MEMBER(struct tou_season, overlay), .dflt = "false",
	 .help = "critical periods that lie on top of the other seasons"},
	{"day_flag", SCHEMA_STRING, SCHEMA_MEMBER(struct tou_season, day_flag),
	 .help = "an overlay that holds only on days so flagged"},
	{"spans", SCHEMA_LIST, SCHEMA_MEMBER(struct tou_season, spans), .required = true,
	 .item = &span_item, .count_offset = offsetof(struct tou_season, n_spans), .min_items = 1,
	 .max_items = TARIFF_MAX_SPANS, .help = "periods of the day"},
	{0},
};
static const struct schema season_item = {
	.type = SCHEMA_STRUCT, .size = sizeof(struct tou_season), .members = season_schema};

/* Inside of the tariff itself: offset 0. */
static const struct schema ratios_schema[] = {
	{"valley", SCHEMA_RATIO, MEMBER(ratio_ppm[TOU_VALLEY]), .required = true,
	 .help = "price of valley hours by the flat price"},
	{"flat", SCHEMA_RATIO, MEMBER(ratio_ppm[TOU_FLAT]), .dflt = "1", .help = "1 by definition"},
	{"peak", SCHEMA_RATIO, MEMBER(ratio_ppm[TOU_PEAK]), .required = true,
	 .help = "price of peak hours by the flat price"},
	{"critical", SCHEMA_RATIO, MEMBER(ratio_ppm[TOU_CRITICAL]), .required = true,
	 .help = "price of critical hours by the flat price"},
	{0},
};

static const struct schema hours_item = {
	.type = SCHEMA_CUSTOM, .size = sizeof(struct day_hours), .custom = &configure_hours_type};

static const struct schema demand_schema[] = {
	{"id", SCHEMA_ID, SCHEMA_MEMBER(struct tariff_demand, id), .required = true,
	 .help = "name of the charge"},
	{"price", SCHEMA_DEMAND_PRICE, SCHEMA_MEMBER(struct tariff_demand, price_e4),
	 .required = true, .help = "per kW and month"},
	{"interval", SCHEMA_DURATION, SCHEMA_MEMBER(struct tariff_demand, interval_ms),
	 .dflt = "15min", .min = SLOT_MS, .max = MS_PER_H, .help = "of the mean that counts"},
	{"months", SCHEMA_CUSTOM, SCHEMA_MEMBER(struct tariff_demand, months), .dflt = "1-12",
	 .custom = &configure_months_type, .help = "months in which it is charged"},
	{"hours", SCHEMA_LIST, SCHEMA_MEMBER(struct tariff_demand, hours), .item = &hours_item,
	 .count_offset = offsetof(struct tariff_demand, n_hours), .max_items = DEMAND_MAX_HOURS,
	 .help = "hours whose demand counts; without any, all"},
	{0},
};
static const struct schema demand_item = {
	.type = SCHEMA_STRUCT, .size = sizeof(struct tariff_demand), .members = demand_schema};

const struct schema configure_tariff_schema[] = {
	{"id", SCHEMA_ID, MEMBER(id), .required = true, .help = "name that sites refer to"},
	{"document", SCHEMA_STRING, MEMBER(document), .required = true,
	 .help = "the paper that the periods and ratios stand in"},
	{"status", SCHEMA_CUSTOM, MEMBER(status), .required = true,
	 .custom = &configure_status_type, .help = "of the periods and ratios"},
	{"valid_from", SCHEMA_TIME, MEMBER(valid_from_ms), .required = true,
	 .help = "first moment at which it holds"},
	{"valid_to", SCHEMA_TIME, MEMBER(valid_to_ms), .dflt = "open", .word = "open",
	 .word_value = INT64_MAX, .help = "first moment at which it holds no more"},
	{"flat_price", SCHEMA_PRICE, MEMBER(flat_price_e4), .required = true,
	 .help = "price of flat hours"},
	{"flat_price_status", SCHEMA_CUSTOM, MEMBER(flat_price_status), .required = true,
	 .custom = &configure_status_type, .help = "of the flat price"},
	{"ratios", SCHEMA_STRUCT, .required = true, .members = ratios_schema,
	 .help = "prices of the classes by the flat price"},
	{"sell_price", SCHEMA_PRICE, MEMBER(sell_price_e4), .dflt = "0 CNY/kWh",
	 .help = "paid for energy fed into the grid; at most the lowest price to buy"},
	{"demand_price", SCHEMA_DEMAND_PRICE, MEMBER(demand_price_e4), .dflt = "none",
	 .word = "none", .word_value = 0, .help = "per kW of the highest demand of a month"},
	{"demand", SCHEMA_LIST, MEMBER(demands), .item = &demand_item,
	 .count_offset = offsetof(struct tariff, n_demands), .max_items = TARIFF_MAX_DEMANDS,
	 .help = "charges on the highest demand of a month, where there are several"},
	{"seasons", SCHEMA_LIST, MEMBER(seasons), .required = true, .item = &season_item,
	 .count_offset = offsetof(struct tariff, n_seasons), .min_items = 1,
	 .max_items = TARIFF_MAX_SEASONS, .help = "periods by months; every minute in exactly one"},
	{0},
};

/* ---- calendars ---- */

#define CALENDAR(m) SCHEMA_MEMBER(struct calendar, m)

static const struct schema holiday_schema[] = {
	{"name", SCHEMA_STRING, SCHEMA_MEMBER(struct calendar_holiday, name), .required = true,
	 .help = "name for people"},
	{"from", SCHEMA_CUSTOM, SCHEMA_MEMBER(struct calendar_holiday, from_day), .required = true,
	 .custom = &configure_date_type, .help = "first day off"},
	{"to", SCHEMA_CUSTOM, SCHEMA_MEMBER(struct calendar_holiday, to_day), .required = true,
	 .custom = &configure_date_type, .help = "last day off"},
	{0},
};
static const struct schema holiday_item = {
	.type = SCHEMA_STRUCT, .size = sizeof(struct calendar_holiday), .members = holiday_schema};
static const struct schema workday_item = {
	.type = SCHEMA_CUSTOM, .size = sizeof(int32_t), .custom = &configure_date_type};

const struct schema configure_calendar_schema[] = {
	{"id", SCHEMA_ID, CALENDAR(id), .required = true, .help = "name that sites refer to"},
	{"document", SCHEMA_STRING, CALENDAR(document), .required = true,
	 .help = "the paper that the days stand in"},
	{"holidays", SCHEMA_LIST, CALENDAR(holidays), .item = &holiday_item,
	 .count_offset = offsetof(struct calendar, n_holidays), .max_items = CALENDAR_MAX_HOLIDAYS,
	 .help = "days off, weekends inside of them included"},
	{"workdays", SCHEMA_LIST, CALENDAR(workdays), .item = &workday_item,
	 .count_offset = offsetof(struct calendar, n_workdays), .max_items = CALENDAR_MAX_WORKDAYS,
	 .help = "days at weekends that are worked for a holiday (调休)"},
	{0},
};
