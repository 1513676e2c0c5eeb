package io.augserve.examples.langchain4j;

import io.augserve.request.CallRule;
import io.augserve.request.OutputConstraint;
import java.util.LinkedHashMap;
import java.util.Map;

/** The answers that the framework's conformance tests expect of any model. What they test here is the adapter. */
final class KnowsEverything implements ScriptedEngine.Script {
    private final Map<String, String> lines = new LinkedHashMap<>();

    KnowsEverything() {
        // The first line whose key is in the prompt counts: what comes last in a conversation stands first.
        lines.put("TOOL: 14:35\n", "It is sunny in Munich and 14:35 in France.");
        lines.put("TOOL: 10:14\n", "It is 10:14.");
        lines.put("TOOL: sunny\n", "It is sunny in Munich.");
        lines.put("time in France", "<getWeather{\"city\":\"Munich\"}><getTime{\"country\":\"France\"}>");
        lines.put("What is the weather in Munich?", "<getWeather{\"city\":\"Munich\"}>");
        lines.put("get_current_time tool", "<get_current_time{}>");
        lines.put("Translate messages from user into German", "Ich liebe dich");
        lines.put("my favorite color is green", "It is green.");
        lines.put("Say 'Hello World'", "Hello World");
        lines.put("Tell me a long story", "Once upon a time there was a fox. ".repeat(10));
        lines.put("Never stop", "on and ".repeat(1_000));
        lines.put("What is the capital of Germany?", "Berlin is the capital of Germany.");
    }

    @Override
    public String reply(String prompt, OutputConstraint constraint) {
        boolean answered = prompt.contains("TOOL: ");
        if (!(constraint.calls() instanceof CallRule.Free) && !answered) {
            return "<getWeather{\"city\":\"Munich\"}>";
        }
        if (constraint.answerSchema().isPresent() && (answered || !prompt.contains("getWeather"))) {
            return answered ? "{\"weather\":\"sunny\"}" : "{\"city\":\"Berlin\"}";
        }
        return lines.entrySet().stream().filter(line -> prompt.contains(line.getKey())).map(Map.Entry::getValue)
                .findFirst().orElse("Hello.");
    }
}
