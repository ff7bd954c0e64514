#!/bin/sh
# Runs openai_client_test.py in a virtual environment of its own, which it makes
# where there is none.
#
#   openai_client.sh BIN_DIR VENV_DIR
#
# Exit code 77: there is no client to test with.
set -eu

bin=$1
venv=$2
here=$(dirname "$0")

skip() {
  echo "SKIPPED: $*; the API is NOT tested with the real openai client" >&2
  exit 77
}

if ! "$venv/bin/python" -c 'import openai' 2>/dev/null; then
  python3 -m venv "$venv" 2>/dev/null ||
    skip "python3 -m venv does not work (Debian's python3-venv)"
  "$venv/bin/pip" install --quiet --disable-pip-version-check --retries 1 \
    --timeout 15 'openai>=1.60' >&2 || skip "pip cannot install openai"
fi
exec "$venv/bin/python" "$here/openai_client_test.py" "$bin"
