package io.augserve.onnx.kv;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.augserve.onnx.runtime.DeviceTensor;
import io.augserve.onnx.runtime.ElementType;
import io.augserve.onnx.runtime.IoBinding;
import io.augserve.onnx.runtime.OrtEnvironment;
import io.augserve.onnx.runtime.OrtLibrary;
import io.augserve.onnx.runtime.OrtSession;
import io.augserve.onnx.runtime.SessionOptions;
import io.augserve.onnx.runtime.TinyModel;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class KvPoolsTest {
    private static final KvShape SHAPE = new KvShape(1, 5, 16, 2, 8, ElementType.FLOAT);

    @Test
    void bytesByHand() {
        // 3 layers x 2 pools x 16 positions x 2 heads x 8 elements x 2 bytes
        KvShape half = new KvShape(3, 10, 16, 2, 8, ElementType.FLOAT16);
        assertThat(half.bytesPerBlock()).isEqualTo(3072);
        assertThat(half.bytes()).isEqualTo(30720);
        assertThat(half.withBlocksFor(10_000).blocks()).isEqualTo(3);
        assertThatIllegalArgumentException().isThrownBy(() -> half.withBlocksFor(3071))
                .withMessage("a KV cache of 3071 bytes has no room for one block of 3072 bytes");
    }

    @Test
    void blocksAreCopiedInOrderOverAllLayers() {
        KvShape shape = new KvShape(2, 3, 2, 1, 2, ElementType.FLOAT);
        TinyModel model = new TinyModel().input("x", ElementType.FLOAT, 1).node("", "Neg", List.of("x"), List.of("y"),
                Map.of()).output("y", ElementType.FLOAT, 1);
        try (OrtEnvironment environment = OrtEnvironment.create(OrtLibrary.bundled());
                OrtSession session = environment.openSession(model.bytes(),
                        SessionOptions.defaults().withIntraOpThreads(1));
                KvPools pools = KvPools.allocate(session, shape);
                HostPool host = HostPool.allocate(shape, 2)) {
            for (int layer = 0; layer < 2; layer++) {
                for (int i = 0; i < 12; i++) {
                    pools.keys(layer).segment().setAtIndex(JAVA_FLOAT, i, 100 * layer + i);
                    pools.values(layer).segment().setAtIndex(JAVA_FLOAT, i, 1000 + 100 * layer + i);
                }
            }
            // Block 2 goes to the host and is overwritten by block 0; then it comes back as block 1.
            new DirectCopier(pools, host)
                    .copy(List.of(new BlockCopy(BlockCopy.Way.OUT, 2, 1), new BlockCopy(BlockCopy.Way.DEVICE, 0, 2),
                            new BlockCopy(BlockCopy.Way.IN, 1, 1)));
            for (int layer = 0; layer < 2; layer++) {
                int first = 100 * layer;
                assertThat(pools.keys(layer).segment().toArray(JAVA_FLOAT)).containsExactly(first, first + 1, first + 2,
                        first + 3, first + 8, first + 9, first + 10, first + 11, first, first + 1, first + 2,
                        first + 3);
                assertThat(pools.values(layer).segment().getAtIndex(JAVA_FLOAT, 4)).isEqualTo(1008 + first);
            }
        }
    }

    /** Out beside one step and back beside the next, in both types, to the bit. */
    @Test
    void swapsBesideStepsAreBitExact() {
        for (ElementType type : new ElementType[]{ElementType.FLOAT, ElementType.FLOAT16}) {
            KvShape shape = new KvShape(3, 8, 16, 2, 8, type);
            TinyModel model = new TinyModel().input("x", ElementType.FLOAT, 1).node("", "Neg", List.of("x"),
                    List.of("y"), Map.of()).output("y", ElementType.FLOAT, 1);
            try (OrtEnvironment environment = OrtEnvironment.create(OrtLibrary.bundled());
                    OrtSession session = environment.openSession(model.bytes(),
                            SessionOptions.defaults().withIntraOpThreads(1));
                    KvPools pools = KvPools.allocate(session, shape);
                    HostPool host = HostPool.allocate(shape, 8);
                    BlockMover mover = new BlockMover(new DirectCopier(pools, host))) {
                byte[] random = new byte[(int) pools.keys(2).segment().byteSize()];
                new Random(1).nextBytes(random);
                pools.keys(2).segment().copyFrom(MemorySegment.ofArray(random));
                BitSet touched = new BitSet();
                touched.set(0);
                mover.begin(IntStream.range(1, 8).mapToObj(i -> new BlockCopy(BlockCopy.Way.OUT, i, 8 - i)).toList(),
                        touched);
                mover.begin(List.of(), touched);
                long block = random.length / 8;
                pools.keys(2).segment().asSlice(block).fill((byte) 7);
                mover.begin(IntStream.range(1, 8).mapToObj(i -> new BlockCopy(BlockCopy.Way.IN, 8 - i, i)).toList(),
                        touched);
                mover.await();
                assertThat(pools.keys(2).segment().toArray(ValueLayout.JAVA_BYTE)).isEqualTo(random);
            }
        }
    }

    @Test
    void poolsAreBoundAndShared() {
        TinyModel model = new TinyModel().input("key_cache.0", ElementType.FLOAT, 5, 16, 2, 8)
                .input("value_cache.0", ElementType.FLOAT, 5, 16, 2, 8)
                .node("", "Sub", List.of("key_cache.0", "value_cache.0"), List.of("y"), Map.of())
                .output("y", ElementType.FLOAT, 5, 16, 2, 8);
        try (OrtEnvironment environment = OrtEnvironment.create(OrtLibrary.bundled());
                OrtSession session = environment.openSession(model.bytes(),
                        SessionOptions.defaults().withIntraOpThreads(1));
                IoBinding binding = session.bind()) {
            KvPools pools = KvPools.allocate(session, SHAPE);
            assertThat(pools.keys(0).shape()).containsExactly(5, 16, 2, 8);
            pools.bind(binding, List.of("key_cache.0"), List.of("value_cache.0"));
            binding.bindOutputToDevice("y", session.device());
            pools.keys(0).segment().fill((byte) 0);
            pools.values(0).segment().fill((byte) 0);
            pools.keys(0).segment().setAtIndex(JAVA_FLOAT, 1279, 3);
            binding.run();
            try (DeviceTensor y = binding.output("y")) {
                assertThat(y.segment().getAtIndex(JAVA_FLOAT, 1279)).isEqualTo(3);
            }
            assertThatIllegalArgumentException().isThrownBy(() -> pools.bind(binding, List.of("a", "b"), List.of("c")))
                    .withMessageContaining("got 2 and 1");
            pools.close();
            assertThatIllegalStateException().isThrownBy(binding::run);
        }
    }
}
