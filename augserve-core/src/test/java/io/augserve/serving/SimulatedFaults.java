package io.augserve.serving;

import io.augserve.observe.ServerObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/** Runs worlds: one seed is one world, and the same seed is the same world. */
final class SimulatedFaults {
    /** Least engine steps of a world. */
    static final int STEPS = 2_000;
    /** A server that runs no step in so many waves never will. */
    private static final int MOST_IDLE_WAVES = 20;
    private static final int SHRINKING_TRIES = 600;

    private SimulatedFaults() {}

    /**
     * What became of a world.
     *
     * @param setup drawn from the seed
     * @param events that happened to it
     * @param steps of the engine
     * @param digest of everything observable
     * @param faults that struck, by kind
     * @param violations of promises; empty if all is well
     */
    record Run(WorldSetup setup, List<WorldEvent> events, int steps, long digest, Map<String, Long> faults,
            List<String> violations) {
        boolean isWell() {
            return violations.isEmpty();
        }
    }

    /**
     * What became of many.
     *
     * @param seeds how many
     * @param steps of all engines
     * @param fewestSteps of one engine in a world in which all was well
     * @param faults that struck, by kind
     * @param failed the worlds in which a promise was broken
     */
    record Summary(long seeds, long steps, int fewestSteps, Map<String, Long> faults, List<Run> failed) {}

    /** The world of a seed, for at least so many steps. */
    static Run of(long seed, int steps, Planted planted) {
        return of(seed, steps, planted, ServerObserver.none());
    }

    /** The same, with somebody who watches. */
    static Run of(long seed, int steps, Planted planted, ServerObserver observer) {
        WorldSetup setup = WorldSetup.of(seed);
        WorldDraw draw = new WorldDraw(setup);
        World world = new World(setup, planted, observer);
        List<WorldEvent> events = new ArrayList<>();
        int idleWaves = 0;
        while (world.steps() < steps && world.isWell() && idleWaves < MOST_IDLE_WAVES) {
            int before = world.steps();
            List<WorldEvent> wave = draw.wave(world.now());
            events.addAll(wave);
            world.live(wave, false);
            idleWaves = world.steps() > before ? 0 : idleWaves + 1;
        }
        List<WorldEvent> ending = draw.ending(world.now());
        events.addAll(ending);
        world.live(ending, true);
        return finished(setup, world, events);
    }

    /** The same world with these events. */
    static Run replay(WorldSetup setup, List<WorldEvent> events, Planted planted) {
        World world = new World(setup, planted, ServerObserver.none());
        world.live(events, true);
        return finished(setup, world, events);
    }

    private static Run finished(WorldSetup setup, World world, List<WorldEvent> events) {
        if (world.isWell()) {
            world.settle();
        }
        return new Run(setup, List.copyOf(events), world.steps(), world.trace().digest(), world.trace().faults(),
                List.copyOf(world.trace().violations()));
    }

    /** As few of the events of a failed world as still make it fail. */
    static Run shrunk(Run failed, Planted planted) {
        List<WorldEvent> events = Shrinker.shrink(failed.events(),
                some -> !replay(failed.setup(), some, planted).isWell(), SHRINKING_TRIES);
        return replay(failed.setup(), events, planted);
    }

    /** The worlds of the seeds from {@code first} to {@code last}, on all cores. */
    static Summary many(long first, long last, int steps) {
        return LongStream.rangeClosed(first, last).parallel().mapToObj(seed -> of(seed, steps, Planted.NONE))
                .map(SimulatedFaults::summary).reduce(new Summary(0, 0, Integer.MAX_VALUE, Map.of(), List.of()),
                        SimulatedFaults::both);
    }

    private static Summary summary(Run run) {
        return new Summary(1, run.steps(), run.isWell() ? run.steps() : Integer.MAX_VALUE, run.faults(),
                run.isWell() ? List.of() : List.of(run));
    }

    private static Summary both(Summary one, Summary other) {
        Map<String, Long> faults = new TreeMap<>(one.faults());
        other.faults().forEach((kind, count) -> faults.merge(kind, count, Long::sum));
        List<Run> failed = new ArrayList<>(one.failed());
        failed.addAll(other.failed());
        return new Summary(one.seeds() + other.seeds(), one.steps() + other.steps(),
                Math.min(one.fewestSteps(), other.fewestSteps()), faults, failed);
    }

    /** What a person needs to know about a failed world, with its schedule shrunk. */
    static String report(Run failed, Planted planted) {
        Run small = shrunk(failed, planted);
        return "seed " + failed.setup().seed() + ": " + failed.violations().getFirst() + "\n" + failed.setup()
                + "\n" + small.events().size() + " of " + failed.events().size() + " events suffice for: "
                + (small.isWell() ? "nothing" : small.violations().getFirst()) + "\n"
                + small.events().stream().map(event -> "  " + event + "\n").collect(Collectors.joining());
    }
}
