#!/bin/sh
# Run by autograde-Makefile, in the folder with the student's file. The grader is in /opt/wakegap of
# the image; else it is built here, which takes a minute for each submission.
. autograde/kit.conf
tool=/opt/wakegap
[ -x $tool/build/wakegap-lab ] || {
	tool=$PWD/wakegap
	sh autograde/build.sh "$tool" >build.log 2>&1 || tail -n 5 build.log
}
mkdir -p submission
for f in ./*.c ./handin.*; do
	[ ! -f "$f" ] || [ -h "$f" ] || cp "$f" submission
done
# shellcheck disable=SC2086 # FACTS is one option or none
"$tool/build/wakegap-lab" verify submission --lab "$LAB" --seconds "$SECONDS_MAX" $FACTS \
	--format autolab -o result 2>&1
[ -s result ] || echo '{"scores": {}}' >result
cat result
