package io.augserve.schedule;

/** What {@link GoodputScheduler} remembers of a request from its arrival to its end. Confined to the serving loop's thread. */
final class Candidate {
    final RequestView request;
    /** Machine-seconds that it still needs, divided by its weight; see {@link Prospects}. */
    double demand;
    /** The last instant at which it can go on and still meet its objective, on the server's ticker. */
    long latestStart;
    /** Whether that instant had passed when it was last looked at. */
    boolean late;
    /** Whether it waits for its turn. */
    boolean waits;
    /** When its tools are expected back, on the server's ticker. */
    long returnsAt;
    /** Output tokens that it had when it last began to run. */
    int visitedAt;

    Candidate(RequestView request) {
        this.request = request;
    }

    long id() {
        return request.id();
    }

    /** What counts against it when memory has to be found: who is late needs more than anybody else. */
    double claim() {
        return late ? Double.POSITIVE_INFINITY : demand;
    }
}
