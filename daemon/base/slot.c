#include "base/slot.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/num.h"
#include "base/tzif.h"

#define ZONE_DIR "/usr/share/zoneinfo/"
#define NAME_MAX_LEN 64

struct zone {
	struct zone *next; /* loaded earlier */
	struct tzif table;
	char name[NAME_MAX_LEN];
};

/* For systems without tzdata. Shanghai's clock has not been moved since 1991. */
static const struct {
	const char *name;
	int32_t offset_s;
} builtin[] = {{"UTC", 0}, {"Asia/Shanghai", 8 * 3600}};

static struct zone *loaded;

/* A relative path of zone names only: no "..", no hidden files. */
static bool is_name_safe(const char *name)
{
	size_t len = strlen(name);

	if (len == 0 || len >= NAME_MAX_LEN || name[0] == '/' || strstr(name, ".."))
		return false;
	return strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-/") ==
	       len;
}

/* Up to size bytes into data; *ret_n is size if the file is that long or longer. */
static int read_file(const char *path, uint8_t *data, size_t size, size_t *ret_n)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	size_t n = 0;
	ssize_t got = 1;

	if (fd < 0)
		return -errno;
	while (n < size && got != 0) {
		got = read(fd, data + n, size - n);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0) {
			int r = -errno;

			close(fd);
			return r;
		}
		n += (size_t)got;
	}
	close(fd);
	*ret_n = n;
	return 0;
}

static int load_file(const char *name, struct tzif *ret)
{
	char path[sizeof(ZONE_DIR) + NAME_MAX_LEN];
	uint8_t *data = malloc(TZIF_SIZE_MAX);
	size_t n = 0;
	int r;

	if (!data)
		return -ENOMEM;
	snprintf(path, sizeof(path), ZONE_DIR "%s", name);
	r = read_file(path, data, TZIF_SIZE_MAX, &n);
	if (r == 0)
		r = n < TZIF_SIZE_MAX ? tzif_parse(data, n, ret) : ERR_MALFORMED;
	else if (r != -ENOMEM)
		r = ERR_NOTFOUND;
	free(data);
	return r;
}

static int load_table(const char *name, struct tzif *ret)
{
	int r = load_file(name, ret);

	for (size_t i = 0; r == ERR_NOTFOUND && i < ARRAY_SIZE(builtin); i++) {
		if (strcmp(name, builtin[i].name) != 0)
			continue;
		*ret = (struct tzif){.first_s = builtin[i].offset_s};
		r = 0;
	}
	return r;
}

int zone_load(const char *name, const struct zone **ret)
{
	struct zone *z;
	int r;

	for (z = loaded; z; z = z->next) {
		if (strcmp(z->name, name) == 0) {
			*ret = z;
			return 0;
		}
	}
	if (!is_name_safe(name))
		return ERR_NOTFOUND;
	z = calloc(1, sizeof(*z));
	if (!z)
		return -ENOMEM;
	r = load_table(name, &z->table);
	if (r < 0) {
		free(z);
		return r;
	}
	memcpy(z->name, name, strlen(name) + 1);
	z->next = loaded;
	loaded = z;
	*ret = z;
	return 0;
}

void zone_unload_all(void)
{
	while (loaded) {
		struct zone *z = loaded;

		loaded = z->next;
		tzif_fini(&z->table);
		free(z);
	}
}

const char *zone_name(const struct zone *z)
{
	return z->name;
}

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

int32_t zone_offset_s(const struct zone *z, int64_t t_ms)
{
	return tzif_offset_s(&z->table, floor_div(t_ms, MS_PER_S));
}

struct local_time zone_local(const struct zone *z, int64_t t_ms)
{
	int64_t s = floor_div(t_ms, MS_PER_S);
	int64_t local_s = s + tzif_offset_s(&z->table, s);
	int64_t days = floor_div(local_s, 86400);
	int64_t of_day = local_s - days * 86400;
	struct local_time lt = {.hour = (int)(of_day / 3600),
				.minute = (int)(of_day / 60 % 60),
				.second = (int)(of_day % 60),
				.ms = (int)(t_ms - s * MS_PER_S)};

	num_civil_from_days(days, &lt.year, &lt.month, &lt.day);
	/* 1970-01-01 was a Thursday, 3 counted from Monday */
	lt.weekday = (int)(((days + 3) % 7 + 7) % 7);
	return lt;
}

/* The first UTC second in (lo_s, hi_s] at which the offset is no longer that of lo_s; one change lies there. */
static int64_t find_change(const struct tzif *table, int64_t lo_s, int64_t hi_s)
{
	int32_t before_s = tzif_offset_s(table, lo_s);

	while (hi_s - lo_s > 1) {
		int64_t mid_s = lo_s + (hi_s - lo_s) / 2;

		if (tzif_offset_s(table, mid_s) == before_s)
			lo_s = mid_s;
		else
			hi_s = mid_s;
	}
	return hi_s;
}

/* UTC second of a wall time that is counted in seconds as if it were UTC. */
static int64_t utc_of_local(const struct tzif *table, int64_t local_s)
{
	/* offsets stay within a day, so what holds a day before and after are the only candidates */
	int32_t before_s = tzif_offset_s(table, local_s - 86400);
	int32_t after_s = tzif_offset_s(table, local_s + 86400);
	int64_t early_s = local_s - max_i64(before_s, after_s);
	int64_t late_s = local_s - min_i64(before_s, after_s);

	if (early_s + tzif_offset_s(table, early_s) == local_s)
		return early_s;
	if (late_s + tzif_offset_s(table, late_s) == local_s)
		return late_s;
	return find_change(table, early_s, late_s);
}

int64_t zone_utc(const struct zone *z, int year, int month, int day, int hour, int minute)
{
	int64_t local_s = num_days_from_civil(year, month, day) * 86400 + (int64_t)hour * 3600 +
			  (int64_t)minute * 60;

	return utc_of_local(&z->table, local_s) * MS_PER_S;
}

/* The local day that holds t_ms, in days since 1970-01-01. */
static int64_t local_day(const struct zone *z, int64_t t_ms)
{
	int64_t s = floor_div(t_ms, MS_PER_S);

	return floor_div(s + tzif_offset_s(&z->table, s), 86400);
}

int64_t zone_day_start(const struct zone *z, int64_t t_ms)
{
	return utc_of_local(&z->table, local_day(z, t_ms) * 86400) * MS_PER_S;
}

int64_t zone_day_end(const struct zone *z, int64_t t_ms)
{
	return utc_of_local(&z->table, (local_day(z, t_ms) + 1) * 86400) * MS_PER_S;
}

int slot_index(const struct zone *z, int64_t t_ms)
{
	return (int)((slot_floor(t_ms) - zone_day_start(z, t_ms)) / SLOT_MS);
}
