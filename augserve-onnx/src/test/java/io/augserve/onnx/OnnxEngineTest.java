package io.augserve.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.augserve.AugServe;
import io.augserve.engine.Engine;
import io.augserve.onnx.fixture.RandomCheckpoint;
import io.augserve.onnx.model.ModelFormatException;
import io.augserve.predict.CostModel;
import io.augserve.request.FinishReason;
import io.augserve.request.GenerationRequest;
import io.augserve.request.GenerationResult;
import io.augserve.request.SamplingOptions;
import io.augserve.schedule.Policies;
import io.augserve.schedule.Policy;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OnnxEngineTest {
    @TempDir
    Path folder;

    @Test
    void aLibraryThatIsNotThereIsNamed() {
        Path library = folder.resolve("libonnxruntime.so");
        assertThatThrownBy(() -> OnnxEngine.builder(HeldOut.model()).library(library).build())
                .isInstanceOf(OnnxEngineException.class).hasMessageContaining(library.toString())
                .hasMessageContaining("there is no such file");
    }

    @Test
    void aDirectoryThatIsNotThereIsNamed() {
        assertThatThrownBy(() -> OnnxEngine.open(folder.resolve("nothing"))).isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("nothing: path: found no directory");
    }

    @Test
    void aModelWithoutTokenizerTakesTokenIds() throws Exception {
        RandomCheckpoint.of(RandomCheckpoint.Family.LLAMA).writeTo(folder);
        Engine engine = OnnxEngine.builder(folder).warmUp(false).build();
        assertThat(engine.chatFormat()).isEmpty();
        try (AugServe server = AugServe.builder(engine).build()) {
            GenerationResult result = server.submit(GenerationRequest.tokens(1, 2, 3)
                    .sampling(SamplingOptions.builder().maxTokens(5).ignoreEnd(true).logProbs(2).build()).build())
                    .join();
            assertThat(result.finishReason()).isEqualTo(FinishReason.LENGTH);
            assertThat(result.tokens()).hasSize(5)
                    .allSatisfy(token -> assertThat(token.top()).hasSize(2).first()
                            .satisfies(best -> assertThat(best.token()).isEqualTo(token.token())));
            assertThatThrownBy(() -> server.submit(GenerationRequest.chat("hello").build()))
                    .hasMessageContaining("has no chat format: expected token ids");
        }
        engine.close();
    }

    @Test
    void theSmallModelAnswersTheSameUnderEveryPolicy() {
        for (String name : Policies.names()) {
            Engine engine = OnnxEngine.builder(HeldOut.model()).kvCacheTokens(2048).hostKvBytes(1 << 20)
                    .warmUp(false).build();
            Policy policy = Policies.create(name,
                    new Policies.Machine(engine.spec().maxBatchTokens(), new CostModel(0.002, 0.0002, 0.0001)))
                    .orElseThrow();
            try (AugServe server = AugServe.builder(engine).scheduler(policy.scheduler())
                    .batchPolicy(policy.batchPolicy()).build()) {
                var generations = HeldOut.all().subList(0, 12).stream()
                        .map(each -> server.submit(GenerationRequest.chat(each.prompt()).tools(each.tools()).build()))
                        .toList();
                for (int i = 0; i < generations.size(); i++) {
                    assertThat(generations.get(i).join().text()).as(name).isEqualTo(HeldOut.all().get(i).answer());
                }
            }
        }
    }
}
