/* The tables of prometheus.yaml. */
#include "prometheus/mapping.h"

#define S(m) SCHEMA_MEMBER(struct mapping_source, m)
#define P(m) SCHEMA_MEMBER(struct mapping_point, m)
#define C(m) SCHEMA_MEMBER(struct mapping_curve, m)

static const struct schema_word kinds[] = {
	{"promql", MAPPING_PROMQL}, {"scrape", MAPPING_SCRAPE}, {0}};

static const struct schema_word aggregates[] = {{"one", MAPPING_ONE},	{"sum", MAPPING_SUM},
						{"min", MAPPING_MIN},	{"max", MAPPING_MAX},
						{"mean", MAPPING_MEAN}, {0}};

static const struct schema source_members[] = {
	{"id", SCHEMA_ID, S(id), .required = true, .help = "by which points name it"},
	{"kind", SCHEMA_ENUM, S(kind), .words = kinds, .required = true,
	 .help = "a Prometheus server, or an exporter that is read itself"},
	{"url", SCHEMA_STRING, S(url), .required = true,
	 .help = "promql: http://127.0.0.1:9090; scrape: with the page, …:9100/metrics"},
	{"unix", SCHEMA_STRING, S(unix_path),
	 .help = "path of a socket, in place of the URL's host"},
	{"token_file", SCHEMA_STRING, S(token_file), .help = "file with a bearer token"},
	{"ca_file", SCHEMA_STRING, S(ca_file), .help = "file of trusted certificates"},
	{"period", SCHEMA_DURATION, S(period_ms), .dflt = "15s", .min = 1000, .max = MS_PER_DAY,
	 .help = "how often it is asked, and the period of its points"},
	{"timeout", SCHEMA_DURATION, S(timeout_ms), .dflt = "5s", .min = 100, .max = 300000,
	 .help = "for an answer; not above period"},
	{"max_bytes", SCHEMA_INT, S(max_bytes), .dflt = "8388608", .min = 1024, .max = 67108864,
	 .help = "of an answer"},
	{0},
};
static const struct schema source_item = {
	.type = SCHEMA_STRUCT, .size = sizeof(struct mapping_source), .members = source_members};

static const struct schema point_members[] = {
	POINTSPEC_ROWS(struct mapping_point, spec),
	{"source", SCHEMA_ID, P(source), .required = true, .help = "id of the source"},
	{"query", SCHEMA_STRING, P(query), .help = "promql: an expression with one value"},
	{"metric", SCHEMA_STRING, P(metric), .help = "scrape: name{label=\"value\"}"},
	{"aggregate", SCHEMA_ENUM, P(aggregate), .words = aggregates, .dflt = "one",
	 .help = "scrape: what several series of it become"},
	{"rate", SCHEMA_BOOL, P(rate), .dflt = "false",
	 .help = "scrape: growth per second between two readings of a counter"},
	{"max_age", SCHEMA_DURATION, P(max_age_ms), .dflt = "0s", .min = 0, .max = MS_PER_DAY,
	 .help = "what the source saw longer ago is MISSING; promql: of a plain selector; 0s: any"},
	{0},
};
static const struct schema point_item = {
	.type = SCHEMA_STRUCT, .size = sizeof(struct mapping_point), .members = point_members};

static const struct schema curve_members[] = {
	{"point", SCHEMA_STRING, C(point), .required = true, .help = "one of points"},
	{"source", SCHEMA_ID, C(source), .required = true, .help = "id of a promql source"},
	{"query", SCHEMA_STRING, C(query), .required = true,
	 .help = "an expression that has values in the future, such as one with offset 1d"},
	{"horizon", SCHEMA_DURATION, C(horizon_ms), .dflt = "24h", .min = 60000,
	 .max = 14 * MS_PER_DAY, .help = "how far it is asked for"},
	{"step", SCHEMA_DURATION, C(step_ms), .dflt = "15min", .min = 1000, .max = MS_PER_DAY,
	 .help = "of the forecast"},
	{"every", SCHEMA_DURATION, C(every_ms), .dflt = "15min", .min = 1000, .max = MS_PER_DAY,
	 .help = "how often it is asked for"},
	{0},
};
static const struct schema curve_item = {
	.type = SCHEMA_STRUCT, .size = sizeof(struct mapping_curve), .members = curve_members};

const struct schema mapping_schema[] = {
	{"name", SCHEMA_ID, SCHEMA_MEMBER(struct mapping, name), .dflt = "prometheus",
	 .help = "of the source of samples, as the daemon knows it"},
	{"sources", SCHEMA_VECTOR, SCHEMA_ITEMS(struct mapping, sources, n_sources),
	 .item = &source_item, .min_items = 1, .max_items = MAPPING_SOURCES_MAX, .required = true,
	 .help = "servers and exporters"},
	{"points", SCHEMA_VECTOR, SCHEMA_ITEMS(struct mapping, points, n_points),
	 .item = &point_item, .min_items = 1, .max_items = MAPPING_POINTS_MAX, .required = true,
	 .help = "what is read from them"},
	{"curves", SCHEMA_VECTOR, SCHEMA_ITEMS(struct mapping, curves, n_curves),
	 .item = &curve_item, .max_items = MAPPING_POINTS_MAX,
	 .help = "forecasts for some of the points"},
	{0},
};
