/* Any bytes as the main file: reading ends, within its limits; what has no fault is printed as text that is read as
 * the same; the model's checks stand whatever the tables let through. */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "engine/configure_schema.h"

#define ARENA_CAP_B ((size_t)64 << 20)
#define PRINTED_MAX_B ((size_t)256 << 10) /* defaults may make more of a file than a file may be */

static void require(bool ok)
{
	if (!ok)
		abort();
}

struct run {
	struct conf_doc *doc;
	struct fault_list faults;
	struct arena arena;
	struct configure_file file;
	struct buf text;
	bool is_sound;
};

static void run_init(struct run *r, const void *text, size_t n)
{
	memset(r, 0, sizeof(*r));
	fault_list_init(&r->faults);
	arena_init(&r->arena, ARENA_CAP_B);
	buf_init(&r->text, 0);
	if (conf_parse("f", text, n, &r->doc, &r->faults)) {
		require(!r->doc && !fault_list_is_empty(&r->faults));
		return;
	}
	schema_decode(configure_main_schema, conf_root(r->doc), "", &r->arena, &r->file,
		      &r->faults);
	r->is_sound = fault_list_is_empty(&r->faults);
	require(schema_print(configure_main_schema, &r->file, 0, &r->text) == 0);
}

static void run_fini(struct run *r)
{
	conf_free(r->doc);
	fault_list_fini(&r->faults);
	arena_fini(&r->arena);
	buf_fini(&r->text);
}

static void check_places(struct run *r)
{
	char text[1000];

	fault_list_sort(&r->faults);
	for (size_t i = 0; i < r->faults.n; i++) {
		const struct conf_fault *f = &r->faults.at[i];

		require(f->line >= 0 && f->col >= 0 && f->text[0]);
		require(conf_fault_format(f, text, sizeof(text)) == text);
		require(i == 0 || f->line >= r->faults.at[i - 1].line);
	}
}

static void locate(void *arg, const char *path, const char *text)
{
	const struct conf_doc *doc = arg;
	struct conf_mark m = conf_locate(conf_root(doc), path);

	require(m.line > 0 && m.col > 0 && text[0]);
}

static void check_meaning(struct run *r)
{
	for (size_t i = 0; i < r->file.n_tariffs; i++)
		tariff_check(&r->file.tariffs[i], locate, r->doc);
	for (size_t i = 0; i < r->file.n_sites; i++)
		site_check(&r->file.sites[i].site, locate, r->doc);
}

static void check_again(struct run *r)
{
	struct run again;

	if (!r->is_sound || buf_avail(&r->text) > PRINTED_MAX_B)
		return;
	run_init(&again, buf_peek(&r->text), buf_avail(&r->text));
	require(again.doc != NULL);
	require(again.is_sound);
	require(strcmp(buf_str(&again.text), buf_str(&r->text)) == 0);
	run_fini(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct run r;

	run_init(&r, data, size);
	check_places(&r);
	if (r.doc) {
		check_meaning(&r);
		check_again(&r);
	}
	run_fini(&r);
	return 0;
}
