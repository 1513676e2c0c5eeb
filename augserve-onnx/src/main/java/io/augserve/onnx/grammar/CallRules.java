package io.augserve.onnx.grammar;

import io.augserve.onnx.text.CallForm;

/** What turns with calls look like in a chat format. */
sealed interface CallRules permits TaggedCalls, LeadingCalls {
    static CallRules of(CallForm form) {
        return switch (form) {
            case CallForm.Tagged tagged -> new TaggedCalls(tagged);
            case CallForm.Leading leading -> new LeadingCalls(leading);
        };
    }

    /** What a call names its arguments. */
    String argumentsName();

    /**
     * Nothing but calls, at least one.
     *
     * @param call the objects that may be written
     * @param several whether more than one may
     */
    Rule calls(Rule call, boolean several);

    /** Free text that may have calls where the format has them. */
    Rule textOrCalls(Rule call, boolean several);

    /** What would begin a call in the middle of an answer, wherever it stood. */
    Marker callSign();

    /**
     * Refuses answers that the format's parser would take for calls.
     *
     * @throws IllegalArgumentException if there are such
     */
    void checkAnswer(Rule answer);
}
