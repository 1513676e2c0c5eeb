package io.augserve.schedule;

import java.util.List;

/**
 * Which programs go first. A program is a request with all its segments, or several that {@linkplain RequestView#program follow one
 * another}: it has a level, and within a level the one that arrived first goes first, whatever it has done since. Levels of running requests
 * are asked for at every plan, those of waiting ones when they begin to wait and when {@link #risen} names them.
 */
interface ProgramOrder {
    /** The place of a program in the order: lower levels first, then lower numbers of programs, which are given by arrival. */
    record Place(int level, RequestView request) implements Comparable<Place> {
        @Override
        public int compareTo(Place other) {
            return level != other.level
                    ? Integer.compare(level, other.level)
                    : Long.compare(request.program(), other.request.program());
        }
    }

    /** At least 0; the lowest goes first. */
    int level(RequestView request, long now);

    /** Whether a waiting request takes room and memory from running ones of a higher level. */
    default boolean preempts() {
        return false;
    }

    /** It waits from now on. */
    default void waits(RequestView request, long now) {}

    /** It runs from now on. */
    default void runs(RequestView request, long now) {}

    /** It does not run any more. */
    default void stops(RequestView request, long now) {}

    /** It left the house. */
    default void left(RequestView request) {}

    /** Waiting requests whose level has fallen since the last call, because they have waited. */
    default List<RequestView> risen(long now) {
        return List.of();
    }

    /** First come, first served: one level. */
    static ProgramOrder arrival() {
        return (request, now) -> 0;
    }
}
