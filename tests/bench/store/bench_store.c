/* How many samples per second the store makes durable, and in how many bytes it keeps them, beside references in the
 * same run: the raw values (24 bytes a sample) written and fdatasync'ed in pieces as large as the store's groups, and
 * SQLite in WAL mode with synchronous=FULL where it is installed.
 *
 * Work: 2 000 points, one batch of all of them per tick (1 s), 40 % gauges of one decimal, 20 % counters, 10 %
 * status, 20 % float32 noise, 10 % doubles; 1 of 256 not OK. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/clock.h"
#include "testlib/rng.h"
#include "testlib/tmpdir.h"
#include "loop/loop.h"
#include "store/store.h"

#ifdef HAVE_SQLITE
#include <sqlite3.h>
#endif

#define POINTS 2000
#define TICKS 1000
#define SQLITE_TICKS 100
#define SEAL 250000

static uint32_t point[POINTS];
static int64_t t_ms[POINTS];
static double value[POINTS];
static uint8_t quality[POINTS];

static void start(struct rng *r)
{
	rng_init(r, 1);
	for (uint32_t i = 0; i < POINTS; i++) {
		point[i] = i + 1;
		value[i] = 1000;
	}
}

static void tick(struct rng *r, int64_t now_ms)
{
	for (uint32_t i = 0; i < POINTS; i++) {
		t_ms[i] = now_ms + (i % 10 < 3 ? rng_range(r, -9, 9) : 0);
		quality[i] = rng_below(r, 256) ? QUALITY_OK : QUALITY_ESTIMATED;
		switch (i % 10) {
		case 0:
		case 1:
		case 2:
		case 3:
			value[i] =
				(double)((int64_t)(value[i] * 10 + 0.5) + rng_range(r, -5, 5)) / 10;
			break;
		case 4:
		case 5:
			value[i] += (double)rng_below(r, 50);
			break;
		case 6:
			value[i] = rng_below(r, 200) ? value[i] : (double)rng_below(r, 4);
			break;
		case 7:
		case 8:
			value[i] = (float)rng_double(r);
			break;
		default:
			value[i] = rng_double(r);
		}
	}
}

static double cpu_s(void)
{
	struct rusage u;

	getrusage(RUSAGE_SELF, &u);
	return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
	       (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

struct result {
	double seconds, cpu, samples;
};

static void begin(struct result *r)
{
	r->seconds = (double)clock_mono_us() / 1e6;
	r->cpu = cpu_s();
}

static void end(struct result *r, double samples)
{
	r->seconds = (double)clock_mono_us() / 1e6 - r->seconds;
	r->cpu = cpu_s() - r->cpu;
	r->samples = samples;
}

static void print(const char *name, const struct result *r, const struct result *store)
{
	printf("%-28s %10.0f samples/s  %6.3f cpu s/M", name, r->samples / r->seconds,
	       r->cpu / r->samples * 1e6);
	if (store)
		printf("   store is %.2f x",
		       store->samples / store->seconds / (r->samples / r->seconds));
	printf("\n");
}

static struct result run_generator(void)
{
	struct result res;
	struct rng r;

	start(&r);
	begin(&res);
	for (int i = 0; i < TICKS; i++)
		tick(&r, INT64_C(1752000000000) + 1000 * i);
	end(&res, (double)POINTS * TICKS);
	return res;
}

struct bench {
	struct loop *loop;
	struct store *store;
	uint64_t durable;
	bool closed;
};

static void on_durable(void *arg, uint64_t token, int rc)
{
	struct bench *b = arg;

	if (rc != 0)
		abort();
	b->durable = token;
}

static void on_closed(void *arg)
{
	struct bench *b = arg;

	b->closed = true;
}

static void open_store(struct bench *b)
{
	struct store_settings settings = {.path = tmpdir_path(tmpdir_new(), "store"),
					  .seal_samples = SEAL};
	struct fault f;

	if (loop_new(&b->loop) != 0 || store_open(b->loop, &settings, &b->store, &f) != 0)
		abort();
	store_set_callbacks(b->store, on_durable, NULL, b);
}

static void append(struct bench *b, uint64_t seq)
{
	struct sample_batch batch = {.source = "bench",
				     .epoch = 1,
				     .seq = seq,
				     .n = POINTS,
				     .point = point,
				     .t_ms = t_ms,
				     .value = value,
				     .quality = quality};
	int r;

	while ((r = store_append(b->store, &batch, seq)) == ERR_FULL)
		(void)loop_step(b->loop, true);
	if (r != 0)
		abort();
	(void)loop_step(b->loop, false);
}

static struct result run_store(struct store_stats *stats)
{
	struct bench b = {0};
	struct result res;
	struct rng r;

	start(&r);
	open_store(&b);
	begin(&res);
	for (int i = 0; i < TICKS; i++) {
		tick(&r, INT64_C(1752000000000) + 1000 * i);
		append(&b, (uint64_t)i + 1);
	}
	while (b.durable < TICKS)
		(void)loop_step(b.loop, true);
	end(&res, (double)POINTS * TICKS);
	do
		store_get_stats(b.store, stats);
	while (stats->tile_samples < POINTS * TICKS - SEAL && loop_step(b.loop, true));
	store_close(b.store, on_closed, &b);
	while (!b.closed)
		(void)loop_step(b.loop, true);
	loop_free(b.loop);
	return res;
}

/* What any program must do at least: the numbers as they are, flushed as often as the store did. */
static struct result run_raw(uint64_t groups)
{
	char *path = tmpdir_path(tmpdir_new(), "raw");
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	uint64_t each = groups ? (TICKS + groups - 1) / groups : 1;
	static struct {
		int64_t t;
		double v;
		uint32_t p, q;
	} rows[POINTS];
	struct result res;
	struct rng r;

	start(&r);
	begin(&res);
	for (uint64_t i = 0; i < TICKS; i++) {
		tick(&r, INT64_C(1752000000000) + 1000 * (int64_t)i);
		for (int k = 0; k < POINTS; k++) {
			rows[k].t = t_ms[k];
			rows[k].v = value[k];
			rows[k].p = point[k];
			rows[k].q = quality[k];
		}
		if (write(fd, rows, sizeof(rows)) != sizeof(rows))
			abort();
		if ((i + 1) % each == 0 && fdatasync(fd) != 0)
			abort();
	}
	if (fdatasync(fd) != 0)
		abort();
	end(&res, (double)POINTS * TICKS);
	close(fd);
	return res;
}

#ifdef HAVE_SQLITE
static void sql(sqlite3 *db, const char *text)
{
	if (sqlite3_exec(db, text, NULL, NULL, NULL) != SQLITE_OK) {
		fprintf(stderr, "sqlite: %s\n", sqlite3_errmsg(db));
		abort();
	}
}

static struct result run_sqlite(double *bytes_per_sample)
{
	char *path = tmpdir_path(tmpdir_new(), "db");
	struct result res;
	sqlite3_stmt *insert;
	sqlite3 *db;
	struct rng r;

	start(&r);
	if (sqlite3_open(path, &db) != SQLITE_OK)
		abort();
	sql(db, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
		"CREATE TABLE sample (point INTEGER, t INTEGER, value REAL, quality INTEGER)");
	sqlite3_prepare_v2(db, "INSERT INTO sample VALUES (?,?,?,?)", -1, &insert, NULL);
	begin(&res);
	for (int i = 0; i < SQLITE_TICKS; i++) {
		tick(&r, INT64_C(1752000000000) + 1000 * i);
		sql(db, "BEGIN");
		for (int k = 0; k < POINTS; k++) {
			sqlite3_bind_int64(insert, 1, point[k]);
			sqlite3_bind_int64(insert, 2, t_ms[k]);
			sqlite3_bind_double(insert, 3, value[k]);
			sqlite3_bind_int(insert, 4, quality[k]);
			if (sqlite3_step(insert) != SQLITE_DONE)
				abort();
			sqlite3_reset(insert);
		}
		sql(db, "COMMIT");
	}
	end(&res, (double)POINTS * SQLITE_TICKS);
	sqlite3_finalize(insert);
	sql(db, "PRAGMA wal_checkpoint(TRUNCATE)");
	FILE *f = fopen(path, "rb");
	fseek(f, 0, SEEK_END);
	*bytes_per_sample = (double)ftell(f) / ((double)POINTS * SQLITE_TICKS);
	fclose(f);
	sqlite3_close(db);
	return res;
}
#endif

int main(void)
{
	struct store_stats stats;
	struct result generator = run_generator();
	struct result store = run_store(&stats);
	struct result raw = run_raw(stats.groups);
	double per_sample = (double)stats.tile_bytes / (double)stats.tile_samples;

	printf("%d points, %d ticks of one batch each; the cost of making the numbers is in every row\n",
	       POINTS, TICKS);
	printf("commit %.2f ms (average), %llu groups, journal %.2f B/sample\n",
	       stats.commit_ewma_ms, (unsigned long long)stats.groups,
	       (double)stats.journal_bytes / ((double)POINTS * TICKS));
	print("generator alone", &generator, &store);
	print("store, durable", &store, NULL);
	print("raw write + fdatasync", &raw, &store);
	printf("%-28s %10.2f B/sample, lossless\n", "store, tiles", per_sample);
	printf("%-28s %10.2f B/sample   store is %.2f x smaller\n", "raw", 24.0, 24.0 / per_sample);
#ifdef HAVE_SQLITE
	double sqlite_bytes;
	struct result sqlite = run_sqlite(&sqlite_bytes);

	print("SQLite WAL, heap, full sync", &sqlite, &store);
	printf("%-28s %10.2f B/sample   store is %.2f x smaller\n", "SQLite", sqlite_bytes,
	       sqlite_bytes / per_sample);
	printf("SQLite resolves nothing here either (ids are integers), but parses no wire format.\n");
#else
	printf("SQLite: not installed, no row\n");
#endif
	return 0;
}
