package io.augserve.onnx.runtime;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.augserve.onnx.runtime.CustomOperator.Port;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CustomOperatorTest {
    private static final ElementType FLOAT = ElementType.FLOAT;
    private static final String DOMAIN = "test.augserve";

    private final OrtEnvironment environment = OrtEnvironment.create(OrtLibrary.bundled());

    @AfterEach
    void close() {
        environment.close();
    }

    /** y = factor * x + offset + (z or 0), with factor INT and offset FLOAT. */
    private static final CustomOperator AFFINE = new CustomOperator(DOMAIN, "Affine",
            List.of(Port.required(FLOAT), Port.optional(FLOAT)),
            List.of(Port.required(FLOAT)), node -> {
                long factor = node.integer("factor").orElse(1);
                float offset = (float) node.real("offset").orElse(0);
                return context -> {
                    MemorySegment x = context.input(0);
                    MemorySegment y = context.output(0, context.dimension(0, 0));
                    for (long i = 0; i < context.dimension(0, 0); i++) {
                        float z = context.hasInput(1) ? context.input(1).getAtIndex(JAVA_FLOAT, i) : 0;
                        y.setAtIndex(JAVA_FLOAT, i, factor * x.getAtIndex(JAVA_FLOAT, i) + offset + z);
                    }
                };
            });

    private static TinyModel vectors() {
        return new TinyModel().input("x", FLOAT, "n").output("y", FLOAT, "n");
    }

    private OrtSession open(TinyModel model, CustomOperator... operators) {
        return environment.openSession(model.bytes(),
                SessionOptions.defaults().withIntraOpThreads(1).withOperators(operators));
    }

    private float[] run(OrtSession session, float... values) {
        try (IoBinding binding = session.bind();
                DeviceTensor x = DeviceTensor.zeros(environment, FLOAT, values.length)) {
            MemorySegment.copy(values, 0, x.segment(), JAVA_FLOAT, 0, values.length);
            binding.bindInput("x", x);
            binding.bindOutputToDevice("y", Device.CPU);
            binding.run();
            try (DeviceTensor y = binding.output("y")) {
                return y.segment().toArray(JAVA_FLOAT);
            }
        }
    }

    @Test
    void everyNodeHasAKernelWithItsOwnAttributes() {
        TinyModel model = vectors()
                .node(DOMAIN, "Affine", List.of("x"), List.of("a"), Map.of("factor", 3L, "offset", 0.5f))
                .node(DOMAIN, "Affine", List.of("a"), List.of("y"), Map.of("factor", 10L));
        try (OrtSession session = open(model, AFFINE)) {
            assertThat(run(session, 1, 2)).containsExactly(35, 65);
            assertThat(run(session, 4)).containsExactly(125);
            assertThat(run(session)).isEmpty();
        }
    }

    @Test
    void optionalInputIsSeenWhereTheNodeHasIt() {
        TinyModel model = vectors().node(DOMAIN, "Affine", List.of("x", ""), List.of("a"), Map.of("factor", 2L))
                .node(DOMAIN, "Affine", List.of("a", "x"), List.of("y"), Map.of());
        try (OrtSession session = open(model, AFFINE)) {
            assertThat(run(session, 1, 2)).containsExactly(3, 6);
        }
    }

    @Test
    void exceptionOfAKernelFailsTheRunAndIsItsCause() {
        CustomOperator broken = new CustomOperator(DOMAIN, "Broken", List.of(Port.required(FLOAT)),
                List.of(Port.required(FLOAT)),
                node -> context -> {
                    throw new IllegalArgumentException("x is too long");
                });
        try (OrtSession session = open(vectors().node(DOMAIN, "Broken", List.of("x"), List.of("y"), Map.of()),
                broken)) {
            for (int again = 0; again < 2; again++) {
                assertThatThrownBy(() -> run(session, 1)).isInstanceOf(OrtException.class)
                        .hasMessageContaining("x is too long")
                        .hasCauseInstanceOf(IllegalArgumentException.class);
            }
        }
    }

    @Test
    void exceptionOfAFactoryFailsTheSessionAndIsItsCause() {
        CustomOperator broken = new CustomOperator(DOMAIN, "Broken", List.of(Port.required(FLOAT)),
                List.of(Port.required(FLOAT)), node -> {
                    throw new IllegalArgumentException("no attribute width");
                });
        assertThatThrownBy(() -> open(vectors().node(DOMAIN, "Broken", List.of("x"), List.of("y"), Map.of()), broken))
                .isInstanceOf(OrtException.class).hasMessageContaining("no attribute width")
                .hasCauseInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void kernelsAreClosedWithTheSession() {
        List<String> closed = new ArrayList<>();
        class Kernel implements OperatorKernel, AutoCloseable {
            @Override
            public void compute(KernelContext context) {
                context.output(0, context.dimension(0, 0)).copyFrom(context.input(0));
            }

            @Override
            public void close() {
                closed.add("closed");
            }
        }
        CustomOperator copy = new CustomOperator(DOMAIN, "Copy", List.of(Port.required(FLOAT)),
                List.of(Port.required(FLOAT)),
                node -> new Kernel());
        try (OrtSession session = open(
                vectors().node(DOMAIN, "Copy", List.of("x"), List.of("a"), Map.of()).node(DOMAIN, "Copy", List.of("a"),
                        List.of("y"), Map.of()),
                copy)) {
            assertThat(run(session, 7)).containsExactly(7);
            assertThat(closed).isEmpty();
        }
        assertThat(closed).hasSize(2);
    }

    @Test
    void operatorsOfOneDomainAndOfSeveralSessionsLiveTogether() {
        CustomOperator twice = new CustomOperator(DOMAIN, "Twice", List.of(Port.required(FLOAT)),
                List.of(Port.required(FLOAT)),
                node -> context -> {
                    MemorySegment x = context.input(0);
                    context.output(0, 1).setAtIndex(JAVA_FLOAT, 0, 2 * x.getAtIndex(JAVA_FLOAT, 0));
                });
        TinyModel model = vectors().node(DOMAIN, "Twice", List.of("x"), List.of("a"), Map.of()).node(DOMAIN, "Affine",
                List.of("a"),
                List.of("y"), Map.of("offset", 1f));
        try (OrtSession other = open(model, twice, AFFINE)) {
            try (OrtSession one = open(model, AFFINE, twice)) {
                assertThat(run(one, 3)).containsExactly(7);
            }
            assertThat(run(other, 4)).containsExactly(9);
        }
    }

    @Test
    void wrongAxisIsNamed() {
        CustomOperator flat = new CustomOperator(DOMAIN, "Flat", List.of(Port.required(FLOAT)),
                List.of(Port.required(FLOAT)),
                node -> context -> context.output(0, context.dimension(0, 1)));
        try (OrtSession session = open(vectors().node(DOMAIN, "Flat", List.of("x"), List.of("y"), Map.of()), flat)) {
            assertThatThrownBy(() -> run(session, 1)).hasMessageContaining("input 0 of Flat has 1 dimensions, not 2");
        }
    }
}
