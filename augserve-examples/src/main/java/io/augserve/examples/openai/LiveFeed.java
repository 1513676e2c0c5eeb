package io.augserve.examples.openai;

import static java.util.Objects.requireNonNull;

import com.google.gson.JsonObject;
import io.augserve.engine.Ticker;
import io.augserve.observe.ServerEvent;
import io.augserve.observe.ServerObserver;
import io.netty.channel.ChannelFuture;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What a server is doing, for people to look at: an observer of the server, and the page's server-sent events. Give the same one to
 * {@link io.augserve.AugServe.Builder#observer} and {@link OpenAiServer.Builder#live}; it serves one of each.
 *
 * <p>Four times a second a frame tells what happened since the last one: counts and occupancy ({@link LiveTick}), and what the requests in a
 * few lanes did ({@link LiveLanes}). Frames are bounded whatever the load: requests beyond the lanes are counted and not drawn. A viewer that
 * does not keep up misses frames. No text of any request is told.
 */
public final class LiveFeed implements ServerObserver {
    private static final long TICK_MILLIS = 250;
    private static final long NANOS_PER_MILLI = 1_000_000;
    private static final Duration RETRY = Duration.ofSeconds(5);
    /** What a frame tells at most of each. */
    private static final int MOST_TICKS = 120;
    private static final int MOST_CHANGES = 1_000;

    private final String policy;
    private final Ticker ticker;
    private final long begin;
    private final LiveLanes lanes = new LiveLanes();
    private final LiveTicks ticks = new LiveTicks(MOST_TICKS);
    private final List<Viewer> viewers = new CopyOnWriteArrayList<>();
    private final ScheduledExecutorService timer = Executors
            .newSingleThreadScheduledExecutor(Thread.ofPlatform().name("augserve-live").daemon().factory());

    /** Who looks. */
    private static final class Viewer {
        final EventStream stream;
        final String model;
        long change;
        long tick;
        @Nullable
        ChannelFuture sent;

        Viewer(EventStream stream, String model) {
            this.stream = stream;
            this.model = model;
        }
    }

    /** @param policy what the page says of how requests are scheduled */
    public LiveFeed(String policy) {
        this(policy, Ticker.system());
    }

    LiveFeed(String policy, Ticker ticker) {
        this.policy = requireNonNull(policy, "policy");
        this.ticker = ticker;
        this.begin = ticker.nanos();
    }

    @Override
    public synchronized void observe(ServerEvent event) {
        ticks.observe(event);
        lanes.observe(event, millis(event.nanos()));
    }

    @Override
    public boolean watchesTokens() {
        return false;
    }

    private long millis(long nanos) {
        return (nanos - begin) / NANOS_PER_MILLI;
    }

    /** Begins to tell viewers; called by the endpoint. */
    void start() {
        Future<?> _ = timer.scheduleAtFixedRate(this::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** Ends the feed of every viewer. */
    void stop() {
        timer.shutdownNow();
        viewers.forEach(viewer -> viewer.stream.close());
    }

    /**
     * Somebody looks.
     *
     * @throws ApiException if too many do already
     */
    void view(Exchange exchange, ModelCard model, int mostViewers) {
        if (viewers.size() >= mostViewers) {
            throw ApiException.busy("The limit of " + mostViewers + " viewers is reached.",
                    RETRY);
        }
        Viewer viewer = new Viewer(new EventStream(exchange), model.id());
        viewers.add(viewer);
        exchange.onGone(() -> viewers.remove(viewer));
        timer.execute(() -> tell(viewer));
    }

    private void tick() {
        synchronized (this) {
            ticks.next(millis(ticker.nanos()));
        }
        viewers.forEach(this::tell);
    }

    private void tell(Viewer viewer) {
        if (viewer.sent != null && !viewer.sent.isDone()) {
            return;
        }
        Optional<ChannelFuture> sent = viewer.stream.send(frame(viewer));
        sent.ifPresent(future -> viewer.sent = future);
    }

    private synchronized JsonObject frame(Viewer viewer) {
        JsonObject frame = new JsonObject();
        frame.addProperty("model", viewer.model);
        frame.addProperty("policy", policy);
        frame.addProperty("now", millis(ticker.nanos()));
        frame.addProperty("lanes", LiveLanes.LANES);
        frame.addProperty("inHouse", lanes.inHouse());
        frame.add("ticks", ticks.since(viewer.tick));
        frame.add("changes", lanes.since(viewer.change, MOST_CHANGES));
        viewer.tick = ticks.latest();
        viewer.change = lanes.latest();
        return frame;
    }
}
