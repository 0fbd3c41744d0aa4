/* The text that exporters answer with: metrics, one value a line (text exposition format 0.0.4, prometheus.io
 * "Exposition formats").
 *
 *	# TYPE node_load1 gauge
 *	node_cpu_seconds_total{cpu="0",mode="idle"} 1.2e+06 1752498000000
 *
 * Reading is all or nothing, as Prometheus does it: a text with a malformed line is none. Bounded by the limits below.
 * Pure; any thread. */
#pragma once

#include "base/err.h"

#define EXPOSITION_NAME_B 256
#define EXPOSITION_LABELS_MAX 64
#define EXPOSITION_LABELS_B 8192 /* names and values of one line's labels */

struct exposition_label {
	const char *name, *value;
};

struct exposition_sample {
	const char *name;
	const struct exposition_label *label;
	size_t n_labels;
	double value; /* NaN and infinities as they come */
	bool has_t;
	int64_t t_ms; /* UTC, if has_t */
};

/* What is given is valid during the call. */
struct exposition_sink {
	void (*sample)(void *arg, const struct exposition_sample *s);
	/* "# TYPE name type"; may be NULL. */
	void (*type)(void *arg, const char *name, bool is_counter);
	void *arg;
};

/* The sink is called for each line as it is read: if the text turns out to be malformed, what it was given does not
 * count. 0; ERR_MALFORMED (with the line), ERR_FULL (a limit). A last line without its end was cut off: malformed. */
int exposition_parse(const char *text, size_t n, const struct exposition_sink *sink,
		     struct fault *f);
