package io.augserve.serving;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Runs worlds: one seed is one world, and the same seed is the same world. */
final class SimulatedFaults {
    /** Least engine steps of a world. */
    static final int STEPS = 2_000;
    /** Waves without a step: a world whose server is gone. */
    private static final int MOST_WAVES = 2_000;

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
            List<String> violations) {}

    /** The world of a seed, for at least so many steps. */
    static Run of(long seed, int steps, Planted planted) {
        WorldSetup setup = WorldSetup.of(seed);
        WorldDraw draw = new WorldDraw(setup);
        World world = new World(setup, planted);
        List<WorldEvent> events = new ArrayList<>();
        for (int wave = 0; wave < MOST_WAVES && world.steps() < steps && world.isWell(); wave++) {
            happen(world, draw.wave(world.now()), events, false);
        }
        happen(world, draw.ending(world.now()), events, true);
        return finished(setup, world, events);
    }

    private static void happen(World world, List<WorldEvent> wave, List<WorldEvent> events, boolean last) {
        events.addAll(wave);
        world.live(wave, last);
    }

    /** The same world with a part of its events. */
    static Run replay(WorldSetup setup, List<WorldEvent> events, Planted planted) {
        World world = new World(setup, planted);
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

    public static void main(String[] args) {
        long from = Long.parseLong(args[0]);
        long to = Long.parseLong(args[1]);
        Planted planted = args.length > 2 ? Planted.valueOf(args[2]) : Planted.NONE;
        long steps = 0;
        int bad = 0;
        long t = System.nanoTime();
        Map<String, Long> faults = new java.util.TreeMap<>();
        for (long seed = from; seed <= to; seed++) {
            try {
                Run run = of(seed, STEPS, planted);
                steps += run.steps();
                run.faults().forEach((k, v) -> faults.merge(k, v, Long::sum));
                if (!run.violations().isEmpty()) {
                    bad++;
                    System.out.println(seed + " " + run.setup().policy() + " steps " + run.steps() + " "
                            + run.violations().getFirst());
                }
            } catch (Throwable e) {
                if (bad++ < 15)
                    System.out.println(seed + " " + WorldSetup.of(seed).policy() + " CRASH " + e + " "
                            + java.util.Arrays.stream(e.getStackTrace()).limit(4).toList());
            }
        }
        System.out.println(bad + " bad, " + steps + " steps, " + (System.nanoTime() - t) / 1e9 + " s " + faults);
    }
}
