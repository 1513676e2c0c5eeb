#!/bin/sh
# Makes every file of figures in this folder again, with augserve simulate; most of an hour on two cores.
#   docs/results/regenerate.sh [DIRECTORY]                  into this folder, or another
#   DURATION=20 SEEDS=1 docs/results/regenerate.sh /tmp     a quick look whose figures mean nothing
set -eu

here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
augserve=$here/../../augserve-examples/bin/augserve
out=${1:-$here}
duration=${DURATION:-1800}
seeds=${SEEDS:-1,2,3}
rates=${RATES:-1,2,3,4,5,6}
# The variations: two loads, one seed.
few_rates=${FEW_RATES:-3,5}
few_seeds=${FEW_SEEDS:-1}

# NAME OPTION...: one experiment, its table in NAME.txt.
experiment() {
    name=$1
    shift
    echo "$name" >&2
    "$augserve" simulate "$@" >"$out/$name.log"
    # Without the lines that tell of progress.
    sed '/^[0-9]* of [0-9]*: /d; /^run [0-9]*: /d' "$out/$name.log" >"$out/$name.txt"
    rm "$out/$name.log"
}

variation() {
    experiment "$@" --duration "$duration" --rate "$few_rates" --seeds "$few_seeds" --json "$out/$1.json"
}

mkdir -p "$out"
experiment simulate-mixture --duration "$duration" --rate "$rates" --seeds "$seeds" \
    --json "$out/simulate-mixture.json" --png "$out/simulate-mixture.png"
variation simulate-ablation --policy infercept,augserve-budget,augserve-order,augserve
variation simulate-bursts --arrivals gamma:4
variation simulate-noise --predictor 'oracle+noise(0.5)'
variation simulate-tiers --trace builtin:tiers
experiment simulate-capacity-90 --duration "$(( duration / 3 ))" --find-rate 0.9
experiment simulate-capacity-99 --duration "$(( duration / 3 ))" --find-rate 0.99
