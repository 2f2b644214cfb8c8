#!/usr/bin/env bash
# Brings axe, which looks for what people with disabilities can't use, from PyPI into target/axe.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../../../.."

readonly VERSION=0.1.8
readonly FOLDER=target/axe

if [ -s "$FOLDER/axe.min.js" ] && [ "$(cat "$FOLDER/version")" = "$VERSION" ]; then
    exit 0
fi
rm -rf "$FOLDER"
python3 -m venv "$FOLDER/venv"
"$FOLDER/venv/bin/pip" install --quiet --no-deps "axe-playwright-python==$VERSION"
cp "$(find "$FOLDER/venv" -name axe.min.js | head -n 1)" "$FOLDER/axe.min.js"
echo "$VERSION" >"$FOLDER/version"
