package io.augserve;

import static java.util.Objects.requireNonNull;

import io.augserve.engine.ChatFormat;
import io.augserve.engine.Engine;
import io.augserve.engine.EngineSpec;
import io.augserve.engine.Ticker;
import io.augserve.observe.ServerObserver;
import io.augserve.predict.CostModel;
import io.augserve.predict.Predictor;
import io.augserve.profile.EngineProfile;
import io.augserve.profile.Profiler;
import io.augserve.request.Generation;
import io.augserve.request.GenerationRequest;
import io.augserve.request.ServerStats;
import io.augserve.request.ServiceLevel;
import io.augserve.request.SessionRetention;
import io.augserve.schedule.BatchPolicy;
import io.augserve.schedule.Policies;
import io.augserve.schedule.Policy;
import io.augserve.schedule.Scheduler;
import io.augserve.serving.Admission;
import io.augserve.serving.LoopConfig;
import io.augserve.serving.LoopLimits;
import io.augserve.serving.LoopThread;
import io.augserve.serving.ServingLoop;
import io.augserve.tool.Tool;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves tool-calling LLM requests inside this JVM. One object owns one {@link Engine} and one thread that decides, step by step,
 * which requests run; all of its methods may be called from any thread.
 *
 * <pre>{@code
 * try (AugServe server = AugServe.builder(engine).tools(calculator).build()) {
 *     System.out.println(server.submit(GenerationRequest.chat("What is 3 * 14?").build()).join().text());
 * }
 * }</pre>
 */
public final class AugServe implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AugServe.class);
    /** How long a step may still take once every request has been cancelled. */
    private static final Duration LAST_STEP = Duration.ofSeconds(10);
    /** How long results and last events may still take. */
    private static final Duration LAST_DELIVERY = Duration.ofSeconds(1);

    private final Engine engine;
    private final Limits limits;
    private final Admission admission;
    private final ServingLoop loop;
    private final LoopThread thread;
    private final List<ExecutorService> ownExecutors;
    private volatile boolean open = true;
    private boolean closed;

    private AugServe(Builder builder, Policy policy) {
        engine = builder.engine;
        limits = builder.limits;
        ExecutorService delivery = Executors.newVirtualThreadPerTaskExecutor();
        Optional<ExecutorService> ownTools = builder.toolExecutor.isPresent()
                ? Optional.empty()
                : Optional.of(Executors.newVirtualThreadPerTaskExecutor());
        ownExecutors = ownTools.map(own -> List.of(own, delivery)).orElse(List.of(delivery));
        Executor tools = builder.toolExecutor.orElseGet(ownTools::orElseThrow);
        LoopConfig config = new LoopConfig(engine, policy.scheduler(), builder.batchPolicy.orElse(policy.batchPolicy()),
                builder.predictor, loopLimits(limits), builder.sessions, builder.ticker, tools, delivery,
                Optional.of(delivery),
                ServerObserver.all(builder.observer, ServerObserver.flightRecorder()));
        admission = new Admission(new Admission.Config(limits.maxRequests(), limits.maxQueuedTokens(),
                limits.shedsLate(), limits.maxPromptTokens(), builder.tools, builder.serviceLevel, builder.random),
                config);
        loop = new ServingLoop(config, admission);
        thread = new LoopThread(loop, "augserve-loop", limits.stepTimeout());
        admission.open(loop);
        thread.start();
    }

    private static LoopLimits loopLimits(Limits limits) {
        return new LoopLimits(limits.maxRunning(), limits.maxStepFailures(), limits.maxPaused(),
                limits.maxToolsInFlight(), limits.maxToolResultChars(), limits.maxBufferedEvents(),
                limits.stepTimeout());
    }

    /**
     * Starts a server's description.
     *
     * @param engine runs the model; the server owns it from {@link Builder#build()} on and closes it
     */
    public static Builder builder(Engine engine) {
        return new Builder(engine);
    }

    /**
     * Takes a request and returns at once. The prompt is encoded on the calling thread.
     *
     * @throws io.augserve.request.RequestRejectedException if the request is refused; no work has been done for it then
     */
    public Generation submit(GenerationRequest request) {
        return admission.submit(requireNonNull(request, "request"));
    }

    /** The latest snapshot. */
    public ServerStats stats() {
        return loop.stats();
    }

    /** What the engine can do. */
    public EngineSpec engineSpec() {
        return engine.spec();
    }

    /** The engine's chat format, for those who count or show tokens; usable until the server is closed. */
    public Optional<ChatFormat> chatFormat() {
        return engine.chatFormat();
    }

    /** Whether requests are taken: false once the server is closing or its engine has failed for good. */
    public boolean isOpen() {
        return open && loop.failure().isEmpty();
    }

    /**
     * Refuses new requests, lets the ones in the house end within the grace of {@link Limits}, cancels the rest, and closes the engine.
     * See {@link #close(Duration)}.
     */
    @Override
    public void close() {
        close(limits.closeGrace());
    }

    /**
     * Refuses new requests, lets the ones in the house end within a grace, cancels the rest, and closes the engine. A step that does not
     * end ten seconds after the grace is left alone: its requests fail and the engine stays open, for closing it would be unsafe. Every
     * handle is completed when this returns, but for those whose dependents keep the delivery busy. An interrupt ends the grace.
     * Idempotent; not to be called from a tool or a subscriber, for whose end it would wait.
     *
     * @param grace zero to cancel at once; not negative
     */
    public synchronized void close(Duration grace) {
        if (closed) {
            return;
        }
        closed = true;
        open = false;
        admission.close();
        boolean interrupted = !patiently(() -> admission.awaitEmpty(grace));
        thread.cancelAll();
        boolean[] stopped = new boolean[1];
        interrupted |= !patiently(() -> stopped[0] = thread.stop(LAST_STEP));
        if (interrupted) {
            // Bounded by the last step, and nobody may be left without an answer.
            patiently(() -> stopped[0] = thread.stop(LAST_STEP));
        }
        ownExecutors.forEach(ExecutorService::shutdown);
        interrupted |= !patiently(() -> ownExecutors.getLast().awaitTermination(LAST_DELIVERY.toMillis(),
                TimeUnit.MILLISECONDS));
        if (stopped[0]) {
            engine.close();
        } else {
            LOG.error("the engine's step does not end; the engine stays open because closing it now would be unsafe");
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits; false if it was interrupted. */
    private static boolean patiently(Callable<Boolean> waiting) {
        try {
            waiting.call();
            return true;
        } catch (InterruptedException e) {
            return false;
        } catch (Exception e) {
            throw new IllegalStateException("waiting for the end failed", e);
        }
    }

    /** Sets what differs from the defaults; each setter may be called again and then replaces what it set. */
    public static final class Builder {
        private static final CostModel NO_COSTS = new CostModel(0, 0, 0);

        private final Engine engine;
        private List<Tool> tools = List.of();
        private ServiceLevel serviceLevel = ServiceLevel.DEFAULT;
        private Limits limits = Limits.DEFAULT;
        private SessionRetention sessions = SessionRetention.DEFAULT;
        private Optional<Scheduler> scheduler = Optional.empty();
        private Optional<BatchPolicy> batchPolicy = Optional.empty();
        /** Asks for the machine only if it uses it. */
        private Optional<Function<Supplier<Policies.Machine>, Policy>> policy = Optional.empty();
        private Optional<Policies.Machine> machine = Optional.empty();
        private Predictor predictor = Predictor.online();
        private Optional<Executor> toolExecutor = Optional.empty();
        private Ticker ticker = Ticker.system();
        private ServerObserver observer = ServerObserver.none();
        private RandomGenerator random = RandomGenerator.of("L64X128MixRandom");

        private Builder(Engine engine) {
            this.engine = requireNonNull(engine, "engine");
        }

        /** Tools of every request that brings none of its own. Default: none. */
        public Builder tools(Tool... value) {
            tools = List.of(value);
            return this;
        }

        /** Objective of every request that brings none. Default {@link ServiceLevel#DEFAULT}. */
        public Builder serviceLevel(ServiceLevel value) {
            serviceLevel = requireNonNull(value, "serviceLevel");
            return this;
        }

        /** Default {@link Limits#DEFAULT}. */
        public Builder limits(Limits value) {
            limits = requireNonNull(value, "limits");
            return this;
        }

        /**
         * What is kept of turns whose calls the caller runs, for the requests that follow them. Default
         * {@link SessionRetention#DEFAULT}; {@link SessionRetention#OFF} computes every prompt anew.
         */
        public Builder retainSessions(SessionRetention value) {
            sessions = requireNonNull(value, "sessions");
            return this;
        }

        /**
         * A stock policy: a scheduler and the batch policy that goes with it. If it uses costs ({@link Policies#usesCosts}) and there is
         * no {@link #machine}, {@link #build()} measures the engine with {@link Profiler}, for about a second. Default: {@code fcfs}.
         *
         * @param name one of {@link Policies#names()} or {@link Policies#ablations()}
         * @throws IllegalArgumentException if there is none of that name; the message lists those that there are
         */
        public Builder policy(String name) {
            Policies.requireName(name);
            policy = Optional.of(on -> Policies
                    .create(name,
                            Policies.usesCosts(name) ? on.get() : new Policies.Machine(maxBatchTokens(), NO_COSTS))
                    .orElseThrow());
            return this;
        }

        /**
         * A policy of one's own, made by {@link #build()} for the engine as it was measured, or for the {@link #machine} that was given.
         * What needs no costs is given to {@link #scheduler} and {@link #batchPolicy} instead.
         */
        public Builder policy(Function<Policies.Machine, Policy> value) {
            requireNonNull(value, "policy");
            policy = Optional.of(on -> value.apply(on.get()));
            return this;
        }

        /**
         * What policies are told of the machine, so that {@link #build()} measures nothing; for instance that of an earlier
         * {@link Profiler#measure(Engine)}. Default: measured if the policy uses it.
         */
        public Builder machine(Policies.Machine value) {
            machine = Optional.of(value);
            return this;
        }

        /** In place of a {@link #policy(String)}; the two exclude one another. A scheduler serves one server. */
        public Builder scheduler(Scheduler value) {
            scheduler = Optional.of(value);
            return this;
        }

        /** Default: the policy's, and with a {@link #scheduler} of one's own the engine's limit in every step. */
        public Builder batchPolicy(BatchPolicy value) {
            batchPolicy = Optional.of(value);
            return this;
        }

        /** Estimates segments for the scheduler. Default {@link Predictor#online()}. A predictor serves one server. */
        public Builder predictor(Predictor value) {
            predictor = requireNonNull(value, "predictor");
            return this;
        }

        /** Runs tool handlers. Default: a virtual thread for each call. An executor given here is not shut down. */
        public Builder toolExecutor(Executor value) {
            toolExecutor = Optional.of(value);
            return this;
        }

        /** Default {@link Ticker#system()}. */
        public Builder ticker(Ticker value) {
            ticker = requireNonNull(value, "ticker");
            return this;
        }

        /**
         * Watches the server; several through {@link ServerObserver#all}. An observer that throws changes nothing. The events of Java
         * Flight Recorder are written in any case, if a recording asks for them. Default: none.
         */
        public Builder observer(ServerObserver value) {
            observer = requireNonNull(value, "observer");
            return this;
        }

        /** Draws the seeds of requests that bring none. Default: a generator with a seed of its own. */
        public Builder random(RandomGenerator value) {
            random = requireNonNull(value, "random");
            return this;
        }

        /**
         * Starts the server, after measuring the engine if the policy needs that. If it throws, the engine stays the caller's.
         *
         * @throws IllegalArgumentException if two tools share a name
         * @throws IllegalStateException if both a policy and a scheduler are set, or if an engine that is to be measured holds sequences
         * @throws io.augserve.profile.ProfilingException if an engine that is to be measured fails a step
         */
        public AugServe build() {
            // The check is the request's own: the defaults are what a request without tools of its own will use.
            GenerationRequest.tokens(0).tools(tools.toArray(Tool[]::new)).build();
            if (policy.isPresent() && scheduler.isPresent()) {
                throw new IllegalStateException("expected a policy or a scheduler, got both");
            }
            return new AugServe(this, chosen());
        }

        private Policy chosen() {
            if (policy.isPresent()) {
                return policy.get().apply(() -> machine.orElseGet(this::measured));
            }
            return new Policy("own", scheduler.orElseGet(Scheduler::fcfs), BatchPolicy.fixed(maxBatchTokens()));
        }

        private int maxBatchTokens() {
            return engine.spec().maxBatchTokens();
        }

        private Policies.Machine measured() {
            EngineProfile profile = Profiler.measure(engine, ticker, Profiler.DEFAULT_LIMIT);
            LOG.info("measured {}: {}, mean error {} %, {}", engine.spec().model(), profile.iterationTime(),
                    Math.round(100 * profile.error()), profile.machine());
            return profile.machine();
        }
    }
}
