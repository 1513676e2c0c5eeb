package io.augserve.serving;

import io.augserve.engine.KvCache;
import io.augserve.engine.Sequence;
import io.augserve.predict.SegmentEstimate;
import io.augserve.request.GenerationEvent;
import io.augserve.request.OutputConstraint;
import io.augserve.request.OutputToken;
import io.augserve.request.SamplingOptions;
import io.augserve.request.SegmentResult;
import io.augserve.request.ServiceLevel;
import io.augserve.schedule.RequestState;
import io.augserve.schedule.RequestView;
import io.augserve.tool.Tool;
import io.augserve.tool.ToolSpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One request while it is in the house: its tokens, its state and what it has made so far. Owned by the loop. */
final class ServingRequest implements RequestView, Sequence {
    GenerationHandle handle;
    final RequestClock clock;
    final KnownTokens tokens;
    /** What runs here, by name. */
    final Map<String, Tool> handlers;
    /** Names of what the caller runs. */
    final Set<String> declared;
    private final List<ToolSpec> tools;
    private final OutputConstraint constraint;
    /** Known tokens beyond which the request ends with LENGTH: the model's context or the whole cache. */
    final int contextLimit;
    final List<SegmentResult> segments = new ArrayList<>();
    final List<OutputToken> outputs = new ArrayList<>();
    Turn turn;
    @Nullable
    Pause pause;
    /** Whether it is a turn that has ended for its caller and is kept for the one that follows. */
    boolean parked;
    /** Whether it is paused because its reader does not keep up. */
    boolean stalled;
    /** What an observer knows of it; nothing if nobody watches. */
    @Nullable
    Sight sight;

    private final int promptTokens;
    private final String kind;
    private final Optional<String> sessionKey;
    private Past past;
    private SegmentEstimate estimate = SegmentEstimate.UNKNOWN;

    private final KvCache kv;
    private final long id;
    private final String name;
    private final SamplingOptions sampling;
    private final long seed;
    private final int priority;
    private final ServiceLevel serviceLevel;
    private RequestState state = RequestState.WAITING;
    private long stateSince;
    private int computed;
    private int highWater;
    private int recomputed;
    private long reused;
    private int firstComputed = Integer.MAX_VALUE;
    private int preemptions;
    private int toolResultTokens;
    private int failedSteps;
    private int failedEnd;
    private long swappedTokens;

    ServingRequest(Admitted admitted, GenerationHandle handle, Turn firstTurn, KvCache kv) {
        this.kv = kv;
        this.id = admitted.id();
        this.name = admitted.name();
        this.sampling = admitted.sampling();
        this.seed = admitted.seed();
        this.priority = admitted.priority();
        this.kind = admitted.kind();
        this.sessionKey = admitted.sessionKey();
        this.past = Past.none(admitted.id(), admitted.arrivalNanos());
        this.serviceLevel = admitted.serviceLevel();
        this.handle = handle;
        this.clock = new RequestClock(admitted.arrivalNanos());
        this.stateSince = admitted.arrivalNanos();
        this.tokens = admitted.prompt();
        this.promptTokens = admitted.prompt().length();
        this.contextLimit = admitted.contextLimit();
        this.handlers = new HashMap<>();
        admitted.tools().forEach(tool -> handlers.put(tool.spec().name(), tool));
        this.declared = admitted.declared().stream().map(ToolSpec::name).collect(Collectors.toUnmodifiableSet());
        this.tools = Stream.concat(admitted.tools().stream().map(Tool::spec), admitted.declared().stream()).toList();
        this.constraint = admitted.constraint();
        this.turn = firstTurn;
    }

    /**
     * What admission found out about a request.
     *
     * @param id ascending in the order of arrival
     * @param name the request's id as the caller knows it
     * @param prompt the known tokens to begin with
     * @param tools what the model may call and runs here
     * @param declared what the model may call and the caller runs
     * @param constraint what may be sampled
     * @param sampling how tokens are chosen
     * @param seed of the draws
     * @param serviceLevel objective
     * @param priority higher goes first where heeded
     * @param kind what the caller said it is a case of; empty if nothing
     * @param sessionKey what it has in common with the turns before it
     * @param contextLimit most known tokens
     * @param arrivalNanos on the server's ticker
     */
    record Admitted(long id, String name, KnownTokens prompt, List<Tool> tools, List<ToolSpec> declared,
            OutputConstraint constraint, SamplingOptions sampling, long seed,
            ServiceLevel serviceLevel, int priority, String kind, Optional<String> sessionKey, int contextLimit,
            long arrivalNanos) {}

    void enter(RequestState next, long now) {
        state = next;
        stateSince = now;
    }

    /** A step computed up to {@code end}; returns how many of these tokens had been computed before. */
    int computedTo(int end) {
        int again = Math.max(0, Math.min(end, highWater) - computed);
        recomputed += again;
        highWater = Math.max(highWater, end);
        firstComputed = Math.min(firstComputed, computed);
        computed = end;
        if (end >= failedEnd) {
            failedSteps = 0;
        }
        return again;
    }

    /** The KV is gone; what was computed must be computed again. */
    void loseKv() {
        computed = 0;
    }

    /** It has its first tokens back from the cache, without computing them. */
    void reused(int tokens) {
        computed = tokens;
        reused += tokens;
    }

    /**
     * It follows a parked turn of its program.
     *
     * @param given tokens that the calls of that turn have brought
     */
    void follows(ServingRequest before, int given) {
        past = before.past.then(before.segments, before.toolResultTokens + given);
    }

    /** It has the KV of its first tokens from the turn before. */
    void takesOver(int tokens) {
        computed = tokens;
    }

    void preempted() {
        preemptions++;
        loseKv();
    }

    /** Blocks with room for so many tokens moved between device and host. */
    void swapped(int tokens) {
        swappedTokens += tokens;
    }

    long swappedTokens() {
        return swappedTokens;
    }

    /**
     * A step failed that would have computed up to {@code end}; returns how many have, without one in between that computed as far. What
     * is recomputed after a failure proves nothing.
     */
    int stepFailed(int end) {
        failedEnd = Math.max(end, failedSteps == 0 ? 0 : failedEnd);
        return ++failedSteps;
    }

    /** Failed steps since it last got on. */
    int failedSteps() {
        return failedSteps;
    }

    void addToolResults(int[] given) {
        tokens.addGiven(given);
        toolResultTokens += given.length;
    }

    void emit(GenerationEvent event) {
        handle.events().offer(event);
    }

    void estimate(SegmentEstimate value) {
        estimate = value;
    }

    @Override
    public SegmentEstimate estimate() {
        return estimate;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String kind() {
        return kind;
    }

    @Override
    public int promptTokens() {
        return promptTokens;
    }

    @Override
    public int segmentOutputTokens() {
        return turn.outputTokens();
    }

    @Override
    public List<String> toolsOut() {
        return pause == null ? List.of() : pause.tools();
    }

    int recomputedTokens() {
        return recomputed;
    }

    long reusedTokens() {
        return reused;
    }

    /** Prompt tokens before the first one that was ever computed. */
    int cachedTokens() {
        return firstComputed == Integer.MAX_VALUE ? 0 : Math.min(firstComputed, promptTokens);
    }

    int toolResultTokens() {
        return toolResultTokens;
    }

    @Override
    public long id() {
        return id;
    }

    @Override
    public int length() {
        return tokens.length();
    }

    @Override
    public int token(int position) {
        return tokens.token(position);
    }

    @Override
    public boolean isOutput(int position) {
        return tokens.isOutput(position);
    }

    @Override
    public SamplingOptions sampling() {
        return sampling;
    }

    @Override
    public OutputConstraint constraint() {
        return constraint;
    }

    @Override
    public List<ToolSpec> tools() {
        return tools;
    }

    @Override
    public long seed() {
        return seed;
    }

    @Override
    public RequestState state() {
        return state;
    }

    @Override
    public long arrivalNanos() {
        return clock.arrival();
    }

    @Override
    public long stateSinceNanos() {
        return stateSince;
    }

    @Override
    public long toolNanos() {
        return clock.tools();
    }

    @Override
    public int priority() {
        return priority;
    }

    @Override
    public ServiceLevel serviceLevel() {
        return serviceLevel;
    }

    @Override
    public int knownTokens() {
        return tokens.length();
    }

    @Override
    public int computedTokens() {
        return computed;
    }

    @Override
    public int reusableTokens() {
        if (computed > 0 || kv.held(id) > 0 || kv.hostHeld(id) > 0) {
            return 0;
        }
        int most = (knownTokens() - 1) / kv.blockSize();
        return Math.min(kv.reusable(id), most) * kv.blockSize();
    }

    @Override
    public int outputTokens() {
        return outputs.size();
    }

    @Override
    public int segment() {
        return past.outputs().size() + ownSegment();
    }

    /** The segment as the caller counts, who knows of no turns before this request. */
    int ownSegment() {
        return segments.size() - (pause == null ? 0 : 1);
    }

    @Override
    public int outputTokensOf(int segment) {
        int own = segment - past.outputs().size();
        if (own < 0) {
            return past.outputs().get(segment);
        }
        return own < segments.size() ? segments.get(own).outputTokens() : turn.outputTokens();
    }

    @Override
    public int givenTokens() {
        return past.given() + toolResultTokens;
    }

    @Override
    public long program() {
        return past.program();
    }

    @Override
    public long programArrivalNanos() {
        return past.arrivalNanos();
    }

    @Override
    public boolean parked() {
        return parked;
    }

    Optional<String> sessionKey() {
        return sessionKey;
    }

    @Override
    public int preemptions() {
        return preemptions;
    }

    @Override
    public String toString() {
        return "request " + name + " (" + state + ", " + computed + " of " + knownTokens() + " tokens computed)";
    }
}
