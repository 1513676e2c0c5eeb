package io.augserve.simulation;

import java.util.List;
import java.util.random.RandomGenerator;

/**
 * The six kinds of the InferCept mixture. Source: statistics of {@code merged_exp_uniform.json}
 * (mars-repository/mars-codebase, commit 4cedd107, Apache-2.0), whose tool times agree with table 1 of the InferCept
 * paper (arXiv 2402.01869). Calls per request are drawn as often as they were counted there; the rest are distributions
 * chosen to give these means after contexts are cut at 2,048:
 *
 * <pre>
 *           prompt  calls  output per segment  returned per call  tool seconds
 * math         405   2.81                 125                 21      0.000083
 * qa           934   3.04                 183                 57         0.709
 * ve         1,973   5.35                   4                 10         0.085
 * chatbot      108   3.46                 114                 40          28.2
 * image        108   6.92                  33                 24          19.9
 * tts          108   6.92                  33                 24          17.1
 * </pre>
 */
final class MixtureShapes {
    // Replies of a person: 28.2 s (18.4) with 60 s as the most, which 15% reach.
    private static final Draw REPLY_SECONDS = Draw.logNormalAround(23, 0.9).atMost(60);
    // Median 13 tokens, mean 40: now and then somebody pastes a page.
    private static final Draw REPLY_TOKENS = Draw.logNormal(41, 115);
    private static final Draw DIALOGUE_PROMPT = Draw.logNormal(113, 275).atMost(1_750);
    private static final Draw DIALOGUE_OUTPUT = Draw.logNormal(58.6, 17);
    // Image and tts are the chatbot's dialogues: as many rounds, each with a model tool before the person answers.
    private static final Frequencies DIALOGUE_ROUNDS = Frequencies.from(1, 15, 9, 10, 9, 13, 4, 3, 2);
    private static final Draw HANDOVER_OUTPUT = Draw.constant(7);

    static final List<RequestShape> ALL = List.of(
            new RequestShape("math", Draw.normal(405, 18), Frequencies.from(1, 29, 10, 10, 49),
                    List.of(new RequestShape.Call("calculator", Draw.logNormal(125, 141),
                            Draw.logNormal(8.3e-5, 4.8e-5), Draw.normal(21, 5))),
                    Draw.logNormal(125, 141)),
            // Outputs are drawn longer than they end up, for most of these requests reach the cut.
            new RequestShape("qa", Draw.normal(934, 7), Frequencies.from(1, 9, 7, 7, 27),
                    List.of(new RequestShape.Call("wikipedia", Draw.logNormal(225, 160), Draw.normal(0.709, 0.209),
                            Draw.normal(57, 9))),
                    Draw.logNormal(225, 160)),
            // All of these reach the cut. An answer where the original stops at a call costs room: 5.1 calls of 9.7
            // tokens.
            new RequestShape("ve", Draw.constant(1_973), Frequencies.from(4, 16, 22, 11, 4, 1),
                    List.of(new RequestShape.Call("alfworld", Draw.constant(4), Draw.normal(0.085, 0.015),
                            Draw.logNormal(22, 22))),
                    Draw.constant(4)),
            // Turns of 59 tokens and a last one of about 300.
            new RequestShape("chatbot", DIALOGUE_PROMPT, DIALOGUE_ROUNDS,
                    List.of(new RequestShape.Call("human", DIALOGUE_OUTPUT, REPLY_SECONDS, REPLY_TOKENS)),
                    Draw.logNormal(304, 251)),
            dialogue("image", Draw.normal(11.54, 0.93), 8), dialogue("tts", Draw.normal(6.06, 2.66), 9));

    // How many of the original's requests are of each kind, in the order of ALL.
    private static final Frequencies KINDS = Frequencies.from(0, 98, 50, 54, 65, 65, 65);

    private MixtureShapes() {}

    static RequestShape drawKind(RandomGenerator random) {
        return ALL.get(KINDS.sample(random));
    }

    private static RequestShape dialogue(String kind, Draw modelSeconds, int modelTokens) {
        var model = new RequestShape.Call(kind + "-model", DIALOGUE_OUTPUT, modelSeconds, Draw.constant(modelTokens));
        var person = new RequestShape.Call("human", HANDOVER_OUTPUT, REPLY_SECONDS, REPLY_TOKENS);
        // The original ends with a call; an answer of either length leaves the mean of all segments as it was.
        return new RequestShape(kind, DIALOGUE_PROMPT, DIALOGUE_ROUNDS, List.of(model, person),
                Draw.either(DIALOGUE_OUTPUT, HANDOVER_OUTPUT));
    }
}
