package io.augserve.onnx.kv;

import static org.assertj.core.api.Assertions.assertThat;

import io.augserve.onnx.runtime.DeviceTensor;
import io.augserve.onnx.runtime.ElementType;
import io.augserve.onnx.runtime.OrtEnvironment;
import io.augserve.onnx.runtime.OrtLibrary;
import io.augserve.onnx.runtime.OrtSession;
import io.augserve.onnx.runtime.SessionOptions;
import io.augserve.onnx.runtime.TinyModel;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** The way of a device, on the device named "Cpu": whatever is copied in whatever order, every bit is where moving memory puts it. */
class SessionCopierProperties {
    private static final int BLOCKS = 7;
    private static final int SLOTS = 5;
    private static final TinyModel MODEL = new TinyModel().input("x", ElementType.FLOAT, 1)
            .node("", "Neg", List.of("x"), List.of("y"), Map.of()).output("y", ElementType.FLOAT, 1);

    @Property(tries = 30, seed = "1")
    void copiesAsMovingMemoryDoes(@ForAll ElementType any, @ForAll @IntRange(min = 1, max = 3) int layers,
            @ForAll @IntRange(min = 1, max = 60) int count, @ForAll long seed) {
        ElementType type = any.bytes() == 2 ? any : ElementType.FLOAT;
        Random random = new Random(seed);
        // One head of three elements: rows of two bytes a piece that no integer divides.
        KvShape shape = new KvShape(layers, BLOCKS, 1 + random.nextInt(4), 1 + random.nextInt(2), 3, type);
        List<BlockCopy> copies = IntStream.range(0, count).mapToObj(_ -> copy(random)).toList();
        assertThat(after(shape, copies, seed, true)).isEqualTo(after(shape, copies, seed, false));
    }

    private static BlockCopy copy(Random random) {
        BlockCopy.Way way = BlockCopy.Way.values()[random.nextInt(3)];
        int from = random.nextInt(way == BlockCopy.Way.IN ? SLOTS : BLOCKS);
        return new BlockCopy(way, from, random.nextInt(way == BlockCopy.Way.OUT ? SLOTS : BLOCKS));
    }

    /** All bytes of the pools and of the host, after copies of random ones. */
    private static List<String> after(KvShape shape, List<BlockCopy> copies, long seed, boolean session) {
        SessionOptions options = SessionOptions.defaults().withIntraOpThreads(1);
        Random random = new Random(seed);
        try (OrtEnvironment environment = OrtEnvironment.create(OrtLibrary.bundled());
                OrtSession owner = environment.openSession(MODEL.bytes(), options);
                KvPools pools = KvPools.allocate(owner, shape);
                HostPool host = HostPool.allocate(shape, SLOTS);
                BlockCopier copier = session
                        ? new SessionCopier(environment, pools, host, options)
                        : new DirectCopier(pools, host)) {
            if (session && shape.bytesPerPoolBlock() % Integer.BYTES == 0) {
                pools.all().forEach(pool -> assertThat(pool.segment().toArray(ValueLayout.JAVA_BYTE)).containsOnly(0));
            }
            List<MemorySegment> memories = new ArrayList<>(
                    pools.all().stream().map(DeviceTensor::segment).toList());
            IntStream.range(0, SLOTS).mapToObj(host::slot).forEach(memories::add);
            for (MemorySegment memory : memories) {
                byte[] bytes = new byte[(int) memory.byteSize()];
                random.nextBytes(bytes);
                memory.copyFrom(MemorySegment.ofArray(bytes));
            }
            copier.copy(copies);
            return memories.stream().map(memory -> HexFormat.of().formatHex(memory.toArray(ValueLayout.JAVA_BYTE)))
                    .toList();
        }
    }
}
