/* Slots: half-open local 15-minute intervals [t, t + 15 min). Time is UTC ms; the zone enters only through a
 * `struct zone` that maps UTC to local wall time. Pure; any thread once a zone is loaded. */
#pragma once

#include "base/base.h"

#define SLOT_MS (15 * MS_PER_MIN)
#define SLOTS_PER_DAY 96 /* on days without a DST change; 92 or 100 on those */

struct zone; /* transitions of one time zone; immutable, shared */

/* "Asia/Shanghai", "UTC", "Europe/Berlin"… read from the system's TZif files (RFC 8536) once; the same name
 * gives the same pointer; never freed before zone_unload_all(). ERR_NOTFOUND, ERR_MALFORMED.
 * Not thread-safe: load at configuration time. */
int zone_load(const char *name, const struct zone **ret);
void zone_unload_all(void);
const char *zone_name(const struct zone *z);
/* Offset from UTC in seconds that holds at UTC time t_ms. */
int32_t zone_offset_s(const struct zone *z, int64_t t_ms);

struct local_time {
	int year, month, day; /* month 1…12, day 1…31 */
	int hour, minute, second, ms;
	int weekday; /* 0 = Monday … 6 = Sunday */
};
struct local_time zone_local(const struct zone *z, int64_t t_ms);
/* UTC ms of local midnight that begins the local day containing t_ms, and of the next one. */
int64_t zone_day_start(const struct zone *z, int64_t t_ms);
int64_t zone_day_end(const struct zone *z, int64_t t_ms);
/* UTC ms of a local wall time. A time that a forward jump skips gives the moment of the jump; one that occurs
 * twice gives the first. */
int64_t zone_utc(const struct zone *z, int year, int month, int day, int hour, int minute);

/* Start of the slot containing t_ms. Offsets of all zones in use are multiples of 15 min, so slots are the
 * same in UTC and local time. */
static inline int64_t slot_floor(int64_t t_ms)
{
	int64_t r = t_ms % SLOT_MS;
	return t_ms - (r < 0 ? r + SLOT_MS : r);
}
static inline int64_t slot_ceil(int64_t t_ms)
{
	return slot_floor(t_ms + SLOT_MS - 1);
}
/* 0-based index of the slot in its local day (p1 = index 0 = [00:00, 00:15)). */
int slot_index(const struct zone *z, int64_t t_ms);
