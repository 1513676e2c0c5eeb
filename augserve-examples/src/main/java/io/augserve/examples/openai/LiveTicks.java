package io.augserve.examples.openai;

import com.google.gson.JsonArray;
import io.augserve.observe.Occupancy;
import io.augserve.observe.ServerEvent;
import java.util.ArrayDeque;
import java.util.Deque;

/** What happened between two frames, summed up, for as many frames as a page shows. Confined to the feed's lock. */
final class LiveTicks {
    private static final Occupancy EMPTY = new Occupancy(0, 0, 0, 0, 0, 0, 0, 0);

    private final int most;
    private final Deque<LiveTick> ticks = new ArrayDeque<>();
    private long latest;
    private Occupancy occupancy = EMPTY;
    private LiveTick.Counts counts = new LiveTick.Counts();

    LiveTicks(int most) {
        this.most = most;
    }

    void observe(ServerEvent event) {
        switch (event) {
            case ServerEvent.StepEnded step -> {
                occupancy = step.occupancy();
                counts.steps++;
                counts.prefillTokens += step.work().prefillTokens();
                counts.decodeTokens += step.work().decodeTokens();
            }
            case ServerEvent.OccupancyChanged changed -> occupancy = changed.occupancy();
            case ServerEvent.FirstToken first -> {
                counts.firstTokens++;
                counts.firstTokenNanos += first.timeToFirstToken().toNanos();
            }
            case ServerEvent.RequestFinished finished -> {
                counts.finished++;
                counts.met += finished.objectiveMet() ? 1 : 0;
            }
            case ServerEvent.RequestPreempted _ -> counts.preempted++;
            case ServerEvent.RequestRejected _ -> counts.rejected++;
            default -> {
                // Drawn in lanes, or not at all.
            }
        }
    }

    /** A frame's time is over. */
    void next(long millis) {
        ticks.add(new LiveTick(++latest, millis, occupancy, counts));
        counts = new LiveTick.Counts();
        if (ticks.size() > most) {
            ticks.remove();
        }
    }

    /** Number of the latest tick. */
    long latest() {
        return latest;
    }

    /** The ticks after one, oldest first. */
    JsonArray since(long number) {
        JsonArray array = new JsonArray();
        ticks.stream().filter(tick -> tick.number() > number).forEach(tick -> array.add(tick.toJson()));
        return array;
    }
}
