#!/bin/sh
# PrairieLearn runs this in the image: the student's file is in /grade/student, and the result goes
# to /grade/results/results.json. What does not compile is not gradable, and no attempt is lost.
. /grade/tests/kit.conf
mkdir -p /grade/results
result=/grade/results/results.json
# shellcheck disable=SC2086 # FACTS is one option or none
/opt/wakegap/build/wakegap-lab verify /grade/student --lab "$LAB" \
	--seconds "$SECONDS_MAX" $FACTS --format prairielearn -o "$result"
[ -s "$result" ] || echo '{"gradable": false, "format_errors": ["The grader itself failed. Tell your instructor; submit again later."]}' >"$result"
exit 0
