/* The body of a frame is an Envelope or is refused, within its budget of memory. What decodes, encodes, and what we
 * encoded decodes to the same bytes again. */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "proto/codec.h"
#include "proto/frame.h"
#include "protomade/text.h"

static void expect(bool holds)
{
	if (!holds)
		abort();
}

/* Every field is looked at. */
static void read_all(const Suandian__V1__Envelope *env)
{
	struct buf text;

	buf_init(&text, 0);
	text_write(&env->base, &text);
	expect(text.err == 0);
	buf_fini(&text);
	expect(!codec_body_name(codec_body_number(env)) ||
	       codec_body_is_known(codec_body_number(env)));
}

static void again(const Suandian__V1__Envelope *env)
{
	Suandian__V1__Envelope *second = NULL;
	struct buf one, two;
	struct arena a;
	struct frame f;

	arena_init(&a, SIZE_MAX / 2);
	buf_init(&one, 0);
	buf_init(&two, 0);
	/* an empty one is refused, and merging can make one too large */
	if (codec_encode(&one, env) == 0) {
		expect(frame_split(buf_peek(&one), buf_avail(&one), &f) == FRAME_READY);
		int r = codec_decode(&a, f.body, f.len, &second, NULL);
		/* protobuf-c takes an unknown field 0 in an overlong form, writes it in the short
		 * one, and refuses that */
		expect(r == 0 || r == ERR_FULL || r == ERR_MALFORMED);
		if (r == 0) {
			expect(codec_encode(&two, second) == 0);
			expect(buf_avail(&one) == buf_avail(&two));
			expect(memcmp(buf_peek(&one), buf_peek(&two), buf_avail(&one)) == 0);
		}
	}
	buf_fini(&two);
	buf_fini(&one);
	arena_fini(&a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	Suandian__V1__Envelope *env = NULL;
	struct fault fault = {0};
	struct arena a;

	arena_init(&a, SIZE_MAX / 2);
	int r = codec_decode(&a, data, size, &env, &fault);
	expect((r == 0) == (env != NULL) && r == fault.code);
	expect(a.used <= CODEC_BUDGET(size));
	if (r == 0) {
		read_all(env);
		again(env);
	}
	arena_fini(&a);
	return 0;
}
