package io.augserve.request;

import java.time.Duration;

/**
 * Where the time of one generation went.
 *
 * @param queue from arrival until its first token was scheduled to be computed
 * @param timeToFirstToken from arrival to the first sampled token; the whole time if there was none
 * @param meanInterToken mean gap between consecutive tokens of the same segment; zero with fewer than two
 * @param tools while at least one tool call was out
 * @param total from arrival to the end
 */
public record Timing(Duration queue, Duration timeToFirstToken, Duration meanInterToken, Duration tools,
        Duration total) {}
