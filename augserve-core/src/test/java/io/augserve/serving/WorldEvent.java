package io.augserve.serving;

/** What happens to a simulated world at a moment of its virtual time; a world is its setup and a list of these. */
sealed interface WorldEvent {
    /** Nanoseconds of virtual time. */
    long at();

    /** How a client reads its events. */
    enum Reader {
        NOBODY, EAGER, SLOW, LATE, THROWS, BREAKS, QUITS, ASKS_FOR_NOTHING, STOPS_READING
    }

    /** What goes wrong with a step. */
    enum StepFault {
        THROWS_BEFORE, THROWS_AFTER, FAILS, OUT_OF_MEMORY, TOO_FEW, TOO_MANY, NAN_LOGITS, NO_SUCH_TOKEN, SLOW
    }

    /** What goes wrong with a call. */
    enum ToolFault {
        THROWS, BREAKS, NOTHING, NO_RESULT, FAILS, NEVER, TWICE, LATE, HUGE, AFTER_CANCEL
    }

    /** How a client that runs its tools itself goes on after a turn that called them. */
    enum FollowUp {
        ONCE, AT_ONCE, TWICE, EDITED, LATE, NEVER
    }

    /** Ways in which a whole server ends. */
    enum End {
        CLOSE, FATAL_FAILURE, HANG
    }

    /**
     * A client comes.
     *
     * @param client its number
     * @param prompt length of the prompt
     * @param maxTokens most output tokens
     * @param tools whether it brings tools
     * @param session whether it runs its tools itself and comes again with their results
     * @param name the id it gives; empty for none; not always unique
     * @param reader how it reads
     */
    record Submit(long at, int client, int prompt, int maxTokens, boolean tools, boolean session, String name,
            Reader reader)
            implements
                WorldEvent {}

    /** A client has had enough. */
    record Cancel(long at, int client) implements WorldEvent {}

    /** From now on the n-th call of a client goes wrong. */
    record CallFails(long at, int client, int nth, ToolFault fault) implements WorldEvent {}

    /** The next step goes wrong. */
    record StepFails(long at, StepFault fault) implements WorldEvent {}

    /** From now on every step that computes this position of a client fails. */
    record Poison(long at, int client, int position) implements WorldEvent {}

    /** The decoder of the first turn of a client that comes later throws at its n-th token. */
    record DecoderFails(long at, int client, int nth) implements WorldEvent {}

    /** The tool executor takes nothing for so long. */
    record ExecutorFull(long at, long nanos) implements WorldEvent {}

    /** The end of the server, sooner or later: from now on nobody is let in. */
    record Ends(long at, End end, long graceNanos) implements WorldEvent {}
}
