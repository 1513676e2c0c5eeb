package io.augserve.serving;

import io.augserve.tool.Tool;
import java.util.List;

/** What the model of a {@link ToyEngine} says in most tests, and the tool that it calls. */
final class EchoModel {
    /** Twice its arguments. */
    static final Tool DOUBLE = Tool.of("double", "twice", "{}", args -> args + args);

    private EchoModel() {}

    /** An engine of 64 blocks of 4 tokens, and 200 tokens of context. */
    static ToyEngine engine() {
        return new ToyEngine(64, 4, 200, EchoModel::turn);
    }

    /** Echoes a question; "tool x" calls {@link #DOUBLE}, twice for "tools x", "call name:x" any other, and what came back is the answer. */
    static String turn(String conversation) {
        List<String> results = conversation.lines().filter(line -> line.startsWith("R:")).map(line -> line.substring(2))
                .toList();
        String question = conversation.lines().filter(line -> line.startsWith("U:")).findFirst().orElse("U:")
                .substring(2);
        if (!results.isEmpty()) {
            return "got " + String.join(" and ", results);
        }
        if (question.startsWith("tool ")) {
            return "let me see[double:" + question.substring(5) + "]";
        }
        if (question.startsWith("tools ")) {
            return "[double:" + question.substring(6) + "][double:z]";
        }
        if (question.startsWith("call ")) {
            return "[" + question.substring(5) + "]";
        }
        return "you said " + question;
    }
}
