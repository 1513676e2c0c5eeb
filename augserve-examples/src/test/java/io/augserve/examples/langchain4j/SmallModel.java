package io.augserve.examples.langchain4j;

import dev.langchain4j.agent.tool.P;
import dev.langchain4j.agent.tool.Tool;
import io.augserve.AugServe;
import io.augserve.examples.EmbeddedModel;
import io.augserve.onnx.OnnxEngine;
import io.augserve.request.SessionRetention;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** The small model and two of the tools that it was trained with, as a LangChain4j program has them. */
final class SmallModel {
    private SmallModel() {}

    static AugServe serve(SessionRetention retention) {
        return AugServe.builder(OnnxEngine.open(EmbeddedModel.directory())).retainSessions(retention).build();
    }

    /** Keeps what it was asked. Thread-safe. */
    public static final class Tools {
        private static final Map<String, String> HOMES = Map.of("Maria Lopez", "Oslo", "Omar Tanaka", "Lima");
        private static final Map<String, String> WEATHER = Map.of("Oslo", "3 degrees and snow", "Lima",
                "21 degrees and sun");

        final Queue<String> asked = new ConcurrentLinkedQueue<>();

        @Tool(name = "find_person", value = "Find the city where a person lives.")
        public String findPerson(@P(name = "name") String name) {
            asked.add("find_person " + name);
            return HOMES.getOrDefault(name, "error: nobody is called that");
        }

        @Tool(name = "get_weather", value = "Get the current weather in a city.")
        public String weather(@P(name = "city") String city) {
            asked.add("get_weather " + city);
            return WEATHER.getOrDefault(city, "error: no such city");
        }
    }
}
