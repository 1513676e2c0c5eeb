package io.augserve.serving;

import io.augserve.engine.ChatFormat;
import io.augserve.engine.Engine;
import io.augserve.engine.EngineSpec;
import io.augserve.engine.KvCache;
import io.augserve.engine.Ticker;
import io.augserve.request.Generation;
import io.augserve.request.GenerationRequest;
import io.augserve.request.Prompt;
import io.augserve.request.RequestRejectedException;
import io.augserve.request.RequestRejectedException.Reason;
import io.augserve.request.SamplingOptions;
import io.augserve.request.ServiceLevel;
import io.augserve.tool.Tool;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The front door. On the caller's thread it refuses what cannot be served (too many requests, a prompt that can never fit, tokens
 * outside the vocabulary, a closed house), encodes the prompt and hands the request to the loop. Thread-safe.
 */
public final class Admission {
    /**
     * What the front door needs to know.
     *
     * @param maxRequests most requests in the house
     * @param maxPromptTokens longest prompt; the engine may allow less
     * @param defaultTools for requests that bring none
     * @param defaultServiceLevel for requests that bring none
     * @param random draws the seeds of requests that bring none
     */
    public record Config(int maxRequests, int maxPromptTokens, List<Tool> defaultTools,
            ServiceLevel defaultServiceLevel, RandomGenerator random) {}

    private static final Duration RETRY = Duration.ofSeconds(1);

    private final Config config;
    private final Engine engine;
    private final Ticker ticker;
    private final Executor deliveryExecutor;
    private final AtomicLong ids = new AtomicLong();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition emptied = lock.newCondition();
    private @Nullable ServingLoop loop;
    private int inHouse;
    private boolean closed;

    /** A door that is not open yet; see {@link #open}. */
    public Admission(Config config, LoopConfig loopConfig) {
        this.config = config;
        this.engine = loopConfig.engine();
        this.ticker = loopConfig.ticker();
        this.deliveryExecutor = loopConfig.deliveryExecutor();
    }

    /** Lets requests through to a loop. */
    public void open(ServingLoop target) {
        lock.lock();
        try {
            loop = target;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Takes a request in.
     *
     * @throws RequestRejectedException if it is refused
     */
    public Generation submit(GenerationRequest request) {
        long arrival = ticker.nanos();
        ServingLoop target = enter();
        try {
            return admit(request, arrival, target);
        } catch (RuntimeException e) {
            left();
            throw e;
        }
    }

    private ServingLoop enter() {
        lock.lock();
        try {
            ServingLoop target = loop;
            if (closed || target == null) {
                throw new RequestRejectedException(Reason.CLOSED, "the server is closed");
            }
            if (target.failure().isPresent()) {
                throw new RequestRejectedException(Reason.CLOSED,
                        "the server has failed: " + target.failure().get().getMessage());
            }
            if (inHouse >= config.maxRequests()) {
                throw new RequestRejectedException(Reason.QUEUE_FULL,
                        "the limit of " + config.maxRequests() + " requests is reached", Optional.of(RETRY));
            }
            inHouse++;
            return target;
        } finally {
            lock.unlock();
        }
    }

    private Generation admit(GenerationRequest request, long arrival, ServingLoop target) {
        long id = ids.incrementAndGet();
        String name = request.id().orElse("request-" + id);
        List<Tool> tools = request.tools().orElse(config.defaultTools());
        SamplingOptions sampling = request.sampling().orElse(engine.spec().defaultSampling());
        int[] prompt = encode(request.prompt(), tools);
        int contextLimit = checkedLimit(prompt);
        GenerationHandle handle = new GenerationHandle(name, deliveryExecutor,
                () -> target.inbox().put(new Message.Cancelled(id)));
        Turn turn = new Turn(engine.chatFormat().map(format -> format.newDecoder(!tools.isEmpty())),
                sampling.stopStrings());
        ServingRequest admitted = new ServingRequest(
                new ServingRequest.Admitted(id, name, new KnownTokens(prompt), tools, sampling, seed(sampling),
                        request.serviceLevel().orElse(config.defaultServiceLevel()), request.priority(),
                        request.kind().orElse(""), contextLimit,
                        arrival),
                handle, turn, engine.kvCache());
        target.inbox().put(new Message.Submitted(admitted));
        return handle;
    }

    private int[] encode(Prompt prompt, List<Tool> tools) {
        return switch (prompt) {
            case Prompt.Tokens tokens -> checkedTokens(tokens.ids());
            case Prompt.Chat chat -> {
                ChatFormat format = engine.chatFormat().orElseThrow(() -> new RequestRejectedException(Reason.INVALID,
                        "the engine '" + engine.spec().model() + "' has no chat format: expected token ids"));
                try {
                    yield format.encodeChat(chat.messages(), tools.stream().map(Tool::spec).toList());
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
        lock.lock();
        try {
            return config.random().nextLong();
        } finally {
            lock.unlock();
        }
    }

    /** A request has left the house. */
    public void left() {
        lock.lock();
        try {
            inHouse--;
            if (inHouse == 0) {
                emptied.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /** From now on every request is refused. */
    public void close() {
        lock.lock();
        try {
            closed = true;
        } finally {
            lock.unlock();
        }
    }

    /** Waits until nobody is in the house; false if that took longer. */
    public boolean awaitEmpty(Duration patience) throws InterruptedException {
        long left = patience.toNanos();
        lock.lock();
        try {
            while (inHouse > 0 && left > 0) {
                left = emptied.awaitNanos(left);
            }
            return inHouse == 0;
        } finally {
            lock.unlock();
        }
    }

    /** Requests in the house. */
    public int inHouse() {
        lock.lock();
        try {
            return inHouse;
        } finally {
            lock.unlock();
        }
    }
}
