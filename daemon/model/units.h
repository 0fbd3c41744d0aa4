/* The vocabulary of the domain: quantities, qualities, directions. Pure.
 *
 * Sign: positive = energy flowing from the grid into the thing (PCC import +, load +, charge +, generation −).
 * Quantities across floors are integers: power_w, energy_wh, price_e4 (1e-4 CNY per kWh), money_e4 (1e-4 CNY),
 * …_ms (UTC milliseconds), …_ppm (1e-6), work in reference device-seconds. */
#pragma once

#include "base/base.h"

#define ID_MAX 64     /* bytes of a site or asset id with NUL */
#define NAME_MAX_B 97 /* bytes of a point or source name with NUL */
#define TEXT_MAX_B 160
#define PPM INT64_C(1000000)

/* As OpenADR's DATA_QUALITY. The order is "worse is greater". Same numbers as on the wire. */
enum quality { QUALITY_OK, QUALITY_ESTIMATED, QUALITY_MISSING, QUALITY_BAD };

/* Same numbers as on the wire (suandian.v1.Unit). */
enum unit {
	UNIT_NONE,
	UNIT_W,
	UNIT_WH,
	UNIT_PERCENT,
	UNIT_CELSIUS,
	UNIT_PRICE,
	UNIT_CARBON,
	UNIT_DEVICE_SECONDS,
	UNIT_COUNT,
	UNIT_HZ,
	UNIT_BOOL,
	UNIT_PER_UNIT,
};
#define UNIT_LAST UNIT_PER_UNIT

/* Same numbers as on the wire (suandian.v1.ValueKind). */
enum value_kind { KIND_NONE, KIND_INSTANT, KIND_MEAN, KIND_ENERGY, KIND_COUNTER, KIND_STATUS };
#define KIND_LAST KIND_STATUS

enum point_label { LABEL_NONE, LABEL_START, LABEL_END };

enum direction { DIRECTION_NONE, DIRECTION_UP /* lowers net load */, DIRECTION_DN /* raises it */ };

const char *quality_name(enum quality q);     /* "ok", "estimated", "missing", "bad" */
const char *unit_name(enum unit u);	      /* "W", "Wh", … */
const char *direction_name(enum direction d); /* "up", "dn" */

/* power over a span, rounded half away from zero. */
int64_t energy_of_power(int64_t power_w, int64_t span_ms);
/* energy × price, rounded half away from zero, as 1e-4 CNY; 128-bit inside. */
int64_t money_of_energy(int64_t energy_wh, int64_t price_e4);

/* true if s is a valid id: 1…ID_MAX−1 bytes of [a-z0-9_.-]. */
bool id_is_valid(const char *s);
/* true if s is a valid point name: ids joined by '/', at most NAME_MAX_B−1 bytes. */
bool point_name_is_valid(const char *s);
/* true if the n bytes are valid UTF-8 without NUL and control bytes other than \t and \n. */
bool text_is_valid(const char *s, size_t n);
