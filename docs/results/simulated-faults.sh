#!/bin/sh
# Simulates servers in which things go wrong, one for each seed from FIRST to LAST, and writes what struck and what broke.
#   docs/results/simulated-faults.sh                                  the committed figures: 4,000 seeds, minutes on two cores
#   docs/results/simulated-faults.sh FIRST LAST [STEPS [FILE.json]]   any others
# Fails if a promise was broken, and prints a shrunk schedule of the events that break it.
set -eu

here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
[ $# -gt 0 ] || set -- 1 4000 2000 "$here/simulated-faults.json"
# Maven knows the class path and finds the JDK.
exec mvn -q -B -f "$here/../../pom.xml" -pl augserve-core test \
    '-Dtest=SimulatedFaultsTest#asManySeedsAsAreAskedFor' -Dsurefire.failIfNoSpecifiedTests=false "-Daugserve.faults=$*"
