#include "sim/scenario_schema.h"

#include "base/base.h"
#include "sim/scenario.h"

#define M(s, m) SCHEMA_MEMBER(struct s, m)

/* ---- Series -------------------------------------------------------------------------------------- */

static const struct schema_word kinds[] = {
	{"none", SERIES_NONE},
	{"constant", SERIES_CONSTANT},
	{"profile", SERIES_PROFILE},
	{"sun", SERIES_SUN},
	{"office", SERIES_OFFICE},
	{"jobs", SERIES_JOBS},
	{"wind", SERIES_WIND},
	{"hydro", SERIES_HYDRO},
	{"weather", SERIES_WEATHER},
	{"csv", SERIES_CSV},
	{0},
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

const struct schema series_members[] = {
	{"kind", SCHEMA_ENUM, M(series_spec, kind), .words = kinds, .dflt = "none",
	 .help = "how the series is made"},
	{"value", SCHEMA_NUMBER, M(series_spec, value), .dflt = "0", .help = "constant"},
	{"low", SCHEMA_NUMBER, M(series_spec, low), .dflt = "0", .help = "office, weather"},
	{"high", SCHEMA_NUMBER, M(series_spec, high), .dflt = "0", .help = "office, weather"},
	{"mean", SCHEMA_NUMBER, M(series_spec, mean), .dflt = "0",
	 .help = "jobs: devices; wind: m/s"},
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
