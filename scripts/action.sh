#!/usr/bin/env bash
# What the action at the root of this repository does: installs Broadsheet if there is no PROGRAM, runs COMMAND in DIRECTORY,
# and leaves its report for action_report.py. The exit code is that of the command.
set -euo pipefail
program=${PROGRAM:-}
if [[ $program == */* ]]; then program=$(realpath -s -- "$program"); fi
cd -- "${DIRECTORY:-.}"

report=$(mktemp -d "${RUNNER_TEMP:-/tmp}/broadsheet-XXXXXX")/report.json
arguments=()
case ${COMMAND:-check} in
  check) if [[ ${STRICT:-true} == true ]]; then arguments+=(--strict); fi ;;
  publish) if [[ -n ${TARGET:-} ]]; then arguments+=("--" "$TARGET"); fi ;;
  *) echo "::error title=Broadsheet::command: choose check or publish"; exit 2 ;;
esac

if [[ -z $program ]]; then
  environment=$(dirname -- "$report")/environment
  python3 -m venv "$environment"
  if [[ -f ${REQUIREMENTS:-} ]]; then wanted=(-r "$REQUIREMENTS"); else wanted=(broadsheet); fi
  "$environment/bin/python" -m pip install --quiet --disable-pip-version-check "${wanted[@]}"
  program=$environment/bin/broadsheet
fi

echo "report=$report" >> "${GITHUB_OUTPUT:-/dev/null}"
code=0
"$program" "${COMMAND:-check}" --json "${arguments[@]}" > "$report" || code=$?
case $code in 0) outcome=ok ;; 1) outcome=fault ;; 2) outcome=usage ;; *) outcome=interrupted ;; esac
echo "outcome=$outcome" >> "${GITHUB_OUTPUT:-/dev/null}"
exit "$code"
