package io.augserve.serving;

import io.augserve.serving.WorldEvent.CallFails;
import io.augserve.serving.WorldEvent.Cancel;
import io.augserve.serving.WorldEvent.DecoderFails;
import io.augserve.serving.WorldEvent.Ends;
import io.augserve.serving.WorldEvent.ExecutorFull;
import io.augserve.serving.WorldEvent.Poison;
import io.augserve.serving.WorldEvent.Reader;
import io.augserve.serving.WorldEvent.StepFails;
import io.augserve.serving.WorldEvent.StepFault;
import io.augserve.serving.WorldEvent.Submit;
import io.augserve.serving.WorldEvent.ToolFault;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;

/** Draws the events of a world in waves: as many as it takes to keep the server busy for a number of steps. */
final class WorldDraw {
    private static final int WAVE = 32;
    private static final long MILLI = 1_000_000;

    private final WorldSetup setup;
    private final SplittableRandom random;
    private final SplittableRandom sessions;
    private int clients;

    WorldDraw(WorldSetup setup) {
        this.setup = setup;
        this.random = new SplittableRandom(~setup.seed());
        this.sessions = new SplittableRandom(setup.seed() * 17 + 3);
    }

    /** The next wave, which begins now, in the order of time. */
    List<WorldEvent> wave(long now) {
        List<WorldEvent> events = new ArrayList<>();
        // A step takes about a millisecond and gives each running request a token.
        long window = MILLI * WAVE * 20 / Math.min(Math.min(setup.limits().maxRunning(), setup.maxSequences()), 6);
        window = (long) (window * (0.3 + random.nextDouble()));
        long at = now;
        for (int i = 0; i < WAVE; i++) {
            // Half of the arrivals come in bursts.
            at = random.nextBoolean() && i > 0 ? at : now + random.nextLong(window);
            client(at, window, events);
        }
        for (int i = (int) (WAVE * setup.trouble() * 4 * Math.pow(random.nextDouble(), 3)); i > 0; i--) {
            events.add(new StepFails(now + random.nextLong(window), any(StepFault.values())));
        }
        if (random.nextDouble() < setup.trouble()) {
            events.add(new ExecutorFull(now + random.nextLong(window), random.nextLong(window)));
        }
        events.sort(Comparator.comparingLong(WorldEvent::at));
        return events;
    }

    private void client(long at, long window, List<WorldEvent> events) {
        int client = clients++;
        int prompt = random.nextInt(10) == 0 ? setup.maxContext() - 2 + random.nextInt(4) : 1 + random.nextInt(24);
        String name = random.nextInt(8) == 0 ? "name-" + random.nextInt(4) : "";
        if (random.nextDouble() < setup.trouble() * 0.2) {
            events.add(new DecoderFails(at, client, 1 + random.nextInt(12)));
        }
        boolean odd = random.nextDouble() < setup.trouble();
        events.add(new Submit(at, client, prompt, 1 + random.nextInt(60), random.nextInt(4) > 0,
                sessions.nextInt(3) == 0, name,
                odd ? any(Reader.values()) : random.nextBoolean() ? Reader.EAGER : Reader.NOBODY));
        if (random.nextDouble() < setup.trouble()) {
            events.add(new Cancel(at + (random.nextInt(4) == 0 ? 0 : random.nextLong(window)), client));
        }
        if (random.nextDouble() < setup.trouble()) {
            events.add(new CallFails(at, client, random.nextInt(3), any(ToolFault.values())));
        }
        if (random.nextDouble() < setup.trouble() * 0.1) {
            events.add(new Poison(at, client, prompt + random.nextInt(8)));
        }
    }

    /** How the world ends, if by something else than having served everybody. */
    List<WorldEvent> ending(long now) {
        if (random.nextInt(3) > 0) {
            return List.of();
        }
        List<WorldEvent> events = wave(now);
        long grace = random.nextInt(3) == 0 ? 0 : random.nextLong(200 * MILLI);
        events.add(new Ends(now + random.nextLong(200 * MILLI), any(WorldEvent.End.values()), grace));
        events.sort(Comparator.comparingLong(WorldEvent::at));
        return events;
    }

    private <E> E any(E[] values) {
        return values[random.nextInt(values.length)];
    }
}
