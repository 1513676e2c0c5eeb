#!/bin/sh
# Makes every file of figures in this folder again, with augserve simulate; an hour or two on two cores.
#   docs/results/regenerate.sh [DIRECTORY]                  into this folder, or another
#   DURATION=20 SEEDS=1 docs/results/regenerate.sh /tmp     a quick look whose figures mean nothing
set -eu

here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
augserve=$here/../../augserve-examples/bin/augserve
out=${1:-$here}
duration=${DURATION:-1800}
seeds=${SEEDS:-1,2,3}
rates=${RATES:-1,2,3,4,5,6}

# NAME OPTION...: one experiment, its table in NAME.txt.
experiment() {
    name=$1
    shift
    echo "$name" >&2
    "$augserve" simulate --duration "$duration" --seeds "$seeds" "$@" >"$out/$name.log"
    # Without the lines that tell of progress.
    sed '/^[0-9]* of [0-9]*: /d; /^run [0-9]*: /d' "$out/$name.log" >"$out/$name.txt"
    rm "$out/$name.log"
}

# The same with all figures in NAME.json, and curves against the rate in NAME.png.
sweep() {
    experiment "$@" --rate "$rates" --json "$out/$1.json" --png "$out/$1.png"
}

mkdir -p "$out"
sweep simulate-mixture
sweep simulate-bursts --arrivals gamma:4
sweep simulate-noise --predictor 'oracle+noise(0.5)'
sweep simulate-tiers --trace builtin:tiers
sweep simulate-ablation --policy infercept,augserve-budget,augserve-order,augserve
experiment simulate-capacity-90 --find-rate 0.9
experiment simulate-capacity-99 --find-rate 0.99
