#!/bin/sh
# Is mandoc's linter silent about each page of the command line?  77 = there is no mandoc here.
set -u
if ! command -v mandoc >/dev/null; then
	echo "mandoc is not installed" >&2
	if [ "${REQUIRE_ALL:-}" = 1 ]; then exit 1; fi
	exit 77
fi
if [ $# -eq 0 ]; then
	echo "no page to lint" >&2
	exit 1
fi
status=0
for page in "$@"; do
	said=$(mandoc -T lint -W warning "$page" 2>&1)
	result=$?
	if [ $result -ne 0 ] || [ -n "$said" ]; then
		printf '%s\n' "$said"
		status=1
	fi
done
echo "$# pages"
exit $status
