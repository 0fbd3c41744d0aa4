/* The chain of audit records against the domain's own figures. */
#include <check.h>
#include <jansson.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/sha256.h"
#include "store/record.h"
#include "testlib/run.h"
#include "testlib/shared.h"

static void check_link(const json_t *vector, size_t i, const uint8_t hash[32])
{
	char hex[SHA256_HEX_LEN];

	sha256_hex(hash, hex);
	ck_assert_str_eq(hex, json_string_value(json_array_get(vector, i)));
}

START_TEST(audit_chain_matches_the_domain_vector)
{
	static const char *const bodies[] = {
		"{\"seq\":1,\"op\":\"select\",\"res\":\"hy-01\",\"kw\":-300}",
		"{\"seq\":2,\"op\":\"operate\",\"res\":\"hy-01\",\"kw\":-300}",
	};
	const char *file = shared_or_skip("vectors/domain.json");
	json_t *root = json_load_file(file, 0, NULL);
	json_t *vector = json_object_get(root, "AUD");
	uint8_t hash[32];

	ck_assert_uint_eq(json_array_size(vector), 3);
	audit_first(hash);
	check_link(vector, 0, hash);
	for (size_t i = 0; i < 2; i++) {
		audit_next(hash, i + 1, (const uint8_t *)bodies[i], strlen(bodies[i]), hash);
		check_link(vector, i + 1, hash);
	}
	json_decref(root);
	free((char *)(uintptr_t)file);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("audit vector");
	TCase *tc = tcase_create("audit");

	tcase_add_test(tc, audit_chain_matches_the_domain_vector);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
