package io.augserve.examples.langchain4j;

import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.common.AbstractStreamingChatModelIT;
import dev.langchain4j.model.chat.common.StreamingMode;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.output.TokenUsage;
import io.augserve.AugServe;
import java.util.List;
import org.junit.jupiter.api.AfterAll;

/**
 * LangChain4j's tests of every streaming chat model, with handlers and with publishers; see {@link ChatModelConformanceTest}. The one of
 * cancellation waits for thirty seconds to see that nothing comes: {@code -Daugserve.slow=true} runs it.
 */
class StreamingConformanceTest extends AbstractStreamingChatModelIT {
    private final AugServe server = AugServe.builder(new ScriptedEngine(new KnowsEverything())).build();

    @AfterAll
    void close() {
        server.close();
    }

    @Override
    protected List<StreamingMode> streamingModes() {
        return List.of(StreamingMode.HANDLER, StreamingMode.PUBLISHER);
    }

    @Override
    protected List<StreamingChatModel> baseModels() {
        return List.of(AugServeStreamingChatModel.builder(server).build());
    }

    @Override
    protected StreamingChatModel createModelWith(ChatRequestParameters parameters) {
        return AugServeStreamingChatModel.builder(server).defaultRequestParameters(parameters).build();
    }

    @Override
    public StreamingChatModel createModelWith(ChatModelListener listener) {
        return AugServeStreamingChatModel.builder(server).listeners(listener).build();
    }

    @Override
    protected ChatRequestParameters createIntegrationSpecificParameters(int maxOutputTokens) {
        return AugServeChatRequestParameters.builder().maxOutputTokens(maxOutputTokens).build();
    }

    @Override
    protected Class<? extends TokenUsage> tokenUsageType(StreamingChatModel model) {
        return AugServeTokenUsage.class;
    }

    @Override
    protected boolean supportsStreamingCancellation() {
        return Boolean.getBoolean("augserve.slow");
    }

    @Override
    protected boolean supportsModelNameParameter() {
        return false;
    }

    @Override
    protected boolean supportsSingleImageInputAsBase64EncodedString() {
        return false;
    }

    @Override
    protected boolean supportsSingleImageInputAsPublicURL() {
        return false;
    }
}
