/* What docs/PROTOCOL.md shows in bytes, numbers and codes is what this build reads and writes. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "base/err.h"
#include "made.h"
#include "proto/codec.h"
#include "proto/frame.h"
#include "testlib/run.h"
#include "text.h"

static struct buf page;
static struct arena arena;

static void setup(void)
{
	const char *source = getenv("SUANDIAN_SOURCE");
	char path[512], part[4096];
	size_t n;

	ck_assert_msg(source != NULL, "SUANDIAN_SOURCE is not set");
	snprintf(path, sizeof(path), "%s/docs/PROTOCOL.md", source);
	FILE *f = fopen(path, "rb");
	ck_assert_msg(f != NULL, "%s is missing", path);
	buf_init(&page, 0);
	while ((n = fread(part, 1, sizeof(part), f)) > 0)
		ck_assert_int_eq(buf_append(&page, part, n), 0);
	fclose(f);
	(void)buf_str(&page);
	arena_init(&arena, (size_t)1 << 20);
}

static void teardown(void)
{
	arena_fini(&arena);
	buf_fini(&page);
}

static int hex_digit(char c)
{
	return ascii_is_digit(c) ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Bytes from pairs of hex digits up to `end`. */
static void read_hex(const char *at, const char *end, struct buf *out)
{
	while (at < end) {
		int high = hex_digit(at[0]);
		if (high < 0) {
			at++;
			continue;
		}
		int low = hex_digit(at[1]);
		ck_assert_int_ge(low, 0);
		uint8_t byte = (uint8_t)(high * 16 + low);
		ck_assert_int_eq(buf_append(out, &byte, 1), 0);
		at += 2;
	}
}

/* The block "```<kind> <name>" from `from` on; *ret_end is where its last line ends. */
static const char *find_block(const char *kind, const char *name, const char **ret_end)
{
	char head[128];
	const char *at;

	snprintf(head, sizeof(head), "\n```%s %s\n", kind, name);
	at = strstr(buf_str(&page), head);
	ck_assert_msg(at != NULL, "no block %s", head);
	at += strlen(head);
	*ret_end = strstr(at, "\n```");
	ck_assert_ptr_nonnull(*ret_end);
	*ret_end += 1;
	return at;
}

static void check_example(const char *name)
{
	struct buf bytes, said, again;
	struct fault fault = {0};
	struct frame f;
	Suandian__V1__Envelope *env;
	const char *end, *at = find_block("hex", name, &end);

	buf_init(&bytes, 0);
	buf_init(&said, 0);
	buf_init(&again, 0);
	read_hex(at, end, &bytes);
	ck_assert_int_eq(frame_split(buf_peek(&bytes), buf_avail(&bytes), &f), FRAME_READY);
	ck_assert_uint_eq(f.size, buf_avail(&bytes));
	ck_assert_msg(codec_decode(&arena, f.body, f.len, &env, &fault) == 0, "%s: %s", name,
		      fault.text);
	ck_assert_str_eq(codec_body_name(codec_body_number(env)), name);
	text_write(&env->base, &said);
	at = find_block("text", name, &end);
	ck_assert_msg(strncmp(buf_str(&said), at, (size_t)(end - at)) == 0 &&
			      buf_avail(&said) == (size_t)(end - at),
		      "%s says\n%s", name, buf_str(&said));
	ck_assert_int_eq(codec_encode(&again, env), 0);
	ck_assert_uint_eq(buf_avail(&again), buf_avail(&bytes));
	ck_assert(memcmp(buf_peek(&again), buf_peek(&bytes), buf_avail(&bytes)) == 0);
	buf_fini(&again);
	buf_fini(&said);
	buf_fini(&bytes);
}

START_TEST(the_examples_are_what_they_say)
{
	char name[64];
	int n = 0;

	for (const char *at = buf_str(&page); (at = strstr(at, "\n```hex ")); n++) {
		at += strlen("\n```hex ");
		size_t len = strcspn(at, "\n");
		ck_assert_uint_lt(len, sizeof(name));
		memcpy(name, at, len);
		name[len] = '\0';
		check_example(name);
	}
	ck_assert_int_ge(n, 8);
}
END_TEST

START_TEST(the_bytes_taken_apart_are_the_frame)
{
	const char *end, *at = find_block("hex", "hello", &end);
	struct buf frame, apart;

	buf_init(&frame, 0);
	buf_init(&apart, 0);
	read_hex(at, end, &frame);
	/* the table that follows: the first column of each row */
	for (at = end; (at = strstr(at, "\n| `")) && buf_avail(&apart) < buf_avail(&frame);) {
		at += strlen("\n| `");
		end = strchr(at, '`');
		ck_assert_ptr_nonnull(end);
		read_hex(at, end, &apart);
	}
	ck_assert_uint_eq(buf_avail(&apart), buf_avail(&frame));
	ck_assert(memcmp(buf_peek(&apart), buf_peek(&frame), buf_avail(&frame)) == 0);
	buf_fini(&apart);
	buf_fini(&frame);
}
END_TEST

START_TEST(every_message_is_in_the_table_under_its_number)
{
	const ProtobufCFieldDescriptor *body;
	unsigned n = 0;

	for (; (body = made_body(n)); n++) {
		const ProtobufCMessageDescriptor *type = body->descriptor;
		char request[128], answer[128];
		snprintf(request, sizeof(request), "| %u | `%s` |", body->id, type->short_name);
		snprintf(answer, sizeof(answer), " %u `%s`", body->id, type->short_name);
		ck_assert_msg(strstr(buf_str(&page), request) || strstr(buf_str(&page), answer),
			      "%u %s is not told of", body->id, type->short_name);
	}
	ck_assert_uint_gt(n, 40);
}
END_TEST

START_TEST(every_code_is_in_the_table_with_its_meaning)
{
	static const struct {
		const char *name, *text;
	} codes[] = {
#define X(id, number, code_name, code_text) {code_name, code_text},
		ERR_LIST(X)
#undef X
	};

	for (size_t i = 0; i < ARRAY_SIZE(codes); i++) {
		char row[256];
		snprintf(row, sizeof(row), "\n| `%s` | %s", codes[i].name, codes[i].text);
		ck_assert_msg(strstr(buf_str(&page), row) != NULL, "no row %s", row + 1);
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("protocol_doc");
	TCase *t = tcase_create("protocol_doc");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, the_examples_are_what_they_say);
	tcase_add_test(t, the_bytes_taken_apart_are_the_frame);
	tcase_add_test(t, every_message_is_in_the_table_under_its_number);
	tcase_add_test(t, every_code_is_in_the_table_with_its_meaning);
	suite_add_tcase(s, t);
	return run_suite(s);
}
