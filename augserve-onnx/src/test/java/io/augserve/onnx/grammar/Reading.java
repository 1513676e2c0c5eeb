package io.augserve.onnx.grammar;

import java.nio.charset.StandardCharsets;

/** Texts read along a rule. */
final class Reading {
    private Reading() {}

    /** Whether the rule lets a whole text through. */
    static boolean accepts(Rule rule, String text) {
        Automaton.State state = after(rule, text);
        return !state.isDead() && state.mayEnd();
    }

    /** Whether the rule lets it through as a beginning. */
    static boolean begins(Rule rule, String text) {
        return !after(rule, text).isDead();
    }

    private static Automaton.State after(Rule rule, String text) {
        Automaton.State state = new Automaton(rule).start();
        for (byte each : text.getBytes(StandardCharsets.UTF_8)) {
            state = state.after(each & 0xff);
        }
        return state;
    }
}
