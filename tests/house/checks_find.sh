#!/bin/sh
# The checks of .ci can fail: each is shown a small tree with one fault, after a clean one.
set -eu
source=$SUANDIAN_SOURCE
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT

mkdir -p "$tree/daemon/base" "$tree/daemon/model" "$tree/tests"
cp -r "$source/.ci" "$source/.clang-format" "$source/.clang-tidy" "$tree/"
cd "$tree"
export GIT_CEILING_DIRECTORIES="$tree/.."

# expect <what> <pattern> <command...>: the command fails and says so.
expect() {
	what=$1
	pattern=$2
	shift 2
	if "$@" >out 2>&1; then
		echo "$what: not found" && cat out && exit 1
	fi
	if ! grep -q "$pattern" out; then
		echo "$what: failed, but without '$pattern'" && cat out && exit 1
	fi
	echo "$what: found"
}

expect 'nothing to see (dag)' 'the check is broken' .ci/dag
expect 'nothing to see (format)' 'the check is broken' .ci/format

printf 'int a_get(void);\n' >daemon/base/a.h
printf '#include "base/a.h"\n\nint a_get(void)\n{\n\treturn 1;\n}\n' >daemon/base/a.c
.ci/dag
.ci/format

printf '#include "base/b.h"\n' >>daemon/base/a.h
printf '#include "base/a.h"\n' >daemon/base/b.h
expect 'include cycle' 'include cycle: daemon/base/a daemon/base/b' .ci/dag
printf 'int a_get(void);\n' >daemon/base/a.h

printf '#include "model/m.h"\n' >daemon/base/b.h
printf 'int m_get(void);\n' >daemon/model/m.h
expect 'upward include' 'base may see only' .ci/dag
printf '#include <uv.h>\n' >daemon/model/m.h
rm daemon/base/b.h
expect 'library of another floor' 'uv.h, which belongs to: loop common' .ci/dag
rm daemon/model/m.h

{ printf 'int b_get(void)\n{\n' && yes '	a_get();' | head -78 && printf '}\n'; } >daemon/base/b.c
expect 'long function' 'b_get: 81 lines' .ci/dag
yes '/* - */' | head -601 >daemon/base/b.c
expect 'long file' 'b.c: 601 lines' .ci/dag
printf 'int b(int a, int b, int c, int d,\n      int e, int f, int g)\n{\n}\n' >daemon/base/b.c
expect 'many parameters' 'b: 7 parameters' .ci/dag
printf 'int b(char *a)\n{\n\treturn atoi(a);\n}\n' >daemon/base/b.c
expect 'banned call' 'atoi() has a safer form' .ci/dag
printf 'int b(void) { return 1; }\n' >daemon/base/b.c
expect 'layout' 'some of 3 files differ' .ci/format

if command -v clang-tidy-14 >/dev/null; then
	printf 'int b(void);\nint b(void)\n{\n\tint *p = 0;\n\treturn *p;\n}\n' >daemon/base/b.c
	mkdir -p build/release
	printf '[{"directory": "%s", "file": "%s", "command": "cc -c %s"}]' \
		"$tree" "$tree/daemon/base/b.c" "$tree/daemon/base/b.c" >build/release/compile_commands.json
	expect 'null dereference' 'NullDereference' .ci/tidy
	expect 'the same once more' 'NullDereference' .ci/tidy
	printf 'int b(void);\nint b(void)\n{\n\treturn 1;\n}\n' >daemon/base/b.c
	.ci/tidy
	.ci/tidy | grep ' 1 unchanged'
fi
