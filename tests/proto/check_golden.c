/* The frames in proto/golden, frozen with each version, against what this build reads and writes. */
#include <check.h>
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "golden.h"
#include "proto/codec.h"
#include "proto/frame.h"
#include "testlib/run.h"
#include "text.h"

static char *golden;
static struct arena arena;

static void setup(void)
{
	const char *source = getenv("SUANDIAN_SOURCE");

	ck_assert_msg(source != NULL, "SUANDIAN_SOURCE is not set");
	ck_assert_int_gt(asprintf(&golden, "%s/proto/golden", source), 0);
	arena_init(&arena, (size_t)32 << 20);
}

static void teardown(void)
{
	free(golden);
	arena_fini(&arena);
}

/* False if there is no such file. */
static bool read_file(const char *path, struct buf *out)
{
	FILE *f = fopen(path, "rb");
	char part[4096];
	size_t n;

	buf_init(out, 0);
	if (!f)
		return false;
	while ((n = fread(part, 1, sizeof(part), f)) > 0)
		ck_assert_int_eq(buf_append(out, part, n), 0);
	ck_assert(!ferror(f));
	fclose(f);
	return true;
}

static void must_read(const char *dir, const char *name, const char *ext, struct buf *out)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/%s.%s", dir, name, ext);
	ck_assert_msg(read_file(path, out),
		      "%s is missing: a message of this version has no golden frame (make_golden)",
		      path);
}

/* The frame decodes, says what stands in the text, and encodes to the same bytes again. */
static void check_frame(const char *dir, const char *name)
{
	struct buf bin, txt, again, said;
	struct frame f;
	Suandian__V1__Envelope *env;
	struct fault fault = {0};

	must_read(dir, name, "bin", &bin);
	must_read(dir, name, "txt", &txt);
	ck_assert_int_eq(frame_split(buf_peek(&bin), buf_avail(&bin), &f), FRAME_READY);
	ck_assert_uint_eq(f.size, buf_avail(&bin));
	arena_reset(&arena);
	ck_assert_msg(codec_decode(&arena, f.body, f.len, &env, &fault) == 0, "%s: %s", name,
		      fault.text);
	ck_assert_uint_eq(env->base.n_unknown_fields, 0);
	buf_init(&said, 0);
	text_write(&env->base, &said);
	ck_assert_msg(strcmp(buf_str(&said), buf_str(&txt)) == 0, "%s says\n%s\nnot\n%s", name,
		      buf_str(&said), buf_str(&txt));
	buf_init(&again, 0);
	ck_assert_int_eq(codec_encode(&again, env), 0);
	ck_assert_uint_eq(buf_avail(&again), buf_avail(&bin));
	ck_assert_mem_eq(buf_peek(&again), buf_peek(&bin), buf_avail(&bin));
	buf_fini(&bin);
	buf_fini(&txt);
	buf_fini(&again);
	buf_fini(&said);
}

static int is_bin(const struct dirent *d)
{
	size_t n = strlen(d->d_name);

	return n > 4 && strcmp(d->d_name + n - 4, ".bin") == 0;
}

static int is_version(const struct dirent *d)
{
	return d->d_name[0] >= '0' && d->d_name[0] <= '9';
}

static int check_version(const char *version)
{
	struct dirent **files;
	char dir[400];
	int n;

	snprintf(dir, sizeof(dir), "%s/%s", golden, version);
	n = scandir(dir, &files, is_bin, alphasort);
	ck_assert_int_gt(n, 0);
	for (int i = 0; i < n; i++) {
		files[i]->d_name[strlen(files[i]->d_name) - 4] = '\0';
		check_frame(dir, files[i]->d_name);
		free(files[i]);
	}
	free(files);
	return n;
}

START_TEST(frames_of_every_version_read_and_write_byte_for_byte)
{
	struct dirent **versions;
	int n = scandir(golden, &versions, is_version, alphasort);

	ck_assert_int_gt(n, 0);
	for (int i = 0; i < n; i++) {
		ck_assert_int_gt(check_version(versions[i]->d_name), 40);
		free(versions[i]);
	}
	free(versions);
}
END_TEST

START_TEST(every_message_of_this_version_has_its_frames)
{
	const ProtobufCFieldDescriptor *body;
	char dir[400], name[128];
	struct buf bin;
	unsigned n = 0;

	snprintf(dir, sizeof(dir), "%s/" GOLDEN_VERSION, golden);
	for (; (body = made_body(n)); n++) {
		uint32_t variants = made_variants(body->descriptor);
		for (uint32_t v = 0; v < variants; v++) {
			golden_name(name, sizeof(name), body, v, variants);
			must_read(dir, name, "bin", &bin);
			buf_fini(&bin);
		}
	}
	ck_assert_uint_gt(n, 40);
}
END_TEST

static bool is_seen(const char *text, const ProtobufCFieldDescriptor *f)
{
	char key[128];
	size_t n = (size_t)snprintf(key, sizeof(key), "%s", f->name);

	for (const char *at = text; (at = strstr(at, key)); at += n) {
		bool begins = at == text || at[-1] == ' ' || at[-1] == '\n';
		if (begins && (at[n] == ':' || at[n] == ' '))
			return true;
	}
	return false;
}

/* Names seen anywhere in the texts of a body: enough to notice a field that no frame shows. */
static void check_fields(const ProtobufCMessageDescriptor *type, const char *text)
{
	for (unsigned i = 0; i < type->n_fields; i++) {
		const ProtobufCFieldDescriptor *f = &type->fields[i];
		ck_assert_msg(is_seen(text, f), "no golden frame shows %s.%s", type->name, f->name);
		if (f->type == PROTOBUF_C_TYPE_MESSAGE)
			check_fields(f->descriptor, text);
	}
}

START_TEST(every_field_of_every_message_stands_in_a_frame)
{
	const ProtobufCFieldDescriptor *body;
	char dir[400], name[128];

	snprintf(dir, sizeof(dir), "%s/" GOLDEN_VERSION, golden);
	for (unsigned i = 0; (body = made_body(i)); i++) {
		uint32_t variants = made_variants(body->descriptor);
		struct buf all;

		buf_init(&all, 0);
		for (uint32_t v = 0; v < variants; v++) {
			struct buf txt;
			golden_name(name, sizeof(name), body, v, variants);
			must_read(dir, name, "txt", &txt);
			ck_assert_int_eq(buf_append(&all, buf_peek(&txt), buf_avail(&txt)), 0);
			buf_fini(&txt);
		}
		check_fields(body->descriptor, buf_str(&all));
		buf_fini(&all);
	}
}
END_TEST

/* A later version adds fields; whoever knows only this one must skip them. */
START_TEST(fields_of_a_later_version_are_skipped)
{
	static const uint8_t later[] = {0xda, 0x7d, 3, 'n', 'e', 'w', 0xe0, 0x7d, 1};
	const ProtobufCFieldDescriptor *body;

	for (unsigned i = 0; (body = made_body(i)); i++) {
		Suandian__V1__Envelope *env, *got;
		struct buf frame;
		struct frame f;

		arena_reset(&arena);
		env = made_envelope(&arena, body, 0);
		buf_init(&frame, 0);
		ck_assert_int_eq(codec_encode(&frame, env), 0);
		ck_assert_int_eq(frame_split(buf_peek(&frame), buf_avail(&frame), &f), FRAME_READY);
		buf_consume(&frame, f.size - f.len);
		ck_assert_int_eq(buf_append(&frame, later, sizeof(later)), 0);
		ck_assert_int_eq(
			codec_decode(&arena, buf_peek(&frame), buf_avail(&frame), &got, NULL), 0);
		ck_assert_uint_eq(got->id, env->id);
		ck_assert_uint_eq(codec_body_number(got), body->id);
		ck_assert_uint_eq(got->base.n_unknown_fields, 2);
		buf_fini(&frame);
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("golden");
	TCase *t = tcase_create("golden");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, frames_of_every_version_read_and_write_byte_for_byte);
	tcase_add_test(t, every_message_of_this_version_has_its_frames);
	tcase_add_test(t, every_field_of_every_message_stands_in_a_frame);
	tcase_add_test(t, fields_of_a_later_version_are_skipped);
	suite_add_tcase(s, t);
	return run_suite(s);
}
