package io.augserve.observe;

import io.augserve.observe.ServerEvent.RequestAdmitted;
import io.augserve.observe.ServerEvent.RequestFinished;
import io.augserve.observe.ServerEvent.RequestPreempted;
import io.augserve.observe.ServerEvent.StepBegan;
import io.augserve.observe.ServerEvent.StepEnded;
import io.augserve.observe.ServerEvent.ToolPauseBegan;
import io.augserve.observe.ServerEvent.ToolPauseEnded;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes Flight Recorder events. While no recording asks for them, nothing is filled in and nothing kept. What began before a recording
 * did is not in it: a duration event needs both of its ends.
 */
final class FlightRecorderObserver implements ServerObserver {
    /** Pauses that a recording saw begin, by request. */
    private final Map<Long, FlightEvents.ToolPause> pauses = new HashMap<>();
    private FlightEvents.@Nullable EngineStep step;

    @Override
    public boolean watchesTokens() {
        return false;
    }

    @Override
    public void admitted(RequestAdmitted event) {
        FlightEvents.RequestAdmitted admitted = new FlightEvents.RequestAdmitted();
        if (admitted.isEnabled()) {
            admitted.of(event.request());
            admitted.kind = event.request().kind();
            admitted.priority = event.request().priority();
            admitted.promptTokens = event.request().promptTokens();
            admitted.maxTokens = event.request().maxTokens();
            admitted.commit();
        }
    }

    @Override
    public void finished(RequestFinished event) {
        FlightEvents.RequestFinished finished = new FlightEvents.RequestFinished();
        if (finished.isEnabled()) {
            finished.of(event.request());
            finished.reason = event.reason().name();
            finished.cause = event.cause().map(Throwable::toString).orElse("");
            finished.objectiveMet = event.objectiveMet();
            finished.total = event.timing().total().toNanos();
            finished.queue = event.timing().queue().toNanos();
            finished.timeToFirstToken = event.timing().timeToFirstToken().toNanos();
            finished.tools = event.timing().tools().toNanos();
            finished.promptTokens = event.usage().promptTokens();
            finished.outputTokens = event.usage().outputTokens();
            finished.recomputedTokens = event.usage().recomputedTokens();
            finished.reusedTokens = event.usage().reusedTokens();
            finished.preemptions = event.usage().preemptions();
            finished.commit();
        }
    }

    @Override
    public void preempted(RequestPreempted event) {
        FlightEvents.Preemption preemption = new FlightEvents.Preemption();
        if (preemption.isEnabled()) {
            preemption.of(event.request());
            preemption.cause = event.cause().name();
            preemption.commit();
        }
    }

    @Override
    public void toolPauseBegan(ToolPauseBegan event) {
        FlightEvents.ToolPause pause = new FlightEvents.ToolPause();
        if (pause.isEnabled()) {
            pause.begin();
            pauses.put(event.request().id(), pause);
        }
    }

    @Override
    public void toolPauseEnded(ToolPauseEnded event) {
        FlightEvents.ToolPause pause = pauses.remove(event.request().id());
        if (pause != null) {
            pause.end();
            pause.of(event.request());
            pause.segment = event.segment();
            pause.tools = String.join(", ", event.tools());
            pause.predicted = event.predicted().toNanos();
            pause.returned = event.returned();
            pause.commit();
        }
    }

    @Override
    public void stepBegan(StepBegan event) {
        FlightEvents.EngineStep began = new FlightEvents.EngineStep();
        step = null;
        if (began.isEnabled()) {
            began.begin();
            step = began;
        }
    }

    @Override
    public void stepEnded(StepEnded event) {
        FlightEvents.EngineStep ended = step;
        step = null;
        if (ended != null) {
            ended.end();
            ended.planning = event.planning().toNanos();
            ended.engine = event.running().toNanos();
            ended.failed = event.failed();
            ended.requests = event.work().requests();
            ended.prefillTokens = event.work().prefillTokens();
            ended.decodeTokens = event.work().decodeTokens();
            ended.recomputedTokens = event.work().recomputedTokens();
            ended.movedBlocks = event.work().movedBlocks();
            ended.waiting = event.occupancy().waiting();
            ended.running = event.occupancy().running();
            ended.paused = event.occupancy().paused();
            ended.usedBlocks = event.occupancy().usedBlocks();
            ended.capacityBlocks = event.occupancy().capacityBlocks();
            ended.retainedBlocks = event.occupancy().retainedBlocks();
            ended.swappedBlocks = event.occupancy().swappedBlocks();
            ended.commit();
        }
    }
}
