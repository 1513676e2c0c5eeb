package io.augserve.examples.langchain4j;

import dev.langchain4j.exception.InternalServerException;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.common.AbstractChatModelListenerIT;
import dev.langchain4j.model.chat.common.AbstractStreamingChatModelListenerIT;
import dev.langchain4j.model.chat.common.AbstractStreamingChatModelPublisherListenerTest;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import io.augserve.AugServe;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;

/** LangChain4j's tests of what listeners hear, in all three forms. */
class ListenerConformanceTest {
    private static final ChatRequestParameters PARAMETERS = ChatRequestParameters.builder().temperature(0.7).topP(1.0)
            .maxOutputTokens(7).build();

    private final List<AugServe> servers = new ArrayList<>();

    @AfterEach
    void close() {
        servers.forEach(server -> server.close(Duration.ZERO));
    }

    private AugServe server(ScriptedEngine engine) {
        AugServe server = AugServe.builder(engine).build();
        servers.add(server);
        return server;
    }

    private AugServe working() {
        return server(new ScriptedEngine(new KnowsEverything()));
    }

    private AugServe failing() {
        return server(new ScriptedEngine(new KnowsEverything()).intercept(batch -> {
            throw new IllegalStateException("broken");
        }));
    }

    @Nested
    class Blocking extends AbstractChatModelListenerIT {
        @Override
        protected ChatModel createModel(ChatModelListener listener) {
            return AugServeChatModel.builder(working()).defaultRequestParameters(PARAMETERS).listeners(listener)
                    .build();
        }

        @Override
        protected ChatModel createFailingModel(ChatModelListener listener) {
            return AugServeChatModel.builder(failing()).listeners(listener).build();
        }

        @Override
        protected String modelName() {
            return "scripted";
        }

        @Override
        protected Class<? extends Exception> expectedExceptionClass() {
            return InternalServerException.class;
        }
    }

    @Nested
    class Streaming extends AbstractStreamingChatModelListenerIT {
        @Override
        protected StreamingChatModel createModel(ChatModelListener listener) {
            return AugServeStreamingChatModel.builder(working()).defaultRequestParameters(PARAMETERS)
                    .listeners(listener).build();
        }

        @Override
        protected StreamingChatModel createFailingModel(ChatModelListener listener) {
            return AugServeStreamingChatModel.builder(failing()).listeners(listener).build();
        }

        @Override
        protected String modelName() {
            return "scripted";
        }

        @Override
        protected Class<? extends Exception> expectedExceptionClass() {
            return InternalServerException.class;
        }
    }

    /** The scenarios need no real delay: a subscriber that cancels hears nothing more, however fast the stream is. */
    @Nested
    class Publishing extends AbstractStreamingChatModelPublisherListenerTest {
        @Override
        protected StreamingChatModel createModel(ChatModelListener listener, StreamScenario scenario) {
            AugServe server = scenario.fail()
                    ? failing()
                    : server(new ScriptedEngine((prompt, constraint) -> "x".repeat(scenario.contentChunks())));
            return AugServeStreamingChatModel.builder(server).listeners(listener).build();
        }
    }
}
