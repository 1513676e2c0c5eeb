package io.augserve.serving;

import io.augserve.engine.Engine;
import io.augserve.engine.Ticker;
import io.augserve.observe.ServerObserver;
import io.augserve.predict.Predictor;
import io.augserve.request.SessionRetention;
import io.augserve.schedule.BatchPolicy;
import io.augserve.schedule.Scheduler;
import java.util.Optional;
import java.util.concurrent.Executor;

/**
 * What a serving loop is made of.
 *
 * @param engine runs the steps
 * @param scheduler plans them
 * @param batchPolicy sets their token budget
 * @param predictor estimates what requests will do
 * @param limits of what it holds at once
 * @param sessions what is kept of turns whose calls the caller runs
 * @param ticker the clock
 * @param toolExecutor runs tool handlers
 * @param deliveryExecutor runs subscribers and dependents of results
 * @param textExecutor decodes and publishes tokens while the next step runs; empty: the loop does it before
 * @param observer watches; guarded here
 */
public record LoopConfig(Engine engine, Scheduler scheduler, BatchPolicy batchPolicy, Predictor predictor,
        LoopLimits limits, SessionRetention sessions, Ticker ticker, Executor toolExecutor, Executor deliveryExecutor,
        Optional<Executor> textExecutor, ServerObserver observer) {
    /** Guards the observer, so that nobody can forget to. */
    public LoopConfig {
        observer = ServerObserver.guarded(observer);
    }

    /** A loop that parks no turns and puts no text off, without an observer. */
    public LoopConfig(Engine engine, Scheduler scheduler, BatchPolicy batchPolicy, Predictor predictor,
            LoopLimits limits, Ticker ticker, Executor toolExecutor, Executor deliveryExecutor) {
        this(engine, scheduler, batchPolicy, predictor, limits, SessionRetention.OFF, ticker, toolExecutor,
                deliveryExecutor, Optional.empty(), ServerObserver.none());
    }
}
