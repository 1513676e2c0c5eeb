package io.augserve.serving;

/** Defects that a test builds into a world on purpose, to see whether they are found. */
enum Planted {
    NONE,
    /** Now and then a request that leaves keeps a block. */
    LEAKED_BLOCK,
    /** Now and then a reader is given a piece of output twice. */
    DOUBLED_TOKEN,
    /** Now and then the sleeping loop is not woken by a message. */
    LOST_WAKE_UP,
    /** Now and then the executor runs a task twice. */
    TOOL_RUN_TWICE,
    /** Now and then a block of a parked turn stays with nobody when the turn is followed. */
    BLOCK_LOST_IN_SESSION,
    /** Now and then a follow-up is said to have taken over a token more than it has. */
    TOKEN_TOO_MANY_TAKEN_OVER
}
