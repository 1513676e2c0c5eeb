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
    TOOL_RUN_TWICE
}
