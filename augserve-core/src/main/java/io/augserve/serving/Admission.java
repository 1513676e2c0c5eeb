package io.augserve.serving;

import io.augserve.engine.ChatFormat;
import io.augserve.engine.Engine;
import io.augserve.engine.EngineSpec;
import io.augserve.engine.KvCache;
import io.augserve.engine.Ticker;
import io.augserve.observe.ServerEvent;
import io.augserve.observe.ServerObserver;
import io.augserve.request.CallRule;
import io.augserve.request.Generation;
import io.augserve.request.GenerationRequest;
import io.augserve.request.OutputConstraint;
import io.augserve.request.Prompt;
import io.augserve.request.RequestRejectedException;
import io.augserve.request.RequestRejectedException.Reason;
import io.augserve.request.SamplingOptions;
import io.augserve.request.ServiceLevel;
import io.augserve.tool.Tool;
import io.augserve.tool.ToolSpec;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The front door. On the caller's thread it refuses what cannot be served (too many requests or tokens, a prompt that can never
 * fit, an id that is taken, tokens outside the vocabulary, a closed house), encodes the prompt and hands the request to the loop. Thread-safe.
 */
public final class Admission {
    /**
     * What the front door needs to know.
     *
     * @param maxRequests most requests in the house
     * @param maxQueuedTokens most prompt tokens that wait for their first token
     * @param sheds whether a request that is late for its first token gives its place to a newcomer
     * @param maxPromptTokens longest prompt; the engine may allow less
     * @param defaultTools for requests that bring none
     * @param defaultServiceLevel for requests that bring none
     * @param random draws the seeds of requests that bring none
     */
    public record Config(int maxRequests, long maxQueuedTokens, boolean sheds, int maxPromptTokens,
            List<Tool> defaultTools, ServiceLevel defaultServiceLevel, RandomGenerator random) {
        /** A door that bounds the number of requests alone. */
        public static Config of(int maxRequests, ServiceLevel defaultServiceLevel, RandomGenerator random) {
            return new Config(maxRequests, Long.MAX_VALUE, false, Integer.MAX_VALUE, List.of(), defaultServiceLevel,
                    random);
        }
    }

    private final Config config;
    private final Engine engine;
    private final Ticker ticker;
    private final Executor deliveryExecutor;
    private final int maxBufferedEvents;
    private final ServerObserver observer;
    private final AtomicLong ids = new AtomicLong();
    private final AtomicLong names = new AtomicLong();
    private final House house;
    private volatile @Nullable ServingLoop loop;

    /** A door that is not open yet; see {@link #open}. */
    public Admission(Config config, LoopConfig loopConfig) {
        this.config = config;
        this.engine = loopConfig.engine();
        this.ticker = loopConfig.ticker();
        this.deliveryExecutor = loopConfig.deliveryExecutor();
        this.maxBufferedEvents = loopConfig.limits().maxBufferedEvents();
        this.observer = loopConfig.observer();
        this.house = new House(config.maxRequests(), config.maxQueuedTokens(), config.sheds(), this::shed);
    }

    private void shed(long id) {
        ServingLoop target = loop;
        if (target != null) {
            target.inbox().put(new Message.Shed(id));
        }
    }

    /** Lets requests through to a loop. */
    public void open(ServingLoop target) {
        loop = target;
    }

    /**
     * Takes a request in.
     *
     * @throws RequestRejectedException if it is refused
     */
    public Generation submit(GenerationRequest request) {
        long arrival = ticker.nanos();
        try {
            return enter(request, arrival);
        } catch (RequestRejectedException e) {
            observer.observe(new ServerEvent.RequestRejected(arrival, request.id(), e.reason()));
            throw e;
        }
    }

    private Generation enter(GenerationRequest request, long arrival) {
        ServingLoop target = loop;
        if (target == null) {
            throw new RequestRejectedException(Reason.CLOSED, "the server is closed");
        }
        if (target.failure().isPresent()) {
            throw new RequestRejectedException(Reason.CLOSED,
                    "the server has failed: " + target.failure().get().getMessage());
        }
        long id = ids.incrementAndGet();
        String name = request.id().orElseGet(this::freeName);
        house.enter(id, name, arrival);
        boolean admitted = false;
        try {
            Generation handle = admit(id, name, request, arrival, target);
            admitted = true;
            return handle;
        } finally {
            if (!admitted) {
                house.left(id);
            }
        }
    }

    /** In a form that callers hardly give their own requests; whoever does meets no confusion, for taken names are passed over. */
    private String freeName() {
        String name = "augserve-" + names.incrementAndGet();
        while (house.has(name)) {
            name = "augserve-" + names.incrementAndGet();
        }
        return name;
    }

    private Generation admit(long id, String name, GenerationRequest request, long arrival, ServingLoop target) {
        List<Tool> tools = request.tools().orElse(request.declared().isEmpty() ? config.defaultTools() : List.of());
        List<ToolSpec> specs = Stream.concat(tools.stream().map(Tool::spec), request.declared().stream()).toList();
        SamplingOptions sampling = request.sampling().orElse(engine.spec().defaultSampling());
        int[] prompt = encode(request.prompt(), specs);
        check(request.constraint(), specs);
        int contextLimit = checkedLimit(prompt);
        house.bring(id, prompt.length, arrival);
        ServiceLevel level = request.serviceLevel().orElse(config.defaultServiceLevel());
        Inbox inbox = target.inbox();
        GenerationHandle handle = new GenerationHandle(name, deliveryExecutor, maxBufferedEvents,
                () -> inbox.put(new Message.Cancelled(id)), () -> inbox.put(new Message.ReaderReady(id)));
        Turn turn = new Turn(engine.chatFormat().map(format -> format.newDecoder(!specs.isEmpty())),
                sampling.stopStrings());
        ServingRequest admitted = new ServingRequest(
                new ServingRequest.Admitted(id, name, new KnownTokens(prompt), tools, request.declared(),
                        request.constraint(), sampling, seed(sampling), level,
                        request.priority(), request.kind().orElse(""), request.sessionKey(), contextLimit, arrival),
                handle, turn, engine.kvCache());
        if (!inbox.put(new Message.Submitted(admitted))) {
            throw new RequestRejectedException(Reason.CLOSED, "the server is closed");
        }
        house.waits(id, arrival + saturatedNanos(level.timeToFirstToken()));
        return handle;
    }

    private static long saturatedNanos(Duration duration) {
        Duration most = Duration.ofDays(36_500);
        return (duration.compareTo(most) > 0 ? most : duration).toNanos();
    }

    private void check(OutputConstraint constraint, List<ToolSpec> tools) {
        if (constraint.equals(OutputConstraint.NONE)) {
            return;
        }
        if (constraint.calls() instanceof CallRule.Named named
                && tools.stream().noneMatch(tool -> tool.name().equals(named.tool()))) {
            throw new RequestRejectedException(Reason.INVALID,
                    "the tool '" + named.tool() + "' is to be called, but is not among the request's tools");
        }
        if (constraint.calls() instanceof CallRule.Required && tools.isEmpty()) {
            throw new RequestRejectedException(Reason.INVALID, "a tool is to be called, but the request has none");
        }
        try {
            engine.check(constraint, tools);
        } catch (IllegalArgumentException e) {
            throw new RequestRejectedException(Reason.INVALID, String.valueOf(e.getMessage()));
        }
    }

    private int[] encode(Prompt prompt, List<ToolSpec> tools) {
        return switch (prompt) {
            case Prompt.Tokens tokens -> checkedTokens(tokens.ids());
            case Prompt.Chat chat -> {
                ChatFormat format = engine.chatFormat().orElseThrow(() -> new RequestRejectedException(Reason.INVALID,
                        "the engine '" + engine.spec().model() + "' has no chat format: expected token ids"));
                try {
                    yield format.encodeChat(chat.messages(), tools);
                } catch (IllegalArgumentException e) {
                    throw new RequestRejectedException(Reason.INVALID, String.valueOf(e.getMessage()));
                }
            }
        };
    }

    private int[] checkedTokens(int[] ids) {
        int size = engine.spec().vocabularySize();
        for (int i = 0; i < ids.length; i++) {
            if (ids[i] >= size) {
                throw new RequestRejectedException(Reason.INVALID,
                        "prompt token " + i + ": expected an id below " + size + ", got " + ids[i]);
            }
        }
        return ids;
    }

    /** Room for the prompt and one more token, or it could never run. */
    private int checkedLimit(int[] prompt) {
        EngineSpec spec = engine.spec();
        KvCache kv = engine.kvCache();
        long cache = (long) kv.capacity() * kv.blockSize();
        int limit = (int) Math.min(spec.maxContext(), cache);
        int longest = Math.min(limit - 1, config.maxPromptTokens());
        if (prompt.length > longest) {
            throw new RequestRejectedException(Reason.PROMPT_TOO_LONG, "the prompt has " + prompt.length
                    + " tokens: expected at most " + longest + " (limit " + config.maxPromptTokens() + ", context "
                    + spec.maxContext() + ", KV cache " + cache + ")");
        }
        return limit;
    }

    private long seed(SamplingOptions sampling) {
        if (sampling.seed().isPresent()) {
            return sampling.seed().getAsLong();
        }
        synchronized (config.random()) {
            return config.random().nextLong();
        }
    }

    /** A request has its first token. */
    void started(ServingRequest request) {
        house.started(request.id());
    }

    /** A request has left the house. */
    void left(ServingRequest request) {
        house.left(request.id());
    }

    /** From now on every request is refused. */
    public void close() {
        house.close();
    }

    /** Waits until nobody is in the house; false if that took longer. */
    public boolean awaitEmpty(Duration patience) throws InterruptedException {
        return house.awaitEmpty(patience);
    }

    /** Requests in the house. */
    public int inHouse() {
        return house.size();
    }

    /** Prompt tokens in the house that wait for their first token. */
    public long queuedTokens() {
        return house.queuedTokens();
    }
}
