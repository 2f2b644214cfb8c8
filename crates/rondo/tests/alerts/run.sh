#!/usr/bin/env bash
# Has Prometheus's own `promtool` read the alerts, try them on made-up figures, and read what the dashboard asks. Takes
# the `promtool` that is installed; else Debian's, unpacked below target/ without being installed, so that no service starts.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../../../.."

readonly UNPACKED=$PWD/target/promtool

promtool=$(command -v promtool || true)
if [ -z "$promtool" ]; then
    promtool=$UNPACKED/usr/bin/promtool
    if [ ! -x "$promtool" ]; then
        if ! command -v apt-get >/dev/null; then
            echo "missing: promtool; install Prometheus and run this again" >&2
            exit 1
        fi
        mkdir -p "$UNPACKED"
        (cd "$UNPACKED" && apt-get download --quiet prometheus && dpkg-deb --extract prometheus_*.deb . && rm prometheus_*.deb)
    fi
fi

"$promtool" check rules docs/watch/alerts.yml
"$promtool" test rules docs/watch/alerts.test.yml

# What the dashboard asks, as rules: Grafana's variables stand for a period and a pattern. JSON is YAML as well.
queries=$(mktemp --suffix=.yml)
trap 'rm -f "$queries"' EXIT
python3 - docs/watch/dashboard.json >"$queries" <<'PYTHON'
import json
import sys

panels = json.load(open(sys.argv[1]))["panels"]
asked = [target["expr"] for panel in panels for target in panel.get("targets", [])]
asked = [text.replace("$__rate_interval", "5m").replace("$instance", ".*") for text in asked]
rules = [{"record": f"asked:{number}", "expr": text} for number, text in enumerate(asked)]
json.dump({"groups": [{"name": "dashboard", "rules": rules}]}, sys.stdout)
PYTHON
"$promtool" check rules "$queries"
