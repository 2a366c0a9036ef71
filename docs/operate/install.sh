#!/bin/sh
# Installs the bundle beside it without a network: ./install.sh [FOLDER]. Needs Python 3.11 with venv.
set -eu
cd "$(dirname "$0")"
target=${1:-/opt/cancu}
python3 -m venv "$target"
"$target/bin/python" -m pip install --quiet --no-index --find-links wheels --require-hashes -r requirements.txt
# Our own wheel: its hash was taken when the bundle was made.
grep -o 'sha256:[0-9a-f]*' cancu.txt | cut -d: -f2 | {
    read -r expected
    set -- wheels/cancu-*.whl
    echo "$expected  $1" | sha256sum --check --quiet
    "$target/bin/python" -m pip install --quiet --no-index --no-deps "$1"
}
CANCU_DATA_DIR=$(mktemp -d) "$target/bin/cancu" doctor || true
echo "Installed in $target. Start it with: $target/bin/cancu serve"
