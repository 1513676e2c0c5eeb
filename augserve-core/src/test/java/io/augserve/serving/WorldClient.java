package io.augserve.serving;

import io.augserve.request.FinishReason;
import io.augserve.request.Generation;
import io.augserve.request.GenerationEvent;
import io.augserve.request.GenerationFailedException;
import io.augserve.request.GenerationRequest;
import io.augserve.request.GenerationResult;
import io.augserve.request.OutputToken;
import io.augserve.request.RequestRejectedException;
import io.augserve.request.SamplingOptions;
import io.augserve.request.SegmentResult;
import io.augserve.serving.WorldEvent.FollowUp;
import io.augserve.serving.WorldEvent.Reader;
import io.augserve.serving.WorldEvent.Submit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Flow;
import java.util.stream.IntStream;

/** One client of a simulated world: submits, reads in its own way, and checks in the end that it got what it was promised. */
final class WorldClient implements Flow.Subscriber<GenerationEvent> {
    private static final long MILLI = 1_000_000;
    private static final int MOST_TURNS = 5;

    final WorldTools tools;
    private final World world;
    private final Submit submit;
    private final int[] prompt;
    private final int turn;
    private final List<Integer> seen = new ArrayList<>();
    private Optional<WorldClient> latest = Optional.empty();
    private Optional<Generation> generation = Optional.empty();
    private Optional<Flow.Subscription> subscription = Optional.empty();
    private Optional<GenerationResult> result = Optional.empty();
    private Optional<Throwable> failure = Optional.empty();
    private int completions;
    private int events;
    private int ends;
    private boolean gone;

    WorldClient(World world, Submit submit) {
        this(world, submit, new int[submit.prompt()], 0);
        Arrays.setAll(prompt, i -> 6 + Math.floorMod(submit.client() * 31 + i * i, WorldModel.VOCABULARY - 6));
    }

    /** @param turn of a client that runs its tools itself, from 0 */
    private WorldClient(World world, Submit submit, int[] prompt, int turn) {
        this.world = world;
        this.submit = submit;
        this.tools = new WorldTools(world, submit.client());
        this.prompt = prompt;
        this.turn = turn;
    }

    /** Comes to the door. */
    void submit(Admission door) {
        GenerationRequest.Builder request = GenerationRequest.tokens(prompt).sampling(
                SamplingOptions.builder().seed(submit.client()).maxTokens(submit.maxTokens()).build());
        if (submit.session()) {
            request = request.declare(WorldTools.specs());
            // Two clients may have the same key.
            request = submit.client() % 3 > 0 ? request : request.sessionKey("session-" + submit.client() / 6);
        } else {
            request = submit.tools() ? request.tools(tools.tools()) : request.tools();
        }
        if (!submit.name().isEmpty() && turn == 0) {
            request.id(submit.name());
        }
        Generation accepted;
        try {
            accepted = door.submit(request.build());
        } catch (RequestRejectedException e) {
            world.rejected(e);
            return;
        }
        generation = Optional.of(accepted);
        accepted.result().whenComplete((value, thrown) -> {
            completions++;
            result = Optional.ofNullable(value);
            failure = Optional.ofNullable(thrown).map(e -> e instanceof CompletionException ? e.getCause() : e);
            result.filter(made -> made.finishReason() == FinishReason.TOOL_CALLS && turn < MOST_TURNS)
                    .ifPresent(this::goOn);
        });
        switch (submit.reader()) {
            case NOBODY -> {
            }
            case STOPS_READING -> {
                accepted.events().subscribe(this);
                // Its place would be lost for ever.
                world.after(300 * MILLI, accepted::cancel);
            }
            case LATE -> world.after(50 * MILLI, () -> accepted.events().subscribe(this));
            default -> accepted.events().subscribe(this);
        }
        if (submit.reader() != Reader.NOBODY && submit.reader() != Reader.EAGER) {
            world.trace().fault(submit.reader());
        }
    }

    /** The calls are this client's to run. */
    private void goOn(GenerationResult made) {
        int draw = Math.floorMod(submit.client() * 31 + turn * 7 + made.tokens().size(), 40);
        FollowUp how = draw < 16 ? FollowUp.ONCE : FollowUp.values()[draw % FollowUp.values().length];
        world.trace().fault(how);
        int[] answered = IntStream.concat(IntStream.concat(IntStream.of(prompt),
                made.tokens().stream().mapToInt(OutputToken::token)),
                IntStream.of(world.format().encodeToolResults(List.of(WorldModel.result(1 + draw % 9))))).toArray();
        if (how == FollowUp.EDITED) {
            answered[answered.length - 1 - draw % answered.length] = 6 + draw;
        }
        switch (how) {
            case ONCE, EDITED -> follow(answered, draw * MILLI / 2);
            case AT_ONCE -> follow(answered, 0);
            case TWICE -> {
                follow(answered, draw * MILLI / 4);
                follow(answered, draw * MILLI / 2);
            }
            case LATE -> follow(answered, 300 * MILLI);
            case NEVER -> {
            }
        }
    }

    private void follow(int[] answered, long nanos) {
        WorldClient next = new WorldClient(world, submit, answered, turn + 1);
        latest = Optional.of(next);
        if (nanos == 0) {
            world.follow(next);
        } else {
            world.after(nanos, () -> world.follow(next));
        }
    }

    /** Cancels its last turn; one that is over does not mind. */
    void cancel() {
        generation.ifPresent(Generation::cancel);
        latest.ifPresent(WorldClient::cancel);
    }

    /** Whether it holds up its own request. */
    boolean stopsReading() {
        return submit.reader() == Reader.STOPS_READING;
    }

    boolean isWaiting() {
        return generation.isPresent() && completions == 0;
    }

    @Override
    public void onSubscribe(Flow.Subscription newSubscription) {
        subscription = Optional.of(newSubscription);
        newSubscription.request(switch (submit.reader()) {
            case SLOW -> 1;
            case STOPS_READING -> 3;
            default -> Long.MAX_VALUE;
        });
    }

    @Override
    public void onNext(GenerationEvent event) {
        if (ends > 0 || gone) {
            fail("an event after the end: " + event);
        }
        events++;
        world.trace().add(submit.client() * 64L + events);
        world.buffered(generation.map(g -> ((GenerationHandle) g).events().buffered()).orElse(0));
        if (event instanceof GenerationEvent.TextPiece piece) {
            piece.tokens().forEach(token -> seen.add(token.token()));
            if (world.doubles()) {
                piece.tokens().forEach(token -> seen.add(token.token()));
            }
        }
        if (events == 4) {
            fourth(subscription.orElseThrow());
        }
        if (submit.reader() == Reader.SLOW) {
            world.after((1 + submit.client() % 8) * MILLI, () -> subscription.orElseThrow().request(1));
        }
    }

    private void fourth(Flow.Subscription mine) {
        switch (submit.reader()) {
            case THROWS -> {
                gone = true;
                throw new IllegalStateException("defect of the reader");
            }
            case BREAKS -> {
                gone = true;
                throw new AssertionError("breakdown of the reader");
            }
            case QUITS -> {
                gone = true;
                mine.cancel();
            }
            case ASKS_FOR_NOTHING -> mine.request(0);
            default -> {
            }
        }
    }

    @Override
    public void onError(Throwable cause) {
        ended();
    }

    @Override
    public void onComplete() {
        ended();
    }

    private void ended() {
        ends++;
        world.trace().add(submit.client() + 7L);
        if (ends > 1 || gone) {
            fail("the stream ended twice");
        }
    }

    private void fail(String what) {
        world.trace().violation("client " + submit.client() + " (" + submit.reader() + "): " + what);
    }

    /** After everything has come to rest. */
    void check() {
        if (generation.isEmpty()) {
            return;
        }
        if (completions != 1) {
            fail("the handle was completed " + completions + " times");
            return;
        }
        boolean endless = gone || submit.reader() == Reader.NOBODY || submit.reader() == Reader.STOPS_READING;
        if (!endless && ends != 1) {
            fail("the stream ended " + ends + " times");
        }
        if (failure.isPresent()) {
            if (!(failure.get() instanceof GenerationFailedException failed)) {
                fail("it failed with " + failure.get());
                return;
            }
            world.failed(failed, submit.client());
            check(failed.partial());
        } else {
            check(result.orElseThrow());
        }
    }

    private void check(GenerationResult made) {
        if (made.usage().cachedTokens() >= prompt.length) {
            fail(made.usage().cachedTokens() + " of " + prompt.length + " prompt tokens were cached");
        }
        if (made.usage().cachedTokens() > 0 && turn > 0) {
            world.trace().fault("Cached");
        }
        List<Integer> tokens = made.tokens().stream().map(OutputToken::token).toList();
        boolean whole = submit.reader() == Reader.EAGER || submit.reader() == Reader.LATE
                || submit.reader() == Reader.SLOW;
        if (whole ? !seen.equals(tokens) : !startsWith(tokens, seen)) {
            fail("it read " + seen + " of " + tokens);
        }
        long hash = WorldModel.start(submit.client());
        for (int token : prompt) {
            hash = WorldModel.read(hash, token);
        }
        int next = 0;
        for (SegmentResult segment : made.segments()) {
            for (int i = 0; i < segment.outputTokens(); i++) {
                int token = tokens.get(next++);
                if (token != WorldModel.next(hash)) {
                    fail("token " + (next - 1) + " is " + token + ", expected " + WorldModel.next(hash));
                    return;
                }
                hash = WorldModel.read(hash, token);
            }
            if (!segment.results().isEmpty()) {
                for (int token : world.format().encodeToolResults(segment.results())) {
                    hash = WorldModel.read(hash, token);
                }
            }
        }
        if (next != tokens.size()) {
            fail(tokens.size() + " tokens, " + next + " in segments");
        }
        if (made.finishReason() == FinishReason.STOP && tokens.getLast() != WorldModel.END) {
            fail("it stopped without an end token");
        }
        world.trace().add(made.finishReason().name());
        world.trace().add(hash);
    }

    private static boolean startsWith(List<Integer> tokens, List<Integer> start) {
        return start.size() <= tokens.size() && tokens.subList(0, start.size()).equals(start);
    }
}
