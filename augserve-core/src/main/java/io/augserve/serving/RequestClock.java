package io.augserve.serving;

import io.augserve.request.Timing;
import java.time.Duration;
import java.util.Optional;

/** Where the time of one request went; all instants are nanoseconds of the server's ticker. */
final class RequestClock {
    private static final long NEVER = Long.MIN_VALUE;

    private final long arrival;
    private long firstScheduled = NEVER;
    private long firstToken = NEVER;
    private long lastToken = NEVER;
    private long gapSum;
    private int gaps;
    private long pausedSince = NEVER;
    private long toolSum;

    RequestClock(long arrival) {
        this.arrival = arrival;
    }

    long arrival() {
        return arrival;
    }

    void scheduled(long now) {
        if (firstScheduled == NEVER) {
            firstScheduled = now;
        }
    }

    void token(long now) {
        if (firstToken == NEVER) {
            firstToken = now;
        }
        if (lastToken != NEVER) {
            gapSum += now - lastToken;
            gaps++;
        }
        lastToken = now;
    }

    /** Since the last token of the same segment. */
    Optional<Duration> sinceLastToken(long now) {
        return lastToken == NEVER ? Optional.empty() : Optional.of(Duration.ofNanos(now - lastToken));
    }

    void paused(long now) {
        pausedSince = now;
    }

    /** A pause separates segments: the gap over it is not an inter-token gap. */
    void resumed(long now) {
        toolSum += now - pausedSince;
        pausedSince = NEVER;
        lastToken = NEVER;
    }

    /** Time in pauses that are over. */
    long tools() {
        return toolSum;
    }

    Timing timing(long now) {
        long tools = toolSum + (pausedSince == NEVER ? 0 : now - pausedSince);
        return new Timing(since(firstScheduled, now), since(firstToken, now),
                Duration.ofNanos(gaps == 0 ? 0 : gapSum / gaps), Duration.ofNanos(tools),
                Duration.ofNanos(now - arrival));
    }

    private Duration since(long instant, long now) {
        return Duration.ofNanos((instant == NEVER ? now : instant) - arrival);
    }
}
