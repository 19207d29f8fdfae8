#!/bin/sh
# Run by the workflow at the top of the repository. The result goes to the reporter in base64; the
# log shows it as text; the exit status is 0 only if the lab passes.
. .github/wakegap/kit.conf
result=$(mktemp)
# shellcheck disable=SC2086 # FACTS is one option or none
"${WAKEGAP:-/opt/wakegap}/build/wakegap-lab" verify . --lab "$LAB" --seconds "$SECONDS_MAX" $FACTS \
	--format github -o "$result"
status=$?
[ -s "$result" ] || echo '{"version": 1, "status": "error", "max_score": 0, "tests": []}' >"$result"
cat "$result"
echo "result=$(base64 -w 0 "$result")" >>"${GITHUB_OUTPUT:-/dev/null}"
rm -f "$result"
exit $status
