#include "base/map.h"

#include <check.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "testlib/heap.h"
#include "testlib/rng.h"
#include "testlib/run.h"

/* The model: keys and values in order of insertion, searched one by one. */
#define N_KEYS 300

struct model {
	uint64_t keys[N_KEYS];
	void *values[N_KEYS];
	size_t n;
};

static size_t model_find(const struct model *m, uint64_t key)
{
	size_t i = 0;

	while (i < m->n && m->keys[i] != key)
		i++;
	return i;
}

static void *model_put(struct model *m, uint64_t key, void *value)
{
	size_t i = model_find(m, key);
	void *old = i < m->n ? m->values[i] : NULL;

	m->keys[i] = key;
	m->values[i] = value;
	m->n += i == m->n;
	return old;
}

static void *model_take(struct model *m, uint64_t key)
{
	size_t i = model_find(m, key);
	void *old = i < m->n ? m->values[i] : NULL;

	if (i == m->n)
		return NULL;
	m->n--;
	memmove(&m->keys[i], &m->keys[i + 1], (m->n - i) * sizeof(m->keys[0]));
	memmove(&m->values[i], &m->values[i + 1], (m->n - i) * sizeof(m->values[0]));
	return old;
}

static void *model_get(const struct model *m, uint64_t key)
{
	size_t i = model_find(m, key);

	return i < m->n ? m->values[i] : NULL;
}

/* Small numbers, multiples of a large power of two, and the ends of the range. */
static uint64_t key_of(uint64_t i)
{
	return i % 3 == 0 ? i : i % 3 == 1 ? i << 48 : UINT64_MAX - i;
}

static const char *text_of(uint64_t key)
{
	static char text[64];

	/* lengths around the words of the hash */
	snprintf(text, sizeof(text), "%.*s%llu", (int)(key % 17), "sites.hongyuan.bess",
		 (unsigned long long)key);
	return text;
}

static void check_equal(const struct map *m, const struct model *model)
{
	const char *str;
	uint64_t key;
	size_t at = 0;

	ck_assert_uint_eq(map_count(m), model->n);
	for (size_t i = 0; i < model->n; i++) {
		ck_assert_ptr_eq(map_next(m, &at, &key, &str), model->values[i]);
		if (m->strings)
			ck_assert_str_eq(str, text_of(model->keys[i]));
		else
			ck_assert_uint_eq(key, model->keys[i]);
	}
	ck_assert_ptr_null(map_next(m, &at, &key, &str));
	ck_assert_ptr_null(map_next(m, &at, NULL, NULL));
}

static void *value_of(int op)
{
	return (void *)(uintptr_t)(op + 1);
}

START_TEST(a_map_of_numbers_behaves_like_the_model)
{
	static struct model model;
	struct rng rng;
	struct map m;

	rng_init(&rng, rng_seed(3));
	map_init_u64(&m);
	for (int op = 0; op < 10000; op++) {
		/* phases of growing and of shrinking, so that both ends are reached */
		uint64_t put_share = op / 1000 % 2 ? 20 : 70;
		uint64_t key = key_of(rng_below(&rng, N_KEYS));
		void *old = (void *)-1;

		if (rng_below(&rng, 100) < put_share) {
			ck_assert_int_eq(map_put_u64(&m, key, value_of(op), &old), 0);
			ck_assert_ptr_eq(old, model_put(&model, key, value_of(op)));
		} else {
			ck_assert_ptr_eq(map_take_u64(&m, key), model_take(&model, key));
		}
		key = key_of(rng_below(&rng, N_KEYS));
		ck_assert_ptr_eq(map_get_u64(&m, key), model_get(&model, key));
		if (op % 50 == 0)
			check_equal(&m, &model);
	}
	map_fini(&m);
}
END_TEST

START_TEST(a_map_of_strings_behaves_like_the_model)
{
	static struct model model;
	struct rng rng;
	struct map m;

	rng_init(&rng, rng_seed(4));
	map_init_str(&m);
	for (int op = 0; op < 10000; op++) {
		uint64_t put_share = op / 1000 % 2 ? 20 : 70;
		uint64_t key = rng_below(&rng, N_KEYS);
		void *old = (void *)-1;

		if (rng_below(&rng, 100) < put_share) {
			ck_assert_int_eq(map_put_str(&m, text_of(key), value_of(op), &old), 0);
			ck_assert_ptr_eq(old, model_put(&model, key, value_of(op)));
		} else {
			ck_assert_ptr_eq(map_take_str(&m, text_of(key)), model_take(&model, key));
		}
		key = rng_below(&rng, N_KEYS);
		ck_assert_ptr_eq(map_get_str(&m, text_of(key)), model_get(&model, key));
		if (op % 50 == 0)
			check_equal(&m, &model);
	}
	map_fini(&m);
}
END_TEST

START_TEST(entries_may_be_removed_while_walking)
{
	size_t at = 0, n = 0;
	uint64_t key;
	struct map m;

	map_init_u64(&m);
	for (uint64_t i = 0; i < 100; i++)
		ck_assert_int_eq(map_put_u64(&m, i, &m, NULL), 0);
	while (map_next(&m, &at, &key, NULL)) {
		ck_assert_uint_eq(key, n++);
		if (key % 3 != 0)
			ck_assert_ptr_eq(map_take_u64(&m, key), &m);
	}
	ck_assert_uint_eq(n, 100);
	ck_assert_uint_eq(map_count(&m), 34);
	map_fini(&m);
}
END_TEST

START_TEST(memory_stays_bounded_when_keys_come_and_go)
{
	struct map m;

	map_init_u64(&m);
	for (uint64_t i = 0; i < 100000; i++) {
		ck_assert_int_eq(map_put_u64(&m, i, &m, NULL), 0);
		if (i >= 10)
			ck_assert_ptr_eq(map_take_u64(&m, i - 10), &m);
	}
	ck_assert_uint_eq(map_count(&m), 10);
	ck_assert_uint_le(m.size_entries, 64);
	map_fini(&m);
}
END_TEST

START_TEST(keys_are_copied_and_the_empty_string_is_a_key)
{
	char key[] = "pcc";
	struct map m;

	map_init_str(&m);
	ck_assert_int_eq(map_put_str(&m, key, &m, NULL), 0);
	key[0] = 'x';
	ck_assert_ptr_eq(map_get_str(&m, "pcc"), &m);
	ck_assert_ptr_null(map_get_str(&m, key));
	ck_assert_ptr_null(map_get_str(&m, ""));
	ck_assert_int_eq(map_put_str(&m, "", key, NULL), 0);
	ck_assert_ptr_eq(map_take_str(&m, ""), key);
	map_fini(&m);
}
END_TEST

START_TEST(an_empty_map_finds_and_gives_nothing)
{
	size_t at = 0;
	struct map m;

	map_init_u64(&m);
	ck_assert_ptr_null(map_get_u64(&m, 0));
	ck_assert_ptr_null(map_take_u64(&m, 0));
	ck_assert_ptr_null(map_next(&m, &at, NULL, NULL));
	map_fini(&m);
	map_fini(&m);
}
END_TEST

/* At every allocation that may fail: the map says so, keeps what it held, and works afterwards. */
START_TEST(lack_of_memory_changes_nothing)
{
	void *const untouched = (void *)-1;
	struct map m;

	map_init_str(&m);
	for (uint64_t i = 0; i < 40; i++) {
		for (long k = 1;; k++) {
			void *old = untouched;
			bool has_failed;
			int r;

			heap_fail_at(k);
			r = map_put_str(&m, text_of(i), &m, &old);
			has_failed = heap_stop();
			ck_assert_int_eq(r, has_failed ? -ENOMEM : 0);
			ck_assert_uint_eq(map_count(&m), i + !has_failed);
			ck_assert_ptr_eq(old, has_failed ? untouched : NULL);
			ck_assert_ptr_eq(map_get_str(&m, text_of(i)), has_failed ? NULL : &m);
			if (!has_failed)
				break;
		}
	}
	map_fini(&m);
}
END_TEST

START_TEST(storing_null_aborts)
{
	struct map m;

	map_init_u64(&m);
	map_put_u64(&m, 1, NULL, NULL);
}
END_TEST

START_TEST(asking_a_map_of_numbers_for_a_string_aborts)
{
	struct map m;

	map_init_u64(&m);
	map_get_str(&m, "x");
}
END_TEST

int main(void)
{
	Suite *s = suite_create("map");
	TCase *t = tcase_create("map");

	tcase_add_test(t, a_map_of_numbers_behaves_like_the_model);
	tcase_add_test(t, a_map_of_strings_behaves_like_the_model);
	tcase_add_test(t, entries_may_be_removed_while_walking);
	tcase_add_test(t, memory_stays_bounded_when_keys_come_and_go);
	tcase_add_test(t, keys_are_copied_and_the_empty_string_is_a_key);
	tcase_add_test(t, an_empty_map_finds_and_gives_nothing);
	tcase_add_test(t, lack_of_memory_changes_nothing);
	tcase_add_test_raise_signal(t, storing_null_aborts, SIGABRT);
	tcase_add_test_raise_signal(t, asking_a_map_of_numbers_for_a_string_aborts, SIGABRT);
	suite_add_tcase(s, t);
	return run_suite(s);
}
