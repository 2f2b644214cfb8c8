#!/usr/bin/env bash
# Tries the served API with schemathesis: thousands of requests made from its own OpenAPI document. Any answer that the
# document does not promise fails. Usage: run.sh [EXAMPLES [SEED [PHASES]]]; needs Python 3 and, the first time, a network.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../../../.."
root=$PWD

readonly VERSION=4.32.5
readonly EXAMPLES=${1:-25}
readonly SEED=${2:-1}
# The walks from answer to answer depend on ids that are new each time: `examples,coverage,fuzzing,stateful` adds them,
# as a search by hand; what it finds becomes a test of its own.
readonly PHASES=${3:-examples,coverage,fuzzing}
readonly VENV=$root/target/schemathesis
readonly CONFIG=$root/crates/rondo/tests/schemathesis/schemathesis.toml

if [ ! -x "$VENV/bin/schemathesis" ]; then
    python3 -m venv "$VENV"
    "$VENV/bin/pip" install --quiet "schemathesis==$VERSION"
fi
cargo build --locked --quiet --package rondo

folder=$(mktemp -d)
server=
# Ends the server that was started here, and leaves nothing behind.
finish() {
    if [ -n "$server" ]; then
        kill "$server" 2>/dev/null || true
        wait "$server" 2>/dev/null || true
    fi
    rm -rf "$folder"
}
trap finish EXIT

export RONDO_DATABASE="sqlite:$folder/rondo.db"
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
key=$("$root/target/debug/rondo" team create "Schemathesis" --admin root@example.com --json |
    python3 -c 'import json, sys; print(json.load(sys.stdin)["api_key"])')
"$root/target/debug/rondo" serve --listen "127.0.0.1:$port" >"$folder/log" 2>&1 &
server=$!
for _ in $(seq 100); do
    if curl --silent --fail "http://127.0.0.1:$port/readyz" >/dev/null; then
        break
    fi
    sleep 0.1
done

# It keeps notes in the folder it runs in. Revoking keys would sooner or later revoke the one in use, and it knows no
# messages of mail.
cd "$folder"
"$VENV/bin/schemathesis" --config-file "$CONFIG" run "http://127.0.0.1:$port/openapi.json" \
    --header "Authorization: Bearer $key" --exclude-operation-id revoke_key --exclude-operation-id deliver_message \
    --phases "$PHASES" --max-examples "$EXAMPLES" --seed "$SEED" --request-timeout 20 --no-color
