package io.augserve.onnx.kv;

import io.augserve.engine.KvCache;

/**
 * That a sequence without blocks is expected to come back for what it left in the cache: for the deepest prefix of it that is still there, and so for all
 * that this goes on from. When a prefix is lost, who is expected for it is expected for its parent.
 *
 * <p>Those of one prefix form a ring. Every operation takes constant time, but that after the soonest of a ring has left the others are looked at.
 */
final class Comeback {
    private Prefix at = Prefix.NONE;
    private long nextUse;
    private Comeback next = this;
    private Comeback previous = this;

    /** Whether the sequence is expected. */
    boolean isExpected() {
        return at != Prefix.NONE;
    }

    /** When it is expected, or was at last. */
    long nextUse() {
        return nextUse;
    }

    /** It is expected for a prefix from now on; it was for none. */
    void enter(Prefix prefix, long expected) {
        at = prefix;
        nextUse = expected;
        join(prefix);
    }

    /** It is not expected any more; returns for which prefix it was. */
    Prefix leave() {
        while (!at.cached) {
            at = at.parent;
        }
        Prefix left = at;
        if (left.comebacks == this) {
            left.comebacks = next == this ? null : next;
        }
        previous.next = next;
        next.previous = previous;
        next = this;
        previous = this;
        at = Prefix.NONE;
        return left;
    }

    /** Who is expected for a prefix, which is lost, is expected for its parent. */
    static void moveToParent(Prefix lost) {
        Comeback ring = lost.comebacks;
        if (ring != null) {
            ring.join(lost.parent);
            lost.comebacks = null;
        }
    }

    /** Makes its ring a part of a prefix's. */
    private void join(Prefix prefix) {
        Comeback there = prefix.comebacks;
        if (there == null) {
            prefix.comebacks = this;
            return;
        }
        Comeback end = previous;
        Comeback last = there.previous;
        last.next = this;
        previous = last;
        end.next = there;
        there.previous = end;
    }

    /** When the first of those that are expected for a prefix itself is back; {@link KvCache#BY_CHANCE} if there is none. */
    static long soonest(Prefix prefix) {
        Comeback first = prefix.comebacks;
        if (first == null) {
            return KvCache.BY_CHANCE;
        }
        long soonest = first.nextUse;
        for (Comeback each = first.next; each != first; each = each.next) {
            soonest = Math.min(soonest, each.nextUse);
        }
        return soonest;
    }
}
